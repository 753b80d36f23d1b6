"""After a second bounce both teams and the person meet shortly, and the record shows whether."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases import services as cases
from casework.cases.models import CaseEvent
from casework.common.errors import Refusal
from referrals.errors import EventRefused
from referrals.models import BounceMeeting, Referral


def may_arrange(user: User, journey: Referral) -> bool:
    """Leads of a team that the journey has touched, and the network lead."""
    if accounts.may_in_network(user, Permission.SEE_NETWORK):
        return True
    teams = accounts.teams_where(user, Permission.SEE_TEAM_ALERTS)
    rows = Referral.objects.filter(pk=journey.pk) | Referral.objects.filter(root_id=journey.pk)
    return any(
        pair[0] in teams or pair[1] in teams
        for pair in rows.values_list("team_id", "sender_team_id")
    )


@transaction.atomic
def plan_meeting(*, journey: Referral, planned_on: dt.date, who: str, by: User) -> BounceMeeting:
    """Plan the short joint meeting of both teams and the person.

    Precondition: `by` leads; no meeting is planned for this journey; the day is not past.
    """
    row = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=journey.journey_id)
    )
    _allowed(by, row)
    if row.person.death_date is not None:
        raise Refusal(_("This person has died."))
    if planned_on < timezone.localdate():
        raise Refusal(_("The day of the meeting cannot be in the past."))
    if not who.strip():
        raise Refusal(_("Say who is asked to come: both teams and the person."))
    if BounceMeeting.objects.filter(journey=row, held_on__isnull=True, not_held_words="").exists():
        raise Refusal(_("A meeting is planned already."))
    meeting = BounceMeeting(
        person=row.person, journey=row, planned_on=planned_on, who=who.strip(), made_by=by
    )
    return _save(meeting, "planned", by=by, on=timezone.localdate())


@transaction.atomic
def record_meeting(
    *, meeting: BounceMeeting, held_on: dt.date, person_there: bool, agreed_words: str, by: User
) -> BounceMeeting:
    """The meeting took place, and this was agreed.

    Precondition: `by` leads; nothing is recorded yet; the day is not in the future.
    """
    row = _open(meeting, by)
    if held_on > timezone.localdate():
        raise Refusal(_("The day of the meeting cannot be in the future."))
    if not agreed_words.strip():
        raise Refusal(_("Write what was agreed."))
    row.held_on, row.person_there, row.agreed_words = held_on, person_there, agreed_words.strip()
    row.settled_by = by
    return _save(row, "held", by=by, on=held_on)


@transaction.atomic
def call_off_meeting(*, meeting: BounceMeeting, reason: str, by: User) -> BounceMeeting:
    """The meeting did not take place. Another can be planned."""
    row = _open(meeting, by)
    if not reason.strip():
        raise Refusal(_("Say why it did not take place."))
    row.not_held_words, row.settled_by = reason.strip(), by
    return _save(row, "called_off", by=by, on=timezone.localdate())


def _allowed(by: User, journey: Referral) -> None:
    if not may_arrange(by, journey):
        raise EventRefused(
            [_("This is for the leads of the teams that were asked.")], forbidden=True
        )


def _open(meeting: BounceMeeting, by: User) -> BounceMeeting:
    row = (
        BounceMeeting.objects.select_for_update(of=("self",))
        .select_related("journey", "person")
        .get(pk=meeting.pk)
    )
    _allowed(by, row.journey)
    if row.held_on is not None or row.not_held_words:
        raise Refusal(_("What became of this meeting is recorded already."))
    return row


def _save(meeting: BounceMeeting, verb: str, *, by: User, on: dt.date) -> BounceMeeting:
    meeting._history_user = by
    meeting.save()
    CaseEvent.objects.create(
        person=meeting.person, kind=f"bounce_meeting.{verb}", on=on, by=by, about=meeting.pk
    )
    cases.touch(meeting.person)
    return meeting
