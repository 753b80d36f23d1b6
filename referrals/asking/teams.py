"""Who could help with a need in a place, what they offer, and how long they really take.

Every function runs a fixed number of queries, whatever the number of teams and referrals.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from casework.common import fence
from casework.directory.models import Locality, Team
from referrals.asking import figures, needs
from referrals.asking.figures import Declines, Waits
from referrals.models import Offer, OfferNeed, Referral
from referrals.table import URGENT, Kind, State

WINDOW = dt.timedelta(days=182)  # six months
MOST_URGENT = 200  # a list to choose from, not a directory
YEAR = dt.timedelta(days=365)
_WAITING = (
    State.SENT,
    State.RECEIVED,
    State.AWAITING_INFORMATION,
    State.DECLINE_PROPOSED,
    State.ASSESSING,
    State.ACCEPTED,
    State.ALLOCATED,
)


@dataclass(frozen=True)
class Choice:
    """A team that could be asked, with what is known about it."""

    team: Team
    here: bool
    waits: Waits
    declines: Declines
    offers: list[Offer] = field(default_factory=list)
    fits: bool = False


def could_help(*, need: str, locality: Locality | None, but: UUID | None) -> QuerySet[Team]:
    """Every open team but the one that asks: those first that offer this here, then those that
    offer it elsewhere, then the others that work here; surgeries come after the others."""
    fitting = OfferNeed.objects.filter(
        offer__team=OuterRef("pk"), offer__active=True, need=need or "-"
    )
    rows = Team.objects.filter(active=True, placeholder=False).select_related("organisation")
    if but is not None:
        rows = rows.exclude(pk=but)
    return rows.annotate(
        fits=_as_number(Q(Exists(fitting))),
        here=_here(locality),
        surgery=_as_number(Q(kind=Team.Kind.GP)),
    )


HERE, UNSAID, ELSEWHERE = 2, 1, 0


def _here(locality: Locality | None) -> Case:
    """Whether a team works in the locality, has not said where it works, or works elsewhere."""
    places = Team.localities.through.objects.filter(team=OuterRef("pk"))
    works = Exists(places.filter(locality=locality)) if locality else Exists(places)
    return Case(
        When(works, then=Value(HERE)),
        When(~Exists(places), then=Value(UNSAID)),
        default=Value(ELSEWHERE),
        output_field=IntegerField(),
    )


def _as_number(condition: Q) -> Case:
    """1 or 0, to sort by on both engines."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


ORDER = ("-fits", "-here", "surgery", "name", "pk")


def choices(teams: Iterable[Any], *, need: str, urgent: bool, today: dt.date) -> list[Choice]:
    """The teams of one page with their offers, waits and declines."""
    teams = list(teams)
    offers = _offers([team.pk for team in teams], need)
    waits = waits_of(teams, urgent=urgent, today=today)
    declines = declines_of(teams, need=need, today=today)
    return [
        Choice(
            team,
            team.here != ELSEWHERE,
            waits[team.pk],
            declines[team.pk],
            offers.get(team.pk, []),
            bool(team.fits),
        )
        for team in teams
    ]


def _offers(teams: Collection[UUID], need: str) -> dict[UUID, list[Offer]]:
    """What each team offers for the need, else all that it offers."""
    fitting: dict[UUID, list[Offer]] = defaultdict(list)
    every: dict[UUID, list[Offer]] = defaultdict(list)
    rows = Offer.objects.filter(team__in=teams, active=True).prefetch_related("needs")
    for offer in rows.order_by("name", "pk"):
        every[offer.team_id].append(offer)
        if need and any(one.need == need for one in offer.needs.all()):
            fitting[offer.team_id].append(offer)
    return {team: fitting.get(team) or every[team] for team in every}


def reading_days(teams: Iterable[Team], today: dt.date) -> dict[dt.date, list[UUID]]:
    """As of which day each team is read: that of the latest extract, where nothing is newer."""
    days: dict[dt.date, list[UUID]] = defaultdict(list)
    for team in teams:
        place = team.organisation
        days[place.as_of if not place.live and place.as_of else today].append(team.pk)
    return days


def _priority(urgent: bool) -> Q:
    return Q(priority__in=URGENT) if urgent else ~Q(priority__in=URGENT)


@fence.beyond("how long people waited for a team, in numbers")
def waits_of(teams: Collection[Team], *, urgent: bool, today: dt.date) -> dict[UUID, Waits]:
    """From the day a referral was received until the first meeting that counted: of those who
    were met in the last six months, and of those who wait still."""
    met, open_now = Q(pk__in=[]), Q(pk__in=[])
    day_of: dict[UUID, dt.date] = {}
    for day, ids in reading_days(teams, today).items():
        day_of |= dict.fromkeys(ids, day)
        met |= Q(team__in=ids, first_contact_on__gt=day - WINDOW, first_contact_on__lte=day)
        open_now |= Q(team__in=ids, state__in=_WAITING, received_on__lte=day)
    asked = Referral.objects.filter(_priority(urgent)).exclude(
        Q(kind=Kind.ADVICE) | Q(state=State.ENTERED_IN_ERROR)
    )
    wait = ExpressionWrapper(F("first_contact_on") - F("received_on"), output_field=DurationField())
    days: dict[UUID, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    counted = asked.filter(met, first_contact_on__gte=F("received_on"))
    for team, waited, number in (
        counted.annotate(wait=wait).order_by().values_list("team", "wait").annotate(n=Count("pk"))
    ):
        days[team][waited.days] += number
    still = {
        team: (number, (day_of[team] - first).days)
        for team, number, first in asked.filter(open_now, first_contact_on__isnull=True)
        .order_by()
        .values_list("team")
        .annotate(n=Count("pk"), first=Min("received_on"))
    }
    return {
        team.pk: figures.waits(
            days.get(team.pk, {}),
            waiting=still.get(team.pk, (0, None))[0],
            longest=still.get(team.pk, (0, None))[1],
        )
        for team in teams
    }


@fence.beyond("what became of what a team was asked, in numbers")
def declines_of(teams: Collection[Team], *, need: str, today: dt.date) -> dict[UUID, Declines]:
    """What became of what each team was asked for this need, in the last twelve months."""
    declined, kept = Q(pk__in=[]), Q(pk__in=[])
    for day, ids in reading_days(teams, today).items():
        declined |= Q(team__in=ids, rejected_on__gt=day - YEAR, rejected_on__lte=day)
        kept |= Q(
            Q(accepted_on__gt=day - YEAR, accepted_on__lte=day)
            | Q(
                accepted_on__isnull=True,
                first_contact_on__gt=day - YEAR,
                first_contact_on__lte=day,
            ),
            team__in=ids,
            rejected_on__isnull=True,
        )
    rows = Referral.objects.exclude(state=State.ENTERED_IN_ERROR)
    if need:
        code = needs.national(need)
        rows = rows.filter(Q(primary_reason=code) if code else Q(asking__need=need))
    found = {
        team: Declines(no, no + yes)
        for team, no, yes in rows.filter(declined | kept)
        .order_by()
        .values_list("team")
        .annotate(
            no=Count("pk", filter=declined, distinct=True),
            yes=Count("pk", filter=kept, distinct=True),
        )
    }
    return {team.pk: found.get(team.pk, Declines()) for team in teams}


def ids(values: Iterable[str]) -> list[UUID]:
    """Those of the posted values that are ids at all."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def for_urgent(locality: Locality | None) -> list[Any]:
    """Whom to ask at night: crisis teams of the place, other crisis teams, then the others; those
    that read it here before those that do not."""
    rows = Team.objects.filter(active=True, placeholder=False).annotate(
        here=_here(locality),
        crisis=_as_number(Q(kind=Team.Kind.CRISIS)),
        live=_as_number(Q(organisation__live=True)),
    )
    return list(rows.order_by("-crisis", "-live", "-here", "name", "pk")[:MOST_URGENT])


def usual_at_night(teams: Iterable[Any]) -> Team | None:
    """The crisis team of the place, or of the network where no place is known, if there is exactly
    one that reads referrals here."""
    found = [team for team in teams if team.crisis and team.live and team.here == HERE]
    return found[0] if len(found) == 1 else None
