"""What these pages share: fetching within what the user may open, and asking one question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Allocation, Person
from casework.cases.presenters import PersonHeading
from casework.cases.team_work import policy, presenters
from casework.common.errors import Refusal
from casework.common.pages import FormPage, Link

PAGE = 25


def note(request: HttpRequest, person: Person) -> None:
    """Write down that the record was opened, or changed."""
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person)


def visible_person(request: HttpRequest, person_id: UUID) -> Person:
    """The person, if the user may open their record today."""
    rows = Person.objects.visible_to(request.user).select_related("provider")
    person = get_object_or_404(rows, pk=person_id)
    note(request, person)
    return person


def must_allocate(request: HttpRequest, person: Person) -> None:
    """Only those who decide who is with this person go on."""
    if not policy.can_allocate(request.user, person):
        raise PermissionDenied


def decided_allocation(request: HttpRequest, allocation_id: UUID) -> Allocation:
    """An allocation of a person whose company the user decides about."""
    found = get_object_or_404(policy.visible_allocations(request.user), pk=allocation_id)
    note(request, found.person)
    must_allocate(request, found.person)
    return found


def heading(person: Person, page: str = "team_work:company") -> PersonHeading:
    return PersonHeading(person, today=timezone.localdate(), page=page)


def company_link(person: Person) -> Link:
    return Link(person.display_name, reverse("team_work:company", args=[person.pk]))


def tabs(request: HttpRequest, current: str) -> list[Link]:
    return presenters.tabs(current, leaving=accounts.may(request.user, Permission.SIGN_OFF))


def ask(
    request: HttpRequest,
    form: Any,
    page: FormPage,
    act: Callable[[dict[str, Any]], tuple[str, str]],
) -> HttpResponse:
    """Ask; then do it. `act` returns what was done, in words, and where to go on."""
    if request.method == "POST" and form.is_valid():
        try:
            done, href = act(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, done)
            return redirect(href)
    return render(request, "administration/form.jinja", {"form": form, "page": page})
