"""Meetings, calls and messages are booked, recorded and put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Contact, Note, Person
from casework.cases.services.contact_rows import (
    CANCELLED,
    RECENT_DAYS,
    ChangedMeanwhile,
    change,
    locked,
    may_be_recorded,
    moment,
    reasons_of,
    tell,
    write,
)
from casework.cases.services.records import save
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker

__all__ = [
    "CANCELLED",
    "RECENT_DAYS",
    "ChangedMeanwhile",
    "book_contact",
    "cancel_booking",
    "correct_contact",
    "finish_booking",
    "mark_mistaken",
    "move_booking",
    "record_contact",
]


@transaction.atomic
def book_contact(
    *,
    person: Person,
    workers: Sequence[Worker],
    date: dt.date,
    by: User | None,
    time: dt.time | None = None,
    team: Team | None = None,
    **details: Any,
) -> Contact:
    """Agree a meeting, call or message for today or a later day.

    Precondition: at least one worker, all of whom still work here; the person is alive.
    Promise: as for `record_contact`; the workers may prepare from today on.
    """
    if date < timezone.localdate():
        raise Refusal(_("This day is over. Record the contact instead of booking it."))
    return write(
        person=person,
        workers=workers,
        date=date,
        time=time,
        team=team,
        by=by,
        attendance=Contact.Attendance.BOOKED,
        **details,
    )


@transaction.atomic
def record_contact(
    *,
    person: Person,
    workers: Sequence[Worker],
    date: dt.date,
    by: User | None,
    attendance: str = Contact.Attendance.ATTENDED,
    time: dt.time | None = None,
    team: Team | None = None,
    **details: Any,
) -> Contact:
    """Write down a contact that took place, was missed or was cancelled.

    Precondition: at least one worker, all of whom still work here; what took place is not in the
    future; the person was alive on the day. The first worker named is the one it counts for.
    Promise: the contact with its workers, a case event, a reason for each worker to open the
    record until four weeks after, and everything that other apps do at a contact
    (`contact_hooks`), or nothing at all.
    """
    may_be_recorded(attendance, date)
    return write(
        person=person,
        workers=workers,
        date=date,
        time=time,
        team=team,
        by=by,
        attendance=attendance,
        **details,
    )


@transaction.atomic
def finish_booking(
    *,
    contact: Contact,
    by: User | None,
    attendance: str,
    version: int | None = None,
    workers: Sequence[Worker] = (),
    date: dt.date | None = None,
    time: dt.time | None = None,
    **details: Any,
) -> Contact:
    """Write down how a booked contact went.

    Precondition: nobody has recorded it yet, and it is as it was when `version` was read; as for
    `record_contact` otherwise. Workers, day and time are those of the booking if not said.
    Promise: the same contact, no longer booked, and all that `record_contact` leaves behind.
    """
    contact = locked(contact, version)
    if contact.attendance != Contact.Attendance.BOOKED:
        raise ChangedMeanwhile(_("Somebody has already recorded this contact."))
    date = date or contact.date
    may_be_recorded(attendance, date)
    change(
        contact,
        by=by,
        workers=workers,
        attendance=attendance,
        date=date,
        time=time or contact.time,
        cancelled_on=timezone.localdate() if attendance in CANCELLED else None,
        recorded_by=by,
        **details,
    )
    tell(contact, by=by)
    return contact


@transaction.atomic
def move_booking(
    *,
    contact: Contact,
    by: User | None,
    date: dt.date,
    time: dt.time | None = None,
    version: int | None = None,
    workers: Sequence[Worker] = (),
    **details: Any,
) -> Contact:
    """Agree another day, time, place or worker for a booked contact.

    Precondition: it is still booked, as it was when `version` was read, and the day is not over.
    Promise: the same contact, and an event that says from when to when.
    """
    contact = locked(contact, version)
    if contact.attendance != Contact.Attendance.BOOKED:
        raise ChangedMeanwhile(_("This contact is no longer booked."))
    if date < timezone.localdate():
        raise Refusal(_("This day is over. Record the contact instead of booking it."))
    before = moment(contact)
    change(contact, by=by, workers=workers, date=date, time=time, **details)
    tell(contact, by=by, kind="contact.moved", hooks=False, data={"from": before})
    return contact


@transaction.atomic
def cancel_booking(
    *, contact: Contact, by: User | None, attendance: str, version: int | None = None
) -> Contact:
    """A booked contact will not take place; `attendance` says who cancelled it.

    Precondition: it is still booked, as it was when `version` was read.
    """
    if attendance not in CANCELLED:
        raise Refusal(_("Select who cancelled it."))
    return finish_booking(contact=contact, by=by, attendance=attendance, version=version)


@transaction.atomic
def correct_contact(
    *,
    contact: Contact,
    by: User | None,
    reason: str,
    version: int | None = None,
    workers: Sequence[Worker] = (),
    **changes: Any,
) -> Contact:
    """Put right what was written down about a contact.

    Precondition: it is no longer booked; it is as it was when `version` was read; a reason.
    Promise: what it said before stays in the history with the reason; an event says what changed.
    A contact that turns out to have taken place does all that one recorded at once does.
    """
    if not reason.strip():
        raise Refusal(_("Say why it is corrected."))
    contact = locked(contact, version)
    if contact.attendance == Contact.Attendance.BOOKED:
        raise Refusal(_("This contact is still booked. Change the booking instead."))
    had_taken_place = contact.attended
    may_be_recorded(
        changes.get("attendance", contact.attendance), changes.get("date", contact.date)
    )
    changed = change(contact, by=by, workers=workers, reason=reason, **changes)
    tell(
        contact,
        by=by,
        kind="contact.corrected",
        hooks=contact.attended and not had_taken_place,
        data={"changed": changed, "reason": reason.strip()},
    )
    return contact


@transaction.atomic
def mark_mistaken(
    *, contact: Contact, by: User | None, reason: str, version: int | None = None
) -> Contact:
    """A contact was entered in error: another person, twice, or it never was.

    Precondition: it is as it was when `version` was read; a reason.
    Promise: it counts for nothing from now on and nothing of it is gone. Its notes are no longer
    shared with the person, and it is no reason to open the record any more.
    """
    if not reason.strip():
        raise Refusal(_("Say why it was entered in error."))
    contact = locked(contact, version)
    if contact.attendance == Contact.Attendance.UNKNOWN and contact.recorded_by_id is not None:
        raise ChangedMeanwhile(_("This contact is already marked as entered in error."))
    change(
        contact,
        by=by,
        reason=reason,
        attendance=Contact.Attendance.UNKNOWN,
        recorded_by=contact.recorded_by or by,
    )
    for note in Note.objects.select_for_update(of=("self",)).filter(contact=contact, shared=True):
        note.shared = False
        note.not_shared_reason = _("Entered in error")
        note.version += 1
        save(note, by=by, reason=reason.strip()[:100])
    today = timezone.localdate()
    for live in reasons_of(contact).values():
        if live.end is None or live.end > today:
            live.end = max(today, live.start)
            live.save()
    tell(
        contact,
        by=by,
        kind="contact.entered_in_error",
        hooks=False,
        data={"reason": reason.strip()},
    )
    return contact
