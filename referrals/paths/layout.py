"""Where the bars of a journey stand. Pure: days and lanes in, places out; no words, no database.

One lane per team. Within a lane bars that would meet are put on rows below each other, so that
none covers another. Each bar lies inside the picture, however short it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

WIDTH = 960
LEFT = 2
RIGHT = 2
TOP = 32  # the scale of dates
NAME = 24  # the line with the team's name, above its bars
ROW = 36
BAR = 28
LANE_GAP = 8
LEAST = 4  # a bar that lasted no day can still be seen
TICKS = 6


@dataclass(frozen=True)
class Span:
    """Something that lasted in a lane from a day to a day (both included)."""

    lane: Hashable
    start: dt.date
    end: dt.date
    key: Hashable


@dataclass(frozen=True)
class Bar:
    """A span's place in the picture."""

    key: Hashable
    x: float
    y: float
    width: float
    height: float = BAR


@dataclass(frozen=True)
class Lane:
    """A lane's place: its name stands on its first line, the bars below."""

    key: Hashable
    y: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A day on the scale."""

    day: dt.date
    x: float


@dataclass(frozen=True)
class Layout:
    """The whole picture."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def place(
    spans: Sequence[Span], lanes: Sequence[Hashable], *, start: dt.date, end: dt.date
) -> Layout:
    """Place spans in their lanes, in the order of `lanes`. What lies outside of the days shown is
    cut at their edge; a span wholly outside is left out."""
    end = max(start, end)
    scale = _Scale(start, end)
    bars: list[Bar] = []
    places: list[Lane] = []
    y = float(TOP)
    for lane in lanes:
        mine = sorted(
            (
                span
                for span in spans
                if span.lane == lane and span.end >= start and span.start <= end
            ),
            key=lambda span: (span.start, span.end, str(span.key)),
        )
        free: list[float] = []  # where each row of the lane is free again
        for span in mine:
            left, right = scale.edges(span)
            row = next((n for n, edge in enumerate(free) if edge <= left), len(free))
            if row == len(free):
                free.append(right)
            else:
                free[row] = right
            bars.append(Bar(span.key, left, y + NAME + row * ROW, right - left))
        height = NAME + max(len(free), 1) * ROW
        places.append(Lane(lane, y, height))
        y += height + LANE_GAP
    return Layout(WIDTH, y, tuple(places), tuple(bars), scale.ticks())


class _Scale:
    def __init__(self, start: dt.date, end: dt.date) -> None:
        self._start = start
        self._days = (end - start).days + 1
        self._each = (WIDTH - LEFT - RIGHT) / self._days

    def _x(self, day: dt.date) -> float:
        days = min(max((day - self._start).days, 0), self._days)
        return LEFT + days * self._each

    def edges(self, span: Span) -> tuple[float, float]:
        left, right = self._x(span.start), self._x(span.end + dt.timedelta(days=1))
        right = max(right, left + LEAST)
        over = max(right - (WIDTH - RIGHT), 0.0)
        return left - over, right - over

    def ticks(self) -> tuple[Tick, ...]:
        step = max(self._days // TICKS, 1)
        days = range(0, self._days, step)
        return tuple(
            Tick(day, self._x(day))
            for day in (self._start + dt.timedelta(days=n) for n in list(days)[: TICKS + 1])
            if self._x(day) <= WIDTH - RIGHT - 90
        )
