"""Who may override, review and read what is sealed. Every answer fails closed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.cases import policy
from casework.cases.models import (
    AccessEntry,
    LiveReason,
    Override,
    Person,
    SealedGrant,
    SealedNote,
)

if TYPE_CHECKING:
    from casework.cases.models.privacy import OverrideQuerySet, SealedNoteQuerySet

PROPOSED_FOR = dt.timedelta(minutes=10)  # how long after asking a record can be opened


def may_override(user: Any) -> bool:
    """May this user open a record that they have no reason of their own to open?"""
    return accounts.may(user, Permission.OVERRIDE)


def acting_team_id(user: Any) -> Any:
    """The team in which somebody overrides: its organisation's privacy officer answers for it."""
    return next(
        (
            one.team_id
            for one in accounts.memberships(user)
            if one.team_id and one.role in ROLES and Permission.OVERRIDE in _of(one.role)
        ),
        None,
    )


def _of(role: str) -> frozenset[Permission]:
    return ROLES[role].permissions


def reviewable(rows: OverrideQuerySet, user: Any) -> OverrideQuerySet:
    """Overrides of the organisations that this privacy officer answers for."""
    if not accounts.may(user, Permission.REVIEW_ACCESS):
        return rows.none()
    if accounts.may_in_network(user, Permission.REVIEW_ACCESS):
        return rows
    return rows.filter(team__organisation__in=organisations(user))


def organisations(user: Any) -> set[Any]:
    """The organisations that this privacy officer answers for."""
    return {
        one.organisation_id
        for one in accounts.memberships(user)
        if one.organisation_id and one.role in ROLES and Permission.REVIEW_ACCESS in _of(one.role)
    }


def reviewable_sign_ins(user: Any) -> QuerySet[AccessEntry]:
    """How staff signed in, or did not, and what was tried at addresses that nobody has. Not how
    people sign in to their own pages: that is theirs."""
    if not accounts.may(user, Permission.REVIEW_ACCESS):
        return AccessEntry.objects.none()
    whose = Q(user__isnull=True) | Q(user__in=accounts.reviewable_users(user))
    return AccessEntry.objects.filter(whose, action__in=AccessEntry.SIGNING)


def own_proposals(user: Any) -> OverrideQuerySet:
    """Overrides that this user has just asked for and not yet opened."""
    if not may_override(user):
        return Override.objects.none()
    return Override.objects.filter(
        user=user,
        note__isnull=True,
        opened_at__isnull=True,
        created_at__gt=timezone.now() - PROPOSED_FOR,
    )


def own_open(user: Any) -> OverrideQuerySet:
    """Records that this user holds open by override at this moment."""
    return Override.objects.active().filter(user=user, note__isnull=True)


def _granted(user: Any) -> Exists:
    """`user`: an account or its id."""
    return Exists(SealedGrant.objects.filter(note=OuterRef("pk"), user=user, ended_at__isnull=True))


def known_notes(user: Any) -> SealedNoteQuerySet:
    """Sealed notes that the user may know of: granted to them, or such as they may open on a
    ground. Nobody else is told of a safeguarding concern."""
    if not accounts.may(user, Permission.SEE_PEOPLE):
        return SealedNote.objects.none()
    known = _known(user, on_a_ground=may_override(user))
    return SealedNote.objects.filter(known, person__in=Person.objects.visible_to(user))


def _known(user: Any, *, on_a_ground: bool) -> Q:
    known = Q(_granted(user))
    if on_a_ground:
        known |= Q(kind=SealedNote.Kind.NOTE)
    return known


def sealed_about(user: UUID, *, on_a_ground: bool) -> Exists:
    """Whether there is a sealed note about a person that the user may know of, as a column of
    people whose record is open to them; `on_a_ground`: may they override?"""
    known = _known(user, on_a_ground=on_a_ground)
    return Exists(SealedNote.objects.filter(known, person=OuterRef("pk")))


def readable_notes(notes: SealedNoteQuerySet, user: Any) -> SealedNoteQuerySet:
    """Sealed notes that the user may read now: granted to them, or opened within the hour. The
    person's record must be open to them too."""
    if not accounts.may(user, Permission.SEE_PEOPLE):
        return notes.none()
    opened = Exists(Override.objects.active().filter(note=OuterRef("pk"), user=user))
    return notes.filter(Q(_granted(user)) | Q(opened), person__in=Person.objects.visible_to(user))


def changeable_notes(user: Any) -> SealedNoteQuerySet:
    """Sealed notes that the user wrote and may still read."""
    return readable_notes(SealedNote.objects.filter(author=user, ended_on__isnull=True), user)


def can_seal(user: Any, person: Person) -> bool:
    """May this user write a sealed note about this person?"""
    return policy.can_edit_person(user, person)


def changeable_grants(user: Any) -> QuerySet[SealedGrant]:
    """Readers of the sealed notes that the user wrote, but not the user as the writer."""
    return SealedGrant.objects.filter(
        note__in=changeable_notes(user), ended_at__isnull=True
    ).exclude(user=user)


def possible_readers(person: Person, user: Any, note: SealedNote | None = None) -> QuerySet[User]:
    """Users who can open this person's record through a team, besides those who read it already."""
    today = timezone.localdate()
    reasons = LiveReason.objects.on(today).filter(person=person)
    members = Membership.objects.on(today).filter(role__in=_seeing_roles())
    rows = User.objects.filter(is_active=True).filter(
        Q(
            pk__in=members.filter(
                team_id__in=reasons.filter(team__isnull=False).values("team_id")
            ).values("user_id")
        )
        | Q(
            pk__in=members.values("user_id"),
            worker_id__in=reasons.filter(worker__isnull=False).values("worker_id"),
        )
    )
    if note is not None:
        readers = note.grants.filter(ended_at__isnull=True)
        rows = rows.exclude(pk__in=readers.values("user_id"))
    return rows.exclude(pk=user.pk).order_by("name", "pk")


def _seeing_roles() -> list[str]:
    return [role.code for role in ROLES.values() if Permission.SEE_PEOPLE in role.permissions]
