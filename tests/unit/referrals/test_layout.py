"""Where the bars of a journey stand, and who held the person on which day."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from referrals.paths.journey import Holding, holdings
from referrals.paths.layout import BAR, LEAST, LEFT, RIGHT, TOP, WIDTH, Span, place

DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 1, 1)
days = st.integers(0, 900).map(lambda n: FIRST + n * DAY)
LANES = ["a", "b", "c"]


@st.composite
def spans(draw):
    found = []
    for n in range(draw(st.integers(0, 25))):
        one, other = draw(days), draw(days)
        found.append(Span(draw(st.sampled_from(LANES)), min(one, other), max(one, other), n))
    return found


@given(spans(), days, days)
def test_no_bar_covers_another_and_all_are_inside(found, one, other):
    start, end = min(one, other), max(one, other)
    layout = place(found, LANES, start=start, end=end)
    shown = {span.key for span in found if span.end >= start and span.start <= end}
    assert sorted(bar.key for bar in layout.bars) == sorted(shown)
    for bar in layout.bars:
        assert bar.x >= LEFT - 1e-6 and bar.x + bar.width <= WIDTH - RIGHT + 1e-6
        assert bar.y >= TOP and bar.y + bar.height <= layout.height
        assert bar.width >= LEAST - 1e-6
        lane = next(lane for lane in layout.lanes if lane.key == found[bar.key].lane)
        assert lane.y <= bar.y and bar.y + bar.height <= lane.y + lane.height
    for n, bar in enumerate(layout.bars):
        for next_one in layout.bars[n + 1 :]:
            beside = (
                bar.x + bar.width <= next_one.x + 1e-6
                or next_one.x + next_one.width <= bar.x + 1e-6
            )
            below = abs(bar.y - next_one.y) >= BAR
            assert beside or below
    edges = [(lane.y, lane.y + lane.height) for lane in layout.lanes]
    assert all(edges[n][1] <= edges[n + 1][0] for n in range(len(edges) - 1))


@given(spans())
def test_earlier_stands_further_left(found):
    layout = place(found, LANES, start=FIRST, end=FIRST + 900 * DAY)
    x = {bar.key: bar.x for bar in layout.bars}
    for one in found:
        for other in found:
            if one.start + 10 * DAY < other.start:
                assert x[one.key] < x[other.key]


def test_one_day_is_the_whole_picture():
    layout = place([Span("a", FIRST, FIRST, 1)], ["a"], start=FIRST, end=FIRST)
    assert (layout.bars[0].x, layout.bars[0].width) == (LEFT, WIDTH - LEFT - RIGHT)
    assert [tick.day for tick in layout.ticks] == [FIRST]


def test_two_at_once_in_one_team_stand_below_each_other():
    layout = place(
        [Span("a", FIRST, FIRST + 9 * DAY, 1), Span("a", FIRST + 5 * DAY, FIRST + 9 * DAY, 2)],
        ["a"],
        start=FIRST,
        end=FIRST + 9 * DAY,
    )
    assert layout.bars[0].y < layout.bars[1].y


@given(
    st.lists(st.tuples(days, st.sampled_from(["", "Ada", "Ben"])), max_size=12),
    days,
    days,
)
def test_every_day_belongs_to_one_holder_or_to_a_gap(changes, one, other):
    start, end = min(one, other), max(one, other)
    found = holdings(changes, start, end)
    day = start
    for held in found:
        assert held.start == day and held.end >= held.start
        day = held.end + DAY
    assert day == end + DAY
    assert all(found[n].name != found[n + 1].name for n in range(len(found) - 1))
    in_order = sorted(changes, key=lambda change: change[0])
    for held in found:
        last = [name for on, name in in_order if on <= held.start]
        assert held.name == (last[-1] if last else "")


def test_gaps_in_days():
    found = holdings([(FIRST + 3 * DAY, "Ada"), (FIRST + 5 * DAY, "")], FIRST, FIRST + 9 * DAY)
    assert found == [
        Holding("", FIRST, FIRST + 2 * DAY),
        Holding("Ada", FIRST + 3 * DAY, FIRST + 4 * DAY),
        Holding("", FIRST + 5 * DAY, FIRST + 9 * DAY),
    ]
    assert [one.days for one in found if one.is_gap] == [3, 5]
