"""The facts behind the rules about plans, and the alerts that come of them."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careplans import services
from careplans.kinds import Kind
from careplans.review_facts import action_facts, plan_facts
from careplans.table import State
from casework.alerts import services as alerts
from casework.alerts.models import Alert
from tests.factories.careplans import Two


@pytest.fixture
def on():
    return timezone.localdate()


def facts(query, two, on, people=None):
    return list(query(organisation_id=two.team.organisation_id, on=on, people=people))


def test_a_plan_is_one_row(two, on):
    plan = two.plan_in(State.AGREED)
    (row,) = facts(plan_facts, two, on)
    assert (row.person_id, row.team_id, row.team_kind) == (
        two.person.pk,
        two.team.pk,
        two.team.kind,
    )
    assert row.review_due == on + dt.timedelta(days=183)
    services.ask_for_review(plan=plan, by=two.themselves)
    services.propose(
        plan=plan, kind=Kind.CHECK_IN, values={"words": "Ring on Mondays"}, by=two.themselves
    )
    (row,) = facts(plan_facts, two, on)
    assert (row.asked_on, row.asked_by_person, row.proposed_on) == (on, True, on)


def test_a_question_waits_until_they_agree_or_not(two, on):
    plan = two.written()
    (row,) = facts(plan_facts, two, on)
    assert (row.question_on, row.wants_time) == (None, False)
    version = two.shared(plan)
    (row,) = facts(plan_facts, two, on)
    assert (row.question_on, row.wants_time) == (on, False)
    with time_machine.travel(timezone.now() + dt.timedelta(days=3), tick=False):
        two.agrees(version, "need_time")
        (row,) = facts(plan_facts, two, timezone.localdate())
        assert (row.question_on, row.wants_time) == (timezone.localdate(), True)
        two.agrees(version, "disagree")
        (row,) = facts(plan_facts, two, timezone.localdate())
        assert (row.question_on, row.wants_time) == (None, False)


def test_an_alert_asks_what_gets_in_the_way_and_goes_with_the_answer(two):
    version = two.shared()
    organisation = two.team.organisation
    with time_machine.travel(timezone.now() + dt.timedelta(days=15), tick=False):
        alerts.sweep(organisation=organisation, full=True)
        alert = Alert.objects.get(rule="plan_answer_waits")
        assert (alert.person, alert.resolved_on) == (two.person, None)
        assert "four" not in f"{alert.sentence} {alert.next_step}".lower(), "no clock is named"
        two.agrees(version, "need_time")
        alerts.sweep(organisation=organisation)
        alert.refresh_from_db()
        assert alert.resolved_on is not None


def test_what_is_over_or_anothers_is_not_there(two, on):
    two.plan_in(State.ENDED)
    other = Two()
    other.plan()
    assert facts(plan_facts, two, on) == []
    assert len(facts(plan_facts, other, on)) == 1
    assert facts(plan_facts, other, on, people=[two.person.pk]) == []


def test_only_what_the_service_or_an_agency_promised_is_there(two, plan, on):
    worker = two.worker.worker
    late = (on - dt.timedelta(days=10)).isoformat()
    for owner in (
        {"owner_kind": "person"},
        {"owner_kind": "carer", "owner_words": "Juno"},
        {"owner_kind": "worker", "owner_worker": worker},
        {"owner_kind": "agency", "owner_words": "The council"},
    ):
        two.write(plan, Kind.ACTION, "Ring", due_on=late, **owner)
    rows = facts(action_facts, two, on)
    assert {row.owner for row in rows} == {"Femi Ade", "The council"}
    (mine,) = (row for row in rows if row.owner == "Femi Ade")
    assert mine.worker_id == worker.pk
    line = plan.lines.get(owner_worker=worker)
    services.report(line=line, progress="done", what_happened="They answered", by=two.alone)
    assert {row.owner for row in facts(action_facts, two, on)} == {"The council"}


def test_somebody_who_left_is_not_asked(two, plan, on):
    worker = two.worker.worker
    late = (on - dt.timedelta(days=10)).isoformat()
    two.write(plan, Kind.ACTION, "Ring", due_on=late, owner_kind="worker", owner_worker=worker)
    worker.active = False
    worker.save()
    (row,) = facts(action_facts, two, on)
    assert (row.owner_left, row.worker_id) == (True, None)


def test_the_number_of_queries_is_constant(two, on):
    for _number in range(3):
        some = Two(team=two.team)
        some.plan_in(State.AGREED)
    for query in (plan_facts, action_facts):
        with CaptureQueriesContext(connection) as queries:
            facts(query, two, on)
        assert len(queries) == 1


def test_an_alert_opens_and_goes_when_it_has_been_looked_at(two):
    plan = two.plan_in(State.AGREED)
    organisation = two.team.organisation
    later = timezone.now() + dt.timedelta(days=190)
    with time_machine.travel(later, tick=False):
        alerts.sweep(organisation=organisation, full=True)
        alert = Alert.objects.get(rule="plan_review_late")
        assert alert.person == two.person
        assert alert.resolved_on is None
        services.keep_after_review(plan=plan, by=two.together, words="We read it")
        alerts.sweep(organisation=organisation, full=True)
        alert.refresh_from_db()
        assert alert.resolved_on is not None
