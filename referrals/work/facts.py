"""Reads what the page of one referral shows, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from casework.alerts.models import Alert
from casework.cases.models import CaseEvent
from casework.continuity.policy_values import Policies
from referrals.clocks import own_wait
from referrals.models import Referral, SharedPart
from referrals.table import EVENTS, Kind, Role, State
from referrals.verdicts import judge
from referrals.work import slots
from referrals.work.clock import four_weeks
from referrals.work.lists import Place
from referrals.work.page import ReferralPage, Talks
from referrals.work.scope import Opened, Reach

MOST_EVENTS = 200
_INVOLVED = {
    Role.AUTHOR,
    Role.SENDER,
    Role.RECEIVER,
    Role.RECEIVING_LEAD,
    Role.HOLDER,
    Role.NAMED_WORKER,
    Role.ASKED,
}
# what somebody who does not read the whole of it may do
_NARROW = {
    Reach.QUESTION: ("answer",),
    Reach.ENDED: ("reopen",),
    Reach.CORRECTION: ("mark_in_error",),
}


def referral_page(
    found: Opened, *, user: Any, today: dt.date, place: Place | None = None
) -> ReferralPage:
    """The page as this user reads it."""
    referral, whole = found.referral, found.whole
    verdicts = [
        judge(event, found.situation, entered=False) for event in _NARROW.get(found.reach, EVENTS)
    ]
    return ReferralPage(
        found,
        user=user,
        today=today,
        verdicts=verdicts,
        involved=whole and bool(found.situation.roles & _INVOLVED),
        policies=Policies(),
        talks=_talks(found),
        events=_events(referral) if whole else (),
        alerts=_alerts(referral) if whole else (),
        clock=four_weeks(referral, today) if whole and _clock_runs(referral) else None,
        waited=_waited(referral, today) if whole else None,
        place=place,
        ahead=place.after(user, referral) if place is not None else None,
        slots=slots.links(referral, user),
        shared=_shared(referral) if whole else (),
    )


def possible(found: Opened, event: str) -> bool:
    """Is this an act for somebody who reads as much of the referral as this?"""
    narrow = _NARROW.get(found.reach)
    return narrow is None or event in narrow


def _shared(referral: Referral) -> list[SharedPart]:
    return list(referral.shared_parts.given().select_related("team"))


def _clock_runs(referral: Referral) -> bool:
    """A question waits for an answer, and not for help."""
    if referral.kind == Kind.ADVICE:
        return False
    return referral.state not in (State.DRAFT, State.ENTERED_IN_ERROR)


def _talks(found: Opened) -> Talks:
    referral = found.referral
    if found.reach is Reach.QUESTION:
        question = found.situation.question
        return Talks(questions=[question] if question is not None else [])
    if not found.whole:
        return Talks()
    return Talks(
        questions=list(referral.questions.select_related("asked_worker", "asked_team")),
        proposals=list(referral.proposals.select_related("instead_team")),
        sign_offs=list(referral.sign_offs.all()),
        answers=list(referral.stall_answers.all()),
        plans=list(referral.ending_plans.all()),
    )


def _events(referral: Referral) -> list[CaseEvent]:
    rows = CaseEvent.objects.filter(person_id=referral.person_id, about=referral.pk)
    return list(rows.select_related("by").order_by("-created_at", "-pk")[:MOST_EVENTS])


def _alerts(referral: Referral) -> list[Alert]:
    rows = Alert.objects.open().filter(
        person_id=referral.person_id, subject_key=f"referral:{referral.pk}"
    )
    return list(rows.order_by("opened_on", "pk"))


def _waited(referral: Referral, today: dt.date) -> tuple[dt.date, dt.date | None] | None:
    """The first ask of the journey, and when somebody who kept the person met them."""
    journey = Referral.objects.filter(
        Q(root_id=referral.journey_id) | Q(pk=referral.journey_id)
    ).exclude(state=State.ENTERED_IN_ERROR)
    rows = list(journey.values_list("asked_on", "received_on", "first_contact_on"))
    if not rows:
        return None
    wait = own_wait([asked or got for asked, got, _met in rows], [met for *_x, met in rows], today)
    return wait.asked, wait.met
