"""A chart and its table say the same."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from careplans.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Point, change, line_chart

DAY = dt.date(2026, 3, 1)


def day(words):
    """A date as pages say it, which never breaks across lines."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


points = st.lists(
    st.builds(Point, st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 7)),
    min_size=1,
    max_size=30,
)


@given(points)
def test_every_figure_is_in_the_picture_and_in_the_table(given_points):
    chart = line_chart("k", "Sleep", given_points, 1, 7)
    assert len(chart.marks) == len(chart.rows) == len(given_points)
    for mark in chart.marks:
        assert LEFT <= mark.x <= WIDTH - RIGHT
        assert TOP <= mark.y <= HEIGHT - BOTTOM
    assert [mark.x for mark in chart.marks] == sorted(mark.x for mark in chart.marks)
    assert chart.path.count("M") == 1


def test_higher_stands_higher_and_days_stand_apart_as_they_were():
    days = [Point(DAY, 1), Point(DAY + dt.timedelta(days=10), 7), Point(DAY + dt.timedelta(30), 4)]
    chart = line_chart("k", "Sleep", list(reversed(days)), 1, 7)
    low, high, middle = chart.marks
    assert low.y > middle.y > high.y
    assert round((middle.x - low.x) / (high.x - low.x), 1) == 3.0
    assert [row[:2] for row in chart.rows] == [
        (day("1 Mar 2026"), "1"),
        (day("11 Mar 2026"), "7"),
        (day("31 Mar 2026"), "4"),
    ]
    assert chart.summary.replace("\N{NO-BREAK SPACE}", " ") == (
        "From 1 on 1 Mar 2026 to 4 on 31 Mar 2026, on a scale from 1 to 7."
    )
    assert [line.text for line in chart.grid] == ["1", "4", "7"]


def test_one_figure():
    chart = line_chart("k", "Sleep", [Point(DAY, 4.5, "so so")], 0, 10)
    assert chart.rows == [(day("1 Mar 2026"), "4.5", "so so")]
    assert chart.summary.replace("\N{NO-BREAK SPACE}", " ") == (
        "4.5 on 1 Mar 2026, on a scale from 0 to 10."
    )
    assert chart.last_day == ""


def test_movement_is_now_less_first():
    assert change([Point(DAY, 2), Point(DAY + dt.timedelta(days=1), 6)]) == 4
    assert change([Point(DAY, 2)]) is None
