"""What stops a referral from moving, as rules: pure Python over facts that carry their own day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.common.dates import is_working_day, working_days_between
from casework.common.rules import Cause, Policy, Rule, Threshold
from referrals.table import OPEN, STATES, State

WORKING_DAYS = "working days"


def threshold_code(state: State, *, urgent: bool = False) -> str:
    """Under which code the limit of a state is kept."""
    return f"referral_{state.value}_{'hours' if urgent else 'limit'}"


def _limit_words(state: State, *, urgent: bool = False) -> Any:
    """What the limit of a state is, for whoever sets it."""
    words = (
        gettext_lazy("An urgent referral that is “{state}”: how long until it is flagged")
        if urgent
        else gettext_lazy("A referral that is “{state}”: how long until it is flagged")
    )
    return format_lazy(words, state=state.label)


THRESHOLDS: tuple[Threshold, ...] = (
    *(
        Threshold(
            code=threshold_code(state),
            default=STATES[state].limit,
            unit=STATES[state].unit,
            text=_limit_words(state),
            off_at_zero=True,
        )
        for state in (State.DRAFT, *OPEN)
    ),
    *(
        Threshold(
            code=threshold_code(state, urgent=True),
            default=STATES[state].urgent_hours,
            unit="hours",
            text=_limit_words(state, urgent=True),
            off_at_zero=True,
        )
        for state in (State.DRAFT, *OPEN)
    ),
    Threshold(
        "referral_bounces",
        2,
        "times",
        gettext_lazy(
            "Declines and redirects, for one need or in 12 months, from which on it is flagged"
        ),
        off_at_zero=True,
    ),
    Threshold(
        "referral_teams",
        3,
        "teams",
        gettext_lazy("Different teams for one need in 12 months, from which on it is flagged"),
        off_at_zero=True,
    ),
    Threshold(
        "referral_four_weeks_warning",
        21,
        "days",
        gettext_lazy("Days of the four-week clock, after which a missing part is flagged"),
        off_at_zero=True,
    ),
)


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """One referral that has not ended, as of a moment."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    referral_id: UUID
    state: State
    team: str
    since: dt.date
    timer: dt.date
    snoozed_until: dt.date | None
    urgent: bool
    hours: float | None  # in this state, for urgent referrals
    rest_overdue: bool
    crisis_limit: int | None
    crisis_minutes: int | None
    worker_left: bool
    bounces: int
    bounces_12m: int
    teams: int

    def as_json(self) -> dict[str, Any]:
        return {
            "referral": str(self.referral_id),
            "state": self.state.value,
            "since": self.since.isoformat(),
            "crisis_limit": self.crisis_limit,
            "bounces": self.bounces,
            "bounces_12m": self.bounces_12m,
            "teams": self.teams,
        }


@dataclass(frozen=True, slots=True)
class HoldingFacts:
    """One person with an open referral: who answers for them."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    held: bool
    named: bool
    holder_left: bool
    team: str

    def as_json(self) -> dict[str, Any]:
        return {"held": self.held, "named": self.named, "holder_left": self.holder_left}


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """One person whose national four-week clock runs."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    start: dt.date
    days: int
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"start": self.start.isoformat(), "days": self.days, "missing": list(self.missing)}


# Stalled -----------------------------------------------------------------------------------------


def days_in_state(facts: ReferralFacts) -> int:
    """In the unit of the state's limit, since the last answer about progress."""
    if STATES[facts.state].unit == WORKING_DAYS:
        return working_days_between(facts.timer, facts.on)
    return (facts.on - facts.timer).days


def last_late(state: State, limit: float, on: dt.date) -> dt.date:
    """The latest day from which a state's timer can have counted and be over the limit on `on`."""
    day, passed = on, 0
    while passed <= limit:
        passed += STATES[state].unit != WORKING_DAYS or is_working_day(day)
        day -= dt.timedelta(days=1)
    return day


def stalled(facts: ReferralFacts, policy: Policy) -> bool:
    """Longer in its state than it may be, and nobody has said why."""
    if facts.snoozed_until is not None and facts.on <= facts.snoozed_until:
        return False
    if facts.urgent and facts.hours is not None:
        limit = policy[threshold_code(facts.state, urgent=True)]
        if limit and facts.hours > limit:
            return True
    limit = policy[threshold_code(facts.state)]
    return bool(limit) and days_in_state(facts) > limit


_STALLED = {
    State.DRAFT: gettext_lazy("A referral has been a draft since {since} and was not sent."),
    State.SENT: gettext_lazy("{team} has not said since {since} that it has the referral."),
    State.RECEIVED: gettext_lazy("{team} has had the referral since {since} without a decision."),
    State.AWAITING_INFORMATION: gettext_lazy(
        "A question of {team} has had no answer since {since}."
    ),
    State.DECLINE_PROPOSED: gettext_lazy(
        "{team} proposed on {since} to decline, and the sender has not answered."
    ),
    State.ASSESSING: gettext_lazy(
        "{team} has been meeting the person since {since} without a decision."
    ),
    State.ACCEPTED: gettext_lazy("{team} accepted on {since}, and no worker is named."),
    State.ALLOCATED: gettext_lazy(
        "A worker of {team} was named on {since}, and there was no first contact."
    ),
    State.IN_SERVICE: gettext_lazy("{team} has worked with the person since {since}."),
}


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def stalled_sentence(facts: ReferralFacts) -> str:
    return str(_STALLED[facts.state]).format(
        team=facts.team or _("No team"), since=_day(facts.since)
    )


def stalled_cause(facts: ReferralFacts) -> str:
    if facts.worker_left and facts.state in (State.ALLOCATED, State.IN_SERVICE):
        return Cause("left", _("The named worker no longer works here."))
    if facts.state == State.ACCEPTED:
        return Cause("vacancy", _("Nobody has been named yet."))
    return ""


def stalled_next(facts: ReferralFacts) -> str:
    if facts.urgent and facts.state == State.DECLINE_PROPOSED:
        return _("The teams have not agreed in time: the receiving team sees the person now.")
    if facts.state == State.ACCEPTED:
        return _(
            "Name a worker. If that has to wait, say when the person was last in touch, what"
            " happens next and by when."
        )
    return _("Say when the person was last in touch, what happens next and by when.")


# Crisis ------------------------------------------------------------------------------------------


def crisis_overdue(facts: ReferralFacts, policy: Policy) -> bool:
    return (
        facts.crisis_limit is not None
        and facts.crisis_minutes is not None
        and facts.crisis_minutes > facts.crisis_limit
    )


def crisis_sentence(facts: ReferralFacts) -> str:
    return _(
        "Nobody of %(team)s has met the person face to face within %(limit)s hours of the urgent"
        " referral of %(since)s."
    ) % {
        "team": facts.team,
        "limit": (facts.crisis_limit or 0) // 60,
        "since": _day(facts.since),
    }


# Bounced -----------------------------------------------------------------------------------------


def bounced(facts: ReferralFacts, policy: Policy) -> bool:
    if facts.state == State.IN_SERVICE:
        return False
    often = policy["referral_bounces"]
    many = policy["referral_teams"]
    return bool(often and max(facts.bounces, facts.bounces_12m) >= often) or bool(
        many and facts.teams >= many
    )


def bounced_sentence(facts: ReferralFacts) -> str:
    times = max(facts.bounces, facts.bounces_12m)
    return (
        ngettext(
            "For this need the person was declined or passed on %d time",
            "For this need the person was declined or passed on %d times",
            times,
        )
        % times
        + ngettext("; it went to %d team.", "; it went to %d teams.", facts.teams) % facts.teams
    )


# Rules -------------------------------------------------------------------------------------------


def _nothing(facts: Any) -> str:
    return ""


REFERRAL_RULES: tuple[Rule[ReferralFacts], ...] = (
    Rule(
        "referral_stalled",
        gettext_lazy("Referral at a stop"),
        stalled,
        stalled_sentence,
        stalled_cause,
        stalled_next,
    ),
    Rule(
        "crisis_overdue",
        gettext_lazy("Urgent, and not met face to face"),
        crisis_overdue,
        crisis_sentence,
        _nothing,
        lambda facts: _("Meet the person now, or say who does and when."),
    ),
    Rule(
        "referral_incomplete",
        gettext_lazy("Urgent referral to be completed"),
        lambda facts, policy: facts.rest_overdue,
        lambda facts: _("The rest of an urgent referral to %s is due.") % facts.team,
        _nothing,
        lambda facts: _("Write down the person's view and what support they get meanwhile."),
    ),
    Rule(
        "referral_bounced",
        gettext_lazy("Passed between teams"),
        bounced,
        bounced_sentence,
        _nothing,
        lambda facts: _(
            "Hold a short joint meeting with both teams and the person, and record that it took"
            " place."
        ),
    ),
)


def _unheld_cause(facts: HoldingFacts) -> str:
    if facts.held and facts.holder_left:
        return Cause("left", _("Whoever held the person has left."))
    if facts.held and not facts.named:
        return Cause("vacancy", _("Nobody is named."))
    return ""


def _unheld_sentence(facts: HoldingFacts) -> str:
    if not facts.held:
        return _("The person has an open referral and no team holds them.")
    if facts.holder_left:
        return _("Whoever held the person at %s no longer works here.") % facts.team
    return _("%s holds the person, and nobody is named.") % facts.team


HOLDING_RULES: tuple[Rule[HoldingFacts], ...] = (
    Rule(
        "nobody_holding",
        gettext_lazy("Nobody holds the person"),
        lambda facts, policy: not facts.held or not facts.named or facts.holder_left,
        _unheld_sentence,
        _unheld_cause,
        lambda facts: _("Name today who holds the person."),
    ),
)

LEGS = {
    "contact": gettext_lazy("a first contact"),
    "outcome": gettext_lazy("an outcome measure"),
    "assessment": gettext_lazy("an assessment"),
    "help": gettext_lazy("a care plan or an intervention"),
}


def _clock_sentence(facts: ClockFacts) -> str:
    return _("Waiting since %(start)s (%(days)s days): still missing is %(missing)s.") % {
        "start": _day(facts.start),
        "days": facts.days,
        "missing": ", ".join(str(LEGS[leg]) for leg in facts.missing),
    }


def _clock_cause(facts: ClockFacts) -> str:
    if "contact" not in facts.missing and "help" in facts.missing:
        return _("The person has been met, and not been helped yet.")
    return ""


CLOCK_RULES: tuple[Rule[ClockFacts], ...] = (
    Rule(
        "four_weeks",
        gettext_lazy("Four weeks of waiting"),
        lambda facts, policy: (
            bool(policy["referral_four_weeks_warning"])
            and facts.days >= policy["referral_four_weeks_warning"]
        ),
        _clock_sentence,
        _clock_cause,
        lambda facts: _("Agree with the person what comes first, and when."),
    ),
)
