"""Who may write, read and describe. Every answer fails closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.directory.models import Team, Worker
from referrals.models import Attachment, Offer, Referral
from referrals.table import State

_BESIDE = ("person", "team__organisation", "sender_team", "author", "asking__holder")


def sending_teams(user: Any) -> QuerySet[Team]:
    """The teams for which this user asks others."""
    ids = accounts.teams_where(user, Permission.REFER)
    return Team.objects.filter(pk__in=ids, active=True).order_by("name", "pk")


def readable(user: Any) -> QuerySet[Referral]:
    """Referrals of the people whose record is open to the user; a draft only to who writes it."""
    rows = Referral.objects.visible_to(user).exclude(state=State.ENTERED_IN_ERROR)
    ours = accounts.teams_where(user, Permission.REFER)
    mine = Q(author=user, sender_team__isnull=True)
    return rows.filter(~Q(state=State.DRAFT) | Q(sender_team__in=ours) | mine).select_related(
        *_BESIDE
    )


def asking_teams(user: Any) -> tuple[UUID, ...]:
    """The teams for which this user asks others, by id."""
    return tuple(sorted(accounts.teams_where(user, Permission.REFER)))


def drafts_about(user: UUID, person: UUID, ours: tuple[UUID, ...]) -> QuerySet[Referral]:
    """Drafts about a person whose record is open to the user, who asks for these teams; as
    `readable` has them."""
    mine = Q(author=user, sender_team__isnull=True)
    rows = Referral.objects.filter(person=person, state=State.DRAFT)
    return rows.filter(Q(sender_team__in=ours) | mine)


def writable(user: Any) -> QuerySet[Referral]:
    """Drafts of the user's teams, and urgent referrals that they have still to complete."""
    late = Q(rest_by__isnull=False)
    ours = accounts.teams_where(user, Permission.REFER)
    return readable(user).filter(Q(state=State.DRAFT) | late, sender_team__in=ours)


def files(user: Any) -> QuerySet[Attachment]:
    """Files of the referrals that the user may read."""
    return Attachment.objects.filter(
        referral__in=readable(user).select_related(None), removed_on__isnull=True
    ).select_related("referral__person", "referral__team", "referral__sender_team")


def may_describe(user: Any, team: Team) -> bool:
    """May the user say what a team offers?"""
    return accounts.may_in_network(user, Permission.MANAGE_DIRECTORY) or accounts.may_in_team(
        user, Permission.SIGN_OFF, team.pk
    )


def offers(user: Any) -> QuerySet[Offer]:
    """The offers that the user may change."""
    rows = Offer.objects.select_related("team")
    if accounts.may_in_network(user, Permission.MANAGE_DIRECTORY):
        return rows
    return rows.filter(team__in=accounts.teams_where(user, Permission.SIGN_OFF))


def described_teams(user: Any) -> QuerySet[Team]:
    """The teams whose offers the user may change."""
    rows = Team.objects.filter(active=True)
    if accounts.may_in_network(user, Permission.MANAGE_DIRECTORY):
        return rows
    return rows.filter(pk__in=accounts.teams_where(user, Permission.SIGN_OFF))


def could_hold(team: Team | None) -> QuerySet[Worker]:
    """Workers of a team who can answer for a person: no peer worker is the only one who does."""
    if team is None:
        return Worker.objects.none()
    members = Membership.objects.on(timezone.localdate()).filter(
        team=team, user__is_active=True, user__worker__isnull=False
    )
    workers = members.exclude(role="peer_worker").values("user__worker")
    return Worker.objects.filter(pk__in=workers, active=True).order_by("name", "pk")


def open_teams() -> QuerySet[Team]:
    """Every team that can be asked, with its offers: the directory is open to those who refer."""
    offers = Offer.objects.prefetch_related("needs").order_by("name", "pk")
    return (
        Team.objects.filter(active=True, placeholder=False)
        .select_related("organisation")
        .prefetch_related("localities", Prefetch("offers", queryset=offers))
    )
