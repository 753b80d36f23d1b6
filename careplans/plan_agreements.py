"""Whether the person agreed to a plan, here or in an extract, and whether they are being asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Q, Subquery

from careplans.models import Agreement, Plan, RecordedAgreement, Version
from careplans.table import State
from casework.reports.plan_agreements import PlanAgreement, people_asked, plan_agreements

_YES = (Agreement.Answer.AGREE, Agreement.Answer.PARTLY)
_SETTLED = (*_YES, Agreement.Answer.DISAGREE)
THE_PERSON = "10"  # MHS009: the person or their proxy


def recorded(person_id: UUID) -> PlanAgreement:
    """The latest day on which the person agreed, as the extract says."""
    rows = RecordedAgreement.objects.filter(plan__person_id=person_id, agreed_by=THE_PERSON)
    return PlanAgreement(rows.aggregate(latest=Max("agreed_on"))["latest"])


def asked(people: Any | None) -> Iterable[UUID]:
    """Who is being asked: the latest version of their plan is shared, and they have neither agreed
    nor disagreed. Who needs time is still being asked."""
    latest = Version.objects.filter(plan=OuterRef("pk")).order_by("-number").values("pk")[:1]
    said = Agreement.objects.filter(version=OuterRef("latest"), party=Agreement.Party.PERSON)
    rows = Plan.objects.filter(state=State.SHARED)
    if people is not None:
        rows = rows.filter(person__in=people)
    return (
        rows.annotate(latest=Subquery(latest))
        .annotate(said=Subquery(said.order_by("-created_at", "-pk").values("answer")[:1]))
        .filter(Q(said__isnull=True) | ~Q(said__in=_SETTLED))
        .order_by("person_id")
        .values_list("person_id", flat=True)
    )


def written_here(person_id: UUID) -> PlanAgreement:
    """The latest day on which the person agreed to a version, whole or in part, and has not said
    otherwise since; and whether they are being asked."""
    rows = (
        Agreement.objects.filter(version__plan__person_id=person_id, party=Agreement.Party.PERSON)
        .order_by("created_at", "pk")
        .values_list("version_id", "answer", "on")
    )
    last = {version: (answer, on) for version, answer, on in rows}
    days = [on for answer, on in last.values() if answer in _YES]
    return PlanAgreement(max(days, default=None), bool(list(asked([person_id]))))


plan_agreements.register("recorded_plans", recorded)
plan_agreements.register("plans", written_here)
people_asked.register("plans", asked)
