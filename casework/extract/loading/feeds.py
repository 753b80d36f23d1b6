"""The feeds: final values for each target, made from the staging file by SQLite alone.

They lie in a file of their own beside the staging file, which is never changed by a load. After a
crash they are simply made again: the same staging file gives the same rows in the same order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db import models

from casework.extract.loading.parts import Parameters, Part, Step, Target, field_of

_TYPES: tuple[tuple[type[models.Field], str], ...] = (
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.JSONField, "jsonb"),
)


def columns(target: Target) -> dict[str, str]:
    """The columns of a feed and their PostgreSQL types."""
    model = apps.get_model(target.model)
    typed = {}
    for name in target.columns:
        column = field_of(model, name)
        typed[name] = next((word for kind, word in _TYPES if isinstance(column, kind)), "text")
    return typed | dict.fromkeys([*target.refs, *target.extra], "text")


def _values(target: Target) -> list[str]:
    model = apps.get_model(target.model)
    values = []
    for name, value in target.columns.items():
        column = field_of(model, name)
        blank = isinstance(column, models.CharField) and not column.null
        values.append(f"COALESCE({value}, '')" if blank else value)
    return [*values, *(ref.value for ref in target.refs.values()), *target.extra.values()]


def make(path: Path, staging: Path, steps: Iterable[Step], parameters: Parameters) -> None:
    """Write the file of feeds, replacing one that is there."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, uri=True)
    try:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            " PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;"
        )
        connection.execute("ATTACH ? AS staging", [f"{staging.resolve().as_uri()}?mode=ro"])
        for step in steps:
            if step.prepare:
                step.prepare(connection, parameters)
            for part in step.parts:
                if isinstance(part, Target):
                    _fill(connection, part, parameters)
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, target: Target, parameters: Parameters) -> None:
    names = ", ".join(f'"{name}"' for name in columns(target))
    connection.execute(f'CREATE TABLE "{target.name}" (n INTEGER PRIMARY KEY, {names})')
    connection.execute(
        f'INSERT INTO "{target.name}" ({names}) SELECT {", ".join(_values(target))}'
        f" FROM {target.source} ORDER BY {target.order}",
        parameters,
    )
    if "local_id" in target.columns:
        connection.execute(f'CREATE INDEX "{target.name}_id" ON "{target.name}" (local_id)')


def size(path: Path, name: str) -> int:
    """How many rows a feed has."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
    finally:
        connection.close()


def targets(parts: Iterable[Part]) -> list[Target]:
    """The parts that have a feed."""
    return [part for part in parts if isinstance(part, Target)]
