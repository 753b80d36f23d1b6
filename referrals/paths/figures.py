"""Declines, first meetings and what does not exist, by locality and kind of team.

Counts only, over the whole network, with small numbers hidden; nobody can be found in them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from casework.directory.models import Locality, Team
from referrals.models import DeclineProposal, Referral
from referrals.paths.suppression import TOTAL, Cell, hidden, with_totals
from referrals.table import State

YEAR = dt.timedelta(days=365)
NOWHERE = ""  # a person without a recorded locality


@dataclass(frozen=True)
class Figures:
    """A table of counts with totals, and what of it is hidden. `details` says more about cells."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: dict[Cell, int]
    hidden: frozenset[Cell]
    details: dict[Cell, tuple[int, int]]

    def shown(self, row: str, column: str) -> int | None:
        """The count, or None where it is hidden."""
        cell = Cell(row, column)
        return None if cell in self.hidden else self.counts[cell]


def tabulate(
    facts: Iterable[tuple[str, str, Any]],
    detail: Callable[[list[Any]], tuple[int, int]] | None = None,
) -> Figures:
    """Count facts (locality, kind of team, a value) and hide what is small."""
    values: dict[Cell, list[Any]] = {}
    for locality, kind, value in facts:
        values.setdefault(Cell(locality, kind), []).append(value)
    rows = tuple(sorted({str(cell.row) for cell in values}, key=lambda row: (row == NOWHERE, row)))
    columns = tuple(kind for kind in Team.Kind.values if any(c.column == kind for c in values))
    counts = with_totals(rows, columns, Counter({cell: len(v) for cell, v in values.items()}))
    kept_back = frozenset(hidden(counts)) if rows else frozenset()
    details = {}
    if detail is not None:
        details = {cell: detail(v) for cell, v in values.items() if cell not in kept_back}
    return Figures(rows, columns, counts, kept_back, details)


def _facts(
    rows: QuerySet[Any], prefix: str, *fields: str
) -> Iterable[tuple[str, str, tuple[Any, ...]]]:
    names = {key: name for key, name in _localities()}
    place, kind = f"{prefix}person__locality_id", f"{prefix}team__kind"
    rows = rows.filter(**{f"{prefix}team__isnull": False}).order_by()
    for locality, of_kind, *values in rows.values_list(place, kind, *fields).iterator():
        yield names.get(locality, NOWHERE), of_kind, tuple(values)


def _localities() -> Iterable[tuple[Any, str]]:
    return Locality.objects.values_list("pk", "name")


def declines(today: dt.date) -> Figures:
    """Referrals that were declined in the last twelve months."""
    rows = Referral.objects.filter(
        state=State.DECLINED, rejected_on__gt=today - YEAR, rejected_on__lte=today
    )
    return tabulate(_facts(rows, ""))


def missing(today: dt.date) -> Figures:
    """Proposals of the last twelve months that had to say "nothing exists here"."""
    rows = DeclineProposal.objects.filter(
        nothing_exists=True, created_at__date__gt=today - YEAR, created_at__date__lte=today
    )
    return tabulate(_facts(rows, "referral__"))


def waits(today: dt.date) -> Figures:
    """First meetings of the last twelve months, with the days from the first ask (median, and what
    nine of ten waited at most)."""
    rows = Referral.objects.filter(
        first_contact_on__gt=today - YEAR, first_contact_on__lte=today
    ).exclude(state=State.ENTERED_IN_ERROR)
    return tabulate(
        (
            (place, kind, (met - (asked or root_asked or received)).days)
            for place, kind, (met, asked, root_asked, received) in _facts(
                rows, "", "first_contact_on", "asked_on", "root__asked_on", "received_on"
            )
        ),
        median_and_ninetieth,
    )


def median_and_ninetieth(days: list[int]) -> tuple[int, int]:
    """Of whole days: the smallest number that half, and nine of ten, did not exceed."""
    ordered = sorted(max(day, 0) for day in days)
    return tuple(  # type: ignore[return-value]
        ordered[max(-(-len(ordered) * share // 10) - 1, 0)] for share in (5, 9)
    )


__all__ = [
    "NOWHERE",
    "TOTAL",
    "YEAR",
    "Cell",
    "Figures",
    "declines",
    "median_and_ninetieth",
    "missing",
    "waits",
]
