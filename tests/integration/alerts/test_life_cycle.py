"""People, the sweep and the clock in any order: an alert is never lost and never there twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from casework.alerts import acting, ladder, listing, services
from casework.alerts.models import Alert, AlertAction
from casework.common.errors import Refusal
from tests.integration.alerts.acting_situations import MONDAY, Around
from tests.integration.alerts.situations import Network

DAY = dt.timedelta(days=1)
WHO = ("holder", "lead", "other_lead", "colleague", "network_lead")
ACTS = ("seen", "answer", "not_ours", "snooze", "done", "back")


class LifeCycle(RuleBasedStateMachine):
    """One person about whom a rule is in breach or not, and everybody around them."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._today, self._travel = MONDAY, None
        self._go(0)
        self.around = Around(Network())
        self.breach = True
        self.seen_actions = 0

    def _go(self, days: int) -> None:
        self._today += days * DAY
        travel: Any = self._travel
        if travel is not None:
            travel.stop()
        noon = dt.datetime.combine(self._today, dt.time(12), tzinfo=dt.UTC)
        self._travel = time_machine.travel(noon, tick=False)
        self._travel.start()

    def teardown(self) -> None:
        self._travel.stop()
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    @rule(days=st.integers(1, 20))
    def time_goes_by(self, days: int) -> None:
        self._go(days)

    @rule()
    def sweep(self) -> None:
        services.sweep()
        assert Alert.objects.open().exists() is self.breach

    @rule()
    def climb(self) -> None:
        ladder.climb()
        assert not Alert.objects.open().filter(hidden_until__lte=self._today).exists()

    @rule()
    def breach_begins_or_ends(self) -> None:
        if self.breach:
            self.around.network.correct(self.around.person)
        else:
            self.around.network.meet(self.around.person, 2)
        self.breach = not self.breach

    @rule(
        who=st.sampled_from(WHO),
        act=st.sampled_from(ACTS),
        days=st.integers(-1, 100),
        stale=st.booleans(),
    )
    def somebody_acts(self, who: str, act: str, days: int, stale: bool) -> None:
        alert = Alert.objects.order_by("-created_at", "-pk").first()
        assert alert is not None
        by, day = self.around.users[who], self._today + days * DAY
        version = alert.version - 1 if stale else alert.version
        before = (alert.actions.count(), alert.status, alert.hidden_until, alert.level)
        common: dict[str, Any] = {"alert": alert, "by": by, "version": version}
        try:
            if act == "seen":
                acting.acknowledge(**common)
            elif act in {"answer", "not_ours"}:
                acting.answer(choice="planned" if act == "answer" else act, **common)
            elif act == "snooze":
                acting.snooze(until=day, reason="A reason", **common)
            elif act == "done":
                acting.finish(look_again=day, words="Something", **common)
            else:
                acting.bring_back(**common)
        except Refusal:
            now = Alert.objects.get(pk=alert.pk)
            assert (now.actions.count(), now.status, now.hidden_until, now.level) == before
        else:
            assert not stale
            assert who in {"holder", "lead"}
            assert alert.resolved_on is None

    @invariant()
    def never_there_twice(self) -> None:
        assert Alert.objects.open().count() <= 1

    @invariant()
    def never_lost(self) -> None:
        """What is open stands in one list of the lead or in the other."""
        for alert in Alert.objects.open():
            found = {
                which: {
                    one.pk
                    for bundle in listing.open_alerts(
                        listing.MY_TEAMS, self.around.users["lead"], which=which
                    ).bundles
                    for one in bundle.alerts
                }
                for which in (listing.TODAY, listing.LATER)
            }
            hidden = alert.hidden_until is not None and alert.hidden_until > self._today
            assert (alert.pk in found[listing.LATER]) is hidden
            assert (alert.pk in found[listing.TODAY]) is not hidden

    @invariant()
    def nothing_done_is_forgotten(self) -> None:
        count = AlertAction.objects.count()
        assert count >= self.seen_actions
        self.seen_actions = count
        for alert in Alert.objects.all():
            assert alert.version == alert.actions.count()

    @invariant()
    def hidden_for_no_longer_than_it_may(self) -> None:
        for alert in Alert.objects.filter(hidden_until__isnull=False):
            assert alert.hidden_until <= self._today + 90 * DAY


@pytest.mark.django_db
def test_whatever_people_do(source) -> None:
    searched = max(settings().max_examples // 4, 8)
    run_state_machine_as_test(
        LifeCycle, settings=settings(max_examples=searched, stateful_step_count=25)
    )
