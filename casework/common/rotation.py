"""Encrypts everything anew with the newest key, history included, so that an old key can go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from casework.common import crypto
from casework.common.appendonly import writable
from casework.common.fields import EncryptedTextField

BATCH = 500


@dataclass
class Count:
    """What was found in one column."""

    table: str
    column: str
    rotated: int = 0
    kept: int = 0
    unreadable: int = 0


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
    return [_rotate_column(model, field, dry_run) for model, field in columns()]


def _rotate_column(model: type[models.Model], field: EncryptedTextField, dry_run: bool) -> Count:
    meta = model._meta
    count = Count(meta.db_table, str(field.column))
    quote = connection.ops.quote_name
    table, column, key = quote(meta.db_table), quote(count.column), quote(str(meta.pk.column))
    newest = Fernet(settings.DATA_KEYS[0])
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
                token = stored[len(EncryptedTextField.PREFIX) :]
                if _fits(newest, token):
                    count.kept += 1
                    continue
                try:
                    text = crypto.decrypt(token)
                except InvalidToken:
                    count.unreadable += 1
                    continue
                count.rotated += 1
                if not dry_run:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = %s WHERE {key} = %s",
                        [EncryptedTextField.PREFIX + crypto.encrypt(text), row_key],
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
