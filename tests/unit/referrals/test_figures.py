"""Waits and declines: figures that are true, and none where too few people stand behind them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.asking.figures import (
    FEWEST,
    FEWEST_FOR_NINE_IN_TEN,
    Declines,
    waits,
    within,
)

HISTOGRAMS = st.dictionaries(st.integers(0, 900), st.integers(1, 40), min_size=1, max_size=30)
SHARES = st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


def spread(days):
    return sorted(day for day, number in days.items() for _ in range(number))


@given(HISTOGRAMS, SHARES)
def test_at_least_the_share_were_met_within_it_and_fewer_a_day_before(days, share):
    every = spread(days)
    found = within(days, share)
    assert found in every
    assert sum(day <= found for day in every) >= share * len(every) - 1e-9
    assert sum(day < found for day in every) < share * len(every)


@given(HISTOGRAMS, SHARES)
def test_it_is_the_nearest_rank(days, share):
    every = spread(days)
    assert within(days, share) == every[max(math.ceil(round(share * len(every), 9)), 1) - 1]


@given(HISTOGRAMS)
def test_more_of_the_people_never_took_less_time(days):
    assert within(days, 0.5) <= within(days, 0.9) <= within(days, 1.0) == max(days)


@pytest.mark.parametrize(
    ("days", "share", "expected"),
    [
        ({}, 0.5, None),
        ({3: 1}, 0.5, 3),
        ({1: 1, 2: 1}, 0.5, 1),
        ({1: 1, 2: 1, 9: 1}, 0.5, 2),
        (dict.fromkeys(range(1, 11), 1), 0.9, 9),  # and not 10, by a binary hair
        (dict.fromkeys(range(1, 12), 1), 0.9, 10),
        ({0: 5}, 0.9, 0),
    ],
)
def test_known_figures(days, share, expected):
    assert within(days, share) == expected


@pytest.mark.parametrize("share", [0, -0.5, 1.01])
def test_a_share_is_a_share(share):
    with pytest.raises(ValueError, match="share"):
        within({1: 1}, share)


def test_very_few_people_have_no_figure():
    few = waits({10: FEWEST - 1}, waiting=FEWEST - 1, longest=99)
    assert (few.known, few.median, few.ninetieth, few.longest) == (False, None, None, None)
    some = waits({10: FEWEST}, waiting=FEWEST, longest=99)
    assert (some.median, some.ninetieth, some.longest) == (10, None, 99)
    enough = waits({10: FEWEST_FOR_NINE_IN_TEN - 1, 40: 1})
    assert (enough.median, enough.ninetieth, enough.met) == (10, 10, FEWEST_FOR_NINE_IN_TEN)


@pytest.mark.parametrize(
    ("declined", "decided", "often"),
    [(0, 20, False), (4, 4, False), (1, 5, False), (2, 5, True), (2, 8, True), (2, 9, False)],
)
def test_often_is_said_of_enough_decisions_only(declined, decided, often):
    assert Declines(declined, decided).often is often
