"""What two people write down about one area in one sitting: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.errors import NotYours, Stale
from careplans.kinds import KINDS, Kind, Owner
from careplans.models import AreaOfLife, Line, Plan
from careplans.services.rating import rate
from careplans.services.writing import remove, write
from careplans.writers import Writer
from casework.common.errors import Refusal


class MetMeanwhile(Refusal):
    """Somebody else wrote while the two were writing; `version` is the line as it is now."""

    def __init__(self, sentence: str, kind: Kind, version: int) -> None:
        super().__init__(sentence)
        self.kind, self.version = kind, version


@transaction.atomic
def write_area(
    *,
    plan: Plan,
    area: AreaOfLife,
    by: Writer,
    answers: Mapping[str, Any],
    lines: Mapping[str, Line],
) -> None:
    """Write down what a person says in a meeting as theirs, and what both agree as ours.

    Precondition: the person is there (`by.together`). Promise: nothing of it is saved where
    somebody else has meanwhile changed the same words; then both texts are in the refusal.
    """
    if not by.together:
        raise NotYours(_("This page is for writing together."))
    if answers.get("value") or answers.get("wants_help"):
        rate(
            plan=plan,
            area=area,
            by=by,
            value=int(answers["value"]) if answers.get("value") else None,
            wants_help=answers.get("wants_help") or "",
        )
    for kind in (Kind.MATTERS, Kind.SHARED_VIEW, Kind.DIFFERENTLY):
        _single(plan, area, by, kind, answers, lines.get(kind))
    if answers.get("goal"):
        write(plan=plan, kind=Kind.GOAL, values={"words": answers["goal"]}, by=by, area=area)
    if answers.get("action"):
        owner = answers.get("action_owner")
        values: dict[str, Any] = {"words": answers["action"], "owner_kind": owner}
        if owner == Owner.WORKER and by.user is not None:
            values["owner_worker"] = by.user.worker
            if by.user.worker is None:
                values |= {"owner_kind": Owner.AGENCY, "owner_words": by.user.name}
        write(plan=plan, kind=Kind.ACTION, values=values, by=by, area=area)


def _single(
    plan: Plan,
    area: AreaOfLife,
    by: Writer,
    kind: Kind,
    answers: Mapping[str, Any],
    line: Line | None,
) -> None:
    words = (answers.get(kind) or "").strip()
    seen = answers.get(f"seen_{kind}") or 0
    there = line is not None and not line.removed
    if not words:
        if line is not None and there and seen:
            remove(line=line, by=by, seen_version=seen)
        return
    try:
        write(
            plan=plan,
            kind=kind,
            values={"words": words},
            by=by,
            area=area,
            line=line,
            seen_version=seen,
        )
    except Stale as stale:
        now = next((one.theirs for one in stale.clashes if one.field == "words"), "")
        raise MetMeanwhile(
            _(
                "Somebody else changed “%(what)s” while you were writing. It says now: “%(now)s”."
                " Your words are kept in the box: put in what shall stay, and save again."
            )
            % {"what": KINDS[kind].name, "now": now},
            kind,
            stale.version,
        ) from stale
