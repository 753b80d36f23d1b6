"""How work ends, or becomes less, with the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from referrals import policy, services
from referrals.actors import actor
from referrals.models import Referral
from referrals.paths.forms import CloseForm, EndingPlanForm, IntensityForm
from referrals.paths.presenters import EndingPage
from referrals.paths.views.shared import ask, heading, visible_referral
from referrals.table import Role


def _link(referral: Referral) -> Link:
    return Link(_("Ending"), reverse("paths:ending", args=[referral.pk]))


def _is_named(request: HttpRequest, referral: Referral) -> bool:
    roles = policy.roles_of(
        referral,
        actor(request.user),  # type: ignore[arg-type]
        responsibility=None,
        question=None,
    )
    return Role.NAMED_WORKER in roles


def _must_be_named(request: HttpRequest, referral: Referral) -> None:
    if not _is_named(request, referral):
        raise PermissionDenied


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def ending(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What there is before an ending: light touch first, the plan, the way back; and the ending."""
    referral = visible_referral(request, referral_id)
    named = _is_named(request, referral)
    presenter = EndingPage(
        referral,
        heading=heading(referral.person),
        today=timezone.localdate(),
        named=named,
        leads=accounts.may_in_team(request.user, Permission.SIGN_OFF, referral.team_id),
    )
    if request.method == "POST" and not named:
        raise PermissionDenied
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        page = FormPage(_("Ending"), _("End the work"), _link(referral))

        def act(data: dict[str, Any]) -> tuple[str, str]:
            services.close(
                referral=referral,
                by=request.user,  # type: ignore[arg-type]
                outcome_words=data["outcome_words"],
                close_reason=data["close_reason"],
            )
            return _("The work has ended. The person can come back."), _link(referral).href

        answer = ask(request, form, page, act)
        if answer.status_code == 302:
            return answer
    return render(request, "paths/ending.jinja", {"person": presenter, "form": form})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def plan(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Write the ending plan with the person."""
    referral = visible_referral(request, referral_id)
    _must_be_named(request, referral)
    form = EndingPlanForm(request.POST or None)
    page = FormPage(
        heading=_("Plan the ending with %(name)s") % {"name": referral.person.display_name},
        intro=(
            _("An ending is planned with the person, before its day."),
            _("It can end from tomorrow on. Nothing ends by itself."),
        ),
        submit=_("Save the plan"),
        back=_link(referral),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.write_ending_plan(referral=referral, by=request.user, **data)  # type: ignore[arg-type]
        return _("The ending plan is saved."), _link(referral).href

    return ask(request, form, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def intensity(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """More or less support, agreed with the person; no new triage."""
    referral = visible_referral(request, referral_id)
    _must_be_named(request, referral)
    wanted = request.GET.get("to", "")
    form = IntensityForm(
        request.POST or None,
        team_id=referral.team_id,
        initial={"intensity": wanted if wanted in Referral.Intensity.values else None},
    )
    now = referral.get_intensity_display() or _("not recorded")
    page = FormPage(
        heading=_("More or less support for %(name)s") % {"name": referral.person.display_name},
        intro=(_("Now: %(now)s.") % {"now": now}, _("No new referral and no triage are needed.")),
        submit=_("Save"),
        back=_link(referral),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.change_intensity(
            referral=referral,
            by=request.user,  # type: ignore[arg-type]
            intensity=data["intensity"],
            with_person=data["with_person"] == "yes",
            reason=data["reason"],
            extra_words=data["extra_words"] or "",
            extra_owner=data["extra_owner"],
            extra_until=data["extra_until"],
        )
        return _("Saved: the person gets the support that was agreed."), _link(referral).href

    return ask(request, form, page, act)
