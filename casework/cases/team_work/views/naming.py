"""Naming a worker, changing and ending it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import services
from casework.cases.team_work import policy
from casework.cases.team_work.forms import AllocateForm, ChangeForm, EndForm
from casework.cases.team_work.known import known_to
from casework.cases.team_work.panels import absences_around, open_check_ins, open_handovers
from casework.cases.team_work.presenters import CompanyPage
from casework.cases.team_work.views.shared import (
    ask,
    company_link,
    decided_allocation,
    heading,
    must_allocate,
    visible_person,
)
from casework.common.http import http_methods
from casework.common.pages import FormPage


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def company(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Who is with a person, whom they know, what is changing, how they stay in touch."""
    person = visible_person(request, person_id)
    top = heading(person)
    may_allocate = policy.can_allocate(request.user, person)
    presenter = CompanyPage(
        person,
        heading=top,
        today=top.on,
        allocations=list(person.allocations.on(top.on).select_related("worker", "team")),
        handovers=open_handovers(person),
        known=known_to(person, top.on),
        check_ins=open_check_ins(person),
        absences=absences_around(person, top.on),
        may_allocate=may_allocate,
        may_record=policy.can_record(request.user),
    )
    return render(request, "team_work/company.jinja", {"person": presenter})


@requires(Permission.ALLOCATE)
@http_methods(read=["GET"], write=["POST"])
def allocate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Name a worker for a person: those whom they know come first."""
    person = visible_person(request, person_id)
    must_allocate(request, person)
    form = AllocateForm(
        request.POST or None,
        known=known_to(person),
        colleagues=policy.colleagues(request.user, person),
    )
    page = FormPage(
        heading=_("Name a worker for %(name)s") % {"name": person.display_name},
        intro=(_("Those whom %(name)s has met come first.") % {"name": person.display_name},),
        submit=_("Name this worker"),
        back=company_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = services.allocate(
            person=person,
            worker=data["chosen"],
            by=request.user,  # type: ignore[arg-type]
            role=data["role"],
            start=data["start"],
            reason=data["reason"],
            person_says=data["person_says"],
        )
        done = _("%(worker)s is now named for %(name)s.") % {
            "worker": made.worker,
            "name": person.display_name,
        }
        return done, company_link(person).href

    return ask(request, form, page, act)


@requires(Permission.ALLOCATE)
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Another worker from a day on, at once."""
    allocation = decided_allocation(request, allocation_id)
    person = allocation.person
    form = ChangeForm(
        allocation,
        request.POST or None,
        known=known_to(person),
        colleagues=policy.colleagues(request.user, person),
        without=[allocation.worker_id],
    )
    page = FormPage(
        heading=_("Another worker instead of %(worker)s") % {"worker": allocation.worker},
        intro=(
            _(
                "A change at once is hard for somebody who has told their story to one worker."
                " Where there is any time, plan a handover instead."
            ),
        ),
        submit=_("Change the worker"),
        back=company_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = services.change_worker(
            allocation=allocation,
            to=data["chosen"],
            by=request.user,  # type: ignore[arg-type]
            end_reason=data["end_reason"],
            last_day=data["last_day"],
            planned=data["planned"] == "yes",
            reason=data["reason"],
            person_says=data["person_says"],
        )
        done = _("%(worker)s is now named for %(name)s.") % {
            "worker": made.worker,
            "name": person.display_name,
        }
        return done, company_link(person).href

    return ask(request, form, page, act)


@requires(Permission.ALLOCATE)
@http_methods(read=["GET"], write=["POST"])
def end(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """A worker is no longer named; nobody takes over here."""
    allocation = decided_allocation(request, allocation_id)
    person = allocation.person
    form = EndForm(allocation, request.POST or None)
    names = {"worker": allocation.worker, "name": person.display_name}
    page = FormPage(
        heading=_("%(worker)s is no longer named for %(name)s") % names,
        intro=(_("Nobody takes over by this. To name somebody else, change the worker."),),
        submit=_("End this"),
        back=company_link(person),
        is_warning=True,
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.end_allocation(
            allocation=allocation,
            by=request.user,  # type: ignore[arg-type]
            reason=data["end_reason"],
            end=data["end"],
            planned=data["planned"] == "yes",
        )
        left = person.allocations.on(timezone.localdate()).filter(end__isnull=True).exists()
        done = _("%(worker)s is no longer named for %(name)s.") % names
        if not left:
            done = " ".join([done, _("Nobody is named for them now.")])
        return done, reverse("team_work:company", args=[person.pk])

    return ask(request, form, page, act)
