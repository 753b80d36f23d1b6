"""What the pages about the ways between teams ask about users and people. Fails closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.models import Person
from referrals.models import Referral, Responsibility
from referrals.table import OPEN


def holder_of(person: Person) -> Responsibility | None:
    return Responsibility.objects.select_related("team", "worker").filter(person=person).first()


def may_hand_over(user: Any, held: Responsibility | None) -> bool:
    """The named holder, or whoever allocates in the holding team."""
    if held is None:
        return False
    if held.worker_id is not None and user.worker_id == held.worker_id:
        return True
    return accounts.may_in_team(user, Permission.ALLOCATE, held.team_id)


def receiving_teams(user: Any, person: Person) -> list[UUID]:
    """Teams that could take a person over: the one that holds them, the user's own, and those with
    an open referral."""
    held = holder_of(person)
    teams = set(accounts.teams_where(user, Permission.SEE_PEOPLE))
    if held is not None:
        teams.add(held.team_id)
    open_teams = person.referrals.filter(state__in=OPEN, team__isnull=False)
    return sorted(teams | set(open_teams.values_list("team_id", flat=True)), key=str)


def referral_to(person: Person, team: Any) -> Referral | None:
    """The open referral to the team that takes over, where there is one."""
    rows: Any = person.referrals.filter(state__in=OPEN, team=team)
    found: Referral | None = rows.order_by("-received_on", "-pk").first()
    return found
