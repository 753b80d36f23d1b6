"""While a worker is away, whoever covers may open the record of everybody they are with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from casework.accounts.models import User
from casework.cases.models import Absence, CaseEvent, LiveReason, Touched


def source_key(absence: Absence) -> str:
    """Names an absence and who covers it; another cover has reasons of its own."""
    return f"absence:{absence.pk}:{absence.cover_worker_id or absence.cover_team_id}"


def cover_people(
    *,
    absence: Absence,
    people: Iterable[UUID],
    by: User | None,
    start: dt.date | None = None,
) -> int:
    """Let the cover open these people's records while it lasts; how many were not covered yet."""
    key = source_key(absence)
    wanted = set(people)
    wanted -= set(
        LiveReason.objects.filter(source_key=key, person__in=wanted).values_list(
            "person_id", flat=True
        )
    )
    start = start or absence.start
    LiveReason.objects.bulk_create(
        LiveReason(
            person_id=person,
            worker_id=absence.cover_worker_id,
            team_id=None if absence.cover_worker_id else absence.cover_team_id,
            kind=LiveReason.Kind.DUTY,
            source_key=key,
            start=start,
            end=absence.end,
        )
        for person in sorted(wanted)
    )
    CaseEvent.objects.bulk_create(
        CaseEvent(
            person_id=person,
            kind="cover.arranged",
            on=start,
            by=by,
            worker_id=absence.cover_worker_id,
            team_id=None if absence.cover_worker_id else absence.cover_team_id,
            about=absence.pk,
            data={
                "away": str(absence.worker),
                "until": absence.end.isoformat() if absence.end else "",
            },
        )
        for person in sorted(wanted)
    )
    touch_all(wanted)
    return len(wanted)


def absences_of(worker_id: UUID) -> QuerySet[Absence]:
    """When a worker is away, now or later."""
    today = timezone.localdate()
    return Absence.objects.filter(worker_id=worker_id).filter(
        Q(end__isnull=True) | Q(end__gte=today)
    )


def cover_new_person(*, worker_id: UUID, person_id: UUID, by: User | None) -> None:
    """Somebody has come to a worker who is away, or will be: they are covered like the others."""
    today = timezone.localdate()
    for absence in absences_of(worker_id).select_related("worker"):
        start = absence.start if absence.start > today else today
        cover_people(absence=absence, people=[person_id], by=by, start=start)


def end_cover(*, absence: Absence, last_day: dt.date, people: Iterable[UUID] | None = None) -> None:
    """The cover's reasons end on a day; those that would only have begun later never were."""
    reasons = LiveReason.objects.filter(source_key=source_key(absence))
    if people is not None:
        reasons = reasons.filter(person__in=list(people))
    reasons.filter(start__gt=last_day).delete()
    reasons.filter(Q(end__isnull=True) | Q(end__gt=last_day)).update(end=last_day)


def prolong_cover(*, absence: Absence, people: Iterable[UUID]) -> None:
    """The cover lasts as long as the absence now does, for those whom the worker is still with."""
    if absence.end is not None:
        end_cover(absence=absence, last_day=absence.end)
    reasons = LiveReason.objects.filter(source_key=source_key(absence))
    reasons.filter(person__in=list(people)).update(end=absence.end)


def touch_all(people: Iterable[UUID]) -> None:
    """Mark people as changed, so that the next sweep looks at them."""
    Touched.objects.bulk_create(
        [Touched(person_id=person, at=timezone.now()) for person in sorted(people)],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["at"],
    )
