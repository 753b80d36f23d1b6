"""Open alerts, bundled per person: the newest first, a page of people at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from casework.alerts import policy
from casework.alerts.models import Alert

PEOPLE_PER_PAGE = 25
Scope = Callable[[QuerySet[Alert], Any], QuerySet[Alert]]
MINE: Scope = policy.my_alerts
MY_TEAMS: Scope = policy.team_alerts


TODAY, RAISED, LATER, BACKLOG = "", "raised", "later", "backlog"
LISTS = (TODAY, RAISED, LATER, BACKLOG)


@dataclass(frozen=True)
class Bundle:
    """The open alerts about one person: what came up since Alongside began first, then by age."""

    person: Any
    alerts: tuple[Alert, ...]


@dataclass(frozen=True)
class Listing:
    """One page of bundles. `after` is where the next page begins, "" on the last one; `new`,
    `backlog`, `later` and `raised` count the people of each list."""

    bundles: tuple[Bundle, ...]
    after: str
    new: int
    backlog: int
    later: int = 0
    raised: int = 0


def open_alerts(
    scope: Scope,
    user: Any,
    *,
    backlog: bool = False,
    after: str = "",
    which: str = TODAY,
    on: dt.date | None = None,
) -> Listing:
    """The people about whom something is open within a scope. The number of queries is fixed.

    A person all of whose alerts were so when Alongside began is in the backlog list; as soon as
    something is new, they are in the list of the day, with everything. What is put off or done
    stands in the list of what comes later, until its day. `raised` is what has come to a lead.
    """
    on = on or timezone.localdate()
    which = BACKLOG if backlog else which
    hidden, waits = Q(hidden_until__gt=on), Q(hidden_until=None) | Q(hidden_until__lte=on)
    alerts = scope(Alert.objects.open(), user).filter(person__isnull=False)
    people = (
        alerts.order_by()
        .values("person_id")
        .annotate(
            latest=Max("opened_on"),
            showing=Count("pk", filter=waits),
            fresh=Count("pk", filter=Q(backlog=False) & waits),
            up=Count(
                "pk",
                filter=Q(backlog=False, level__gte=policy.lowest_level_led(user)) & waits,
            ),
            hid=Count("pk", filter=hidden),
        )
    )
    wanted = {
        TODAY: Q(fresh__gt=0),
        RAISED: Q(up__gt=0),
        LATER: Q(hid__gt=0),
        BACKLOG: Q(fresh=0, showing__gt=0),
    }
    counted = people.aggregate(
        **{
            name: Count("person_id", filter=wanted[one])
            for name, one in (
                ("new", TODAY),
                ("raised", RAISED),
                ("later", LATER),
                ("backlog", BACKLOG),
            )
        }
    )
    page = _after(people.filter(wanted[which]), after).order_by("-latest", "person_id")
    rows = list(page.values_list("latest", "person_id")[: PEOPLE_PER_PAGE + 1])
    more, rows = len(rows) > PEOPLE_PER_PAGE, rows[:PEOPLE_PER_PAGE]
    bundled: dict[UUID, list[Alert]] = {person_id: [] for _latest, person_id in rows}
    shown = alerts.filter(hidden) if which == LATER else alerts.showing(on)  # type: ignore[attr-defined]
    for alert in (
        shown.filter(person_id__in=bundled)
        .select_related("person", "team", "worker", "organisation", "acted_by")
        .order_by("backlog", "opened_on", "rule", "pk")
    ):
        bundled[alert.person_id].append(alert)
    return Listing(
        bundles=tuple(Bundle(group[0].person, tuple(group)) for group in bundled.values() if group),
        after=f"{rows[-1][0].isoformat()}_{rows[-1][1]}" if more else "",
        **counted,
    )


def _after(people: QuerySet[Any], after: str) -> QuerySet[Any]:
    """What comes after a place in the list; an address that somebody mistyped begins it again."""
    day, _underscore, ident = after.partition("_")
    try:
        latest, person = dt.date.fromisoformat(day), UUID(ident)
    except ValueError:
        return people
    return people.filter(Q(latest__lt=latest) | Q(latest=latest, person_id__gt=person))
