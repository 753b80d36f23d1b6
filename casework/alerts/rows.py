"""Writes many alerts, their history and what the timeline tells of them in one statement each.

PostgreSQL takes all rows as one JSON parameter; SQLite, which is in the same process, takes them
one by one. What an alert was like is copied from the table itself into its history.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from casework.alerts.models import Alert
from casework.cases.models import CaseEvent
from casework.common import history

Row = Mapping[str, Any]
_OBJECT = {"postgresql": "jsonb_build_object", "sqlite": "json_object"}
_FIELDS: dict[str, models.Field] = {one.attname: one for one in Alert._meta.concrete_fields}


def insert(rows: Sequence[Row]) -> int:
    """Open alerts; one that is open already stays as it is. How many were opened."""
    if not rows:
        return 0
    now = timezone.now()
    rest = {
        name: one.get_default() for name, one in _FIELDS.items() if name not in {"id", *rows[0]}
    }
    rows = [{**rest, "created_at": now, **row} for row in rows]
    names = list(rows[0])
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_FIELDS[name].column) for name in names)
    into = f"INSERT INTO {_table()} ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"{into} SELECT {columns} FROM {_recordset(names)} ON CONFLICT DO NOTHING",
                [_as_json(rows)],
            )
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(
                f"{into} VALUES ({marks}) ON CONFLICT DO NOTHING", _prepared(names, rows)
            )
    return remember([row["id"] for row in rows], "+")


def update(rows: Sequence[Row]) -> None:
    """Set the named columns of open alerts and no others: an answer given meanwhile stays."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    quote = connection.ops.quote_name
    ident = quote(_FIELDS["id"].column)
    if connection.vendor == "postgresql":
        columns = [_FIELDS[name].column for name in names]
        changes = ", ".join(f"{quote(column)} = one.{quote(column)}" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {_table()} SET {changes} FROM {_recordset([*names, 'id'])}"
                f" WHERE {_table()}.{ident} = one.{ident} AND {_table()}.resolved_on IS NULL",
                [_as_json(rows)],
            )
        return
    changes = ", ".join(f"{quote(_FIELDS[name].column)} = %s" for name in names)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_table()} SET {changes} WHERE {ident} = %s AND resolved_on IS NULL",
            _prepared([*names, "id"], rows),
        )


def remember(idents: Sequence[UUID], kind: str) -> int:
    """Copy alerts as they now are into their history; how many of them there are."""
    return history.remember(Alert, idents, kind)


def tell(idents: Sequence[UUID]) -> None:
    """Write into people's timelines that these alerts were opened. The event has the alert's id:
    an alert is opened once."""
    if not idents:
        return
    quote = connection.ops.quote_name
    made_of = {
        "id": _column("id"),
        "person": _column("person"),
        "kind": "'alert.opened'",
        "on": _column("opened_on"),
        "team": _column("team"),
        "worker": _column("worker"),
        "about": _column("id"),
        "data": f"{_OBJECT[connection.vendor]}('rule', {_column('rule')})",
        "created_at": _column("created_at"),
    }
    columns = ", ".join(quote(CaseEvent._meta.get_field(name).column) for name in made_of)
    marks = ", ".join(["%s"] * len(idents))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(CaseEvent._meta.db_table)} ({columns})"
            f" SELECT {', '.join(made_of.values())} FROM {_table()}"
            f" WHERE {_column('id')} IN ({marks}) AND {_column('person')} IS NOT NULL",
            [_FIELDS["id"].get_db_prep_value(one, connection) for one in idents],
        )


def _column(name: str) -> str:
    return connection.ops.quote_name(Alert._meta.get_field(name).column)


def _table() -> str:
    return connection.ops.quote_name(Alert._meta.db_table)


def _recordset(names: Sequence[str]) -> str:
    """The rows of a JSON parameter, typed like the columns of the table."""
    quote = connection.ops.quote_name
    types = ", ".join(
        f"{quote(_FIELDS[name].column)} {_FIELDS[name].db_type(connection)}" for name in names
    )
    return f"jsonb_to_recordset(%s::jsonb) AS one({types})"


def _as_json(rows: Sequence[Row]) -> str:
    return json.dumps(
        [{_FIELDS[name].column: value for name, value in row.items()} for row in rows], default=str
    )


def _prepared(names: Sequence[str], rows: Sequence[Row]) -> list[list[Any]]:
    return [
        [_FIELDS[name].get_db_prep_save(row[name], connection) for name in names] for row in rows
    ]
