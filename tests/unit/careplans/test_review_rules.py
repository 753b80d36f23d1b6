"""Plans that wait and promises that were not kept: by their rules alone."""

import dataclasses
import datetime as dt

import pytest

from careplans.review_rules import (
    ACTION_RULES,
    PLAN_RULES,
    THRESHOLDS,
    ActionFacts,
    PlanFacts,
)
from casework.common.rules import Policy

ON = dt.date(2026, 11, 23)
POLICY = Policy({one.code: one.default for one in THRESHOLDS})


def ago(days):
    return ON - dt.timedelta(days=days)


def plan(**fields):
    defaults = {"review_due": None, "asked_on": None, "asked_by_person": False, "proposed_on": None}
    return PlanFacts("plan:1", None, None, "cmht", None, ON, **{**defaults, **fields})


def action(days, **fields):
    defaults = {"owner": "Femi Ade", "owner_left": False}
    return ActionFacts(
        "plan_action:1", None, None, "cmht", None, ON, ago(days), **{**defaults, **fields}
    )


def breached(rules, facts):
    return {rule.code for rule in rules if rule(facts, POLICY)}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, set()),
        ({"review_due": ON}, set()),
        ({"review_due": ago(1)}, {"plan_review_late"}),
        ({"asked_on": ago(14)}, set()),
        ({"asked_on": ago(15)}, {"plan_review_asked"}),
        ({"proposed_on": ago(14)}, set()),
        ({"proposed_on": ago(15)}, {"plan_proposal_waits"}),
        ({"question_on": ago(14)}, set()),
        ({"question_on": ago(15)}, {"plan_answer_waits"}),
        ({"safety_on": ago(183)}, set()),
        ({"safety_on": ago(184)}, {"plan_safety_old"}),
    ],
)
def test_plans(facts, codes):
    assert breached(PLAN_RULES, plan(**facts)) == codes


@pytest.mark.parametrize(("days", "codes"), [(7, set()), (8, {"plan_action_late"})])
def test_actions(days, codes):
    assert breached(ACTION_RULES, action(days)) == codes


def test_what_is_off_is_off():
    off = Policy({one.code: 0 for one in THRESHOLDS})
    assert not ACTION_RULES[0](action(400), off)
    assert not PLAN_RULES[2](plan(proposed_on=ago(400)), off)
    assert not PLAN_RULES[4](plan(safety_on=ago(400)), off)


def test_they_speak_about_the_service():
    facts = plan(review_due=ago(3), asked_on=ago(20), asked_by_person=True, proposed_on=ago(20))
    facts = dataclasses.replace(facts, safety_on=ago(200), question_on=ago(20))
    told = [rule.sentence(facts) for rule in PLAN_RULES]
    assert told == [
        "The plan should have been looked at again by 20 November 2026, 3 days ago.",
        "The person asked on 3 November 2026 to look at the plan again, and you have not yet.",
        "What the person proposed for their plan on 3 November 2026 has no answer.",
        "A plan was shared with the person on 3 November 2026 and they have not said what they"
        " think of it. No help waits for it.",
        "Nobody has looked at the safety plan since 7 May 2026.",
    ]
    waits = next(rule for rule in PLAN_RULES if rule.code == "plan_answer_waits")
    assert waits.sentence(dataclasses.replace(facts, wants_time=True)) == (
        "On 3 November 2026 the person said that they need time with the plan that was shared, or"
        " could not say then. Nothing has come since, and no help waits for it."
    )
    assert "They need not answer." in waits.next_step(facts)
    (rule,) = ACTION_RULES
    late = action(10, owner_left=True)
    assert rule.sentence(late) == (
        "Something that Femi Ade was to do by 13 November 2026 has not been reported as done."
    )
    assert rule.cause(late) == "Whoever was to do it no longer works here."
    assert all(one.next_step(facts) for one in PLAN_RULES)
    assert late.as_json() == {"due_on": "2026-11-13", "owner_left": True}
    assert facts.as_json()["review_due"] == "2026-11-20"
