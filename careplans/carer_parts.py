"""What of a plan a person may show to somebody whom they let in: areas of life, the safety plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from careplans.content import content_of
from careplans.kinds import SAFETY
from careplans.models import AreaOfLife, Plan, Proposal
from careplans.own import OwnLine, line_of
from careplans.services.engine import last_version
from careplans.voices import Role
from casework.cases.models import Person, SealedNote
from casework.common.presenters import short_date
from casework.portal.carers import CarerPart, carer_parts
from casework.portal.models import CarerAccess

AREA = "area:"
PROPOSED = 5  # of what they proposed, so many of the latest stand on their page
PROPOSES = "proposals"  # the code with which somebody may propose, in the areas that they see


@dataclass(frozen=True)
class SharedAreas:
    """Areas of a plan with their lines; each stands there only if the person chose it."""

    areas: list[tuple[str, list[OwnLine]]]
    answer_href: str
    propose_href: str
    proposed: list[tuple[str, str]]


@dataclass(frozen=True)
class SharedSafety:
    """The safety plan's lines."""

    lines: list[OwnLine]


def _plan(person: Person) -> Plan | None:
    return person.plans.live().select_related("person", "team").first()


def _area_choices(person: Person) -> list[tuple[str, str]]:
    plan = _plan(person)
    rows = (
        [row.area for row in plan.areas.in_order()]
        if plan is not None
        else list(AreaOfLife.objects.of_new_plans(person.locality_id))
    )
    found = [(f"{AREA}{one.code}", _("My plan: %(area)s") % {"area": one.name}) for one in rows]
    return [*found, (PROPOSES, _("Proposals about the parts of my plan that they see"))]


def _areas(access: CarerAccess, codes: frozenset[str], on: dt.date) -> SharedAreas | None:
    plan = _plan(access.person)
    if plan is None:
        return None
    chosen = {code.removeprefix(AREA) for code in codes}
    name = access.person.display_name
    areas = [
        (one["name"], [line_of(entry, live=False, name=name) for entry in one["lines"]])
        for one in content_of(plan)["areas"]
        if one["code"] in chosen
    ]
    href = reverse("my_plan:carer_answer", args=[access.pk]) if last_version(plan) else ""
    propose = ""
    if areas and PROPOSES in access.scope:
        propose = reverse("my_plan:carer_propose", args=[access.pk])
    return SharedAreas(areas, href, propose, _proposed(access, plan, chosen) if propose else [])


def _proposed(access: CarerAccess, plan: Plan, codes: set[str]) -> list[tuple[str, str]]:
    """What they proposed lately, and what the plan shows of it. A no is the person's to tell or
    to keep, and so reads like no answer."""
    rows = plan.proposals.filter(
        role=Role.CARER, carer=access.name, area__code__in=codes, created_at__gte=access.created_at
    ).order_by("-created_at", "-pk")
    name = access.person.display_name
    return [
        (
            row.values.get("words", ""),
            _("You proposed this on %(day)s. It is in the plan now.") % {"day": short_date(row.on)}
            if row.outcome == Proposal.Outcome.ACCEPTED
            else _("You proposed this on %(day)s. %(name)s answers it if and when they want to.")
            % {"day": short_date(row.on), "name": name},
        )
        for row in rows[:PROPOSED]
    ]


def open_areas(access: CarerAccess, plan: Plan) -> list[AreaOfLife]:
    """The areas of life of a plan that the person opened to a carer."""
    return [
        row.area
        for row in plan.areas.select_related("area")
        if f"{AREA}{row.area.code}" in access.scope
    ]


def _safety(access: CarerAccess, codes: frozenset[str], on: dt.date) -> SharedSafety | None:
    plan = _plan(access.person)
    if plan is None:
        return None
    lines = {one["kind"]: one for one in content_of(plan)["lines"]}
    name = access.person.display_name
    return SharedSafety(
        [
            line_of(lines[kind.value], live=False, name=name)
            for kind in SAFETY
            if kind.value in lines
        ]
    )


carer_parts.register(
    "plan",
    CarerPart(
        20,
        "careplans/own/carer_areas.jinja",
        _area_choices,
        _areas,
        SealedNote.Area.PLAN,
    ),
)
carer_parts.register(
    "safety",
    CarerPart(
        30,
        "careplans/own/carer_safety.jinja",
        lambda person: [("safety", _("My safety plan"))],
        _safety,
        SealedNote.Area.PLAN,
    ),
)
