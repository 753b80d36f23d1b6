"""The picture of a person's journeys between teams."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.common.http import http_methods
from referrals.paths.journey import journeys_of
from referrals.paths.presenters import JourneysPage
from referrals.paths.views.shared import heading, visible_person, visible_referral


def _page(request: HttpRequest, person: Person, first: UUID | None = None) -> HttpResponse:
    shown = heading(person)
    found = journeys_of(person, shown.on)  # an extract is read as of its own day
    if first is not None:
        found.sort(key=lambda one: one.root.journey_id != first)  # the others stay in their order
    presenter = JourneysPage(person, found, heading=shown, viewer=request.user)
    return render(request, "paths/journey.jinja", {"person": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Which team had it when, who held the person, and where nobody did."""
    return _page(request, visible_person(request, person_id))


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def of_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The same page, with the journey of one referral first."""
    referral = visible_referral(request, referral_id)
    return _page(request, referral.person, referral.journey_id)
