"""The least that the same work costs: plain Django views with a session, a sign-in and a template.

Served through a middleware chain that has nothing but these, so that a rate does not depend on how
fast the machine is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template import engines
from django.urls import path
from django.utils import timezone

from casework.cases.models import CaseEvent, Contact, Person
from casework.common.ids import uuid7

MIDDLEWARE = [  # what `startproject` writes
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tests.bench.bare.own_addresses",
]
PERSON = """<!DOCTYPE html><html lang="en"><title>{{ person.name }}</title>
<h1>{{ person.name }}</h1>
<p>{{ person.birth_date|date:"j F Y" }}, {{ person.nhs_number }}</p>
<h2>Referrals</h2><ul>{% for one in referrals %}
<li>{{ one.team.name }}, {{ one.state }}, {{ one.received_on|date:"j F Y" }}</li>{% endfor %}
</ul><h2>Contacts</h2><table>{% for one in contacts %}<tr><td>{{ one.date|date:"j F Y" }}</td>
<td>{{ one.time|time:"H:i" }}</td><td>{{ one.worker.name }}</td><td>{{ one.team.name }}</td>
<td>{{ one.medium }}</td><td>{{ one.attendance }}</td></tr>{% endfor %}</table></html>"""


def own_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """These views and no others."""

    def handle(request: Any) -> HttpResponse:
        request.urlconf = "tests.bench.bare"
        return get_response(request)

    return handle


@cache
def _template(text: str) -> Any:
    return engines["django"].from_string(text)


@login_required
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person, ten referrals and twenty contacts: five queries with session and user."""
    found = get_object_or_404(Person, pk=person_id)
    shown = {
        "person": found,
        "referrals": found.referrals.select_related("team").order_by("-received_on")[:10],
        "contacts": found.contacts.latest_first().select_related("worker", "team")[:20],
    }
    return HttpResponse(_template(PERSON).render(shown, request))


@login_required
def record(request: Any, person_id: UUID) -> HttpResponse:
    """A contact and a row that says so, in one transaction."""
    with transaction.atomic():
        found = get_object_or_404(Person.objects.select_for_update(), pk=person_id)
        contact = Contact(
            person=found,
            worker_id=request.user.worker_id,
            worker_count=1,
            date=timezone.localdate(),
            attendance=request.POST["attendance"],
            medium=request.POST["medium"],
            order_key=str(uuid7()),
        )
        contact.skip_history_when_saving = True
        contact.save()
        CaseEvent.objects.create(
            person=found, kind="contact.attended", on=contact.date, about=contact.pk
        )
    return redirect("person", person_id=person_id)


def here(request: HttpRequest) -> HttpResponse:
    """Says that it is these views that answer."""
    return HttpResponse("bare")


urlpatterns = [
    path("", here),
    path("person/<uuid:person_id>/", person, name="person"),
    path("person/<uuid:person_id>/record/", record, name="record"),
]
