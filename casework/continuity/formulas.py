"""Indices of continuity of care: how much one or few workers are with a person.

Every index takes counts and not contacts: `n` contacts with a known worker, `most` of them with
the worker met most often, `workers` different workers, `squares` the sum of the squared numbers
of contacts per worker, `same` neighbouring pairs of contacts with the same worker. Below its
minimum an index has no value (None), which is neither 0 nor 1. They describe how a service is
arranged: none of them is a score of a person, and no worker is ranked by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

MINIMUM = 2  # contacts, for every index but the Herfindahl index


def upc(n: int, most: int) -> float | None:
    """Usual provider of care: the share of contacts with the worker met most often.

    Breslau and Reeb 1975; as in BJGP 2023;73(731):279-282. Never 0; 1 is one worker.
    """
    return most / n if n >= MINIMUM else None


def coc(n: int, squares: int) -> float | None:
    """Bice-Boxerman continuity of care: 0 when every contact is with another worker, 1 when one
    worker is at all of them (Bice and Boxerman 1977)."""
    return (squares - n) / (n * (n - 1)) if n >= MINIMUM else None


def secon(n: int, same: int) -> float | None:
    """Sequential continuity: the share of neighbouring pairs of contacts with the same worker.

    Steinwachs 1979. The only one here for which the order of contacts matters.
    """
    return same / (n - 1) if n >= MINIMUM else None


def hi(n: int, squares: int) -> float | None:
    """Herfindahl index: the sum of the squared shares of the workers (PMC3806147)."""
    return squares / (n * n) if n >= 1 else None


def mci(n: int, workers: int) -> float | None:
    """Continuity from the number of workers alone (Magill and Senf 1987)."""
    return 1 - workers / (n + 0.1) if n >= MINIMUM else None


def mmci(n: int, workers: int) -> float | None:
    """Modified, modified continuity index: `mci` scaled to reach 1 (Magill and Senf 1987).

    It sees the number of contacts and of workers only: two workers taking turns come close to 1,
    and many contacts hide many workers. Show it with UPC and SECON, never alone.
    """
    return (1 - workers / (n + 0.1)) / (1 - 1 / (n + 0.1)) if n >= MINIMUM else None


def share(part: int, whole: int) -> float | None:
    """A part of the whole; no value where there is nothing to share."""
    return part / whole if whole > 0 else None


def pdc(covered: int, days: int) -> float | None:
    """Proportion of days covered: days with a named worker in the days looked at.

    Borrowed from medicines supply. Days with two named workers count once.
    """
    return covered / days if days >= 1 else None


@dataclass(frozen=True)
class Counts:
    """What the indices need to know about a run of contacts."""

    n: int
    workers: int
    most: int
    squares: int
    same: int

    @classmethod
    def of(cls, workers: Sequence[Hashable]) -> Counts:
        """The counts of contacts given by their worker, in the order in which they took place."""
        per_worker = Counter(workers)
        return cls(
            n=len(workers),
            workers=len(per_worker),
            most=max(per_worker.values(), default=0),
            squares=sum(count * count for count in per_worker.values()),
            same=sum(a == b for a, b in pairwise(workers)),
        )
