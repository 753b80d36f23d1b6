"""From which day a limit in days counts: the look by the clock and the rule agree on every day."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from casework.common.dates import working_days_between
from referrals.stalls import WORKING_DAYS, last_late
from referrals.table import OPEN, STATES


@given(
    state=st.sampled_from(OPEN),
    limit=st.integers(1, 40),
    on=st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
)
def test_the_last_day_that_is_over_the_limit(state, limit, on):
    def over(since: dt.date) -> bool:
        if STATES[state].unit == WORKING_DAYS:
            return working_days_between(since, on) > limit
        return (on - since).days > limit

    found = last_late(state, limit, on)
    assert over(found)
    assert not over(found + dt.timedelta(days=1))
