"""What a lead looks at first: who has nobody, who is away, what has stopped, and figures.

Every function runs a fixed number of queries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.alerts import policy as alerts
from casework.alerts.models import Alert
from casework.cases.models import Absence, Case
from casework.cases.team_work.policy import workers_in
from casework.common import fence
from casework.common.rules import rule_sources
from casework.directory.models import Team
from casework.worklist import people_rows

STOPPED = "referrals"  # names of the rule sources about what has stopped begin with it
SHOWN = 10
MOST_AWAY = 20
AHEAD = dt.timedelta(days=14)


def teams_led(user: Any) -> set[UUID]:
    """The teams for which the user sees more than their own people."""
    return accounts.teams_where(user, Permission.SEE_TEAM_ALERTS)


@dataclass(frozen=True)
class Standing:
    """How many people the user's teams hold, how many of them have nobody named, and about how
    many something is open."""

    people: int = 0
    nobody_named: int = 0
    with_alerts: int = 0


def standing(user: Any, teams: Collection[UUID]) -> Standing:
    """Numbers about everybody whom these teams hold."""
    flagged = Alert.objects.open().filter(person=OuterRef("person"))
    return Standing(
        **people_rows.of_teams(user, teams)
        .order_by()
        .annotate(flagged=Exists(flagged))
        .aggregate(
            people=Count("pk"),
            nobody_named=Count("pk", filter=Q(key_worker__isnull=True)),
            with_alerts=Count("pk", filter=Q(flagged=True)),
        )
    )


def come_up(user: Any, today: dt.date) -> int:
    """About how many people something waits that has come up to this lead to decide."""
    level = alerts.lowest_level_led(user)
    waiting = Alert.objects.open().showing(today).filter(backlog=False, level__gte=level)
    led = alerts.team_alerts(waiting, user).filter(person__isnull=False)
    return led.order_by().values("person").distinct().count()


def nobody_named(user: Any, teams: Collection[UUID]) -> list[Case]:
    """Those who have waited longest for a key worker."""
    rows = people_rows.of_teams(user, teams).filter(key_worker__isnull=True)
    return list(rows.select_related("person").order_by("opened_on", "pk")[:SHOWN])


def worker_gone(user: Any, teams: Collection[UUID]) -> list[Case]:
    """Those whose key worker no longer works here: named on paper only."""
    rows = people_rows.of_teams(user, teams).filter(key_worker__active=False)
    return list(rows.select_related("person", "key_worker").order_by("opened_on", "pk")[:SHOWN])


@dataclass(frozen=True)
class Away:
    """One absence; `open` when whoever should cover is away too or has left."""

    absence: Absence
    open: bool


def away(teams: Collection[UUID], today: dt.date) -> list[Away]:
    """Who of these teams is away now or in the next two weeks, those without cover first."""
    both_away = Absence.objects.filter(
        Q(end__isnull=True) | Q(end__gte=OuterRef("start")),
        worker=OuterRef("cover_worker"),
        start__lte=Coalesce(OuterRef("end"), Value(dt.date.max)),
    )
    rows = (
        Absence.objects.filter(
            Q(end__isnull=True) | Q(end__gte=today),
            start__lte=today + AHEAD,
            worker__in=workers_in(teams).values("pk"),
        )
        .annotate(cover_away=Exists(both_away))
        .select_related("worker", "cover_worker", "cover_team")
        .order_by("-cover_away", "start", "pk")[:MOST_AWAY]
    )
    found = [Away(row, not _is_covered(row)) for row in rows]
    return sorted(found, key=lambda one: not one.open)


def _is_covered(row: Absence) -> bool:
    if row.cover_team is not None:
        return row.cover_team.active
    return bool(row.cover_worker and row.cover_worker.active and not row.cover_away)  # type: ignore[attr-defined]


def stop_rules() -> list[str]:
    """Codes of the rules about referrals that do not move and people whom nobody holds."""
    sources = [source for name, source in rule_sources.items() if name.startswith(STOPPED)]
    return [rule.code for source in sources for rule in source.rules]


def stopped(user: Any) -> list[Alert]:
    """Open alerts about what has stopped, the oldest first."""
    rows = alerts.team_alerts(Alert.objects.open(), user).filter(rule__in=stop_rules())
    return list(
        rows.filter(person__isnull=False)
        .select_related("person", "team")
        .order_by("opened_on", "pk")[:SHOWN]
    )


@dataclass(frozen=True)
class TeamFigures:
    """One team in numbers, without a name of anybody."""

    team: Team
    people: int
    nobody_named: int
    alerts: int


@fence.beyond("figures by team, without anybody's name")
def network_figures(user: Any) -> list[TeamFigures]:
    """The teams of the network that hold somebody, for who looks after the handoffs between them.

    Numbers only: this needs no reason to open anybody's record.
    """
    if not accounts.may_in_network(user, Permission.SEE_NETWORK):
        return []
    held = {
        team: (people, nobody)
        for team, people, nobody in Case.objects.filter(
            closed_on__isnull=True, person__death_date__isnull=True, team__isnull=False
        )
        .order_by()
        .values("team_id")
        .annotate(people=Count("pk"), nobody=Count("pk", filter=Q(key_worker__isnull=True)))
        .values_list("team_id", "people", "nobody")
    }
    flagged = dict(
        Alert.objects.open()
        .order_by()
        .values_list(F("team_id"))
        .annotate(people=Count("person_id", distinct=True))
    )
    teams = Team.objects.filter(pk__in=held, active=True).order_by("name", "pk")
    return [TeamFigures(team, *held[team.pk], flagged.get(team.pk, 0)) for team in teams]
