"""The few words in which SQLite and PostgreSQL differ, and how each hands over many rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

CHUNK = 2000  # rows fetched at a time
SORT_KILOBYTES = 16 * 1024


@dataclass(frozen=True)
class Dialect:
    """What the statement is made of, apart from standard SQL.

    `joined`: values in one text, with commas between; `days`: whole days from a date to the date
    of the facts; `listed`: the ids of a list that is given as one parameter; `scanned`: keeps a
    condition that most rows meet from being looked up row by row; `hashed`: joins of many rows are
    hashed, and then quicker than one look-up for each.
    """

    joined: str
    days: str
    least: str
    greatest: str
    listed: str
    scanned: str
    hashed: bool


_POSTGRESQL = Dialect(
    joined="string_agg(CAST({0} AS text), ',')",
    days="(%(on)s - {0})",
    least="LEAST",
    greatest="GREATEST",
    listed="(SELECT CAST(value AS uuid) FROM json_array_elements_text(%(people)s))",
    scanned="",
    hashed=True,
)
_SQLITE = Dialect(
    joined="group_concat({0})",
    days="CAST(%(julian)s - julianday({0}) AS integer)",
    least="min",
    greatest="max",
    listed="(SELECT value FROM json_each(%(people)s))",
    scanned="+",
    hashed=False,
)


# What the worker of each of the last six contacts `s` was to the person on the day, as a number:
# the contacts with the key worker, and 100 times those with somebody named in another role. Two
# allocations of one worker that overlap count once.
_TIED_BY_LOOK_UP = """CAST(COALESCE(sum(CASE WHEN s.late = 1 THEN (
      SELECT max(CASE a.role WHEN 'key_worker' THEN 1 ELSE 0 END)
        + 100 * max(CASE a.role WHEN 'key_worker' THEN 0 ELSE 1 END)
      FROM cases_allocation a
      WHERE a.person_id = s.person_id AND a.worker_id = s.worker_id
        AND a.start <= s.date AND (a."end" IS NULL OR a."end" >= s.date)) END), 0) AS integer)"""
_TIED_BY_JOIN = "CAST(count(n.id) + 100 * count(o.id) AS integer)"
_JOINS = """  LEFT JOIN cases_allocation n ON s.late = 1 AND n.role = 'key_worker'
    AND n.person_id = s.person_id AND n.worker_id = s.worker_id
    AND n.start <= s.date AND (n."end" IS NULL OR n."end" >= s.date)
    AND NOT EXISTS (SELECT 1 FROM cases_allocation e WHERE e.role = 'key_worker'
      AND e.person_id = n.person_id AND e.worker_id = n.worker_id AND e.start < n.start
      AND (e."end" IS NULL OR e."end" >= s.date))
  LEFT JOIN cases_allocation o ON s.late = 1 AND o.role <> 'key_worker'
    AND o.person_id = s.person_id AND o.worker_id = s.worker_id
    AND o.start <= s.date AND (o."end" IS NULL OR o."end" >= s.date)
    AND NOT EXISTS (SELECT 1 FROM cases_allocation e WHERE e.role <> 'key_worker'
      AND e.person_id = o.person_id AND e.worker_id = o.worker_id
      AND (e.start < o.start OR (e.start = o.start AND e.role < o.role))
      AND (e."end" IS NULL OR e."end" >= s.date))"""


def ties(*, many: bool) -> tuple[str, str]:
    """The number described above, and the joins that it needs, for many people or for few."""
    return (_TIED_BY_JOIN, _JOINS) if many and dialect().hashed else (_TIED_BY_LOOK_UP, "")


def dialect() -> Dialect:
    """The words of the engine in use."""
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def date_parameter(day: dt.date) -> Any:
    """A date as the engine stores it."""
    return day if connection.vendor == "postgresql" else day.isoformat()


def key(ident: UUID) -> Any:
    """An id as the engine stores it."""
    return ident if connection.vendor == "postgresql" else ident.hex


def as_id(value: Any) -> UUID:
    """An id that was read."""
    return value if isinstance(value, UUID) else UUID(value)


def as_date(value: Any) -> dt.date:
    """A date that was read; SQLite keeps it as text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def keys(idents: Iterable[UUID]) -> str:
    """Many ids as one parameter, however many there are."""
    postgresql = connection.vendor == "postgresql"
    return json.dumps([str(ident) if postgresql else ident.hex for ident in idents])


def julian(day: dt.date) -> float:
    """SQLite's number of a day (midnight)."""
    return day.toordinal() + 1721424.5


def rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement that has few."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def stream(sql: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement that has many, a few thousand in memory at a time.

    Read them to the end before anything is written on the same connection.
    """
    if connection.vendor != "postgresql":
        with _small_cache(), connection.chunked_cursor() as cursor:
            cursor.execute(sql, parameters)
            while chunk := cursor.fetchmany(CHUNK):
                yield from chunk
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            # sorts in memory; a cursor that is read to its end; no compiling for one statement
            cursor.execute(
                "SET LOCAL work_mem = '64MB'; SET LOCAL cursor_tuple_fraction = 1;"
                " SET LOCAL jit = off"
            )
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, parameters)
            while chunk := cursor.fetchmany(CHUNK):
                yield from chunk


@contextmanager
def _small_cache() -> Iterator[None]:
    """SQLite may keep as much of each sort in memory as of the database: less, for many sorts."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        [before] = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = -{SORT_KILOBYTES}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {before}")
