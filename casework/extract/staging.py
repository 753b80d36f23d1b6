"""The staging file: an SQLite file between the check of an extract folder and its load.

It holds a table for each MHSDS table, under the same name and column names. Its texts are
normalised: ISO dates, ``HH:MM:SS`` times, codes in capitals, whole numbers as integers, NULL for
blank. Besides these columns each row has

- ``line``: the line of the file on which it begins (primary key);
- ``_status``: one of `ACCEPTED`, `REJECTED` and `REPEATED` (an exact duplicate of an accepted row);
- ``_unread``: the cells that could not be used, so that two unusable cells still differ;
- ``_nhs_number_shared`` (people only): another person of the folder has the same number.

Rows to load are those with ``_status = 0``, or all rows of the view ``loadable_<table>``; the key
columns are indexed. ``placeholders(kind, id)`` names the workers and teams that are mentioned but
not listed; ``findings``, ``counts`` and ``meta`` hold what the check found.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .spec import PEOPLE, TABLES, Format, TableSpec

ACCEPTED, REJECTED, REPEATED = 0, 1, 2
#: While the check runs: a rejected row whose key is not certain (cells missing, key unusable).
UNCERTAIN = 3

VERSION = 1

_SHARED = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE counts (
    table_no INTEGER PRIMARY KEY, table_name TEXT NOT NULL, present INTEGER NOT NULL,
    rows INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,
    warned INTEGER NOT NULL, repeated INTEGER NOT NULL
);
CREATE TABLE findings (
    table_no INTEGER NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
    column_no INTEGER NOT NULL, column_name TEXT NOT NULL, action TEXT NOT NULL,
    code TEXT NOT NULL, value TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX findings_place ON findings (table_no, line);
CREATE TABLE placeholders (kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id))
    WITHOUT ROWID;
"""


def _create(table: TableSpec) -> str:
    columns = ", ".join(
        f'"{column.name}" {"INTEGER" if column.format is Format.NUMBER else "TEXT"}'
        for column in table.columns
    )
    flag = ", _nhs_number_shared INTEGER NOT NULL DEFAULT 0" if table is PEOPLE else ""
    return (
        f'CREATE TABLE "{table.name}" (line INTEGER PRIMARY KEY, _status INTEGER NOT NULL, '
        f"_unread TEXT, {columns}{flag});"
        f'CREATE VIEW "loadable_{table.name}" AS '
        f'SELECT * FROM "{table.name}" WHERE _status = {ACCEPTED};'
    )


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A new staging file, tuned for one writer that starts again after a crash."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
            "PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;"
        )
        connection.executescript(_SHARED + "".join(map(_create, TABLES)))
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A finished staging file, read only."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def empty(connection: sqlite3.Connection) -> None:
    """Forget every row: nothing of a refused folder is kept, but for what refused it."""
    for table in TABLES:
        connection.execute(f'DELETE FROM "{table.name}"')
    connection.execute("DELETE FROM counts")
    connection.execute("DELETE FROM placeholders")
    connection.execute("DELETE FROM findings WHERE action NOT IN ('fatal', 'notice')")
