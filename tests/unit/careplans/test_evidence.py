"""The five tests of a personalised care and support plan, answered from what was written."""

import datetime as dt
from dataclasses import replace

import pytest

from careplans.evidence import PlanFacts, facts_of, five_tests, missing
from careplans.kinds import SAFETY_STEPS

# The published criteria in their order, and the words that each question of ours must keep of them.
PUBLISHED = (
    (
        "central in developing and agreeing, including who is involved",
        ("centre", "agreeing", "involved"),
    ),
    ("conversations which focus on what matters", ("conversation", "matters")),
    ("agree the outcomes", ("agree", "come of it")),
    ("one sharable plan: what matters, outcomes, how", ("one plan", "shared")),
    ("formally and informally review", ("formally", "informally")),
)

GOOD = PlanFacts(
    own_words=3,
    network=1,
    together_on=dt.date(2026, 11, 2),
    matters=1,
    goals=1,
    actions=1,
    shared=True,
    spoken=2,
    person_answer="agree",
    copy="paper",
    review_due=dt.date(2027, 5, 1),
    reviews_held=1,
)


def test_the_five_tests_of_a_good_plan():
    assert [one.met for one in five_tests(GOOD)] == [True] * 5
    assert all(one.evidence for one in five_tests(GOOD))


def test_each_of_the_five_fails_for_its_own_reason():
    cases = [
        ({"network": 0}, [0]),
        ({"own_words": 0}, [0]),
        ({"together_on": None}, [1]),
        ({"matters": 0}, [1, 3]),
        ({"goals": 0}, [2, 3]),
        ({"person_answer": "partly"}, [2]),
        ({"person_answer": "disagree"}, [0, 2]),
        ({"person_answer": "need_time"}, [0, 2]),
        ({"person_answer": ""}, [0, 2]),
        ({"actions": 0}, [3]),
        ({"copy": ""}, [3]),
        ({"may_ask": False}, [4]),
        ({"copy": "not_yet"}, [3]),
        ({"shared": False}, [3]),
        ({"review_due": None}, [4]),
    ]
    for change, failing in cases:
        met = [one.met for one in five_tests(replace(GOOD, **change))]
        assert [number for number, good in enumerate(met) if not good] == failing, change


def test_the_questions_are_those_that_were_published_in_their_order():
    asked = [one.question for one in five_tests(GOOD)]
    assert len(asked) == len(PUBLISHED) == 5
    for question, (criterion, words) in zip(asked, PUBLISHED, strict=True):
        for word in words:
            assert word in question, criterion


def test_the_evidence_says_what_the_answer_rests_on():
    central, talked, outcomes, sharable, reviewable = (
        one.evidence.replace("\xa0", " ") for one in five_tests(GOOD)
    )
    assert central == (
        "3 lines are in their own words, and who is involved is written down. They agreed to it."
    )
    assert talked == (
        "Last written by the person, or with them, on 2 Nov 2026."
        " They have spoken about 2 areas of life."
    )
    assert outcomes == "1 goal, and the person agreed to the version they are in."
    assert sharable.endswith("They have a copy, or did not want one.")
    assert reviewable == (
        "To be looked at again by 1 May 2027, or sooner when the person asks."
        " Looked at again 1 time."
    )


def line(kind, voice="person", role="together", on="2026-11-02"):
    return {"kind": kind, "voice": voice, "role": role, "on": on, "written": "Marigold May"}


def area(*lines, rating=None):
    return {"lines": list(lines), "rating": rating}


def test_facts_are_counted_from_what_the_plan_says():
    content = {
        "areas": [
            area(
                line("matters"), line("goal", on="2026-11-05"), line("team_view", "team", "worker")
            ),
            area(line("action", "ours"), rating={"role": "person", "on": "2026-11-09"}),
            area(),
        ],
        "lines": [line("network", "ours"), line("learning")],
    }
    assert facts_of(content, shared=True, person_answer="agree") == PlanFacts(
        own_words=3,
        network=1,
        together_on=dt.date(2026, 11, 9),
        matters=1,
        spoken=2,
        goals=2,
        actions=1,
        long_term=1,
        shared=True,
        person_answer="agree",
    )


def test_what_a_plan_usually_holds_is_named_while_it_is_not_there():
    whole = PlanFacts(network=1, goals=1, actions=1, long_term=1, safety=frozenset(SAFETY_STEPS))
    assert missing(whole) == []
    for change, name in (
        ({"network": 0}, "who does what"),
        ({"goals": 0}, "goals with steps"),
        ({"actions": 0}, "goals with steps"),
        ({"long_term": 0}, "learning and work"),
        ({"safety": frozenset(SAFETY_STEPS[1:])}, "a safety plan"),
        ({"safety": frozenset()}, "a safety plan"),
    ):
        (one,) = missing(replace(whole, **change))
        assert name in one, change


@pytest.mark.parametrize("role", ["worker", "carer", "reader", None])
def test_what_others_wrote_is_no_conversation_whatever_they_are_called(role):
    """A worker may bear the person's name: who wrote is read from the role."""
    content = {"areas": [area(line("matters", role=role))], "lines": []}
    facts = facts_of(content)
    assert facts.together_on is None
    assert [one.met for one in five_tests(facts)] == [False] * 5
    assert "Nothing has been written by the person" in five_tests(facts)[1].evidence


def test_an_empty_plan_passes_none_of_them():
    facts = facts_of({"areas": [], "lines": []}, may_ask=True)
    assert [one.met for one in five_tests(facts)] == [False] * 5
    assert all(one.evidence for one in five_tests(facts))
