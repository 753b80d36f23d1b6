"""What is due, from every app that knows of something.

An app registers a `WorklistSection` in its own `worklist_sections.py`. The home page puts what all
of them name into one list, by day: who works does not care which app a promise comes from. It is
declared down here, because the worklist and people's own pages are neighbours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from casework.common.registry import Registry

AHEAD = dt.timedelta(days=7)
MOST = 40  # lines that one section names


@dataclass(frozen=True)
class Due:
    """One thing that waits for a worker.

    `what` says it in the words of whoever promised it; `kind` is what sort of thing it is
    ("Promise"); `action` and `href` lead to where it is done; `person_id` and `person` say whom it
    is about, if anybody.
    """

    what: str
    kind: str
    due_on: dt.date
    href: str
    action: str
    person_id: UUID | None = None
    person: str = ""


@dataclass(frozen=True)
class WorklistSection:
    """`due(user, on, until)` names what is due for the user up to a day, the oldest first.

    It runs a fixed number of queries, names at most `MOST` things, and only people whose record
    the user may open.
    """

    due: Callable[[Any, dt.date, dt.date], Sequence[Due]]


class Waiting(NamedTuple):
    """One row of a section whose rows are read with those of others."""

    key: UUID
    words: str  # what the section put there
    day: dt.date
    person_id: UUID
    person: str


@dataclass(frozen=True)
class WorklistLines:
    """A section like the above, of which the home page reads the rows together with those of all
    others of its kind, in one statement.

    `rows(user, on, until)` are rows in order, the first to be done at the top, with `line_words`
    and `line_day` beside them, or None where there can be none; only people whose record the user
    may open. `person` is the way to the person. `say` puts one of them into words.
    """

    rows: Callable[[Any, dt.date, dt.date], QuerySet[Any] | None]
    say: Callable[[Waiting, dt.date], Due]
    person: str = "person"

    def due(self, user: Any, on: dt.date, until: dt.date) -> list[Due]:
        """What is due of this section alone."""
        return _read({"": self}, user, on, until)

    def part(self, name: str, user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
        """Its part of the statement: the same columns as every other."""
        rows = self.rows(user, on, until)
        if rows is None:
            return None
        columns = ("preferred_name", "name", "local_id")
        first = rows.values("pk")[:MOST]
        return (
            rows.filter(pk__in=first)
            .order_by()
            .values_list(
                Value(name, output_field=TextField()),
                "pk",
                Cast("line_words", TextField()),
                "line_day",
                f"{self.person}_id",
                *(f"{self.person}__{column}" for column in columns),
            )
        )


worklist_sections: Registry[WorklistSection | WorklistLines] = Registry("worklist_sections")


def due_for(user: Any, on: dt.date) -> list[Due]:
    """What is due for the user today, overdue, or in the next days, the oldest first."""
    until = on + AHEAD
    together: dict[str, WorklistLines] = {}
    found: list[Due] = []
    for name, section in worklist_sections.items():
        if isinstance(section, WorklistLines):
            together[name] = section
        else:
            found += section.due(user, on, until)
    found += _read(together, user, on, until)
    return sorted(found, key=lambda one: (one.due_on, one.kind, one.person, one.what))


def _read(
    sections: Mapping[str, WorklistLines], user: Any, on: dt.date, until: dt.date
) -> list[Due]:
    """The lines of some sections, by day: one query."""
    asked = [section.part(name, user, on, until) for name, section in sections.items()]
    parts = [part for part in asked if part is not None]
    if not parts:
        return []
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = []
    for name, key, words, day, person_id, preferred_name, full_name, local_id in rows:
        person = preferred_name or full_name or local_id or str(person_id)
        found.append(sections[name].say(Waiting(key, words, day, person_id, person), on))
    return sorted(found, key=lambda one: one.due_on)
