"""What the person says about their life in numbers and in order: theirs alone."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.errors import NotYours
from careplans.kinds import Kind
from careplans.models import AreaOfLife, GoalScore, Line, Plan, PlanArea, Rating, Revision
from careplans.services.engine import reading, revise, signature
from careplans.table import State
from careplans.voices import may_rate
from careplans.writers import Writer
from casework.accounts.models import User
from casework.cases.services import touch
from casework.common.errors import Refusal

By = User | Writer
What = Revision.What


@transaction.atomic
def rate(
    *,
    plan: Plan,
    area: AreaOfLife,
    by: By,
    value: int | None = None,
    words: str = "",
    wants_help: str = "",
) -> Rating:
    """How an area is going for the person today; any of the three answers is enough.

    Promise: an earlier answer stays; this one stands beside it with its date.
    """
    plan, writer, role = reading(plan, by)
    if not may_rate(role, State(plan.state)):
        raise NotYours(_("Only the person says how it is going for them."))
    if not plan.areas.filter(area=area).exists():
        raise Refusal(_("Say where in the plan this belongs."))
    if value is not None and not 1 <= value <= 7:
        raise Refusal(_("Select a number from 1 to 7."))
    if value is None and not words.strip() and not wants_help:
        raise Refusal(_("Answer at least one of the questions."))
    row = Rating.objects.create(
        plan=plan,
        area=area,
        value=value,
        words=words.strip(),
        wants_help=wants_help,
        **signature(writer, role),
    )
    after = {"value": value, "words": row.words, "wants_help": wants_help}
    revise(plan, What.RATED, writer=writer, role=role, area=area, after=after)
    touch(plan.person_id)
    return row


@transaction.atomic
def score(*, line: Line, value: int, by: By, words: str = "") -> GoalScore:
    """How far a goal has come for the person today, from 0 to 10."""
    plan, writer, role = reading(line.plan, by)
    if not may_rate(role, State(plan.state)):
        raise NotYours(_("Only the person says how far a goal has come for them."))
    if line.kind not in (Kind.GOAL, Kind.HOPE, Kind.LEARNING) or line.removed:
        raise Refusal(_("This is not a goal of the plan."))
    if not 0 <= value <= 10:
        raise Refusal(_("Select a number from 0 to 10."))
    row = GoalScore.objects.create(
        line=line, value=value, words=words.strip(), **signature(writer, role)
    )
    after = {"value": value, "words": row.words}
    revise(plan, What.SCORED, writer=writer, role=role, line=line, after=after)
    touch(plan.person_id)
    return row


@transaction.atomic
def rank(
    *,
    plan: Plan,
    first: Sequence[AreaOfLife],
    not_now: Sequence[AreaOfLife],
    by: By,
    seen_version: int,
) -> Plan:
    """What comes first for the person, in their order; and what they want to leave for now.

    Precondition: nobody has put the areas in order since `seen_version` was shown.
    """
    plan, writer, role = reading(plan, by)
    if not may_rate(role, State(plan.state)):
        raise NotYours(_("Only the person says what comes first for them."))
    if plan.ranked_version != seen_version:
        raise Refusal(_("The order was changed while you were choosing. Look at it again."))
    chosen = [one.pk for one in first]
    later = {one.pk for one in not_now}
    rows = list(PlanArea.objects.select_for_update(of=("self",)).filter(plan=plan))
    known = {row.area_id for row in rows}
    if len(set(chosen)) != len(chosen) or later & set(chosen) or not {*chosen, *later} <= known:
        raise Refusal(_("Give each area one place, or “not now”."))
    before = _order(rows)
    PlanArea.objects.filter(plan=plan).update(rank=None)  # so that no two meet on their way
    for row in rows:
        row.rank = chosen.index(row.area_id) + 1 if row.area_id in chosen else None
        row.not_now = row.area_id in later
        row.save()
    after = _order(rows)
    if before == after:
        return plan
    plan.ranked_version += 1
    plan._history_user = writer.user
    plan._change_reason = "rank"
    plan.save()
    revise(plan, What.RANKED, writer=writer, role=role, before=before, after=after)
    touch(plan.person_id)
    return plan


def _order(rows: Sequence[PlanArea]) -> dict[str, list[str]]:
    first = sorted((row for row in rows if row.rank), key=lambda row: row.rank or 0)
    return {
        "first": [str(row.area_id) for row in first],
        "not_now": sorted(str(row.area_id) for row in rows if row.not_now),
    }
