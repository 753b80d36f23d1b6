"""What a user may do, by the memberships that are in force today. Every answer fails closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from casework.accounts.models import Membership, User
from casework.accounts.outsiders import staff
from casework.accounts.roles import ROLES, Permission


def memberships(user: Any) -> list[Membership]:
    """The user's memberships in force today, read once per request."""
    if not isinstance(user, User) or not user.is_active:
        return []
    if user.known_memberships is None:
        remember(user, list(user.memberships.on().select_related("team").order_by("start", "pk")))
    return user.known_memberships or []


def remember(user: User, members: list[Membership]) -> None:
    """These are all the memberships in force: they need not be read again."""
    user.known_memberships = members


def forget(user: User) -> None:
    """Read the memberships again at the next question (after granting or ending one)."""
    user.known_memberships = None


def may(user: Any, permission: Permission) -> bool:
    """May the user do this anywhere at all? Whether to this record is asked of the record's app."""
    return any(
        permission in ROLES[member.role].permissions
        for member in memberships(user)
        if member.role in ROLES
    )


def may_in_team(user: Any, permission: Permission, team_id: UUID | None) -> bool:
    """May the user do this in this team?"""
    return team_id is not None and team_id in teams_where(user, permission)


def teams_where(user: Any, permission: Permission) -> set[UUID]:
    """The teams in which the user may do this."""
    return {
        member.team_id
        for member in memberships(user)
        if member.team_id is not None
        and member.role in ROLES
        and permission in ROLES[member.role].permissions
    }


def organisations_where(user: Any, permission: Permission) -> set[UUID]:
    """The organisations over whose teams the user may do this."""
    return {
        member.organisation_id
        for member in memberships(user)
        if member.organisation_id is not None
        and member.role in ROLES
        and permission in ROLES[member.role].permissions
    }


def may_in_network(user: Any, permission: Permission) -> bool:
    """May the user do this over all teams (network lead, administrator)?"""
    return any(
        member.team_id is None
        and member.organisation_id is None
        and permission in ROLES[member.role].permissions
        for member in memberships(user)
        if member.role in ROLES
    )


def manageable_users(by: Any) -> QuerySet[User]:
    """The accounts that the user looks after: all of staff, or none."""
    if may(by, Permission.MANAGE_USERS):
        return staff(User.objects.all())
    return User.objects.none()


def manageable_memberships(by: Any) -> QuerySet[Membership]:
    """The memberships that the user looks after: all of them, or none."""
    if may(by, Permission.MANAGE_USERS):
        return Membership.objects.all()
    return Membership.objects.none()


def reviewable_users(by: Any) -> QuerySet[User]:
    """The accounts of staff whose access the user goes through at a review: those that they look
    after, and for a privacy officer all of them."""
    if may(by, Permission.MANAGE_USERS) or may(by, Permission.REVIEW_ACCESS):
        return staff(User.objects.all())
    return User.objects.none()


def reviewable_memberships(by: Any) -> QuerySet[Membership]:
    """What gives those users their access."""
    return Membership.objects.filter(user__in=reviewable_users(by))
