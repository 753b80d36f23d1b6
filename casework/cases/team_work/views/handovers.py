"""Planned changes of worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import WorkerHandover
from casework.cases.services import handovers
from casework.cases.team_work import policy
from casework.cases.team_work.forms import HandoverDatesForm, HandoverForm, ReasonForm, StepForm
from casework.cases.team_work.known import known_to
from casework.cases.team_work.presenters import HandoverPage, HandoversPage
from casework.cases.team_work.views.shared import (
    PAGE,
    ask,
    company_link,
    decided_allocation,
    heading,
    must_allocate,
    note,
    tabs,
)
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


def _handover(request: HttpRequest, handover_id: UUID) -> WorkerHandover:
    rows = WorkerHandover.objects.visible_to(request.user)
    found = get_object_or_404(
        rows.select_related("person__provider", "from_worker", "to_worker"), pk=handover_id
    )
    note(request, found.person)
    return found


def _link(handover: WorkerHandover) -> Link:
    return Link(_("Handover"), reverse("team_work:handover", args=[handover.pk]))


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def handover_list(request: HttpRequest) -> HttpResponse:
    """Handovers under way of the people whose record the user may open."""
    rows = WorkerHandover.objects.visible_to(request.user)
    rows = rows.filter(completed_on__isnull=True, cancelled_on__isnull=True)
    page = keyset.page(
        rows.select_related("person", "from_worker", "to_worker"),
        order=("overlap_until", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    access_log.note(request, Action.LIST, people=[row.person_id for row in page.rows])
    presenter = HandoversPage(page, today=timezone.localdate(), pages=tabs(request, "handovers"))
    return render(request, "team_work/handovers.jinja", {"page": presenter})


@requires(Permission.ALLOCATE)
@http_methods(read=["GET"], write=["POST"])
def plan(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Plan that a named worker hands over to another one."""
    allocation = decided_allocation(request, allocation_id)
    person = allocation.person
    form = HandoverForm(
        request.POST or None,
        known=known_to(person),
        colleagues=policy.colleagues(request.user, person),
        without=[allocation.worker_id],
    )
    names = {"worker": allocation.worker, "name": person.display_name}
    page = FormPage(
        heading=_("Plan a handover from %(worker)s") % names,
        intro=(_("For %(name)s. Both workers see each step, and what is still to come.") % names,),
        submit=_("Plan the handover"),
        back=company_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = handovers.plan(
            allocation=allocation,
            to=data["chosen"],
            by=request.user,  # type: ignore[arg-type]
            reason=data["reason"],
            starts_on=data["starts_on"],
            overlap_until=data["overlap_until"],
            agreed_on=data["agreed_on"] if data["agreed"] == "yes" else None,
            person_says=data["person_says"] or "",
        )
        return _("The handover is planned."), _link(made).href

    return ask(request, form, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """One handover, step by step; both workers record the steps."""
    found = _handover(request, handover_id)
    presenter = HandoverPage(
        found,
        heading=heading(found.person),
        today=timezone.localdate(),
        may=policy.can_allocate(request.user, found.person),
    )
    form = StepForm(presenter.lines.to_do, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["step"] == "agreed":
                handovers.agree(
                    handover=found,
                    on=data["on"],
                    person_says=data["person_says"] or "",
                    by=request.user,  # type: ignore[arg-type]
                )
            else:
                handovers.tick(
                    handover=found,
                    step=data["step"],
                    on=data["on"],
                    by=request.user,  # type: ignore[arg-type]
                )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The step is recorded."))
            return redirect(_link(found).href)
    return render(request, "team_work/handover.jinja", {"person": presenter, "form": form})


@requires(Permission.ALLOCATE)
@http_methods(read=["GET"], write=["POST"])
def dates(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Other days for a handover."""
    found = _handover(request, handover_id)
    must_allocate(request, found.person)
    form = HandoverDatesForm(found, request.POST or None)
    page = FormPage(
        heading=_("Change the dates of the handover"), submit=_("Save"), back=_link(found)
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        handovers.change_dates(
            handover=found,
            starts_on=data["starts_on"],
            overlap_until=data["overlap_until"],
            by=request.user,  # type: ignore[arg-type]
        )
        return _("The dates are changed."), _link(found).href

    return ask(request, form, page, act)


@requires(Permission.ALLOCATE)
@http_methods(read=["GET"], write=["POST"])
def cancel(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The handover does not take place."""
    found = _handover(request, handover_id)
    must_allocate(request, found.person)
    form = ReasonForm(request.POST or None)
    page = FormPage(
        heading=_("Call off the handover"),
        intro=(
            _("%(old)s stays. Where %(new)s has begun, that ends today.")
            % {"old": found.from_worker, "new": found.to_worker},
        ),
        submit=_("Call it off"),
        back=_link(found),
        is_warning=True,
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        handovers.cancel(handover=found, reason=data["reason"], by=request.user)  # type: ignore[arg-type]
        return _("The handover is called off."), company_link(found.person).href

    return ask(request, form, page, act)


@requires(Permission.ALLOCATE)
@http_methods(write=["POST"])
def complete(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The old worker's time ends today, before the overlap does."""
    found = _handover(request, handover_id)
    must_allocate(request, found.person)
    try:
        handovers.complete(handover=found, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, _("The handover is complete: %(new)s is named.") % {"new": found.to_worker}
        )
    return redirect(_link(found).href)
