"""Somebody asks a service for help themselves, where the service says that they can."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import Person
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker
from referrals import services
from referrals.actors import Actor
from referrals.asking import needs
from referrals.asking.teams import ELSEWHERE, Choice, choices, could_help
from referrals.errors import EventRefused
from referrals.holding import somebody_of
from referrals.models import Offer, Referral, Responsibility
from referrals.table import OPEN, Kind, State

ROUTINE = "3"


def offers() -> QuerySet[Offer]:
    """What people can ask for themselves, of teams that are open."""
    rows = Offer.objects.filter(
        self_referral=True, active=True, team__active=True, team__placeholder=False
    )
    return rows.select_related("team__organisation").order_by("name", "pk")


def open_to(person: Person, today: dt.date) -> list[tuple[Offer, Choice]]:
    """What this person can ask for themselves, with how long people waited: what is offered where
    they live, or by a team that does not say where it works. A fixed number of queries."""
    rows = list(offers().prefetch_related("needs"))
    teams: list[Any] = list(
        could_help(need="", locality=person.locality, but=None).filter(
            pk__in=[one.team_id for one in rows]
        )
    )
    if person.locality is not None:
        teams = [one for one in teams if one.here != ELSEWHERE]
    known = {one.team.pk: one for one in choices(teams, need="", urgent=False, today=today)}
    return [(one, known[one.team_id]) for one in rows if one.team_id in known]


@transaction.atomic
def ask(*, person: Person, offer: Offer, words: str, reach_words: str = "") -> Referral:
    """The person asks a service for help: a referral like any other, of the kind `self`.

    Precondition: the offer is there and takes such asks; the person says in their own words what
    they want help with; no ask of theirs to this team is under way. Promise: it is sent; whoever is
    with them stays, and where nobody is, the service's duty team holds them at once.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not words.strip():
        raise Refusal(_("Write what you want help with."))
    if not offers().filter(pk=offer.pk).exists():
        raise Refusal(_("You cannot ask for this here at present. Your worker can."))
    team: Team = offer.team
    if person.referrals.filter(team=team, state__in=[State.DRAFT, *OPEN]).exists():
        raise Refusal(_("This team has been asked for you already. Look under “My referrals”."))
    own = Actor(person_id=person.pk)
    first = offer.needs.first()
    draft = services.draft(
        person=person,
        by=own,
        kind=Kind.SELF,
        team=team,
        priority=ROUTINE,
        primary_reason=needs.national(first.need) if first is not None else "",
        reason_words=words.strip(),
        person_view=Referral.View.WANTS,
        reach_words=reach_words.strip(),
        meanwhile_support=_meanwhile(person),
        sender_words=_("Asked for %(offer)s") % {"offer": offer.name},
    )
    try:
        return services.send(referral=draft, by=own, holder=_holder(person))
    except EventRefused as refused:
        raise Refusal(
            _("It could not be sent: nobody there can take it now. Your worker can ask for you.")
        ) from refused


def _holder(person: Person) -> Worker | None:
    """Somebody of the team that holds the person, where nobody is named yet."""
    held = Responsibility.objects.select_related("team").filter(person=person).first()
    if held is None or held.worker_id is not None:
        return None
    return somebody_of(held.team, timezone.localdate())


def _meanwhile(person: Person) -> str:
    held = Responsibility.objects.select_related("worker", "team").filter(person=person).first()
    if held is not None:
        return _("%(holder)s stays with them.") % {"holder": held.worker or held.team}
    return _("The duty team of the service is there for them.")
