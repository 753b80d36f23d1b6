"""The list of areas of life, for whoever looks after it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from careplans import policy, services
from careplans.forms import AreaForm, LocalAreasForm
from careplans.models import AreaOfLife
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"])
def areas(request: HttpRequest) -> HttpResponse:
    """Every area of life, and the localities that have a list of their own."""
    shown = {"areas": policy.every_area(), "localities": policy.localities()}
    return render(request, "careplans/areas.jinja", shown)


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def local_areas(request: HttpRequest, locality_id: UUID) -> HttpResponse:
    """Which areas of life new plans of a locality have, and in which order."""
    found = get_object_or_404(policy.localities(), pk=locality_id)
    if request.method == "POST" and "as_everywhere" in request.POST:
        services.as_everywhere(locality=found, by=request.user)  # type: ignore[arg-type]
        messages.success(
            request, _("%(place)s uses the list of everybody again.") % {"place": found.name}
        )
        return redirect("plan_lists:areas")
    form = LocalAreasForm(request.POST or None, areas=list(policy.local_areas(found)))
    if request.method == "POST" and form.is_valid():
        try:
            services.arrange(locality=found, by=request.user, used=form.used)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The list of %(place)s is saved.") % {"place": found.name})
            return redirect("plan_lists:areas")
    page = FormPage(
        heading=_("Areas of life in %(place)s") % {"place": found.name},
        intro=(
            _(
                "The order is only for the eye: every area weighs the same, and each person says"
                " what comes first for them."
            ),
            _(
                "An area that is left out stays in the plans that have it. One that is taken in"
                " reaches every plan there that is going on."
            ),
        ),
        submit=_("Save this list"),
        back=Link(_("Areas of life"), reverse("plan_lists:areas")),
    )
    return render(
        request,
        "careplans/local_areas.jinja",
        {"form": form, "page": page, "own": found.own_areas, "place": found.name},
    )


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def add_area(request: HttpRequest) -> HttpResponse:
    """Add an area of life to every plan that is going on."""
    return _ask(request, None)


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def edit_area(request: HttpRequest, area_id: UUID) -> HttpResponse:
    """Change how an area is called, where it stands, and whether new plans have it."""
    return _ask(request, get_object_or_404(policy.every_area(), pk=area_id))


def _ask(request: HttpRequest, row: AreaOfLife | None) -> HttpResponse:
    initial: dict[str, Any] = {"order": policy.last_place() + 10, "active": True}
    if row is not None:
        initial = {"name": row.name, "hint": row.hint, "order": row.order, "active": row.active}
    form = AreaForm(request.POST or None, initial=initial, localities=policy.localities())
    if row is None:
        del form.fields["active"]
    if row is not None or not policy.localities().exists():
        del form.fields["locality"]
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                services.add_area(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            else:
                services.edit_area(area=row, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(
                request,
                _("The area is saved.")
                if row
                else _("The area is added to every plan that is going on there.")
                if form.cleaned_data.get("locality")
                else _("The area is added, to every plan that is going on too."),
            )
            return redirect("plan_lists:areas")
    page = FormPage(
        heading=_("Change an area of life") if row else _("Add an area of life"),
        intro=(
            _("Plans that have it keep it, and what was shared keeps the name of then.")
            if row
            else _("Every plan that is going on gets it, with nothing written in it."),
        ),
        submit=_("Save"),
        back=Link(_("Areas of life"), reverse("plan_lists:areas")),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})
