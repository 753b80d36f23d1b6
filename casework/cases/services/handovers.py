"""A planned change from one named worker to another, in steps that the person can follow."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Allocation, CaseEvent, LiveReason, WorkerHandover
from casework.cases.services.allocations import allocate, end_allocation
from casework.cases.services.records import save, touch
from casework.common.errors import Refusal
from casework.directory.models import Worker

log = logging.getLogger(__name__)

LONGEST_OVERLAP = dt.timedelta(weeks=12)
STEPS = {
    "introduced": "introduced_on",
    "joint_meeting": "joint_meeting_on",
    "goodbye": "goodbye_on",
}


@transaction.atomic
def plan(
    *,
    allocation: Allocation,
    to: Worker,
    by: User,
    reason: str,
    starts_on: dt.date,
    overlap_until: dt.date,
    agreed_on: dt.date | None = None,
    person_says: str = "",
) -> WorkerHandover:
    """Plan that a named worker hands over to another one.

    Precondition: the allocation has no end yet; the new worker still works here and is not the
    old one; no other handover of this role is under way; the first day is today or later, and both
    are there together for at most twelve weeks.
    Promise: the new worker may open the record from today; on the first day they are named beside
    the old one, and when the overlap is over the old one's time ends as planned.
    """
    today = timezone.localdate()
    old = Allocation.objects.select_for_update(of=("self",)).get(pk=allocation.pk)
    if old.end is not None:
        raise Refusal(_("This has already ended, so there is nothing to hand over."))
    if not reason.strip():
        raise Refusal(_("Say why the worker changes."))
    if starts_on < today:
        raise Refusal(_("The new worker's first day cannot be in the past."))
    _people_fit(old.worker_id, to)
    _dates_fit(starts_on, overlap_until)
    _agreement_fits(agreed_on)
    if _open().filter(person_id=old.person_id, role=old.role).exists():
        raise Refusal(_("A handover is already under way for this role."))
    handover = save(
        WorkerHandover(
            person_id=old.person_id,
            role=old.role,
            from_worker_id=old.worker_id,
            to_worker=to,
            reason=reason.strip(),
            agreed_with_person_on=agreed_on,
            person_says=person_says.strip(),
            starts_on=starts_on,
            overlap_until=overlap_until,
            made_by=by,
        ),
        by=by,
    )
    LiveReason.objects.create(
        person_id=old.person_id,
        worker=to,
        kind=LiveReason.Kind.HANDOVER,
        source_key=_source_key(handover),
        start=today,
        end=overlap_until,
    )
    _record(handover, "planned", on=today, by=by)
    if starts_on <= today:
        _begin(handover, by=by)
    return handover


@transaction.atomic
def agree(
    *, handover: WorkerHandover, on: dt.date, by: User, person_says: str = ""
) -> WorkerHandover:
    """It was talked about with the person on a day, and this is what they said.

    Precondition: the handover is under way; the day is not in the future.
    """
    row = _locked(handover)
    _agreement_fits(on)
    row.agreed_with_person_on = on
    row.person_says = person_says.strip() or row.person_says
    save(row, by=by)
    _record(row, "agreed", on=on, by=by)
    return row


@transaction.atomic
def tick(*, handover: WorkerHandover, step: str, on: dt.date, by: User) -> WorkerHandover:
    """A step was taken on a day: introduced, met together, said goodbye.

    Precondition: the handover is under way, the step has no day yet, and the day is not in the
    future.
    """
    row = _locked(handover)
    if step not in STEPS:
        raise Refusal(_("Select which step was taken."))
    if getattr(row, STEPS[step]) is not None:
        raise Refusal(_("This step has a date already."))
    if on > timezone.localdate():
        raise Refusal(_("The day of a step cannot be in the future."))
    setattr(row, STEPS[step], on)
    save(row, by=by)
    _record(row, step, on=on, by=by)
    return row


@transaction.atomic
def change_dates(
    *, handover: WorkerHandover, starts_on: dt.date, overlap_until: dt.date, by: User | None
) -> WorkerHandover:
    """The new worker begins, or the old one ends, on another day.

    Precondition: the handover is under way; a first day that has come stays as it is; the overlap
    ends today or later and lasts at most twelve weeks.
    """
    today = timezone.localdate()
    row = _locked(handover)
    if starts_on != row.starts_on and (row.starts_on <= today or starts_on < today):
        raise Refusal(_("A first day in the past cannot be changed."))
    if overlap_until < today:
        raise Refusal(_("The overlap must end today or later."))
    _dates_fit(starts_on, overlap_until)
    row.starts_on, row.overlap_until = starts_on, overlap_until
    save(row, by=by)
    for live in _reasons(row):
        live.end = overlap_until
        live.save()
    _record(row, "changed", on=today, by=by)
    if starts_on <= today:
        _begin(row, by=by)
    return row


@transaction.atomic
def complete(
    *, handover: WorkerHandover, by: User | None, on: dt.date | None = None
) -> WorkerHandover:
    """The old worker's time ends; `on` is their last day (today, or the end of the overlap if that
    has passed).

    Precondition: the handover is under way and the new worker has begun.
    Promise: the old allocation has ended, as planned if it was talked about with the person; the
    new worker is the one who is named.
    """
    today = timezone.localdate()
    row = _locked(handover)
    last_day = on or min(today, row.overlap_until)
    if row.starts_on > today:
        raise Refusal(_("The new worker has not begun yet."))
    _begin(row, by=by)
    old = _current(row, row.from_worker_id)
    if old is not None:
        agreed = row.agreed_with_person_on
        end_allocation(
            allocation=old,
            by=by,
            reason=Allocation.EndReason.HANDOVER,
            end=max(last_day, old.start),
            planned=agreed is not None and agreed <= last_day,
        )
    row.completed_on = today
    save(row, by=by)
    for live in _reasons(row):
        live.end = max(live.start, min(today, live.end or today))
        live.save()
    _record(row, "completed", on=last_day, by=by)
    return row


@transaction.atomic
def cancel(*, handover: WorkerHandover, by: User | None, reason: str) -> WorkerHandover:
    """The handover does not take place; the old worker stays.

    Precondition: it is under way. Promise: where the new worker had begun, that ends today.
    """
    today = timezone.localdate()
    row = _locked(handover)
    if not reason.strip():
        raise Refusal(_("Say why the handover does not take place."))
    began = _current(row, row.to_worker_id)
    if began is not None and row.starts_on <= today:
        end_allocation(
            allocation=began, by=by, reason=Allocation.EndReason.OTHER, end=today, planned=None
        )
    row.cancelled_on = today
    save(row, by=by, reason=reason.strip()[:100])
    for live in _reasons(row):
        live.end = max(live.start, today)
        live.save()
    _record(row, "cancelled", on=today, by=by, reason=reason.strip())
    return row


def run_due(*, on: dt.date | None = None) -> int:
    """Begin and complete the handovers whose day has come; how many. Run every night.

    Each is a transaction of its own: a run that is cut short is carried on by the next.
    """
    on = on or timezone.localdate()
    done = 0
    for key in _open().filter(starts_on__lte=on).order_by("pk").values_list("pk", flat=True):
        try:
            done += _move_on(WorkerHandover(pk=key), on)
        except Refusal:
            log.warning("handover %s could not be moved on", key)
    return done


@transaction.atomic
def _move_on(handover: WorkerHandover, on: dt.date) -> bool:
    row = _locked(handover)
    if row.overlap_until < on:
        complete(handover=row, by=None, on=row.overlap_until)
        return True
    return _begin(row, by=None)


def _begin(handover: WorkerHandover, *, by: User | None) -> bool:
    """Name the new worker beside the old one, unless they are named already."""
    if _current(handover, handover.to_worker_id) is not None:
        return False
    old = _current(handover, handover.from_worker_id)
    allocate(
        person=handover.person,
        worker=handover.to_worker,
        by=by,
        role=handover.role,
        team=old.team if old else None,
        start=min(handover.starts_on, timezone.localdate()),
        reason=handover.reason,
    )
    return True


def _current(handover: WorkerHandover, worker_id: object) -> Allocation | None:
    return (
        Allocation.objects.filter(
            person_id=handover.person_id,
            role=handover.role,
            worker_id=worker_id,
            end__isnull=True,
        )
        .select_related("team")
        .order_by("-start", "pk")
        .first()
    )


def _open() -> QuerySet[WorkerHandover]:
    return WorkerHandover.objects.filter(completed_on__isnull=True, cancelled_on__isnull=True)


def _locked(handover: WorkerHandover) -> WorkerHandover:
    row = (
        WorkerHandover.objects.select_for_update(of=("self",))
        .select_related("person", "from_worker", "to_worker")
        .get(pk=handover.pk)
    )
    if row.completed_on is not None:
        raise Refusal(_("This handover is complete."))
    if row.cancelled_on is not None:
        raise Refusal(_("This handover was cancelled."))
    return row


def _people_fit(from_worker_id: object, to: Worker) -> None:
    if to.pk == from_worker_id:
        raise Refusal(_("Choose two different workers."))
    if not to.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": to})


def _dates_fit(starts_on: dt.date, overlap_until: dt.date) -> None:
    if overlap_until < starts_on:
        raise Refusal(_("The overlap cannot end before the new worker starts."))
    if overlap_until - starts_on > LONGEST_OVERLAP:
        raise Refusal(_("Both can be there together for at most 12 weeks."))


def _agreement_fits(on: dt.date | None) -> None:
    if on is not None and on > timezone.localdate():
        raise Refusal(_("The day on which it was talked about cannot be in the future."))


def _source_key(handover: WorkerHandover) -> str:
    return f"worker-handover:{handover.pk}"


def _reasons(handover: WorkerHandover) -> list[LiveReason]:
    return list(
        LiveReason.objects.select_for_update().filter(
            person_id=handover.person_id, source_key=_source_key(handover)
        )
    )


def _record(
    handover: WorkerHandover, verb: str, *, on: dt.date, by: User | None, reason: str = ""
) -> None:
    CaseEvent.objects.create(
        person_id=handover.person_id,
        kind=f"worker_change.{verb}",
        on=on,
        by=by,
        worker_id=handover.to_worker_id,
        about=handover.pk,
        data={
            "role": handover.role,
            "from": str(handover.from_worker),
            "until": handover.overlap_until.isoformat(),
            "reason": reason or (handover.reason if verb == "planned" else ""),
            "person_says": handover.person_says if verb in {"planned", "agreed"} else "",
        },
    )
    touch(handover.person_id)
