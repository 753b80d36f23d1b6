"""A person's record is opened: the statement with which every page about a person begins, and those
that each of them asks again, kept (see `common.standing`)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from casework.cases import access_log, policy, presenters, search
from casework.cases.access.policy import may_override, sealed_about
from casework.cases.access_log import Action
from casework.cases.models import Allocation, Contact, Person
from casework.cases.panels import marks
from casework.common.standing import Typed, standing

ON_THE_PAGE = 40  # contacts read for the person's own page


def opened(request: HttpRequest, person_id: UUID) -> Person:
    """The person, if the user may open their record today (else a 404); noted in the access log.

    With what the panels mark on them: see `panels.marks`.
    """
    user: Any = request.user
    found = _visible(person_id, user.pk, may_override(user), *policy.looking(user))
    if not found:
        raise Http404
    access_log.note(request, Action.VIEW, person=found[0])
    return found[0]


def opened_to_write(request: HttpRequest, person_id: UUID) -> Person:
    """The person with what they say about themselves, for the pages of the diary; else a 404."""
    found = _with_about_me(person_id, *policy.looking(request.user))
    if not found:
        raise Http404
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=found[0])
    return found[0]


@standing
def _with_about_me(person: UUID, *looking: Any) -> QuerySet[Person]:
    open_to_user = policy.reasons_through(*looking).order_by().values("person_id")
    rows = Person.objects.filter(pk=person, pk__in=open_to_user)
    return rows.select_related("about_me")


@standing
def _visible(person: UUID, user: UUID, on_a_ground: bool, *looking: Any) -> QuerySet[Person]:
    open_to_user = policy.reasons_through(*looking).order_by().values("person_id")
    return (
        Person.objects.filter(pk=person, pk__in=open_to_user)
        .select_related("provider", "about_me__written_by")
        .annotate(
            has_sealed=sealed_about(user, on_a_ground=on_a_ground),
            **{name: make() for name, make in marks.items()},
        )
    )


@standing
def named(person: UUID, on: dt.date) -> QuerySet[Allocation]:
    """Who is named for a person on a day, with their worker and team."""
    return Allocation.objects.on(on).filter(person=person).select_related("worker", "team")


@standing
def latest_contacts(person: UUID) -> QuerySet[Contact]:
    """The contacts of which a person's own page is made, latest first."""
    rows = Contact.objects.filter(person=person).latest_first().select_related("worker", "team")
    return rows.only(*presenters.CONTACT_LINE)[:ON_THE_PAGE]


def first_people(user: Any, words: str, most: int) -> list[Person]:
    """The first people by name whose record the user may open, of all or of those whom some words
    may mean."""
    sought = search.read(words, timezone.localdate())
    return _first_people(
        Typed(sought.local_id) if sought.local_id else None,
        Typed(sought.nhs_number) if sought.nhs_number else None,
        sought.birth_date,
        tuple(Typed(word) for word in sought.names),
        bool(words),
        most,
        *policy.looking(user),
    )


@standing
def _first_people(
    local_id: str | None,
    nhs_number: str | None,
    birth_date: dt.date | None,
    names: tuple[str, ...],
    narrowed: bool,
    most: int,
    *looking: Any,
) -> QuerySet[Person]:
    open_to_user = policy.reasons_through(*looking).order_by().values("person_id")
    rows = Person.objects.filter(pk__in=open_to_user).with_list_data()
    if narrowed:
        rows = rows.matching(search.Sought(local_id or "", nhs_number or "", birth_date, names))
    return rows.order_by("sort_name", "pk")[:most]
