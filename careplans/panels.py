"""A person's recorded plans, on their page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from careplans.models import Plan, PlanArea, RecordedAgreement, RecordedPlan
from careplans.sharing import Part, open_to
from careplans.writers import may_write
from casework.accounts.models import User
from casework.cases.models import Person
from casework.cases.panels import Panel, person_panels
from casework.common.presenters import short_date, tag
from casework.common.standing import standing
from casework.extract.codes import AGREED_BY

FIRST = 3  # what comes first is no longer than this


@dataclass(frozen=True)
class PlanLine:
    """One plan that another system recorded: its kind, its dates and who agreed to it."""

    kind: str
    dates: str
    agreed: tuple[str, ...]


def _kind(code: str) -> str:
    if code in RecordedPlan.Kind.values:
        return str(RecordedPlan.Kind(code).label)
    return gettext("Plan of another kind (%(code)s)") % {"code": code}


def line(plan: RecordedPlan, agreements: Iterable[RecordedAgreement]) -> PlanLine:
    """A plan in plain words."""
    dates = gettext("Written %(date)s") % {"date": short_date(plan.created_day)}
    if plan.updated_day and plan.updated_day != plan.created_day:
        dates = gettext("%(written)s, updated %(date)s") % {
            "written": dates,
            "date": short_date(plan.updated_day),
        }
    agreed = tuple(_agreed(one) for one in agreements)
    return PlanLine(
        _kind(plan.kind), dates, agreed or (gettext("Nobody is recorded as agreeing to it"),)
    )


def _agreed(agreement: RecordedAgreement) -> str:
    who = AGREED_BY.get(agreement.agreed_by) or gettext("somebody else")
    if agreement.agreed_on is None:
        return gettext("Agreed by: %(who)s, date not recorded") % {"who": who}
    return gettext("Agreed by: %(who)s, %(date)s") % {
        "who": who,
        "date": short_date(agreement.agreed_on),
    }


class LivePlan:
    """The plan that is going on: where it stands, what comes first, and the way to it."""

    def __init__(self, plan: Plan, on: dt.date, part: Part, *, may_write: bool) -> None:
        self._plan, self._on, self._part = plan, on, part
        self.href = reverse("careplans:plan", args=[plan.pk])
        self.safety_href = reverse("careplans:safety", args=[plan.pk]) if part.safety else ""
        self.meeting_href = reverse("careplans:meeting", args=[plan.pk]) if may_write else ""

    @property
    def tag(self) -> dict[str, str]:
        # how it was agreed is said in the plan itself and never in passing
        if self._plan.state == "in_use":
            return tag(gettext("In use"), "blue")
        return tag(self._plan.get_state_display(), "blue")

    @cached_property
    def first(self) -> list[str]:
        """What the person puts first, in their order."""
        ranked = [
            row.area.name for row in _put_first(self._plan.pk) if self._part.area(row.area.code)
        ]
        return ranked[:FIRST]

    @property
    def review(self) -> str:
        due = self._plan.review_due
        if due is None:
            return ""
        if due < self._on:
            return gettext("It should have been looked at again by %(date)s.") % {
                "date": short_date(due)
            }
        return gettext("To be looked at again by %(date)s.") % {"date": short_date(due)}


@dataclass(frozen=True)
class Plans:
    """The plan that is going on, and what other systems recorded."""

    live: LivePlan | None
    lines: list[PlanLine]


def _live(plan: Plan, viewer: User, on: dt.date) -> LivePlan:
    return LivePlan(plan, on, open_to(plan, viewer), may_write=may_write(viewer))


@standing
def _live_plan(person: UUID) -> QuerySet[Plan]:
    return Plan.objects.live().filter(person=person).select_related("team", "person")[:1]


@standing
def _put_first(plan: UUID) -> QuerySet[PlanArea]:
    """The areas that the person ranked, in their order."""
    rows = PlanArea.objects.filter(plan=plan, rank__isnull=False).select_related("area")
    return rows.order_by("rank")


@standing
def _recorded(person: UUID) -> QuerySet[RecordedPlan]:
    rows = RecordedPlan.objects.filter(person=person).prefetch_related("agreements")
    return rows.order_by("-created_day", "-pk")


def plans_of(person: Person, viewer: User, on: dt.date) -> Plans | None:
    """The plans, newest first; nothing where there is none."""
    live = next(iter(_live_plan(person.pk)), None)
    lines = [line(row, row.agreements.all()) for row in _recorded(person.pk)]
    if live is None and not lines:
        return None
    return Plans(_live(live, viewer, on) if live is not None else None, lines)


person_panels.register("careplans", Panel("people/panels/careplans.jinja", 25, plans_of))
