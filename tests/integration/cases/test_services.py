"""What each act on a record leaves behind, and what it refuses."""

import datetime as dt

import pytest
from django.utils import timezone

from casework.cases import policy, services
from casework.cases.contact_hooks import contact_hooks
from casework.cases.models import (
    ActivityWorker,
    Allocation,
    Case,
    CaseEvent,
    Contact,
    LiveReason,
    Person,
    Touched,
)
from casework.common.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def the_case(person: Person) -> Case:
    return person.cases.get(closed_on=None)


# People ------------------------------------------------------------------------------------------


def test_a_new_person_is_held_by_a_team_from_the_first_moment(today):
    team = factories.team()
    by = factories.user()
    person = services.add_person(team=team, by=by, name="Robin Example", nhs_number="999 000 0018")
    assert person.nhs_number == "9990000018"
    case = the_case(person)
    assert (case.team, case.key_worker, case.opened_on) == (team, None, today)
    reason = person.live_reasons.get()
    assert (reason.team, reason.kind, reason.end) == (team, LiveReason.Kind.CASE_TEAM, None)
    event = person.events.get()
    assert (event.kind, event.on, event.by) == ("case.opened", today, by)
    assert Touched.objects.filter(person=person).exists()
    assert person.history.get().history_user == by


@pytest.mark.parametrize("number", ["9990000019", "12345", "999 000 001X"])
def test_a_wrong_nhs_number_is_refused_and_leaves_nothing(number):
    with pytest.raises(Refusal, match="NHS number"):
        services.add_person(team=factories.team(), by=None, name="Robin", nhs_number=number)
    assert not Person.objects.exists()


def test_a_person_needs_some_name():
    with pytest.raises(Refusal, match="name"):
        services.add_person(team=factories.team(), by=None, name=" ")
    assert services.add_person(team=factories.team(), by=None, name="", preferred_name="Ro")


def test_a_person_with_wrong_dates_is_refused():
    with pytest.raises(Refusal, match="before the date of birth"):
        services.add_person(
            team=factories.team(),
            by=None,
            name="Robin",
            birth_date=dt.date(2000, 1, 2),
            death_date=dt.date(2000, 1, 1),
        )


def test_a_closed_team_holds_nobody():
    with pytest.raises(Refusal, match="closed"):
        services.add_person(team=factories.team(active=False), by=None, name="Robin")
    assert not Person.objects.exists()


def test_there_is_one_open_case(today):
    person = factories.held_person()
    with pytest.raises(Refusal, match="already has an open case"):
        services.open_case(person=person, team=factories.team(), by=None)


def test_no_case_is_opened_for_somebody_who_has_died(today):
    person = Person.objects.create(name="Robin", death_date=today - days(1))
    with pytest.raises(Refusal, match="died"):
        services.open_case(person=person, team=factories.team(), by=None)


# Allocations -------------------------------------------------------------------------------------


def test_a_key_worker_is_named(today):
    person = factories.held_person()
    worker = factories.worker()
    by = factories.user()
    Touched.objects.all().delete()
    allocation = services.allocate(person=person, worker=worker, by=by, reason=" asked for ")
    assert (allocation.start, allocation.end, allocation.reason) == (today, None, "asked for")
    assert allocation.team == the_case(person).team
    assert the_case(person).key_worker == worker
    assert person.live_reasons.on(today).filter(worker=worker, kind="allocation").count() == 1
    event = person.events.get(kind="allocation.started")
    assert (event.worker, event.about, event.by) == (worker, allocation.pk, by)
    assert Touched.objects.filter(person=person).exists()


def test_two_key_workers_overlap_during_a_handover_and_the_case_points_to_the_newer(today):
    first, second = factories.worker(), factories.worker()
    person = factories.person_with_key_worker(worker=first, since=today - days(30))
    services.allocate(person=person, worker=second, by=None)
    assert person.allocations.on(today).count() == 2
    assert the_case(person).key_worker == second


def test_ending_the_newer_gives_the_pointer_back(today):
    first, second = factories.worker(), factories.worker()
    person = factories.person_with_key_worker(worker=first, since=today - days(30))
    newer = services.allocate(person=person, worker=second, by=None, start=today - days(3))
    services.end_allocation(
        allocation=newer, by=None, reason=Allocation.EndReason.PERSON_ASKED, end=today - days(1)
    )
    assert the_case(person).key_worker == first


def test_ending_the_last_one_leaves_nobody_and_closes_the_record(today):
    worker = factories.worker()
    person = factories.person_with_key_worker(worker=worker, since=today - days(30))
    ended = services.end_allocation(
        allocation=person.allocations.get(),
        by=None,
        reason=Allocation.EndReason.WORKER_LEFT,
        end=today - days(1),
        planned=False,
    )
    assert (ended.end, ended.planned_ending) == (today - days(1), False)
    assert the_case(person).key_worker is None
    assert not person.live_reasons.on(today).filter(worker=worker).exists()
    assert person.events.get(kind="allocation.ended").data == {
        "role": "key_worker",
        "end_reason": "worker_left",
        "planned": False,
    }


def test_other_roles_do_not_move_the_pointer():
    worker = factories.worker()
    person = factories.person_with_key_worker(worker=worker)
    services.allocate(
        person=person, worker=factories.worker(), role=Allocation.Role.THERAPIST, by=None
    )
    assert the_case(person).key_worker == worker


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w, p, day: {"start": day + days(1)}, "in the future"),
        (lambda w, p, day: {"worker": factories.worker(active=False)}, "no longer works here"),
        (lambda w, p, day: {"worker": w}, "already has this role"),
        (lambda w, p, day: {"person": Person.objects.create(name="Robin")}, "no open case"),
    ],
)
def test_what_allocation_refuses(today, change, words):
    worker = factories.worker()
    person = factories.person_with_key_worker(worker=worker)
    asked = {"person": person, "worker": factories.worker(), **change(worker, person, today)}
    before = CaseEvent.objects.count()
    with pytest.raises(Refusal, match=words):
        services.allocate(by=None, **asked)
    assert Allocation.objects.count() == 1
    assert CaseEvent.objects.count() == before


@pytest.mark.parametrize(
    ("end", "reason", "words"),
    [
        (1, "ending", "in the future"),
        (-31, "ending", "before the first day"),
        (0, "", "Select why"),
    ],
)
def test_what_ending_refuses(today, end, reason, words):
    person = factories.person_with_key_worker(since=today - days(30))
    with pytest.raises(Refusal, match=words):
        services.end_allocation(
            allocation=person.allocations.get(), by=None, reason=reason, end=today + days(end)
        )
    assert person.allocations.get().end is None


def test_an_allocation_ends_once(today):
    person = factories.person_with_key_worker()
    allocation = person.allocations.get()
    services.end_allocation(allocation=allocation, by=None, reason="ending")
    with pytest.raises(Refusal, match="already ended"):
        services.end_allocation(allocation=allocation, by=None, reason="ending")


# Contacts ----------------------------------------------------------------------------------------


def test_a_contact_counts_for_the_worker_who_is_named_first(today):
    person = factories.held_person()
    first, second = factories.worker(), factories.worker()
    by = factories.user()
    contact = services.record_contact(
        person=person,
        workers=[second, first, second],
        date=today,
        time=dt.time(14, 30),
        minutes=45,
        medium=Contact.Medium.TELEPHONE,
        by=by,
    )
    assert (contact.worker, contact.worker_count, contact.recorded_by) == (second, 2, by)
    assert contact.order_key == f"14:30:00|{contact.pk}"
    joint = ActivityWorker.objects.filter(activity__contact=contact)
    assert {one.worker for one in joint} == {first, second}
    assert contact.activities.get().minutes == 45
    event = person.events.get(kind="contact.attended")
    assert (event.about, event.worker, event.time) == (contact.pk, second, dt.time(14, 30))
    assert event.data["medium"] == "02"
    assert event.data["others"] == 1


def test_a_contact_is_a_reason_to_open_the_record_for_four_weeks(today):
    worker = factories.worker()
    user = factories.member("team_member", worker=worker)
    person = factories.held_person()
    stranger = factories.held_person()
    assert not policy.can_see_person(user, person)
    factories.contact(person, worker, days_ago=28)
    assert policy.can_see_person(user, person)
    assert not policy.can_see_person(user, stranger)
    over = factories.held_person()
    factories.contact(over, worker, days_ago=29)
    assert not policy.can_see_person(user, over)


@pytest.mark.parametrize(
    ("attendance", "kind"),
    [
        ("5", "contact.attended"),
        ("6", "contact.attended"),
        ("7", "contact.too_late"),
        ("2", "contact.cancelled_by_person"),
        ("3", "contact.missed"),
        ("4", "contact.cancelled_by_service"),
    ],
)
def test_what_happened_is_told_by_kind(attendance, kind):
    person = factories.held_person()
    factories.contact(person, attendance=attendance)
    assert person.events.filter(kind=kind).count() == 1


def test_a_booked_contact_lets_its_workers_prepare(today):
    worker = factories.worker()
    user = factories.member("team_member", worker=worker)
    person = factories.held_person()
    contact = services.book_contact(person=person, workers=[worker], date=today + days(14), by=None)
    assert contact.attendance == Contact.Attendance.BOOKED
    assert policy.can_see_person(user, person)
    assert person.events.filter(kind="contact.booked", on=today + days(14)).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda day: {"workers": []}, "at least one worker"),
        (lambda day: {"workers": [factories.worker(active=False)]}, "no longer works here"),
        (lambda day: {"date": day + days(1)}, "in the future"),
        (lambda day: {"attendance": "0"}, "Book a contact"),
        (lambda day: {"attendance": ""}, "Select what happened"),
        (lambda day: {"attendance": "9"}, "Select what happened"),
    ],
)
def test_what_recording_refuses(today, change, words):
    person = factories.held_person()
    asked = {"workers": [factories.worker()], "date": today, **change(today)}
    with pytest.raises(Refusal, match=words):
        services.record_contact(person=person, by=None, **asked)
    assert not Contact.objects.exists()


def test_nothing_is_recorded_after_a_death(today):
    person = factories.held_person()
    person.death_date = today - days(2)
    person.save()
    with pytest.raises(Refusal, match="date of death"):
        factories.contact(person, days_ago=1)


def test_the_past_cannot_be_booked(today):
    with pytest.raises(Refusal, match="This day is over"):
        services.book_contact(
            person=factories.held_person(),
            workers=[factories.worker()],
            date=today - days(1),
            by=None,
        )


def test_a_hook_that_fails_undoes_the_contact(monkeypatch):
    person = factories.held_person()
    events = CaseEvent.objects.count()

    def fail(*, contact, by):
        assert Contact.objects.filter(pk=contact.pk).exists()
        raise RuntimeError("no")

    monkeypatch.setitem(contact_hooks._entries, "test", fail)
    with pytest.raises(RuntimeError):
        factories.contact(person)
    assert not Contact.objects.exists()
    assert CaseEvent.objects.count() == events
    assert not LiveReason.objects.filter(kind="contact").exists()


def test_recording_a_contact_takes_at_most_12_statements(django_assert_max_num_queries):
    person = factories.held_person()
    workers = [factories.worker(), factories.worker()]
    with django_assert_max_num_queries(12 + 4):  # and the savepoints of a test
        services.record_contact(person=person, workers=workers, date=timezone.localdate(), by=None)
