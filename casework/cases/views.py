"""Pages about people."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log, presenters
from casework.cases.about import AboutMePresenter
from casework.cases.access.why import WhyPage
from casework.cases.access_log import Action
from casework.cases.around import around
from casework.cases.event_kinds import event_kinds
from casework.cases.forms import SearchForm
from casework.cases.models import Person
from casework.cases.opening import first_people, latest_contacts, named, opened
from casework.cases.panels import panels_for
from casework.cases.people_tabs import people_tabs
from casework.cases.profile.policy import told
from casework.common import keyset
from casework.common.http import http_methods

SEARCHED = "people_searched"  # in the session, so that no name stands in an address
PAGE = 25
PEOPLE = 50  # on a page of the list


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The people whose record the user may open, by name; a search is posted and remembered."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            request.session[SEARCHED] = form.cleaned_data["words"]
            return redirect(f"{reverse('people:list')}?found=1")
    searched = request.session.get(SEARCHED, "") if "found" in request.GET else ""
    if request.method != "POST":
        form = SearchForm(initial={"words": searched} if searched else None)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if before or after:
        rows = Person.objects.visible_to(request.user).with_list_data()
        if searched:
            rows = rows.found_by(searched)
        order = ("sort_name", "pk")
        page = keyset.page(rows, order=order, size=PEOPLE, before=before, after=after)
    else:
        page = keyset.first(first_people(request.user, searched, PEOPLE + 1), PEOPLE)
    access_log.note(request, Action.LIST, people=list(page.rows))
    presenter = presenters.PeoplePresenter(
        page,
        searched=searched,
        found=bool(searched),
        may_add=accounts.may(request.user, Permission.ADD_PEOPLE),
        may_edit=accounts.may(request.user, Permission.EDIT_PEOPLE),
        tabs=people_tabs(request.user, "people:list"),
        may_override=accounts.may(request.user, Permission.OVERRIDE),
    )
    return render(request, "people/list.jinja", {"people": presenter, "form": form})


def _heading(person: Person, page: str) -> presenters.PersonHeading:
    return presenters.PersonHeading(person, today=timezone.localdate(), page=page)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: what to read first, who is with them, what needs attention."""
    found = opened(request, person_id)
    heading = _heading(found, "people:detail")
    mine = around(found, heading.on)
    presenter = presenters.PersonPresenter(
        found,
        heading=heading,
        about=AboutMePresenter(
            found,
            adjustments=mine.adjustments,
            identity=told(request.user, mine),
            channels=mine.channels,
            may_edit=accounts.may(request.user, Permission.EDIT_PEOPLE),
        ),
        allocations=named(found.pk, heading.on),
        contacts=latest_contacts(found.pk),
        panels=panels_for(found, request.user, heading.on),
        may_record=accounts.may(request.user, Permission.RECORD_CONTACTS),
    )
    return render(request, "people/detail.jinja", {"person": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def contacts(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """All contacts of a person, latest first."""
    found = opened(request, person_id)
    page = keyset.page(
        found.contacts.select_related("worker", "team"),
        order=("-date", "-order_key", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    presenter = presenters.ContactsPresenter(
        found,
        heading=_heading(found, "people:contacts"),
        page=page,
        linked=accounts.may(request.user, Permission.RECORD_CONTACTS),
    )
    return render(request, "people/contacts.jinja", {"person": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def timeline(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What happened in a person's time with the network, latest first, by kind."""
    found = opened(request, person_id)
    kind = request.GET.get("kind", "")
    events = found.events.select_related("worker", "team")
    if kind in event_kinds:
        events = events.filter(kind__startswith=f"{kind}.")
    else:
        kind = ""
    page = keyset.page(
        events,
        order=("-on", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    steps = [one.about for one in page.rows if one.kind.startswith("step.")]
    presenter = presenters.TimelinePresenter(
        found,
        heading=_heading(found, "people:timeline"),
        page=page,
        kind=kind,
        promised=dict(found.steps.filter(pk__in=steps).order_by().values_list("pk", "words")),
        may_record=accounts.may(request.user, Permission.RECORD_CONTACTS),
    )
    return render(request, "people/timeline.jinja", {"person": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def why(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Why the user may open this record."""
    found = opened(request, person_id)
    presenter = WhyPage(found, request.user, _heading(found, "people:why"))
    return render(request, "people/why.jinja", {"person": presenter})
