"""What people may do about an alert, in every state, as anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from casework.alerts import acting, services
from casework.alerts.handling import handling
from casework.alerts.models import Alert, AlertAction
from casework.cases.models import Absence, CaseEvent, LiveReason
from casework.common.errors import Refusal
from tests.integration.alerts.acting_situations import MONDAY, SOON, Around, at

DAY = dt.timedelta(days=1)


@pytest.fixture
def around(network: Any) -> Iterator[Around]:
    with at(MONDAY):
        yield Around(network)


ACTS: dict[str, Callable[..., AlertAction]] = {
    "seen": lambda alert, by, **k: acting.acknowledge(alert=alert, by=by, **k),
    "answered": lambda alert, by, **k: acting.answer(
        alert=alert, by=by, choice="planned", words="A visit", **k
    ),
    "snoozed": lambda alert, by, **k: acting.snooze(
        alert=alert, by=by, until=SOON, reason="On holiday", **k
    ),
    "done": lambda alert, by, **k: acting.finish(
        alert=alert, by=by, words="Named Kim", look_again=SOON, **k
    ),
    "brought_back": lambda alert, by, **k: acting.bring_back(alert=alert, by=by, **k),
}
STATES = ("open", "seen", "snoozed", "done", "returned", "resolved")
ALLOWED = {
    "open": {"seen", "answered", "snoozed", "done"},
    "seen": {"answered", "snoozed", "done"},
    "snoozed": {"brought_back"},
    "done": {"brought_back"},
    "returned": {"seen", "answered", "snoozed", "done"},
    "resolved": set(),
}
AFTER = {
    "seen": "seen",
    "answered": "seen",
    "snoozed": "snoozed",
    "done": "done",
    "brought_back": "open",
}
MAY = {"holder", "lead", "shift_lead"}


def put(around: Around, state: str) -> Alert:
    """The alert in a state, by what people and the sweep do."""
    holder = around.users["holder"]
    if state in {"seen", "snoozed", "done"}:
        ACTS[state](around.alert, holder)
    if state == "returned":
        Alert.objects.filter(pk=around.alert.pk).update(status="snoozed", hidden_until=MONDAY)
    found = around.alert
    if state == "resolved":
        around.network.correct(around.person)
        services.sweep()
        found = Alert.objects.get(pk=found.pk)
        assert found.resolved_on
    return found


def everything(alert: Alert) -> tuple[Any, ...]:
    row = Alert.objects.filter(pk=alert.pk).values().get()
    return (
        row,
        alert.actions.count(),
        Alert.history.filter(id=alert.pk).count(),
        CaseEvent.objects.filter(about=alert.pk).count(),
    )


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_every_act_in_every_state_as_anybody(around, state, act):
    alert = put(around, state)
    for name, by in around.users.items():
        before = everything(alert)
        if name in MAY and act in ALLOWED[state]:
            continue  # below: it would change the state for the others
        with pytest.raises(Refusal):
            ACTS[act](alert, by)
        assert everything(alert) == before, (name, act, state)
    if act not in ALLOWED[state]:
        return
    row, actions, history, events = everything(alert)
    done = ACTS[act](alert, around.users["lead"])
    now = around.alert
    returned = 1 if state == "returned" else 0
    assert now.status == AFTER[act]
    assert now.version == row["version"] + 1 + returned
    assert (done.kind, done.by, done.on) == (act, around.users["lead"], MONDAY)
    assert now.actions.count() == actions + 1 + returned
    assert Alert.history.filter(id=alert.pk).count() == history + 1 + returned
    assert CaseEvent.objects.filter(about=alert.pk).count() == events + 1
    assert (now.hidden_until == SOON) is (act in {"snoozed", "done"})
    assert now.acted_by == around.users["lead"]
    assert now.timer_on == MONDAY


def test_what_is_hidden_stays_unique_and_the_sweep_resolves_it(around):
    ACTS["done"](around.alert, around.users["holder"])
    services.sweep(full=True)
    assert Alert.objects.open().count() == 1
    around.network.correct(around.person)
    services.sweep()
    assert not Alert.objects.open().exists()
    # it is so again: a new one, which nobody has put off
    around.network.meet(around.person, 2)
    services.sweep()
    assert around.alert.status == "open"
    assert Alert.objects.filter(subject_key=around.alert.subject_key).count() == 2


def test_the_second_of_two_is_told_and_nothing_is_written(around):
    alert = around.alert
    ACTS["answered"](alert, around.users["holder"], version=alert.version)
    before = everything(alert)
    with pytest.raises(acting.Meanwhile, match="your words are kept"):
        ACTS["snoozed"](alert, around.users["lead"], version=alert.version)
    assert everything(alert) == before
    ACTS["snoozed"](alert, around.users["lead"], version=around.alert.version)


def test_a_failure_in_the_middle_leaves_nothing(around, monkeypatch):
    before = everything(around.alert)
    monkeypatch.setattr(AlertAction.objects, "create", lambda **kw: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ACTS["done"](around.alert, around.users["holder"])
    monkeypatch.undo()
    assert everything(around.alert) == before


@pytest.mark.parametrize(
    "act",
    [
        lambda a, by: acting.snooze(alert=a, by=by, until=MONDAY, reason="x"),
        lambda a, by: acting.snooze(alert=a, by=by, until=MONDAY + 15 * DAY, reason="x"),
        lambda a, by: acting.snooze(alert=a, by=by, until=SOON, reason="  "),
        lambda a, by: acting.finish(alert=a, by=by, look_again=SOON, words=" "),
        lambda a, by: acting.finish(alert=a, by=by, look_again=MONDAY, words="x"),
        lambda a, by: acting.finish(alert=a, by=by, look_again=MONDAY + 91 * DAY, words="x"),
        lambda a, by: acting.answer(alert=a, by=by, choice="nonsense"),
    ],
)
def test_what_is_asked_for_must_be_there(around, act):
    before = everything(around.alert)
    with pytest.raises(Refusal):
        act(around.alert, around.users["holder"])
    assert everything(around.alert) == before


def test_the_latest_day_is_a_day_that_can_be_chosen(around):
    acting.snooze(
        alert=around.alert, by=around.users["holder"], until=MONDAY + 14 * DAY, reason="x"
    )
    assert around.alert.hidden_until == MONDAY + 14 * DAY


def test_it_cannot_be_put_off_for_ever(around):
    holder = around.users["holder"]
    for _again in range(2):
        ACTS["snoozed"](around.alert, holder)
        ACTS["brought_back"](around.alert, holder)
    with pytest.raises(Refusal, match="Answer its question"):
        ACTS["snoozed"](around.alert, holder)
    ACTS["answered"](around.alert, holder)
    ACTS["snoozed"](around.alert, holder)


def test_what_is_not_theirs_to_change_goes_up_at_once(around):
    acting.answer(
        alert=around.alert, by=around.users["holder"], choice="not_ours", words="No free worker"
    )
    now = around.alert
    assert (now.level, now.status, now.acted_by) == (1, "open", around.users["holder"])
    assert list(now.actions.values_list("kind", "choice")) == [
        ("answered", "not_ours"),
        ("raised", "asked"),
    ]
    acting.answer(alert=now, by=around.users["lead"], choice="not_ours")
    acting.answer(alert=around.alert, by=around.users["lead"], choice="not_ours")
    assert around.alert.level == 2  # there is nobody further up


def test_the_network_lead_acts_on_what_came_up_where_the_account_has_a_worker(around):
    network_lead = around.users["network_lead"]
    network_lead.worker = around.network.worker.__class__.objects.create(name="Halima Bridgewater")
    network_lead.save()
    for by in ("holder", "lead"):
        acting.answer(alert=around.alert, by=around.users[by], choice="not_ours")
    assert LiveReason.objects.filter(worker=network_lead.worker, person=around.person).exists()
    acting.acknowledge(alert=around.alert, by=network_lead)


def test_whoever_covers_acts_for_whoever_is_away(around):
    network, colleague = around.network, around.users["colleague"]
    Absence.objects.create(
        worker=network.worker,
        start=MONDAY,
        end=MONDAY + DAY,
        cover_worker=network.colleague,
        made_by=around.users["lead"],
    )
    acting.acknowledge(alert=around.alert, by=colleague)
    with at(MONDAY + 2 * DAY), pytest.raises(acting.NotYours):
        acting.answer(alert=around.alert, by=colleague, choice="planned")


def test_a_duty_team_that_covers_acts_too(around):
    network = around.network
    Absence.objects.create(
        worker=network.worker,
        start=MONDAY,
        cover_team=network.team,
        made_by=around.users["lead"],
    )
    acting.acknowledge(alert=around.alert, by=around.users["colleague"])


def test_seen_for_several_is_each_for_itself(around):
    around.network.meet(around.person, 2)  # now very_busy too
    services.sweep()
    first, second = Alert.objects.open().order_by("rule")
    ACTS["seen"](first, around.users["holder"])
    result = acting.acknowledge_many(
        alerts=[first, second],
        by=around.users["lead"],
        versions={first.pk: 1, second.pk: 0},
    )
    assert result.count == 1
    assert "is on it already" in result.refused[0]
    assert {one.status for one in Alert.objects.open()} == {"seen"}


def test_a_rule_that_asks_by_when_wants_a_day(around):
    Alert.objects.filter(pk=around.alert.pk).update(rule="losing_touch")
    holder = around.users["holder"]
    with pytest.raises(Refusal, match="by when"):
        acting.answer(alert=around.alert, by=holder, choice="planned")
    with pytest.raises(Refusal, match="past"):
        acting.answer(alert=around.alert, by=holder, choice="planned", by_when=MONDAY - DAY)
    said = acting.answer(alert=around.alert, by=holder, choice="planned", by_when=SOON)
    assert said.until == SOON


def test_an_answer_that_somebody_else_keeps_is_kept_or_nothing_is(around, monkeypatch):
    from dataclasses import replace

    def refuse(answer: Any) -> None:
        raise Refusal("The referral has ended.")

    how = replace(handling("busy"), answered=refuse)
    monkeypatch.setattr(acting, "handling", lambda rule: how)
    before = everything(around.alert)
    with pytest.raises(Refusal, match="has ended"):
        ACTS["answered"](around.alert, around.users["holder"])
    assert everything(around.alert) == before


def test_actions_are_only_added_to(around, append_only):
    from django.db import DatabaseError, transaction

    ACTS["seen"](around.alert, around.users["holder"])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE alerts_alertaction SET words = 'other'")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one_after_the_other(source):
    import threading

    from django.db import close_old_connections

    from tests.integration.alerts.situations import Network

    with at(MONDAY):
        around = Around(Network())
        alert, start = around.alert, threading.Barrier(2)
        outcomes: dict[str, str] = {}

        def act(who: str) -> None:
            close_old_connections()
            start.wait()
            try:
                ACTS["answered"](alert, around.users[who], version=0)
                outcomes[who] = "done"
            except acting.Meanwhile:
                outcomes[who] = "told"
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(who,)) for who in ("holder", "lead")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes.values()) == ["done", "told"]
    assert around.alert.actions.count() == 1
