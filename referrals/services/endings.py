"""Work ends, referrals are withdrawn, and people come back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.common.dates import years_before
from casework.common.errors import Refusal
from referrals import policy
from referrals.actors import Actor, actor
from referrals.errors import EventRefused
from referrals.models import EndingPlan, Referral, SignOff
from referrals.services.engine import act
from referrals.services.sending import _hold
from referrals.situation import Situation
from referrals.table import COME_BACK_MONTHS, EARLY_ENDINGS, Role, State


def come_back_until(on: dt.date) -> dt.date:
    """Last day on which the person may come back without a new referral."""
    return years_before(on, -(COME_BACK_MONTHS // 12))


@transaction.atomic
def write_ending_plan(
    *,
    referral: Referral,
    by: User,
    agreed_on: dt.date,
    what_next: str,
    who_to_ask: str,
    coming_back: str,
    person_words: str = "",
    if_hard: str = "",
) -> EndingPlan:
    """Write down what was agreed with the person about the ending.

    Precondition: the work goes on; `by` is the named worker; the day is not in the future.
    """
    row = Referral.objects.select_related("person", "team", "sender_team").get(pk=referral.pk)
    roles = policy.roles_of(row, actor(by), responsibility=None, question=None)
    if not roles & {Role.NAMED_WORKER}:
        raise EventRefused(
            [_("The named worker agrees the ending with the person.")], forbidden=True
        )
    if row.state != State.IN_SERVICE:
        raise Refusal(_("There is no work to end."))
    if agreed_on > timezone.localdate():
        raise Refusal(_("The day of agreement cannot be in the future."))
    if not (what_next.strip() and who_to_ask.strip() and coming_back.strip()):
        raise Refusal(_("Write what comes next, whom to turn to, and how to come back."))
    plan = EndingPlan(
        referral=row,
        agreed_on=agreed_on,
        what_next=what_next,
        if_hard=if_hard,
        who_to_ask=who_to_ask,
        coming_back=coming_back,
        person_words=person_words,
        written_by=by,
    )
    plan._history_user = by
    plan.save()
    CaseEvent.objects.create(
        person=row.person,
        kind="ending.agreed",
        on=agreed_on,
        by=by,
        worker_id=row.named_worker_id,
        team_id=row.team_id,
        about=row.pk,
    )
    return plan


def request_sign_off(
    *,
    referral: Referral,
    by: User | Actor,
    reason: str,
    attempts: str = "",
    seen_version: int | None = None,
) -> Referral:
    """Ask the lead to sign an ending off that has no plan agreed with the person, or that follows
    missed contacts."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = SignOff.objects.create(
            referral=situation.referral,
            reason=reason,
            attempts=attempts,
            asked_by=situation.actor.user,
        )
        return {"sign_off": str(row.pk)}

    return act(
        "request_sign_off",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"reason": reason, "attempts": attempts},
    )


def sign_off(
    *,
    referral: Referral,
    by: User | Actor,
    granted: bool,
    answer: str,
    seen_version: int | None = None,
) -> Referral:
    """The lead says yes or no, and why."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.open_sign_off
        if row is None:  # the guard has asked already
            raise LookupError("no sign-off asked for")
        row.granted, row.answer = granted, answer
        row.signed_by, row.signed_on = situation.actor.user, situation.on
        row.save()
        return {"sign_off": str(row.pk), "granted": granted}

    return act(
        "sign_off",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"granted": granted, "answer": answer},
    )


def close(
    *,
    referral: Referral,
    by: User | Actor,
    outcome_words: str,
    close_reason: str,
    seen_version: int | None = None,
) -> Referral:
    """End the work. The person may come back without a new referral for a year."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        row.outcome_words = outcome_words
        _end(row, situation.on, close_reason)
        row.come_back_until = come_back_until(situation.on)
        return {"close_reason": close_reason, "agreed": situation.ending_plan is not None}

    return act(
        "close",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"outcome_words": outcome_words, "close_reason": close_reason},
    )


def end_early(
    *,
    referral: Referral,
    by: User | Actor,
    cause: str,
    happened_on: dt.date | None,
    who_keeps_contact: str = "",
    confirmed_by: str = "",
    words: str = "",
    seen_version: int | None = None,
) -> Referral:
    """The person died, moved away, was admitted or imprisoned."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        row.ended_cause = cause
        _end(row, situation.on, EARLY_ENDINGS[cause])
        if cause != "died":
            row.come_back_until = come_back_until(situation.on)
        return {
            "cause": cause,
            "happened_on": happened_on.isoformat() if happened_on else None,
            "who_keeps_contact": who_keeps_contact,
            "confirmed_by": confirmed_by,
            "words": words,
        }

    return act(
        "end_early",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={
            "cause": cause,
            "happened_on": happened_on,
            "who_keeps_contact": who_keeps_contact,
            "confirmed_by": confirmed_by,
        },
    )


def _end(row: Referral, on: dt.date, close_reason: str) -> None:
    row.note_edits(discharged_on=max(on, row.received_on), close_reason=close_reason)


def withdraw(
    *,
    referral: Referral,
    by: User | Actor,
    asked_by: str,
    reason: str,
    instead: str,
    seen_version: int | None = None,
) -> Referral:
    """The person or the sender stops it."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        if row.sent_on is not None:
            _end(row, situation.on, "07" if asked_by == "person" else "")
        return {"asked_by": asked_by, "reason": reason, "instead": instead}

    return act(
        "withdraw",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"asked_by": asked_by, "reason": reason, "instead": instead},
    )


def reopen(
    *, referral: Referral, by: User | Actor, note: str = "", seen_version: int | None = None
) -> Referral:
    """Open an ended referral again: within the come-back window without any triage."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        previous = row.named_worker_id
        row.note_edits(
            discharged_on=None,
            discharged_time=None,
            rejected_on=None,
            rejected_time=None,
            close_reason="",
            reject_reason="",
        )
        row.named_worker = None
        row.met_contact, row.first_contact_on, row.come_back_until = None, None, None
        row.ended_cause = ""
        row.accepted_on = situation.on if row.state == State.ACCEPTED else None
        if row.sent_on is None:
            row.sent_on = row.received_on = situation.on
        return {
            "note": note,
            "previous_worker": str(previous) if previous else None,
            **_hold(situation),
        }

    return act(
        "reopen",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"note": note},
    )


def mark_in_error(
    *, referral: Referral, by: User | Actor, reason: str, seen_version: int | None = None
) -> Referral:
    """It was recorded by mistake: it stays readable for investigation and counts for nothing."""
    return act(
        "mark_in_error",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=lambda situation: {"reason": reason},
        details={"reason": reason},
    )
