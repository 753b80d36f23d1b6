"""Every state x event x role, generated from the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from casework.cases.models import CaseEvent, Contact, LiveReason
from casework.cases.services.records import save
from casework.outbox.models import Job
from referrals import services
from referrals.actors import Actor
from referrals.errors import EventRefused
from referrals.models import (
    DeclineProposal,
    HoldingChange,
    Question,
    Referral,
    Responsibility,
    SignOff,
)
from referrals.table import EVENTS, ROWS, Kind, Role, State
from referrals.verdicts import available_events
from tests.factories.referrals import START, Network, by_link, by_person

pytestmark = pytest.mark.one_engine

R = Role


class _Undo(Exception):
    """Takes one attempt back."""


def actors(net: Network, referral: Referral) -> dict[str, tuple[Any, set[Role]]]:
    """Everybody around a referral, and what they are to it, said independently of the policy."""
    state = State(referral.state)
    named = state in (State.ALLOCATED, State.IN_SERVICE, State.CLOSED)
    met = state in (State.IN_SERVICE, State.CLOSED)
    asked = state == State.AWAITING_INFORMATION
    held = state not in (State.DRAFT,)
    key_worker = {R.RECEIVER, R.RECEIVING_LEAD}
    key_worker |= {R.NAMED_WORKER} if named else set()
    key_worker |= {R.HOLDER} if met else set()
    other = net.draft(person=net.person)
    return {
        "author": (net.gp, {R.AUTHOR, R.SENDER}),
        "holder": (net.nurse, {R.SENDER} | ({R.HOLDER} if held and not met else set())),
        "receiver": (net.member, {R.RECEIVER}),
        "receiving lead": (net.lead, {R.RECEIVER, R.RECEIVING_LEAD, R.SIGNING_LEAD}),
        "named worker": (net.key_worker, key_worker),
        "peer worker": (net.peer, set()),
        "asked": (net.housing_worker, {R.ASKED} if asked else set()),
        "wrong team": (net.specialist_lead, set()),
        "crisis team": (net.shift_lead, set()),
        "network lead": (net.network_lead, {R.NETWORK_LEAD}),
        "administrator": (net.administrator, set()),
        "records administrator": (net.records, {R.RECORDS_ADMINISTRATOR}),
        "records administrator elsewhere": (net.other_records, set()),
        "person": (by_person(net.person), {R.PERSON}),
        "another person": (Actor(person_id=other.pk), set()),
        "link partner": (by_link(referral), {R.LINK_PARTNER}),
        "link to another referral": (by_link(other), set()),
        "contact": (Actor(user=net.key_worker, contact=True), {R.CONTACT}),
        "service": (Actor(service=True), {R.SERVICE}),
        "nobody": (Actor(), set()),
    }


def attempts(net: Network, referral: Referral) -> dict[str, Callable[[Any], Referral]]:
    """Each event with everything that it needs."""
    today = timezone.localdate()

    def first_contact(by: Any) -> Referral:
        if isinstance(by, Actor) and by.link_referral_id is not None:
            return services.first_contact(referral=referral, by=by, met_on=today)
        contact = Contact(
            person=referral.person,
            team=referral.team,
            worker=net.key_worker.worker,
            date=today,
            attendance="5",
            order_key="09:00:00|x",
        )
        save(contact, by=None)
        return services.first_contact(referral=referral, by=by, contact=contact)

    def reallocate(by: Any) -> Referral:
        if referral.state == State.IN_SERVICE and referral.kind != Kind.JOINT:
            net.handover(referral, to=net.colleague, by=net.key_worker)
        return services.reallocate(
            referral=referral, by=by, worker=net.colleague.worker, reason="A new post"
        )

    def sign_off(by: Any) -> Referral:
        if referral.state == State.IN_SERVICE:
            services.request_sign_off(
                referral=referral, by=net.key_worker, reason="Moved without a word"
            )
        return services.sign_off(referral=referral, by=by, granted=True, answer="Seen")

    calls: dict[str, dict[str, Any]] = {
        "send": {"holder": net.nurse.worker},
        "acknowledge": {},
        "assess": {"meeting_words": "Monday at ten"},
        "ask": {"question": "Which benefits?", "asked_team": net.housing},
        "answer": {"answer": "None"},
        "proceed_without_answer": {"tried": "Rang twice"},
        "accept": {},
        "propose_decline": net.proposal(),
        "agree_decline": {"holding_plan": "A call every week"},
        "challenge": {"reason": "We have tried that"},
        "redirect": {"team": net.specialist, "sender_agreed": "Dr Gill today"},
        "allocate": {"worker": net.key_worker.worker},
        "undo_first_contact": {"reason": "It was somebody else"},
        "change_intensity": {"intensity": "light_touch", "with_person": True},
        "request_sign_off": {"reason": "Moved without a word"},
        "close": {"outcome_words": "Well", "close_reason": "02"},
        "give_advice": {"advice": "Try this first."},
        "convert": {"person_agreed": True, "sender_agreed": True},
        "end_early": {
            "cause": "moved",
            "happened_on": today,
            "who_keeps_contact": "The new team",
            "confirmed_by": "The team there, by telephone",
        },
        "withdraw": {"asked_by": "person", "reason": "Not now", "instead": "A call"},
        "reopen": {"note": "Asked again"},
        "mark_in_error": {"reason": "Wrong person"},
    }
    made: dict[str, Callable[[Any], Referral]] = {
        "first_contact": first_contact,
        "reallocate": reallocate,
        "sign_off": sign_off,
    }
    for event, details in calls.items():
        made[event] = _call(event, referral, details)
    return made


def _call(event: str, referral: Referral, details: dict[str, Any]) -> Callable[[Any], Referral]:
    return lambda by: getattr(services, event)(referral=referral, by=by, **details)


def expected_target(event: str, referral: Referral, roles: set[Role]) -> State | None:
    """Where the table leads, or None where it refuses; read straight from the rows."""
    state = State(referral.state)
    rows = [
        row
        for row in ROWS
        if row.event == event and state in row.sources and referral.kind in row.kinds
    ]
    if event in ("reopen", "undo_first_contact"):
        rows = rows[:1]  # within the come-back window; allocated before
    for row in rows:
        if roles & set(row.who):
            return row.target_from(state)
    return None


def traces(referral: Referral) -> tuple[Any, ...]:
    """Everything that an act could leave behind."""
    row = Referral.objects.filter(pk=referral.pk).values().get()
    return (
        row,
        *(
            model.objects.count()
            for model in (
                CaseEvent,
                Referral.history.model,
                LiveReason,
                Job,
                HoldingChange,
                Question,
                DeclineProposal,
                SignOff,
                Referral,
            )
        ),
        list(Responsibility.objects.order_by("pk").values()),
    )


def day_after(referral: Referral) -> dt.datetime:
    """The day after a referral came into its state."""
    return START + dt.timedelta(days=(referral.state_on - START.date()).days + 1)


def check(event: str, attempt: Callable[[Any], Referral], referral: Referral, by: Any, roles: Any):
    """One cell of the matrix."""
    target = expected_target(event, referral, roles)
    try:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    events = set(CaseEvent.objects.values_list("pk", flat=True))
                    history = referral.history.count()
                    version = Referral.objects.get(pk=referral.pk).version
                    extra = 1 if event == "sign_off" and referral.state == State.IN_SERVICE else 0
                    after = attempt(by)
            except EventRefused as refused:
                assert target is None, (event, by, refused.reasons)
                assert refused.reasons and all(str(one).strip() for one in refused.reasons)
                return refused
            assert target is not None, (event, by)
            stored = Referral.objects.get(pk=referral.pk)
            assert after.state == stored.state == target
            assert stored.version == version + 1 + extra
            assert stored.history.count() == history + 1 + extra
            new = CaseEvent.objects.exclude(pk__in=events).filter(about=referral.pk)
            assert sorted(new.values_list("kind", flat=True)) == sorted(
                [f"referral.{event}", *(["referral.request_sign_off"] * extra)]
            )
            raise _Undo
    except _Undo:
        return None


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(State))
def test_every_event_by_everybody_in_every_state(state: State) -> None:
    with time_machine.travel(START, tick=False):
        net = Network()
    referral = net.referral_in(state)
    with time_machine.travel(day_after(referral), tick=False):
        everybody = actors(net, referral)
        before = traces(referral)
        moved = 0
        for event, attempt in attempts(net, referral).items():
            for by, roles in everybody.values():
                refused = check(event, attempt, referral, by, roles)
                moved += refused is None
            assert traces(referral) == before, event
        assert moved or state == State.ENTERED_IN_ERROR


REACHED = {
    Kind.ADVICE: [
        State.DRAFT,
        State.SENT,
        State.RECEIVED,
        State.AWAITING_INFORMATION,
        State.DECLINE_PROPOSED,
        State.CLOSED,
    ]
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.TRANSFER])
def test_every_kind_moves_only_as_its_rows_say(kind: Kind) -> None:
    with time_machine.travel(START, tick=False):
        net = Network()
    for state in REACHED.get(kind, list(State)):
        with transaction.atomic():
            referral = net.referral_in(state, kind=kind)
            with time_machine.travel(day_after(referral), tick=False):
                everybody = actors(net, referral)
                for event, attempt in attempts(net, referral).items():
                    who = {role for row in ROWS if row.event == event for role in row.who}
                    for by, roles in [one for one in everybody.values() if one[1] & who][:1]:
                        if kind == Kind.JOINT:  # the responsibility stays where it was
                            roles = roles - {R.HOLDER}
                            roles |= {R.HOLDER} if by is net.nurse and state != "draft" else set()
                        check(event, attempt, referral, by, roles)
            transaction.set_rollback(True)  # the next state is reached by somebody else


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(State))
def test_buttons_are_what_the_services_allow(state: State) -> None:
    with time_machine.travel(START, tick=False):
        net = Network()
    referral = net.referral_in(state)
    with time_machine.travel(day_after(referral), tick=False):
        for by, roles in actors(net, referral).values():
            verdicts = {one.event: one for one in available_events(referral, by)}
            assert list(verdicts) == list(EVENTS)
            for event, verdict in verdicts.items():
                if event in ("sign_off",):  # nobody has asked for one yet
                    assert not verdict.allowed
                    continue
                assert verdict.allowed == (expected_target(event, referral, roles) is not None), (
                    event,
                    roles,
                    verdict.reasons,
                )
                assert verdict.allowed or all(verdict.reasons)
                assert str(verdict.label)
