"""The one door through which a referral moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.cases.services import touch
from casework.common import history
from casework.common.standing import standing
from casework.continuity.policy_values import Policies
from casework.outbox import services as outbox
from referrals.actors import Actor, actor
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import DeclineProposal, Referral
from referrals.services import responsibility
from referrals.services.reasons import sync_reasons
from referrals.situation import Situation
from referrals.stalls import threshold_code
from referrals.table import OPEN, TERMINAL, State
from referrals.verdicts import judge

Effect = Callable[[Situation], dict[str, Any] | None]


@transaction.atomic
def act(
    event: str,
    *,
    referral: Referral,
    by: User | Actor,
    seen_version: int | None = None,
    effect: Effect | None = None,
    details: dict[str, Any] | None = None,
    on: dt.date | None = None,
    time: dt.time | None = None,
) -> Referral:
    """Let `event` happen to the referral.

    Precondition: the table allows it to `by`, in this state, with these details; nobody has acted
    since `seen_version` was shown. `effect` sets the fields of this act and writes its own rows;
    what it returns is kept with the event. Promise: as the package says; the row as it is now.
    """
    # what else stands beside it is read where a guard asks for it: most ask for nothing
    referral = _locked(referral.pk)[0]
    was = history.as_read(referral)
    if seen_version is not None and seen_version != referral.version:
        raise _changed(referral, seen_version)
    situation = Situation(referral, actor(by), dict(details or {}))
    verdict = judge(event, situation)
    if not verdict.allowed or verdict.row is None:
        raise EventRefused(verdict.reasons, forbidden=verdict.forbidden)
    before, team_before = State(referral.state), referral.team_id
    getattr(referral, event)(row=verdict.row)
    _own(situation)
    data = (effect(situation) if effect is not None else None) or {}
    if before == State.DECLINE_PROPOSED and situation.proposal is not None:
        _settle(situation.proposal, on=situation.on)
    if before == State.AWAITING_INFORMATION and referral.state != before:
        # withdrawn, ended or moved on: what was asked waits for nobody any more
        referral.questions.filter(settled_on__isnull=True).update(settled_on=situation.on)
    when = timezone.localtime(situation.now)
    on, time = on or when.date(), time if on is not None else when.time().replace(microsecond=0)
    if referral.state != before or event in ("redirect", "reallocate"):
        referral.state_on, referral.state_time = on, time
        referral.timer_on = referral.snoozed_until = None
    if referral.state in TERMINAL:
        referral.held_id = None
    referral.due_at = due_at(referral)
    referral.version += 1
    history.save_changes(referral, was, by=situation.actor.user, reason=event)
    was_open, is_open = before in OPEN, referral.state in OPEN
    if was_open != is_open or team_before != referral.team_id:
        sync_reasons(referral, on=situation.on)
    user = situation.actor.user
    CaseEvent.objects.create(
        person_id=referral.person_id,
        kind=f"referral.{event}",
        on=on,
        time=time,
        by=user,
        worker_id=referral.named_worker_id,
        team_id=referral.team_id,
        about=referral.pk,
        data={"from": before, "to": referral.state, "how": situation.actor.how, **data},
    )
    touch(referral.person_id)
    if referral.state != before or event in ("redirect", "reallocate", "request_sign_off"):
        outbox.enqueue(
            "referrals.notice",
            arguments={
                "referral": str(referral.pk),
                "event": event,
                "by": str(user.pk) if user else "",
            },
        )
    return referral


@standing
def _locked(pk: UUID) -> QuerySet[Referral]:
    return Referral.objects.select_for_update(of=("self",)).filter(pk=pk)


def _own(situation: Situation) -> None:
    """Somebody acts here: from now on the state is ours and no longer the extract's."""
    referral = situation.referral
    if referral.from_data:
        referral.from_data = False
        if referral.state in OPEN:
            responsibility.ensure_held(referral=referral, on=situation.on)
            referral.held_id = referral.person_id
    if not referral.sent_on and referral.state in OPEN:
        referral.sent_on = referral.received_on


def _settle(proposal: DeclineProposal, *, on: dt.date) -> None:
    """A proposal that nobody answered, because something else happened."""
    if proposal.outcome == DeclineProposal.Outcome.OPEN:
        proposal.outcome = DeclineProposal.Outcome.OVERTAKEN
        proposal.settled_on = on
        proposal.save()


def due_at(referral: Referral) -> dt.datetime | None:
    """When an urgent referral has been in its state for as many hours as it may be."""
    if not referral.urgent or referral.state not in OPEN or referral.team is None:
        return None
    policy = Policies().for_team(referral.team_id, referral.team.kind)
    hours = policy[threshold_code(State(referral.state), urgent=True)]
    return timezone.now() + dt.timedelta(hours=hours) if hours else None


def _changed(referral: Referral, seen_version: int) -> ChangedMeanwhile:
    events = list(
        CaseEvent.objects.filter(person_id=referral.person_id, about=referral.pk)
        .select_related("by")
        .order_by("-created_at", "-pk")[: max(referral.version - seen_version, 1)]
    )
    return ChangedMeanwhile(
        _("This referral changed while you were writing: it is now “%(state)s”. Your text is kept.")
        % {"state": State(referral.state).label},
        events,
    )
