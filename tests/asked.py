"""What an address asks the database about an id.

An id that is in none of the tables that were asked about it cannot be told from one that is
nowhere. So a walk need not ask every address about every row; the deep walks still do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

_TABLE = re.compile(r'(?:FROM|JOIN|UPDATE|INTO) "(\w+)"')


def tables(statements: Iterable[str], row_id: UUID) -> set[str]:
    """The tables of each statement that names the id."""
    marks = (str(row_id), row_id.hex)
    naming = [sql for sql in statements if any(mark in sql for mark in marks)]
    return {table for sql in naming for table in _TABLE.findall(sql)}


def worth_asking(ask: Callable[[UUID], Any], rows: dict[str, list[UUID]]) -> list[UUID]:
    """Of these rows by table those that `ask` might tell from one that is nowhere.

    All of them, where no table was asked about the id and yet the request was not refused as such:
    ids that were fetched otherwise may be compared there.
    """
    nowhere = uuid4()
    connection.queries_log.clear()  # it holds the latest 9,000 only
    with CaptureQueriesContext(connection) as queries:
        status = ask(nowhere).status_code
    looked = [one["sql"] for one in queries if one["sql"].lstrip("( ").startswith("SELECT")]
    asked = tables(looked, nowhere)
    if not asked and status not in {403, 405}:
        asked = set(rows)
    return list(dict.fromkeys(row_id for table in rows if table in asked for row_id in rows[table]))
