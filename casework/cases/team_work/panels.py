"""On a person's page: who is away and who covers, which worker changes, and check-ins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.cases.around import around
from casework.cases.models import Absence, Allocation, CheckIn, Person, WorkerHandover
from casework.cases.panels import Panel, person_panels
from casework.cases.team_work.presenters import HandoverLines, away_words
from casework.common.presenters import short_date


@dataclass(frozen=True)
class TeamWork:
    """What changes around a person at present."""

    away: list[str]
    handovers: list[HandoverLines]
    check_ins: list[tuple[str, str]]
    href: str


def absences_around(person: Person, on: dt.date) -> list[Absence]:
    """Absences in force of those who are named for the person."""
    named = Allocation.objects.on(on).filter(person=person).values("worker_id")
    rows = Absence.objects.on(on).filter(worker__in=named)
    return list(rows.select_related("worker", "cover_worker", "cover_team"))


def open_handovers(person: Person) -> list[WorkerHandover]:
    """Handovers under way."""
    rows = person.worker_handovers.filter(completed_on__isnull=True, cancelled_on__isnull=True)
    return list(rows.select_related("from_worker", "to_worker"))


def open_check_ins(person: Person) -> list[CheckIn]:
    """Check-ins that go on."""
    return list(person.check_ins.filter(ended_on__isnull=True).select_related("worker"))


def team_work(person: Person, viewer: User, on: dt.date) -> TeamWork | None:
    """The panel, where anything of it is going on."""
    found = around(person, on)
    if not (found.absences or found.handovers or found.check_ins):
        return None
    return TeamWork(
        [away_words(one) for one in found.absences],
        [HandoverLines(one, timezone.localdate()) for one in found.handovers],
        [(one.worker.name, short_date(one.next_on)) for one in found.check_ins],
        reverse("team_work:company", args=[person.pk]),
    )


person_panels.register("team_work", Panel("team_work/panel.jinja", 12, team_work))
