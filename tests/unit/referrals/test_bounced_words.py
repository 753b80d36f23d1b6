"""How it is said that somebody was sent on: how often, and to how many teams."""

from types import SimpleNamespace

import pytest

from referrals.stalls import bounced_sentence


@pytest.mark.parametrize(
    ("times", "teams", "said"),
    [
        (1, 2, "declined or passed on 1 time; it went to 2 teams."),
        (2, 3, "declined or passed on 2 times; it went to 3 teams."),
        (2, 1, "declined or passed on 2 times; it went to 1 team."),
    ],
)
def test_who_was_asked_is_not_said_to_have_declined(times, teams, said):
    facts = SimpleNamespace(bounces=times, bounces_12m=0, teams=teams)
    assert bounced_sentence(facts) == f"For this need the person was {said}"
