"""Organisations, teams and workers."""

from itertools import count
from typing import Any

from casework.directory.models import Organisation, Team, Worker

_numbers = count(1)


def organisation(*, extract_as_of: Any = None, **fields: Any) -> Organisation:
    """An organisation that works with Alongside every day, or (`extract_as_of`) one that is known
    from extracts only."""
    number = next(_numbers)
    fields.setdefault("name", f"Organisation {number}")
    fields.setdefault("kind", Organisation.Kind.TRUST)
    return Organisation.objects.create(live=extract_as_of is None, as_of=extract_as_of, **fields)


def team(name: str = "", *, of: Organisation | None = None, **fields: Any) -> Team:
    """A team that is open."""
    fields.setdefault("kind", Team.Kind.CMHT)
    return Team.objects.create(
        name=name or f"Team {next(_numbers)}", organisation=of or organisation(), **fields
    )


def worker(name: str = "", **fields: Any) -> Worker:
    """A worker who still works here."""
    return Worker.objects.create(name=name or f"Worker {next(_numbers)}", **fields)
