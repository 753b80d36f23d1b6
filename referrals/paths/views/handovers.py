"""Handovers of a person from one team's worker to another's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from referrals import services
from referrals.models import Handover
from referrals.paths import policy
from referrals.paths.forms import ChecklistForm, HandoverForm, ReasonForm
from referrals.paths.presenters import HandoverPage, HandoversPage
from referrals.paths.views.shared import (
    PAGE,
    ask,
    heading,
    person_link,
    visible_handover,
    visible_person,
    visible_referral,
)


def _link(handover: Handover) -> Link:
    return Link(_("Handover"), reverse("paths:handover_steps", args=[handover.pk]))


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def handover_list(request: HttpRequest) -> HttpResponse:
    """Handovers under way of the people whose record the user may open."""
    rows = Handover.objects.visible_to(request.user).under_way()
    page = keyset.page(
        rows.select_related("person", "from_team", "from_worker", "to_team", "to_worker"),
        order=("created_at", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    access_log.note(request, Action.LIST, people=[row.person_id for row in page.rows])
    presenter = HandoversPage(page, worker_id=request.user.worker_id)  # type: ignore[union-attr]
    return render(request, "paths/handovers.jinja", {"page": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def begin(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Begin to hand a person over to a named worker of another team, or of the same one."""
    person = visible_person(request, person_id)
    held = policy.holder_of(person)
    if request.method == "POST" and not policy.may_hand_over(request.user, held):
        raise PermissionDenied
    form = HandoverForm(
        request.POST or None,
        teams=policy.receiving_teams(request.user, person),
        holder=held.worker_id if held is not None else None,
    )
    intro = [_("Whoever holds %(name)s goes on until the new worker has accepted.")]
    if held is not None:
        intro.insert(0, _("%(holder)s holds %(name)s now."))
    names = {"name": person.display_name, "holder": held}
    page = FormPage(
        heading=_("Hand %(name)s over") % names,
        intro=tuple(line % names for line in intro),
        submit=_("Begin the handover"),
        back=person_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = services.propose_handover(
            person=person,
            to_team=data["to_team"],
            to_worker=data["to_worker"],
            by=request.user,  # type: ignore[arg-type]
            reason=data["reason"],
            referral=policy.referral_to(person, data["to_team"]),
            overlap_until=data["overlap_until"],
        )
        return _("The handover has begun. Go through the steps together."), _link(made).href

    return ask(request, form, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def of_referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """From a referral to the person's handover: the one under way, else a new one."""
    person = visible_referral(request, referral_id).person
    under_way = person.handovers.under_way().first()
    if under_way is not None:
        return redirect("paths:handover_steps", under_way.pk)
    return redirect("paths:handover_begin", person.pk)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """One handover: the checklist, agreed with the person, and who does what next."""
    found = visible_handover(request, handover_id)
    presenter = HandoverPage(
        found,
        heading=heading(found.person),
        today=timezone.localdate(),
        user=request.user,
        allocates=accounts.teams_where(request.user, Permission.ALLOCATE),
    )
    if request.method == "POST" and not presenter.may_tick:
        raise PermissionDenied
    form = ChecklistForm(request.POST or None, initial=presenter.initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.tick_handover(
                handover=found,
                by=request.user,  # type: ignore[arg-type]
                steps_done=data["steps_done"],
                agreed_on=data["agreed_on"],
                person_words=data["person_words"],
                dates={
                    name: data[name] for name in ("introduced_on", "joint_meeting_on", "goodbye_on")
                },
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect(_link(found).href)
    return render(request, "paths/handover.jinja", {"person": presenter, "form": form})


@requires(Permission.SEE_PEOPLE)
@http_methods(write=["POST"])
def accept(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The new worker takes over: from now on they answer for the person."""
    found = visible_handover(request, handover_id)
    try:
        services.accept_handover(handover=found, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, _("%(worker)s holds the person from now on.") % {"worker": found.to_worker}
        )
    return redirect(_link(found).href)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def decline(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The new worker cannot take the person on, and says why."""
    found = visible_handover(request, handover_id)
    page = FormPage(
        heading=_("You cannot take this on"),
        intro=(_("Nothing changes for the person: whoever holds them goes on."),),
        submit=_("Decline the handover"),
        back=_link(found),
        is_warning=True,
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.decline_handover(handover=found, by=request.user, reason=data["reason"])  # type: ignore[arg-type]
        return _("The handover is declined."), _link(found).href

    return ask(request, ReasonForm(request.POST or None), page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def stop(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The handover does not take place."""
    found = visible_handover(request, handover_id)
    page = FormPage(
        heading=_("Call off the handover"),
        intro=(_("Nothing changes for the person: whoever holds them goes on."),),
        submit=_("Call it off"),
        back=_link(found),
        is_warning=True,
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        services.stop_handover(handover=found, by=request.user, reason=data["reason"])  # type: ignore[arg-type]
        return _("The handover is called off."), _link(found).href

    return ask(request, ReasonForm(request.POST or None), page, act)
