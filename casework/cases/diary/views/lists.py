"""Diaries, one contact, and what was promised."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.diary import rows
from casework.cases.diary.forms import StepForm
from casework.cases.diary.presenters import (
    ContactPage,
    DiaryTabs,
    FormPage,
    ListedDiary,
    MyDiary,
    person_link,
)
from casework.cases.diary.views.common import contact_of
from casework.cases.models import Step
from casework.cases.panels import said_about
from casework.cases.services import steps
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods, safe_next

PAGE = 25
TEAM_PAGE = 50


def _tabs(request: HttpRequest, current: str) -> DiaryTabs:
    return DiaryTabs(
        current,
        records=accounts.may(request.user, Permission.RECORD_CONTACTS),
        leads=bool(rows.teams_led(request.user)),
    )


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """Today and the next two weeks, what waits to be recorded, and whom the user stands in for."""
    today = timezone.localdate()
    absences = rows.absences_covered(request.user, today)
    contacts, covered = rows.diary_of(request.user, absences, today)
    promised = rows.steps_of(request.user, today)
    access_log.note(
        request,
        Action.LIST,
        people=list(dict.fromkeys(one.person_id for one in [*contacts, *promised])),
    )
    diary = MyDiary(
        contacts=contacts,
        covers={pk: away.worker.name for pk, away in covered.items()},
        steps=promised,
        today=today,
        tabs=_tabs(request, "diary:mine"),
        is_worker=request.user.worker_id is not None,
        covering=list(dict.fromkeys(one.worker.name for one in absences)),
    )
    return render(request, "diary/mine.jinja", {"diary": diary})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def past(request: HttpRequest) -> HttpResponse:
    """The user's contacts before today, latest first."""
    today = timezone.localdate()
    page = keyset.page(
        rows.past_of(request.user, today),
        order=("-date", "-order_key", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    access_log.note(request, Action.LIST, people=[one.person_id for one in page.rows])
    diary = ListedDiary(
        page,
        path=reverse("diary:past"),
        today=today,
        tabs=_tabs(request, "diary:past"),
        heading=_("Past contacts"),
        nothing=_("You have met nobody yet whose record you may open."),
        with_worker=False,
        forwards=False,
    )
    return render(request, "diary/listed.jinja", {"diary": diary})


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"])
def team(request: HttpRequest) -> HttpResponse:
    """What is booked in the teams that the user leads."""
    today = timezone.localdate()
    page = keyset.page(
        rows.team_diary(request.user, today),
        order=("date", "order_key", "pk"),
        size=TEAM_PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    access_log.note(request, Action.LIST, people=[one.person_id for one in page.rows])
    diary = ListedDiary(
        page,
        path=reverse("diary:team"),
        today=today,
        tabs=_tabs(request, "diary:team"),
        heading=_("The team's diary"),
        nothing=_("Nothing is booked in a team that you lead."),
        with_worker=True,
        forwards=True,
    )
    return render(request, "diary/listed.jinja", {"diary": diary})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """One contact: what was said, what comes next, who wrote it down."""
    found = contact_of(request, contact_id)
    today = timezone.localdate()
    page = ContactPage(
        found,
        workers=[worker.name for worker in rows.workers_of(found)],
        notes=list(found.notes.select_related("author").order_by("created_at", "pk")),
        steps=list(found.steps.select_related("worker", "team", "person")),
        following=rows.next_booked(found.person, today, other_than=found.pk),
        events=list(
            found.person.events.filter(about=found.pk).select_related("by").order_by("created_at")
        ),
        remarks=said_about(found),
        on=today,
    )
    return render(request, "diary/contact.jinja", {"page": page})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def step(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """A promise is marked as kept."""
    visible = Step.objects.visible_to(request.user).select_related("person", "worker", "team")
    found = get_object_or_404(visible, pk=step_id)
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=found.person, record=found)
    form = StepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            steps.finish_step(
                step=found, by=request.user, what_happened=form.cleaned_data["what_happened"]
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Marked as done."))
            return redirect(safe_next(request, reverse("people:detail", args=[found.person_id])))
    page = FormPage(
        heading=found.words,
        caption=found.person.display_name,
        submit=_("Mark as done"),
        back=person_link(found.person),
    )
    return render(request, "diary/short.jinja", {"form": form, "page": page, "saved": None})
