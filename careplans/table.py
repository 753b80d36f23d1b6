"""The life of a plan: every state and every act, in one place. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class State(models.TextChoices):
    """Where a plan stands."""

    DRAFT = "draft", _("Being written")
    SHARED = "shared", _("Shared, to be agreed")
    AGREED = "agreed", _("Agreed")
    IN_USE = "in_use", _("In use, and we see this differently")
    UNDER_REVIEW = "under_review", _("Being looked at again")
    SUPERSEDED = "superseded", _("Replaced by a newer plan")
    ENDED = "ended", _("Ended")


FINAL = (State.SUPERSEDED, State.ENDED)
LIVE = tuple(state for state in State if state not in FINAL)
SETTLED = (State.AGREED, State.IN_USE)


class Who(models.TextChoices):
    """Who acts. With the person, a worker is both."""

    PERSON = "person", _("the person")
    WORKER = "worker", _("a worker of the network")
    SERVICE = "service", _("what follows from an answer")


BOTH = (Who.PERSON, Who.WORKER)


@dataclass(frozen=True)
class Facts:
    """What the table looks at besides the state. `entered` is what whoever acts has written."""

    has_words: bool = False
    has_version: bool = False
    changed: bool = False  # since the latest version
    person_agrees: bool = False  # to the latest version
    team_agrees: bool = False
    leads: int = 0  # who can be told
    before_review: State | None = None
    alive: bool = True
    entered: dict[str, Any] = field(default_factory=dict)

    def says(self, name: str) -> bool:
        return bool(str(self.entered.get(name) or "").strip())


@dataclass(frozen=True)
class Guard:
    """A condition, with the sentence that says what is missing."""

    code: str
    met: Callable[[Facts], bool]
    sentence: Words


@dataclass(frozen=True)
class Row:
    """One act: from where, to where, who, and on what conditions."""

    event: str
    label: Words
    done: Words
    sources: tuple[State, ...]
    targets: tuple[State, ...]
    who: tuple[Who, ...]
    guards: tuple[Guard, ...] = ()
    chosen: Callable[[Facts], State] | None = None

    def target(self, facts: Facts) -> State:
        return self.chosen(facts) if self.chosen is not None else self.targets[0]


_alive = Guard(
    "person_alive", lambda f: f.alive, _("The person has died. Nothing more can be planned.")
)
_written = Guard(
    "something_written",
    lambda f: f.has_words,
    _("Nothing is written yet. Write something in at least one area first."),
)
_changed = Guard(
    "changed",
    lambda f: f.changed or not f.has_version,
    _("Nothing has changed since the last version was shared."),
)
_both_agree = Guard(
    "both_agree",
    lambda f: f.person_agrees and f.team_agrees,
    _("A plan is agreed when the person and the team have both agreed to this version."),
)
_one_does_not = Guard(
    "one_does_not_agree",
    lambda f: not (f.person_agrees and f.team_agrees),
    _("Both sides agree to this version."),
)
_reason = Guard("reason", lambda f: f.says("reason"), _("Say why."))
_not_agreed = Guard(
    "not_agreed",
    lambda f: not f.person_agrees,
    _("The person agrees to this version: it need not be used without agreement."),
)
_lead_told = Guard(
    "lead_told",
    lambda f: f.leads > 0,
    _("Nobody who leads the team can be told. Ask an administrator to name a team lead first."),
)
_what_next = Guard(
    "what_next", lambda f: f.says("what_next"), _("Say what comes next for the person.")
)
_review_words = Guard(
    "review_words", lambda f: f.says("words"), _("Write down what you looked at together.")
)


def after_review(facts: Facts) -> State:
    """Where a plan goes on that was looked at again and stays as it is."""
    if facts.person_agrees and facts.team_agrees:
        return State.AGREED
    return State.IN_USE if facts.before_review == State.IN_USE else State.SHARED


TABLE: tuple[Row, ...] = (
    Row(
        "share",
        _("Share this version"),
        _("Version shared"),
        LIVE,
        (State.SHARED,),
        BOTH,
        (_alive, _written, _changed),
    ),
    Row(
        "settle",
        _("Both agree"),
        _("Plan agreed"),
        (State.SHARED, State.IN_USE),
        (State.AGREED,),
        (Who.SERVICE,),
        (_both_agree,),
    ),
    Row(
        "unsettle",
        _("One side no longer agrees"),
        _("Plan no longer agreed"),
        (State.AGREED,),
        (State.SHARED,),
        (Who.SERVICE,),
        (_one_does_not,),
    ),
    Row(
        "use",
        _("Use it although we see it differently"),
        _("Plan in use: we see this differently"),
        (State.SHARED,),
        (State.IN_USE,),
        (Who.WORKER,),
        (_alive, _not_agreed, _reason, _lead_told),
    ),
    Row(
        "review",
        _("Look at the plan again"),
        _("Review begun"),
        (State.SHARED, State.AGREED, State.IN_USE),
        (State.UNDER_REVIEW,),
        BOTH,
        (_alive,),
    ),
    Row(
        "keep",
        _("Keep the plan as it is"),
        _("Plan reviewed and kept"),
        (State.UNDER_REVIEW,),
        (State.AGREED, State.IN_USE, State.SHARED),
        BOTH,
        (_review_words,),
        after_review,
    ),
    Row(
        "supersede",
        _("Begin a new plan"),
        _("Plan replaced by a newer one"),
        (State.SHARED, State.AGREED, State.IN_USE, State.UNDER_REVIEW),
        (State.SUPERSEDED,),
        BOTH,
        (_alive, _reason),
    ),
    Row(
        "end",
        _("End this plan"),
        _("Plan ended"),
        LIVE,
        (State.ENDED,),
        (Who.WORKER,),
        (_reason, _what_next),
    ),
)
ROWS: dict[str, Row] = {row.event: row for row in TABLE}


def refusals(event: str, state: State, who: frozenset[Who], facts: Facts) -> list[str]:
    """Why this act is not possible now; nothing if it is."""
    row = ROWS[event]
    if state not in row.sources:
        return [str(_("The plan is “{state}” now.")).format(state=state.label)]
    if not who & set(row.who):
        return [str(_("This is not for you to decide."))]
    return [str(guard.sentence) for guard in row.guards if not guard.met(facts)]


def available(state: State, who: frozenset[Who]) -> list[Row]:
    """The acts that somebody could begin in this state."""
    return [row for row in TABLE if state in row.sources and who & set(row.who)]
