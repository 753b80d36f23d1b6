"""Two years, lived through one moment after the other.

A story is a generator: it yields when it goes on, and does what happens then. `Life` runs all
stories together in the order of time, with the clock of this process standing at each moment, so
that the services see the same day as those who lived it. Only a command of the demonstration does
this, in a process that does nothing else.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone

from casework.common import dates

OFFICE = dt.time(10)


@dataclass(frozen=True)
class When:
    """So many days before today, at a time. `exact` days may be a weekend; others are worked."""

    days_ago: int
    time: dt.time = OFFICE
    exact: bool = False


Story = Generator[When, None, None]


def day(days_ago: int, time: str = "10:00") -> When:
    """A working day: the one so many days ago, or the last one before it."""
    return When(days_ago, dt.time.fromisoformat(time))


def night(days_ago: int, time: str) -> When:
    """Any day and hour: nights and weekends too."""
    return When(days_ago, dt.time.fromisoformat(time), exact=True)


@contextmanager
def clock_at(moment: dt.datetime) -> Iterator[None]:
    """Let Django's clock in this process stand at `moment`.

    It is the clock below `timezone.now` that is stopped, since others may hold that function.
    """

    class Stopped(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return moment.astimezone(tz)

    real = timezone.datetime
    timezone.datetime = Stopped
    try:
        yield
    finally:
        timezone.datetime = real


class Life:
    """Runs stories up to the moment at which the demonstration is made."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.today = timezone.localtime(now).date()
        self._waiting: list[tuple[dt.datetime, int, Story]] = []
        self._begun = 0

    def moment(self, when: When) -> dt.datetime:
        on = self.today - dt.timedelta(days=when.days_ago)
        while not when.exact and not dates.is_working_day(on):
            on -= dt.timedelta(days=1)
        return dates.to_utc(on, when.time)

    def begin(self, story: Story) -> None:
        """Let a story take its part."""
        self._begun += 1
        self._wait(story, self._begun)

    def _wait(self, story: Story, number: int) -> None:
        when = next(story, None)
        if when is not None:
            heapq.heappush(self._waiting, (self.moment(when), number, story))

    def run(self) -> None:
        """Live through everything up to now; what a story says about later does not happen."""
        while self._waiting and self._waiting[0][0] <= self.now:
            moment, number, story = heapq.heappop(self._waiting)
            with clock_at(moment):
                self._wait(story, number)
        for _moment, _number, story in self._waiting:
            story.close()
