"""What the pages about a person show. Pure: facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from casework.cases.about import AboutMePresenter
from casework.cases.event_kinds import EventKind, event_kinds
from casework.cases.models import (
    Allocation,
    CaseEvent,
    Contact,
    Person,
)
from casework.cases.panels import PlacedPanel
from casework.common import presenters as words
from casework.common.forms.errors import lower_first
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.directory.models import Worker

RECENT_DAYS = 90  # who was met in this time counts as being with the person
LATEST = 5  # contacts on the person's own page

_WORK = {
    "01": _("Doctor"),
    "02": _("Nurse"),
    "03": _("Psychologist"),
    "04": _("Primary mental health worker"),
    "05": _("Child psychotherapist"),
    "06": _("Counsellor"),
    "07": _("Family therapist"),
    "08": _("Occupational therapist"),
    "09": _("Social worker"),
    "10": _("Creative therapist"),
    "11": _("Therapist"),
    "12": _("Education worker"),
    "13": _("Speech and language therapist"),
}

_ATTENDANCE_COLOUR = {
    Contact.Attendance.BOOKED: "blue",
    Contact.Attendance.ATTENDED: "green",
    Contact.Attendance.LATE: "green",
    Contact.Attendance.MISSED: "orange",
    Contact.Attendance.CANCELLED_BY_PERSON: "grey",
    Contact.Attendance.CANCELLED_BY_SERVICE: "grey",
    Contact.Attendance.TOO_LATE: "orange",
}


def reading_day(person: Person, today: dt.date) -> dt.date:
    """The day as of which a record is read: today, or that of the latest extract where the
    organisation is known from extracts only."""
    source = person.provider
    if source is not None and not source.live and source.as_of is not None:
        return source.as_of
    return today


def _plain_date(day: dt.date) -> str:
    return formats.date_format(day, "j F Y")


def work_of(worker: Worker) -> str:
    """What a worker does, in plain words; nothing where nobody has said."""
    return worker.role_words or str(_WORK.get(worker.staff_group, ""))


def role_and_work(allocation: Allocation) -> str:
    """As what a worker is named, and what they do; nothing is said twice."""
    work, role = work_of(allocation.worker), str(allocation.get_role_display())
    if not work:
        return role
    if role.lower() in work.lower():
        return work
    return f"{role}, {lower_first(work)}"


@dataclass(frozen=True)
class SubPage:
    """A link to one of the pages about a person."""

    text: str
    href: str
    current: bool


class PersonHeading:
    """The top of every page about a person."""

    PAGES = (
        ("people:detail", _("Overview")),
        ("profile:edit", _("In their words")),
        ("careplans:person", _("Plan")),
        ("team_work:company", _("People around them")),
        ("people:contacts", _("Contacts")),
        ("people:timeline", _("Timeline")),
        ("people:why", _("Why can I see this?")),
    )

    def __init__(self, person: Person, *, today: dt.date, page: str) -> None:
        self._person = person
        self._page = page
        self.on = reading_day(person, today)

    @property
    def name(self) -> str:
        return self._person.display_name

    @property
    def pronouns(self) -> str:
        return self._person.pronouns

    @property
    def full_name(self) -> str:
        """The name on paper, where it is not the name to use."""
        return self._person.name if self._person.name != self.name else ""

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """What identifies the person: labels and values; nothing for what is not known."""
        person = self._person
        rows = []
        if self.full_name:
            rows.append((gettext("Full name"), self.full_name))
        if person.birth_date:
            rows.append((gettext("Date of birth"), self._birth(person.birth_date)))
        if person.nhs_number:
            rows.append((gettext("NHS number"), person.nhs_number_display))
        if person.local_id:
            rows.append((gettext("Local id"), person.local_id))
        return rows

    def _birth(self, day: dt.date) -> str:
        person = self._person
        born = words.short_date(day)
        if person.death_date:
            return gettext("%(born)s, died %(died)s") % {
                "born": born,
                "died": words.short_date(person.death_date),
            }
        return gettext("%(born)s (age %(age)d)") % {"born": born, "age": person.age_on(self.on)}

    @cached_property
    def number_warning(self) -> str:
        if not self._person.nhs_number_shared:
            return ""
        return gettext(
            "Another record has the same NHS number. Do not rely on it until somebody has checked."
        )

    @cached_property
    def as_of(self) -> str:
        """Where the record comes from, when that is an extract and not daily work."""
        source = self._person.provider
        if source is None or source.live or source.as_of is None:
            return ""
        return gettext("As of %(date)s, from the extract of %(organisation)s.") % {
            "date": _plain_date(source.as_of),
            "organisation": source.name,
        }

    @cached_property
    def pages(self) -> list[SubPage]:
        return [
            SubPage(str(text), reverse(name, args=[self._person.pk]), name == self._page)
            for name, text in self.PAGES
        ]


@dataclass(frozen=True)
class WithLine:
    """One worker who is with the person."""

    name: str
    role: str
    since: str
    team: str = ""


class WithPresenter:
    """Who is with the person and since when: named workers first, then who met them lately."""

    def __init__(
        self, allocations: Iterable[Allocation], contacts: Iterable[Contact], on: dt.date
    ) -> None:
        self._allocations = list(allocations)
        self._contacts = [
            one for one in contacts if one.attended and one.worker_id and one.date <= on
        ]
        self._on = on

    @cached_property
    def named(self) -> list[WithLine]:
        return [
            WithLine(
                one.worker.name,
                role_and_work(one),
                words.since_words(one.start, self._on),
                one.team.name if one.team else "",
            )
            for one in self._allocations
        ]

    @cached_property
    def recent(self) -> list[WithLine]:
        """Workers who are not named but met the person in the last 90 days, latest first."""
        named = {one.worker_id for one in self._allocations}
        first_day = self._on - dt.timedelta(days=RECENT_DAYS - 1)
        lines: dict[UUID, WithLine] = {}
        for one in self._contacts:
            if one.date < first_day or one.worker_id in named or one.worker_id in lines:
                continue
            lines[one.worker_id] = WithLine(
                one.worker.name,
                work_of(one.worker),
                gettext("last contact %(date)s") % {"date": words.short_date(one.date)},
                one.team.name if one.team else "",
            )
        return list(lines.values())

    @cached_property
    def has_key_worker(self) -> bool:
        return any(one.role == Allocation.Role.KEY_WORKER for one in self._allocations)


CONTACT_LINE = (
    *("person", "date", "time", "minutes", "attendance", "medium", "purpose", "recorded_by"),
    *("worker_count", "who_else", "worker__name", "worker__role_words", "worker__staff_group"),
    "team__name",
)
"""Columns that a line about a contact shows: a page of forty reads no others."""


def attendance_tag(contact: Contact) -> dict[str, str]:
    """What happened; an entry that was made in error says so, and so does a meeting that is over
    and of which nobody has written down how it went."""
    code = contact.attendance
    if code == Contact.Attendance.UNKNOWN and contact.recorded_by_id is not None:
        return words.tag(gettext("Entered in error"), "grey")
    if code == Contact.Attendance.BOOKED and contact.date < timezone.localdate():
        return words.tag(gettext("Not recorded yet"), "yellow")
    if code not in Contact.Attendance.values:
        code = Contact.Attendance.UNKNOWN
    label = str(Contact.Attendance(code).label)
    return words.tag(label, _ATTENDANCE_COLOUR.get(code, "grey"))


class ContactLine:
    """One contact in a list; `linked` for those who may open a contact's own page."""

    def __init__(self, contact: Contact, *, linked: bool = False) -> None:
        self._contact = contact
        self._linked = linked

    @cached_property
    def date(self) -> str:
        return words.short_date(self._contact.date)

    @cached_property
    def iso_date(self) -> str:
        return self._contact.date.isoformat()

    @cached_property
    def time(self) -> str:
        return words.clock(self._contact.time) if self._contact.time else ""

    @cached_property
    def who(self) -> str:
        """The workers, and whoever else was there."""
        if not self._contact.who_else:
            return self.workers
        return gettext("%(workers)s, with %(who)s") % {
            "workers": self.workers,
            "who": self._contact.who_else,
        }

    @cached_property
    def workers(self) -> str:
        contact = self._contact
        if contact.worker is None:
            return gettext("Nobody recorded")
        others = contact.worker_count - 1
        if others < 1:
            return contact.worker.name
        return ngettext("%(name)s and %(n)d other", "%(name)s and %(n)d others", others) % {
            "name": contact.worker.name,
            "n": others,
        }

    @cached_property
    def team(self) -> str:
        return self._contact.team.name if self._contact.team else ""

    @cached_property
    def how(self) -> str:
        """Medium, purpose and length, as far as they are recorded."""
        contact = self._contact
        parts = []
        if contact.medium in Contact.Medium.values and contact.medium:
            parts.append(str(Contact.Medium(contact.medium).label))
        if contact.purpose:
            parts.append(str(Contact.Purpose(contact.purpose).label))
        if contact.minutes and contact.attended:
            parts.append(gettext("%(n)d\u00a0minutes") % {"n": contact.minutes})
        return ", ".join(parts)

    @property
    def href(self) -> str:
        return reverse("diary:contact", args=[self._contact.pk]) if self._linked else ""

    @cached_property
    def tag(self) -> dict[str, str]:
        return attendance_tag(self._contact)


def _actions(person: Person) -> list[SubPage]:
    """What a worker does most often from here."""
    return [
        SubPage(gettext("Record a contact"), reverse("diary:record", args=[person.pk]), False),
        SubPage(gettext("Book a meeting"), reverse("diary:book", args=[person.pk]), False),
        SubPage(gettext("Crisis visit"), reverse("diary:crisis", args=[person.pk]), False),
        SubPage(gettext("Meet them first"), reverse("profile:meet", args=[person.pk]), False),
    ]


CONTACTS = 50  # panels of a higher order stand below the contacts
NOW = 20  # panels of a lower order are about what is going on now


class PersonPresenter:
    """The person's own page: their words first, then who is with them and when they meet, the
    plan, the referrals, the contacts, how steady it is, and what happened."""

    def __init__(
        self,
        person: Person,
        *,
        heading: PersonHeading,
        about: AboutMePresenter,
        allocations: Sequence[Allocation],
        contacts: Sequence[Contact],
        panels: Sequence[PlacedPanel],
        may_record: bool,
    ) -> None:
        on = heading.on
        self.heading = heading
        self.actions = _actions(person) if may_record else []
        self.about = about
        self.company = WithPresenter(allocations, contacts, on)
        self.now_panels = [one for one in panels if one.order < NOW]
        middle = [one for one in panels if NOW <= one.order < CONTACTS]
        self.plan_panels = [one for one in middle if not one.aside]
        self.aside_panels = [one for one in middle if one.aside]
        self.last_panels = [one for one in panels if one.order >= CONTACTS]
        self.words_href = reverse("profile:edit", args=[person.pk])
        self.contacts_href = reverse("people:contacts", args=[person.pk])
        self.kinds = kind_links(reverse("people:timeline", args=[person.pk]))
        self._contacts = contacts
        self._linked = may_record
        self._on = on

    @cached_property
    def latest(self) -> list[ContactLine]:
        """The last contacts that were due, whether they took place or not."""
        past = [one for one in self._contacts if one.date <= self._on]
        return [ContactLine(one, linked=self._linked) for one in past[:LATEST]]

    @cached_property
    def next_contact(self) -> ContactLine | None:
        booked = [
            one
            for one in self._contacts
            if one.date >= self._on and one.attendance == Contact.Attendance.BOOKED
        ]
        return ContactLine(booked[-1], linked=self._linked) if booked else None


class ContactsPresenter:
    """All contacts of a person, latest first."""

    def __init__(
        self, person: Person, *, heading: PersonHeading, page: Page[Contact], linked: bool
    ) -> None:
        self.heading = heading
        self.lines = [ContactLine(one, linked=linked) for one in page.rows]
        self.links = _page_links(reverse("people:contacts", args=[person.pk]), page)


def _page_links(path: str, page: Page[Any], **filters: str) -> words.PageLinks:
    return words.PageLinks(
        newer=words.query_string(path, before=page.before, **filters) if page.before else "",
        older=words.query_string(path, after=page.after, **filters) if page.after else "",
    )


@dataclass(frozen=True)
class FilterLink:
    """One choice of what the timeline shows."""

    text: str
    href: str
    current: bool


def kind_links(path: str, kind: str | None = None) -> list[FilterLink]:
    """What a timeline can show: everything, or what is of one kind; `kind` is shown now."""
    return [
        FilterLink(pgettext("all kinds", "Everything"), path, kind == ""),
        *(
            FilterLink(str(noun.name), words.query_string(path, kind=code), kind == code)
            for code, noun in event_kinds.items()
            if noun.in_filters
        ),
    ]


class TimelinePresenter:
    """What happened, latest first, by kind; `promised` are the words of the steps among it."""

    def __init__(
        self,
        person: Person,
        *,
        heading: PersonHeading,
        page: Page[CaseEvent],
        kind: str,
        promised: Mapping[UUID, str],
        may_record: bool,
    ) -> None:
        self._promised = promised
        self._may_record = may_record
        self._path = reverse("people:timeline", args=[person.pk])
        self._kind = kind
        self.heading = heading
        self.entries = [self._entry(one) for one in page.rows]
        self.links = _page_links(self._path, page, kind=kind)

    @cached_property
    def filters(self) -> list[FilterLink]:
        return kind_links(self._path, self._kind)

    def _entry(self, event: CaseEvent) -> words.TimelineEntry:
        code, _dot, verb = event.kind.partition(".")
        kind = event_kinds[code].kinds.get(verb) if code in event_kinds else None
        who = [
            part
            for part in (
                event.worker.name if event.worker else "",
                event.team.name if event.team else "",
            )
            if part
        ]
        when = words.long_date(event.on)
        if event.time:
            when = f"{when}, {words.clock(event.time)}"
        return words.TimelineEntry(
            title=str(kind.title) if kind else event.kind.replace(".", ": ").replace("_", " "),
            when=when,
            by=", ".join(who),
            text=self._text(event, kind),
            datetime=event.on.isoformat(),
            href=self._href(event),
        )

    def _text(self, event: CaseEvent, kind: EventKind | None) -> str:
        if event.kind.startswith("step.") and event.about in self._promised:
            return self._promised[event.about]
        return kind.words(event.data) if kind else ""

    def _href(self, event: CaseEvent) -> str:
        """The contact that it is about, for those who may open one."""
        if not self._may_record or event.about is None or not event.kind.startswith("contact."):
            return ""
        return reverse("diary:contact", args=[event.about])


@dataclass(slots=True)
class PersonLine:
    """One person in a list."""

    name: str
    href: str
    born: str
    ident: str
    key_worker: str
    team: str


class PeoplePresenter:
    """The people whose record this user may open."""

    def __init__(
        self,
        page: Page[Person],
        *,
        searched: str = "",
        found: bool = False,
        may_add: bool = False,
        may_edit: bool = False,
        may_override: bool = False,
        tabs: Sequence[Link] = (),
    ) -> None:
        path = reverse("people:list")
        self.override_href = reverse("access:override") if may_override else ""
        self.tabs = tabs
        self.add_href = reverse("profile:add") if may_add else ""
        self.twice_href = reverse("profile:suspects") if may_edit else ""
        keep = {"found": "1"} if found else {}
        self.searched = searched
        self.found = found
        nobody = UUID(int=0)  # the address is worked out once and not for every line
        address = reverse("people:detail", args=[nobody])
        self.lines = [
            self._line(person, address.replace(str(nobody), str(person.pk))) for person in page.rows
        ]
        self.all_href = path
        self.links = words.PageLinks(
            newer=words.query_string(path, before=page.before, **keep) if page.before else "",
            older=words.query_string(path, after=page.after, **keep) if page.after else "",
            newer_text=gettext("Previous page"),
            older_text=gettext("Next page"),
        )

    @cached_property
    def summary(self) -> str:
        """What the list holds, in one line."""
        if not self.found:
            return ""
        if not self.lines:
            return gettext(
                "Nobody whose record you may open matches “%(words)s”."
                " Check the spelling, or search by NHS number or date of birth."
            ) % {"words": self.searched}
        return gettext("People who match “%(words)s”.") % {"words": self.searched}

    @staticmethod
    def _line(person: Any, href: str) -> PersonLine:
        return PersonLine(
            name=person.display_name,
            href=href,
            born=words.short_date(person.birth_date) if person.birth_date else "",
            ident=person.nhs_number_display
            or (gettext("Local id %(id)s") % {"id": person.local_id} if person.local_id else ""),
            key_worker=person.key_worker_name or "",
            team=person.team_name or "",
        )
