"""What rows were like, written from the rows themselves: one statement for however many.

django-simple-history makes one object for each and sends every column back to where it came from.
This is the named way for acts that happen often and for jobs that write many rows at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

Values = Mapping[str, Any]


def remember(
    model: type[models.Model],
    idents: Sequence[UUID],
    kind: str,
    *,
    by: Any = None,
    reason: str = "",
) -> int:
    """Copy rows as they now are into their history; how many of them there are.

    `kind` is "+", "~" or "-", `by` the user who did it (nobody, where it followed by itself).
    """
    if not idents:
        return 0
    past: Any = model.history.model  # type: ignore[attr-defined]
    date, key = past._meta.get_field("history_date"), model._meta.pk
    who = past._meta.get_field("history_user")
    values = [
        date.get_db_prep_save(timezone.now(), connection),
        kind,
        reason or None,
        who.get_db_prep_save(by.pk if by is not None else None, connection),
        *(key.get_db_prep_value(one, connection) for one in idents),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_copy(model, len(idents)), values)
        return int(cursor.rowcount)


@lru_cache(maxsize=64)
def _copy(model: type[models.Model], many: int) -> str:
    quote = connection.ops.quote_name
    past: Any = model.history.model  # type: ignore[attr-defined]
    columns = ", ".join(quote(one.column) for one in past.tracked_fields)
    rest = ("history_date", "history_type", "history_change_reason", "history_user")
    told = ", ".join(quote(past._meta.get_field(name).column) for name in rest)
    marks = ", ".join(["%s"] * many)
    return (
        f"INSERT INTO {quote(past._meta.db_table)} ({columns}, {told})"
        f" SELECT {columns}, %s, %s, %s, %s FROM {quote(model._meta.db_table)}"
        f" WHERE {quote(model._meta.pk.column)} IN ({marks})"
    )


def as_read(row: models.Model) -> dict[str, Any]:
    """The columns of a row as they are now, to tell later which of them have changed."""
    return {one.attname: row.__dict__.get(one.attname) for one in row._meta.concrete_fields}


def save_changes(row: Any, was: Values, *, by: Any, reason: str) -> None:
    """Write the columns that are not as they were read, and what the row is like from now on.

    Precondition: the row was locked before it was read. A JSON value may have been changed in
    place and is always written.
    """
    changed = [
        one.attname
        for one in row._meta.concrete_fields
        if row.__dict__.get(one.attname) != was[one.attname] or isinstance(one, models.JSONField)
    ]
    _save_alone(row, update_fields=changed)
    remember(type(row), [row.pk], "~", by=by, reason=reason)


def save_new(row: Any, *, by: Any) -> None:
    """Write a row that is not there yet, and what it is like from the beginning.

    Raises LookupError where the row cannot be read back: then nothing would be remembered of it.
    """
    _save_alone(row, force_insert=True)
    if remember(type(row), [row.pk], "+", by=by) != 1:
        raise LookupError(f"{row._meta.label} {row.pk}")


def _save_alone(row: Any, **how: Any) -> None:
    """Save a row without its history, which is written from the table."""
    row.skip_history_when_saving = True
    try:
        row.save(**how)
    finally:
        del row.skip_history_when_saving
