"""Whether the person agreed to a plan, here or in an extract, and whether they are being asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max

from careplans.asking import YES, asked
from careplans.models import Agreement, RecordedAgreement
from casework.reports.plan_agreements import PlanAgreement, people_asked, plan_agreements

THE_PERSON = "10"  # MHS009: the person or their proxy


def recorded(person_id: UUID, on: dt.date) -> PlanAgreement:
    """The latest day on which the person agreed, as the extract says."""
    rows = RecordedAgreement.objects.filter(plan__person_id=person_id, agreed_by=THE_PERSON)
    return PlanAgreement(rows.aggregate(latest=Max("agreed_on"))["latest"])


def asked_just_now(people: Any | None, on: dt.date) -> Iterable[UUID]:
    """Who is being asked, and not for longer than the threshold says."""
    return (person_id for person_id, _since, fresh in asked(people, on) if fresh)


def written_here(person_id: UUID, on: dt.date) -> PlanAgreement:
    """The latest day on which the person agreed to a version, whole or in part, and has not said
    otherwise since; and whether they are being asked, and since when."""
    rows = (
        Agreement.objects.filter(version__plan__person_id=person_id, party=Agreement.Party.PERSON)
        .order_by("created_at", "pk")
        .values_list("version_id", "answer", "on")
    )
    last = {version: (answer, day) for version, answer, day in rows}
    days = [day for answer, day in last.values() if answer in YES]
    agreed_on = max(days, default=None)
    for _person, since, fresh in asked([person_id], on):
        return PlanAgreement(agreed_on, fresh, since)
    return PlanAgreement(agreed_on)


plan_agreements.register("recorded_plans", recorded)
plan_agreements.register("plans", written_here)
people_asked.register("plans", asked_just_now)
