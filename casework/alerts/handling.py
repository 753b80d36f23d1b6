"""What each rule asks when it is in breach, what can be answered, and who hears of it in the end.

An app registers a `Handling` under the code of a rule in its own `alert_handling.py`; a rule for
which nobody has done so is handled like most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.alerts.models import Alert
from casework.common.registry import Registry
from casework.common.rules import rule_sources

Text = str | Promise


@dataclass(frozen=True)
class Answer:
    """What somebody said to an alert's question: one of its answers, in their words, by when."""

    alert: Alert
    by: User
    choice: str
    label: str
    words: str
    by_when: dt.date | None


@dataclass(frozen=True)
class Handling:
    """How a rule's alerts are worked on.

    answers: code and words of each. `goes_up` names those with which the one who answers says that
    it is not theirs to change: the alert goes up at once. With `by_when` a day is asked for.
    snooze_days, snoozes: how far an alert can be put off, and how often in a row.
    look_again_days: how far the day may be on which what is done is looked at again.
    lead_after, network_after: working days without an answer, after which it goes up.
    answered: called in the same transaction, where somebody else keeps the answer too.
    """

    question: Text
    answers: tuple[tuple[str, Text], ...]
    goes_up: frozenset[str] = frozenset({"not_ours"})
    by_when: bool = False
    snooze_days: int = 14
    snoozes: int = 2
    look_again_days: int = 90
    lead_after: int = 5
    network_after: int = 15
    answered: Callable[[Answer], Any] | None = None

    def label(self, choice: str) -> str:
        """An answer in words; a code that is no longer offered says itself."""
        return str(dict(self.answers).get(choice, choice))


NOT_OURS = ("not_ours", _("It is not ours to change: somebody else has to decide"))
PERSON_WANTS = ("wanted", _("The person wants it this way"))

USUAL = Handling(
    question=_("What happens next?"),
    answers=(
        ("planned", _("The next step is planned")),
        ("asking", _("We are asking the person what they would like")),
        PERSON_WANTS,
        NOT_OURS,
    ),
)

alert_handling: Registry[Handling] = Registry("alert_handling")

# Causes that a worker cannot change: their alerts are for whoever names workers and plans shifts.
FOR_THE_LEAD = frozenset(
    {"vacancy", "left", "leave", "crisis_rota", "crisis_alone", "turns", "group"}
)

CAUSES: dict[str, Text] = {
    "vacancy": _("Nobody is named"),
    "left": _("A worker has left"),
    "leave": _("A worker is away for long"),
    "crisis_rota": _("Crisis shifts"),
    "crisis_alone": _("Crisis team alone"),
    "turns": _("Two workers take turns"),
    "named_elsewhere": _("Named, and seldom there"),
    "group": _("Group meetings"),
    "joint": _("Planned joint meetings"),
    "planned": _("A planned second worker"),
    "unrecorded": _("Handover not recorded"),
    "record": _("The name on record may be out of date"),
    "": _("The data show no cause"),
}


def handling(rule: str) -> Handling:
    """How the alerts of a rule are worked on."""
    return alert_handling[rule] if rule in alert_handling else USUAL


def rule_titles() -> dict[str, str]:
    """Every rule that is registered, by its code."""
    return {rule.code: str(rule.title) for source in rule_sources for rule in source.rules}


def title(rule: str) -> str:
    """A rule in words; one that no longer exists says its code."""
    return rule_titles().get(rule, rule)


def cause_title(kind: str) -> str:
    """A kind of cause in words; one that nobody has described says its code."""
    return str(CAUSES.get(kind, kind))
