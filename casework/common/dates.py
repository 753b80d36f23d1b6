"""Local dates and times, elapsed time, windows and working days of England."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")


def to_utc(day: dt.date, time: dt.time | None) -> dt.datetime:
    """The instant of a local date and time; a missing time is read as midnight.

    An hour that comes twice (October) is read as its first, summer-time pass.
    """
    local = dt.datetime.combine(day, time or dt.time(0), tzinfo=LONDON)
    return local.replace(fold=0).astimezone(dt.UTC)


def exists(day: dt.date, time: dt.time) -> bool:
    """False for the hour that the clocks jump over in March."""
    local = dt.datetime.combine(day, time, tzinfo=LONDON)
    return local.astimezone(dt.UTC).astimezone(LONDON).replace(tzinfo=None) == local.replace(
        tzinfo=None
    )


def years_before(day: dt.date, years: int) -> dt.date:
    """The same date in an earlier year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def window_180(on: dt.date) -> dt.date:
    """First of the 180 dates that end with `on` (both counted)."""
    return on - dt.timedelta(days=179)


def window_12m(on: dt.date) -> dt.date:
    """First day of the 12 months that end with `on`: the day after the same date a year before."""
    return years_before(on, 1) + dt.timedelta(days=1)


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[dt.date]:
    """Bank holidays of England and Wales in one year."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday, and not a bank holiday in England."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


@lru_cache(maxsize=4096)  # a list, and the sweep, ask for the same days again and again
def add_working_days(day: dt.date, count: int) -> dt.date:
    """The date `count` working days after `day`; `day` itself is not counted."""
    if count < 0:
        raise ValueError("count must not be negative")
    while count:
        day += dt.timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


@lru_cache(maxsize=4096)
def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    days = 0
    while start < end:
        start += dt.timedelta(days=1)
        if is_working_day(start):
            days += 1
    return days
