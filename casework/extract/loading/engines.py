"""How each engine is handed the feeds, and the words in which their SQL differs.

SQLite reads the file of feeds where it lies and writes in short transactions, so that the service
goes on answering. Inside somebody's transaction it cannot attach a file: the rows are then copied
to a temporary table, as they always are for PostgreSQL, which loads all in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from casework.common.ids import uuid7
from casework.extract.loading.feeds import columns
from casework.extract.loading.parts import Target

STRETCH = 20_000  # rows that SQLite writes in one transaction

_NEW_ID = """
CREATE OR REPLACE FUNCTION pg_temp.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
    FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$
"""


class Engine:
    """The database in use, for one load, and its words for what standard SQL does not have."""

    stretch: int = 0  # 0: a whole feed at once
    new_id: str
    row_id: str  # the id of a new row of the feed `s`
    differs: str
    then: str  # a join, in this order where the engine would not know better
    json: str
    apart: str  # keeps a subquery a query of its own, read before the rows that it is to change
    least: str
    greatest: str

    def __init__(self, feeds: Path) -> None:
        self.feeds = feeds
        self.copied: list[str] = []
        self.first = False  # the provider's first import

    @contextmanager
    def open(self) -> Iterator[None]:
        """Everything that has to be there before the first row."""
        yield

    def feed(self, target: Target) -> str:
        """The name by which a statement finds the feed of a target."""
        name = f"feed_{target.name}"
        if name not in self.copied:
            self._copy(name, target)
            self.copied.append(name)
        return name

    def _copy(self, name: str, target: Target) -> None:
        """Copy a feed to a temporary table."""
        raise NotImplementedError

    def _forget(self) -> None:
        with connection.cursor() as cursor:
            for name in self.copied:
                cursor.execute(f"DROP TABLE {name}")
        self.copied = []

    def key(self, ident: Any) -> Any:
        """An id as the engine stores it."""
        return ident

    def dashed(self, value: str) -> str:
        """An id written with dashes."""
        return f"CAST({value} AS text)"

    def later(self, day: str, days: int) -> str:
        """The date so many days after another."""
        return f"({day} + {days})"

    def skip_known(self, key: str = "", *, fresh: bool | None = None) -> str:
        """The end of an insert that passes over rows that are there already."""
        return f"ON CONFLICT {f'({key}) ' if key else ''}DO NOTHING"

    @property
    def keep_reason(self) -> str:
        """The end of a statement that writes reasons to open a record: one that is there already
        follows what it stands for, and is otherwise left alone."""
        columns = ("team_id", "worker_id", "start", '"end"')
        follow = ", ".join(f"{column} = excluded.{column}" for column in columns)
        differ = " OR ".join(
            f"cases_livereason.{column} {self.differs} excluded.{column}" for column in columns
        )
        return (
            f"ON CONFLICT (person_id, source_key) DO UPDATE SET {follow},"
            f" run_id = excluded.run_id WHERE {differ}"
        )

    def begin(self, *, first: bool) -> None:
        """Called when the provider is locked; `first`: nothing of it has been loaded before."""
        self.first = first

    def settle(self, table: str) -> None:
        """Called when a table has been loaded for the first time."""

    def done(self) -> None:
        """Called when everything has been loaded."""

    def _rows(self, target: Target) -> Iterator[tuple[Any, ...]]:
        source = sqlite3.connect(f"{self.feeds.resolve().as_uri()}?mode=ro", uri=True)
        try:
            names = ", ".join(f'"{name}"' for name in columns(target))
            yield from source.execute(f'SELECT n, {names} FROM "{target.name}" ORDER BY n')
        finally:
            source.close()


class PostgreSQL(Engine):
    """Everything in one transaction."""

    trusted = False  # references are not looked up a second time
    new_id = "pg_temp.new_id()"
    row_id = "s.new_id"
    differs = "IS DISTINCT FROM"
    then = "JOIN"
    json = "jsonb"
    apart = ""
    least = "LEAST"
    greatest = "GREATEST"

    @contextmanager
    def open(self) -> Iterator[None]:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_NEW_ID)
                cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
            yield
            self._forget()
            if self.trusted:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL session_replication_role = origin")

    def _copy(self, name: str, target: Target) -> None:
        typed = "".join(f', "{column}" {kind}' for column, kind in columns(target).items())
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {name} (n integer PRIMARY KEY{typed}, new_id uuid)"
            )
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in self._rows(target):
                    copy.write_row((*row, uuid7().hex))  # quicker than `pg_temp.new_id`
            cursor.execute(f"ANALYZE {name}")

    def begin(self, *, first: bool) -> None:
        """A first import makes every row that its rows refer to, but for organisations, which it
        locks: nobody else can take one away. Looking each reference up once more, row by row, is a
        third of the whole time, and left out where the database lets this role do so."""
        super().begin(first=first)
        if not first:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM directory_organisation FOR KEY SHARE")
            if connection.pg_version >= 150000:
                cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
            else:
                cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            self.trusted = bool(cursor.fetchone()[0])
            if self.trusted:
                cursor.execute("SET LOCAL session_replication_role = replica")

    def skip_known(self, key: str = "", *, fresh: bool | None = None) -> str:
        # looking for what cannot be there makes an insert a third slower; all or nothing is loaded,
        # so that a first import meets nothing of its own
        known = not (self.first if fresh is None else fresh)
        return super().skip_known(key) if known else ""

    def settle(self, table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")  # the planner still believes it to be empty


_DASHED = (
    "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-'"
    " || substr({0}, 17, 4) || '-' || substr({0}, 21)"
)


class SQLite(Engine):
    """Inside a transaction that somebody else opened."""

    new_id = "new_id()"
    row_id = new_id
    differs = "IS NOT"
    then = "CROSS JOIN"
    json = "text"
    apart = "LIMIT -1"
    least = "min"
    greatest = "max"

    @contextmanager
    def open(self) -> Iterator[None]:
        connection.ensure_connection()
        connection.connection.create_function("new_id", 0, _new_id)
        with transaction.atomic():
            yield
            self._forget()

    def done(self) -> None:
        if self.first:  # SQLite never counts by itself; a later folder changes little
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def _copy(self, name: str, target: Target) -> None:
        names = list(columns(target))
        listed = "".join(f', "{column}"' for column in names)
        marks = ", ".join(["%s"] * (len(names) + 1))
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {name} (n INTEGER PRIMARY KEY{listed})")
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", self._rows(target))

    def key(self, ident: Any) -> Any:
        return ident.hex

    def dashed(self, value: str) -> str:
        return _DASHED.format(value)

    def later(self, day: str, days: int) -> str:
        return f"date({day}, '+{days} days')"


class AttachedSQLite(SQLite):
    """Outside of any transaction: the feeds are read from their own file."""

    stretch = STRETCH

    @contextmanager
    def open(self) -> Iterator[None]:
        connection.ensure_connection()
        connection.connection.create_function("new_id", 0, _new_id)
        with connection.cursor() as cursor:
            cursor.execute("ATTACH %s AS feeds", [str(self.feeds)])
        try:
            yield
        finally:
            if connection.connection is not None:
                with connection.cursor() as cursor:
                    cursor.execute("DETACH feeds")

    def feed(self, target: Target) -> str:
        return f'feeds."{target.name}"'


def _new_id() -> str:
    return uuid7().hex


def engine(feeds: Path) -> Engine:
    """The engine for the database in use and the transaction that it may be in."""
    if connection.vendor == "postgresql":
        return PostgreSQL(feeds)
    return SQLite(feeds) if connection.in_atomic_block else AttachedSQLite(feeds)
