"""What is done about alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from casework.alerts.models import SweepMark
from casework.alerts.sweeping import Sweep, SweepResult
from casework.common.rules import rule_sources
from casework.directory.models import Organisation

_KNOWN = Q(live=True) | Q(as_of__isnull=False)


def sweep(
    *,
    on: dt.date | None = None,
    organisation: Organisation | None = None,
    now: dt.datetime | None = None,
    full: bool = False,
    daily_from: dt.time = dt.time.min,
) -> SweepResult:
    """Make the open alerts agree with the rules, and say what changed.

    A live organisation is looked at as of today, one known only from extracts as of its latest
    extract, any as of `on` if that is given. Everybody is looked at when the day or a threshold
    has changed since the last full look (or with `full`), else only those who were touched; with
    `organisation`, only that one can call for a full look. A new day alone is reason enough from
    `daily_from` on. May be killed, run twice and run on several machines at once.
    """
    now = now or timezone.now()
    extra = Q(pk=organisation.pk) if on is not None and organisation is not None else Q()
    places = list(
        Organisation.objects.filter(_KNOWN | extra).select_related("sweepmark").order_by("pk")
    )
    asked = [place for place in places if organisation is None or place == organisation]
    days = {
        place.pk: on if on is not None and place in asked else _day_of(place, now)
        for place in places
    }
    look = Sweep(days)
    early = on is None and timezone.localtime(now).time() < daily_from

    def due(place: Organisation) -> bool:
        mark: SweepMark | None = getattr(place, "sweepmark", None)
        if full or mark is None or mark.policy_digest != look.digest:
            return True
        return mark.full_on != days[place.pk] and not (early and place.live)

    with translation.override(settings.LANGUAGE_CODE):
        if organisations := [place.pk for place in asked if due(place)]:
            look.everybody(organisations)
        look.touched()
    return look.result


def look_at(
    people: Collection[UUID], *, source: str, now: dt.datetime | None = None
) -> SweepResult:
    """Make the alerts of one source's rules about these people agree with the facts of now: for
    limits that have passed by the clock alone. Whatever else is so is left to the sweep."""
    now = now or timezone.now()
    places = Organisation.objects.filter(_KNOWN).order_by("pk")
    look = Sweep({place.pk: _day_of(place, now) for place in places}, rule_sources[source])
    with translation.override(settings.LANGUAGE_CODE):
        look.these(sorted(people))
    return look.result


def _day_of(place: Organisation, now: dt.datetime) -> dt.date:
    """As of which day a known organisation is looked at."""
    return place.as_of if place.as_of is not None and not place.live else timezone.localdate(now)


def expect_backlog(*, organisation: Organisation) -> None:
    """Call when the first import of an organisation's records is complete: what is in breach at
    the next sweep was so before Alongside began there."""
    SweepMark.objects.filter(organisation=organisation).delete()
