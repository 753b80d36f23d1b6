"""The facts behind the rules about plans: two set-based queries over plans that are going on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from careplans.asking import SETTLED, waits_for_an_answer, with_question
from careplans.kinds import OPEN_PROGRESS, SAFETY, Kind, Owner
from careplans.models import Line, Plan, Proposal, Review
from careplans.review_rules import ActionFacts, PlanFacts
from careplans.table import LIVE
from careplans.voices import Role
from casework.cases.models import Case

CHUNK = 5_000


def _of(organisation_id: UUID, rows: QuerySet[Any], plan: str = "") -> QuerySet[Any]:
    place = Coalesce(F(f"{plan}team__organisation_id"), F(f"{plan}person__provider_id"))
    return rows.annotate(place=place).filter(place=organisation_id)


def _key_worker(person: str) -> Subquery:
    cases = Case.objects.filter(person=OuterRef(person), closed_on__isnull=True)
    return Subquery(cases.order_by("pk").values("key_worker_id")[:1])


def plan_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[PlanFacts]:
    """One row of facts for each plan that is going on."""
    rows = Plan.objects.filter(state__in=LIVE, person__death_date__isnull=True)
    if people is not None:
        rows = rows.filter(person_id__in=people)
    asked = Review.objects.filter(plan=OuterRef("pk"), held_on__isnull=True, on__lte=on)
    waiting = (
        Proposal.objects.filter(
            plan=OuterRef("pk"), role=Role.PERSON, outcome=Proposal.Outcome.OPEN, on__lte=on
        )
        .order_by()
        .values("plan")
        .annotate(first=Min("on"))
    )
    safety = (
        Line.objects.filter(plan=OuterRef("pk"), kind__in=SAFETY, removed=False, on__lte=on)
        .order_by()
        .values("plan")
        .annotate(last=Max("on"))
    )
    held = (
        Review.objects.filter(plan=OuterRef("pk"), held_on__lte=on)
        .order_by()
        .values("plan")
        .annotate(last=Max("held_on"))
    )
    found = (
        with_question(_of(organisation_id, rows))
        .annotate(
            waits=ExpressionWrapper(waits_for_an_answer(), output_field=BooleanField()),
            safety_on=Subquery(safety.values("last")),
            looked_on=Subquery(held.values("last")),
            asked_on=Subquery(asked.values("on")[:1]),
            asked_as=Subquery(asked.values("role")[:1]),
            proposed_on=Subquery(waiting.values("first")),
            key_worker=_key_worker("person_id"),
        )
        .order_by("pk")
        .values_list(
            "pk",
            "person_id",
            "team_id",
            "team__kind",
            "key_worker",
            "review_due",
            "asked_on",
            "asked_as",
            "proposed_on",
            "safety_on",
            "looked_on",
            "waits",
            "question_on",
            "said_on",
            "said_last",
        )
    )
    for row in found.iterator(chunk_size=CHUNK):
        plan_id, person_id, team_id, kind, worker_id, due, *days = row
        asked_on, asked_as, proposed_on, safety_on, looked_on, *question = days
        waits, question_on, said_on, said_last = question
        yield PlanFacts(
            subject_key=f"plan:{plan_id}",
            person_id=person_id,
            team_id=team_id,
            team_kind=kind or "",
            worker_id=worker_id,
            on=on,
            review_due=due,
            asked_on=asked_on,
            asked_by_person=asked_as in (Role.PERSON, Role.TOGETHER),
            proposed_on=proposed_on,
            safety_on=max(safety_on, looked_on or safety_on) if safety_on else None,
            question_on=question_on if waits else None,
            wants_time=said_on == question_on and said_last not in SETTLED,
        )


def action_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[ActionFacts]:
    """One row of facts for each action of a worker or an agency whose day has passed.

    What the person or their family meant to do is theirs to tell, and is not here.
    """
    rows = Line.objects.filter(
        Q(owner_kind=Owner.WORKER) | Q(owner_kind=Owner.AGENCY),
        kind=Kind.ACTION,
        removed=False,
        progress__in=OPEN_PROGRESS,
        due_on__lt=on,
        plan__state__in=LIVE,
        plan__person__death_date__isnull=True,
    )
    if people is not None:
        rows = rows.filter(plan__person_id__in=people)
    found = (
        _of(organisation_id, rows, "plan__")
        .annotate(key_worker=_key_worker("plan__person_id"))
        .order_by("pk")
        .values_list(
            "pk",
            "plan__person_id",
            "plan__team_id",
            "plan__team__kind",
            "owner_worker_id",
            "owner_worker__name",
            "owner_worker__active",
            "owner_words",
            "key_worker",
            "due_on",
        )
    )
    for row in found.iterator(chunk_size=CHUNK):
        pk, person_id, team_id, kind, worker_id, name, active, words, key_worker, due_on = row
        left = worker_id is not None and not active
        yield ActionFacts(
            subject_key=f"plan_action:{pk}",
            person_id=person_id,
            team_id=team_id,
            team_kind=kind or "",
            worker_id=worker_id if worker_id is not None and not left else key_worker,
            on=on,
            due_on=due_on,
            owner=name or words,
            owner_left=left,
        )
