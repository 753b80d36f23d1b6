"""Somebody leaves: everything is covered first, then everything finds somebody, then they go."""

import pytest
import time_machine
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases import services
from casework.cases.leaver_moves import everything_held, leaver_moves
from casework.cases.models import (
    Absence,
    ActivityWorker,
    Allocation,
    Case,
    CheckIn,
    Contact,
    LiveReason,
    Step,
    WorkerHandover,
)
from casework.cases.services import absences, handovers, leavers
from casework.cases.team_work import moves
from casework.common.errors import Refusal
from casework.directory.models import Worker
from tests import factories
from tests.integration.team_work.conftest import DAY

pytestmark = pytest.mark.django_db


def leave(crew, days=0, **fields):
    said = {
        "worker": crew.grace,
        "last_day": timezone.localdate() + days * DAY,
        "cover_team": crew.team,
        "by": crew.lead,
        **fields,
    }
    return leavers.begin(**said)


def full_hands(crew):
    """A person for whom Grace holds one of everything."""
    today = timezone.localdate()
    person = crew.person()
    services.book_contact(
        person=person, workers=[crew.grace, crew.joe], date=today + 9 * DAY, by=None
    )
    Step.objects.create(person=person, worker=crew.grace, words="Ring the council", due_on=today)
    CheckIn.objects.create(
        person=person,
        worker=crew.grace,
        medium="02",
        every_weeks=4,
        next_on=today + DAY,
        agreed_on=today,
    )
    return person


def held(leaving):
    return {name for name, _one in leavers.held_by(leaving)}


def test_everything_is_listed_person_by_person(crew):
    person = full_hands(crew)
    leaving = leave(crew)
    assert held(leaving) == {"allocations", "contacts", "steps", "check_ins"}
    assert {one.person_id for _name, one in leavers.held_by(leaving)} == {person.pk}


def test_everything_moves_at_once_when_the_last_day_has_come(crew, today):
    person = full_hands(crew)
    leaving = leave(crew)
    moved = leavers.move_person(
        leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead, agreed_on=today
    )
    assert moved == 4
    assert held(leaving) == set()
    old = person.allocations.get(worker=crew.grace)
    assert (old.end, old.end_reason, old.planned_ending) == (today, "worker_left", True)
    assert Case.objects.get(person=person).key_worker == crew.joe
    contact = Contact.objects.get(person=person)
    assert contact.worker == crew.joe
    took_part = ActivityWorker.objects.filter(activity__contact=contact)
    assert {row.worker for row in took_part} == {crew.joe}
    assert contact.worker_count == 1
    assert Step.objects.get(person=person).worker == crew.joe
    assert CheckIn.objects.get(person=person).worker == crew.joe


def test_with_time_left_it_is_a_handover_and_the_worker_stays_until_then(crew, today):
    person = crew.person()
    leaving = leave(crew, days=21)
    leavers.move_person(leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead)
    handover = WorkerHandover.objects.get(person=person)
    assert (handover.starts_on, handover.overlap_until) == (today, today + 21 * DAY)
    assert {one.worker for one in person.allocations.on(today)} == {crew.grace, crew.joe}
    assert held(leaving) == set()
    with time_machine.travel(timezone.now() + 22 * DAY, tick=False):
        handovers.run_due()
        assert person.allocations.get(worker=crew.grace).end == today + 21 * DAY
        assert leavers.finish_due() == 1
    assert not Worker.objects.get(pk=crew.grace.pk).active


def test_a_handover_to_the_leaver_is_planned_anew(crew, today):
    person = crew.person(worker=crew.joe)
    other = factories.worker("Ruth Summerfield")
    handovers.plan(
        allocation=person.allocations.get(),
        to=crew.grace,
        by=crew.lead,
        reason="A new post",
        starts_on=today,
        overlap_until=today + 30 * DAY,
    )
    leaving = leave(crew)
    assert held(leaving) == {"handovers", "allocations"}
    leavers.move_person(leaving=leaving, person_id=person.pk, to=other, by=crew.lead)
    assert held(leaving) == set()
    under_way = WorkerHandover.objects.get(person=person, cancelled_on__isnull=True)
    assert (under_way.from_worker, under_way.to_worker) == (crew.joe, other)
    assert Case.objects.get(person=person).key_worker == other


def test_a_handover_from_the_leaver_ends_with_them(crew, today):
    person = crew.person()
    handovers.plan(
        allocation=person.allocations.get(),
        to=crew.joe,
        by=crew.lead,
        reason="A new post",
        starts_on=today + 10 * DAY,
        overlap_until=today + 40 * DAY,
    )
    leaving = leave(crew, days=5)
    assert held(leaving) == {"handovers"}
    leavers.move_person(leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead)
    made = WorkerHandover.objects.get(person=person)
    assert (made.starts_on, made.overlap_until) == (today + 5 * DAY, today + 5 * DAY)
    assert held(leaving) == set()


def test_what_is_not_about_one_person_moves_too(crew, today):
    absences.arrange(
        worker=crew.joe, start=today, end=today + 9 * DAY, cover_worker=crew.grace, by=crew.lead
    )
    leaving = leave(crew)
    assert held(leaving) == {"cover"}
    ruth = factories.worker("Ruth Summerfield")
    leavers.move_person(leaving=leaving, person_id=None, to=ruth, by=crew.lead)
    assert Absence.objects.get(worker=crew.joe).cover_worker == ruth
    assert held(leaving) == set()


def test_cover_until_each_has_somebody(crew, today):
    ruth = factories.worker("Ruth Summerfield")
    first, second = crew.person(), crew.person()
    leaving = leave(crew, days=-1, cover_team=None, cover_worker=ruth)
    reasons = LiveReason.objects.on(today).filter(worker=ruth, kind="duty")
    assert {one.person for one in reasons} == {first, second}
    leavers.move_person(leaving=leaving, person_id=first.pk, to=crew.joe, by=crew.lead)
    reasons = LiveReason.objects.on(today + DAY).filter(worker=ruth, kind="duty")
    assert {one.person for one in reasons} == {second}


def test_nothing_new_comes_to_a_leaver(crew):
    leave(crew, days=30)
    with pytest.raises(Refusal, match="leaving"):
        services.allocate(person=factories.held_person(), worker=crew.grace, by=None)


def test_nobody_is_half_moved(crew, monkeypatch):
    person = full_hands(crew)
    leaving = leave(crew)
    last = leaver_moves["check_ins"]
    monkeypatch.setitem(
        leaver_moves._entries,
        "check_ins",
        type(last)(last.title, last.order, last.held, _refuse),
    )
    with pytest.raises(Refusal):
        leavers.move_person(leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead)
    assert held(leaving) == {"allocations", "contacts", "steps", "check_ins"}
    assert Case.objects.get(person=person).key_worker == crew.grace


def _refuse(_key, _passing):
    raise Refusal("Not this one.")


def test_several_people_with_a_result_for_each(crew):
    good, bad, other = crew.person(), crew.person(), crew.person()
    Case.objects.filter(person=bad).update(closed_on=timezone.localdate())
    leaving = leave(crew)
    results = leavers.move_people(
        leaving=leaving, people=[good.pk, bad.pk], to=crew.joe, by=crew.lead
    )
    assert [bool(one.refusal) for one in results] == [False, True]
    assert results[0].moved == 1
    assert {one.person_id for _name, one in leavers.held_by(leaving)} == {bad.pk, other.pk}


def test_nobody_leaves_while_something_is_held(crew):
    crew.person()
    leaving = leave(crew, days=-1)
    with pytest.raises(Refusal):
        leavers.finish(leaving=leaving, by=crew.lead)
    assert leavers.finish_due() == 0
    assert Worker.objects.get(pk=crew.grace.pk).active


def test_who_has_left_can_do_nothing_any_more(crew, today):
    leaving = leave(crew, days=-1)
    leavers.finish(leaving=leaving, by=crew.lead)
    assert not Worker.objects.get(pk=crew.grace.pk).active
    crew.grace_user = type(crew.grace_user).objects.get(pk=crew.grace_user.pk)
    assert not crew.grace_user.is_active
    assert not accounts.may(crew.grace_user, Permission.SEE_PEOPLE)
    assert not crew.grace_user.memberships.filter(end__isnull=True).exists()


def test_before_the_last_day_only_the_end_is_set(crew, today):
    leaving = leave(crew, days=10)
    leavers.finish(leaving=leaving, by=crew.lead)
    member = crew.grace_user.memberships.get()
    assert member.end == today + 10 * DAY
    assert Worker.objects.get(pk=crew.grace.pk).active
    with time_machine.travel(timezone.now() + 11 * DAY, tick=False):
        assert leavers.finish_due() == 1
        assert leavers.finish_due() == 0
    assert not Worker.objects.get(pk=crew.grace.pk).active


def test_staying_after_all(crew, today):
    person = crew.person()
    leaving = leave(crew, days=10)
    leavers.call_off(leaving=leaving, by=crew.lead)
    assert not Absence.objects.exists()
    assert not LiveReason.objects.filter(person=person, kind="duty").exists()
    services.allocate(person=factories.held_person(), worker=crew.grace, by=None)
    with pytest.raises(Refusal):
        leavers.call_off(leaving=leave(crew, days=-1, worker=crew.joe), by=crew.lead)


def test_leave_that_meets_the_leaving_ends_before_it(crew, today):
    absences.arrange(
        worker=crew.grace,
        start=today,
        end=today + 30 * DAY,
        cover_worker=crew.joe,
        by=crew.lead,
    )
    leave(crew, days=10)
    assert Absence.objects.get(leaving=False).end == today + 10 * DAY


def test_not_to_another_leaver(crew):
    person = crew.person()
    leave(crew, worker=crew.joe, days=5)
    leaving = leave(crew)
    with pytest.raises(Refusal, match="leaving too"):
        leavers.move_person(leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead)


def test_an_end_to_come_from_an_extract_is_held_too(crew, today):
    person = crew.person()
    Allocation.objects.filter(person=person).update(end=today + 90 * DAY)
    leaving = leave(crew)
    leavers.move_person(leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead)
    assert held(leaving) == set()


def test_each_list_costs_the_same_however_long(crew, today):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for people in (1, 6):
        for _ in range(people):
            full_hands(crew)
        with CaptureQueriesContext(connection) as queries:
            found = everything_held(crew.grace, today)
        counts.append(len(queries))
    assert len(found) == 28
    assert counts[0] == counts[1]


def test_another_app_can_hold_something(crew):
    """What registers itself is listed, moves, and keeps the leaver here until it has."""
    person = factories.held_person(team=crew.team)
    held_by = {"worker": crew.grace.pk}

    def held_things(worker, last_day):
        if held_by["worker"] == worker.pk:
            yield moves.Held(person.pk, person.pk, "A referral")

    def move(key, passing):
        held_by["worker"] = passing.to.pk

    leaver_moves.register("tests.thing", moves.LeaverMove("Things", 99, held_things, move))
    try:
        leaving = leave(crew, days=-1)
        with pytest.raises(Refusal):
            leavers.finish(leaving=leaving, by=crew.lead)
        leavers.move_person(leaving=leaving, person_id=person.pk, to=crew.joe, by=crew.lead)
        assert held_by["worker"] == crew.joe.pk
        leavers.finish(leaving=leaving, by=crew.lead)
    finally:
        del leaver_moves._entries["tests.thing"]
