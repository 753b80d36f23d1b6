"""The clocks, in plain Python: community spells and their four legs, crisis clocks, own waits.

The exact definitions are those of the national statistics on one provider's records. No ORM and
no clock of its own: the day as of which is asked is passed in.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from casework.common.dates import to_utc

COMMUNITY_TEAMS = frozenset({"A05", "A06", "A08", "A09", "A12", "A13", "A16", "C10", "C03"})
JOINING_DAYS = 5
FOUR_WEEKS = 28
ASSESSMENT_SINCE = dt.date(2024, 4, 1)
ADULT = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """A referral in scope: from the day it was received to its end, if it has ended."""

    start: dt.date
    end: dt.date | None


@dataclass(slots=True)
class Help:
    """What happened under a person's referrals in scope, by day; plans as (created, updated)."""

    contacts: list[dt.date] = field(default_factory=list)
    outcomes: list[dt.date] = field(default_factory=list)
    assessments: list[dt.date] = field(default_factory=list)
    interventions: list[dt.date] = field(default_factory=list)
    plans: list[tuple[dt.date, dt.date]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spell:
    """A person's time with one provider's community services, and how far the help has come."""

    number: int
    start: dt.date
    end: dt.date | None  # None: open
    referrals: int
    first_contact: dt.date | None
    first_outcome: dt.date | None
    first_assessment: dt.date | None
    first_plan_or_intervention: dt.date | None
    assessment_needed: bool
    on: dt.date

    @property
    def open(self) -> bool:
        return self.end is None

    @property
    def legs(self) -> dict[str, dt.date | None]:
        """The four legs and the day of each."""
        return {
            "contact": self.first_contact,
            "outcome": self.first_outcome,
            "assessment": self.first_assessment,
            "help": self.first_plan_or_intervention,
        }

    @property
    def missing(self) -> list[str]:
        """The legs that the clock still waits for."""
        return [
            name
            for name, day in self.legs.items()
            if day is None and (name != "assessment" or self.assessment_needed)
        ]

    @property
    def clock_stop(self) -> dt.date | None:
        """The latest of the legs; none while one is missing."""
        if self.missing:
            return None
        return max(
            day
            for name, day in self.legs.items()
            if day is not None and (name != "assessment" or self.assessment_needed)
        )

    @property
    def days(self) -> int | None:
        stop = self.clock_stop
        return (stop - self.start).days if stop is not None else None

    @property
    def met(self) -> bool | None:
        """Within four weeks; no answer while the clock runs."""
        days = self.days
        return days <= FOUR_WEEKS if days is not None else None

    @property
    def waiting_days(self) -> int | None:
        """How long an open spell without a stop has waited."""
        return (self.on - self.start).days if self.open and self.clock_stop is None else None


def in_scope(team_type: str) -> bool:
    """Does this team type count for the community clock?"""
    return team_type in COMMUNITY_TEAMS


def adult_on(birth_date: dt.date | None, day: dt.date) -> bool:
    """18 or over on a day; unknown is outside. Born on 29 February: of age on 1 March."""
    if birth_date is None:
        return False
    born = (birth_date.month, birth_date.day)
    return day.year - birth_date.year - ((day.month, day.day) < born) >= ADULT


def referral_end(ends: Iterable[dt.date | None], on: dt.date) -> dt.date | None:
    """The latest end over the teams in scope; none (open) when one is missing or after `on`."""
    latest: dt.date | None = None
    for end in ends:
        if end is None or end > on:
            return None
        latest = end if latest is None or end > latest else latest
    return latest


def spells(referrals: Iterable[Asked], help_given: Help, on: dt.date) -> list[Spell]:
    """The spells of one person at one provider as of a day, oldest first."""
    found: list[tuple[dt.date, dt.date, bool, int]] = []
    for asked in sorted(
        (one for one in referrals if one.start <= on), key=lambda one: (one.start, one.end or on)
    ):
        end, is_open = asked.end or on, asked.end is None
        if found and (asked.start - found[-1][1]).days <= JOINING_DAYS:
            start, running, was_open, number = found[-1]
            found[-1] = (start, max(running, end), was_open or is_open, number + 1)
        else:
            found.append((asked.start, end, is_open, 1))
    days = {
        name: sorted(getattr(help_given, name))
        for name in ("contacts", "outcomes", "assessments", "interventions")
    }
    return [
        _spell(number, start, end, is_open, count, days, help_given.plans, on)
        for number, (start, end, is_open, count) in enumerate(found, 1)
    ]


def _spell(
    number: int,
    start: dt.date,
    end: dt.date,
    is_open: bool,
    count: int,
    days: dict[str, list[dt.date]],
    plans: Sequence[tuple[dt.date, dt.date]],
    on: dt.date,
) -> Spell:
    contact = _first(days["contacts"], start, end)
    planned = [
        created if start <= created <= end else updated
        for created, updated in plans
        if start <= updated <= end
    ]
    intervention = _first(days["interventions"], start, end)
    helped = min([*planned, *([intervention] if intervention else [])], default=None)
    return Spell(
        number=number,
        start=start,
        end=None if is_open else end,
        referrals=count,
        first_contact=contact,
        first_outcome=_first(days["outcomes"], start, end),
        first_assessment=_first(days["assessments"], start, end),
        first_plan_or_intervention=helped,
        assessment_needed=not (
            start < ASSESSMENT_SINCE and contact is not None and contact < ASSESSMENT_SINCE
        ),
        on=on,
    )


def _first(days: list[dt.date], start: dt.date, end: dt.date) -> dt.date | None:
    place = bisect_left(days, start)
    return days[place] if place < len(days) and days[place] <= end else None


# Crisis clocks -----------------------------------------------------------------------------------

CRISIS_TEAMS = frozenset({"A02", "A18", "A19"})
LIAISON_TEAMS = frozenset({"A11", "C05"})
CRISIS_MINUTES = {"4": 240, "2": 1440}
LIAISON_MINUTES = 60
FACE_TO_FACE = "01"


def crisis_limit(team_type: str, priority: str, source: str) -> int | None:
    """Within how many minutes somebody must meet the person face to face, if a clock applies."""
    if team_type in CRISIS_TEAMS:
        return CRISIS_MINUTES.get(priority)
    if team_type in LIAISON_TEAMS and source == "H1":
        return LIAISON_MINUTES
    return None


def elapsed_minutes(
    start: dt.date, start_time: dt.time | None, stop: dt.date, stop_time: dt.time | None
) -> int:
    """Whole minutes that really went by between two local times, through a change of clocks."""
    return int((to_utc(stop, stop_time) - to_utc(start, start_time)).total_seconds() // 60)


def crisis_minutes(
    start: dt.date,
    start_time: dt.time | None,
    contacts: Iterable[tuple[dt.date, dt.time | None]],
) -> int | None:
    """Minutes from the referral to the first face-to-face contact at or after it."""
    waits = (elapsed_minutes(start, start_time, day, time) for day, time in contacts)
    return min((wait for wait in waits if wait >= 0), default=None)


# The person's own wait ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnWait:
    """From the first ask of a journey until somebody who kept the person met them."""

    asked: dt.date
    met: dt.date | None
    on: dt.date

    @property
    def days(self) -> int:
        return ((self.met or self.on) - self.asked).days

    @property
    def over(self) -> bool:
        return self.met is not None


def own_wait(
    asks: Iterable[dt.date], first_contacts: Iterable[dt.date | None], on: dt.date
) -> OwnWait:
    """The person's own wait in one journey. Nothing that a service does starts it again."""
    asked = min(asks)
    met = min((day for day in first_contacts if day is not None), default=None)
    return OwnWait(asked, max(met, asked) if met is not None else None, on)
