"""The team's page, and the network's: who has nobody, who is away, what has stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from casework.alerts.causes import shown
from casework.alerts.models import Alert
from casework.cases.models import Case
from casework.cases.team_work.presenters import away_words
from casework.common import presenters as words
from casework.common.pages import Link
from casework.common.tables import cell, table
from casework.worklist.team_rows import SHOWN, Away, Standing, TeamFigures


@dataclass(frozen=True)
class WaitingLine:
    """One person who waits for something that the team decides."""

    name: str
    href: str
    detail: str
    link: Link | None = None


@dataclass(frozen=True)
class Stop:
    """One thing that has stopped: what is said of it, and where one reads it and acts."""

    sentence: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class StoppedLine:
    """One person for whom something has stopped."""

    name: str
    href: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class AwayLine:
    """Somebody is away, and who covers."""

    text: str
    dates: str
    tag: dict[str, str] | None


class TeamPage:
    """What a lead looks at first."""

    def __init__(
        self,
        *,
        today: dt.date,
        teams: Sequence[str],
        standing: Standing,
        nobody_named: Sequence[Case],
        worker_gone: Sequence[Case],
        away: Sequence[Away],
        stopped: Sequence[Alert],
        places: Mapping[UUID, Link],
        may_allocate: bool,
    ) -> None:
        self._today = today
        self._standing = standing
        self._may_allocate = may_allocate
        self.names = ", ".join(teams)
        self.nobody_named = [self._unnamed(case) for case in nobody_named]
        self.worker_gone = [self._gone(case) for case in worker_gone]
        self.away = [self._away(one) for one in away]
        self.stopped = _stopped(stopped, places)
        self.people_href = reverse("team_people")
        self.nobody_named_href = words.query_string(self.people_href, show="unallocated")
        self.cover_href = reverse("team_work:absences")
        self.alerts_href = reverse("alerts:team")
        self.diary_href = reverse("diary:team")

    @property
    def summary(self) -> str:
        n = self._standing.people
        return ngettext("%(n)d person is with you.", "%(n)d people are with you.", n) % {"n": n}

    @property
    def more_nobody_named(self) -> str:
        n = self._standing.nobody_named
        if n <= SHOWN:
            return ""
        return gettext("All %(n)d people without a key worker") % {"n": n}

    def _unnamed(self, case: Case) -> WaitingLine:
        link = None
        if self._may_allocate:
            link = Link(
                gettext("Name a key worker"),
                reverse("team_work:allocate", args=[case.person_id]),
            )
        return WaitingLine(
            case.person.display_name,
            reverse("people:detail", args=[case.person_id]),
            gettext("With us %(since)s")
            % {"since": words.since_words(case.opened_on, self._today)},
            link,
        )

    @staticmethod
    def _gone(case: Case) -> WaitingLine:
        return WaitingLine(
            case.person.display_name,
            reverse("people:detail", args=[case.person_id]),
            gettext("%(worker)s no longer works here") % {"worker": case.key_worker},
            Link(
                gettext("See who is with them"),
                reverse("team_work:company", args=[case.person_id]),
            ),
        )

    def _away(self, one: Away) -> AwayLine:
        row = one.absence
        dates = gettext("from %(start)s") % {"start": words.short_date(row.start)}
        if one.open:
            tag = words.tag(gettext("Nobody covers"), "red")
        elif row.start > self._today:
            tag = words.tag(gettext("Planned"), "blue")
        else:
            tag = words.tag(gettext("Away now"), "yellow")
        return AwayLine(away_words(row), dates, tag)


def _stopped(alerts: Sequence[Alert], places: Mapping[UUID, Link]) -> list[StoppedLine]:
    """What has stopped, one line a person: the referral where there is one, and its alert."""
    bundled: dict[UUID, list[Alert]] = {}
    for alert in alerts:
        if alert.person is not None:
            bundled.setdefault(alert.person.pk, []).append(alert)
    return [
        StoppedLine(
            group[0].person.display_name,  # type: ignore[union-attr]
            reverse("people:detail", args=[person]),
            tuple(Stop(alert.sentence, _ways(alert, places)) for alert in group),
        )
        for person, group in bundled.items()
    ]


def _ways(alert: Alert, places: Mapping[UUID, Link]) -> tuple[Link, ...]:
    act = Link(
        gettext("Answer, put off or done"),
        words.query_string(reverse("alerts:detail", args=[alert.pk]), next=reverse("my_team")),
    )
    place = places.get(alert.pk)
    return (place, act) if place else (act,)


def network_table(figures: Sequence[TeamFigures]) -> dict[str, Any] | None:
    """The teams of the network in numbers, without anybody's name."""
    if not figures:
        return None
    return table(
        gettext("Teams of the network"),
        [
            gettext("Team"),
            gettext("People"),
            gettext("Without a key worker"),
            gettext("With open alerts"),
        ],
        [
            [
                cell(
                    one.team.name,
                    href=words.query_string(reverse("alerts:causes"), of=str(one.team.pk)),
                ),
                *(cell(shown(n, exact=False)) for n in (one.people, one.nobody_named, one.alerts)),
            ]
            for one in figures
        ],
    )
