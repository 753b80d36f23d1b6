"""Days, clocks and working days, against published calendars."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.common import dates

D = dt.date
DAYS = st.dates(min_value=D(2000, 1, 1), max_value=D(2050, 12, 31))


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "time", "instant"),
    [
        (D(2026, 1, 15), dt.time(9), utc(2026, 1, 15, 9)),
        (D(2026, 7, 15), dt.time(9), utc(2026, 7, 15, 8)),
        (D(2026, 7, 15), None, utc(2026, 7, 14, 23)),
        # 25 October 2026: 01:00 to 01:59 comes twice and is read as the first pass
        (D(2026, 10, 25), dt.time(0, 59), utc(2026, 10, 24, 23, 59)),
        (D(2026, 10, 25), dt.time(1, 30), utc(2026, 10, 25, 0, 30)),
        (D(2026, 10, 25), dt.time(2, 45), utc(2026, 10, 25, 2, 45)),
        # 29 March 2026: the clocks go from 01:00 to 02:00
        (D(2026, 3, 29), dt.time(0, 59), utc(2026, 3, 29, 0, 59)),
        (D(2026, 3, 29), dt.time(2, 0), utc(2026, 3, 29, 1, 0)),
    ],
)
def test_local_times_as_instants(day, time, instant):
    assert dates.to_utc(day, time) == instant


@pytest.mark.parametrize(
    ("start", "end", "elapsed"),
    [
        # person P011 of the sample: over the end of summer time, and over its beginning
        ((D(2026, 10, 24), dt.time(23, 30)), (D(2026, 10, 25), dt.time(2, 45)), (4, 15)),
        ((D(2026, 3, 28), dt.time(22, 50)), (D(2026, 3, 29), dt.time(3, 10)), (3, 20)),
    ],
)
def test_time_that_passes_while_the_clocks_change(start, end, elapsed):
    hours, minutes = elapsed
    passed = dates.to_utc(*end) - dates.to_utc(*start)
    assert passed == dt.timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize(
    ("day", "time", "there"),
    [
        (D(2026, 3, 29), dt.time(0, 59), True),
        (D(2026, 3, 29), dt.time(1, 0), False),
        (D(2026, 3, 29), dt.time(1, 59), False),
        (D(2026, 3, 29), dt.time(2, 0), True),
        (D(2026, 3, 30), dt.time(1, 30), True),
        (D(2026, 10, 25), dt.time(1, 30), True),
    ],
)
def test_the_hour_that_does_not_exist(day, time, there):
    assert dates.exists(day, time) is there


# Bank holidays in England and Wales as gov.uk publishes them.
PUBLISHED = {
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_of_england(year):
    published = {D.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()}
    weekdays = {
        D(year, 1, 1) + dt.timedelta(days=n)
        for n in range(366)
        if (D(year, 1, 1) + dt.timedelta(days=n)).year == year
    }
    off = {day for day in weekdays if day.weekday() < 5 and not dates.is_working_day(day)}
    assert off == published


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (D(2026, 12, 24), 1, D(2026, 12, 29)),  # Christmas on a Friday, Boxing Day moved to Monday
        (D(2026, 4, 2), 1, D(2026, 4, 7)),  # Easter
        (D(2026, 10, 30), 1, D(2026, 11, 2)),
        (D(2026, 10, 31), 1, D(2026, 11, 2)),  # from a Saturday
        (D(2026, 10, 31), 0, D(2026, 10, 31)),
        (D(2026, 11, 2), 10, D(2026, 11, 16)),
    ],
)
def test_adding_working_days(start, count, end):
    assert dates.add_working_days(start, count) == end
    assert dates.working_days_between(start, end) == count


def test_working_days_are_not_taken_away():
    with pytest.raises(ValueError, match="negative"):
        dates.add_working_days(D(2026, 1, 1), -1)
    assert dates.working_days_between(D(2026, 1, 8), D(2026, 1, 1)) == 0


@given(DAYS, st.integers(min_value=1, max_value=30))
def test_adding_lands_on_a_working_day_that_far_away(start, count):
    end = dates.add_working_days(start, count)
    assert dates.is_working_day(end)
    assert dates.working_days_between(start, end) == count


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (D(2026, 10, 31), D(2025, 11, 1)),
        (D(2024, 2, 29), D(2023, 3, 1)),
        (D(2025, 2, 28), D(2024, 2, 29)),
        (D(2025, 3, 1), D(2024, 3, 2)),
    ],
)
def test_the_window_of_twelve_months(on, first):
    assert dates.window_12m(on) == first


def test_the_window_of_180_dates():
    on = D(2026, 10, 31)
    assert (on - dates.window_180(on)).days + 1 == 180


@given(DAYS)
def test_windows_hold_what_they_say(on):
    assert (on - dates.window_180(on)).days == 179
    assert 365 <= (on - dates.window_12m(on)).days + 1 <= 366
    assert dates.years_before(on, 1).year == on.year - 1
