"""Who can hold a person, and who does once a referral is sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from casework.accounts.models import Membership
from casework.accounts.roles import ROLES, Permission
from casework.directory.models import Team, Worker
from referrals.models import HoldingChange, TeamDuty

if TYPE_CHECKING:
    from referrals.situation import Situation

How = HoldingChange.How


@dataclass(frozen=True)
class Meanwhile:
    """Who holds the person from now on and how they came to; `how` is None when nothing changes.
    `refusal` says why nobody does."""

    team: Team | None = None
    worker: Worker | None = None
    how: HoldingChange.How | None = None
    refusal: str = ""


def _memberships(worker: Worker, on: dt.date) -> list[Membership]:
    user = getattr(worker, "user", None)
    return list(user.memberships.on(on)) if user is not None else []


def is_peer(worker: Worker, on: dt.date) -> bool:
    """A peer worker works from lived experience and is never the one who answers for a person."""
    roles = {member.role for member in _memberships(worker, on) if member.team_id}
    return roles == {"peer_worker"}


def works_in(worker: Worker, team: Team | None, on: dt.date) -> bool:
    """In this team by membership; a worker who never signs in, by their organisation."""
    if team is None:
        return False
    members = _memberships(worker, on)
    if members:
        return any(member.team_id == team.pk for member in members)
    return worker.organisation_id in (None, team.organisation_id)


def somebody_of(team: Team | None, on: dt.date) -> Worker | None:
    """Somebody of a team who can answer for a person: its shift lead, its lead, anybody who
    decides on referrals there."""
    if team is None:
        return None
    order = {"shift_lead": 0, "team_lead": 1}
    deciding = [
        code for code, role in ROLES.items() if Permission.DECIDE_REFERRALS in role.permissions
    ]
    members = (
        Membership.objects.on(on)
        .filter(
            team=team,
            role__in=deciding,
            user__is_active=True,
            user__worker__isnull=False,
            user__worker__active=True,
        )
        .select_related("user__worker")
    )
    found = min(
        members,
        key=lambda member: (order.get(member.role, 2), member.start, str(member.pk)),
        default=None,
    )
    return found.user.worker if found else None


def meanwhile(situation: Situation) -> Meanwhile:
    """Who holds the person while the receiving team has not met them.

    Whoever holds the person now stays. Where nobody does, the sender names somebody; a sender who
    cannot hold (the person, an emergency department, an agency outside) is relieved at once by
    the duty team of the receiving side.
    """
    referral, on = situation.referral, situation.on
    now = situation.responsibility
    named: Worker | None = situation.entered("holder")
    if named is not None:
        if not named.active:
            return Meanwhile(refusal=_("%s no longer works here. Name somebody else.") % named)
        if is_peer(named, on):
            return Meanwhile(
                refusal=_("%s is a peer worker: somebody else must answer for the person.") % named
            )
    if now is not None:
        if now.worker is not None:
            if named is not None and named.pk != now.worker_id:
                return Meanwhile(
                    refusal=_(
                        "%(worker)s (%(team)s) holds the person. Name them, or hand over first."
                    )
                    % {"worker": now.worker, "team": now.team}
                )
            return Meanwhile(now.team, now.worker)
        if named is not None:
            return Meanwhile(now.team, named, How.NAMED)
    if situation.referral.state == "draft":
        team = referral.sender_team
        duty = TeamDuty.objects.filter(team=team).first() if team else None
        can_hold = (
            team is not None and referral.sender == "team" and (duty is None or duty.can_hold)
        )
        if can_hold:
            own = situation.actor.user.worker if situation.actor.user else None
            if named is None and situation.value("priority") in ("1", "2", "4"):
                named = own if own is not None and not is_peer(own, on) else somebody_of(team, on)
            if named is None:
                return Meanwhile(refusal=_("Say who holds the person meanwhile: name a worker."))
            return Meanwhile(team, named, How.NAMED if now is not None else How.STARTED)
        receiving = situation.value("team")
    else:
        receiving = referral.team
        if referral.named_worker is not None and referral.named_worker.active:
            if not is_peer(referral.named_worker, on):
                return Meanwhile(receiving, referral.named_worker, How.STARTED)
    return _duty(receiving, on)


def _duty(receiving: Team | None, on: dt.date) -> Meanwhile:
    if receiving is None:
        return Meanwhile(refusal=_("Choose a receiving team first: its duty team takes over."))
    row = TeamDuty.objects.select_related("duty_team", "duty_worker").filter(team=receiving).first()
    team = row.duty_team if row is not None and row.duty_team is not None else receiving
    worker = row.duty_worker if row is not None else None
    if worker is None or not worker.active:
        worker = somebody_of(team, on)
    if worker is None:
        return Meanwhile(
            refusal=_("Nobody is on duty at %s. Ring them, and name who takes over.") % team
        )
    return Meanwhile(team, worker, How.DUTY)
