"""What this app puts into the copy that people take away: what their own pages show."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import SealedNote
from casework.portal import carers
from casework.portal.copies import CopyPart, Entry, own_copy_parts
from casework.portal.models import PortalAccount
from casework.portal.portal_pages import my_people
from casework.portal.presenters import (
    CarerLine,
    ContactLine,
    RequestLine,
    look_line,
    reason_lines,
)
from casework.portal.talk import messages
from casework.portal.talk.presenters import EntryLine, HeardLine, MessageLine
from casework.portal.talk.promises import held_by

Area = SealedNote.Area


def _lines(*lines: str) -> list[str]:
    return [one for one in lines if one]


def _about(account: PortalAccount, on: dt.date) -> list[Entry]:
    return [Entry(account.person.display_name, _lines(account.user.email))]


def _people(account: PortalAccount, on: dt.date) -> list[Entry]:
    return [
        Entry(one.name, _lines(one.role, one.does, one.since, one.cover))
        for one in my_people(account, on)
    ]


def _meetings(account: PortalAccount, on: dt.date) -> list[Entry]:
    if Area.DIARY in account.kept_back:
        return []
    rows = (
        account.person.contacts.select_related("worker", "team")
        .prefetch_related("notes", "remarks__written_with")
        .order_by("-date", "-order_key", "-pk")
    )
    found = []
    for row in rows:
        line = ContactLine(row, notes=Area.NOTES not in account.kept_back)
        said = [
            _("You said on %(day)s: %(words)s") % {"day": d, "words": w} for w, d in line.remarks
        ]
        found.append(
            Entry(
                line.title,
                _lines(line.details, line.tag["text"], *line.notes, line.has_kept_back, *said),
            )
        )
    return found


def _messages(account: PortalAccount, on: dt.date) -> list[Entry]:
    held = held_by(account.person)
    mine = account.person.team_messages.for_person(at_once=account.read_at_once)
    rows = messages.with_reads(mine).order_by("-sent_at", "-pk")
    lines = [MessageLine(row, held, on) for row in rows]
    return [
        Entry(one.sent, _lines(one.words, *one.reads, one.stands, one.answered, one.answer))
        for one in lines
    ]


def _asked(account: PortalAccount, on: dt.date) -> list[Entry]:
    rows = account.person.change_requests.select_related("answered_by", "written_with")
    lines = [RequestLine(row) for row in rows]
    return [
        Entry(
            one.title,
            _lines(one.asked, one.subject, one.words, one.written, one.stands, one.answer),
        )
        for one in lines
    ]


def _diary(account: PortalAccount, on: dt.date) -> list[Entry]:
    lines = [EntryLine(row) for row in account.person.diary_entries.order_by("-on", "-pk")]
    return [Entry(one.title, _lines(one.tag["text"], one.feeling, one.words)) for one in lines]


def _heard(account: PortalAccount, on: dt.date) -> list[Entry]:
    rows = account.person.heard_answers.filter(skipped=False).order_by("-on", "-pk")
    lines = [HeardLine(row) for row in rows]
    return [
        Entry(one.title, _lines(*(f"{asked} {said}." for asked, said in one.replies), one.words))
        for one in lines
    ]


def _let_in(account: PortalAccount, on: dt.date) -> list[Entry]:
    if Area.PEOPLE in account.kept_back:
        return []
    names = dict(carers.choices(account.person))
    rows = account.person.carer_accesses.standing().select_related("carer")
    lines = [CarerLine(row, carers.scope_words(row, names), on) for row in rows]
    return [Entry(one.name, _lines(one.relation, *one.sees, one.stands)) for one in lines]


def _who(account: PortalAccount, on: dt.date) -> list[Entry]:
    reasons = account.person.live_reasons.on(on).select_related("worker", "team")
    found = [Entry(_("Who can see your record today, and why"), reason_lines(reasons))]
    if Area.LOG in account.kept_back:
        return found
    looks = account.person.access_entries.select_related("user", "team")
    return [
        *found,
        *(
            Entry(one.when, [one.words])
            for one in map(look_line, looks.order_by("-created_at", "-pk").iterator())
        ),
    ]


for order, name, title, build in (
    (10, "about", gettext_lazy("Whose this is"), _about),
    (20, "people", gettext_lazy("My people"), _people),
    (50, "meetings", gettext_lazy("My meetings"), _meetings),
    (60, "messages", gettext_lazy("Messages"), _messages),
    (70, "asked", gettext_lazy("What I asked for"), _asked),
    (80, "diary", gettext_lazy("My diary"), _diary),
    (90, "heard", gettext_lazy("How meetings were for me"), _heard),
    (100, "let_in", gettext_lazy("Whom I let in"), _let_in),
    (110, "who", gettext_lazy("Who sees this"), _who),
):
    own_copy_parts.register(name, CopyPart(order, title, build))
