"""One entry: a contact with what was said, what comes next and when to meet again.

Everything of it is written in one transaction, or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Absence, Contact, Person
from casework.cases.services import contact_rows
from casework.cases.services.contacts import book_contact, finish_booking, move_booking
from casework.cases.services.notes import Words, add_note
from casework.cases.services.reminders import plan_reminder
from casework.cases.services.steps import Promise, make_step
from casework.common import dates
from casework.common.errors import Refusal
from casework.common.ids import uuid7
from casework.directory.models import Team, Worker

WITHIN = dt.timedelta(hours=1)  # two bookings that are closer than this may clash
MORNING = dt.time(8)  # a night's "next working day" may be the day that has just begun


@dataclass(frozen=True)
class NextMeeting:
    """The next meeting, agreed at the end of this one."""

    date: dt.date
    time: dt.time | None = None
    place: str = ""


@dataclass(frozen=True)
class Entry:
    """What was written down about one contact with one person."""

    attendance: str = Contact.Attendance.ATTENDED
    note: Words = field(default_factory=Words)
    steps: Sequence[Promise] = ()
    following: NextMeeting | None = None
    details: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def book(
    *,
    person: Person,
    workers: Sequence[Worker],
    date: dt.date,
    by: User | None,
    time: dt.time | None = None,
    team: Team | None = None,
    **details: Any,
) -> Contact:
    """Book a contact, and have the person reminded the day before where that is safe."""
    contact = book_contact(
        person=person, workers=workers, date=date, time=time, team=team, by=by, **details
    )
    plan_reminder(contact=contact)
    return contact


@transaction.atomic
def move(
    *,
    contact: Contact,
    by: User | None,
    date: dt.date,
    time: dt.time | None,
    version: int | None = None,
    workers: Sequence[Worker] = (),
    **details: Any,
) -> Contact:
    """Change a booking; the person is reminded of the new time."""
    moved = move_booking(
        contact=contact,
        by=by,
        date=date,
        time=time,
        version=version,
        workers=workers,
        **details,
    )
    plan_reminder(contact=moved)
    return moved


@transaction.atomic
def record(
    *,
    person: Person,
    workers: Sequence[Worker],
    date: dt.date,
    by: User,
    entry: Entry,
    time: dt.time | None = None,
    team: Team | None = None,
    booking: Contact | None = None,
    version: int | None = None,
) -> Contact:
    """Record a contact with its note, next steps and next meeting; `booking` is the one it was.

    Precondition: as for `record_contact` or `finish_booking`. A missed contact says what the
    service will do about what got in the way: no contact is missed without a step of ours.
    """
    if entry.attendance == Contact.Attendance.MISSED and not entry.steps:
        raise Refusal(_("Say what we will do about what got in the way, and by when."))
    if booking is None:
        contact_rows.may_be_recorded(entry.attendance, date)
        contact = contact_rows.write(
            person=person,
            workers=workers,
            date=date,
            time=time,
            team=team,
            by=by,
            attendance=entry.attendance,
            **entry.details,
        )
    else:
        contact = finish_booking(
            contact=booking,
            by=by,
            attendance=entry.attendance,
            version=version,
            workers=workers,
            date=date,
            time=time,
            **entry.details,
        )
    if entry.note:
        add_note(person=person, by=by, words=entry.note, contact=contact)
    for promise in entry.steps:
        make_step(person=person, by=by, promise=promise, from_contact=contact)
    if entry.following is not None:
        book(
            person=person,
            workers=workers,
            date=entry.following.date,
            time=entry.following.time,
            place=entry.following.place,
            team=contact.team,
            medium=contact.medium,
            purpose=contact.purpose,
            by=by,
        )
    return contact


@transaction.atomic
def record_group(
    *,
    entries: Sequence[tuple[Person, Entry]],
    workers: Sequence[Worker],
    date: dt.date,
    by: User,
    time: dt.time | None = None,
    team: Team | None = None,
) -> UUID:
    """Record one meeting with several people; all of them or none.

    Precondition: at least two people; as for `record` for each of them.
    Promise: a contact for each person, of which nobody else's shows, under one id that is returned.
    """
    if len({person.pk for person, _entry in entries}) < 2:
        raise Refusal(_("Choose at least two people."))
    group_id = uuid7()
    for person, entry in entries:
        details = {**entry.details, "group_id": group_id}
        record(
            person=person,
            workers=workers,
            date=date,
            time=time,
            team=team,
            by=by,
            entry=Entry(entry.attendance, entry.note, entry.steps, entry.following, details),
        )
    return group_id


def next_working_day(now: dt.datetime | None = None) -> dt.date:
    """The day on which somebody of the day's team is there next; before eight it may be today."""
    local = timezone.localtime(now)
    today = local.date()
    if local.time() < MORNING and dates.is_working_day(today):
        return today
    return dates.add_working_days(today, 1)


@dataclass(frozen=True)
class Clash:
    """Why a booking may not work: somebody has something else within the hour, or is away."""

    time: dt.time | None
    worker: Worker | None = None  # none: it is the person's own
    away: bool = False


def clashes(
    *,
    person: Person,
    workers: Sequence[Worker],
    date: dt.date,
    time: dt.time | None,
    other_than: Contact | None = None,
) -> list[Clash]:
    """What else is booked within the hour for the person or the workers, and who is away.

    A warning, never a refusal: whoever books knows more than the diary.
    """
    ids = {worker.pk: worker for worker in workers}
    found = [
        Clash(None, ids[worker_id], away=True)
        for worker_id in Absence.objects.on(date)
        .filter(worker__in=ids)
        .order_by("worker_id")
        .values_list("worker_id", flat=True)
        .distinct()
    ]
    if time is None:
        return found
    booked = Contact.objects.filter(
        attendance=Contact.Attendance.BOOKED, date=date, time__isnull=False
    ).filter(Q(person=person) | Q(worker__in=ids) | Q(activities__workers__worker__in=ids))
    if other_than is not None:
        booked = booked.exclude(pk=other_than.pk)
    rows = booked.order_by("time", "pk").values_list(
        "pk", "time", "person_id", "worker_id", "activities__workers__worker_id"
    )
    seen = set()
    for pk, at, person_id, *with_whom in rows:
        if abs(_minutes(at) - _minutes(time)) >= WITHIN.total_seconds() / 60:
            continue
        if person_id == person.pk and (pk, None) not in seen:
            seen.add((pk, None))
            found.append(Clash(at))
        for worker_id in with_whom:
            if worker_id in ids and (pk, worker_id) not in seen:
                seen.add((pk, worker_id))
                found.append(Clash(at, ids[worker_id]))
    return found


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
