"""The five tests of a personalised care and support plan, answered from what is in it. Pure.

The published criteria ask whether the person is central in developing and agreeing it, including
who is involved; whether there was a proactive conversation about what matters to them and their
wider wellbeing; whether they agree the outcomes; whether there is one sharable plan that says what
matters, the outcomes and how; and whether they can have it reviewed, formally and informally.
A yes rests on something that was written down, never on somebody's ticking a box.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.kinds import SAFETY_STEPS, Kind, Voice
from casework.common.presenters import short_date

AGREED, PARTLY = "agree", "partly"
_WITH_THEM = ("person", "together")  # written by the person, or with them beside the worker


@dataclass(frozen=True)
class PlanFacts:
    """What a plan shows about how it was made. Counts of lines of one version, or of what is
    written so far."""

    own_words: int = 0  # lines in the person's own words
    network: int = 0  # who is involved
    together_on: dt.date | None = None  # last written with, or by, the person
    matters: int = 0
    spoken: int = 0  # areas of life about which the person has said something
    goals: int = 0
    actions: int = 0
    long_term: int = 0  # hopes, and what they want to learn or work at
    safety: frozenset[str] = frozenset()  # which steps of the safety plan are written
    shared: bool = False
    person_answer: str = ""  # what the person said last about this version
    copy: str = ""  # how they got a copy
    review_due: dt.date | None = None
    reviews_held: int = 0
    may_ask: bool = True  # an informal look can be asked for at any time


def facts_of(content: Mapping[str, Any], **stand: Any) -> PlanFacts:
    """The facts of a plan's content, a version's or of now; `stand` is what stands around it."""
    areas = content["areas"]
    lines = [line for area in areas for line in area["lines"]] + list(content["lines"])
    kinds: dict[str, int] = {}
    for line in lines:
        kinds[line["kind"]] = kinds.get(line["kind"], 0) + 1
    said = [*lines, *(area["rating"] for area in areas if area["rating"])]
    return PlanFacts(
        own_words=sum(line["voice"] == Voice.PERSON for line in lines),
        network=kinds.get(Kind.NETWORK, 0),
        together_on=max(
            (dt.date.fromisoformat(one["on"]) for one in said if one.get("role") in _WITH_THEM),
            default=None,
        ),
        matters=kinds.get(Kind.MATTERS, 0),
        spoken=sum(
            bool(area["rating"]) or any(one["voice"] == Voice.PERSON for one in area["lines"])
            for area in areas
        ),
        goals=kinds.get(Kind.GOAL, 0) + kinds.get(Kind.LEARNING, 0),
        actions=kinds.get(Kind.ACTION, 0),
        long_term=kinds.get(Kind.HOPE, 0) + kinds.get(Kind.LEARNING, 0),
        safety=frozenset(kind for kind in kinds if kind in SAFETY_STEPS),
        **stand,
    )


@dataclass(frozen=True)
class Answered:
    """One question about how a plan was made, its answer, and what the answer rests on."""

    question: str
    met: bool
    evidence: str


def five_tests(facts: PlanFacts) -> list[Answered]:
    """The five questions of a personalised care and support plan, each with its evidence."""
    return [_central(facts), _talked(facts), _outcomes(facts), _sharable(facts), _reviewable(facts)]


def missing(facts: PlanFacts) -> list[str]:
    """What a plan usually holds (NICE CG78, recommendation 1.3.2.1) and this one does not yet: a
    hint for the next conversation, and never a reason to hold anything back."""
    usual = (
        (facts.network > 0, _("who does what")),
        (facts.goals > 0 and facts.actions > 0, _("goals with steps towards them")),
        (facts.long_term > 0, _("long-term hopes, learning and work")),
        (
            facts.safety >= {Kind.SAFETY_SIGNS, Kind.SAFETY_ALONE, Kind.SAFETY_SERVICES},
            _("a safety plan with signs, what helps and who can be reached"),
        ),
    )
    return [name for there, name in usual if not there]


def _central(facts: PlanFacts) -> Answered:
    lines = ngettext(
        "%(n)d line is in their own words", "%(n)d lines are in their own words", facts.own_words
    ) % {"n": facts.own_words}
    involved = (
        _("and who is involved is written down")
        if facts.network
        else _("and nobody has written down who is involved")
    )
    agreeing = {
        AGREED: _("They agreed to it."),
        PARTLY: _("They agreed with part of it."),
        "disagree": _("They do not agree with it."),
        "need_time": _("They have asked for time to agree."),
        "not_now": _("They were not able to say whether they agree."),
    }.get(facts.person_answer) or _("They have not said yet whether they agree.")
    return Answered(
        _("Were they at the centre of writing and agreeing it, and of who is involved?"),
        facts.own_words > 0 and facts.network > 0 and facts.person_answer in (AGREED, PARTLY),
        f"{lines}, {involved}. {agreeing}",
    )


def _talked(facts: PlanFacts) -> Answered:
    met = facts.together_on is not None and facts.matters > 0
    if facts.together_on is None:
        evidence = _("Nothing has been written by the person, or with them.")
    elif not facts.matters:
        evidence = _("Nothing says yet what matters to them.")
    else:
        last = _("Last written by the person, or with them, on %(date)s.") % {
            "date": short_date(facts.together_on)
        }
        spoken = ngettext(
            "They have spoken about %(n)d area of life.",
            "They have spoken about %(n)d areas of life.",
            facts.spoken,
        ) % {"n": facts.spoken}
        evidence = f"{last} {spoken}"
    return Answered(_("Was there a conversation about what matters to them?"), met, evidence)


def _outcomes(facts: PlanFacts) -> Answered:
    agreed = facts.person_answer == AGREED
    goals = ngettext("%(n)d goal", "%(n)d goals", facts.goals) % {"n": facts.goals}
    evidence = (
        _("%(goals)s, and the person agreed to the version they are in.")
        if agreed
        else _("%(goals)s, and the person has not agreed to them.")
    ) % {"goals": goals}
    return Answered(
        _("Did they agree what shall come of it?"), agreed and facts.goals > 0, evidence
    )


def _sharable(facts: PlanFacts) -> Answered:
    whole = bool(facts.matters and facts.goals and facts.actions)
    has_copy = facts.copy not in ("", "not_yet")
    parts = [
        _("It says what matters, what shall come of it and how.")
        if whole
        else _("It does not yet say what matters, what shall come of it and how."),
        _("It has been shared.") if facts.shared else _("It has not been shared."),
        _("They have a copy, or did not want one.")
        if has_copy
        else _("They have no copy yet, as far as is recorded."),
    ]
    return Answered(
        _("Is there one plan that can be shared?"),
        whole and facts.shared and has_copy,
        " ".join(parts),
    )


def _reviewable(facts: PlanFacts) -> Answered:
    if facts.review_due is None:
        evidence = _("No day is set by which it is looked at again.")
    else:
        evidence = _("To be looked at again by %(date)s, or sooner when the person asks.") % {
            "date": short_date(facts.review_due)
        }
    if facts.reviews_held:
        held = ngettext(
            "Looked at again %(n)d time.", "Looked at again %(n)d times.", facts.reviews_held
        ) % {"n": facts.reviews_held}
        evidence = f"{evidence} {held}"
    return Answered(
        _("Can the person have it looked at again, formally and informally?"),
        facts.review_due is not None and facts.may_ask,
        evidence,
    )
