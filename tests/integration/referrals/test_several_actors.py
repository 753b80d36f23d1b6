"""Several actors do whatever they like, in any order: nobody is dropped."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from casework.cases.models import Case, CaseEvent, LiveReason
from casework.common.errors import Refusal
from referrals import services
from referrals.actors import Actor
from referrals.clocks import own_wait
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import HoldingChange, Referral, Responsibility
from referrals.table import EVENTS, OPEN, TERMINAL, Kind, State
from tests.factories.referrals import START, Network, by_link, by_person

ACTORS = (
    "gp",
    "nurse",
    "lead",
    "key_worker",
    "colleague",
    "member",
    "peer",
    "specialist_lead",
    "shift_lead",
    "housing_worker",
    "records",
    "person",
    "link",
)


class Journeys(RuleBasedStateMachine):
    """One person, several teams, any act by anybody."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._now = START
        self._travel: Any = None
        self._go()
        self.net = Network()
        self.known: dict[Any, tuple[State, Any]] = {}
        self.asked: dict[Any, dt.date] = {}
        self.last_event = ""

    def _go(self) -> None:
        if self._travel is not None:
            self._travel.stop()
        self._travel = time_machine.travel(self._now, tick=False)
        self._travel.start()

    def teardown(self) -> None:
        self._travel.stop()
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    # acts

    @initialize()
    def first_referral(self) -> None:
        self.net.sent()

    @rule(days=st.integers(1, 40))
    def time_goes_by(self, days: int) -> None:
        self._now += dt.timedelta(days=days)
        self._go()

    @rule(kind=st.sampled_from(list(Kind)), urgent=st.booleans(), to=st.integers(0, 2))
    def another_referral(self, kind: Kind, urgent: bool, to: int) -> None:
        team = (self.net.cmht, self.net.specialist, self.net.crisis)[to]
        if Referral.objects.count() < 4 and self.net.person.death_date is None:
            self.net.draft(kind=kind, team=team, priority="2" if urgent else "3")

    @rule(
        which=st.integers(0, 3),
        who=st.sampled_from(ACTORS),
        event=st.sampled_from(EVENTS),
        choice=st.integers(0, 3),
    )
    def somebody_acts(self, which: int, who: str, event: str, choice: int) -> None:
        rows = list(Referral.objects.order_by("created_at", "pk"))
        self._do(rows[which % len(rows)], who, event, choice)

    @rule(which=st.integers(0, 3), choice=st.integers(0, 3), data=st.data())
    def somebody_does_what_is_possible(self, which: int, choice: int, data: Any) -> None:
        """So that the search does not stay where most acts are refused."""
        rows = list(Referral.objects.order_by("created_at", "pk"))
        referral = rows[which % len(rows)]
        ways = [
            (who, verdict.event)
            for who in ACTORS
            for verdict in services_available(referral, self._actor(who, referral))
            if verdict.allowed
        ]
        if ways:
            who, event = data.draw(st.sampled_from(ways))
            self._do(referral, who, event, choice)

    @rule(which=st.integers(0, 3), choice=st.integers(0, 3))
    def they_meet(self, which: int, choice: int) -> None:
        rows = list(Referral.objects.order_by("created_at", "pk"))
        referral = rows[which % len(rows)]
        worker = (self.net.key_worker, self.net.colleague, self.net.peer, self.net.lead)[choice]
        try:
            with transaction.atomic():
                self.net.meeting(referral, workers=[worker.worker], by=worker)
        except Refusal:
            return
        self.last_event = "first_contact"

    def _actor(self, who: str, referral: Referral) -> Any:
        if who == "person":
            return by_person(self.net.person)
        return by_link(referral) if who == "link" else getattr(self.net, who)

    def _do(self, referral: Referral, who: str, event: str, choice: int) -> None:
        act = getattr(services, event)
        try:
            with transaction.atomic():
                act(
                    referral=referral, by=self._actor(who, referral), **self._details(event, choice)
                )
        except Refusal:
            return
        self.last_event = event

    def _details(self, event: str, choice: int) -> dict[str, Any]:
        net, today = self.net, timezone.localdate()
        teams = (net.cmht, net.specialist, net.crisis, net.gp_team)
        workers = (net.key_worker, net.colleague, net.peer, net.specialist_lead)
        details: dict[str, dict[str, Any]] = {
            "send": {"holder": (net.nurse, net.gp, net.peer, net.nurse)[choice].worker},
            "assess": {"meeting_words": "Monday"},
            "ask": {"question": "Which?", "asked_worker": workers[choice].worker},
            "answer": {"answer": "This"},
            "proceed_without_answer": {"tried": "Twice"},
            "propose_decline": net.proposal(nothing_exists=choice == 1),
            "agree_decline": {
                "onward_team": teams[choice] if choice < 2 else None,
                "holding_plan": "Calls" if choice else "",
            },
            "challenge": {"reason": "No"},
            "redirect": {"team": teams[choice % 3], "sender_agreed": "Yes" if choice else ""},
            "allocate": {"worker": workers[choice].worker},
            "reallocate": {"worker": workers[choice].worker, "reason": "Left"},
            "first_contact": {"met_on": today},
            "undo_first_contact": {"reason": "No"},
            "change_intensity": {
                "intensity": ("intensive", "steady", "light_touch", "")[choice],
                "with_person": True,
            },
            "request_sign_off": {"reason": "Gone", "attempts": "Letters" if choice else ""},
            "sign_off": {"granted": choice > 0, "answer": "Seen"},
            "close": {"outcome_words": "Well", "close_reason": ("02", "05", "07", "")[choice]},
            "give_advice": {"advice": "This"},
            "convert": {"person_agreed": choice > 0, "sender_agreed": True},
            "end_early": {
                "cause": ("moved", "admitted", "imprisoned", "died")[choice],
                "happened_on": today,
                "who_keeps_contact": "The ward",
                "confirmed_by": "The team there",
            },
            "withdraw": {"asked_by": "person", "reason": "No", "instead": "Calls"},
            "reopen": {"note": "Again" if choice else ""},
            "mark_in_error": {"reason": "Wrong"},
        }
        return details.get(event, {})

    # what must never be false

    @invariant()
    def exactly_one_holder(self) -> None:
        held = list(Responsibility.objects.all())
        assert len(held) <= 1
        if Referral.objects.open().exists():
            assert held and held[0].worker is not None and held[0].worker.active
            case = Case.objects.get(person=self.net.person, closed_on__isnull=True)
            assert case.team_id == held[0].team_id
        changes = list(HoldingChange.objects.order_by("created_at", "pk"))
        for earlier, later in pairwise(changes):
            assert (later.from_team_id, later.from_worker_id) == (
                earlier.team_id,
                earlier.worker_id,
            )
        if changes:
            assert (held[0].team_id, held[0].worker_id) == (
                changes[-1].team_id,
                changes[-1].worker_id,
            )

    @invariant()
    def no_journey_is_lost_and_no_clock_starts_again(self) -> None:
        rows = {row.pk: row for row in Referral.objects.all()}
        journeys: dict[Any, list[Referral]] = {}
        for row in rows.values():
            journeys.setdefault(row.journey_id, []).append(row)
        for pk, (state, journey) in self.known.items():
            assert rows[pk].journey_id == journey
            if state in TERMINAL and rows[pk].state != state:
                assert self.last_event in ("reopen", "mark_in_error")
        for journey, members in journeys.items():
            asked = own_wait(
                [row.asked_on or row.received_on for row in members], [], timezone.localdate()
            ).asked
            assert asked == self.asked.setdefault(journey, asked)
        self.known = {pk: (State(row.state), row.journey_id) for pk, row in rows.items()}

    @invariant()
    def every_step_is_written_down_once(self) -> None:
        for row in Referral.objects.all():
            events = CaseEvent.objects.filter(about=row.pk, kind__startswith="referral.")
            assert events.count() == row.version + 1
            assert row.history.count() == row.version + 1

    @invariant()
    def both_teams_may_open_the_record_as_long_as_it_is_open(self) -> None:
        for row in Referral.objects.all():
            reasons = LiveReason.objects.filter(
                source_key__startswith=f"referral:{row.pk}", end__isnull=True
            )
            teams = {row.team_id, row.sender_team_id} if row.state in OPEN else set()
            assert set(reasons.values_list("team_id", flat=True)) == teams


def services_available(referral: Referral, by: Any) -> list[Any]:
    from referrals.verdicts import available_events

    return available_events(referral, by)


@pytest.mark.django_db
def test_whatever_several_actors_do() -> None:
    searched = settings().max_examples // 4  # each example is forty acts
    run_state_machine_as_test(
        Journeys, settings=settings(max_examples=searched, stateful_step_count=40)
    )


@pytest.mark.deep
@pytest.mark.django_db
def test_whatever_several_actors_do_for_a_long_time() -> None:
    run_state_machine_as_test(Journeys, settings=settings(max_examples=60, stateful_step_count=80))


# Two at once --------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs acts at the same moment, each with its own connection; returns what came of each."""
    ready = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        close_old_connections()
        ready.wait()
        try:
            results[place] = act()
        except Refusal as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _race(net: Network, referral: Referral, acts: dict[str, Callable[[int], Referral]]) -> None:
    """Acts that exclude each other: one wins, each other one is told what happened meanwhile."""
    seen = referral.version
    results = at_once(*(lambda act=act: act(seen) for act in acts.values()))
    lost = [one for one in results if isinstance(one, ChangedMeanwhile)]
    won = [event for event, one in zip(acts, results, strict=True) if isinstance(one, Referral)]
    assert len(won) == 1 and len(lost) == len(acts) - 1, results
    row = Referral.objects.get(pk=referral.pk)
    assert row.version == seen + 1 == row.history.count() - 1
    for one in lost:
        assert [event.kind for event in one.events] == [f"referral.{won[0]}"]
    events = CaseEvent.objects.filter(about=row.pk, kind__startswith="referral.")
    assert events.count() == row.version + 1


def _received(net: Network) -> Referral:
    referral = net.draft(by=net.gp)
    referral = services.send(referral=referral, by=net.gp, holder=_holder(net))
    return services.acknowledge(referral=referral, by=net.member)


def _accept_or_decline(net: Network) -> None:
    row = _received(net)
    _race(
        net,
        row,
        {
            "accept": lambda seen: services.accept(referral=row, by=net.member, seen_version=seen),
            "propose_decline": lambda seen: services.propose_decline(
                referral=row, by=net.lead, seen_version=seen, **net.proposal()
            ),
        },
    )


@pytest.mark.django_db(transaction=True)
def test_two_decide_at_once_and_one_wins() -> None:
    net = Network()
    for _attempt in range(5):
        _accept_or_decline(net)


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
def test_several_decide_at_once_very_often() -> None:
    """Two at one referral, and four: the receiving team, its lead, the sender and the network."""
    net = Network()
    for _attempt in range(60):
        _accept_or_decline(net)
        row = _received(net)
        _race(
            net,
            row,
            {
                "assess": lambda seen, row=row: services.assess(
                    referral=row, by=net.member, meeting_words="Monday", seen_version=seen
                ),
                "ask": lambda seen, row=row: services.ask(
                    referral=row,
                    by=net.lead,
                    question="Which?",
                    asked_worker=net.nurse.worker,
                    seen_version=seen,
                ),
                "withdraw": lambda seen, row=row: services.withdraw(
                    referral=row,
                    by=net.gp,
                    seen_version=seen,
                    asked_by="person",
                    reason="No",
                    instead="A call",
                ),
                "redirect": lambda seen, row=row: services.redirect(
                    referral=row,
                    by=net.nurse,
                    team=net.specialist,
                    sender_agreed="Yes",
                    seen_version=seen,
                ),
            },
        )
    held = Responsibility.objects.get(person=net.person)
    assert held.worker is not None and held.worker.active


def _holder(net: Network) -> Any:
    held = Responsibility.objects.filter(person=net.person).first()
    return held.worker if held is not None else net.nurse.worker


@pytest.mark.django_db(transaction=True)
def test_two_first_contacts_at_once_leave_one_holder() -> None:
    net = Network()
    first, second = (_accepted(net, team) for team in (net.cmht, net.specialist))
    results = at_once(
        lambda: net.meeting(first, workers=[net.key_worker.worker], by=net.key_worker),
        lambda: net.meeting(second, workers=[net.specialist_lead.worker], by=net.specialist_lead),
    )
    assert not [one for one in results if isinstance(one, Exception)]
    held = Responsibility.objects.get(person=net.person)
    assert (held.team, held.worker) in [
        (net.cmht, net.key_worker.worker),
        (net.specialist, net.specialist_lead.worker),
    ]
    assert Referral.objects.filter(state=State.IN_SERVICE).count() == 2
    passed = HoldingChange.objects.filter(how="first_contact").order_by("created_at", "pk")
    assert (passed[1].from_team, passed[1].from_worker) == (passed[0].team, passed[0].worker)


def _accepted(net: Network, team: Any) -> Referral:
    referral = net.draft(team=team)
    referral = services.send(referral=referral, by=net.gp, holder=_holder(net))
    lead = net.lead if team == net.cmht else net.specialist_lead
    referral = services.acknowledge(referral=referral, by=lead)
    return services.accept(referral=referral, by=lead)


@pytest.mark.django_db
def test_what_was_seen_is_old_and_what_happened_meanwhile_is_told() -> None:
    net = Network()
    referral = net.sent()
    seen = referral.version
    services.acknowledge(referral=referral, by=net.member)
    with pytest.raises(ChangedMeanwhile) as told:
        services.withdraw(
            referral=referral,
            by=net.gp,
            seen_version=seen,
            asked_by="person",
            reason="No",
            instead="A call",
        )
    assert [event.kind for event in told.value.events] == ["referral.acknowledge"]
    assert "Received" in told.value.sentence
    with pytest.raises(EventRefused) as refused:
        services.acknowledge(referral=referral, by=Actor())
    assert "would have to be: Sent" in refused.value.sentence
