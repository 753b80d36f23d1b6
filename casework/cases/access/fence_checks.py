"""What `manage.py check --deploy` says about the database fence."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.db import connection


@register(Tags.security, deploy=True)
def is_it_on(**kwargs: Any) -> list[CheckMessage]:
    """Whether the processes tell the database who asks."""
    if settings.DATABASE_FENCE:
        return [Info("The database fence is on (DATABASE_FENCE=1).", id="cases.I001")]
    return [
        Info(
            "The database fence is off: a view that forgot to ask whose rows it shows would show"
            " all.",
            hint="On PostgreSQL run `manage.py fence` as the owner and set DATABASE_FENCE=1.",
            id="cases.I002",
        )
    ]


@register(Tags.database, deploy=True)
def is_it_closed(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """With `--database default`: whether the role that is connected is held by it."""
    if not settings.DATABASE_FENCE or "default" not in (databases or []):
        return []
    if connection.vendor != "postgresql":
        return []
    from casework.cases.access import fencing

    return [
        Error(
            f"The database fence is not closed: {fault}.",
            hint="Run `manage.py fence` as the owner of the tables; web and worker sign in with"
            " the roles that it makes.",
            id="cases.E001",
        )
        for fault in fencing.faults()
    ]
