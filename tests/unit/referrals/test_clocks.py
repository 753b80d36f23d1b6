"""The clocks: examples by hand, and a literal port of the published rules on random cases."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.clocks import (
    Asked,
    Help,
    adult_on,
    crisis_limit,
    crisis_minutes,
    elapsed_minutes,
    own_wait,
    referral_end,
    spells,
)

D = dt.date


def test_a_gap_of_five_days_joins_and_of_six_does_not() -> None:
    first = Asked(D(2025, 1, 6), D(2025, 1, 20))
    joined = spells([first, Asked(D(2025, 1, 25), D(2025, 2, 20))], Help(), D(2025, 6, 1))
    assert [(one.start, one.end) for one in joined] == [(D(2025, 1, 6), D(2025, 2, 20))]
    apart = spells([first, Asked(D(2025, 1, 26), D(2025, 2, 20))], Help(), D(2025, 6, 1))
    assert [(one.number, one.start, one.end) for one in apart] == [
        (1, D(2025, 1, 6), D(2025, 1, 20)),
        (2, D(2025, 1, 26), D(2025, 2, 20)),
    ]


def test_met_on_day_28_with_an_agreed_plan_and_waiting_without() -> None:
    asked = [Asked(D(2025, 1, 6), None)]
    day = [D(2025, 1, 20)]
    plan = [(D(2025, 2, 3), D(2025, 2, 3))]
    helped = spells(asked, Help(day, day, day, [], plan), D(2025, 6, 1))[0]
    assert (helped.clock_stop, helped.days, helped.met) == (D(2025, 2, 3), 28, True)
    assert helped.waiting_days is None
    waiting = spells(asked, Help(day, day, day, [], []), D(2025, 2, 10))[0]
    assert (waiting.clock_stop, waiting.met, waiting.waiting_days) == (None, None, 35)
    assert waiting.missing == ["help"]


@pytest.mark.parametrize(
    ("start", "contact", "needed"),
    [
        (D(2024, 3, 1), D(2024, 3, 31), False),
        (D(2024, 3, 1), D(2024, 4, 1), True),
        (D(2024, 4, 1), D(2024, 4, 2), True),
    ],
)
def test_the_assessment_is_needed_since_april_2024(start, contact, needed) -> None:
    found = spells(
        [Asked(start, None)], Help([contact], [contact], [], [contact], []), D(2025, 1, 1)
    )[0]
    assert found.assessment_needed is needed
    assert (found.clock_stop is None) is needed


def test_a_plan_belongs_to_the_spell_of_its_last_update() -> None:
    asked = [Asked(D(2025, 1, 1), D(2025, 2, 1)), Asked(D(2025, 6, 1), None)]
    both = spells(asked, Help(plans=[(D(2025, 1, 10), D(2025, 6, 20))]), D(2025, 7, 1))
    assert [one.first_plan_or_intervention for one in both] == [None, D(2025, 6, 20)]
    same = spells(asked, Help(plans=[(D(2025, 6, 10), D(2025, 6, 20))]), D(2025, 7, 1))
    assert [one.first_plan_or_intervention for one in same] == [None, D(2025, 6, 10)]


def test_the_end_of_a_referral() -> None:
    on = D(2025, 5, 1)
    assert referral_end([D(2025, 4, 1), D(2025, 4, 3)], on) == D(2025, 4, 3)
    assert referral_end([D(2025, 4, 1), None], on) is None
    assert referral_end([D(2025, 5, 2)], on) is None


@pytest.mark.parametrize(
    ("born", "day", "adult"),
    [
        (None, D(2025, 1, 1), False),
        (D(2007, 1, 1), D(2025, 1, 1), True),
        (D(2007, 1, 2), D(2025, 1, 1), False),
        (D(2008, 2, 29), D(2026, 2, 28), False),
        (D(2008, 2, 29), D(2026, 3, 1), True),
    ],
)
def test_eighteen_on_the_day(born, day, adult) -> None:
    assert adult_on(born, day) is adult


def test_crisis_clocks_through_both_changes_of_the_clocks() -> None:
    october = elapsed_minutes(D(2026, 10, 24), dt.time(23, 30), D(2026, 10, 25), dt.time(2, 45))
    march = elapsed_minutes(D(2026, 3, 28), dt.time(22, 50), D(2026, 3, 29), dt.time(3, 10))
    assert (october, march) == (255, 200)


def test_a_time_that_comes_twice_is_the_first_pass() -> None:
    assert elapsed_minutes(D(2026, 10, 25), dt.time(0, 30), D(2026, 10, 25), dt.time(1, 30)) == 60
    assert elapsed_minutes(D(2026, 10, 25), dt.time(1, 30), D(2026, 10, 25), dt.time(2, 30)) == 120


def test_crisis_clock_stops_at_the_first_meeting_at_or_after_the_referral() -> None:
    start = D(2026, 5, 4)
    contacts = [(start, dt.time(8)), (start, dt.time(12, 30)), (D(2026, 5, 5), None)]
    assert crisis_minutes(start, dt.time(9), contacts) == 210
    assert crisis_minutes(start, None, [(start, None)]) == 0
    assert crisis_minutes(start, dt.time(9), [(start, dt.time(8))]) is None


@pytest.mark.parametrize(
    ("team", "priority", "source", "limit"),
    [
        ("A02", "4", "", 240),
        ("A18", "2", "", 1440),
        ("A19", "3", "", None),
        ("A02", "1", "", None),
        ("A06", "4", "", None),
        ("A11", "3", "H1", 60),
        ("A11", "3", "A1", None),
    ],
)
def test_which_crisis_clock(team, priority, source, limit) -> None:
    assert crisis_limit(team, priority, source) == limit


def test_the_persons_own_wait() -> None:
    on = D(2026, 5, 1)
    waiting = own_wait([D(2026, 2, 1), D(2026, 1, 10)], [None], on)
    assert (waiting.asked, waiting.days, waiting.over) == (D(2026, 1, 10), 111, False)
    met = own_wait([D(2026, 1, 10)], [D(2026, 3, 1), D(2026, 2, 1)], on)
    assert (met.days, met.over) == (22, True)


# A port of the published rules, as literal as can be, element by element --------------------------


def published(asked: list[Asked], given: Help, on: dt.date) -> list[tuple]:
    rows = sorted(
        [(one.start, one.end if one.end is not None else on, one.end is None) for one in asked],
        key=lambda row: (row[0], row[1]),
    )
    spells_found: list[list] = []
    for start, end, is_open in rows:
        latest = max((row[1] for row in spells_found[-1]), default=None) if spells_found else None
        if latest is not None and start <= latest + dt.timedelta(days=5):
            spells_found[-1].append((start, end, is_open))
        else:
            spells_found.append([(start, end, is_open)])
    result = []
    for number, spell in enumerate(spells_found, 1):
        start = min(row[0] for row in spell)
        end = max(row[1] for row in spell)
        is_open = any(row[2] for row in spell)
        inside = {start + dt.timedelta(days=n) for n in range((end - start).days + 1)}
        first = [
            min([day for day in days if day in inside], default=None)
            for days in (given.contacts, given.outcomes, given.assessments)
        ]
        plan_days = []
        for created, updated in given.plans:
            if updated in inside:
                plan_days.append(created if created in inside else updated)
        plan_days += [day for day in given.interventions if day in inside]
        help_day = min(plan_days, default=None)
        contact, outcome, assessment = first
        required = [contact, outcome, help_day]
        if start >= dt.date(2024, 4, 1) or (contact is None or contact >= dt.date(2024, 4, 1)):
            required.append(assessment)
        stop = None if None in required else max(required)
        days = None if stop is None else (stop - start).days
        result.append(
            (
                number,
                start,
                None if is_open else end,
                len(spell),
                contact,
                outcome,
                assessment,
                help_day,
                stop,
                days,
                None if days is None else days <= 28,
                (on - start).days if is_open and stop is None else None,
            )
        )
    return result


def as_rows(asked: list[Asked], given: Help, on: dt.date) -> list[tuple]:
    return [
        (
            one.number,
            one.start,
            one.end,
            one.referrals,
            one.first_contact,
            one.first_outcome,
            one.first_assessment,
            one.first_plan_or_intervention,
            one.clock_stop,
            one.days,
            one.met,
            one.waiting_days,
        )
        for one in spells(asked, given, on)
    ]


def random_case(rng: random.Random) -> tuple[list[Asked], Help, dt.date]:
    on = dt.date(2024, 6, 30)
    first = on - dt.timedelta(days=rng.choice([40, 120, 200]))

    def day() -> dt.date:
        return first + dt.timedelta(days=rng.randrange((on - first).days + 1))

    asked = []
    for _ in range(rng.randrange(1, 6)):
        start = day()
        end = start + dt.timedelta(days=rng.randrange(0, 30))
        asked.append(Asked(start, end if rng.random() < 0.7 and end <= on else None))
    some = [[day() for _ in range(rng.randrange(4))] for _ in range(4)]
    plans = []
    for _ in range(rng.randrange(3)):
        created = day()
        plans.append((created, max(created, day())))
    return asked, Help(*some, plans), on


def test_3000_random_cases_as_published() -> None:
    rng = random.Random(20261031)
    stopped = 0
    for number in range(3000):
        asked, given, on = random_case(rng)
        ours = as_rows(asked, given, on)
        assert ours == published(asked, given, on), (number, asked, given)
        stopped += any(row[8] for row in ours)
    assert stopped > 300  # the cases are worth something


@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_order_of_rows_makes_no_difference(seed: int, shuffled: random.Random) -> None:
    asked, given, on = random_case(random.Random(seed))
    expected = as_rows(asked, given, on)
    for rows in (asked, given.contacts, given.outcomes, given.plans):
        shuffled.shuffle(rows)
    assert as_rows(asked, given, on) == expected
