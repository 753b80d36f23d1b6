"""The thresholds: what is in force, what a change would come to, and changing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.alerts import thresholds
from casework.alerts.forms import BackForm, ChoiceOfTeam, ThresholdForm
from casework.alerts.threshold_pages import ThresholdPage, ThresholdsPage
from casework.common import fence
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.presenters import query_string

PREVIEW = "preview"


def _scope(request: HttpRequest) -> thresholds.Scope:
    """For whom: among those for whom this user sets thresholds."""
    found = thresholds.scope_of(request.user, request.GET.get("of", ""))
    if found is None:
        raise Http404
    return found


def _one(scope: thresholds.Scope, code: str) -> thresholds.InForce:
    for one in thresholds.in_force(scope):
        if one.code == code:
            return one
    raise Http404


@requires(Permission.SET_THRESHOLDS)
@http_methods(read=["GET"])
def overview(request: HttpRequest) -> HttpResponse:
    """Every threshold that is in force for a team, a kind of team or everybody."""
    scope = _scope(request)
    form = ChoiceOfTeam(
        initial={"of": scope.code},
        choices=[(one.code, one.name) for one in thresholds.scopes(request.user)],
        label=_("For whom"),
    )
    page = ThresholdsPage(thresholds.in_force(scope), thresholds.changes(scope), scope)
    return render(request, "alerts/thresholds.jinja", {"page": page, "form": form})


@requires(Permission.SET_THRESHOLDS)
@http_methods(read=["GET"], write=["POST"])
@fence.beyond("how many people another value would flag")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """One threshold: see what another value would come to, then set it with a reason."""
    scope = _scope(request)
    one = _one(scope, code)
    only_look = PREVIEW in request.POST
    form = ThresholdForm(
        request.POST if request.method == "POST" else None,
        threshold=one.threshold,
        preview=only_look,
        initial={"value": f"{one.value:g}"},
    )
    effects = None
    if request.method == "POST" and form.is_valid():
        value: float = form.cleaned_data["value"]
        if only_look:
            effects = thresholds.preview(scope=scope, code=code, value=value)
        else:
            try:
                thresholds.change(
                    scope=scope,
                    code=code,
                    value=value,
                    reason=form.cleaned_data["reason"],
                    by=_user(request),
                )
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Saved. It counts from the next look at everybody."))
                return redirect(_overview(scope))
    page = ThresholdPage(one, scope, effects, thresholds.changes(scope, code))
    return render(request, "alerts/threshold.jinja", {"page": page, "form": form})


@requires(Permission.SET_THRESHOLDS)
@http_methods(read=["GET"], write=["POST"])
def back_to_default(request: HttpRequest, code: str) -> HttpResponse:
    """Put a threshold back to what is set more widely, or to the default."""
    scope = _scope(request)
    one = _one(scope, code)
    if one.set_here is None:
        raise Http404
    form = BackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            thresholds.change(
                scope=scope,
                code=code,
                value=None,
                reason=form.cleaned_data["reason"],
                by=_user(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("It is no longer set here."))
            return redirect(_overview(scope))
    page = FormPage(
        heading=_("Put it back"),
        intro=(str(one.threshold.text), _("For: %(whom)s") % {"whom": scope.name}),
        submit=_("Put it back"),
        back=Link(
            _("The threshold"),
            query_string(reverse("alerts:threshold", args=[code]), of=scope.code),
        ),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


def _user(request: HttpRequest) -> Any:
    return request.user


def _overview(scope: thresholds.Scope) -> str:
    return query_string(reverse("alerts:thresholds"), of=scope.code)
