"""Opening hours as people write them, read so that a page can say whether somebody is there. Pure.

"Monday to Friday, 9am to 5pm; Saturday, 10am to 1pm", "Every day, 8pm to 8am", "Every day and
night", "24 hours a day, 7 days a week". What cannot be read for certain is not guessed: a page then
shows the words and does not say that a team is open. Times are local (London).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from casework.common.dates import bank_holidays

DAY = 24 * 60
WEEK = 7 * DAY
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {name[:length]: number for number, name in enumerate(_NAMES) for length in (3, len(name))}
_DAYS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_GROUPS = {
    "every day": range(7),
    "daily": range(7),
    "all week": range(7),
    "7 days a week": range(7),
    "7 days": range(7),
    "seven days a week": range(7),
    "weekdays": range(5),
    "weekends": range(5, 7),
}
_ALWAYS = re.compile(
    r"24\s*/\s*7|(?:24 hours|24 hours a day|day and night),? (?:every day|7 days(?: a week)?)"
    r"|every day,?(?: and night| day and night| 24 hours(?: a day)?)"
)
_ALL_DAY = ("24 hours", "24 hours a day", "day and night", "all day")
_TIME = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(am|pm)?")
_WORDS = {"midnight": 0, "noon": DAY // 2, "midday": DAY // 2}
_FIRST_TIME = re.compile(r"\d|\b(?:midnight|noon|midday|all day|day and night)\b")
_TO = re.compile(r"\s*(?:\bto\b|\buntil\b|\btill\b|[-\u2013])\s*")


@dataclass(frozen=True)
class Week:
    """Spans of minutes from Monday's midnight; one may go on beyond Sunday's. `every_day` is said
    of bank holidays too."""

    spans: tuple[tuple[int, int], ...]
    every_day: bool = False

    @property
    def always(self) -> bool:
        return self.spans == ((0, WEEK),)

    def sure_on(self, day: dt.date) -> bool:
        """Not on a bank holiday, unless the hours are those of every day."""
        return self.every_day or day not in bank_holidays(day.year)

    def closes(self, at: dt.datetime) -> int | None:
        """For how many minutes it is open from `at` on; None where it is closed."""
        now = _minute(at)
        left = [end - now for start, end in self.spans if start <= now < end]
        left += [end - now - WEEK for start, end in self.spans if start <= now + WEEK < end]
        return max(left, default=None)

    def opens(self, at: dt.datetime) -> int | None:
        """In how many minutes from `at` it opens next."""
        now = _minute(at)
        return min(((start - now) % WEEK or WEEK for start, _end in self.spans), default=None)


def _minute(at: dt.datetime) -> int:
    return at.weekday() * DAY + at.hour * 60 + at.minute


@lru_cache(maxsize=512)
def read(text: str) -> Week | None:
    """The week that a text describes; None where it cannot be read for certain."""
    plain = " ".join(text.lower().replace("\xa0", " ").split()).rstrip(".")
    if not plain:
        return None
    if _ALWAYS.fullmatch(plain):
        return Week(((0, WEEK),), every_day=True)
    spans: set[tuple[int, int]] = set()
    days_said: set[int] = set()
    every = True
    for clause in plain.split(";"):
        found = _clause(clause.strip())
        if found is None or days_said & found[0]:
            return None
        days, times = found
        days_said |= days
        every = every and len(days) == len(_NAMES)
        spans |= {(day * DAY + start, day * DAY + end) for day in days for start, end in times}
    return Week(_joined(spans), every_day=every)


def _clause(text: str) -> tuple[set[int], list[tuple[int, int]]] | None:
    """The days and the times of one part, like "Monday to Friday, 9am to 5pm"."""
    place = _FIRST_TIME.search(text)
    if place is None:
        return None
    group = next((one for one in _GROUPS if text.startswith(one)), None)
    split = len(group) if group is not None else place.start()
    days = _days(text[:split].strip(" ,:"))
    times = _times(text[split:].strip(" ,:"))
    return (days, times) if days and times else None


def _days(text: str) -> set[int]:
    if text in _GROUPS:
        return set(_GROUPS[text])
    found: set[int] = set()
    for part in re.split(r",\s*|\s+and\s+|\s*&\s*", text):
        ends = _TO.split(part.strip())
        numbers = [_DAYS.get(one) for one in ends]
        if len(ends) > 2 or any(one is None for one in numbers):
            return set()
        first, last = numbers[0], numbers[-1]
        assert first is not None and last is not None  # noqa: S101  for the type checker
        found |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return found


def _times(text: str) -> list[tuple[int, int]]:
    if text in _ALL_DAY:
        return [(0, DAY)]
    found = []
    for part in re.split(r"\s+and\s+|,\s*|\s*&\s*", text):
        ends = _TO.split(part.strip())
        if len(ends) != 2:
            return []
        start, end = _time(ends[0]), _time(ends[1])
        if start is None or end is None or start == end:
            return []
        found.append((start, end if end > start else end + DAY))
    return found


def _time(text: str) -> int | None:
    """Minutes after midnight. An hour without am or pm counts where it is written with minutes, as
    on a railway timetable."""
    if text in _WORDS:
        return _WORDS[text]
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if minute > 59 or (half is None and match[2] is None):
        return None
    if half is None:
        return hour * 60 + minute if hour < 24 else None
    return (hour % 12 + (12 if half == "pm" else 0)) * 60 + minute if 1 <= hour <= 12 else None


def _joined(spans: set[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans that touch are one: open through midnight is no closing."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
