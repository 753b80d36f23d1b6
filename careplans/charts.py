"""Lines over time as SVG, with the same figures as a table. Pure: points in, places and words out.

A picture alone tells nothing to whoever cannot see it: every chart comes with its table, and the
line is told apart by its marks and not by its colour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.common.presenters import short_date

WIDTH, HEIGHT = 600, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 14, 26


@dataclass(frozen=True)
class Point:
    """One figure on a day, with what was said about it."""

    on: dt.date
    value: float
    words: str = ""


@dataclass(frozen=True)
class Mark:
    """Where one figure stands in the picture."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture and its table."""

    key: str
    title: str
    summary: str
    path: str
    marks: list[Mark]
    grid: list[Mark]
    first_day: str
    last_day: str
    rows: list[tuple[str, str, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def number(value: float) -> str:
    """A figure without a nought too many."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def line_chart(key: str, title: str, points: Sequence[Point], low: float, high: float) -> Chart:
    """A chart of at least one point; days stand apart as they were apart.

    Points of one day stand side by side in the order in which they were given.
    """
    rows = sorted(points, key=lambda one: one.on)  # stable: the order of one day stays
    marks = [
        Mark(x, _y(one.value, low, high), f"{short_date(one.on)}: {number(one.value)}")
        for x, one in zip(_places(rows), rows, strict=True)
    ]
    return Chart(
        key=key,
        title=title,
        summary=_summary(rows, low, high),
        path=" ".join(f"{'M' if n == 0 else 'L'}{m.x:g} {m.y:g}" for n, m in enumerate(marks)),
        marks=marks,
        grid=[
            Mark(LEFT, _y(value, low, high), number(value))
            for value in dict.fromkeys((low, (low + high) / 2, high))
        ],
        first_day=short_date(rows[0].on),
        last_day=short_date(rows[-1].on) if rows[-1].on != rows[0].on else "",
        rows=[(short_date(one.on), number(one.value), one.words) for one in rows],
    )


def _y(value: float, low: float, high: float) -> float:
    share = (min(max(value, low), high) - low) / (high - low)
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _places(rows: Sequence[Point]) -> list[float]:
    """Across, by day; where two would meet, a little further on."""
    span = (rows[-1].on - rows[0].on).days
    wide = WIDTH - LEFT - RIGHT
    if not span:
        step = wide / (len(rows) + 1)
        return [round(LEFT + step * (n + 1), 1) for n in range(len(rows))]
    found: list[float] = []
    for one in rows:
        x = LEFT + 8 + (wide - 16) * (one.on - rows[0].on).days / span
        if found and x <= found[-1]:
            x = min(found[-1] + 6, WIDTH - RIGHT)
        found.append(round(x, 1))
    return found


def _summary(rows: Sequence[Point], low: float, high: float) -> str:
    if len(rows) == 1:
        return _("%(now)s on %(day)s, on a scale from %(low)s to %(high)s.") % {
            "now": number(rows[0].value),
            "day": short_date(rows[0].on),
            "low": number(low),
            "high": number(high),
        }
    return _(
        "From %(first)s on %(start)s to %(last)s on %(end)s, on a scale from %(low)s to %(high)s."
    ) % {
        "first": number(rows[0].value),
        "start": short_date(rows[0].on),
        "last": number(rows[-1].value),
        "end": short_date(rows[-1].on),
        "low": number(low),
        "high": number(high),
    }


def change(points: Sequence[Point]) -> float | None:
    """How far it has moved since the first time; None where there is nothing to compare."""
    rows = sorted(points, key=lambda one: one.on)
    return round(rows[-1].value - rows[0].value, 3) if len(rows) > 1 else None
