"""What the timeline tells of a referral: the kind of event, and only what that leaves open."""

import pytest

from casework.cases.event_kinds import event_kinds
from referrals.table import EVENTS, ROWS, State


def told(event: str, **data: str) -> tuple[str, str]:
    kind = event_kinds["referral"].kinds[event]
    return str(kind.title), kind.words(data)


@pytest.mark.parametrize(
    ("event", "before", "after", "title"),
    [
        ("send", "draft", "sent", "Referral sent"),
        ("accept", "received", "accepted", "Accepted"),
        ("allocate", "accepted", "allocated", "Worker named"),
        ("propose_decline", "received", "decline_proposed", "Decline proposed"),
        ("close", "in_service", "closed", "Work ended"),
    ],
)
def test_what_the_title_says_is_not_said_again(event, before, after, title):
    assert told(event, **{"from": before, "to": after}) == (title, "")


def test_where_an_event_may_lead_to_several_states_the_one_is_told():
    assert told("reopen", **{"from": "closed", "to": "accepted"})[1] == "Accepted"
    assert told("reopen", **{"from": "closed", "to": "received"})[1] == "Received"
    assert told("undo_first_contact", **{"from": "in_service", "to": "allocated"})[1] == (
        "Worker named"
    )


def test_how_intensive_the_work_is_now_is_told():
    said = {"from": "in_service", "to": "in_service", "intensity": "light_touch"}
    assert told("change_intensity", **said) == ("Intensity changed", "Light touch")


@pytest.mark.parametrize("event", EVENTS)
def test_no_event_says_its_title_twice(event):
    for row in ROWS:
        if row.event == event and row.target is not None:
            for source in row.sources:
                title, words = told(event, **{"from": source, "to": row.target})
                assert title
                assert words != title
                assert not words or str(State(row.target).label) in words
