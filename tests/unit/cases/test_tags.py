"""What became of a meeting, in one word or two."""

import datetime as dt

import pytest
import time_machine

from casework.cases.models import Contact
from casework.cases.presenters import attendance_tag

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "days", "said"),
    [
        ("0", 3, "Booked"),
        ("0", 0, "Booked"),
        ("0", -1, "Not recorded yet"),
        ("5", -1, "Attended"),
    ],
)
def test_a_meeting_that_is_over_is_booked_no_more(code, days, said):
    with time_machine.travel(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False):
        contact = Contact(attendance=code, date=TODAY + dt.timedelta(days=days))
        assert attendance_tag(contact)["text"] == said
