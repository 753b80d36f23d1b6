"""What was said and agreed is written down, shared with the person unless there is a reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import CaseEvent, Contact, Note, Person
from casework.cases.services.contacts import ChangedMeanwhile
from casework.cases.services.records import save, touch
from casework.common.errors import Refusal
from casework.common.history import save_new


@dataclass(frozen=True)
class Words:
    """A note as it was written: what was said, and apart from it what came from somebody else."""

    words: str = ""
    third_party_words: str = ""
    shared: bool = True
    not_shared_reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.words.strip() or self.third_party_words.strip())


@transaction.atomic
def write_note(*, person: Person, by: User, words: Words, contact: Contact | None = None) -> Note:
    """Write a note about a person, at a contact or on its own, and tell it.

    Precondition: something was written; a note that is not shared says why.
    """
    note = add_note(person=person, by=by, words=words, contact=contact)
    _tell(note, "note.written", by=by)
    return note


def add_note(*, person: Person, by: User, words: Words, contact: Contact | None = None) -> Note:
    """The note without an event of its own, in the transaction that records its contact."""
    _may_be_written(words)
    note = Note(
        person=person,
        contact=contact,
        words=words.words.strip(),
        third_party_words=words.third_party_words.strip(),
        shared=words.shared,
        not_shared_reason="" if words.shared else words.not_shared_reason.strip(),
        author=by,
    )
    save_new(note, by=by)
    return note


@transaction.atomic
def correct_note(
    *, note: Note, by: User, words: Words, reason: str, version: int | None = None
) -> Note:
    """Put right what a note says.

    Precondition: only who wrote it changes it; it is as it was when `version` was read; a reason.
    Promise: what it said before stays in the history with the reason.
    """
    _may_be_written(words)
    if not reason.strip():
        raise Refusal(_("Say why it is corrected."))
    note = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if note.author_id != by.pk:
        raise Refusal(_("Only the person who wrote a note can change it. Add a note of your own."))
    if version is not None and note.version != version:
        raise ChangedMeanwhile(_("This note has been changed since you opened it."))
    note.words = words.words.strip()
    note.third_party_words = words.third_party_words.strip()
    note.shared = words.shared
    note.not_shared_reason = "" if words.shared else words.not_shared_reason.strip()
    note.version += 1
    save(note, by=by, reason=reason.strip()[:100])
    _tell(note, "note.corrected", by=by)
    return note


def _may_be_written(words: Words) -> None:
    if not words:
        raise Refusal(_("Write what was said and agreed."))
    if not words.shared and not words.not_shared_reason.strip():
        raise Refusal(_("Say why this note is not shared with the person."))


def _tell(note: Note, kind: str, *, by: User) -> None:
    CaseEvent.objects.create(
        person_id=note.person_id,
        kind=kind,
        on=timezone.localdate(),
        by=by,
        worker_id=by.worker_id,
        about=note.pk,
        data={"shared": note.shared},
    )
    touch(note.person_id)
