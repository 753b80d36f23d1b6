"""Triggers that keep history, events and logs append-only on both engines.

SQLite drops triggers whenever a migration rebuilds a table, so they are put back after every
`migrate`. A lawful purge and a test flush need a door: on SQLite the trigger asks a function of
the connection, on PostgreSQL a setting of the transaction; `writable()` opens it for one block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction

from casework.common.models import AppendOnlyModel

_open: set[str] = set()


def tables() -> list[str]:
    """Every append-only table: `AppendOnlyModel`s and the history of historied models."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, AppendOnlyModel) or is_history(model)
    )


def is_history(model: type[models.Model]) -> bool:
    """Is this a table of django-simple-history?"""
    return hasattr(model, "history_type") and hasattr(model, "history_date")


def register_sqlite_function(connection: Any, **kwargs: Any) -> None:
    """Receiver of `connection_created`: gives SQLite triggers the function that they ask."""
    if connection.vendor == "sqlite":
        alias = connection.alias
        connection.connection.create_function(
            "append_only_open", 0, lambda: int(alias in _open or settings.APPEND_ONLY_OPEN)
        )


def install(using: str = "default", **kwargs: Any) -> None:
    """Receiver of `post_migrate`, idempotent: puts the triggers (back) on every table."""
    connection = connections[using]
    quote = connection.ops.quote_name
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            opened = "true" if settings.APPEND_ONLY_OPEN else "false"
            cursor.execute(
                f"""
                CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF {opened} OR (current_setting('alongside.purge', true) = 'on'
                      AND pg_has_role(current_user,
                        (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')) THEN
                    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
                  END IF;
                  RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
                END $$"""
            )
        for table in tables():
            if table not in existing:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS append_only ON {quote(table)}")
                cursor.execute(f"DROP TRIGGER IF EXISTS append_only_t ON {quote(table)}")
                cursor.execute(
                    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {quote(table)}"
                    " FOR EACH ROW EXECUTE FUNCTION append_only()"
                )
                cursor.execute(
                    f"CREATE TRIGGER append_only_t BEFORE TRUNCATE ON {quote(table)}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
                )
            else:
                for verb in ("UPDATE", "DELETE"):
                    name = quote(f"append_only_{verb.lower()}_{table}")
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                    cursor.execute(
                        f"CREATE TRIGGER {name} BEFORE {verb} ON {quote(table)}"
                        " WHEN append_only_open() = 0"
                        f" BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
                    )


@contextmanager
def writable(using: str = "default") -> Iterator[None]:
    """Open the append-only tables for one transaction: lawful destruction and key rotation only.

    On PostgreSQL the role must also own the tables, which the web role does not.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('alongside.purge', 'on', true)")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('alongside.purge', 'off', true)")
        else:
            _open.add(using)
            try:
                yield
            finally:
                _open.discard(using)
