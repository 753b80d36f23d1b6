"""A plan that somebody has agreed to is help, as the national clock counts it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from careplans.models import Agreement, RecordedAgreement, RecordedPlan, Version
from casework.reports.clock_legs import clock_legs


def plans_of_ours(*, people: Any | None) -> Iterator[tuple[UUID, dt.date, dt.date]]:
    """Person, begun, shared: the versions that were written here and that the person (or somebody
    with legal authority for them) agreed to, whole or in part.

    The team's agreement alone is no help to anybody, so it does not stop this clock.
    """
    said_yes = Agreement.objects.filter(
        version=OuterRef("pk"),
        party=Agreement.Party.PERSON,
        answer__in=[Agreement.Answer.AGREE, Agreement.Answer.PARTLY],
    )
    rows = Version.objects.filter(Exists(said_yes))
    if people is not None:
        rows = rows.filter(plan__person_id__in=people)
    return (
        rows.order_by("plan__person_id", "pk")
        .values_list("plan__person_id", "plan__started_on", "on")
        .iterator(chunk_size=10_000)
    )


def agreed_plans(*, people: Any | None) -> Iterator[tuple[UUID, dt.date, dt.date]]:
    """Person, created, last updated (or created): whoever agreed, and whenever."""
    plans = RecordedPlan.objects.filter(
        Exists(RecordedAgreement.objects.filter(plan=OuterRef("pk")))
    )
    if people is not None:
        plans = plans.filter(person_id__in=people)
    return (
        plans.order_by("person_id", "pk")
        .values_list("person_id", "created_day", Coalesce(F("updated_day"), F("created_day")))
        .iterator(chunk_size=10_000)
    )


clock_legs.register("recorded_plans", agreed_plans)
clock_legs.register("plans", plans_of_ours)
