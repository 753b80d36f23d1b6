"""Whether an event may happen now, and every reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.accounts.models import User
from referrals import table
from referrals.actors import Actor, actor
from referrals.models import Referral
from referrals.situation import Situation
from referrals.table import Kind, Role, Row, State


@dataclass(frozen=True)
class Verdict:
    """The row that would apply, and what stands against it (nothing: the event may happen)."""

    event: str
    row: Row | None
    reasons: tuple[str, ...] = ()
    forbidden: bool = False

    @property
    def allowed(self) -> bool:
        return self.row is not None and not self.reasons

    @property
    def label(self) -> str:
        """The words on the button."""
        row = self.row or table.rows_of(self.event)[0]
        return str(row.label)


def judge(event: str, situation: Situation, *, entered: bool = True) -> Verdict:
    """May `event` happen now? Without `entered`, what is still to be entered is not asked."""
    row = situation.row(event)
    if row is None:
        return Verdict(event, None, (_wrong_state(event, situation.referral),))
    if not situation.is_any_of(row.who):
        return Verdict(event, row, (_wrong_role(row),), forbidden=True)
    if situation.referral.kind not in row.kinds:
        return Verdict(event, row, (_wrong_kind(row),))
    guards = [guard for guard in row.guards if entered or not guard.entered]
    reasons = [guard.say(situation) for guard in guards if not guard.met(situation)]
    return Verdict(event, row, tuple(dict.fromkeys(reasons)))


def available_events(referral: Referral, by: User | Actor, **details: Any) -> list[Verdict]:
    """Every event of the table with whether `by` may do it now and, if not, why not."""
    situation = Situation(referral, actor(by), details)
    return [judge(event, situation, entered=False) for event in table.EVENTS]


def _wrong_state(event: str, referral: Referral) -> str:
    rows = table.rows_of(event)
    sources = dict.fromkeys(state for row in rows for state in row.sources)
    return _("This referral is “%(state)s”. For “%(act)s” it would have to be: %(states)s.") % {
        "state": State(referral.state).label,
        "act": rows[0].label,
        "states": ", ".join(str(state.label) for state in sources),
    }


def _wrong_role(row: Row) -> str:
    return _("“%(act)s” is for %(who)s.") % {
        "act": row.label,
        "who": _(" or ").join(str(role.label) for role in row.who if role != Role.SERVICE),
    }


def _wrong_kind(row: Row) -> str:
    if row.kinds == (Kind.ADVICE,):
        return _("This is a referral and not a question only. Accept it or propose to decline.")
    if Kind.TRANSFER not in row.kinds:
        return _(
            "Only a change of support inside the network is accepted straight away. Say first that"
            " you have it."
        )
    return _(
        "This is a question only. Answer it, or turn it into a referral if the person and the"
        " sender agree."
    )
