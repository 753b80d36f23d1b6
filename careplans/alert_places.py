"""Where the plan is read that an alert is about, or one of its promises."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from careplans.models import Line, Plan
from casework.accounts.models import User
from casework.alerts.places import alert_places
from casework.common.pages import Link


def plans(user: User, idents: Collection[UUID]) -> dict[UUID, Link]:
    """The plans that the user may open."""
    rows = Plan.objects.visible_to(user).filter(pk__in=list(idents)).order_by("pk")
    return {ident: _plan(ident) for ident in rows.values_list("pk", flat=True)}


def promises(user: User, idents: Collection[UUID]) -> dict[UUID, Link]:
    """The plans in which these promises stand."""
    rows = Line.objects.visible_to(user).filter(pk__in=list(idents)).order_by("pk")
    return {ident: _plan(plan) for ident, plan in rows.values_list("pk", "plan_id")}


def _plan(ident: UUID) -> Link:
    return Link(gettext("The plan"), reverse("careplans:plan", args=[ident]))


alert_places.register("plan", plans)
alert_places.register("plan_action", promises)
