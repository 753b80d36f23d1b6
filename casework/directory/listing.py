"""Lists of the directory, with everything that their pages show."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from casework.directory.models import Locality, Organisation, Team, Worker


def organisations() -> QuerySet[Organisation]:
    return Organisation.objects.annotate(team_count=Count("teams"))


def teams() -> QuerySet[Team]:
    return Team.objects.select_related("organisation").prefetch_related("localities")


def localities() -> QuerySet[Locality]:
    return Locality.objects.annotate(team_count=Count("teams"))


def workers() -> QuerySet[Worker]:
    return Worker.objects.select_related("organisation", "user")


def found(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Rows by any part of their name, or by the exact code or local id."""
    names = {field.name for field in rows.model._meta.get_fields()}
    keys = [name for name in ("code", "local_id") if name in names]
    for word in words.split():
        condition = Q(name__icontains=word)
        for key in keys:
            condition |= Q(**{key: word})
        rows = rows.filter(condition)
    return rows
