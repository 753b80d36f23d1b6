"""The life of a plan, by its table alone."""

import pytest

from careplans.table import (
    FINAL,
    LIVE,
    ROWS,
    TABLE,
    Facts,
    State,
    Who,
    after_review,
    available,
    refusals,
)

EVERYBODY = frozenset(Who)
GOOD = Facts(
    has_words=True,
    has_version=True,
    changed=True,
    leads=1,
    entered={"reason": "r", "what_next": "n", "words": "w"},
)


def test_every_state_can_be_reached_and_left():
    reached = {state for row in TABLE for state in row.targets}
    left = {state for row in TABLE for state in row.sources}
    assert reached | {State.DRAFT} == set(State)
    assert left == set(LIVE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_from_any_other_state_it_is_refused(row):
    for state in set(State) - set(row.sources):
        assert refusals(row.event, state, EVERYBODY, GOOD)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_nobody_else_does_it(row):
    others = EVERYBODY - set(row.who)
    for state in row.sources:
        assert refusals(row.event, state, frozenset(others), GOOD)
        assert refusals(row.event, state, frozenset(), GOOD)


def test_only_the_service_settles():
    assert ROWS["settle"].who == (Who.SERVICE,)
    assert ROWS["unsettle"].who == (Who.SERVICE,)


@pytest.mark.parametrize(
    ("person", "team", "agreed"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_plan_is_agreed_when_both_agree(person, team, agreed):
    facts = Facts(has_version=True, person_agrees=person, team_agrees=team)
    assert (not refusals("settle", State.SHARED, EVERYBODY, facts)) is agreed
    assert (not refusals("unsettle", State.AGREED, EVERYBODY, facts)) is not agreed


@pytest.mark.parametrize(
    "facts",
    [
        Facts(has_words=True, leads=0, entered={"reason": "r"}),
        Facts(has_words=True, leads=1, entered={"reason": " "}),
        Facts(has_words=True, leads=1, person_agrees=True, entered={"reason": "r"}),
        Facts(has_words=True, leads=1, alive=False, entered={"reason": "r"}),
    ],
    ids=["no lead", "no reason", "agreed after all", "died"],
)
def test_without_agreement_needs_a_reason_and_a_lead(facts):
    assert refusals("use", State.SHARED, EVERYBODY, facts)


def test_what_has_not_changed_is_not_shared_again():
    assert refusals("share", State.AGREED, EVERYBODY, Facts(has_words=True, has_version=True))
    assert refusals("share", State.DRAFT, EVERYBODY, Facts())
    assert not refusals("share", State.DRAFT, EVERYBODY, Facts(has_words=True))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(person_agrees=True, team_agrees=True), State.AGREED),
        (Facts(before_review=State.IN_USE), State.IN_USE),
        (Facts(before_review=State.AGREED), State.SHARED),
        (Facts(), State.SHARED),
    ],
)
def test_after_a_review_it_stands_as_it_stood(facts, state):
    assert after_review(facts) == state
    assert state in ROWS["keep"].targets


def test_what_is_over_is_over():
    for state in FINAL:
        assert available(state, EVERYBODY) == []
