"""On a person's page: whether they have an own account, and what they wait for an answer to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.cases.panels import Panel, marks, person_panels
from casework.common.aggregates import Joined
from casework.common.presenters import short_date
from casework.portal.models import ChangeRequest, DiaryEntry, PortalAccount, TeamMessage
from casework.portal.talk.presenters import EntryLine

MOST_ENTRIES = 2
MOST = 20
ABOUT = dict(ChangeRequest.About.choices)


def _of_the_person(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(person=OuterRef("pk")).order_by()


def _joined(rows: QuerySet[Any], words: Any) -> Subquery:
    return Subquery(_of_the_person(rows).values("person").annotate(all=Joined(words)).values("all"))


def _asked() -> Subquery:
    """What a person waits for an answer to: day and kind of each."""
    rows = ChangeRequest.objects.filter(answered_on__isnull=True, withdrawn_on__isnull=True)
    return _joined(rows, Concat("answer_by", Value(" "), "about", output_field=TextField()))


def _written() -> Subquery:
    """By when each message of a person was to be answered that nobody has answered."""
    rows = TeamMessage.objects.filter(answered_at__isnull=True, answer_by__isnull=False)
    return _joined(rows, Cast("answer_by", TextField()))


def _shares() -> Exists:
    return Exists(_of_the_person(DiaryEntry.objects.filter(shared=True)))


def _unsafe() -> Exists:
    return Exists(_of_the_person(PortalAccount.objects.filter(unsafe_at__isnull=False)))


def _open() -> Exists:
    """They have pages of their own that they can read."""
    rows = PortalAccount.objects.filter(ended_on__isnull=True, unsafe_at__isnull=True)
    return Exists(_of_the_person(rows))


MARKS = {
    "own_asked": _asked,
    "own_written": _written,
    "own_shares": _shares,
    "own_unsafe": _unsafe,
    "own_open": _open,
}
"""What is to be said here of somebody's own pages, as columns of the statement that opens their
record: the page has no query to spare."""


def _listed(person: Person, mark: str) -> list[str]:
    """What was joined, the earliest first."""
    return sorted(one for one in (getattr(person, mark, None) or "").split(",") if one)[:MOST]


@dataclass(frozen=True)
class OwnAccount:
    """One line, and where to go on."""

    text: str
    waiting: list[str]
    href: str
    write_href: str = ""


def build(person: Person, viewer: User, on: dt.date) -> OwnAccount | None:
    """The panel: what they asked for and wait to hear about, or that their pages are not safe."""
    href = reverse("own_accounts:detail", args=[person.pk])
    if getattr(person, "own_unsafe", False):
        return OwnAccount(
            _("Their own pages are not safe for them now and show nothing. Do not write there."),
            [],
            href,
        )
    write_href = ""
    if getattr(person, "own_open", False) and accounts.may(viewer, Permission.RECORD_CONTACTS):
        write_href = reverse("own_accounts:write_to", args=[person.pk])
    codes = [one.split(" ")[-1] for one in _listed(person, "own_asked")]
    waiting = [str(ABOUT.get(code, code)) for code in codes]
    if not waiting:
        text = (
            _("They can read and write their own plan here.")
            if getattr(person, "own_open", False)
            else _("They have no pages of their own yet, on which to read and write their plan.")
        )
        return OwnAccount(text, [], href, write_href)
    text = ngettext(
        "They asked for %(n)d thing and wait for an answer:",
        "They asked for %(n)d things and wait for an answer:",
        len(waiting),
    ) % {"n": len(waiting)}
    return OwnAccount(text, waiting, href, write_href)


@dataclass(frozen=True)
class Waiting:
    """That a message waits, by when an answer was promised, and where it is read."""

    text: str
    href: str
    link: str


def waiting_messages(person: Person, viewer: User, on: dt.date) -> Waiting | None:
    """Messages that wait to be answered. None where the viewer answers nobody."""
    if not accounts.may(viewer, Permission.RECORD_CONTACTS):
        return None
    days = [dt.date.fromisoformat(one) for one in _listed(person, "own_written")]
    if not days:
        return None
    text = ngettext(
        "A message waits for an answer, promised by %(day)s.",
        "%(n)d messages wait for an answer, the first promised by %(day)s.",
        len(days),
    ) % {"n": len(days), "day": short_date(days[0])}
    href = reverse("own_accounts:messages", args=[person.pk])
    return Waiting(text, href, _("Read and answer"))


@dataclass(frozen=True)
class Shared:
    """The latest entries of their diary that the person shares."""

    entries: list[EntryLine]
    href: str


def shared_diary(person: Person, viewer: User, on: dt.date) -> Shared | None:
    """What they share of the days when nobody saw them; one query, where there is something."""
    if not getattr(person, "own_shares", False):
        return None
    rows = person.diary_entries.filter(shared=True).order_by("-on", "-pk")[:MOST_ENTRIES]
    entries = [EntryLine(row) for row in rows]
    return Shared(entries, reverse("own_accounts:shared", args=[person.pk]))


for mark, column in MARKS.items():
    marks.register(mark, column)
person_panels.register("own_messages", Panel("portal/messages_panel.jinja", 5, waiting_messages))
person_panels.register("own_diary", Panel("portal/shared_panel.jinja", 55, shared_diary))
person_panels.register("own_account", Panel("portal/panel.jinja", 60, build, aside=True))
