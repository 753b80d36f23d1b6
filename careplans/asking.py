"""Who is being asked whether they agree to a plan, and since when.

Two things hang on it. While somebody is asked, nothing of a clock is shown beside the question:
nobody shall be hurried into a yes. But nothing pauses a wait, so a question that stays without an
answer must not hide it for ever: after `plan_answer_waits` days the worker sees the wait again, and
is asked to find out what gets in the way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from careplans.models import Agreement, Plan, Version
from careplans.table import State
from casework.cases.models import CaseEvent
from casework.continuity.policy_values import Policies

YES = (Agreement.Answer.AGREE, Agreement.Answer.PARTLY)
SETTLED = (*YES, Agreement.Answer.DISAGREE)
_LEFT = ("plan.settle", "plan.use", "plan.review")  # what takes a plan out of being asked about


def with_question(rows: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans with `said`, the person's last answer to the latest version; `said_last` and `said_on`,
    their last word about any version; and `question_on`, the day since when they are being asked,
    where they are (see `waits_for_an_answer`).

    A newer version does not begin the question anew: only the person does, by asking for time, or
    the plan by having left the state. Otherwise a service could put it off by sharing again.
    """
    theirs = Agreement.objects.filter(
        version__plan=OuterRef("pk"), party=Agreement.Party.PERSON
    ).order_by("-created_at", "-pk")
    latest = Version.objects.filter(plan=OuterRef("pk")).order_by("-number").values("pk")[:1]
    about_latest = Agreement.objects.filter(
        version=OuterRef("latest"), party=Agreement.Party.PERSON
    ).order_by("-created_at", "-pk")
    left = CaseEvent.objects.filter(
        person=OuterRef("person_id"), about=OuterRef("pk"), kind__in=_LEFT
    ).order_by("-created_at", "-pk")
    never = Plan.objects.filter(pk=OuterRef("pk")).values("created_at")[:1]
    first = (
        Version.objects.filter(
            plan=OuterRef("pk"),
            created_at__gt=Greatest(OuterRef("settled_at"), OuterRef("left_at")),
        )
        .order_by("number")
        .values("on")[:1]
    )
    moment = DateTimeField()
    return (
        rows.annotate(latest=Subquery(latest))
        .annotate(
            said=Subquery(about_latest.values("answer")[:1]),
            said_last=Subquery(theirs.values("answer")[:1]),
            said_on=Subquery(theirs.values("on")[:1]),
            settled_at=Coalesce(
                Subquery(theirs.filter(answer__in=SETTLED).values("created_at")[:1]),
                Subquery(never),
                output_field=moment,
            ),
            left_at=Coalesce(
                Subquery(left.values("created_at")[:1]), Subquery(never), output_field=moment
            ),
        )
        .annotate(first_on=Subquery(first))
        .annotate(
            question_on=Greatest(
                Coalesce("first_on", "said_on", "state_on"),
                Coalesce("said_on", "first_on", "state_on"),
            )
        )
    )


def waits_for_an_answer() -> Q:
    """Of `with_question`: the latest version is shared, and the person has neither agreed nor
    disagreed. Who needs time is still being asked."""
    return Q(state=State.SHARED) & (Q(said__isnull=True) | ~Q(said__in=SETTLED))


def asked(people: Any | None, on: dt.date) -> Iterable[tuple[UUID, dt.date, bool]]:
    """Who (of these people; None = of all) is being asked, since when, and whether the question is
    still young enough that nothing of a clock is shown beside it."""
    rows = Plan.objects.all()
    if people is not None:
        rows = rows.filter(person__in=people)
    found = list(
        with_question(rows.filter(state=State.SHARED))
        .filter(waits_for_an_answer())
        .order_by("person_id")
        .values_list("person_id", "question_on", "team_id", "team__kind")
    )
    if not found:
        return []
    policies = Policies()
    return [
        (
            person_id,
            since,
            (on - since).days <= policies.for_team(team, kind or "")["plan_answer_waits"],
        )
        for person_id, since, team, kind in found
    ]
