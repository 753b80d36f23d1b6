"""After an act: what is done, and who is told that it is their turn."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from referrals.models import Question, Referral
from referrals.table import STATES, TERMINAL, Role, State, rows_of
from referrals.work.scope import own_teams
from referrals.work.standing import sender_words, team_words, worker_words

# acts that leave the state as it is and still have somebody told
_TOLD_THE_LEAD = "request_sign_off"
_NOBODY = ("sign_off", "change_intensity", "convert", "progress", "snooze")


def told(event: str, referral: Referral, user: Any) -> str:
    """What is done, and who is told; never more than what the service does."""
    rows = rows_of(event)
    done = str(rows[0].done) if rows else _("Saved")
    return f"{done}. {_next(event, referral, user)}".strip()


def _next(event: str, referral: Referral, user: Any) -> str:
    if event == _TOLD_THE_LEAD:
        return _("The lead of %(team)s is told.") % {"team": team_words(referral)}
    if event in _NOBODY:
        return ""
    if referral.state in TERMINAL:
        return _("Both teams can read it here.") if event != "mark_in_error" else ""
    role = STATES[State(referral.state)].next_role
    if role == Role.NAMED_WORKER:
        if referral.named_worker_id == user.worker_id:
            return _("It is with you now.")
        return _("%(who)s is told that it is their turn.") % {"who": worker_words(referral)}
    if role == Role.ASKED:
        return _asked(referral)
    team_id = referral.sender_team_id if role == Role.SENDER else referral.team_id
    if team_id is not None and team_id in own_teams(user):
        return _("It is your team's turn next, and your colleagues are told.")
    who = sender_words(referral) if role == Role.SENDER else team_words(referral)
    if team_id is None:
        return _("Ring %(who)s: they have no account here.") % {"who": who}
    return _("%(who)s is told that it is their turn.") % {"who": who}


def _asked(referral: Referral) -> str:
    rows = Question.objects.filter(referral=referral, settled_on__isnull=True)
    question = rows.select_related("asked_worker", "asked_team").first()
    if question is None:
        return ""
    if question.asked_worker_id is None and question.asked_team_id is None:
        return _("%(who)s has no account here: ring them, or send them a reply link.") % {
            "who": question.who
        }
    return _("%(who)s is told that there is a question for them.") % {"who": question.who}
