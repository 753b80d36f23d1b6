"""The sweep over a made-up service: everybody, and after a thousand new contacts."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.utils import timezone

from casework.alerts import services
from casework.alerts.models import Alert, SweepMark
from casework.cases.models import Contact, Touched
from tests.bench.common import BenchResult, Config, profile
from tests.bench.generate import Made

FULL_BAR, TOUCHED_BAR = 60.0, 2.0
NEW_CONTACTS = 1000
PROFILE_LINES = 15


def run(config: Config) -> Iterator[BenchResult]:
    """The first full sweep, which opens everything; one with nothing new; one a day later; and
    three after new contacts, of which the median counts. No alert of it stays."""
    made = config.made
    tomorrow = made.on + dt.timedelta(days=1)
    yield _timed("full sweep, the first", FULL_BAR, forget, lambda: services.sweep(on=made.on))
    yield _timed(
        "full sweep, nothing new",
        FULL_BAR,
        lambda: None,
        lambda: services.sweep(on=made.on, full=True),
    )
    yield _timed(
        "full sweep, a day later",
        FULL_BAR,
        lambda: services.sweep(on=made.on),
        lambda: services.sweep(on=tomorrow),
    )
    new: list[UUID] = []
    runs = [
        _timed(
            f"sweep after {NEW_CONTACTS:,} new contacts",
            TOUCHED_BAR,
            lambda: new.extend(record_contacts(made, tomorrow, len(new))),
            lambda: services.sweep(on=tomorrow),
        )
        for _run in range(3)
    ]
    yield sorted(runs, key=lambda one: one.figure)[1]
    Contact.objects.filter(pk__in=new)._raw_delete("default")
    forget()


def record_contacts(made: Made, on: dt.date, seed: int) -> list[UUID]:
    """A thousand people meet somebody, each of them another worker than the day before."""
    draw = random.Random(seed)
    contacts = [
        Contact(
            person_id=person,
            team_id=draw.choice(made.teams),
            worker_id=draw.choice(made.workers),
            worker_count=1,
            date=on,
            attendance=Contact.Attendance.ATTENDED,
            order_key=Contact.make_order_key(dt.time(10), f"new-{seed}-{n}"),
        )
        for n, person in enumerate(draw.sample(made.people, min(NEW_CONTACTS, len(made.people))))
    ]
    Contact.objects.bulk_create(contacts)
    Touched.objects.bulk_create(
        [Touched(person_id=contact.person_id, at=timezone.now()) for contact in contacts],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["at"],
    )
    return [contact.pk for contact in contacts]


def forget() -> None:
    """Undo every sweep of the made-up service (its history may stay: nothing reads it)."""
    Alert.objects.all()._raw_delete("default")
    SweepMark.objects.all().delete()
    Touched.objects.all().delete()


def _timed(
    what: str, bar: float, prepare: Callable[[], Any], act: Callable[[], services.SweepResult]
) -> BenchResult:
    """Time one act; after a miss it is prepared and watched once more."""
    prepare()
    started = time.perf_counter()
    result = act()
    figure = time.perf_counter() - started
    note = f"{result.opened:,} opened, {result.updated:,} updated, {result.resolved:,} resolved"
    if figure > bar:
        prepare()
        note += "\n" + profile(act, PROFILE_LINES)
    return BenchResult(what, figure, bar, "s", note)
