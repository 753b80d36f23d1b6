"""Journeys that were turned away or passed on twice, and the short joint meeting that follows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common import keyset
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from referrals.models import BounceMeeting, Referral
from referrals.paths import bounced
from referrals.paths.forms import MeetingForm, MeetingHeldForm, ReasonForm
from referrals.paths.presenters import BouncesPage
from referrals.paths.views.shared import PAGE, ask, note, visible_referral
from referrals.services import bounces as services


def _back() -> Link:
    return Link(_("Passed on twice"), reverse("paths:bounces"))


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"])
def bounce_list(request: HttpRequest) -> HttpResponse:
    """Journeys with two or more bounces of people whose record the user may open, and how many
    declines were challenged twice and are not decided."""
    rows = bounced.often(Referral.objects.visible_to(request.user), timezone.localdate())
    page = keyset.page(
        rows,
        order=("-received_on", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    people = [row.person_id for row in page.rows]
    network = accounts.may_in_network(request.user, Permission.SEE_NETWORK)
    challenged = bounced.challenged_twice(
        Referral.objects.visible_to(request.user),
        None if network else accounts.teams_where(request.user, Permission.SEE_TEAM_ALERTS),
    )
    people += [row.person_id for one in challenged for row in one.rows]
    access_log.note(request, Action.LIST, people=people)
    presenter = BouncesPage(page, challenged, network=network)
    return render(request, "paths/bounces.jinja", {"page": presenter})


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"], write=["POST"])
def plan(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Plan the joint meeting of a journey."""
    referral = visible_referral(request, referral_id)
    if not services.may_arrange(request.user, referral):  # type: ignore[arg-type]
        raise PermissionDenied
    page = FormPage(
        heading=_("Plan a joint meeting about %(name)s") % {"name": referral.person.display_name},
        intro=(
            _("Both teams and the person meet shortly, and agree who takes it from here."),
            _("Nobody is sent on again before that."),
        ),
        submit=_("Plan the meeting"),
        back=_back(),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.plan_meeting(
            journey=referral,
            planned_on=data["planned_on"],
            who=data["who"],
            by=request.user,  # type: ignore[arg-type]
        )
        return _("The meeting is planned."), _back().href

    return ask(request, MeetingForm(request.POST or None), page, act)


def _meeting(request: HttpRequest, meeting_id: UUID) -> BounceMeeting:
    rows = BounceMeeting.objects.visible_to(request.user).select_related("person", "journey")
    found = get_object_or_404(rows, pk=meeting_id)
    note(request, found.person)
    if not services.may_arrange(request.user, found.journey):  # type: ignore[arg-type]
        raise PermissionDenied
    return found


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"], write=["POST"])
def record(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting took place."""
    found = _meeting(request, meeting_id)
    page = FormPage(
        heading=_("The joint meeting about %(name)s") % {"name": found.person.display_name},
        intro=(_("Asked to come: %(who)s") % {"who": found.who},),
        submit=_("Save what was agreed"),
        back=_back(),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.record_meeting(
            meeting=found,
            held_on=data["held_on"],
            person_there=data["person_there"] == "yes",
            agreed_words=data["agreed_words"],
            by=request.user,  # type: ignore[arg-type]
        )
        return _("What was agreed is on record."), _back().href

    return ask(request, MeetingHeldForm(request.POST or None), page, act)


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"], write=["POST"])
def call_off(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting did not take place."""
    found = _meeting(request, meeting_id)
    page = FormPage(
        heading=_("The meeting did not take place"),
        intro=(_("The record shows it. You can plan another."),),
        submit=_("Save"),
        back=_back(),
        is_warning=True,
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.call_off_meeting(meeting=found, reason=data["reason"], by=request.user)  # type: ignore[arg-type]
        return _("Saved. Plan another meeting if it is still needed."), _back().href

    return ask(request, ReasonForm(request.POST or None), page, act)
