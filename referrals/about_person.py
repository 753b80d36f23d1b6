"""A person's referrals as their page shows them: drafts of the reader's teams, and the latest that
were sent. Two panels, one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.common.standing import standing
from referrals.asking import policy
from referrals.models import Referral
from referrals.table import State

DRAFTS, SENT = 5, 6  # as many as the panels show
_KEPT = "_referrals"


@dataclass(frozen=True)
class Referrals:
    """Both newest first."""

    drafts: list[Referral] = field(default_factory=list)
    sent: list[Referral] = field(default_factory=list)


def referrals_about(person: Person, viewer: User) -> Referrals:
    """What there is about somebody whose record the viewer has open; asked once for each page."""
    kept = person.__dict__.get(_KEPT)
    if kept is None or kept[0] != viewer.pk:
        refers = accounts.may(viewer, Permission.REFER)
        found = Referrals()
        for row in _shown(person.pk, refers, viewer.pk, policy.asking_teams(viewer)):
            (found.drafts if row.state == State.DRAFT else found.sent).append(row)
        kept = person.__dict__[_KEPT] = (viewer.pk, found)
    return kept[1]


@standing
def _shown(person: UUID, refers: bool, viewer: UUID, teams: tuple[UUID, ...]) -> QuerySet[Referral]:
    newest = ("-received_on", "-pk")
    sent = Referral.objects.filter(person=person)
    sent = sent.exclude(state__in=(State.DRAFT, State.ENTERED_IN_ERROR)).order_by(*newest)
    shown = Q(pk__in=sent.values("pk")[:SENT])
    if refers:
        drafts = policy.drafts_about(viewer, person, teams).order_by(*newest)
        shown |= Q(pk__in=drafts.values("pk")[:DRAFTS])
    # the person once more, so that the few rows are found by their index
    rows = Referral.objects.filter(shown, person=person)
    return rows.select_related("team").order_by(*newest)
