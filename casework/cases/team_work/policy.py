"""Who may decide who is with whom. Every answer fails closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.cases.models import Absence, Allocation, LiveReason, Person
from casework.directory.models import Team, Worker

LATELY = dt.timedelta(days=60)  # how long a worker still belongs to a team they were named in

_WITH_THEM = (
    LiveReason.Kind.ALLOCATION,
    LiveReason.Kind.DUTY,
    LiveReason.Kind.HANDOVER,
)


def can_allocate(user: Any, person: Person) -> bool:
    """May this user decide who is with this person? They allocate in a team that has a reason to
    open the record, or are with the person themselves."""
    teams = accounts.teams_where(user, Permission.ALLOCATE)
    if not teams:
        return False
    mine = Q(team_id__in=teams)
    if user.worker_id:
        mine |= Q(worker_id=user.worker_id, kind__in=_WITH_THEM)
    return LiveReason.objects.on(timezone.localdate()).filter(mine, person=person).exists()


def visible_allocations(user: Any) -> QuerySet[Allocation]:
    """Allocations of the people whose record this user may open."""
    rows = Allocation.objects.select_related("person__provider", "worker", "team")
    return rows.filter(person__in=Person.objects.visible_to(user))


def can_record(user: Any) -> bool:
    """May this user agree and change check-ins with people whose record they may open?"""
    return accounts.may(user, Permission.RECORD_CONTACTS)


def workers_in(teams: Collection[UUID]) -> QuerySet[Worker]:
    """Those who work in these teams: by their account's memberships, or by being named there."""
    today = timezone.localdate()
    members = Membership.objects.on(today).filter(team_id__in=teams, user__worker__isnull=False)
    named = Allocation.objects.filter(team_id__in=teams).filter(
        Q(end__isnull=True) | Q(end__gte=today - LATELY)
    )
    return Worker.objects.filter(active=True).filter(
        Q(pk__in=members.order_by().values("user__worker_id"))
        | Q(pk__in=named.order_by().values("worker_id"))
    )


def led_workers(user: Any, permission: Permission) -> QuerySet[Worker]:
    """Workers of the teams in which this user leads (`permission`: what leading means here)."""
    teams = accounts.teams_where(user, permission)
    return workers_in(teams) if teams else Worker.objects.none()


def workers_to_cover(user: Any) -> QuerySet[Worker]:
    """Whose absences this user arranges: their own, and those of the teams they lead."""
    led = led_workers(user, Permission.SEE_TEAM_ALERTS)
    own = Q(pk=user.worker_id) if user.worker_id else Q(pk__in=[])
    return Worker.objects.filter(own | Q(pk__in=led.values("pk")), active=True)


def visible_absences(user: Any) -> QuerySet[Absence]:
    """Absences of those teams, of one's own colleagues, one's own, and those that one covers:
    whoever works together knows who is away and who is there instead."""
    teams = accounts.teams_where(user, Permission.SEE_PEOPLE)
    mine = Q(worker__in=workers_to_cover(user)) | Q(cover_team_id__in=teams)
    if teams:
        mine |= Q(worker__in=workers_in(teams))
    if user.worker_id:
        mine |= Q(cover_worker_id=user.worker_id)
    return Absence.objects.filter(mine)


def changeable_absences(user: Any) -> QuerySet[Absence]:
    """Absences that this user may change or end."""
    return Absence.objects.filter(worker__in=workers_to_cover(user), leaving=False)


def leavings(user: Any) -> QuerySet[Absence]:
    """Those who leave the teams that this user answers for."""
    if not accounts.teams_where(user, Permission.SIGN_OFF):
        return Absence.objects.none()
    mine = Q(worker__in=led_workers(user, Permission.SIGN_OFF)) | Q(made_by=user)
    return Absence.objects.filter(mine, leaving=True, worker__active=True, end__isnull=True)


def colleagues(user: Any, person: Person | None = None) -> QuerySet[Worker]:
    """Workers who could be chosen: of the user's teams, and of the team that holds the person."""
    teams = set(accounts.teams_where(user, Permission.SEE_PEOPLE))
    if person is not None:
        held = person.cases.filter(closed_on__isnull=True, team__isnull=False)
        teams |= set(held.values_list("team_id", flat=True))
    return workers_in(teams).exclude(
        pk__in=Absence.objects.filter(leaving=True, end__isnull=True).values("worker_id")
    )


def duty_teams(user: Any) -> QuerySet[Team]:
    """Teams that could cover: the user's own and the others of their organisations."""
    teams = accounts.teams_where(user, Permission.SEE_PEOPLE)
    return Team.objects.filter(
        organisation__in=Team.objects.filter(pk__in=teams).values("organisation_id"), active=True
    )
