"""The pages about who is with whom: who may open them, what they show, what they do."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases import services
from casework.cases.models import Absence, AccessEntry, Allocation, CheckIn, WorkerHandover
from casework.cases.services import absences, check_ins, handovers, leavers
from tests import factories
from tests.integration.team_work.conftest import DAY

pytestmark = pytest.mark.django_db


def dated(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def text(answer):
    html = answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def lead(client, crew):
    client.force_login(crew.lead)
    return client


@pytest.fixture
def person(crew):
    return crew.person(name="Robin Example")


def company(person):
    return reverse("team_work:company", args=[person.pk])


# Naming -------------------------------------------------------------------------------------------


def test_those_whom_the_person_knows_come_first(lead, crew, today):
    person = factories.held_person(team=crew.team)
    for days in (3, 10):
        factories.contact(person, crew.joe, days_ago=days, team=crew.team)
    factories.contact(person, crew.grace, days_ago=5, team=crew.team)
    crew.person(worker=crew.joe)
    crew.person(worker=crew.joe)
    shown = text(lead.get(reverse("team_work:allocate", args=[person.pk])))
    assert re.search(r"Joe Hazelwood .*Met 2 times, last on .*; named for 2 people", shown)
    assert shown.index("Joe Hazelwood") < shown.index("Grace Fairweather") < shown.index("Somebody")
    page = text(lead.get(company(person)))
    assert re.search(r"Joe Hazelwood .*2 times", page)


def test_a_worker_is_named(lead, crew, today):
    person = factories.held_person(team=crew.team)
    factories.contact(person, crew.joe, team=crew.team)
    answer = lead.post(
        reverse("team_work:allocate", args=[person.pk]),
        {
            "role": "key_worker",
            "worker": str(crew.joe.pk),
            "person_says": "He listens.",
            **dated("start", today),
        },
    )
    assert answer["Location"] == company(person)
    assert person.allocations.get().worker == crew.joe
    assert person.cases.get().key_worker == crew.joe
    entries = AccessEntry.objects.filter(person=person, user=crew.lead, action="change")
    assert entries.exists()


def test_a_colleague_whom_the_person_does_not_know(lead, crew, today):
    person = factories.held_person(team=crew.team)
    path = reverse("team_work:allocate", args=[person.pk])
    posted = {"role": "key_worker", "colleague": str(crew.joe.pk), **dated("start", today)}
    assert lead.post(path, posted).status_code == 302
    assert person.allocations.get().worker == crew.joe


def test_somebody_else_by_name(lead, crew, today):
    person = factories.held_person(team=crew.team)
    far = factories.worker("Samir Longacre")
    factories.worker("Ruth Longacre")
    path = reverse("team_work:allocate", args=[person.pk])
    posted = {"role": "key_worker", "name": "longacre", **dated("start", today)}
    shown = text(lead.post(path, posted))
    assert "several workers of that name" in shown
    assert "Samir Longacre" in shown
    assert "Nobody of this name" in text(lead.post(path, {**posted, "name": "nobody"}))
    assert lead.post(path, {**posted, "name": "samir longacre"}).status_code == 302
    assert person.allocations.get().worker == far


def test_nobody_chosen_is_asked_for(lead, crew, today, person):
    posted = {"role": "therapist", **dated("start", today)}
    path = reverse("team_work:allocate", args=[person.pk])
    assert "Select a worker, or enter a name" in text(lead.post(path, posted))
    factories.contact(person, crew.joe)
    assert "Select a worker" in text(lead.post(path, posted))


def test_changed_at_once_and_ended(lead, crew, person, today):
    old = person.allocations.get()
    path = reverse("team_work:change", args=[old.pk])
    posted = {
        "colleague": str(crew.joe.pk),
        "end_reason": "person_asked",
        "planned": "yes",
        **dated("last_day", today),
    }
    assert lead.post(path, posted).status_code == 302
    new = person.allocations.get(worker=crew.joe)
    path = reverse("team_work:end", args=[new.pk])
    posted = {"end_reason": "ending", "planned": "no", **dated("end", today)}
    assert lead.post(path, posted).status_code == 302
    assert Allocation.objects.get(pk=new.pk).planned_ending is False
    assert person.cases.get().key_worker is None


# Who may ------------------------------------------------------------------------------------------


@pytest.fixture
def visitor(crew, person):
    """Allocates in a team of their own, and is to meet the person once."""
    worker = factories.worker("Samir Longacre")
    services.book_contact(
        person=person, workers=[worker], date=person.allocations.get().start + 400 * DAY, by=None
    )
    return factories.member("team_lead", worker=worker)


def test_seeing_the_record_is_not_deciding_about_it(client, visitor, person):
    client.force_login(visitor)
    page = client.get(company(person))
    assert page.status_code == 200
    assert reverse("team_work:allocate", args=[person.pk]) not in page.content.decode()
    allocation = person.allocations.get()
    for name, key in (
        ("allocate", person.pk),
        ("change", allocation.pk),
        ("end", allocation.pk),
        ("handover_plan", allocation.pk),
    ):
        assert client.get(reverse(f"team_work:{name}", args=[key])).status_code == 403


def test_another_teams_rows_do_not_exist(client, crew, person, today):
    client.force_login(factories.member("team_lead"))
    handover = handovers.plan(
        allocation=person.allocations.get(),
        to=crew.joe,
        by=crew.lead,
        reason="A new post",
        starts_on=today,
        overlap_until=today + DAY,
    )
    absence = absences.arrange(
        worker=crew.joe, start=today, end=today, cover_worker=crew.grace, by=crew.lead
    )
    leaving = leavers.begin(worker=crew.grace, last_day=today, cover_team=crew.team, by=crew.lead)
    check_in = CheckIn.objects.create(
        person=person, worker=crew.joe, medium="02", every_weeks=2, next_on=today, agreed_on=today
    )
    allocation = person.allocations.filter(worker=crew.grace).get()
    rows = {
        "company": [person.pk],
        "allocate": [person.pk],
        "change": [allocation.pk],
        "end": [allocation.pk],
        "handover_plan": [allocation.pk],
        "handover": [handover.pk],
        "handover_dates": [handover.pk],
        "handover_cancel": [handover.pk],
        "check_in_agree": [person.pk],
        "check_in_change": [check_in.pk],
        "check_in_end": [check_in.pk],
        "absence_change": [absence.pk],
        "absence_end": [absence.pk],
        "leaving": [leaving.pk],
        "leaving_person": [leaving.pk, person.pk],
        "leaving_rest": [leaving.pk],
        "leaving_call_off": [leaving.pk],
    }
    for name, keys in rows.items():
        path = reverse(f"team_work:{name}", args=keys)
        assert client.get(path).status_code == 404, name
        assert client.post(path).status_code in (404, 405), name
    for name in ("handover_complete", "leaving_finish"):
        key = handover.pk if name == "handover_complete" else leaving.pk
        assert client.post(reverse(f"team_work:{name}", args=[key])).status_code == 404
    for name in ("handovers", "absences", "leavings"):
        shown = text(client.get(reverse(f"team_work:{name}")))
        assert "Robin" not in shown
        assert "Hazelwood" not in shown
        assert "Fairweather" not in shown


def test_a_worker_arranges_their_own_absence_and_nobody_elses(client, crew, today):
    client.force_login(crew.joe_user)
    path = reverse("team_work:absence_add")
    posted = {
        "cover": "team",
        "cover_team": str(crew.team.pk),
        **dated("start", today),
        **dated("end", today + DAY),
    }
    assert client.post(path, {**posted, "worker": str(crew.grace.pk)}).status_code == 200
    assert not Absence.objects.exists()
    assert client.post(path, {**posted, "worker": str(crew.joe.pk)}).status_code == 302
    assert Absence.objects.get().worker == crew.joe


# Handovers ----------------------------------------------------------------------------------------


def test_a_handover_is_planned_and_both_workers_see_it(lead, client, crew, person, today):
    path = reverse("team_work:handover_plan", args=[person.allocations.get().pk])
    posted = {
        "colleague": str(crew.joe.pk),
        "reason": "A new post",
        "agreed": "yes",
        "person_says": "I will miss her.",
        **dated("agreed_on", today),
        **dated("starts_on", today),
        **dated("overlap_until", today + 42 * DAY),
    }
    answer = lead.post(path, posted)
    made = WorkerHandover.objects.get()
    assert answer["Location"] == reverse("team_work:handover", args=[made.pk])
    assert made.agreed_with_person_on == today
    for user in (crew.grace_user, crew.joe_user):
        client.force_login(user)
        assert "Robin Example" in text(client.get(reverse("team_work:handovers")))
        assert "I will miss her." in text(client.get(answer["Location"]))
    posted = {"step": "introduced", **dated("on", today)}
    assert client.post(answer["Location"], posted).status_code == 302
    assert WorkerHandover.objects.get().introduced_on == today


def test_too_long_an_overlap_is_told_beside_its_field(lead, crew, person, today):
    path = reverse("team_work:handover_plan", args=[person.allocations.get().pk])
    posted = {
        "colleague": str(crew.joe.pk),
        "reason": "A new post",
        "agreed": "no",
        **dated("starts_on", today),
        **dated("overlap_until", today + 85 * DAY),
    }
    answer = lead.post(path, posted)
    assert "at most 12 weeks" in text(answer)
    assert not WorkerHandover.objects.exists()


def test_overdue_steps_are_seen(lead, crew, person, today):
    made = handovers.plan(
        allocation=person.allocations.get(),
        to=crew.joe,
        by=crew.lead,
        reason="A new post",
        starts_on=today,
        overlap_until=today + DAY,
    )
    WorkerHandover.objects.filter(pk=made.pk).update(starts_on=today - 3 * DAY)
    assert "2 steps overdue" in text(lead.get(reverse("team_work:handovers")))
    assert "2 steps overdue" in text(lead.get(reverse("people:detail", args=[person.pk])))
    assert text(lead.get(reverse("team_work:handover", args=[made.pk]))).count("Overdue") == 2


def test_dates_calling_off_and_completing(lead, crew, person, today):
    made = handovers.plan(
        allocation=person.allocations.get(),
        to=crew.joe,
        by=crew.lead,
        reason="A new post",
        starts_on=today + DAY,
        overlap_until=today + 2 * DAY,
    )
    path = reverse("team_work:handover_dates", args=[made.pk])
    posted = {**dated("starts_on", today), **dated("overlap_until", today + 9 * DAY)}
    assert lead.post(path, posted).status_code == 302
    assert WorkerHandover.objects.get().overlap_until == today + 9 * DAY
    lead.post(reverse("team_work:handover_complete", args=[made.pk]))
    assert WorkerHandover.objects.get().completed_on == today
    path = reverse("team_work:handover_cancel", args=[made.pk])
    assert "This handover is complete" in text(lead.post(path, {"reason": "Late"}))


# Cover --------------------------------------------------------------------------------------------


def test_an_absence_from_page_to_page(lead, crew, person, today):
    path = reverse("team_work:absence_add")
    posted = {
        "worker": str(crew.grace.pk),
        "cover": "worker",
        "cover_worker": str(crew.joe.pk),
        **dated("start", today),
        **dated("end", today + 3 * DAY),
    }
    assert lead.post(path, posted).status_code == 302
    made = Absence.objects.get()
    shown = text(lead.get(reverse("team_work:absences")))
    assert "Grace Fairweather: Joe Hazelwood covers" in shown
    assert "Joe Hazelwood covers" in text(lead.get(reverse("people:detail", args=[person.pk])))
    path = reverse("team_work:absence_change", args=[made.pk])
    posted = {
        "cover": "team",
        "cover_team": str(crew.team.pk),
        **dated("end", today + 9 * DAY),
    }
    assert lead.post(path, posted).status_code == 302
    made = Absence.objects.get()
    assert (made.cover_worker, made.cover_team) == (None, crew.team)
    path = reverse("team_work:absence_end", args=[made.pk])
    assert lead.get(path).status_code == 200
    lead.post(path)
    assert not Absence.objects.exists(), "it had begun today, so it never was"


# Check-ins ----------------------------------------------------------------------------------------


def test_check_ins_from_page_to_page(lead, crew, person, today):
    path = reverse("team_work:check_in_agree", args=[person.pk])
    posted = {
        "colleague": str(crew.grace.pk),
        "medium": "02",
        "every_weeks": "4",
        **dated("next_on", today + DAY),
        **dated("agreed_on", today),
    }
    assert lead.post(path, posted).status_code == 302
    made = CheckIn.objects.get()
    assert "Grace Fairweather: telephone, every 4 weeks" in text(lead.get(company(person)))
    path = reverse("team_work:check_in_change", args=[made.pk])
    posted = {
        "medium": "09",
        "every_weeks": "2",
        **dated("next_on", today + 2 * DAY),
        **dated("agreed_on", today),
    }
    assert lead.post(path, posted).status_code == 302
    path = reverse("team_work:check_in_end", args=[made.pk])
    assert lead.post(path, {"why": "more_support"}).status_code == 302
    assert person.steps.get().worker == crew.grace
    assert lead.get(path).status_code == 404


# Leaving ------------------------------------------------------------------------------------------


def begin(crew, days=0):
    from django.utils import timezone

    return leavers.begin(
        worker=crew.grace,
        last_day=timezone.localdate() + days * DAY,
        cover_team=crew.team,
        by=crew.lead,
    )


def test_somebody_leaves_from_page_to_page(lead, crew, today):
    first, second, third = (crew.person(name=f"Person {n} Example") for n in "ABC")
    answer = lead.post(
        reverse("team_work:leaving_add"),
        {
            "worker": str(crew.grace.pk),
            "cover": "team",
            "cover_team": str(crew.team.pk),
            **dated("last_day", today - DAY),
        },
    )
    leaving = Absence.objects.get(leaving=True)
    assert answer["Location"] == reverse("team_work:leaving", args=[leaving.pk])
    page = text(lead.get(answer["Location"]))
    assert "3 people still need somebody" in page
    posted = {"people": [str(first.pk), str(second.pk)], "to": str(crew.joe.pk)}
    page = text(lead.post(answer["Location"], posted))
    assert "1 person still needs somebody" in page
    assert page.count("1 thing moved") == 2
    path = reverse("team_work:leaving_person", args=[leaving.pk, third.pk])
    posted = {"colleague": str(crew.joe.pk), "agreed": "yes", **dated("agreed_on", today - DAY)}
    assert lead.post(path, posted).status_code == 302
    assert third.allocations.get(worker=crew.grace).planned_ending is True
    assert lead.get(path).status_code == 404
    assert "Everything has somebody" in text(lead.get(answer["Location"]))
    lead.post(reverse("team_work:leaving_finish", args=[leaving.pk]))
    crew.grace.refresh_from_db()
    assert not crew.grace.active
    assert lead.get(answer["Location"]).status_code == 404


def test_people_of_other_teams_are_counted_and_not_named(lead, crew):
    other = factories.team()
    hidden = factories.held_person(team=other, name="Hidden Example")
    services.allocate(person=hidden, worker=crew.grace, by=None, role="therapist", team=other)
    leaving = begin(crew)
    page = text(lead.get(reverse("team_work:leaving", args=[leaving.pk])))
    assert "1 more person is held with another team" in page
    assert "Hidden" not in page
    assert "Everything has somebody" not in page


def test_the_other_teams_lead_carries_on(client, crew):
    other = factories.team()
    hidden = factories.held_person(team=other, name="Hidden Example")
    services.allocate(person=hidden, worker=crew.grace, by=None, role="therapist", team=other)
    leaving = begin(crew)
    client.force_login(factories.member("team_lead", team=other))
    page = text(client.get(reverse("team_work:leaving", args=[leaving.pk])))
    assert "Hidden Example" in page


def test_a_leaver_is_called_back(lead, crew):
    leaving = begin(crew, days=5)
    path = reverse("team_work:leaving_call_off", args=[leaving.pk])
    assert lead.get(path).status_code == 200
    assert lead.post(path)["Location"] == reverse("team_work:leavings")
    assert not Absence.objects.exists()


# Costs --------------------------------------------------------------------------------------------


def test_pages_are_small_and_cost_the_same(lead, crew, today):
    person = crew.person()
    services.allocate(person=person, worker=crew.joe, by=None, role="therapist")
    check_ins.agree(
        person=person,
        worker=crew.grace,
        medium="02",
        every_weeks=4,
        next_on=today,
        agreed_on=today,
        by=crew.lead,
    )
    leaving = begin(crew, days=3)
    allocation = person.allocations.get(worker=crew.joe)
    paths = [
        company(person),
        reverse("team_work:allocate", args=[person.pk]),
        reverse("team_work:change", args=[allocation.pk]),
        reverse("team_work:handover_plan", args=[allocation.pk]),
        reverse("team_work:handovers"),
        reverse("team_work:absences"),
        reverse("team_work:absence_add"),
        reverse("team_work:leavings"),
        reverse("team_work:leaving", args=[leaving.pk]),
        reverse("team_work:leaving_person", args=[leaving.pk, person.pk]),
    ]
    factories.contact(person, factories.worker("First Worker"), team=crew.team, days_ago=30)
    lead.get(paths[0])
    before = [cost(lead, path) for path in paths]
    for n in range(8):
        worker = factories.worker(f"New Worker {n}")
        factories.member("key_worker", team=crew.team, worker=worker)
        factories.contact(person, worker, team=crew.team, days_ago=n + 1)
        another = crew.person(worker=worker)
        services.allocate(person=another, worker=crew.joe, by=None, role="deputy")
        Allocation.objects.create(person=another, worker=crew.grace, role="other", start=today)
        absences.arrange(
            worker=worker,
            start=today + 5 * DAY,
            end=today + 6 * DAY,
            cover_worker=crew.joe,
            by=crew.lead,
        )
        handovers.plan(
            allocation=another.allocations.get(role="key_worker"),
            to=crew.joe,
            by=crew.lead,
            reason="A new post",
            starts_on=today,
            overlap_until=today + DAY,
        )
    after = [cost(lead, path) for path in paths]
    assert dict(zip(paths, after, strict=True)) == dict(zip(paths, before, strict=True))


def cost(client, path):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, path
    assert len(answer.content) < 60_000
    return len(queries)


def test_a_busy_persons_page_costs_as_much_as_a_quiet_ones(lead, crew, today):
    """All that goes on around somebody is one query."""
    quiet, busy = crew.person(), crew.person()
    handovers.plan(
        allocation=busy.allocations.get(),
        to=crew.joe,
        by=crew.lead,
        reason="A new post",
        starts_on=today,
        overlap_until=today + DAY,
    )
    check_ins.agree(
        person=busy,
        worker=crew.grace,
        medium="02",
        every_weeks=4,
        next_on=today,
        agreed_on=today,
        by=crew.lead,
    )
    ruth = factories.worker("Ruth Summerfield")
    services.allocate(person=quiet, worker=ruth, by=None, role="peer")
    absences.arrange(
        worker=crew.grace, start=today, end=today + DAY, cover_worker=ruth, by=crew.lead
    )
    services.end_allocation(
        allocation=quiet.allocations.get(worker=crew.grace), by=None, reason="other"
    )
    services.allocate(person=busy, worker=ruth, by=None, role="peer")
    pages = [reverse("people:detail", args=[one.pk]) for one in (quiet, busy)]
    lead.get(pages[0])
    costs = [cost(lead, path) for path in pages]
    assert costs[0] == costs[1]
    shown = text(lead.get(pages[1]))
    assert "Grace Fairweather is away until" in shown
    assert "Ruth Summerfield covers" in shown
    assert "Key worker: from Grace Fairweather to Joe Hazelwood" in shown
    assert "Check-ins with Grace Fairweather: next on" in shown
