"""What is hidden comes back, and what nobody answers goes up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.alerts import acting, ladder, services
from casework.alerts.models import Alert, AlertAction
from casework.cases.models import LiveReason
from casework.directory.models import Worker
from tests.integration.alerts.acting_situations import MONDAY, Around, at
from tests.integration.alerts.situations import user

DAY = dt.timedelta(days=1)


@pytest.fixture
def around(network: Any) -> Iterator[Around]:
    with at(MONDAY):
        yield Around(network)


def climbed(day: dt.date) -> ladder.Climb:
    with at(day):
        return ladder.climb()


@pytest.mark.parametrize(
    ("days", "level"),
    # opened on a Monday: five working days have passed on the next Monday, fifteen later on …
    [(0, 0), (4, 0), (6, 0), (7, 1), (13, 1)],
)
def test_it_goes_up_by_working_days_without_an_answer(around, days, level):
    climbed(MONDAY + days * DAY)
    assert around.alert.level == level


def test_it_goes_on_to_the_network_lead_when_the_lead_does_not_answer(around):
    climbed(MONDAY + 7 * DAY)
    climbed(MONDAY + 27 * DAY)  # 14 working days since it went up
    assert around.alert.level == 1
    climbed(MONDAY + 28 * DAY)
    assert around.alert.level == 2
    assert list(around.alert.actions.values_list("kind", "level", "choice", "by")) == [
        ("raised", 1, "unanswered", None),
        ("raised", 2, "unanswered", None),
    ]
    assert climbed(MONDAY + 90 * DAY).raised == 0


def test_an_answer_begins_the_time_again(around):
    with at(MONDAY + 3 * DAY):
        acting.answer(alert=around.alert, by=around.users["holder"], choice="planned")
    climbed(MONDAY + 9 * DAY)
    assert around.alert.level == 0
    climbed(MONDAY + 10 * DAY)
    assert around.alert.level == 1


def test_nothing_that_is_hidden_goes_up_and_it_comes_back_on_its_day(around):
    with at(MONDAY):
        acting.finish(
            alert=around.alert,
            by=around.users["holder"],
            words="Kim is named",
            look_again=MONDAY + 30 * DAY,
        )
    climbed(MONDAY + 29 * DAY)
    assert (around.alert.status, around.alert.level) == ("done", 0)
    assert climbed(MONDAY + 30 * DAY).returned == 1
    now = around.alert
    assert (now.status, now.hidden_until, now.level, now.acted_by) == ("open", None, 0, None)
    assert list(now.actions.values_list("kind", flat=True)) == ["done", "returned"]
    assert Alert.history.filter(id=now.pk).latest().status == "open"


@pytest.mark.parametrize("cause", ["vacancy", "leave", "left", "crisis_rota", "group"])
def test_what_the_worker_cannot_change_is_the_lead_s_from_the_start(around, cause):
    Alert.objects.filter(pk=around.alert.pk).update(cause_kind=cause)
    climbed(MONDAY)
    assert around.alert.level == 1
    assert around.alert.actions.get().choice == "routed"


@pytest.mark.parametrize("cause", ["joint", "planned", ""])
def test_what_was_planned_stays_with_the_worker(around, cause):
    Alert.objects.filter(pk=around.alert.pk).update(cause_kind=cause)
    climbed(MONDAY)
    assert around.alert.level == 0


def test_without_a_worker_it_is_the_lead_s(around):
    around.network.person("P2", 2, worker=None)
    services.sweep()
    climbed(MONDAY)
    assert Alert.objects.get(person__local_id="P2").level == 1


def test_where_nobody_leads_the_team_it_is_the_network_s(around):
    around.users["lead"].memberships.update(end=MONDAY - 1 * DAY, start=MONDAY - 9 * DAY)
    around.users["shift_lead"].memberships.update(end=MONDAY - 1 * DAY, start=MONDAY - 9 * DAY)
    climbed(MONDAY + 7 * DAY)
    assert around.alert.level == 2


def test_nothing_of_the_backlog_goes_up(around):
    Alert.objects.update(backlog=True)
    assert climbed(MONDAY + 90 * DAY).raised == 0


def test_the_network_lead_may_open_the_record_until_it_is_resolved(around):
    halima = Worker.objects.create(name="Halima Bridgewater")
    around.users["network_lead"].worker = halima
    around.users["network_lead"].save()
    climbed(MONDAY + 7 * DAY)
    assert not LiveReason.objects.filter(worker=halima).exists()
    climbed(MONDAY + 28 * DAY)
    assert LiveReason.objects.get(worker=halima).end is None
    around.network.correct(around.person)
    with at(MONDAY + 29 * DAY):
        services.sweep()
    assert climbed(MONDAY + 29 * DAY).ended == 1
    assert LiveReason.objects.get(worker=halima).end == MONDAY + 29 * DAY


def test_a_new_network_lead_may_open_it_too_and_a_former_one_no_longer(around):
    old, new = Worker.objects.create(name="Halima"), Worker.objects.create(name="Iolo")
    lead = around.users["network_lead"]
    lead.worker = old
    lead.save()
    for name in ("holder", "lead"):
        acting.answer(alert=around.alert, by=around.users[name], choice="not_ours")
    with at(MONDAY + 2 * DAY):
        lead.memberships.update(start=MONDAY - DAY, end=MONDAY)
        user("network_lead", worker=new, email="new@example.org")
        assert ladder.climb().ended == 1
        assert LiveReason.objects.get(worker=old).end == MONDAY + 2 * DAY
        assert LiveReason.objects.get(worker=new).person == around.person
        assert ladder.climb() == ladder.Climb()


def test_twice_is_once(around):
    assert climbed(MONDAY + 7 * DAY).raised == 1
    assert climbed(MONDAY + 7 * DAY).raised == 0
    assert AlertAction.objects.count() == 1


def test_many_take_as_many_statements_as_one(around):
    def statements(day: dt.date) -> int:
        with at(day), CaptureQueriesContext(connection) as asked:
            assert ladder.climb().raised
        return len(asked)

    one = statements(MONDAY + 7 * DAY)
    with at(MONDAY + 7 * DAY):
        for n in range(12):
            around.network.person(f"M{n}", 2)
        services.sweep()
    many = statements(MONDAY + 14 * DAY)
    # SQLite takes the rows of one statement one by one (executemany), and counts once
    assert many == one


def test_with_nothing_to_do_it_asks_little(around):
    with at(MONDAY), CaptureQueriesContext(connection) as asked:
        assert ladder.climb() == ladder.Climb()
    assert not [one for one in asked if one["sql"].startswith(("UPDATE", "INSERT"))]
