"""What a worker holds here, for the leaver pages and for those who cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.leaver_moves import Held, LeaverMove, Passing, leaver_moves
from casework.cases.models import (
    Absence,
    ActivityWorker,
    Allocation,
    CheckIn,
    Contact,
    Step,
    WorkerHandover,
)
from casework.cases.services import absences, check_ins, handovers
from casework.cases.services.allocations import change_worker
from casework.cases.services.contacts import move_booking
from casework.cases.services.records import save, touch
from casework.common.presenters import short_date
from casework.directory.models import Worker


def _under_way() -> Q:
    return Q(completed_on__isnull=True, cancelled_on__isnull=True)


# Handovers under way -----------------------------------------------------------------------------


def held_handovers(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Handovers to the worker, and those from them that would last longer than they do."""
    rows = WorkerHandover.objects.filter(_under_way()).filter(
        Q(to_worker=worker) | Q(from_worker=worker, overlap_until__gt=last_day)
    )
    for row in rows.select_related("from_worker", "to_worker").order_by("pk"):
        words = _("Handover from %(old)s to %(new)s") % {
            "old": row.from_worker,
            "new": row.to_worker,
        }
        yield Held(row.pk, row.person_id, words)


def move_handover(key: UUID, passing: Passing) -> None:
    """A handover from the worker ends with their last day; one to them is planned anew."""
    row = WorkerHandover.objects.select_related("from_worker").get(pk=key)
    today = timezone.localdate()
    if row.from_worker_id == passing.worker.pk:
        until = max(passing.last_day, today)
        handovers.change_dates(
            handover=row,
            starts_on=min(row.starts_on, until),
            overlap_until=until,
            by=passing.by,
        )
        if passing.last_day < today:
            handovers.complete(handover=row, by=passing.by)
        return
    handovers.cancel(
        handover=row,
        by=passing.by,
        reason=_("%(worker)s leaves") % {"worker": passing.worker},
    )
    old = Allocation.objects.filter(
        person_id=row.person_id, role=row.role, worker_id=row.from_worker_id, end__isnull=True
    ).first()
    if old is not None and passing.to.pk != row.from_worker_id and passing.by is not None:
        starts_on = max(row.starts_on, today)
        handovers.plan(
            allocation=old,
            to=passing.to,
            by=passing.by,
            reason=row.reason,
            starts_on=starts_on,
            overlap_until=max(row.overlap_until, starts_on),
            agreed_on=passing.agreed_on,
            person_says=passing.person_says,
        )


# Named roles -------------------------------------------------------------------------------------


def held_allocations(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Roles that no handover under way takes off the worker."""
    handed_over = WorkerHandover.objects.filter(_under_way()).filter(
        person=OuterRef("person"), role=OuterRef("role"), from_worker=worker
    )
    last_day = max(last_day, timezone.localdate() - dt.timedelta(days=1))
    rows = Allocation.objects.filter(worker=worker).filter(
        Q(end__isnull=True) | Q(end__gt=last_day)
    )
    for row in rows.filter(~Exists(handed_over)).order_by("person", "role", "pk"):
        yield Held(row.pk, row.person_id, row.get_role_display())


def move_allocation(key: UUID, passing: Passing) -> None:
    """With time left, a handover until the last day; else the change is at once."""
    row = Allocation.objects.get(pk=key)
    if row.end is not None:  # an end to come, from an extract: this one is known here
        row.note_edits(end=None)
        save(row, by=passing.by)
    today = timezone.localdate()
    there = Allocation.objects.filter(
        person_id=row.person_id, role=row.role, worker=passing.to, end__isnull=True
    ).exists()
    if passing.last_day > today and not there and passing.by is not None:
        handovers.plan(
            allocation=row,
            to=passing.to,
            by=passing.by,
            reason=_("%(worker)s leaves") % {"worker": passing.worker},
            starts_on=max(today, passing.last_day - handovers.LONGEST_OVERLAP),
            overlap_until=passing.last_day,
            agreed_on=passing.agreed_on,
            person_says=passing.person_says,
        )
        return
    last_day = min(max(passing.last_day, row.start), today)
    change_worker(
        allocation=row,
        to=passing.to,
        by=passing.by,
        end_reason=Allocation.EndReason.WORKER_LEFT,
        last_day=last_day,
        planned=passing.agreed_on is not None and passing.agreed_on <= last_day,
        reason=_("%(worker)s leaves") % {"worker": passing.worker},
        person_says=passing.person_says,
    )


# Booked contacts ---------------------------------------------------------------------------------


def held_contacts(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Meetings that are booked for after the last day."""
    takes_part = ActivityWorker.objects.filter(worker=worker, activity__contact=OuterRef("pk"))
    rows = Contact.objects.filter(
        attendance=Contact.Attendance.BOOKED,
        date__gt=last_day,
        date__gte=timezone.localdate(),
    )
    rows = rows.filter(Q(worker=worker) | Exists(takes_part)).order_by("date", "order_key", "pk")
    for row in rows:
        words = _("Booked for %(date)s") % {"date": short_date(row.date)}
        yield Held(row.pk, row.person_id, words)


def move_contact(key: UUID, passing: Passing) -> None:
    """Another worker meets the person at the same time and place."""
    contact = Contact.objects.get(pk=key)
    rows = ActivityWorker.objects.filter(activity__contact=contact).select_related("worker")
    there = [row.worker for row in rows.order_by("pk")]
    if contact.worker is not None:
        there.insert(0, contact.worker)
    workers = [passing.to if one.pk == passing.worker.pk else one for one in there]
    move_booking(
        contact=contact, by=passing.by, date=contact.date, time=contact.time, workers=workers
    )


# Steps, check-ins, cover for others --------------------------------------------------------------


def held_steps(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """What the worker promised to do and has not done yet."""
    for row in Step.objects.filter(worker=worker, done_on__isnull=True):
        words = _("Step by %(date)s: %(words)s") % {
            "date": short_date(row.due_on),
            "words": row.words,
        }
        yield Held(row.pk, row.person_id, words)


def move_step(key: UUID, passing: Passing) -> None:
    """Somebody else keeps the promise, by the same day."""
    step = Step.objects.select_for_update(of=("self",)).get(pk=key)
    step.worker = passing.to
    save(step, by=passing.by)
    touch(step.person_id)


def held_check_ins(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Check-ins that go on."""
    for row in CheckIn.objects.filter(worker=worker, ended_on__isnull=True):
        words = _("Check-ins, next on %(date)s") % {"date": short_date(row.next_on)}
        yield Held(row.pk, row.person_id, words)


def move_check_in(key: UUID, passing: Passing) -> None:
    """Another worker makes the check-ins."""
    check_ins.pass_on(check_in=CheckIn.objects.get(pk=key), to=passing.to, by=passing.by)


def held_cover(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Absences of others that the worker would cover."""
    today = timezone.localdate()
    rows = Absence.objects.filter(cover_worker=worker).filter(
        Q(end__isnull=True) | Q(end__gt=last_day, end__gte=today), worker__active=True
    )
    for row in rows.select_related("worker").order_by("start", "pk"):
        yield Held(row.pk, None, _("Cover for %(worker)s") % {"worker": row.worker})


def move_cover(key: UUID, passing: Passing) -> None:
    """Somebody else covers."""
    row = Absence.objects.get(pk=key)
    absences.change(absence=row, end=row.end, by=passing.by, cover_worker=passing.to)


leaver_moves.register(
    "handovers",
    LeaverMove(gettext_lazy("Handovers under way"), 10, held_handovers, move_handover),
)
leaver_moves.register(
    "allocations", LeaverMove(gettext_lazy("Named roles"), 20, held_allocations, move_allocation)
)
leaver_moves.register(
    "contacts", LeaverMove(gettext_lazy("Booked contacts"), 30, held_contacts, move_contact)
)
leaver_moves.register("steps", LeaverMove(gettext_lazy("Steps"), 40, held_steps, move_step))
leaver_moves.register(
    "check_ins", LeaverMove(gettext_lazy("Check-ins"), 50, held_check_ins, move_check_in)
)
leaver_moves.register(
    "cover", LeaverMove(gettext_lazy("Cover for others"), 60, held_cover, move_cover)
)
