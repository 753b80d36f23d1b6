"""A copy of everything that somebody may read about themselves: asked for, made, kept shortly.

What is in it comes from the same presenters as the pages, so that what is kept back there is not
here either. An app adds its own part in its `own_copy_parts.py`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from casework.cases.models import Person
from casework.common.errors import Refusal
from casework.common.registry import Registry
from casework.outbox import services as outbox
from casework.portal.copy_models import KEPT, OwnCopy
from casework.portal.models import PortalAccount
from casework.portal.telling import tell

JOB, TIDY = "portal.copy", "portal.tidy_copies"
State = OwnCopy.State
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Entry:
    """One thing: a heading, and what stands below it."""

    title: str
    lines: list[str]


@dataclass(frozen=True)
class CopyPart:
    """What an app puts into the copy: `build(account, on)` returns its entries in their order, as
    the person reads them on their pages."""

    order: int
    title: Any
    build: Callable[[PortalAccount, dt.date], list[Entry]]


own_copy_parts: Registry[CopyPart] = Registry("own_copy_parts")


def parts_in_order() -> list[CopyPart]:
    return [p for _n, p in sorted(own_copy_parts.items(), key=lambda i: (i[1].order, i[0]))]


# Asking for one ----------------------------------------------------------------------------------


def latest(person: Person) -> OwnCopy | None:
    """The copy that is there or is being made, or what became of the last one."""
    return person.own_copies.order_by("-asked_at", "-pk").first()


@transaction.atomic
def ask_for(*, account: PortalAccount) -> OwnCopy:
    """The person asks for a copy.

    Precondition: none is there or being made. Promise: the worker process makes it, it is kept for
    two days, and it is written down that they asked.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=account.person_id)
    if person.own_copies.filter(state__in=[State.MAKING, State.READY]).exists():
        raise Refusal(_("There is a copy already."))
    now = timezone.now()
    row = OwnCopy.objects.create(person=person, asked_at=now, keep_until=now + KEPT)
    outbox.enqueue(JOB, key=str(row.pk), arguments={"copy": str(row.pk)}, max_attempts=3)
    tell(person, "copy_asked", by=None, about=row.pk)
    return row


@transaction.atomic
def throw_away(*, copy: OwnCopy) -> None:
    """The file is not kept any longer. What the person saved is theirs to look after."""
    row = OwnCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    if row.state == State.GONE:
        return
    name, storage = row.file.name, row.file.storage
    row.state, row.file, row.size = State.GONE, "", 0  # type: ignore[assignment]
    row.save()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def tidy(*, now: dt.datetime | None = None) -> int:
    """Throw away what has been kept long enough, what belongs to pages that are shut or not safe,
    and what lost its file (no backup holds one); how many. Run again, it finds nothing."""
    now = now or timezone.now()
    rows = OwnCopy.objects.exclude(state=State.GONE)
    old = rows.filter(keep_until__lte=now)
    shut = rows.filter(person__in=_shut().values("person"))
    found = list((old | shut).order_by("pk"))
    there = rows.filter(state=State.READY).exclude(pk__in=[row.pk for row in found])
    found += [row for row in there if not row.file.storage.exists(row.file.name)]
    for row in found:
        throw_away(copy=row)
    return len(found)


def _shut() -> Any:
    accounts = PortalAccount.objects.all()
    return (
        accounts.filter(ended_on__isnull=False)
        | accounts.filter(unsafe_at__isnull=False)
        | accounts.filter(person__death_date__isnull=False)
    )


# Making it ---------------------------------------------------------------------------------------


def make(*, copy: str) -> None:
    """Handler of the job: put everything together and store it. Idempotent. Nothing is made for
    pages that are shut or not safe at that moment."""
    row = OwnCopy.objects.select_related("person").get(pk=UUID(copy))
    if row.state != State.MAKING:
        return
    account = (
        PortalAccount.objects.exclude(pk__in=_shut().values("pk"))
        .select_related("person", "user")
        .filter(person=row.person_id)
        .first()
    )
    if account is None:
        throw_away(copy=row)
        return
    with override(account.language or get_language()):
        data = packed(account, timezone.localtime())
    storage = row.file.storage
    name = storage.save(
        OwnCopy._meta.get_field("file").generate_filename(row, "file"), ContentFile(data)
    )
    try:
        with transaction.atomic():
            ready = OwnCopy.objects.filter(pk=row.pk, state=State.MAKING).update(
                state=State.READY, file=name, size=len(data), keep_until=timezone.now() + KEPT
            )
    except BaseException:
        storage.delete(name)
        raise
    if not ready:  # another worker was quicker, or the person wants it no more
        storage.delete(name)


def gave_up(*, copy: str) -> None:
    """What follows when the last attempt has failed: the page says so and offers another."""
    OwnCopy.objects.filter(pk=UUID(copy), state=State.MAKING).update(state=State.FAILED)


def gathered(account: PortalAccount, on: dt.date) -> list[tuple[str, list[Entry]]]:
    """Everything that the person may read about themselves, part by part."""
    return [(str(part.title), part.build(account, on)) for part in parts_in_order()]


def packed(account: PortalAccount, at: dt.datetime) -> bytes:
    """The file: one page to read, and the same as data."""
    parts = gathered(account, at.date())
    page = render_to_string(
        "portal/copy_file.jinja",
        {
            "name": account.person.display_name,
            "at": at,
            "parts": parts,
            "language": get_language(),
        },
    )
    told = [
        {"part": title, "entries": [{"title": one.title, "lines": one.lines} for one in entries]}
        for title, entries in parts
    ]
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in (
            ("everything.html", page),
            ("everything.json", json.dumps(told, ensure_ascii=False, indent=2)),
            ("everything.csv", _table(parts)),
        ):
            info = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(info, text.encode())
    return found.getvalue()


def _table(parts: list[tuple[str, list[Entry]]]) -> str:
    found = io.StringIO()
    found.write("\ufeff")  # without it, spreadsheets take the letters for others
    rows = csv.writer(found)
    rows.writerow([_("Part"), _("Title"), _("Words")])
    for title, entries in parts:
        for one in entries:
            for line in one.lines or [""]:
                rows.writerow([_cell(title), _cell(one.title), _cell(line)])
    return found.getvalue()


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
