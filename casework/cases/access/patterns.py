"""What a privacy officer should look at twice: set-based, over any number of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate, Upper
from django.utils import timezone

from casework.accounts.models import User
from casework.cases.access.policy import organisations
from casework.cases.models import AccessEntry, ActivityWorker, Contact, Override
from casework.directory.models import Worker

MANY = 40  # different records that somebody opened in one day
LOOKED_BACK = dt.timedelta(days=30)
CONTACT_WITHIN = dt.timedelta(days=7)  # by then somebody who had to act has recorded a contact
SHOWN = 50
_OPENED = (AccessEntry.Action.VIEW, AccessEntry.Action.CHANGE, AccessEntry.Action.PRINT)


@dataclass(frozen=True)
class Sign:
    """Somebody, a record or a number of them, and the last time."""

    user_name: str
    person_name: str
    person_id: Any
    times: int
    last: Any


def with_signs(rows: QuerySet[Override]) -> QuerySet[Override]:
    """Overrides, each with what is unusual about it: three columns of the same query."""
    same_name = Q(pk=OuterRef("user_id")) & Q(upper=Upper(OuterRef("person__name")))
    namesake = User.objects.annotate(upper=Upper("name")).filter(same_name)
    colleague = Worker.objects.annotate(upper=Upper("name")).filter(
        upper=Upper(OuterRef("person__name"))
    )
    met = Contact.objects.filter(
        person=OuterRef("person_id"),
        attendance__in=("5", "6"),
        date__gte=OuterRef("day"),
    )
    return rows.annotate(day=TruncDate("created_at")).annotate(
        own_name=Exists(namesake),
        colleague=Exists(colleague),
        met_after=Exists(met),
    )


def signs_of(row: Any, now: dt.datetime) -> list[str]:
    """The codes of what is unusual about an override that `with_signs` has read."""
    found = []
    if row.person_id is None:
        found.append("nobody_found")
    if row.person_id and row.own_name:
        found.append("own_name")
    elif row.person_id and row.colleague:
        found.append("colleague")
    if row.opened_at and not row.met_after and row.created_at < now - CONTACT_WITHIN:
        found.append("nobody_met")
    return found


def _looked(user: Any, now: dt.datetime) -> QuerySet[AccessEntry]:
    """Records opened lately by the people of this officer's organisations."""
    rows = AccessEntry.objects.filter(
        created_at__gte=now - LOOKED_BACK, action__in=_OPENED, person__isnull=False
    )
    mine: Collection[Any] = organisations(user)
    return rows.filter(team__organisation__in=mine)


def _signs(rows: QuerySet[AccessEntry]) -> list[Sign]:
    found = (
        rows.order_by()
        .values("user__name", "person__name", "person_id")
        .annotate(times=Count("pk"), last=Max("created_at"))
        .order_by("-last", "person_id")[:SHOWN]
    )
    return [
        Sign(one["user__name"], one["person__name"], one["person_id"], one["times"], one["last"])
        for one in found
    ]


def own_names(user: Any, *, now: dt.datetime | None = None) -> list[Sign]:
    """Somebody opened the record of a person of their own name."""
    rows = _looked(user, now or timezone.now()).annotate(mine=Upper("user__name"))
    return _signs(rows.filter(mine=Upper("person__name")))


def colleagues(user: Any, *, now: dt.datetime | None = None) -> list[Sign]:
    """Somebody opened the record of a person who has the name of somebody who works here."""
    same = Worker.objects.annotate(upper=Upper("name")).filter(
        upper=Upper(OuterRef("person__name"))
    )
    rows = _looked(user, now or timezone.now()).annotate(mine=Upper("user__name"))
    return _signs(rows.filter(Exists(same)).exclude(mine=Upper("person__name")))


def many_records(user: Any, *, now: dt.datetime | None = None) -> list[Sign]:
    """Somebody opened very many different records in one day."""
    found = (
        _looked(user, now or timezone.now())
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values("user_id", "user__name", "day")
        .annotate(times=Count("person_id", distinct=True))
        .filter(times__gte=MANY)
        .order_by("-day", "user_id")[:SHOWN]
    )
    return [Sign(one["user__name"], "", None, one["times"], one["day"]) for one in found]


def nobody_met(rows: QuerySet[Override], *, now: dt.datetime | None = None) -> list[Sign]:
    """A record was opened by override, and the worker recorded no contact with the person."""
    now = now or timezone.now()
    with_them = ActivityWorker.objects.filter(
        worker=OuterRef(OuterRef("user__worker_id")), activity__contact=OuterRef("pk")
    )
    met = Contact.objects.filter(
        Q(worker=OuterRef("user__worker_id")) | Q(Exists(with_them)),
        person=OuterRef("person_id"),
        date__gte=OuterRef("day"),
    )
    found = (
        rows.annotate(day=TruncDate("created_at"))
        .filter(
            opened_at__isnull=False,
            created_at__gte=now - LOOKED_BACK,
            created_at__lt=now - CONTACT_WITHIN,
        )
        .filter(~Exists(met))
        .order_by()
        .values("user__name", "person__name", "person_id")
        .annotate(times=Count("pk"), last=Max(F("created_at")))
        .order_by("-last", "person_id")[:SHOWN]
    )
    return [
        Sign(one["user__name"], one["person__name"], one["person_id"], one["times"], one["last"])
        for one in found
    ]
