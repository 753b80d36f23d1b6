"""On a person's page: the way to their journey, and a handover under way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts.models import User
from casework.cases.models import Person
from casework.common.pages import Link
from casework.common.standing import standing
from referrals.models import Handover, Responsibility
from referrals.paths import policy


@dataclass(frozen=True)
class Ways:
    """Who holds the person, and where to go from here."""

    holder: str
    handovers: list[Link]
    links: list[Link]


@standing
def _held(person: UUID) -> QuerySet[Responsibility]:
    """Who holds a person, with the handover under way."""
    under_way = Handover.objects.under_way().filter(person=OuterRef("person"))
    rows = Responsibility.objects.filter(person=person).select_related("team", "worker")
    return rows.annotate(
        handover=Subquery(under_way.values("pk")[:1]),
        to=Subquery(under_way.values("to_worker__name")[:1]),
    )


def ways(person: Person, viewer: User, on: dt.date) -> Ways | None:
    """The panel, where somebody holds the person or they have a referral."""
    held = next(iter(_held(person.pk)), None)
    handovers = []
    if held is not None and held.handover is not None:
        words = gettext("to %(worker)s") % {"worker": held.to}
        handovers.append(Link(words, reverse("paths:handover_steps", args=[held.handover])))
    links = [
        Link(gettext("Journey between teams"), reverse("paths:journeys", args=[person.pk])),
    ]
    if policy.may_hand_over(viewer, held) and not handovers:
        links.append(
            Link(
                gettext("Hand over to somebody"), reverse("paths:handover_begin", args=[person.pk])
            )
        )
    if person.death_date is not None:
        return Ways("", handovers, links)
    holder = str(held) if held else gettext("Nobody is recorded as holding them.")
    return Ways(holder, handovers, links)
