"""Who may see and change what is written down about a person. Every answer fails closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.around import Around, around
from casework.cases.models import (
    Adjustment,
    Allocation,
    Case,
    IdentityStatement,
    MergeSuspect,
    Person,
)
from casework.directory.models import Team

Audience = IdentityStatement.Audience


def audiences(roles: Collection[str], *, holds: bool) -> frozenset[str]:
    """Which identity statements are for somebody who may open the record, by their audience.

    `key_worker`: the person's key worker of today. `team`: whoever is named for the person, or
    works in the team that holds them. `everyone`: whoever may open the record.
    """
    found = {str(Audience.EVERYONE)}
    if Allocation.Role.KEY_WORKER in roles:
        found.add(str(Audience.KEY_WORKER))
    if roles or holds:
        found.add(str(Audience.TEAM))
    return frozenset(found)


def told(user: Any, around: Around) -> list[IdentityStatement]:
    """Who a person says they are, as far as they tell it to this user, who may open the record."""
    teams = accounts.teams_where(user, Permission.SEE_PEOPLE)
    roles = around.named.get(user.worker_id, set())
    mine = audiences(roles, holds=bool(around.held_by & teams))
    return [one for one in around.statements if one.visible_to in mine]


def visible_adjustments(user: Any) -> QuerySet[Adjustment]:
    """Adjustments of the people whose record this user may open."""
    return Adjustment.objects.filter(person__in=Person.objects.visible_to(user))


def statement_for(user: Any, statement_id: Any) -> IdentityStatement | None:
    """A statement that is for this user; None also where it is there for others."""
    people = Person.objects.visible_to(user)
    rows = IdentityStatement.objects.filter(person__in=people).select_related("person__provider")
    found = rows.filter(pk=statement_id).first()
    if found is None:
        return None
    readable = told(user, around(found.person, timezone.localdate()))
    return found if found.pk in {one.pk for one in readable} else None


def visible_suspects(user: Any) -> QuerySet[MergeSuspect]:
    """Pairs of records of which this user may open at least one."""
    people = Person.objects.visible_to(user).values("pk")
    return MergeSuspect.objects.filter(Q(person__in=people) | Q(other__in=people))


def teams_to_add_in(user: Any) -> QuerySet[Team]:
    """Teams that could hold somebody whom this user adds."""
    return Team.objects.filter(
        pk__in=accounts.teams_where(user, Permission.ADD_PEOPLE), active=True
    )


def holders(people: Iterable[Person]) -> dict[Any, Team]:
    """Which team holds each of these people now."""
    rows = Case.objects.filter(
        person__in=[one.pk for one in people], closed_on__isnull=True, team__isnull=False
    ).select_related("team")
    return {row.person_id: row.team for row in rows if row.team is not None}
