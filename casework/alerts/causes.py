"""Causes over time: how many alerts came up in each month, by cause, by rule and by team.

Never by worker: there is no such figure anywhere. Over the network, where no names are read, small
numbers are held back and the others rounded, so that no sum gives one away.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext

from casework.alerts.handling import cause_title, rule_titles
from casework.alerts.models import Alert
from casework.common.tables import safe_cell
from casework.directory.models import Team

MONTHS = 12
SMALL = 5


@dataclass(frozen=True)
class Counted:
    """How many alerts came up in a month in a team, under a rule, for a kind of cause."""

    month: dt.date
    team_id: UUID | None
    rule: str
    cause: str
    alerts: int


def months(until: dt.date) -> list[dt.date]:
    """The first days of the last twelve months, this one included, the oldest first."""
    last = until.year * 12 + until.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(last - MONTHS + 1, last + 1)]


def counts(teams: Collection[UUID] | None, until: dt.date) -> list[Counted]:
    """The alerts that came up in the last twelve months in these teams (None = everywhere), in one
    query. What was so when Alongside began did not come up in a month, and is left out."""
    found = Alert.objects.filter(
        backlog=False, opened_on__gte=months(until)[0], opened_on__lte=until
    )
    if teams is not None:
        found = found.filter(team_id__in=teams)
    return [
        Counted(row["month"], row["team_id"], row["rule"], row["cause_kind"], row["n"])
        for row in found.order_by()
        .values("team_id", "rule", "cause_kind", month=TruncMonth("opened_on"))
        .annotate(n=Count("pk"))
    ]


def shown(n: int, *, exact: bool) -> str:
    """A number as it is shown. Not exact: 1 to 4 are said as such, others to the nearest five."""
    if exact or n == 0:
        return str(n)
    if n < SMALL:
        return gettext("1 to 4")
    return str(5 * round(n / 5))


def drawn(n: int, *, exact: bool) -> int:
    """The height of a bar, which gives no more away than the number beside it."""
    if exact or n == 0:
        return n
    return 2 if n < SMALL else 5 * round(n / 5)


@dataclass(frozen=True)
class Line:
    """One cause, rule or team: how many in each month, and in all."""

    title: str
    months: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.months)


def lines(found: Iterable[Counted], by: str, until: dt.date) -> list[Line]:
    """The counts by `cause`, `rule` or `team`, in the order of their names: this is no ranking."""
    columns = {month: n for n, month in enumerate(months(until))}
    summed: dict[Any, list[int]] = defaultdict(lambda: [0] * MONTHS)
    for one in found:
        key = {"cause": one.cause, "rule": one.rule, "team": one.team_id}[by]
        summed[key][columns[one.month]] += one.alerts
    names = _names(by, summed)
    return sorted(
        (Line(names[key], tuple(row)) for key, row in summed.items()),
        key=lambda line: line.title.casefold(),
    )


def _names(by: str, keys: Iterable[Any]) -> dict[Any, str]:
    if by == "cause":
        return {key: cause_title(key) for key in keys}
    if by == "rule":
        titles = rule_titles()
        return {key: titles.get(key, key) for key in keys}
    names: dict[Any, str] = dict(
        Team.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name")
    )
    return {**names, None: gettext("No team holds the person")}


@dataclass(frozen=True)
class TeamNow:
    """People about whom something waits in a team: in all, and how many have gone up how far."""

    team_id: UUID | None
    name: str
    people: int
    with_lead: int
    with_network: int


def teams_now(on: dt.date) -> list[TeamNow]:
    """Every team in which something waits, by name, in one query."""
    level = Alert.Level
    found = (
        Alert.objects.open()
        .showing(on)
        .filter(backlog=False)
        .order_by()
        .values("team_id", "team__name")
        .annotate(
            people=Count("person", distinct=True),
            with_lead=Count("person", distinct=True, filter=Q(level=level.LEAD)),
            with_network=Count("person", distinct=True, filter=Q(level=level.NETWORK)),
        )
    )
    return sorted(
        (
            TeamNow(
                row["team_id"],
                row["team__name"] or gettext("No team holds the person"),
                row["people"],
                row["with_lead"],
                row["with_network"],
            )
            for row in found
        ),
        key=lambda row: row.name.casefold(),
    )


class Writable(Protocol):
    def write(self, text: str, /) -> Any: ...


def write_csv(found: Sequence[Counted], file: Writable, *, exact: bool) -> None:
    """The counts as a table for a spreadsheet. Every cell is text or a number to it, never a
    formula, whatever a team is called."""
    teams, rules = _names("team", {one.team_id for one in found}), rule_titles()
    writer = csv.writer(file)
    writer.writerow(
        [gettext("Month"), gettext("Team"), gettext("What"), gettext("Cause"), gettext("Alerts")]
    )
    rows = sorted(
        (
            one.month.strftime("%Y-%m"),
            teams[one.team_id],
            rules.get(one.rule, one.rule),
            cause_title(one.cause),
            shown(one.alerts, exact=exact),
        )
        for one in found
    )
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
