"""People who said that a service turned them away: what leads see of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from casework.portal.models import ChangeRequest
from referrals.asking.figures import FEWEST

YEAR = dt.timedelta(days=365)
SHOWN = 50


def said(today: dt.date | None = None) -> QuerySet[ChangeRequest]:
    """Everything of the last twelve months that was not taken back."""
    today = today or timezone.localdate()
    return ChangeRequest.objects.filter(
        about=ChangeRequest.About.TURNED_AWAY,
        withdrawn_on__isnull=True,
        asked_on__gt=today - YEAR,
    )


def counted(today: dt.date) -> list[tuple[str, int | None]]:
    """How often in each locality; None where it is too small to be shown."""
    rows = (
        said(today)
        .order_by()
        .values_list("person__locality__name")
        .annotate(n=Count("pk"))
        .order_by("person__locality__name")
    )
    return [(place or "", number if number >= FEWEST else None) for place, number in rows]


def of_my_people(user: Any, today: dt.date) -> list[ChangeRequest]:
    """The latest, of the people whose record this user may open."""
    rows = ChangeRequest.objects.visible_to(user).filter(pk__in=said(today).values("pk"))
    return list(rows.select_related("person__locality").order_by("-asked_on", "-pk")[:SHOWN])
