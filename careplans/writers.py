"""Who writes: a user, alone or with the person; the person themselves; a carer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from careplans.models import Plan
from careplans.table import Who
from careplans.voices import Role
from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.policy import can_see_person


@dataclass(frozen=True)
class Writer:
    """A user, or (signed in to the portal) the person or a carer by name.

    `together` is meeting mode: the user writes and the person sits beside them. What the portal
    says about who somebody is has been checked by the portal.
    """

    user: User | None = None
    person_id: UUID | None = None
    carer: str = ""
    together: bool = False

    @property
    def signature(self) -> dict[str, Any]:
        """What rows keep about who wrote them, without their role."""
        return {"by": self.user, "carer": self.carer}


def as_writer(by: User | Writer) -> Writer:
    """A user who writes alone is a writer too."""
    return by if isinstance(by, Writer) else Writer(user=by)


def may_write(user: Any) -> bool:
    """Does this user's work include writing plans (for the people whom they may see)?"""
    return accounts.may(user, Permission.RECORD_CONTACTS)


def may_decide(user: Any) -> bool:
    """Does this user's work include sharing plans and deciding about them for their team?"""
    return accounts.may(user, Permission.EDIT_PEOPLE)


def role_at(plan: Plan, by: Writer) -> Role | None:
    """What a writer is at a plan; None for somebody with nothing to do here. Fails closed."""
    if by.person_id is not None:
        return Role.PERSON if by.person_id == plan.person_id and by.user is None else None
    if by.carer:
        return Role.CARER if by.user is None else None
    if by.user is None or not can_see_person(by.user, plan.person):
        return None
    if not may_write(by.user):
        return Role.READER
    return Role.TOGETHER if by.together else Role.WORKER


def who_at(plan: Plan, by: Writer) -> frozenset[Who]:
    """What a writer is for the acts of a plan's life."""
    role = role_at(plan, by)
    if role == Role.PERSON:
        return frozenset({Who.PERSON})
    if role in (Role.TOGETHER, Role.WORKER) and may_decide(by.user):
        return frozenset({Who.WORKER} | ({Who.PERSON} if role == Role.TOGETHER else set()))
    return frozenset()


def signed_words(row: Any, person_name: str) -> str:
    """By whom, as a page says it: "Femi with Marigold", "Marigold"."""
    user = str(row.by) if row.by_id else ""
    if row.role == Role.PERSON:
        return person_name
    if row.role == Role.TOGETHER:
        return _("%(worker)s with %(person)s") % {"worker": user, "person": person_name}
    if row.role == Role.CARER:
        return _("%(name)s (family or carer)") % {"name": row.carer}
    return user
