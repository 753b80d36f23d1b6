"""How often somebody looked for help and nothing existed, by need and place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from referrals.asking import needs
from referrals.asking.figures import FEWEST
from referrals.models import MissingOffer

SINCE = dt.timedelta(days=365)


@dataclass(frozen=True)
class Gap:
    """A need in a place; `number` is None where it is too small to be shown."""

    need: str
    place: str
    number: int | None


def counted() -> list[Gap]:
    """The last twelve months, most often first. Few are not counted in public."""
    rows = (
        MissingOffer.objects.filter(created_at__gt=timezone.now() - SINCE)
        .order_by()
        .values_list("need", "locality__name")
        .annotate(n=Count("pk"))
    )
    found = [
        Gap(needs.label(need), place or "", number if number >= FEWEST else None)
        for need, place, number in rows
    ]
    return sorted(found, key=lambda gap: (-(gap.number or 0), gap.need, gap.place))
