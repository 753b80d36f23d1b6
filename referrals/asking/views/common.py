"""What these pages have in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Person
from casework.common.pages import Link
from referrals.asking import policy
from referrals.models import Referral


def note(request: HttpRequest, person: Person, record: Any = None) -> None:
    """Write down that the record was opened, or changed."""
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person, record=record)


def person_of(request: HttpRequest, person_id: UUID) -> Person:
    """The person, if the user may open their record today; noted in the access log."""
    rows = Person.objects.visible_to(request.user).select_related("provider", "locality")
    person = get_object_or_404(rows, pk=person_id)
    note(request, person)
    return person


def read_of(request: HttpRequest, referral_id: UUID) -> Referral:
    """The referral, if the user may read it today; noted in the access log."""
    referral = get_object_or_404(policy.readable(request.user), pk=referral_id)
    note(request, referral.person, referral)
    return referral


def written_of(request: HttpRequest, referral_id: UUID) -> Referral:
    """The referral, if the user may write on it today; noted in the access log."""
    referral = get_object_or_404(policy.writable(request.user), pk=referral_id)
    note(request, referral.person, referral)
    return referral


def referral_href(referral: Referral) -> str:
    """Where somebody goes on with a referral once it has been sent."""
    try:
        return reverse("referrals:detail", kwargs={"pk": referral.pk})
    except NoReverseMatch:
        return reverse("asking:read", args=[referral.pk])


def person_link(person: Person) -> Link:
    return Link(person.display_name, reverse("people:detail", args=[person.pk]))


def read_link(referral: Referral) -> Link:
    return Link(
        referral.person.display_name,
        reverse("asking:read", args=[referral.pk]),
    )
