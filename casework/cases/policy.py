"""Who may open whose record. Reads `LiveReason` and nothing else; every answer fails closed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.models import LiveReason, Person
from casework.common.standing import standing

Looking = tuple[UUID | None, tuple[UUID, ...], dt.date, dt.datetime]


def looking(user: Any, on: dt.date | None = None) -> Looking:
    """Who looks, as a standing statement is told it: their worker, the teams in which they see
    people, the day and the moment. Nobody and nothing for whoever may see nobody."""
    on, now = on or timezone.localdate(), timezone.now()
    if not accounts.may(user, Permission.SEE_PEOPLE):
        return None, (), on, now
    teams = accounts.teams_where(user, Permission.SEE_PEOPLE)
    return getattr(user, "worker_id", None), tuple(sorted(teams)), on, now


def reasons_of(user: Any, on: dt.date | None = None) -> QuerySet[LiveReason]:
    """The live reasons that this user has on a day, through their worker or their teams."""
    return reasons_through(*looking(user, on))


def reasons_through(
    worker: UUID | None, teams: tuple[UUID, ...], on: dt.date, now: dt.datetime
) -> QuerySet[LiveReason]:
    """The live reasons at a moment through a worker or through teams: none without either."""
    through = Q(pk__in=[])
    if worker is not None:
        through |= Q(worker_id=worker)
    if teams:
        through |= Q(team_id__in=teams)
    return LiveReason.objects.on(on, now).filter(through)


def visible_people(people: QuerySet[Person], user: Any) -> QuerySet[Person]:
    """Those of `people` whose record the user may open today."""
    if not accounts.may(user, Permission.SEE_PEOPLE):
        return people.none()
    kept = _opened_through.sql(*looking(user))
    if kept is None:
        return people.none()
    return people.filter(pk__in=RawSQL(*kept))  # noqa: S611 - a query set's own statement


@standing
def _opened_through(*looking: Any) -> QuerySet[Any]:
    return reasons_through(*looking).order_by().values("person_id")


def can_see_person(user: Any, person: Person) -> bool:
    """May this user open this person's record today?"""
    return reasons_of(user).filter(person=person).exists()


def can_edit_person(user: Any, person: Person) -> bool:
    """May this user change what the record says about this person?"""
    return accounts.may(user, Permission.EDIT_PEOPLE) and can_see_person(user, person)


def why(user: Any, person: Person) -> list[LiveReason]:
    """The reasons behind "why can I see this?", oldest first."""
    return list(
        reasons_of(user).filter(person=person).select_related("team", "worker").order_by("start")
    )
