"""Answers that a person was promised and has not had: pure rules over facts, one per person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.common.rules import Policy, Rule, Threshold

MESSAGES = "message_answer_days"
ASKING = "asking_answer_days"
THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(
        MESSAGES,
        2,
        "working days",
        "Working days within which a person's message to the team is answered; they are told so",
    ),
    Threshold(
        ASKING,
        5,
        "working days",
        "Working days within which a person who asks for a change is answered; they are told so",
    ),
)


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """What one person waits for, as of a day: how many answers are late, and since when."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    promised_by: dt.date  # the earliest day by which an answer was promised and did not come
    waiting: int

    def as_json(self) -> dict[str, Any]:
        return {"promised_by": self.promised_by.isoformat(), "waiting": self.waiting}


def late(facts: PromiseFacts, policy: Policy) -> bool:
    """The day that the person was told has passed."""
    return facts.waiting > 0 and facts.promised_by < facts.on


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def message_sentence(facts: PromiseFacts) -> str:
    return ngettext(
        "A message to the team has no answer. It was promised by %(day)s.",
        "%(n)d messages to the team have no answer. The first was promised by %(day)s.",
        facts.waiting,
    ) % {"n": facts.waiting, "day": _day(facts.promised_by)}


def asking_sentence(facts: PromiseFacts) -> str:
    return ngettext(
        "They asked for a change and have no answer. They were told to expect it by %(day)s.",
        "They asked for %(n)d changes and have no answer."
        " They were told to expect the first by %(day)s.",
        facts.waiting,
    ) % {"n": facts.waiting, "day": _day(facts.promised_by)}


def _cause(facts: PromiseFacts) -> str:
    if facts.worker_id is None:
        return _("Nobody is named as key worker, so that no one person knows that it is theirs.")
    return ""


MESSAGE_RULES: tuple[Rule[PromiseFacts], ...] = (
    Rule(
        "message_unanswered",
        gettext_lazy("The person waits for an answer to a message"),
        late,
        message_sentence,
        _cause,
        lambda facts: _("Answer it, and say sorry that it took longer than they were told."),
    ),
)
ASKING_RULES: tuple[Rule[PromiseFacts], ...] = (
    Rule(
        "asking_unanswered",
        gettext_lazy("The person asked for a change and waits for an answer"),
        late,
        asking_sentence,
        _cause,
        lambda facts: _("Answer what they asked, or tell them what stands in the way and when."),
    ),
)
