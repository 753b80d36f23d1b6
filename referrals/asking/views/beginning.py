"""Beginning to ask: what for, whom, and at night in three answers."""

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
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage
from casework.directory.models import Locality
from referrals.asking import policy, services, teams
from referrals.asking.forms import MissingForm, NeedForm, StartForm, UrgentForm
from referrals.asking.presenters import StartPage, TeamsPage
from referrals.asking.record import Record
from referrals.asking.views.common import (
    person_link,
    person_of,
    read_link,
    read_of,
    referral_href,
    written_of,
)
from referrals.errors import EventRefused
from referrals.models import Ask, Referral
from referrals.table import State

PAGE = 20


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def start(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What is asked for, beside what has been asked already."""
    person = person_of(request, person_id)
    form = StartForm(request.POST or None, teams=policy.sending_teams(request.user))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            referral = services.begin(
                person=person,
                by=request.user,  # type: ignore[arg-type]
                sender_team=data["sender_team"],
                kind=data["kind"],
                need=data["need"],
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("asking:teams", referral_id=referral.pk)
    asked = policy.readable(request.user).filter(person=person)
    under_way = asked.exclude(state__in=(State.CLOSED, State.DECLINED, State.WITHDRAWN))
    page = StartPage(person, list(under_way.order_by("-received_on", "-pk")[:PAGE]), referral_href)
    return render(request, "asking/start.jinja", {"form": form, "page": page})


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def urgent(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Three answers, and it is sent."""
    person = person_of(request, person_id)
    receivers = teams.for_urgent(person.locality)
    usual = teams.usual_at_night(receivers)
    initial = {"reach_words": Record(person).reach(), "team": usual.pk if usual else None}
    draft = DraftForm(
        request,
        f"urgent:{person.pk}",
        UrgentForm,
        teams=policy.sending_teams(request.user),
        receivers=receivers,
        initial=initial,
    )
    if draft.is_valid():
        try:
            referral = services.ask_urgently(
                person=person,
                by=request.user,  # type: ignore[arg-type]
                **draft.form.cleaned_data,
            )
        except EventRefused as refusal:
            for sentence in refusal.reasons:
                draft.form.add_error(None, sentence)
            draft.keep()
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(
                request,
                _("Sent to %(team)s. Please complete the rest within 24 hours.")
                % {"team": referral.team},
            )
            return redirect("asking:read", referral_id=referral.pk)
    page = FormPage(
        heading=_("Urgent: ask for help for %(name)s") % {"name": person.display_name},
        intro=(
            _("Three answers are enough. It is sent at once; the rest is asked within 24 hours."),
            _("This page is not watched. In danger now: ring 999."),
        ),
        submit=_("Send it now"),
        back=person_link(person),
        is_warning=True,
    )
    return render(
        request, "asking/urgent.jinja", {"form": draft.form, "draft": draft, "page": page}
    )


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def team_list(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Who could help, what they offer and how long they really take; choose whom to ask."""
    referral = written_of(request, referral_id)
    if referral.state != State.DRAFT:
        return redirect("asking:read", referral_id=referral.pk)
    ask = getattr(referral, "asking", None) or Ask(referral=referral)
    person = referral.person
    locality = person.locality
    form = NeedForm(initial={"need": ask.need, "locality": locality})
    if request.method == "POST":
        answer = _choose(request, referral)
        if answer is not None:
            return answer
        form = NeedForm(request.POST)
        if form.is_valid():
            locality = form.cleaned_data["locality"]
            try:
                services.set_need(
                    referral=referral,
                    by=request.user,  # type: ignore[arg-type]
                    need=form.cleaned_data["need"],
                    seen_version=referral.version,
                )
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                # the place is not kept: it is only where this list looks
                place = f"?in={locality.pk}" if locality else "?in=all"
                return redirect(reverse("asking:teams", args=[referral.pk]) + place)
    else:
        locality = _place(form, request.GET.get("in", ""), locality)
        form.initial["locality"] = locality
    rows = teams.could_help(need=ask.need, locality=locality, but=referral.sender_team_id)
    found = keyset.page(
        rows,
        order=teams.ORDER,
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    choices = teams.choices(
        found.rows, need=ask.need, urgent=referral.urgent, today=timezone.localdate()
    )
    page = TeamsPage(referral, ask, choices, found, locality)
    return render(request, "asking/teams.jinja", {"form": form, "page": page})


def _place(form: NeedForm, said: str, usual: Locality | None) -> Locality | None:
    """Where the list looks: where the person lives, unless another place was chosen."""
    if not said:
        return usual
    field: Any = form.fields["locality"]
    return next((one for one in field.queryset if str(one.pk) == said), None)


def _choose(request: HttpRequest, referral: Referral) -> HttpResponse | None:
    chosen = request.POST.get("team")
    if chosen is None:
        return None
    rows = teams.could_help(need="", locality=None, but=referral.sender_team_id)
    team = rows.filter(pk__in=teams.ids([chosen])).first()
    if team is None:
        messages.error(request, _("Choose a receiving team that is open."))
        return redirect("asking:teams", referral_id=referral.pk)
    try:
        services.choose_team(
            referral=referral,
            by=request.user,  # type: ignore[arg-type]
            team=team,
            seen_version=referral.version,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("asking:teams", referral_id=referral.pk)
    messages.success(request, _("%(team)s is asked.") % {"team": team})
    return redirect("asking:write", referral_id=referral.pk)


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def missing(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Nothing exists here: said honestly, and counted."""
    referral = written_of(request, referral_id)
    ask = getattr(referral, "asking", None)
    form = MissingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.note_missing(
                need=ask.need if ask else "",
                by=request.user,  # type: ignore[arg-type]
                words=form.cleaned_data["words"],
                locality=referral.person.locality,
                person=referral.person,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request,
                _("It is written down. What is nearest can still be asked; so can the network."),
            )
            return redirect("asking:teams", referral_id=referral.pk)
    page = FormPage(
        heading=_("Nothing like it exists here"),
        intro=(
            _("It is counted for this need and place, and shown in the directory as a number."),
        ),
        submit=_("Write it down"),
        back=read_link(referral),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.REFER)
@http_methods(write=["POST"])
def again(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The same story once more, for another team or after an answered question."""
    referral = read_of(request, referral_id)
    ours = policy.sending_teams(request.user)
    team = ours.filter(pk=referral.sender_team_id).first() or get_object_or_404(ours[:1])
    try:
        found = services.follow_on(
            referral=referral,
            by=request.user,  # type: ignore[arg-type]
            sender_team=team,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("asking:read", referral_id=referral.pk)
    messages.success(request, _("Nothing has to be told again: the story is here. Change it here."))
    return redirect("asking:teams" if found.team_id is None else "asking:write", found.pk)
