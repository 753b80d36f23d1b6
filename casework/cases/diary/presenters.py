"""What the pages of the diary show. Pure: facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from casework.cases.diary.company import Known
from casework.cases.models import (
    AboutMe,
    Adjustment,
    CaseEvent,
    Contact,
    Note,
    Person,
    Step,
)
from casework.cases.panels import Said
from casework.cases.presenters import ContactLine, attendance_tag
from casework.cases.services.entries import Clash
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.navigation import crisis_contacts
from casework.common.pages import Link

Attendance = Contact.Attendance
TO_READ_FIRST = ("how_to_be_with_me", "please_do", "please_do_not")
AT_NIGHT = ("when_i_struggle", "what_helps", *TO_READ_FIRST, "want_you_to_know")


def person_link(person: Person) -> Link:
    return Link(person.display_name, reverse("people:detail", args=[person.pk]))


def how(contact: Contact) -> str:
    """Medium, purpose, place and length, as far as they are recorded."""
    parts = []
    if contact.medium and contact.medium in Contact.Medium.values:
        parts.append(str(Contact.Medium(contact.medium).label))
    if contact.purpose:
        parts.append(str(Contact.Purpose(contact.purpose).label))
    if contact.place:
        parts.append(contact.place)
    if contact.minutes and contact.attended:
        parts.append(gettext("%(n)d\u00a0minutes") % {"n": contact.minutes})
    return ", ".join(parts)


def moment(contact: Contact) -> str:
    """Monday 2 November 2026, 2:30pm."""
    day = words.long_date(contact.date)
    return f"{day}, {words.clock(contact.time)}" if contact.time else day


def who(contact: Contact) -> str:
    """The workers, and whoever else is there."""
    return ContactLine(contact).who


def who_else(contact: Contact) -> str:
    """Whoever else is there, where that is known."""
    if not contact.who_else:
        return ""
    return gettext("with %(who)s") % {"who": contact.who_else}


# Beside a form -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """Something that the person says about themselves."""

    heading: str
    text: str


class Beside:
    """What stands beside a form: what makes meetings work for the person, in their words."""

    def __init__(
        self,
        person: Person,
        adjustments: Iterable[Adjustment],
        names: Sequence[str] = TO_READ_FIRST,
    ) -> None:
        self._person = person
        self._adjustments = list(adjustments)
        self._names = names
        self.name = person.display_name

    def __bool__(self) -> bool:
        return bool(self.needs or self.statements or self.do_not_ask_again)

    @cached_property
    def needs(self) -> list[dict[str, Any]]:
        rows = []
        if self._person.interpreter:
            rows.append(words.summary_row(gettext("Interpreter"), self._person.interpreter))
        kinds: dict[str, list[str]] = {}
        for one in self._adjustments:
            kinds.setdefault(one.get_kind_display(), []).append(one.words)
        return rows + [words.summary_row(kind, "; ".join(said)) for kind, said in kinds.items()]

    @cached_property
    def statements(self) -> list[Statement]:
        about: AboutMe | None = getattr(self._person, "about_me", None)
        if about is None:
            return []
        return [
            Statement(str(about._meta.get_field(name).verbose_name), text)
            for name in self._names
            if (text := getattr(about, name).strip())
        ]

    @property
    def do_not_ask_again(self) -> bool:
        about: AboutMe | None = getattr(self._person, "about_me", None)
        return bool(about and about.do_not_ask_again)


class Tonight(Beside):
    """What somebody needs who has never met the person and is at their door at night."""

    def __init__(
        self,
        person: Person,
        adjustments: Iterable[Adjustment],
        *,
        known: Sequence[Known],
        following: Contact | None,
        holder: Any = None,
        on: dt.date,
    ) -> None:
        super().__init__(person, adjustments, AT_NIGHT)
        self._following = following
        self._holder = holder
        self.named = [(one.worker.name, one.words) for one in known if one.role]
        self.met = [(one.worker.name, one.words) for one in known if not one.role and one.times][:3]
        self._on = on
        self.safety = crisis_contacts()

    @cached_property
    def team(self) -> str:
        """The team that holds the person, and how to reach it."""
        if self._holder is None:
            return ""
        return ", ".join(part for part in (self._holder.name, self._holder.phone) if part)

    @cached_property
    def following(self) -> str:
        if self._following is None:
            return gettext("No meeting is booked.")
        return f"{moment(self._following)}, {who(self._following)}"


# Forms -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormPage:
    """What stands around a form about one person."""

    heading: str
    submit: str
    back: Link
    beside: Any = None
    caption: str = ""
    intro: tuple[str, ...] = ()
    is_warning: bool = False


def clash_words(clash: Clash, person: Person) -> str:
    """Why a booking may not work. Nobody else's name is said."""
    if clash.away:
        return gettext("%(worker)s is away that day.") % {"worker": clash.worker}
    name = clash.worker.name if clash.worker else person.display_name
    time = words.clock(clash.time) if clash.time else ""
    return gettext("%(name)s has another booking at %(time)s.") % {"name": name, "time": time}


@dataclass(frozen=True)
class Saved:
    """What is saved now, beside what somebody was about to save over it."""

    lines: tuple[tuple[str, str], ...]
    href: str


def saved_now(contact: Contact, notes: Sequence[Note]) -> Saved:
    lines = [
        (gettext("What happened"), attendance_tag(contact)["text"]),
        (gettext("When"), moment(contact)),
        (gettext("With whom"), who(contact)),
        (gettext("How"), how(contact) or gettext("Not recorded")),
    ]
    for note in notes:
        lines.append((gettext("Note by %(name)s") % {"name": note.author}, note.words))
        if note.third_party_words:
            lines.append((gettext("From or about somebody else"), note.third_party_words))
    return Saved(tuple(lines), reverse("diary:contact", args=[contact.pk]))


# One contact -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoteCard:
    """One note as it is read."""

    by: str
    text: str
    tag: dict[str, str]
    why: str
    third_party: str


@dataclass(frozen=True)
class StepLine:
    """One promise."""

    text: str
    detail: str
    href: str
    is_done: bool
    name: str = ""


def step_line(step: Step, on: dt.date, *, with_name: bool = False) -> StepLine:
    owner = step.worker.name if step.worker else step.team.name if step.team else ""
    if step.done_on:
        detail = gettext("%(owner)s, done on %(day)s") % {
            "owner": owner,
            "day": words.short_date(step.done_on),
        }
    else:
        detail = gettext("%(owner)s, by %(day)s (%(when)s)") % {
            "owner": owner,
            "day": words.short_date(step.due_on),
            "when": words.date_words(step.due_on, on),
        }
    return StepLine(
        step.words,
        detail,
        reverse("diary:step", args=[step.pk]),
        step.done_on is not None,
        step.person.display_name if with_name else "",
    )


class ContactPage:
    """One contact: what happened, what was said, what comes next, and who wrote it down."""

    def __init__(
        self,
        contact: Contact,
        *,
        workers: Sequence[str],
        notes: Sequence[Note],
        steps: Sequence[Step],
        following: Contact | None,
        events: Sequence[CaseEvent],
        on: dt.date,
        remarks: Sequence[Said] = (),
    ) -> None:
        self.remarks = [(one.words, words.short_date(one.on)) for one in remarks]
        self._contact = contact
        self._following = following
        self._events = events
        self._workers = workers
        self.back = person_link(contact.person)
        self.name = contact.person.display_name
        self.tag = attendance_tag(contact)
        self.when = moment(contact)
        self.notes = [self._note(note) for note in notes]
        self.steps = [step_line(step, on) for step in steps]

    @cached_property
    def heading(self) -> str:
        if self.is_booked:
            return gettext("Meeting with %(name)s") % {"name": self.name}
        return gettext("Contact with %(name)s") % {"name": self.name}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        contact = self._contact
        rows = [
            words.summary_row(gettext("When"), self.when),
            words.summary_row(
                gettext("Who will be there") if self.is_booked else gettext("Who was there"),
                ", ".join(self._workers) or ContactLine(contact).workers,
            ),
            words.summary_row(gettext("How"), how(contact)),
        ]
        if contact.who_else:
            label = (
                gettext("Who else will be there")
                if self.is_booked
                else gettext("Who else was there")
            )
            rows.insert(2, words.summary_row(label, contact.who_else))
        if contact.team:
            rows.append(words.summary_row(gettext("Team"), contact.team.name))
        if contact.person.interpreter and self.is_booked:
            booked = gettext("Booked") if contact.interpreter_booked else gettext("Not booked yet")
            rows.append(words.summary_row(gettext("Interpreter"), booked))
        if contact.barrier:
            said = contact.get_barrier_display()
            if contact.barrier_words:
                said = f"{said}: “{contact.barrier_words}”"
            rows.append(words.summary_row(gettext("What got in the way"), said))
        if contact.group_id:
            rows.append(
                words.summary_row(
                    gettext("Group"),
                    gettext("Everybody in this group"),
                    href=reverse("diary:group_entry", args=[contact.group_id]),
                )
            )
        return rows

    @property
    def is_booked(self) -> bool:
        return self._contact.attendance == Attendance.BOOKED

    @cached_property
    def actions(self) -> list[Link]:
        """What can be done with it now; the first is the usual one."""
        pk = [self._contact.pk]
        if self.is_booked:
            return [
                Link(gettext("Record how it went"), reverse("diary:outcome", args=pk)),
                Link(gettext("Change the booking"), reverse("diary:change", args=pk)),
                Link(gettext("Cancel it"), reverse("diary:cancel", args=pk)),
            ]
        links = [Link(gettext("Correct this entry"), reverse("diary:correct", args=pk))]
        if self._contact.attendance != Attendance.UNKNOWN:
            links.append(
                Link(gettext("It was entered in error"), reverse("diary:mistake", args=pk))
            )
        return links

    @cached_property
    def next_contact(self) -> str:
        if self._following is None and self.is_booked:
            return gettext("No other meeting is booked.")
        if self._following is None:
            return gettext("No meeting is booked.")
        return f"{moment(self._following)}, {who(self._following)}"

    @property
    def next_href(self) -> str:
        if self._following is None:
            return ""
        return reverse("diary:contact", args=[self._following.pk])

    @property
    def book_href(self) -> str:
        return reverse("diary:book", args=[self._contact.person_id])

    @cached_property
    def entries(self) -> list[words.TimelineEntry]:
        """Who wrote what about this contact, and when."""
        titles = {
            "contact.booked": gettext("Booked"),
            "contact.moved": gettext("Booking changed"),
            "contact.corrected": gettext("Corrected"),
            "contact.entered_in_error": gettext("Marked as entered in error"),
        }
        return [
            words.TimelineEntry(
                title=titles.get(event.kind, gettext("Recorded")),
                when=f"{words.short_date(event.created_at)}, {words.clock(event.created_at)}",
                by=event.by.name if event.by else "",
                text=str(event.data.get("reason", "")),
            )
            for event in self._events
        ]

    @staticmethod
    def _note(note: Note) -> NoteCard:
        tag = (
            words.tag(gettext("Shared with the person"), "green")
            if note.shared
            else words.tag(gettext("Not shared"), "grey")
        )
        by = gettext("%(name)s, %(day)s") % {
            "name": note.author.name,
            "day": words.short_date(note.created_at),
        }
        return NoteCard(by, note.words, tag, note.not_shared_reason, note.third_party_words)


# The diary ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DiaryLine:
    """One contact in a diary."""

    name: str
    person_href: str
    time: str
    detail: str
    tag: dict[str, str] | None
    cover: str
    href: str
    record_href: str
    label: str  # tells its links from those of the other lines


@dataclass(frozen=True)
class DiaryDay:
    """One day of a diary."""

    heading: str
    lines: tuple[DiaryLine, ...]


def diary_line(
    contact: Contact,
    today: dt.date,
    *,
    cover: str = "",
    came_from: str = "",
    with_worker: bool = False,
) -> DiaryLine:
    """What is still to come is changed or cancelled on its own page, and not recorded yet."""
    booked = contact.attendance == Attendance.BOOKED
    name = contact.person.display_name
    time = words.clock(contact.time) if contact.time else gettext("any time")
    parts = [who(contact)] if with_worker else [who_else(contact)]
    if with_worker and contact.team:
        parts.append(contact.team.name)
    parts.append(how(contact))
    over = booked and contact.date <= today
    record = reverse("diary:outcome", args=[contact.pk]) if over else ""
    return DiaryLine(
        name=name,
        person_href=reverse("people:detail", args=[contact.person_id]),
        time=time,
        detail=", ".join(part for part in parts if part),
        tag=None if booked else attendance_tag(contact),
        cover=cover,
        href=reverse("diary:contact", args=[contact.pk]),
        record_href=words.query_string(record, next=came_from) if record else "",
        label=f"{name}, {words.short_date(contact.date)}, {time}",
    )


def _days(
    contacts: Iterable[Contact], today: dt.date, covers: dict[UUID, str], **options: Any
) -> list[DiaryDay]:
    return [
        DiaryDay(
            _day_heading(day, today),
            tuple(
                diary_line(one, today, cover=covers.get(one.pk, ""), **options)
                for one in of_the_day
            ),
        )
        for day, of_the_day in groupby(contacts, key=lambda one: one.date)
    ]


def _day_heading(day: dt.date, today: dt.date) -> str:
    if day in (today, today + dt.timedelta(days=1)):
        said = gettext("Today") if day == today else gettext("Tomorrow")
        return f"{said}, {words.long_date(day)}"
    return words.long_date(day)


class DiaryTabs:
    """Which diary is shown."""

    def __init__(self, current: str, *, records: bool, leads: bool) -> None:
        pages = [
            ("diary:mine", gettext("My diary"), records),
            ("diary:past", gettext("Past contacts"), records),
            ("diary:team", gettext("The team's diary"), leads),
        ]
        self.links = [
            Link(text, reverse(name), name == current) for name, text, may_open in pages if may_open
        ]


class MyDiary:
    """What is booked from today, what waits to be recorded, and what was promised."""

    def __init__(
        self,
        *,
        contacts: Sequence[Contact],
        covers: dict[UUID, str],
        steps: Sequence[Step],
        today: dt.date,
        tabs: DiaryTabs,
        is_worker: bool,
        covering: Sequence[str],
    ) -> None:
        here = reverse("diary:mine")
        self.tabs = tabs.links
        self.is_worker = is_worker
        self.covering = covering
        past = [one for one in contacts if one.date < today]
        self.waiting = _days(past, today, covers, came_from=here)
        coming = [one for one in contacts if one.date >= today]
        self.days = _days(coming, today, covers, came_from=here)
        if not coming or coming[0].date != today:
            self.days.insert(0, DiaryDay(_day_heading(today, today), ()))
        self.steps = [step_line(step, today, with_name=True) for step in steps]
        self.record_href = reverse("people:list")
        self.group_href = reverse("diary:group")


class ListedDiary:
    """A long diary, page by page."""

    def __init__(
        self,
        page: Page[Contact],
        *,
        path: str,
        today: dt.date,
        tabs: DiaryTabs,
        heading: str,
        nothing: str,
        with_worker: bool,
        forwards: bool,
    ) -> None:
        self.tabs = tabs.links
        self.heading = heading
        self.nothing = nothing
        self.days = _days(page.rows, today, {}, came_from=path, with_worker=with_worker)
        before = words.query_string(path, before=page.before) if page.before else ""
        after = words.query_string(path, after=page.after) if page.after else ""
        self.links = words.PageLinks(
            newer=before,
            older=after,
            **(
                {"newer_text": gettext("Earlier"), "older_text": gettext("Later")}
                if forwards
                else {}
            ),
        )


class GroupEntry:
    """How one meeting with several people was recorded: a line for each."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        first = contacts[0]
        self.when = moment(first)
        self.how = how(first)
        self.who = who(first)
        self.lines = [
            (
                Link(one.person.display_name, reverse("diary:contact", args=[one.pk])),
                attendance_tag(one),
            )
            for one in contacts
        ]
        self.diary_href = reverse("diary:mine")
