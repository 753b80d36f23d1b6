"""Which part of a plan somebody reads who belongs to another organisation.

Whoever may open a person's record reads the whole plan, unless the person has chosen that an
organisation reads a part of it. People who work in the organisation that holds the plan, or in one
about which nothing was chosen, read all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from careplans.kinds import SAFETY
from careplans.models import Plan, SharingChoice
from casework.accounts.policy import memberships
from casework.cases.models import Allocation
from casework.directory.models import Organisation

Content = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What of a plan is open: all of it, or these areas, the safety plan, and what belongs to the
    plan as a whole."""

    everything: bool = True
    areas: frozenset[str] = frozenset()
    safety: bool = True
    whole: bool = True

    def area(self, code: str) -> bool:
        return self.everything or code in self.areas

    def line(self, kind: str, area: str | None) -> bool:
        """Is a line of this kind, in this area or in none, open?"""
        if self.everything:
            return True
        if area is not None:
            return area in self.areas
        return self.safety if kind in SAFETY else self.whole

    def of(self, content: Content) -> Content:
        """A plan's content with what is open of it. An area that is closed is not there at all."""
        if self.everything:
            return content
        return {
            **content,
            "areas": [one for one in content["areas"] if self.area(one["code"])],
            "lines": [one for one in content["lines"] if self.line(one["kind"], None)],
        }


EVERYTHING = Part()


def together(parts: Iterable[Part]) -> Part:
    """What somebody reads who belongs to several organisations."""
    found = Part(everything=False, safety=False, whole=False)
    for one in parts:
        found = Part(
            found.everything or one.everything,
            found.areas | one.areas,
            found.safety or one.safety,
            found.whole or one.whole,
        )
    return found


def latest(plan: Plan) -> dict[UUID, SharingChoice]:
    """The choice that counts for each organisation about which one was made."""
    rows = plan.sharing_choices.select_related("organisation", "by").order_by("created_at", "pk")
    return {row.organisation_id: row for row in rows}


def part_of(choice: SharingChoice) -> Part:
    return Part(
        everything=False,
        areas=frozenset(choice.areas),
        safety=choice.safety,
        whole=choice.whole,
    )


def open_to(plan: Plan, user: Any) -> Part:
    """What of a plan this user reads. One query; none for whoever works where it is held."""
    home = plan.team.organisation_id if plan.team is not None else plan.person.provider_id
    theirs = {
        row.team.organisation_id if row.team_id and row.team else row.organisation_id
        for row in memberships(user)
    }
    if not theirs or home in theirs or None in theirs:
        return EVERYTHING
    chosen = latest(plan)
    return together(part_of(chosen[one]) if one in chosen else EVERYTHING for one in theirs)


def organisations(plan: Plan) -> QuerySet[Organisation]:
    """Other organisations that somebody around the person works in, or about which something was
    chosen."""
    home = plan.team.organisation_id if plan.team is not None else None
    around = Allocation.objects.filter(person=plan.person_id).values("team__organisation")
    chosen = plan.sharing_choices.values("organisation")
    reasons = plan.person.live_reasons.filter(team__isnull=False).values("team__organisation")
    workers = plan.person.live_reasons.filter(worker__isnull=False).values("worker__organisation")
    rows = (
        Organisation.objects.filter(pk__in=around)
        | Organisation.objects.filter(pk__in=chosen)
        | Organisation.objects.filter(pk__in=reasons)
        | Organisation.objects.filter(pk__in=workers)
    )
    return rows.exclude(pk=home).order_by("name", "pk").distinct()


def as_data(areas: Iterable[str], known: Mapping[str, Any]) -> list[str]:
    """Codes of areas in the plan's order; one that the plan has not is left out."""
    chosen = set(areas)
    return [code for code in known if code in chosen]
