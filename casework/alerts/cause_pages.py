"""The page of causes over time: charts with tables, and what is held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.alerts import causes
from casework.alerts.presenters import NOT_FOR_APPRAISAL
from casework.common.pages import Link
from casework.common.presenters import query_string
from casework.common.tables import cell, table

BY = {"cause": _("By cause"), "rule": _("By what was noticed"), "team": _("By team")}
BAR, GAP, HIGH = 14, 4, 60


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    """One line's months as bars; its words say the same."""

    ident: str
    title: str
    words: str
    bars: tuple[Bar, ...]
    total: str
    width: int = causes.MONTHS * (BAR + GAP)
    height: int = HIGH
    bar: int = BAR


class CausesPage:
    """What came up in twelve months, by cause, rule or team."""

    def __init__(
        self,
        found: Sequence[causes.Counted],
        *,
        by: str,
        of: str,
        until: dt.date,
        exact: bool,
        path: str,
    ) -> None:
        self._found = found
        self.by, self._of, self._path = by, of, path
        self._until, self._exact = until, exact
        self._lines = causes.lines(found, by, until)
        self.heading = gettext("Causes over time")

    @property
    def caution(self) -> str:
        return str(NOT_FOR_APPRAISAL)

    @property
    def intro(self) -> str:
        n = sum(line.total for line in self._lines)
        if self._exact:
            return ngettext(
                "%(n)s alert came up in the last 12 months.",
                "%(n)s alerts came up in the last 12 months.",
                n,
            ) % {"n": n}
        return gettext(
            "Alerts that came up in the last 12 months: %(n)s. Numbers under 5 are shown as"
            " 1 to 4 and the others are rounded to the nearest 5, so that nobody can be recognised."
        ) % {"n": self._number(n)}

    def _number(self, n: int) -> str:
        return causes.shown(n, exact=self._exact)

    @property
    def tabs(self) -> list[Link]:
        return [
            Link(str(text), query_string(self._path, by=by, of=self._of), by == self.by)
            for by, text in BY.items()
        ]

    @property
    def csv_href(self) -> str:
        return query_string(reverse("alerts:causes_csv"), of=self._of)

    @property
    def _months(self) -> list[str]:
        return [date_format(month, "M Y") for month in causes.months(self._until)]

    @property
    def period(self) -> str:
        """What the charts run from and to."""
        return gettext("Each bar is a month, from %(first)s to %(last)s.") % {
            "first": self._months[0],
            "last": self._months[-1],
        }

    @property
    def charts(self) -> list[Chart]:
        drawn = [[causes.drawn(n, exact=self._exact) for n in line.months] for line in self._lines]
        most = max((n for row in drawn for n in row), default=0) or 1
        return [self._chart(n, line, drawn[n], most) for n, line in enumerate(self._lines)]

    def _chart(self, n: int, line: causes.Line, row: list[int], most: int) -> Chart:
        said = [
            f"{month}: {self._number(count)}"
            for month, count in zip(self._months, line.months, strict=True)
            if count
        ]
        return Chart(
            ident=f"chart-{n}",
            title=line.title,
            words=", ".join(said),
            bars=tuple(
                Bar(x * (BAR + GAP), HIGH - round(HIGH * value / most), round(HIGH * value / most))
                for x, value in enumerate(row)
                if value
            ),
            total=self._number(line.total),
        )

    @property
    def table(self) -> dict[str, Any]:
        """The same numbers, month by month; months in which nothing came up are left out."""
        return table(
            BY[self.by],
            [gettext("Month"), *(line.title for line in self._lines)],
            [
                [cell(month), *(cell(self._number(line.months[n])) for line in self._lines)]
                for n, month in enumerate(self._months)
                if any(line.months[n] for line in self._lines)
            ],
        )


class TeamsNow:
    """How much waits in every team of the network at this moment, for its lead: no names."""

    def __init__(self, rows: Sequence[causes.TeamNow], *, exact: bool = False) -> None:
        self._rows, self._exact = rows, exact

    @property
    def table(self) -> dict[str, Any] | None:
        if not self._rows:
            return None
        return table(
            gettext("What waits in the teams"),
            [
                gettext("Team"),
                gettext("People something waits about"),
                gettext("With the team lead"),
                gettext("With the network lead"),
            ],
            [
                [
                    cell(
                        row.name,
                        href=query_string(
                            reverse("alerts:causes"), of=str(row.team_id) if row.team_id else ""
                        ),
                    ),
                    *(
                        cell(causes.shown(n, exact=self._exact))
                        for n in (row.people, row.with_lead, row.with_network)
                    ),
                ]
                for row in self._rows
            ],
        )
