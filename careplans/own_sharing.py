"""Who reads what of somebody's plan, in sentences to them. Who may open their record and why
stands on a page of its own, beside who has looked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from careplans import sharing
from careplans.models import Plan, SharingChoice
from careplans.voices import Role
from casework.cases.models import LiveReason, Person
from casework.common.presenters import short_date
from casework.directory.models import Organisation


@dataclass
class OwnReader:
    """One organisation: what of the plan its people read, if anybody there has a reason today."""

    name: str
    is_open: bool = True
    reads: str = ""
    chosen: str = ""
    href: str = ""


def readers(person: Person, plan: Plan | None, on: dt.date) -> list[OwnReader]:
    """Everybody who may read the plan today, the organisation that holds it first. The number of
    queries does not depend on how many there are."""
    today: set[UUID | None] = set()
    known: dict[UUID, Organisation] = {}
    for reason in (
        person.live_reasons.on(on)
        .select_related("worker__organisation", "team__organisation")
        .order_by("start", "pk")
    ):
        place = _organisation(reason)
        if place is not None:
            known[place.pk] = place
        today.add(place.pk if place is not None else None)
    home = _home(person, plan)
    chosen: dict[UUID, SharingChoice] = {}
    names: dict[str, str] = {}
    if plan is not None:
        known |= {one.pk: one for one in sharing.organisations(plan)}
        chosen = sharing.latest(plan)
        names = {row.area.code: row.area.name for row in plan.areas.in_order()}
    ordered = sorted(known.values(), key=lambda one: (one.pk != home, one.name, str(one.pk)))
    found = [
        _reader(one, one.pk in today, plan, home, chosen.get(one.pk), names) for one in ordered
    ]
    if None in today:
        found.append(OwnReader(_("Others"), reads=_reads_nothing_said(plan)))
    return found


def _home(person: Person, plan: Plan | None) -> UUID | None:
    if plan is not None and plan.team is not None:
        return plan.team.organisation_id
    return person.provider_id


def _organisation(reason: LiveReason) -> Organisation | None:
    if reason.team is not None:
        return reason.team.organisation
    return reason.worker.organisation if reason.worker is not None else None


def _reads_nothing_said(plan: Plan | None) -> str:
    return _("They read all of your plan.") if plan is not None else _no_plan()


def _no_plan() -> str:
    return _("There is no plan yet that they could read.")


def _reader(
    place: Organisation,
    is_open: bool,
    plan: Plan | None,
    home: UUID | None,
    choice: SharingChoice | None,
    names: dict[str, str],
) -> OwnReader:
    found = OwnReader(place.name, is_open)
    if plan is None:
        found.reads = _no_plan()
        return found
    if place.pk == home:
        found.reads = _("They hold your plan and read all of it. They need it to work with you.")
        return found
    if plan.is_live:
        found.href = reverse("my_plan:share_with", args=[place.pk])
    if choice is None:
        found.reads = _("They read all of your plan. You have not chosen anything else.")
        return found
    found.reads = reads_words(choice, names)
    found.chosen = chosen_words(choice)
    return found


def reads_words(choice: SharingChoice, names: dict[str, str]) -> str:
    """What of the plan an organisation reads, in one sentence."""
    parts = [name for code, name in names.items() if code in choice.areas]
    if choice.safety:
        parts.append(_("your safety plan"))
    if choice.whole:
        parts.append(_("your hopes, and who does what"))
    if not parts:
        return _("They read nothing of your plan.")
    return _("Of your plan they read: %(parts)s. Nothing else.") % {"parts": "; ".join(parts)}


def chosen_words(choice: SharingChoice) -> str:
    """Who chose it, and when."""
    day = short_date(choice.on)
    if choice.role == Role.TOGETHER and choice.by is not None:
        return _("You chose this with %(worker)s on %(day)s.") % {"worker": choice.by, "day": day}
    return _("You chose this on %(day)s.") % {"day": day}


def honest() -> list[str]:
    """What sharing can and cannot do."""
    return [
        _("A change counts at once. What was read, printed or sent before cannot be taken back."),
        _("Who may open your record sees your name, your meetings and the notes about them."),
        _("Those who cannot read a part cannot go by it when you need help from them."),
        _("Nobody may help you less because you share less."),
        _("By law, staff may sometimes have to share without asking you."),
        _("That is so if somebody could be badly hurt, a child is at risk, or a court orders it."),
        _("They tell you about it, unless telling you would put somebody in danger."),
    ]


def as_choices(plan: Plan) -> list[Any]:
    """The areas of life of a plan, in their order."""
    return [row.area for row in plan.areas.in_order()]
