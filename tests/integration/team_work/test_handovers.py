"""A named worker hands over to another one, in steps, and nobody is without a worker in between."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from casework.cases import policy, services
from casework.cases.models import Allocation, Case, CaseEvent, LiveReason, Touched, WorkerHandover
from casework.cases.services import handovers
from casework.common.errors import Refusal
from tests.integration.team_work.conftest import DAY

pytestmark = pytest.mark.django_db
WEEKS = dt.timedelta(weeks=1)


def plan(crew, person, **fields):
    today = timezone.localdate()
    said = {
        "allocation": person.allocations.get(worker=crew.grace),
        "to": crew.joe,
        "by": crew.lead,
        "reason": "A new post",
        "starts_on": today,
        "overlap_until": today + 6 * WEEKS,
        **fields,
    }
    return handovers.plan(**said)


def kinds(person):
    return set(CaseEvent.objects.filter(person=person).values_list("kind", flat=True))


def test_both_are_named_while_it_lasts_and_the_new_one_is_pointed_to(crew, today):
    person = crew.person()
    Touched.objects.all().delete()
    plan(crew, person, agreed_on=today - DAY, person_says="I will miss her.")
    assert {one.worker for one in person.allocations.on(today)} == {crew.grace, crew.joe}
    assert Case.objects.get(person=person).key_worker == crew.joe
    assert "worker_change.planned" in kinds(person)
    assert Touched.objects.filter(person=person).exists()
    event = CaseEvent.objects.get(person=person, kind="worker_change.planned")
    assert event.data["person_says"] == "I will miss her."
    assert event.by == crew.lead


def test_the_new_worker_may_prepare_before_the_first_day(crew, today):
    stranger = crew.joe
    stranger.user.memberships.all().delete()
    person = crew.person()
    plan(crew, person, starts_on=today + 2 * WEEKS)
    reason = LiveReason.objects.on(today).get(person=person, worker=crew.joe)
    assert reason.kind == "handover"
    assert not person.allocations.filter(worker=crew.joe).exists()


def test_the_night_begins_it_and_completes_it(crew, today):
    person = crew.person()
    made = plan(
        crew, person, starts_on=today + WEEKS, overlap_until=today + 3 * WEEKS, agreed_on=today
    )
    handovers.run_due()
    assert not person.allocations.filter(worker=crew.joe).exists()
    with time_machine.travel(timezone.now() + WEEKS, tick=False):
        handovers.run_due()
        assert handovers.run_due() == 0, "a second run changes nothing"
    assert person.allocations.get(worker=crew.joe).start == today + WEEKS
    with time_machine.travel(timezone.now() + 3 * WEEKS, tick=False):
        assert handovers.run_due() == 0, "its last day is not over"
    with time_machine.travel(timezone.now() + 3 * WEEKS + DAY, tick=False):
        assert handovers.run_due() == 1
        assert handovers.run_due() == 0
    old = person.allocations.get(worker=crew.grace)
    assert (old.end, old.end_reason) == (today + 3 * WEEKS, Allocation.EndReason.HANDOVER)
    assert old.planned_ending is True
    made = WorkerHandover.objects.get(pk=made.pk)
    assert made.completed_on == today + 3 * WEEKS + DAY
    assert Case.objects.get(person=person).key_worker == crew.joe


def test_without_the_person_it_does_not_count_as_planned(crew, today):
    person = crew.person()
    made = plan(crew, person)
    handovers.complete(handover=made, by=crew.lead)
    assert person.allocations.get(worker=crew.grace).planned_ending is False


def test_it_counts_once_it_was_talked_about(crew, today):
    person = crew.person()
    made = plan(crew, person)
    handovers.agree(handover=made, on=today, person_says="All right", by=crew.grace_user)
    handovers.complete(handover=made, by=crew.lead)
    assert person.allocations.get(worker=crew.grace).planned_ending is True
    assert person.allocations.get(worker=crew.grace).end == today


@pytest.mark.parametrize("step", ["introduced", "joint_meeting", "goodbye"])
def test_each_step_has_its_day_once(crew, today, step):
    person = crew.person()
    made = plan(crew, person)
    handovers.tick(handover=made, step=step, on=today - DAY, by=crew.joe_user)
    assert getattr(WorkerHandover.objects.get(pk=made.pk), f"{step}_on") == today - DAY
    assert f"worker_change.{step}" in kinds(person)
    with pytest.raises(Refusal):
        handovers.tick(handover=made, step=step, on=today, by=crew.joe_user)


def test_a_step_cannot_be_in_the_future(crew, today):
    made = plan(crew, crew.person())
    with pytest.raises(Refusal):
        handovers.tick(handover=made, step="goodbye", on=today + DAY, by=crew.lead)


def test_calling_it_off_leaves_the_old_worker(crew, today):
    person = crew.person()
    made = plan(crew, person)
    handovers.cancel(handover=made, reason="The post fell through", by=crew.lead)
    assert Case.objects.get(person=person).key_worker == crew.grace
    assert person.allocations.get(worker=crew.joe).end == today
    assert not LiveReason.objects.on(today + DAY).filter(person=person, kind="handover").exists()
    with pytest.raises(Refusal):
        handovers.complete(handover=made, by=crew.lead)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"overlap_until": "+85"}, "12 weeks"),
        ({"overlap_until": "-1"}, "overlap"),
        ({"starts_on": "-1"}, "past"),
        ({"agreed_on": "+1"}, "future"),
        ({"reason": " "}, "why"),
    ],
)
def test_what_cannot_be_planned(crew, today, fields, words):
    person = crew.person()
    said = {
        name: today + int(value) * DAY if value[:1] in "+-" else value
        for name, value in fields.items()
    }
    with pytest.raises(Refusal, match=words):
        plan(crew, person, **said)
    assert not WorkerHandover.objects.exists()
    assert person.allocations.count() == 1


def test_twelve_weeks_are_allowed(crew, today):
    assert plan(crew, crew.person(), overlap_until=today + 12 * WEEKS).pk


def test_not_to_oneself_nor_to_somebody_who_left_nor_twice(crew):
    person = crew.person()
    with pytest.raises(Refusal):
        plan(crew, person, to=crew.grace)
    crew.joe.active = False
    crew.joe.save()
    with pytest.raises(Refusal):
        plan(crew, person)
    crew.joe.active = True
    crew.joe.save()
    plan(crew, person)
    with pytest.raises(Refusal, match="under way"):
        plan(crew, person)


def test_a_refused_plan_leaves_nothing_behind(crew, monkeypatch):
    person = crew.person()
    monkeypatch.setattr(handovers, "allocate", _refuse)
    with pytest.raises(Refusal):
        plan(crew, person)
    assert not WorkerHandover.objects.exists()
    assert not LiveReason.objects.filter(kind="handover").exists()
    assert "worker_change.planned" not in kinds(person)


def _refuse(**_fields):
    raise Refusal("no")


def test_other_days(crew, today):
    person = crew.person()
    made = plan(crew, person, starts_on=today + WEEKS, overlap_until=today + 2 * WEEKS)
    handovers.change_dates(
        handover=made, starts_on=today, overlap_until=today + 4 * WEEKS, by=crew.lead
    )
    assert person.allocations.filter(worker=crew.joe, start=today).exists()
    reason = LiveReason.objects.get(person=person, kind="handover")
    assert reason.end == today + 4 * WEEKS
    with pytest.raises(Refusal):
        handovers.change_dates(
            handover=made, starts_on=today + DAY, overlap_until=today + 4 * WEEKS, by=crew.lead
        )


# Changing at once ---------------------------------------------------------------------------------


def test_another_worker_at_once_leaves_no_day_without_one(crew, today):
    person = crew.person()
    services.change_worker(
        allocation=person.allocations.get(),
        to=crew.joe,
        by=crew.lead,
        end_reason="person_asked",
        planned=True,
        person_says="Joe listens.",
    )
    old, new = person.allocations.get(worker=crew.grace), person.allocations.get(worker=crew.joe)
    assert (old.end, old.planned_ending, new.start) == (today, True, today)
    assert Case.objects.get(person=person).key_worker == crew.joe
    assert not policy.reasons_of(crew.grace_user, today + DAY).filter(
        person=person, kind="allocation"
    )
    event = CaseEvent.objects.get(person=person, kind="allocation.started", worker=crew.joe)
    assert event.data["person_says"] == "Joe listens."


def test_a_change_that_fails_changes_nothing(crew):
    person = crew.person()
    with pytest.raises(Refusal):
        services.change_worker(
            allocation=person.allocations.get(), to=crew.joe, by=crew.lead, end_reason="?"
        )
    assert person.allocations.count() == 1
    assert Case.objects.get(person=person).key_worker == crew.grace
