"""Whether somebody is there now, read from hours as people write them."""

import datetime as dt

import pytest

from careplans.crisis import now_at
from casework.common.dates import LONDON
from casework.directory import hours

MONDAY = dt.date(2026, 11, 23)
OFFICE = "Monday to Friday, 9am to 5pm"


def at(day, hour, minute=0):
    """So many days after a Monday, on the wall's clock."""
    return dt.datetime.combine(
        MONDAY + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=LONDON
    )


@pytest.mark.parametrize(
    ("text", "open_at", "closed_at"),
    [
        (OFFICE, [(0, 9), (4, 16, 59)], [(0, 8, 59), (4, 17), (5, 12)]),
        ("Mon-Fri 09:00-17:00", [(0, 9)], [(0, 17), (6, 10)]),
        ("Monday to Friday, 8am to 6.30pm", [(2, 18, 29)], [(2, 18, 30)]),
        ("Monday to Friday, 8am to 8pm; Saturday, 10am to 4pm", [(5, 10)], [(5, 16), (6, 11)]),
        ("Every day, 8am to 10pm", [(6, 21, 59)], [(6, 22)]),
        ("Every day, 8pm to 8am", [(0, 23), (1, 3), (6, 20), (0, 7)], [(0, 8), (3, 12)]),
        ("Monday, Wednesday and Friday, 9am to noon and 1pm to 5pm", [(2, 9)], [(2, 12), (1, 9)]),
        ("Friday to Monday, 10am to 2pm", [(4, 10), (6, 13), (0, 11)], [(1, 11)]),
        ("Weekends, midday to midnight", [(5, 12), (6, 23, 59)], [(5, 11), (0, 0), (4, 13)]),
        ("Weekdays, 24 hours", [(0, 0), (4, 23, 59)], [(5, 0), (6, 23)]),
    ],
)
def test_hours_as_people_write_them(text, open_at, closed_at):
    week = hours.read(text)
    assert week is not None
    for when in open_at:
        assert week.closes(at(*when)) is not None, when
    for when in closed_at:
        assert week.closes(at(*when)) is None, when


@pytest.mark.parametrize(
    "text", ["Every day and night", "24/7", "24 hours a day, 7 days a week", "Every day, 24 hours"]
)
def test_always_is_always(text):
    week = hours.read(text)
    assert week is not None and week.always and week.every_day
    now = now_at(text, dt.datetime(2026, 12, 25, 3, tzinfo=LONDON))
    assert now is not None
    assert (now.tag["text"], now.words) == ("Open now", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9am to 5pm",  # on which days?
        "Ring and see",
        "Monday to Friday",
        "Monday to Friday, 9 to 5",  # in the morning or in the evening?
        "Monday, 9am to 5pm; Monday, 10am to 4pm",
        "Monday to Friday, 25:00 to 26:00",
        "First Tuesday of the month, 9am to 5pm",
        "Every day except Sunday, 9am to 5pm",
    ],
)
def test_what_cannot_be_read_is_not_guessed(text):
    assert hours.read(text) is None
    assert now_at(text, at(0, 12)) is None


@pytest.mark.parametrize(
    ("when", "tag", "words"),
    [
        (at(0, 12), "Open now", "Until 5pm."),
        (at(0, 7), "Closed now", "Opens at 9am."),
        (at(0, 19), "Closed now", "Opens tomorrow at 9am."),
        (at(4, 19), "Closed now", "Opens on Monday at 9am."),
        (
            dt.datetime(2026, 12, 25, 11, tzinfo=LONDON),
            "Bank holiday",
            "Today is a bank holiday: the hours may differ.",
        ),
        # summer time: the clock on the wall counts, not the one in Greenwich
        (dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC), "Open now", "Until 5pm."),
    ],
)
def test_what_a_page_says(when, tag, words):
    now = now_at(OFFICE, when)
    assert now is not None
    assert (now.tag["text"], now.words) == (tag, words)
