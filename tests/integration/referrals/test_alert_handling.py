"""An answer to the alert of a stalled referral is the referral's too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from casework.alerts import acting, services
from casework.alerts.handling import alert_handling, handling
from casework.alerts.models import Alert
from casework.common.errors import Refusal
from casework.common.rules import rule_sources
from referrals.models import Referral, StallAnswer
from referrals.table import State
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
LATE = dt.date(2026, 6, 11)


def at(day: dt.date) -> Any:
    moment = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def net() -> Network:
    with time_machine.travel(START, tick=False):
        return Network()


@pytest.fixture
def alert(net: Network) -> Alert:
    referral = net.referral_in(State.RECEIVED)
    with at(LATE):
        services.sweep()
    return Alert.objects.get(rule="referral_stalled", subject_key=f"referral:{referral.pk}")


def test_an_answer_starts_the_timer_again_and_the_sweep_resolves_the_alert(net, alert) -> None:
    with at(LATE):
        acting.answer(
            alert=alert,
            by=net.lead,
            choice="week",
            words="The team meets on Monday",
            by_when=dt.date(2026, 6, 15),
        )
        kept = StallAnswer.objects.get()
        assert kept.what_next == "The team meets on Monday"
        assert kept.last_contact == "In touch within the last week"
        assert kept.by_when == dt.date(2026, 6, 15)
        assert Referral.objects.get().timer_on == LATE
        services.sweep()
    assert Alert.objects.get(pk=alert.pk).resolved_on == LATE


def test_what_the_referral_refuses_is_not_answered_anywhere(net, alert) -> None:
    with at(LATE):
        Referral.objects.update(state=State.WITHDRAWN)
        with pytest.raises(Refusal):
            acting.answer(
                alert=alert, by=net.lead, choice="week", words="x", by_when=dt.date(2026, 6, 15)
            )
    assert not StallAnswer.objects.exists()
    assert not alert.actions.exists()


def test_what_is_put_off_comes_back_with_its_history(net, alert) -> None:
    until = dt.date(2026, 6, 16)
    with at(LATE):
        acting.snooze(alert=alert, by=net.lead, until=until, reason="The nurse is on leave")
        services.sweep(full=True)
    with at(until):
        services.sweep(full=True)
        row = Alert.objects.open().get(rule="referral_stalled")
    assert row.pk == alert.pk
    assert row.state(until) == "open"
    assert row.actions.get().words == "The nurse is on leave"


def test_every_handling_belongs_to_a_rule_and_can_be_worked_on() -> None:
    codes = {rule.code for source in rule_sources for rule in source.rules}
    assert {code for code, _entry in alert_handling.items()} <= codes
    for code in codes:
        how = handling(code)
        offered = [choice for choice, _words in how.answers]
        assert len(offered) == len(set(offered)) > 1
        assert how.goes_up <= set(offered)
        assert str(how.question).endswith("?")
        assert how.snooze_days > 0
        assert how.snoozes > 0
        assert how.look_again_days >= how.snooze_days
        assert how.network_after >= how.lead_after >= 0
