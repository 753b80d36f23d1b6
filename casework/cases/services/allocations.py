"""Who is with whom."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.life_hooks import key_worker_hooks
from casework.cases.models import Absence, Allocation, Case, CaseEvent, LiveReason, Person
from casework.cases.services.cover import cover_new_person
from casework.cases.services.records import open_case_of, save, touch
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker

Role = Allocation.Role


@transaction.atomic
def allocate(
    *,
    person: Person,
    worker: Worker,
    by: User | None,
    role: str = Role.KEY_WORKER,
    team: Team | None = None,
    start: dt.date | None = None,
    reason: str = "",
    person_says: str = "",
) -> Allocation:
    """Name a worker for a person, from a day (today if not said) until somebody ends it.

    Precondition: the person has an open case, the worker still works here, is not leaving and does
    not hold this role already, and the day is not in the future. Another worker may hold the same
    role: during a handover two do.
    Promise: the worker may open the record from that day, and so may whoever covers while they are
    away; a new key worker is the case's pointer. What the person said stands in the timeline.
    """
    today = timezone.localdate()
    start = start or today
    case = open_case_of(person, _("This person has no open case. Open one first."))
    if start > today:
        raise Refusal(_("The first day cannot be in the future."))
    if not worker.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": worker})
    if Absence.objects.filter(worker=worker, leaving=True, end__isnull=True).exists():
        raise Refusal(_("%(worker)s is leaving. Choose somebody who stays.") % {"worker": worker})
    held = Allocation.objects.filter(person=person, worker=worker, role=role)
    if held.on(start).exists() or held.on(today).exists():
        raise Refusal(_("%(worker)s already has this role.") % {"worker": worker})
    allocation = save(
        Allocation(
            person=person,
            worker=worker,
            role=role,
            team=team or case.team,
            start=start,
            reason=reason.strip(),
        ),
        by=by,
    )
    LiveReason.objects.create(
        person=person,
        worker=worker,
        kind=LiveReason.Kind.ALLOCATION,
        source_key=_source_key(allocation),
        start=start,
    )
    data: dict[str, object] = {"role": role}
    if person_says.strip():
        data["person_says"] = person_says.strip()
    _record(allocation, "allocation.started", on=start, by=by, data=data)
    cover_new_person(worker_id=worker.pk, person_id=person.pk, by=by)
    _point(case, by=by)
    return allocation


@transaction.atomic
def end_allocation(
    *,
    allocation: Allocation,
    by: User | None,
    reason: str,
    end: dt.date | None = None,
    planned: bool | None = None,
) -> Allocation:
    """A named worker stops being one; `end` is the last day (today if not said).

    Precondition: the allocation has no last day yet, and the day is neither before the first day
    nor in the future. `planned` says whether it was agreed with the person beforehand.
    Promise: the worker's reason to open the record ends with it; the case points to whoever else
    is key worker that day, or to nobody.
    """
    today = timezone.localdate()
    end = end or today
    allocation = Allocation.objects.select_for_update(of=("self",)).get(pk=allocation.pk)
    if reason not in Allocation.EndReason.values:
        raise Refusal(_("Select why it ends."))
    if allocation.end is not None:
        raise Refusal(_("This has already ended."))
    if end > today:
        raise Refusal(_("The last day cannot be in the future."))
    if end < allocation.start:
        raise Refusal(_("The last day must not be before the first day."))
    allocation.note_edits(end=end)
    allocation.end_reason = reason
    allocation.planned_ending = planned
    save(allocation, by=by, reason=str(Allocation.EndReason(reason).label))
    for live in LiveReason.objects.select_for_update().filter(
        person_id=allocation.person_id, source_key=_source_key(allocation)
    ):
        live.end = max(end, live.start)
        live.save()
    _record(
        allocation,
        "allocation.ended",
        on=end,
        by=by,
        data={"role": allocation.role, "end_reason": reason, "planned": planned},
    )
    case = (
        Case.objects.select_for_update(of=("self",))
        .filter(person_id=allocation.person_id, closed_on__isnull=True)
        .order_by("pk")
        .first()
    )
    if case is not None:
        _point(case, by=by)
    return allocation


@transaction.atomic
def change_worker(
    *,
    allocation: Allocation,
    to: Worker,
    by: User | None,
    end_reason: str,
    last_day: dt.date | None = None,
    planned: bool | None = None,
    reason: str = "",
    person_says: str = "",
) -> Allocation:
    """Another worker takes a role over at once, without a time together.

    Precondition: as for `end_allocation` and `allocate`; `last_day` is the old worker's last day
    (today if not said), and the new worker begins on it. Where the new worker has the role
    already, the old one's time only ends.
    Promise: nobody is without a worker in between. `planned` says whether it was agreed with the
    person before.
    """
    last_day = last_day or timezone.localdate()
    old = Allocation.objects.select_related("person", "team").get(pk=allocation.pk)
    if old.worker_id == to.pk:
        raise Refusal(_("Choose two different workers."))
    there = Allocation.objects.filter(
        person=old.person, worker=to, role=old.role, end__isnull=True
    ).first()
    new = there or allocate(
        person=old.person,
        worker=to,
        by=by,
        role=old.role,
        team=old.team,
        start=max(last_day, old.start),
        reason=reason,
        person_says=person_says,
    )
    end_allocation(
        allocation=old, by=by, reason=end_reason, end=max(last_day, old.start), planned=planned
    )
    return new


def _source_key(allocation: Allocation) -> str:
    return f"allocation:{allocation.pk}"


def _record(
    allocation: Allocation,
    kind: str,
    *,
    on: dt.date,
    by: User | None,
    data: dict[str, object],
) -> None:
    CaseEvent.objects.create(
        person_id=allocation.person_id,
        kind=kind,
        on=on,
        by=by,
        worker_id=allocation.worker_id,
        team_id=allocation.team_id,
        about=allocation.pk,
        data=data,
    )
    touch(allocation.person_id)


def _point(case: Case, *, by: User | None) -> None:
    """Let the case point to the key worker who was named last and has not ended."""
    newest = (
        Allocation.objects.filter(person_id=case.person_id, role=Role.KEY_WORKER, end__isnull=True)
        .order_by("-start", "-pk")
        .first()
    )
    worker_id = newest.worker_id if newest else None
    if case.key_worker_id != worker_id:
        case.note_edits(key_worker_id=worker_id)
        save(case, by=by)
        for hook in key_worker_hooks:
            hook(case=case, by=by, on=timezone.localdate())
