"""What these pages share: fetching within what the user may open."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from casework.cases.models import Person
from casework.cases.presenters import PersonHeading
from casework.cases.team_work.views.shared import ask, note, visible_person
from casework.common.pages import Link
from referrals.models import Handover, Referral

PAGE = 25


def visible_referral(request: HttpRequest, referral_id: UUID) -> Referral:
    """The referral, if the user may open the person's record today."""
    rows = Referral.objects.visible_to(request.user).select_related(
        "person__provider", "team", "sender_team", "named_worker"
    )
    found = get_object_or_404(rows, pk=referral_id)
    note(request, found.person)
    return found


def visible_handover(request: HttpRequest, handover_id: UUID) -> Handover:
    rows = Handover.objects.visible_to(request.user).select_related(
        "person__provider", "from_team", "from_worker", "to_team", "to_worker", "referral"
    )
    found = get_object_or_404(rows, pk=handover_id)
    note(request, found.person)
    return found


def heading(person: Person) -> PersonHeading:
    return PersonHeading(person, today=timezone.localdate(), page="")


def person_link(person: Person) -> Link:
    return Link(person.display_name, reverse("people:detail", args=[person.pk]))


__all__ = [
    "PAGE",
    "ask",
    "heading",
    "note",
    "person_link",
    "visible_handover",
    "visible_person",
    "visible_referral",
]
