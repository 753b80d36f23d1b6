"""How the person was when nobody saw them: private until they share it, and theirs to take away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Person
from casework.common.errors import Refusal
from casework.portal.models import DiaryEntry
from casework.portal.telling import tell


@transaction.atomic
def write(
    *,
    person: Person,
    on: dt.date,
    words: str,
    feeling: str = "",
    shared: bool = False,
    entry: DiaryEntry | None = None,
) -> DiaryEntry:
    """The person writes an entry, or changes one that nobody else reads.

    Precondition: the day has come, there are words, and a changed entry is private: what somebody
    has read is not changed under their eyes.
    """
    if entry is not None and entry.person_id != person.pk:
        raise Refusal(_("This entry is not yours."))
    if not words.strip():
        raise Refusal(_("Write how you were."))
    if on > timezone.localdate():
        raise Refusal(_("This day has not come yet."))
    if entry is None:
        row = DiaryEntry(person=person)
    else:
        row = DiaryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        if row.shared:
            raise Refusal(_("Your team can read this entry. Stop sharing it first, or write anew."))
    row.on, row.words, row.feeling = on, words.strip(), feeling
    row.save()
    return share(entry=row) if shared else row


@transaction.atomic
def share(*, entry: DiaryEntry) -> DiaryEntry:
    """The person lets their team read an entry. Promise: the timeline says so on that day."""
    row = DiaryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.shared:
        return row
    row.shared, row.shared_on = True, timezone.localdate()
    row.save()
    tell(
        row.person,
        "diary_shared",
        by=None,
        about=row.pk,
        data={"feeling": row.feeling},
        on=row.on,
    )
    return row


@transaction.atomic
def keep_private(*, entry: DiaryEntry) -> DiaryEntry:
    """The person stops sharing an entry. What somebody has read stays read."""
    row = DiaryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    row.shared, row.shared_on = False, None
    row.save()
    return row


@transaction.atomic
def take_away(*, entry: DiaryEntry) -> None:
    """The person takes an entry away. Precondition: it is private. Promise: its words are gone."""
    row = DiaryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.shared:
        raise Refusal(_("Your team can read this entry. Stop sharing it first."))
    row.delete()


def readable_by(user: User, person: Person) -> QuerySet[Any]:
    """The entries that a person shares, for somebody who may open their record."""
    return DiaryEntry.objects.visible_to(user).filter(person=person, shared=True)
