"""What these pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Person
from casework.cases.presenters import PersonHeading
from casework.common.errors import Refusal
from casework.common.pages import FormPage, Link


def visible_person(
    request: HttpRequest, person_id: UUID, *, record: Any = None, reason: str = ""
) -> Person:
    """The person, if the user may open their record today; noted in the access log."""
    rows = Person.objects.visible_to(request.user).select_related(
        "provider", "locality", "about_me__written_by"
    )
    person = get_object_or_404(rows, pk=person_id)
    note(request, person, record=record, reason=reason)
    return person


def note(request: HttpRequest, person: Person, *, record: Any = None, reason: str = "") -> None:
    """Write down that the record was opened, or changed."""
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person, record=record, reason=reason)


def heading(person: Person, page: str = "profile:edit") -> PersonHeading:
    return PersonHeading(person, today=timezone.localdate(), page=page)


def profile_link(person: Person) -> Link:
    return Link(person.display_name, reverse("profile:edit", args=[person.pk]))


def ask(
    request: HttpRequest,
    form: Any,
    page: FormPage,
    act: Callable[[dict[str, Any]], tuple[str, str]],
    template: str = "administration/form.jinja",
    **extra: Any,
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
    return render(request, template, {"form": form, "page": page, **extra})
