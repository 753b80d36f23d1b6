"""A plan as it is shared: plain data that can be read by itself in ten years.

What a version keeps, what pages show of an old version, and what changes are told from, is one
shape: areas in their order, each with its lines; then the lines that belong to no area.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from careplans.kinds import KINDS, Kind
from careplans.models import GoalScore, Line, Plan, Rating, Revision
from careplans.writers import signed_words

Content = dict[str, Any]


def content_of(plan: Plan) -> Content:
    """Everything that a plan says now. The number of queries does not depend on how much."""
    name = plan.person.display_name
    lines: dict[Any, list[Content]] = {}
    scores: dict[Any, list[GoalScore]] = {}
    for score in (
        GoalScore.objects.filter(line__plan=plan).select_related("by").order_by("created_at", "pk")
    ):
        scores.setdefault(score.line_id, []).append(score)
    rows = (
        plan.lines.filter(removed=False)
        .select_related("by", "owner_worker")
        .order_by("created_at", "pk")
    )
    for row in rows:
        entry = _line(row, name, scores.get(row.pk, []))
        lines.setdefault(row.area_id, []).append(entry)
    ratings: dict[Any, Rating] = {
        row.area_id: row for row in plan.ratings.select_related("by").order_by("created_at", "pk")
    }
    return {
        "person": name,
        "team": plan.team.name if plan.team else "",
        "areas": [
            {
                "id": str(row.area_id),
                "code": row.area.code,
                "name": row.area.name,
                "rank": row.rank,
                "not_now": row.not_now,
                "rating": _rating(ratings.get(row.area_id), name),
                "lines": lines.get(row.area_id, []),
            }
            for row in plan.areas.in_order()
        ],
        "lines": lines.get(None, []),
    }


def _line(row: Line, name: str, scores: list[GoalScore]) -> Content:
    entry: Content = {
        "id": str(row.pk),
        "kind": row.kind,
        "voice": KINDS[Kind(row.kind)].voice.value,
        "version": row.version,
        "values": row.values(),
        "written": signed_words(row, name),
        "role": row.role,
        "on": row.on.isoformat(),
    }
    if row.owner_worker is not None:
        entry["owner_name"] = row.owner_worker.name
    if row.kind == Kind.ACTION:
        entry["progress"] = row.progress
        entry["what_happened"] = row.what_happened
    if scores:
        entry["scores"] = [
            {"value": one.value, "words": one.words, "on": one.on.isoformat()} for one in scores
        ]
    return entry


def _rating(row: Rating | None, name: str) -> Content | None:
    if row is None:
        return None
    return {
        "value": row.value,
        "words": row.words,
        "wants_help": row.wants_help,
        "on": row.on.isoformat(),
        "written": signed_words(row, name),
        "role": row.role,
    }


def as_it_was(now: Content, revisions: Sequence[Revision], earlier: Sequence[Revision]) -> Content:
    """A plan's content before some of its changes: `revisions`, oldest first. `earlier` are the
    ratings that were given before them. Nothing is asked of the database."""
    was = copy.deepcopy(now)
    areas = {area["code"]: area for area in was["areas"]}
    places: dict[str, list[Content]] = {code: area["lines"] for code, area in areas.items()}
    places[""] = was["lines"]
    for change in reversed(revisions):
        code = change.area.code if change.area is not None else ""
        if change.line_id is not None and code in places:
            _undo(places[code], change)
        elif change.what == Revision.What.RANKED:
            _undo_order(was["areas"], change)
    for code in {
        one.area.code for one in revisions if one.what == Revision.What.RATED and one.area
    } & set(areas):
        known = [one for one in earlier if one.area is not None and one.area.code == code]
        areas[code]["rating"] = dict(known[-1].after) if known else None
    return was


def _undo(lines: list[Content], change: Revision) -> None:
    What = Revision.What
    line = change.line
    key = str(change.line_id)
    entry = next((one for one in lines if one["id"] == key), None)
    if change.what == What.REMOVED and entry is None and line is not None:
        lines.append({"id": key, "kind": line.kind, "values": dict(change.before)})
    elif entry is None:
        return
    elif change.what == What.WRITTEN:
        lines.remove(entry)
    elif change.what == What.CHANGED:
        entry["values"] = dict(change.before)
    elif change.what == What.REPORTED:
        entry.update(change.before)
    elif change.what == What.SCORED and entry.get("scores"):
        entry["scores"] = entry["scores"][:-1]
        if not entry["scores"]:
            del entry["scores"]


def _undo_order(areas: list[Content], change: Revision) -> None:
    first, not_now = change.before.get("first", []), change.before.get("not_now", [])
    for area in areas:
        area["rank"] = first.index(area["id"]) + 1 if area["id"] in first else None
        area["not_now"] = area["id"] in not_now
