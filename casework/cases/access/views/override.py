"""Opening a record in an emergency."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access import banner, overrides, policy
from casework.cases.access.forms import OverrideForm
from casework.cases.access.presenters import ProposalPage
from casework.cases.access_log import Action
from casework.common import fence
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link

_of_their_own = fence.beyond("an override that the user has just asked for, or holds open")


def _back() -> Link:
    return Link(_("People"), reverse("people:list"))


@requires(Permission.OVERRIDE)
@http_methods(read=["GET"], write=["POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Whose record, and why. That it was asked for is written down before anything is looked up;
    the answer is the same whether or not there is such a record."""
    user: Any = request.user
    form = OverrideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            overrides.may_ask(by=user)
            access_log.write(
                request, Action.OVERRIDE, reason=data["category"], reason_words=data["reason"]
            )
            asked = overrides.ask(
                identifier=data["identifier"],
                category=data["category"],
                reason=data["reason"],
                safety_reason=data["safety_reason"] or "",
                by=user,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("access:confirm", override_id=asked.pk)
    page = FormPage(
        heading=_("Open a record in an emergency"),
        intro=(
            _(
                "For a person whose record you cannot open, when waiting would do harm. It opens"
                " for one hour. It is written down now, the privacy officer looks at it, and the"
                " person is told."
            ),
        ),
        submit=_("Continue"),
        back=_back(),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.OVERRIDE)
@http_methods(read=["GET"], write=["POST"])
@_of_their_own
def confirm(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """What is about to happen; then the record opens."""
    user: Any = request.user
    asked = get_object_or_404(policy.own_proposals(user), pk=override_id)
    if request.method == "POST":
        try:
            opened = overrides.open_record(override=asked, by=user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("access:override")
        banner.remember(request, user)
        access_log.note(
            request,
            Action.OVERRIDE,
            person=opened.person,
            record=opened,
            reason=opened.category,
            reason_words=opened.reason,
        )
        return redirect("people:detail", person_id=opened.person_id)
    return render(request, "access/confirm.jinja", {"page": ProposalPage(asked)})


@requires(Permission.OVERRIDE)
@http_methods(write=["POST"])
@_of_their_own
def finish(request: HttpRequest) -> HttpResponse:
    """Close what is open by override before its hour is over."""
    user: Any = request.user
    for one in policy.own_open(user):
        overrides.finish(override=one, by=user)
    banner.remember(request, user)
    messages.success(request, _("The record is closed for you again."))
    return redirect("people:list")
