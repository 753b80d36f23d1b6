"""Sealed notes and safeguarding concerns are written, shared with few, changed and ended.

Nothing of it is told in the timeline: that there is a sealed note is known to few.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.access import policy
from casework.cases.models import Person, SealedGrant, SealedNote
from casework.cases.services.contacts import ChangedMeanwhile
from casework.cases.services.records import save
from casework.common.errors import Refusal

FEW = 8  # more readers than this is no seal


@transaction.atomic
def write(
    *,
    person: Person,
    kind: str,
    words: str,
    why: str,
    readers: Sequence[User],
    suspends: Collection[str] = (),
    by: User,
) -> SealedNote:
    """Write a sealed note.

    Precondition: it says something and why it is sealed; a few readers at most; only a safeguarding
    concern keeps areas back. Promise: the writer and those readers can read it, nobody else.
    """
    _checked(words, why)
    if suspends and kind != SealedNote.Kind.SAFEGUARDING:
        raise Refusal(_("Only a safeguarding concern keeps something back."))
    note = save(
        SealedNote(
            person=person,
            kind=kind,
            words=words.strip(),
            why=why.strip(),
            suspends=sorted(set(suspends) & set(SealedNote.Area.values)),
            author=by,
            team_id=policy.acting_team_id(by),
        ),
        by=by,
    )
    grant(note=note, users=[by, *readers], by=by)
    return note


@transaction.atomic
def change(
    *, note: SealedNote, words: str, why: str, suspends: Collection[str], version: int, by: User
) -> SealedNote:
    """Change what it says; what it said before stays in its history, encrypted too.

    Precondition: the writer changes it, as it was when `version` was read; it has not ended.
    """
    _checked(words, why)
    note = SealedNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if note.author_id != by.pk or note.ended_on is not None:
        raise Refusal(_("Only who wrote this note can change it, and only until it has ended."))
    if note.version != version:
        raise ChangedMeanwhile(_("This note has been changed since you opened it."))
    note.words, note.why = words.strip(), why.strip()
    if note.kind == SealedNote.Kind.SAFEGUARDING:
        note.suspends = sorted(set(suspends) & set(SealedNote.Area.values))
    note.version += 1
    return save(note, by=by)


@transaction.atomic
def end(*, note: SealedNote, by: User) -> SealedNote:
    """It is over: what was kept back is shown again. The note stays sealed."""
    note = SealedNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if note.ended_on is not None:
        raise Refusal(_("This has ended already."))
    note.ended_on = timezone.localdate()
    return save(note, by=by)


@transaction.atomic
def grant(*, note: SealedNote, users: Sequence[User], by: User) -> None:
    """Let a few more read it. Whoever may already is not added twice."""
    SealedNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    now = set(note.grants.filter(ended_at__isnull=True).values_list("user_id", flat=True))
    new = {user.pk: user for user in users if user.pk not in now}
    if len(now) + len(new) > FEW:
        raise Refusal(_("At most %(n)d people can read a sealed note.") % {"n": FEW})
    for user in new.values():
        save(SealedGrant(note=note, user=user, granted_by=by), by=by)


@transaction.atomic
def take_back(*, grant: SealedGrant, by: User) -> SealedGrant:
    """Somebody may no longer read it. The writer always may: somebody must be able to."""
    row = SealedGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if row.user_id == row.note.author_id:
        raise Refusal(_("Who wrote the note can always read it."))
    if row.ended_at is not None:
        raise Refusal(_("They can no longer read it already."))
    row.ended_at = timezone.now()
    return save(row, by=by)


def suspended_areas(person: Person) -> frozenset[str]:
    """What open safeguarding concerns keep from the person's portal and from carers: the pages look
    ordinary and say nothing of it."""
    rows = SealedNote.objects.filter(
        person=person, kind=SealedNote.Kind.SAFEGUARDING, ended_on__isnull=True
    ).values_list("suspends", flat=True)
    return frozenset(area for areas in rows for area in areas)


def _checked(words: str, why: str) -> None:
    if not words.strip():
        raise Refusal(_("Write what only a few may read."))
    if not why.strip():
        raise Refusal(_("Say why it is sealed."))
