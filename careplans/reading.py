"""What pages read of a plan besides its words: changes since a look, answers, history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from careplans import changes
from careplans.changes import AreaChanges
from careplans.content import Content, as_it_was
from careplans.models import (
    Agreement,
    GoalScore,
    Line,
    Look,
    Plan,
    Proposal,
    Revision,
    Version,
)
from careplans.services.writing import said_at
from careplans.sharing import EVERYTHING, Part
from careplans.voices import Role
from casework.cases.models import SealedNote
from casework.portal.models import PortalAccount


def own_plan(account: PortalAccount) -> Plan | None:
    """The plan that is going on, or else the latest one, as the person reads it themselves; none
    while a safeguarding concern keeps it back."""
    if SealedNote.Area.PLAN in account.kept_back:
        return None
    rows = account.person.plans.select_related("person", "team")
    return rows.live().first() or rows.order_by("-started_on", "-pk").first()


def last_change(plan: Plan) -> int:
    """The number of the latest change."""
    return plan.revisions.aggregate(last=Max("number"))["last"] or 0


def changes_since(
    plan: Plan,
    user: Any,
    now: Content,
    part: Part = EVERYTHING,
    *,
    own: bool = False,
    themselves: bool = False,
) -> list[AreaChanges]:
    """What others (with `own`, anybody) changed since the user said that they had read it.

    Who has never said so is told nothing at a glance (everything is new to them) and everything
    with `own`. `themselves` is the person whose plan it is, on their own pages.
    """
    look = Look.objects.filter(plan=plan, user=user).first()
    if look is None and not own:
        return []
    number = look.number if look is not None else 0
    rows = plan.revisions.filter(number__gt=number)
    if not own:
        rows = rows.exclude(role=Role.PERSON) if themselves else rows.exclude(by=user)
    revisions = [
        one
        for one in rows.select_related("area", "line").order_by("number")
        if part.everything or one.line is None or part.line(one.line.kind, _code(one))
    ]
    if not revisions:
        return []
    earlier: list[Revision] = []
    if any(one.what == Revision.What.RATED for one in revisions):
        earlier = list(
            plan.revisions.filter(number__lte=number, what=Revision.What.RATED)
            .select_related("area", "by")
            .order_by("number")
        )
    called = _("me") if themselves else ""
    return changes.between(as_it_was(now, revisions, earlier), now, called)


def _code(revision: Revision) -> str | None:
    return revision.area.code if revision.area is not None else None


def answers_to(version: Version | None) -> list[Agreement]:
    """What each party said last about a version, the person first."""
    if version is None:
        return []
    latest: dict[tuple[str, str], Agreement] = {}
    for row in version.agreements.order_by("created_at", "pk"):
        who = "" if row.party in (Agreement.Party.PERSON, Agreement.Party.TEAM) else row.name
        latest[(row.party, who)] = row
    return [latest[key] for key in sorted(latest)]


def looked_on(plan: Plan) -> dt.date | None:
    """When the plan was last looked at together."""
    return plan.reviews.aggregate(last=Max("held_on"))["last"]


@dataclass(frozen=True)
class Removal:
    """What a proposal would take away: as it was when somebody proposed it, where that was
    something else, and as it is now. `version` is what the page shows."""

    before: str
    now: str
    version: int


def removal_of(row: Proposal, person: str) -> Removal | None:
    """Both texts of a line that somebody proposes to take away; `person` is what the person is
    called there."""
    if not row.removes or row.line is None:
        return None
    line = row.line
    now = "" if line.removed else _words_of(line, line.values(), person)
    before = ""
    if line.version != row.line_version:
        before = _words_of(line, row.values or said_at(line, row.line_version), person)
    return Removal(before, now, line.version)


def _words_of(line: Line, values: Mapping[str, str], person: str) -> str:
    named = line.owner_worker is not None and values.get("owner_worker") == str(
        line.owner_worker_id
    )
    name = str(line.owner_worker) if named else ""
    return changes.line_words({"values": values, "owner_name": name}, person)


def scores_of(plan: Plan) -> QuerySet[GoalScore]:
    """How far the goals of a plan came, the oldest first."""
    rows = GoalScore.objects.filter(line__plan=plan, line__removed=False)
    return rows.select_related("line__area").order_by("on", "created_at", "pk")
