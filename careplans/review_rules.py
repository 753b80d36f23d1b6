"""Plans that wait to be looked at, and what was promised in them: pure rules over facts.

They speak about what the service owes. What the person meant to do themselves is never overdue.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.common.rules import Policy, Rule, Threshold

SAFETY_DAYS = 183  # a safety plan is looked at as often as the plan that it is part of

THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(
        "plan_review_late",
        0,
        "days",
        gettext_lazy("Days past its review, after which a plan is flagged"),
    ),
    Threshold(
        "plan_review_asked",
        14,
        "days",
        gettext_lazy("Days after somebody asked to look at the plan again, until it is flagged"),
    ),
    Threshold(
        "plan_action_late",
        7,
        "days",
        gettext_lazy("Days past its day, after which an action of ours is flagged"),
        off_at_zero=True,
    ),
    Threshold(
        "plan_proposal_waits",
        14,
        "days",
        gettext_lazy("Days a person's own proposal waits, until it is flagged"),
        off_at_zero=True,
    ),
    Threshold(
        "plan_answer_waits",
        14,
        "days",
        gettext_lazy(
            "Days a shared plan waits for the person's answer, until it is flagged and the"
            " four-week wait, hidden so that it hurries nobody, is shown to workers again"
        ),
    ),
    Threshold(
        "plan_safety_old",
        SAFETY_DAYS,
        "days",
        gettext_lazy("Days since a safety plan was looked at, until it is flagged"),
        off_at_zero=True,
    ),
)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """One plan that is going on, as of a day."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    review_due: dt.date | None
    asked_on: dt.date | None  # a look was asked for and has not been held
    asked_by_person: bool
    proposed_on: dt.date | None  # the person's oldest proposal without an answer
    safety_on: dt.date | None = None  # the safety plan: last written, or looked at with the rest
    question_on: dt.date | None = None  # since then they are asked whether they agree
    wants_time: bool = False  # they said that they need time, or cannot say now

    def as_json(self) -> dict[str, Any]:
        days = {
            "review_due": self.review_due,
            "asked_on": self.asked_on,
            "proposed_on": self.proposed_on,
            "safety_on": self.safety_on,
            "question_on": self.question_on,
        }
        return {name: day.isoformat() if day else None for name, day in days.items()}


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action of a worker or an agency that is not done, as of a day."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    due_on: dt.date
    owner: str
    owner_left: bool

    def as_json(self) -> dict[str, Any]:
        return {"due_on": self.due_on.isoformat(), "owner_left": self.owner_left}


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _since(day: dt.date | None, on: dt.date) -> int:
    return (on - day).days if day is not None else -1


def review_late(facts: PlanFacts, policy: Policy) -> bool:
    """Past the day by which it was to be looked at."""
    return _since(facts.review_due, facts.on) > policy["plan_review_late"]


def review_late_sentence(facts: PlanFacts) -> str:
    days = _since(facts.review_due, facts.on)
    return ngettext(
        "The plan should have been looked at again by %(date)s, %(n)d day ago.",
        "The plan should have been looked at again by %(date)s, %(n)d days ago.",
        days,
    ) % {"date": _day(facts.review_due or facts.on), "n": days}


def review_asked(facts: PlanFacts, policy: Policy) -> bool:
    """Somebody asked for a look, and it has not been held."""
    return facts.asked_on is not None and (
        _since(facts.asked_on, facts.on) > policy["plan_review_asked"]
    )


def review_asked_sentence(facts: PlanFacts) -> str:
    who = _("The person") if facts.asked_by_person else _("A worker")
    return _("%(who)s asked on %(date)s to look at the plan again, and you have not yet.") % {
        "who": who,
        "date": _day(facts.asked_on or facts.on),
    }


def proposal_waits(facts: PlanFacts, policy: Policy) -> bool:
    """The person proposed something and nobody has answered."""
    limit = policy["plan_proposal_waits"]
    return (
        bool(limit)
        and facts.proposed_on is not None
        and (_since(facts.proposed_on, facts.on) > limit)
    )


def proposal_sentence(facts: PlanFacts) -> str:
    return _("What the person proposed for their plan on %(date)s has no answer.") % {
        "date": _day(facts.proposed_on or facts.on)
    }


def answer_waits(facts: PlanFacts, policy: Policy) -> bool:
    """They were asked whether they agree, and have neither agreed nor disagreed for long."""
    return _since(facts.question_on, facts.on) > policy["plan_answer_waits"]


def answer_sentence(facts: PlanFacts) -> str:
    day = {"date": _day(facts.question_on or facts.on)}
    if facts.wants_time:
        return (
            _(
                "On %(date)s the person said that they need time with the plan that was shared, or"
                " could not say then. Nothing has come since, and no help waits for it."
            )
            % day
        )
    return (
        _(
            "A plan was shared with the person on %(date)s and they have not said what they think"
            " of it. No help waits for it."
        )
        % day
    )


def safety_old(facts: PlanFacts, policy: Policy) -> bool:
    """There is a safety plan, and nobody has looked at it for long."""
    limit = policy["plan_safety_old"]
    return bool(limit) and _since(facts.safety_on, facts.on) > limit


def safety_sentence(facts: PlanFacts) -> str:
    return _("Nobody has looked at the safety plan since %(date)s.") % {
        "date": _day(facts.safety_on or facts.on)
    }


def action_late(facts: ActionFacts, policy: Policy) -> bool:
    """Something promised by the service or an agency is not done."""
    limit = policy["plan_action_late"]
    return bool(limit) and _since(facts.due_on, facts.on) > limit


def action_sentence(facts: ActionFacts) -> str:
    return _("Something that %(owner)s was to do by %(date)s has not been reported as done.") % {
        "owner": facts.owner or _("the team"),
        "date": _day(facts.due_on),
    }


def _action_cause(facts: ActionFacts) -> str:
    return _("Whoever was to do it no longer works here.") if facts.owner_left else ""


def _nothing(facts: Any) -> str:
    return ""


PLAN_RULES: tuple[Rule[PlanFacts], ...] = (
    Rule(
        "plan_review_late",
        gettext_lazy("Plan to be looked at again"),
        review_late,
        review_late_sentence,
        _nothing,
        lambda facts: _("Ask the person when, where and with whom they would like to look at it."),
    ),
    Rule(
        "plan_review_asked",
        gettext_lazy("A look at the plan was asked for"),
        review_asked,
        review_asked_sentence,
        _nothing,
        lambda facts: _("Say when you will look at it together."),
    ),
    Rule(
        "plan_proposal_waits",
        gettext_lazy("The person waits for an answer about the plan"),
        proposal_waits,
        proposal_sentence,
        _nothing,
        lambda facts: _("Say yes, say what there is to talk about, or say no and why."),
    ),
    Rule(
        "plan_answer_waits",
        gettext_lazy("A shared plan without an answer"),
        answer_waits,
        answer_sentence,
        _nothing,
        lambda facts: _(
            "Make sure that they got it and can read it, and ask what would help: time, another"
            " form of it, somebody beside them. They need not answer."
        ),
    ),
    Rule(
        "plan_safety_old",
        gettext_lazy("Safety plan to be looked at"),
        safety_old,
        safety_sentence,
        _nothing,
        lambda facts: _("Ask the person whether it is still right, and whether they have it."),
    ),
)
ACTION_RULES: tuple[Rule[ActionFacts], ...] = (
    Rule(
        "plan_action_late",
        gettext_lazy("Promised in the plan, and not done"),
        action_late,
        action_sentence,
        _action_cause,
        lambda facts: _("Do it or say what gets in the way, and tell the person."),
    ),
)
