"""Which referrals somebody can open, and how much of them. Every answer fails closed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.common import fence
from referrals.actors import actor
from referrals.models import Question, Referral
from referrals.situation import Situation
from referrals.table import Role, State

_ENDED = (State.CLOSED, State.DECLINED, State.WITHDRAWN)
_BESIDE = ("person", "team", "sender_team", "named_worker")
FOR_THE_PAGE = (*_BESIDE, "root", "extra_owner", "asking")


class Reach(Enum):
    """How much of a referral somebody reads."""

    WHOLE = "whole"  # whoever has a live reason to open the person's record
    QUESTION = "question"  # whoever is asked one thing, and no more than that
    ENDED = "ended"  # a team whose part is over: so that the person can come back
    CORRECTION = "correction"  # a records administrator: which referral it is, and no story


@dataclass(frozen=True)
class Opened:
    """A referral, how much of it is shown, and what its reader is to it."""

    referral: Referral
    reach: Reach
    situation: Situation

    @property
    def whole(self) -> bool:
        return self.reach is Reach.WHOLE


def opened(user: Any, pk: UUID, beside: tuple[str, ...] = _BESIDE) -> Opened:
    """The referral as this user may read it today; a 404 where they may not."""
    referral = _one_within_reach(user, pk, beside)
    if referral is None:
        raise Http404
    situation = Situation(referral, actor(user))
    if referral.live:  # type: ignore[attr-defined]
        return Opened(referral, Reach.WHOLE, situation)
    fence.stay_beyond()
    reach = _narrow(situation)
    if reach is None:
        raise Http404
    return Opened(referral, reach, situation)


@fence.beyond("a referral with a question to them, a correction to make, or to come back to")
def _one_within_reach(user: Any, pk: UUID, beside: tuple[str, ...]) -> Referral | None:
    return within_reach(user).filter(pk=pk).select_related(*beside).first()


def within_reach(user: Any) -> QuerySet[Referral]:
    """The referrals of which this user reads anything today, each with whether it is all of it
    (`live`). What `_narrow` says of one row, said of all of them: a row that is out of reach is not
    read."""
    live = Person.objects.visible_to(user).filter(pk=OuterRef("person_id"))
    reach = Q(live=True) | _asked(user) | _corrected(user) | _ended(user)
    return Referral.objects.annotate(live=Exists(live)).filter(reach)


def _asked(user: Any) -> Q:
    theirs = accounts.teams_where(user, Permission.REFER)
    mine = Q(asked_team_id__in=theirs)
    if user.worker_id is not None and accounts.may(user, Permission.SEE_PEOPLE):
        mine = Q(asked_worker_id=user.worker_id) | Q(asked_worker__isnull=True) & mine
    open_ones = Question.objects.filter(mine, referral=OuterRef("pk"), settled_on__isnull=True)
    return Q(Exists(open_ones), state=State.AWAITING_INFORMATION)


def _corrected(user: Any) -> Q:
    if accounts.may_in_network(user, Permission.CORRECT_RECORDS):
        return Q(team__isnull=False) | Q(team__isnull=True)  # each of them
    places = accounts.organisations_where(user, Permission.CORRECT_RECORDS)
    if not places:
        return Q(pk__in=[])
    return Q(team__organisation_id__in=places) | Q(sender_team__organisation_id__in=places)


def _ended(user: Any) -> Q:
    mine = Q(team_id__in=accounts.teams_where(user, Permission.DECIDE_REFERRALS))
    mine |= Q(sender_team_id__in=accounts.teams_where(user, Permission.REFER))
    if accounts.may(user, Permission.REFER):
        mine |= Q(author=user, sender_team__isnull=True)
    return mine & Q(state__in=_ENDED)


def _narrow(situation: Situation) -> Reach | None:
    roles, state = situation.roles, situation.referral.state
    if Role.ASKED in roles:
        return Reach.QUESTION
    if Role.RECORDS_ADMINISTRATOR in roles:
        return Reach.CORRECTION
    if state in _ENDED and roles & {Role.SENDER, Role.RECEIVER}:
        return Reach.ENDED
    return None


def own_teams(user: Any) -> dict[UUID, Any]:
    """The teams for which the user works with referrals, by name."""
    wanted = accounts.teams_where(user, Permission.REFER) | accounts.teams_where(
        user, Permission.DECIDE_REFERRALS
    )
    found = {
        member.team_id: member.team
        for member in accounts.memberships(user)
        if member.team_id in wanted and member.team is not None
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].name, str(item[0]))))


def of_teams(rows: QuerySet[Referral], teams: Any) -> QuerySet[Referral]:
    """Referrals in which one of these teams takes part, in lists that are narrowed further."""
    return rows.filter(team_id__in=teams) | rows.filter(sender_team_id__in=teams)
