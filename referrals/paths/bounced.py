"""Which journeys were turned away or passed on how often. One query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from casework.common import fence
from casework.directory.models import Team
from referrals.models import BounceMeeting, DeclineProposal, Referral
from referrals.table import OPEN, State

OFTEN = 2
YEAR = dt.timedelta(days=365)
UNDECIDED = tuple(
    state for state in OPEN if state not in (State.ACCEPTED, State.ALLOCATED, State.IN_SERVICE)
)


def counted(rows: QuerySet[Referral], today: dt.date) -> QuerySet[Referral]:
    """First referrals of journeys, each with its `declines`, `passed_on` and `bounces`, and how
    many bounces the person had `in_year`, whatever the journey."""
    journey = (
        Referral.objects.filter(Q(pk=OuterRef("pk")) | Q(root_id=OuterRef("pk")))
        .exclude(state=State.ENTERED_IN_ERROR)
        .order_by()
        .annotate(one=Coalesce("root_id", "pk"))
        .values("one")
    )
    turned_down = Count("pk", filter=Q(state=State.DECLINED))
    since = today - YEAR
    person = (
        Referral.objects.filter(person=OuterRef("person"))
        .exclude(state=State.ENTERED_IN_ERROR)
        .order_by()
        .values("person")
        .annotate(
            n=Count("pk", filter=Q(state=State.DECLINED, rejected_on__gt=since))
            + Coalesce(Sum("redirects", filter=Q(redirected_on__gt=since)), 0)
        )
        .values("n")
    )
    return rows.filter(root__isnull=True).annotate(
        in_year=Coalesce(Subquery(person), 0),
        declines=Coalesce(Subquery(journey.annotate(n=turned_down).values("n")), 0),
        passed_on=Coalesce(Subquery(journey.annotate(n=Sum("redirects")).values("n")), 0),
        bounces=F("declines") + F("passed_on"),
    )


def often(rows: QuerySet[Referral], today: dt.date) -> QuerySet[Referral]:
    """Journeys with at least two bounces, or with one of two in twelve months, and the meetings
    about them."""
    meetings = BounceMeeting.objects.order_by("created_at", "pk")
    return (
        counted(rows, today)
        .filter(Q(bounces__gte=OFTEN) | Q(bounces__gte=1, in_year__gte=OFTEN))
        .select_related("person", "team")
        .prefetch_related(Prefetch("bounce_meetings", queryset=meetings))
    )


@dataclass(frozen=True)
class Challenged:
    """Referrals to one team whose decline was challenged twice and that are not decided: how
    many, and those of them that the reader may open."""

    team: str
    number: int
    rows: list[Referral]


@fence.beyond("how many referrals to a team are stuck; of them the reader is shown their own")
def challenged_twice(
    visible: QuerySet[Referral], teams: Collection[UUID] | None = None
) -> list[Challenged]:
    """By receiving team; `teams` narrows it to these (None: the whole network)."""
    twice = (
        DeclineProposal.objects.filter(
            outcome=DeclineProposal.Outcome.CHALLENGED, referral__state__in=UNDECIDED
        )
        .order_by()
        .values("referral")
        .annotate(n=Count("pk"))
        .filter(n__gte=OFTEN)
    )
    rows = Referral.objects.filter(pk__in=twice.values("referral"), team__isnull=False)
    if teams is not None:
        rows = rows.filter(team__in=teams)
    counted_by = rows.order_by().values("team").annotate(n=Count("pk"))
    counts = dict(counted_by.values_list("team", "n"))
    names = dict(Team.objects.filter(pk__in=counts).values_list("pk", "name")) if counts else {}
    open_to: dict[UUID | None, list[Referral]] = {}
    if counts:
        seen = visible.filter(pk__in=rows.values("pk")).select_related("person")
        for row in seen.order_by("received_on", "pk"):
            open_to.setdefault(row.team_id, []).append(row)
    found = [Challenged(names[pk], n, open_to.get(pk, [])) for pk, n in counts.items()]
    return sorted(found, key=lambda one: (-one.number, one.team))
