"""What somebody who leaves still holds, and how each of it passes to somebody else.

An app registers a `LeaverMove` in its own `leaver_moves.py`; what the cases app holds is in
`casework.cases.team_work.moves`. The leaver pages list what every entry lists, person by person,
and nobody has left before all lists are empty. The same lists say whose records open for those
who cover an absence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from casework.accounts.models import User
from casework.common.registry import Registry
from casework.directory.models import Worker


@dataclass(frozen=True)
class Held:
    """One thing that a worker holds: the row's id, whose it is (None: nobody's), and its words."""

    key: UUID
    person_id: UUID | None
    words: str


@dataclass(frozen=True)
class Passing:
    """How things pass from a worker to another: until when, by whom, and what the person says.

    `last_day` is the last day of the worker who leaves, past or to come. `agreed_on` is when it
    was talked about with the person; None if it was not.
    """

    worker: Worker
    to: Worker
    last_day: dt.date
    by: User | None
    agreed_on: dt.date | None = None
    person_says: str = ""


@dataclass(frozen=True)
class LeaverMove:
    """One kind of thing that a worker can hold.

    `held(worker, last_day)` lists what would be without a holder after that day, in a fixed number
    of queries. `move(key, passing)` gives one of them to `passing.to` in the caller's transaction,
    so that it is no longer listed; it raises `Refusal` where that cannot be. Entries with a lower
    `order` move first.
    """

    title: str | Promise
    order: int
    held: Callable[[Worker, dt.date], Iterable[Held]]
    move: Callable[[UUID, Passing], None]


leaver_moves: Registry[LeaverMove] = Registry("leaver_moves")


def in_order() -> list[tuple[str, LeaverMove]]:
    """Every kind with its name, in the order in which they move."""
    return sorted(leaver_moves.items(), key=lambda item: (item[1].order, item[0]))


def everything_held(worker: Worker, last_day: dt.date) -> list[tuple[str, Held]]:
    """All that would be without a holder after a day, each with the name of its kind."""
    return [(name, held) for name, kind in in_order() for held in kind.held(worker, last_day)]
