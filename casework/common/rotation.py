"""Encrypts everything anew with the newest key, history included, so that an old key can go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from casework.common import crypto
from casework.common.appendonly import writable
from casework.common.fields import EncryptedTextField
from casework.common.registry import Registry

BATCH = 500


@dataclass
class Count:
    """What was found in one column."""

    table: str
    column: str
    rotated: int = 0
    kept: int = 0
    unreadable: int = 0


rotations: Registry[Callable[[bool], Count]] = Registry("rotations")
"""What is encrypted outside of encrypted columns, from an app's `rotations.py`: a function that is
told whether only to count."""


def columns() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column there is; the history of a model is a model of its own."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def rotate(*, dry_run: bool = False) -> list[Count]:
    """Encrypt anew what is not under the newest key. Safe to interrupt and to run again: each batch
    is a transaction of its own, and what has been done is left alone. On PostgreSQL the role must
    own the tables, since history is opened for it.
    """
    found = [_rotate_column(model, field, dry_run) for model, field in columns()]
    return found + [one(dry_run) for one in rotations]


def renewed(stored: str, count: Count) -> str:
    """A stored text under the newest key; as it was where it is already, or where no key fits."""
    token = stored.removeprefix(EncryptedTextField.PREFIX)
    if _fits(Fernet(settings.DATA_KEYS[0]), token):
        count.kept += 1
        return stored
    try:
        text = crypto.decrypt(token)
    except InvalidToken:
        count.unreadable += 1
        return stored
    count.rotated += 1
    return EncryptedTextField.PREFIX + crypto.encrypt(text)


def _rotate_column(model: type[models.Model], field: EncryptedTextField, dry_run: bool) -> Count:
    meta = model._meta
    count = Count(meta.db_table, str(field.column))
    quote = connection.ops.quote_name
    table, column, key = quote(meta.db_table), quote(count.column), quote(str(meta.pk.column))
    after: object = None
    while True:
        beyond = f" AND {key} > %s" if after is not None else ""
        with writable(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL{beyond}"
                f" ORDER BY {key} LIMIT {BATCH}",
                [after] if after is not None else [],
            )
            rows = cursor.fetchall()
            for row_key, stored in rows:
                text = renewed(stored, count)
                if text != stored and not dry_run:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [text, row_key]
                    )
        if len(rows) < BATCH:
            return count
        after = rows[-1][0]


def _fits(key: Fernet, token: str) -> bool:
    try:
        key.decrypt(token.encode())
    except InvalidToken:
        return False
    return True
