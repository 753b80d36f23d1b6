"""Where a referral stands, in one plain line; whose turn it is, what they do, and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.common.dates import add_working_days
from casework.common.presenters import clock, date_words, short_date, tag
from casework.continuity.policy_values import Policies
from referrals.models import DeclineProposal, Question, Referral
from referrals.stalls import WORKING_DAYS, threshold_code
from referrals.table import STATES, TERMINAL, Kind, Role, State
from referrals.work.lines import Line

_LINES = {
    State.DRAFT: _("{sender} and {name} are writing this together. It has not been sent yet."),
    State.SENT: _("Sent on {since}. {team} has not said yet that it has it."),
    State.RECEIVED: _("{team} has it since {since} and is deciding."),
    State.AWAITING_INFORMATION: _("{team} needs one more thing. {asked} is finding out."),
    State.DECLINE_PROPOSED: _("{team} thinks that {instead} could help more. Nothing is decided."),
    State.ASSESSING: _("{team} is meeting {name} to work out together what would help."),
    State.ACCEPTED: _("{team} said yes on {since}. A named worker comes next."),
    State.ALLOCATED: _("{worker} will be the worker. The first meeting has not taken place yet."),
    State.IN_SERVICE: _("{name} is working with {worker} at {team} since {since}."),
    State.CLOSED: _("This work ended on {since}."),
    State.DECLINED: _("{team} was not the right place. Agreed on {since}."),
    State.WITHDRAWN: _("Withdrawn on {since}."),
    State.ENTERED_IN_ERROR: _("Recorded by mistake. It counts for nothing."),
}
_ADVICE_LINES = {
    State.SENT: _("A question, sent on {since}. {team} has not said yet that it has it."),
    State.RECEIVED: _("{team} has the question since {since} and is thinking about it."),
    State.CLOSED: _("{team} answered on {since}."),
}
_NEXT = {
    State.DRAFT: _("finish it with the person and send it"),
    State.SENT: _("say that it has arrived"),
    State.RECEIVED: _("decide, or ask for what is missing"),
    State.AWAITING_INFORMATION: _("answer the question"),
    State.DECLINE_PROPOSED: _("talk with the person, then agree or challenge"),
    State.ASSESSING: _("meet the person and decide together"),
    State.ACCEPTED: _("name a worker"),
    State.ALLOCATED: _("meet the person for the first time"),
    State.IN_SERVICE: _("work together, and change the intensity as it suits the person"),
}
_COLOURS = {
    State.DRAFT: "grey",
    State.AWAITING_INFORMATION: "yellow",
    State.DECLINE_PROPOSED: "orange",
    State.ACCEPTED: "green",
    State.ALLOCATED: "green",
    State.IN_SERVICE: "green",
    State.CLOSED: "grey",
    State.DECLINED: "grey",
    State.WITHDRAWN: "grey",
    State.ENTERED_IN_ERROR: "grey",
}
_ADVICE_NEXT = _("answer, or ask for what is missing")
_WHO_WHAT = _("%(who)s: %(what)s")
_BY_TIME = _("Expected by %(time)s, %(day)s")
_EXPECTED = _("Expected %(day)s")
_WAS_EXPECTED = _("That was expected %(day)s")
URGENCY = {
    "1": _("Emergency"),
    "4": _("Very urgent"),
    "2": _("Urgent"),
    "3": _("Routine"),
}


class Said:
    """Words of ours in the reader's language, each looked up once for a whole page: a list of
    fifty lines says the same few things over and over."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, str]] = {}

    def __call__(self, text: str | Promise) -> str:
        found = self._known.get(id(text))
        if found is None:  # kept with its text, so that no other can come to have its id
            found = self._known[id(text)] = (text, str(text))
        return found[1]


def sender_words(referral: Referral | Line) -> str:
    """Who asked: a team, the person, or somebody outside."""
    if referral.sender == Referral.Sender.PERSON:
        return gettext("%(name)s") % {"name": referral.person.display_name}
    if referral.sender_team is not None:
        return referral.sender_team.name
    return referral.sender_words or gettext("Somebody outside the network")


def team_words(referral: Referral | Line) -> str:
    return referral.team.name if referral.team is not None else gettext("No team yet")


def worker_words(referral: Referral | Line) -> str:
    return referral.named_worker.name if referral.named_worker is not None else gettext("somebody")


def state_tag(referral: Referral | Line) -> dict[str, str]:
    return dict(_state_tag(State(referral.state), get_language()))


@lru_cache
def _state_tag(state: State, _language: str | None) -> dict[str, str]:
    return tag(str(state.label), _COLOURS.get(state, "blue"))


def urgency_tag(referral: Referral | Line) -> dict[str, str] | None:
    """Emergency, very urgent, urgent; nothing for routine."""
    if not referral.urgent:
        return None
    return tag(str(URGENCY[referral.priority]), "red")


def instead_words(proposal: DeclineProposal | None) -> str:
    """Who could help instead, as the proposal says."""
    if proposal is None:
        return gettext("somebody else")
    if proposal.instead_team is not None:
        return proposal.instead_team.name
    return proposal.instead_words or gettext("another kind of help, which does not exist here,")


@dataclass(frozen=True)
class Turn:
    """Whose turn it is; `team_id` and `worker_id` say it to the machine."""

    who: str
    team_id: UUID | None = None
    worker_id: UUID | None = None

    def is_of(self, teams: Collection[UUID], worker_id: UUID | None) -> bool:
        """Is it the turn of one of these teams, or of this worker?"""
        if self.worker_id is not None and self.worker_id == worker_id:
            return True
        return self.team_id is not None and self.team_id in teams


class _Names(dict[str, str]):
    """Names for a line, each worked out only where the line has it: lists have fifty of them."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self._standing = standing

    def __missing__(self, name: str) -> str:
        return _NAMES[name](self._standing)


@dataclass(frozen=True)
class Standing:
    """Everything that a list or a page says first about a referral."""

    referral: Referral | Line
    today: dt.date
    policies: Policies
    question: Question | None = None
    proposal: DeclineProposal | None = None
    said: Said = field(default_factory=Said, compare=False)

    @cached_property
    def state(self) -> State:
        return State(self.referral.state)

    @property
    def since(self) -> dt.date:
        return self.referral.state_on or self.referral.received_on

    @property
    def line(self) -> str:
        """The one plain line."""
        words = _LINES[self.state]
        if self.referral.kind == Kind.ADVICE:
            words = _ADVICE_LINES.get(self.state, words)
        return self.said(words).format_map(_Names(self))

    @cached_property
    def turn(self) -> Turn | None:
        """Whose turn it is, as the table says; nobody's where it has ended."""
        referral, role = self.referral, STATES[self.state].next_role
        if role is None:
            return None
        if role in (Role.AUTHOR, Role.SENDER):
            return Turn(sender_words(referral), team_id=referral.sender_team_id)
        if role == Role.ASKED:
            asked = self.question
            if asked is None:
                return Turn(gettext("Whoever was asked"))
            own = None if asked.asked_worker_id else asked.asked_team_id
            return Turn(asked.who, team_id=own, worker_id=asked.asked_worker_id)
        if role == Role.NAMED_WORKER:
            return Turn(
                worker_words(referral), team_id=referral.team_id, worker_id=referral.named_worker_id
            )
        return Turn(team_words(referral), team_id=referral.team_id)

    @property
    def next_step(self) -> str:
        """What they do next."""
        if self.referral.kind == Kind.ADVICE and self.state == State.RECEIVED:
            return self.said(_ADVICE_NEXT)
        return self.said(_NEXT.get(self.state, ""))

    @property
    def next_words(self) -> str:
        """Next: whose turn, to do what."""
        turn = self.turn
        if turn is None:
            return ""
        return self.said(_WHO_WHAT) % {"who": turn.who, "what": self.next_step}

    @property
    def expected(self) -> str:
        """By when that should be, from the limits in force."""
        if self.state in TERMINAL:
            return ""
        if self.referral.urgent and self.referral.due_at is not None:
            return self.said(_BY_TIME) % {
                "time": clock(self.referral.due_at),
                "day": date_words(self.referral.due_at, self.today),
            }
        day = self.expected_on
        if day is None:
            return ""
        words = date_words(day, self.today)
        if day < self.today:
            return self.said(_WAS_EXPECTED) % {"day": words}
        return self.said(_EXPECTED) % {"day": words}

    @property
    def expected_on(self) -> dt.date | None:
        referral = self.referral
        place = referral.sender_team if self.state == State.DECLINE_PROPOSED else referral.team
        limits = self.policies.for_team(
            place.pk if place is not None else None, place.kind if place is not None else ""
        )
        limit = int(limits[threshold_code(self.state)])
        if not limit:
            return None
        start = max(self.since, referral.timer_on or self.since)
        if STATES[self.state].unit == WORKING_DAYS:
            return add_working_days(start, limit)
        return start + dt.timedelta(days=limit)


_NAMES: dict[str, Callable[[Standing], str]] = {
    "sender": lambda one: sender_words(one.referral),
    "team": lambda one: team_words(one.referral),
    "name": lambda one: one.referral.person.display_name,
    "worker": lambda one: worker_words(one.referral),
    "since": lambda one: short_date(one.since),
    "asked": lambda one: (
        one.question.who if one.question is not None else gettext("Whoever was asked")
    ),
    "instead": lambda one: instead_words(one.proposal),
}


def days_words(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def wait_words(asked: dt.date, met: dt.date | None, today: dt.date) -> str:
    """How long the person has waited, from their first ask; nothing starts it again."""
    return _wait_words(asked, met, today, get_language())


@lru_cache(maxsize=4096)
def _wait_words(asked: dt.date, met: dt.date | None, today: dt.date, _language: str | None) -> str:
    days = max(((met or today) - asked).days, 0)
    if met is not None:
        return gettext("Waited %(days)s to be met, from %(asked)s") % {
            "days": days_words(days),
            "asked": short_date(asked),
        }
    return gettext("Waiting %(days)s, since %(asked)s") % {
        "days": days_words(days),
        "asked": short_date(asked),
    }


def open_question(questions: list[Question]) -> Question | None:
    return next((one for one in questions if one.settled_on is None), None)


def kind_words(referral: Any, said: Callable[[Any], str] = str) -> str:
    return said(Kind(referral.kind).label)
