"""What people's own pages say, in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts.roles import ROLES
from casework.cases.models import AccessEntry, Allocation, Contact, LiveReason
from casework.common.presenters import PageLinks, clock, long_date, query_string, short_date, tag
from casework.portal import services
from casework.portal.models import CarerAccess, ChangeRequest

OWN_COPY = "own_copy"  # why an entry of the access log was made: they took their own copy
CARER_PAGES = ("portal:carer_", "my_plan:carer_")  # names of addresses that a carer opens


def does(role: str) -> str:
    """What somebody in a role does, for the person."""
    return {
        Allocation.Role.KEY_WORKER: _(
            "Knows your plan, keeps things together and is your first person to ask."
        ),
        Allocation.Role.DEPUTY: _("Is there for you when your key worker is not."),
        Allocation.Role.THERAPIST: _("Meets you for therapy."),
        Allocation.Role.PEER: _("Has been through hard times too, and walks beside you."),
        Allocation.Role.DOCTOR: _("Talks with you about health and medicine."),
        Allocation.Role.SUPPORT: _("Helps with things of daily life."),
    }.get(Allocation.Role(role), _("Works with you."))


def how(contact: Contact) -> str:
    """How a meeting takes place."""
    return {
        Contact.Medium.FACE_TO_FACE: _("Face to face"),
        Contact.Medium.TELEPHONE: _("On the telephone"),
        Contact.Medium.VIDEO: _("By video"),
        Contact.Medium.TEXT: _("By text message"),
        Contact.Medium.EMAIL: _("By email"),
    }.get(contact.medium, "")  # type: ignore[call-overload]


def with_whom(contact: Contact) -> str:
    """Who one meets, by name where it is known."""
    if contact.worker is not None:
        return contact.worker.name
    return contact.team.name if contact.team is not None else _("Not known yet")


def when(contact: Contact) -> str:
    """The day and the time of a meeting."""
    day = long_date(contact.date)
    if contact.time is None:
        return day
    return _("%(day)s at %(time)s") % {"day": day, "time": clock(contact.time)}


def happened(contact: Contact, today: dt.date) -> dict[str, str]:
    """What became of a meeting; that it did not take place blames nobody."""
    code = contact.attendance
    if code == Contact.Attendance.BOOKED and contact.date >= today:
        return tag(_("Booked"), "blue")
    if contact.attended:
        return tag(_("You met"), "green")
    if code == Contact.Attendance.CANCELLED_BY_PERSON:
        return tag(_("You called it off"), "grey")
    if code == Contact.Attendance.CANCELLED_BY_SERVICE:
        return tag(_("We called it off"), "yellow")
    if code in (Contact.Attendance.MISSED, Contact.Attendance.TOO_LATE):
        return tag(_("You did not get to meet"), "grey")
    return tag(_("Not written down yet"), "grey")


class ContactLine:
    """One meeting or call: what was shared about it, and what the person said to it."""

    def __init__(self, contact: Contact, *, notes: bool = True) -> None:
        self._contact, self._notes = contact, notes

    @property
    def title(self) -> str:
        return when(self._contact)

    @property
    def details(self) -> str:
        way = how(self._contact)
        parts = [with_whom(self._contact), way[:1].lower() + way[1:], self._contact.place]
        text = ", ".join(part for part in parts if part)
        return text[:1].upper() + text[1:]

    @property
    def tag(self) -> dict[str, str]:
        return happened(self._contact, timezone.localdate())

    @property
    def notes(self) -> list[str]:
        """The shared notes, without what somebody else said or what is about somebody else."""
        if not self._notes:
            return []
        return [note.words for note in services.shared_notes(self._contact)]

    @property
    def has_kept_back(self) -> str:
        """That there is more, said openly."""
        if self._notes and any(not note.shared for note in self._contact.notes.all()):
            return _("There is a note that is not shared with you. You can ask why.")
        return ""

    @property
    def remarks(self) -> list[tuple[str, str]]:
        found = []
        for one in self._contact.remarks.all():
            day = short_date(one.on)
            if one.written_with is not None:
                day = _("%(day)s, written by %(worker)s with you") % {
                    "day": day,
                    "worker": one.written_with.name,
                }
            found.append((one.words, day))
        return found

    @property
    def remark_href(self) -> str:
        return reverse("portal:remark", args=[self._contact.pk])


def pages_of(path: str, page: Any, **filters: str) -> PageLinks:
    """Links to what is newer and older."""
    return PageLinks(
        newer=query_string(path, before=page.before, **filters) if page.before else "",
        older=query_string(path, after=page.after, **filters) if page.after else "",
    )


class RequestLine:
    """Something that the person asked for, and where it stands."""

    def __init__(self, row: ChangeRequest) -> None:
        self._row = row

    @property
    def title(self) -> str:
        return self._row.get_about_display()

    @property
    def subject(self) -> str:
        return self._row.subject

    @property
    def words(self) -> str:
        return self._row.words

    @property
    def written(self) -> str:
        """Who wrote it with the person, where somebody did."""
        helper = self._row.written_with
        return _("Written by %(worker)s with you") % {"worker": helper.name} if helper else ""

    @property
    def say_more_href(self) -> str:
        if self._row.about != ChangeRequest.About.TURNED_AWAY or not self._row.waits:
            return ""
        return reverse("portal:say_more", args=[self._row.pk])

    @property
    def asked(self) -> str:
        return _("You asked on %(day)s") % {"day": short_date(self._row.asked_on)}

    @property
    def stands(self) -> str:
        row = self._row
        if row.withdrawn_on is not None:
            return _("You took it back on %(day)s.") % {"day": short_date(row.withdrawn_on)}
        if row.answered_on is not None:
            return _("%(name)s answered on %(day)s.") % {
                "name": row.answered_by.name if row.answered_by else _("Your team"),
                "day": short_date(row.answered_on),
            }
        if row.answer_by < timezone.localdate():
            return _(
                "You should have had an answer by %(day)s. We are late. That is not your fault."
            ) % {"day": short_date(row.answer_by)}
        return _("Your team owes you an answer by %(day)s.") % {"day": short_date(row.answer_by)}

    @property
    def answer(self) -> str:
        return self._row.answer

    @property
    def take_back_href(self) -> str:
        return reverse("portal:take_back", args=[self._row.pk]) if self._row.waits else ""


class CarerLine:
    """Somebody whom the person let in."""

    def __init__(self, row: CarerAccess, sees: list[str], today: dt.date) -> None:
        self._row, self.sees, self._today = row, sees, today

    @property
    def name(self) -> str:
        return self._row.name

    @property
    def relation(self) -> str:
        return self._row.relation

    @property
    def stands(self) -> str:
        row = self._row
        if row.end < self._today:
            return _("It ended on %(day)s. They see nothing.") % {"day": short_date(row.end)}
        if row.used_at is None:
            if row.expires_at < timezone.now():
                return _("They did not use their code in time, and see nothing.")
            return _("They have not used their code yet.")
        return _("Until %(day)s.") % {"day": short_date(row.end)}

    @property
    def change_href(self) -> str:
        return reverse("portal:carer_change", args=[self._row.pk])

    @property
    def take_away_href(self) -> str:
        return reverse("portal:carer_take_away", args=[self._row.pk])


@dataclass(frozen=True)
class LookLine:
    """Who did what with the record, and when."""

    when: str
    words: str


def look_line(entry: AccessEntry) -> LookLine:
    """One look at the record, in plain words."""
    who = entry.user.name if entry.user is not None else _("Somebody")
    day = timezone.localtime(entry.created_at)
    moment = _("%(day)s at %(time)s") % {"day": short_date(day), "time": clock(day)}
    if entry.page.startswith(CARER_PAGES):
        return LookLine(
            moment, _("%(who)s, whom you let in, read what you show them.") % {"who": who}
        )
    if entry.reason == OWN_COPY:
        return LookLine(moment, _("You took a copy of what you can read here."))
    role = ROLES.get(entry.role)
    parts = [str(role.name).lower() if role else "", entry.team.name if entry.team else ""]
    known = ", ".join(part for part in parts if part)
    name = f"{who} ({known})" if known else who
    words = {
        AccessEntry.Action.VIEW: _("%(who)s opened your record."),
        AccessEntry.Action.LIST: _("%(who)s saw your name in a list."),
        AccessEntry.Action.CHANGE: _("%(who)s wrote something."),
        AccessEntry.Action.EXPORT: _("%(who)s made a copy of it."),
        AccessEntry.Action.PRINT: _("%(who)s printed it."),
        AccessEntry.Action.OVERRIDE: _("%(who)s opened it for a special reason: %(why)s."),
        AccessEntry.Action.REFUSED: _("%(who)s tried to open it and could not."),
    }[AccessEntry.Action(entry.action)]
    return LookLine(
        moment,
        words % {"who": name, "why": entry.reason_words or entry.reason or _("not written down")},
    )


def look_lines(entries: Iterable[AccessEntry]) -> list[LookLine]:
    """Looks at the record, in the order in which they are given. A worker who reads opens page
    after page: what one of them did without a break on one day is one line, from when to when."""
    found = []
    said = ((entry, look_line(entry)) for entry in entries)
    for _key, group in groupby(
        said, lambda one: (one[1].words, timezone.localtime(one[0].created_at).date())
    ):
        rows = list(group)
        line = rows[0][1]
        start, end = sorted(timezone.localtime(rows[n][0].created_at) for n in (0, -1))
        if clock(start) != clock(end):
            when = _("%(day)s, from %(start)s to %(end)s") % {
                "day": short_date(start),
                "start": clock(start),
                "end": clock(end),
            }
            line = LookLine(when, line.words)
        found.append(line)
    return found


_BECAUSE: dict[str, str | Promise] = {
    LiveReason.Kind.ALLOCATION: gettext_lazy("because they work with you"),
    LiveReason.Kind.CASE_TEAM: gettext_lazy("because this team looks after your care"),
    LiveReason.Kind.REFERRAL: gettext_lazy(
        "because of a referral: they asked, or were asked to help"
    ),
    LiveReason.Kind.CONTACT: gettext_lazy("because of a meeting with you"),
    LiveReason.Kind.DUTY: gettext_lazy("because they stand in for somebody who is away"),
    LiveReason.Kind.CALL: gettext_lazy("because of a call from you or about you"),
    LiveReason.Kind.HANDOVER: gettext_lazy("because your worker is changing"),
    LiveReason.Kind.SHARING: gettext_lazy("because you chose to share with them"),
    LiveReason.Kind.OVERRIDE: gettext_lazy("for a special reason that they had to write down"),
}


@dataclass(frozen=True)
class Reader:
    """Somebody who may open the record, and every reason why, each with its end."""

    who: str
    why: list[str]


def readers_of(reasons: Iterable[LiveReason]) -> list[Reader]:
    """Who may open the record and why, by name: each reader once, with every reason; what is
    there twice for one reason ends when the last of it does."""
    found: dict[Any, tuple[str, dict[str, dt.date | None]]] = {}
    for one in reasons:
        reader = one.worker or one.team
        _name, ends = found.setdefault(one.worker_id or one.team_id, (str(reader), {}))
        ends[one.kind] = _later(ends[one.kind], one.end) if one.kind in ends else one.end
    return [
        Reader(who, [_because(kind, ends[kind]) for kind in _BECAUSE if kind in ends])
        for who, ends in sorted(found.values(), key=lambda one: one[0])
    ]


def _because(kind: str, end: dt.date | None) -> str:
    why = str(_BECAUSE[kind])
    if end is None:
        return why
    return _("%(why)s (until %(day)s)") % {"why": why, "day": short_date(end)}


def reason_lines(reasons: Iterable[LiveReason]) -> list[str]:
    """The same in one sentence for each reader."""
    return [
        _("%(who)s, %(why)s.") % {"who": one.who, "why": _(", and ").join(one.why)}
        for one in readers_of(reasons)
    ]


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    """The later of two ends; what has no end outlasts every day."""
    return None if one is None or other is None else max(one, other)


@dataclass(frozen=True)
class StepLine:
    """One second step of signing in."""

    title: str
    since: str
    remove_href: str


def step_words(step: Authenticator) -> str:
    """What a second step is called: the app, or a passkey by its own name."""
    if step.type == Authenticator.Type.TOTP:
        return _("The app that shows 6 numbers")
    return _("Passkey: %(name)s") % {"name": step.data.get("name") or _("without a name")}


def step_lines(steps: Sequence[Authenticator]) -> list[StepLine]:
    """Each second step; the only one cannot be removed."""
    return [
        StepLine(
            step_words(one),
            _("Since %(day)s") % {"day": short_date(timezone.localtime(one.created_at).date())},
            reverse("portal:remove_step", args=[one.pk]) if len(steps) > 1 else "",
        )
        for one in steps
    ]
