"""The person reads what is written about them, and says what is not so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.cases.services import touch
from casework.common.errors import Refusal
from referrals import policy
from referrals.actors import Actor, actor
from referrals.asking.services.writing import ask_of
from referrals.errors import EventRefused
from referrals.models import Correction, Referral
from referrals.table import OPEN, Role, State

_MINE = {Role.SENDER, Role.PERSON}


def _taking_part(referral: Referral, by: User | Actor) -> tuple[Referral, Actor]:
    """The referral, locked, where it is being written or under way and this is theirs to do."""
    who = actor(by)
    row = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("person", "team", "sender_team")
        .get(pk=referral.pk)
    )
    if not policy.roles_of(row, who, responsibility=None, question=None) & _MINE:
        raise EventRefused([_("Only the sending team and the person write it.")], forbidden=True)
    if row.state not in (State.DRAFT, *OPEN):
        raise Refusal(_("This referral has ended."))
    return row, who


@transaction.atomic
def read_together(*, referral: Referral, by: User, how: str, on: dt.date) -> Referral:
    """The person has read the draft, or had it read to them.

    Precondition: it is a draft; the day is not in the future. Whatever is changed afterwards takes
    this back, because they have not read that.
    """
    row, _who = _taking_part(referral, by)
    if row.state != State.DRAFT:
        raise Refusal(_("It has been sent already."))
    if on > timezone.localdate():
        raise Refusal(_("The day must be today or in the past."))
    ask = ask_of(row)
    ask.read_on, ask.read_how = on, how
    ask._history_user = by
    ask.save()
    _tell(row, "asking.read", by, {"how": how})
    return row


@transaction.atomic
def correct(
    *,
    referral: Referral,
    by: User | Actor,
    about: str,
    words: str,
    told: str,
    noted_by: User | None = None,
) -> Correction:
    """Write down, as theirs, what the person says is not so.

    `noted_by` sat beside the person and typed it on their own pages. Precondition: being written
    or under way; the words are not empty. Promise: the words stay as they are, whatever is
    answered.
    """
    row, who = _taking_part(referral, by)
    if not words.strip():
        raise Refusal(_("Write what is not so, in their words."))
    found = Correction.objects.create(
        referral=row,
        about=about,
        words=words.strip(),
        told=told,
        noted_by=who.user or noted_by,
    )
    _tell(row, "asking.corrected", who.user or noted_by, {"about": about})
    return found


@transaction.atomic
def answer_correction(*, correction: Correction, by: User, answer: str) -> Correction:
    """Say what was done: it was changed, or their words stand beside what is written."""
    _row, who = _taking_part(correction.referral, by)
    found = Correction.objects.select_for_update().get(pk=correction.pk)
    if found.answer != Correction.Answer.OPEN:
        raise Refusal(_("Somebody has answered this already."))
    if answer not in (Correction.Answer.CHANGED, Correction.Answer.BESIDE):
        raise Refusal(_("Select what was done."))
    found.answer, found.answered_by, found.answered_on = answer, who.user, timezone.localdate()
    found.save()
    return found


def _tell(referral: Referral, kind: str, by: User | None, data: dict[str, str]) -> None:
    CaseEvent.objects.create(
        person_id=referral.person_id,
        kind=kind,
        on=timezone.localdate(),
        by=by,
        team_id=referral.sender_team_id,
        about=referral.pk,
        data=data,
    )
    touch(referral.person_id)
