"""The sweep: what it opens, updates and resolves, and at whom it looks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.alerts import services, sweeping
from casework.alerts.models import Alert, SweepMark
from casework.cases.models import Case, CaseEvent, Touched
from casework.continuity.models import PolicyValue
from tests.integration.alerts.situations import DAY, Network, rule

NEXT_DAY = DAY + dt.timedelta(days=1)
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def open_now() -> dict[tuple[str, str], Alert]:
    return {
        (alert.person.local_id, alert.rule): alert
        for alert in Alert.objects.open().select_related("person")
    }


def test_a_breach_opens_an_alert_that_says_everything(network):
    person = network.person("P1", 4)
    network.person("P2", 1)
    result = services.sweep()
    assert (result.opened, result.updated, result.resolved) == (2, 0, 0)
    alert = open_now()["P1", "busy"]
    assert (alert.sentence, alert.cause, alert.next_step, alert.facts) == (
        "4 contacts",
        "crisis visits",
        "Plan who comes (busy)",
        {"contacts": 4},
    )
    assert (alert.person, alert.team, alert.worker, alert.organisation) == (
        person,
        network.team,
        network.worker,
        network.trust,
    )
    assert (alert.opened_on, alert.updated_on, alert.resolved_on) == (DAY, DAY, None)
    assert alert.subject_key == f"person:{person.pk}"


def test_a_second_sweep_changes_nothing(network):
    network.person("P1", 4)
    services.sweep()
    result = services.sweep(full=True)
    assert (result.opened, result.updated, result.resolved) == (0, 0, 0)
    assert Alert.history.count() == 2


def test_numbers_are_updated_where_they_changed_and_only_there(network):
    changed, same = network.person("P1", 2), network.person("P2", 2)
    services.sweep()
    network.meet(changed)
    network.meet(same, 0)
    services.sweep(on=NEXT_DAY)
    alerts = open_now()
    assert alerts["P1", "busy"].sentence == "3 contacts"
    assert alerts["P1", "busy"].facts == {"contacts": 3}
    assert (alerts["P1", "busy"].opened_on, alerts["P1", "busy"].updated_on) == (DAY, NEXT_DAY)
    assert alerts["P2", "busy"].updated_on == DAY


def test_who_can_act_follows_the_case_and_is_history(network):
    person = network.person("P1", 2)
    services.sweep()
    Case.objects.filter(person=person).update(key_worker=network.colleague, team=network.other)
    network.meet(person, 0)
    assert services.sweep().updated == 1
    alert = open_now()["P1", "busy"]
    assert (alert.worker, alert.team) == (network.colleague, network.other)
    assert list(alert.history.values_list("history_type", "worker_id")) == [
        ("~", network.colleague.pk),
        ("+", network.worker.pk),
    ]


def test_what_is_no_longer_in_breach_is_resolved_and_may_come_back(network):
    person = network.person("P1", 2)
    services.sweep()
    network.correct(person)
    network.meet(person, 1)
    result = services.sweep(on=NEXT_DAY)
    assert (result.opened, result.resolved) == (0, 1)
    alert = Alert.objects.get()
    assert alert.resolved_on == NEXT_DAY
    assert [row.history_type for row in alert.history.all()] == ["~", "+"]
    network.meet(person, 1)
    assert services.sweep(on=NEXT_DAY).opened == 1
    assert Alert.objects.count() == 2


def test_alerts_of_somebody_who_died_are_resolved(network):
    person = network.person("P1", 4)
    services.sweep()
    person.death_date = DAY
    person.save()
    network.meet(person, 0)
    assert services.sweep().resolved == 2
    assert not open_now()


def test_an_earlier_day_resolves_no_earlier_than_it_opened(network):
    network.person("P1", 2)
    services.sweep()
    services.sweep(on=DAY - dt.timedelta(days=30))
    assert Alert.objects.get().resolved_on == DAY


def test_a_rule_that_is_gone_leaves_no_open_alert(network, source, monkeypatch):
    network.person("P1", 4)
    services.sweep()
    monkeypatch.setattr(source, "rules", (rule("busy", 1),), raising=False)
    services.sweep()
    assert set(open_now()) == {("P1", "busy")}


# Whom it looks at -------------------------------------------------------------------------------


def test_only_those_who_were_touched_are_looked_at_on_the_same_day(network, source):
    people = [network.person(f"P{n}", 1) for n in range(5)]
    services.sweep()
    network.meet(people[0])
    source.asked.clear()
    result = services.sweep()
    assert source.asked == [1]
    assert (result.opened, result.full) == (1, [])
    assert not Touched.objects.exists()
    source.asked.clear()
    services.sweep()
    assert source.asked == []


def test_a_new_day_is_a_full_look(network, source):
    network.person("P1", 1)
    services.sweep()
    source.asked.clear()
    result = services.sweep(on=NEXT_DAY)
    assert source.asked == [1]
    assert result.full == [network.trust.pk]


def test_a_full_look_finds_a_change_that_left_no_mark(network):
    services.sweep()
    network.person("P3", 2)
    Touched.objects.all().delete()
    assert services.sweep().opened == 0
    assert services.sweep(full=True).opened == 1


def test_a_changed_threshold_is_a_full_look(network, source):
    network.person("P1", 2)
    services.sweep()
    PolicyValue.objects.create(code="busy_contacts", team=network.team, value=3)
    result = services.sweep()
    assert result.full == [network.trust.pk]
    assert result.resolved == 1


@pytest.mark.parametrize(
    "values, in_breach",
    [
        ([], True),
        ([{"value": 9}], False),
        ([{"value": 9}, {"team_kind": "cmht", "value": 2}], True),
        ([{"value": 2}, {"team_kind": "cmht", "value": 9}], False),
        ([{"value": 2}, {"team_kind": "crisis", "value": 9}], True),
        ([{"team_kind": "cmht", "value": 9}, {"team": True, "value": 2}], True),
    ],
)
def test_the_narrowest_threshold_wins(network, values, in_breach):
    network.person("P1", 2)
    for value in values:
        team = network.team if value.pop("team", False) else None
        PolicyValue.objects.create(code="busy_contacts", team=team, **value)
    services.sweep()
    assert bool(open_now()) is in_breach


def test_somebody_touched_while_being_looked_at_stays_touched(network, source, monkeypatch):
    person, other = network.person("P1", 2), network.person("P2", 2)
    services.sweep()
    network.meet(person)
    network.meet(other)
    read = source.facts

    def facts_and_a_change(**asked: Any) -> Any:
        rows = list(read(**asked))
        network.meet(person)  # too late for these facts
        return iter(rows)

    monkeypatch.setattr(source, "facts", facts_and_a_change)
    services.sweep()
    assert list(Touched.objects.values_list("person_id", flat=True)) == [person.pk]
    monkeypatch.setattr(source, "facts", read)
    services.sweep()
    assert open_now()["P1", "busy"].sentence == "4 contacts"
    assert not Touched.objects.exists()


# Days and organisations -------------------------------------------------------------------------


def test_live_as_of_today_and_an_extract_as_of_its_day(network):
    live = Network("X0009", live=True, as_of=None)
    network.person("P1", 2)
    live.person("L1", 2)
    unknown = Network("X0010", as_of=None)
    unknown.person("U1", 2)
    services.sweep(now=NOON)
    days = {key[0]: alert.opened_on for key, alert in open_now().items()}
    assert days == {"P1": DAY, "L1": NOON.date()}


def test_a_given_day_counts_for_the_organisation_that_is_asked_about(network):
    other = Network("X0009")
    network.person("P1", 2)
    other.person("O1", 2)
    result = services.sweep(on=NEXT_DAY, organisation=network.trust)
    days = {key[0]: alert.opened_on for key, alert in open_now().items()}
    assert days == {"P1": NEXT_DAY, "O1": DAY}
    assert result.full == [network.trust.pk]


def test_the_daily_full_look_waits_for_its_hour(source, db):
    live = Network("X0009", live=True)
    live.person("L1", 2)
    at_five = dt.time(5)
    services.sweep(now=NOON, daily_from=at_five)
    next_morning = NOON + dt.timedelta(days=1)
    early = services.sweep(now=next_morning.replace(hour=4, minute=59), daily_from=at_five)
    late = services.sweep(now=next_morning.replace(hour=5, minute=1), daily_from=at_five)
    assert (early.full, late.full) == ([], [live.trust.pk])


# The backlog ------------------------------------------------------------------------------------


def test_what_was_so_at_the_first_look_is_backlog_and_what_comes_after_is_not(network):
    old, new = network.person("P1", 2), network.person("P2", 1)
    services.sweep()
    network.meet(new)
    network.meet(old, 2)
    services.sweep()
    assert {key: alert.backlog for key, alert in open_now().items()} == {
        ("P1", "busy"): True,
        ("P1", "very_busy"): False,
        ("P2", "busy"): False,
    }


def test_the_timeline_tells_once_what_came_up_and_nothing_of_the_backlog(network):
    network.person("P1", 2)
    services.sweep()
    assert not CaseEvent.objects.filter(kind__startswith="alert.").exists()
    person = network.person("P2", 4)
    services.sweep(on=NEXT_DAY)
    services.sweep(on=NEXT_DAY, full=True)
    alerts = [alert for key, alert in open_now().items() if key[0] == "P2"]
    told = CaseEvent.objects.filter(kind="alert.opened")
    assert alerts and {one.about for one in told} == {alert.pk for alert in alerts}
    busy = told.get(about=open_now()["P2", "busy"].pk)
    assert (busy.person, busy.on, busy.team, busy.by) == (person, NEXT_DAY, network.team, None)
    assert busy.data == {"rule": "busy"}


def test_a_first_import_into_a_live_organisation_is_backlog_too(network):
    network.person("P1", 2)
    services.sweep()
    network.person("P2", 2)
    services.expect_backlog(organisation=network.trust)
    services.sweep()
    assert open_now()["P2", "busy"].backlog


# How much it asks -------------------------------------------------------------------------------


def test_the_number_of_statements_does_not_grow_with_the_people(network):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            services.sweep()
        return len(asked)

    people = [network.person("P0", 4)]
    opened_one = statements()
    network.meet(people[0])
    updated_one = statements()
    network.correct(people[0])
    network.meet(people[0])
    resolved_one = statements()
    SweepMark.objects.all().delete()
    people = [network.person(f"P{n}", 4) for n in range(1, 11)]
    assert statements() == opened_one
    for person in people:
        network.meet(person)
    assert statements() == updated_one
    for person in people:
        network.correct(person)
        network.meet(person)
    assert statements() == resolved_one


def test_it_goes_by_batches(network, source, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for n in range(5):
        network.person(f"P{n}", 2)
    source.asked.clear()
    services.sweep()
    assert source.asked == [2, 2, 1]
    assert len(open_now()) == 5
