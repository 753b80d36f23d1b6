"""What is due around the people somebody works with: promises, check-ins, notes, handovers,
reminders that nothing sends by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.models import (
    CheckIn,
    Contact,
    ContactPreference,
    Note,
    Person,
    Step,
    WorkerHandover,
)
from casework.common import dates
from casework.worklist.sections import (
    MOST,
    Due,
    Waiting,
    WorklistLines,
    WorklistSection,
    worklist_sections,
)

NOTE_FOR = dt.timedelta(days=4)  # how long a contact without a note is asked about
MOST_NOTES = 5  # a note is no duty: a few lines remind, a long list only accuses


_NONE = Value("", output_field=TextField())  # the line says all of it


def _works(user: Any) -> bool:
    return user.worker_id is not None and accounts.may(user, Permission.RECORD_CONTACTS)


def _promises(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """What the user promised to do."""
    if not _works(user):
        return None
    return (
        Step.objects.visible_to(user)
        .filter(worker=user.worker_id, done_on__isnull=True, due_on__lte=until)
        .annotate(line_words=F("words"), line_day=F("due_on"))
        .order_by("due_on", "pk")
    )


def _promise(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=line.words,
        kind=_("Promise"),
        due_on=line.day,
        href=f"{reverse('diary:step', args=[line.key])}?next=/",
        action=_("Mark as done"),
        person_id=line.person_id,
        person=line.person,
    )


def _check_ins(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """Whom the user agreed to be in touch with."""
    if not _works(user):
        return None
    return (
        CheckIn.objects.visible_to(user)
        .filter(worker=user.worker_id, ended_on__isnull=True, next_on__lte=until)
        .annotate(line_words=F("medium"), line_day=F("next_on"))
        .order_by("next_on", "pk")
    )


def _check_in(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_("%(how)s, as agreed") % {"how": Contact.Medium(line.words).label},
        kind=_("Check-in"),
        due_on=line.day,
        href=f"{reverse('diary:record', args=[line.person_id])}?next=/",
        action=_("Record it"),
        person_id=line.person_id,
        person=line.person,
    )


def _notes(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """Contacts that the user recorded in the last days and wrote nothing about."""
    if not _works(user):
        return None
    rows = (
        Contact.objects.visible_to(user)
        .attended()
        .filter(worker=user.worker_id, recorded_by=user, date__gt=on - NOTE_FOR, date__lte=on)
        .filter(~Exists(Note.objects.filter(contact=OuterRef("pk"))))
    )
    first = rows.order_by("-date", "-order_key", "pk").values("pk")[:MOST_NOTES]
    return Contact.objects.filter(pk__in=first).annotate(line_words=_NONE, line_day=F("date"))


def _note(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_("Nothing is written about this contact yet"),
        kind=_("Note"),
        due_on=min(line.day + dt.timedelta(days=1), on),
        href=f"{reverse('diary:correct', args=[line.key])}?next=/",
        action=_("Write it"),
        person_id=line.person_id,
        person=line.person,
    )


def _reminders(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """Meetings of the next working day of which no message reminds the person: they have not said
    that any channel is safe, so somebody rings or says it in person."""
    if not _works(user):
        return None
    day = dates.add_working_days(on, 1)
    sent = ContactPreference.objects.filter(
        person=OuterRef("person"), may_use=True, safe_to_leave_message=True
    ).filter(
        Q(channel=ContactPreference.Channel.TEXT) & ~Q(person__phone="")
        | Q(channel=ContactPreference.Channel.EMAIL) & ~Q(person__email="")
    )
    return (
        Contact.objects.visible_to(user)
        .filter(worker=user.worker_id, attendance=Contact.Attendance.BOOKED, date=day)
        .filter(~Exists(sent))
        .annotate(line_words=_NONE, line_day=F("date"))
        .order_by("order_key", "pk")
    )


def _reminder(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_("No message reminds them of the next meeting: say it in the way they chose"),
        kind=_("Reminder"),
        due_on=on,
        href=reverse("diary:contact", args=[line.key]),
        action=_("See the meeting"),
        person_id=line.person_id,
        person=line.person,
    )


def handovers(user: Any, on: dt.date, until: dt.date) -> list[Due]:
    """Steps of planned handovers to or from the user that have no date yet."""
    if not _works(user):
        return []
    rows = (
        WorkerHandover.objects.filter(
            Q(from_worker=user.worker_id) | Q(to_worker=user.worker_id),
            person__in=Person.objects.visible_to(user),
            completed_on__isnull=True,
            cancelled_on__isnull=True,
        )
        .select_related("person", "from_worker", "to_worker")
        .order_by("starts_on", "pk")[:MOST]
    )
    found = [
        Due(
            what=what,
            kind=_("Handover"),
            due_on=day,
            href=reverse("team_work:handover", args=[row.pk]),
            action=_("Write down when"),
            person_id=row.person_id,
            person=row.person.display_name,
        )
        for row in rows
        for what, day in milestones(row)
        if day <= until
    ]
    return sorted(found, key=lambda one: one.due_on)[:MOST]


def milestones(row: WorkerHandover) -> Iterator[tuple[str, dt.date]]:
    """What is still to happen in a handover, and by when."""
    names = {"old": row.from_worker.name, "new": row.to_worker.name}
    if row.agreed_with_person_on is None:
        yield _("Talk about the change from %(old)s to %(new)s") % names, row.starts_on
    if row.introduced_on is None:
        yield _("Introduce %(new)s") % names, row.starts_on
    if row.joint_meeting_on is None:
        yield _("Meet together: %(old)s and %(new)s") % names, row.overlap_until
    if row.goodbye_on is None:
        yield _("Say goodbye: %(old)s") % names, row.overlap_until


worklist_sections.register("check_ins", WorklistLines(_check_ins, _check_in))
worklist_sections.register("handovers", WorklistSection(handovers))
worklist_sections.register("notes", WorklistLines(_notes, _note))
worklist_sections.register("promises", WorklistLines(_promises, _promise))
worklist_sections.register("reminders", WorklistLines(_reminders, _reminder))
