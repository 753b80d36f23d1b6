"""People whom a person knows: whom they have met, how often, when last, and how busy those are.

One fixed number of queries, however many contacts there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone

from casework.cases.models import ActivityWorker, Allocation, Contact, Person
from casework.cases.models.contact import ATTENDED
from casework.directory.models import Worker


@dataclass(frozen=True)
class Known:
    """A worker whom the person has met; `load` is how many people they are named for now."""

    worker: Worker
    times: int
    last: dt.date
    load: int


def known_to(person: Person, on: dt.date | None = None) -> list[Known]:
    """Workers whom the person has met up to a day, those met most often first."""
    on = on or timezone.localdate()
    met: dict[UUID, tuple[int, dt.date]] = {}
    took_part = ActivityWorker.objects.filter(
        activity__contact__person=person,
        activity__contact__attendance__in=ATTENDED,
        activity__contact__date__lte=on,
    )
    main_only = Contact.objects.filter(
        person=person, attendance__in=ATTENDED, date__lte=on, worker__isnull=False
    ).exclude(
        Exists(
            ActivityWorker.objects.filter(
                activity__contact=OuterRef("pk"), worker=OuterRef("worker")
            )
        )
    )
    rows = [
        *took_part.order_by()
        .values("worker_id")
        .annotate(
            times=Count("activity__contact", distinct=True), last=Max("activity__contact__date")
        )
        .values_list("worker_id", "times", "last"),
        *main_only.order_by()
        .values("worker_id")
        .annotate(times=Count("pk"), last=Max("date"))
        .values_list("worker_id", "times", "last"),
    ]
    for worker_id, times, last in rows:
        before = met.get(worker_id, (0, last))
        met[worker_id] = (before[0] + times, max(before[1], last))
    load = loads(met, on)
    found = [
        Known(worker, *met[worker.pk], load.get(worker.pk, 0))
        for worker in Worker.objects.filter(pk__in=met)
    ]
    return sorted(found, key=lambda one: (-one.times, -one.last.toordinal(), one.worker.name))


def loads(workers: Iterable[UUID], on: dt.date | None = None) -> dict[UUID, int]:
    """For how many people each of these workers is named on a day."""
    rows = Allocation.objects.on(on or timezone.localdate()).filter(worker__in=list(workers))
    counted = rows.order_by().values("worker_id").annotate(people=Count("person", distinct=True))
    return dict(counted.values_list("worker_id", "people"))
