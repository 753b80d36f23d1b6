"""Waits and declines in honest figures. Pure: no ORM and no clock.

A figure of very few people says little and might point at one of them, so there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5  # people behind a median
FEWEST_FOR_NINE_IN_TEN = 10
OFTEN = 0.25  # this share of declines for a need is worth knowing before asking


def within(days: Mapping[int, int], share: float) -> int | None:
    """The smallest number of days within which at least this share were met.

    `days` says how many people waited how many days. Always a wait that somebody really had.
    """
    if not 0 < share <= 1:
        raise ValueError("a share lies above 0 and not above 1")
    total = sum(days.values())
    if total <= 0:
        return None
    # the rounding keeps 0.9 of 10 at nine people and not, by a binary hair, at ten
    rank = max(math.ceil(round(share * total, 9)), 1)
    seen = 0
    for day in sorted(days):
        seen += days[day]
        if seen >= rank:
            return day
    return None


@dataclass(frozen=True, slots=True)
class Waits:
    """How long people waited for a first meeting with a team, in the last six months."""

    met: int = 0
    median: int | None = None
    ninetieth: int | None = None
    waiting: int = 0
    longest: int | None = None

    @property
    def known(self) -> bool:
        return self.median is not None


def waits(days: Mapping[int, int], *, waiting: int = 0, longest: int | None = None) -> Waits:
    """Figures, as far as enough people stand behind each."""
    met = sum(days.values())
    return Waits(
        met=met,
        median=within(days, 0.5) if met >= FEWEST else None,
        ninetieth=within(days, 0.9) if met >= FEWEST_FOR_NINE_IN_TEN else None,
        waiting=waiting,
        longest=longest if waiting >= FEWEST else None,
    )


@dataclass(frozen=True, slots=True)
class Declines:
    """How often a team declined what it was asked for, in the last twelve months."""

    declined: int = 0
    decided: int = 0

    @property
    def known(self) -> bool:
        return self.decided >= FEWEST

    @property
    def often(self) -> bool:
        """Often enough, and on enough decisions, to say so before somebody asks again."""
        return self.known and self.declined >= 2 and self.declined / self.decided >= OFTEN
