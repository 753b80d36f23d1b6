"""The pages of the bare site."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from casework.cases.models import Case, CaseEvent, Person
from referrals.models import Referral
from referrals.table import State

UNDECIDED = (State.SENT, State.RECEIVED, State.ASSESSING)


@login_required
def team(request: HttpRequest, team_id: str) -> HttpResponse:
    """Fifty people of a team, by name."""
    rows = (
        Case.objects.filter(team=team_id, closed_on__isnull=True)
        .select_related("person", "team", "key_worker")
        .order_by("person__name")[:50]
    )
    return render(request, "team.html", {"rows": rows})


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """The first fifty whose name contains a word, out of everybody."""
    rows = Person.objects.filter(name__icontains=request.GET["q"]).select_related("provider")
    return render(request, "people.html", {"rows": rows.order_by("name")[:50]})


@login_required
def referrals(request: HttpRequest, team_id: str) -> HttpResponse:
    """The fifty that have waited longest for a team's decision."""
    rows = (
        Referral.objects.filter(team=team_id, state__in=UNDECIDED)
        .select_related("person", "team", "sender_team")
        .order_by("received_on", "pk")[:50]
    )
    return render(request, "referrals.html", {"rows": rows})


@login_required
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One step of a referral and a row that says so, in one transaction."""
    with transaction.atomic():
        row = get_object_or_404(Referral.objects.select_for_update(), pk=pk)
        row.version += 1
        row.skip_history_when_saving = True
        row.save(update_fields=["version"])
        CaseEvent.objects.create(
            person_id=row.person_id, kind="bench.bare", on=timezone.localdate(), about=row.pk
        )
    return redirect("referrals", team_id=row.team_id)


urlpatterns = [
    path("team/<uuid:team_id>/", team),
    path("people/", people),
    path("referrals/<uuid:team_id>/", referrals, name="referrals"),
    path("referrals/<uuid:pk>/move/", move),
]
