"""The pages of somebody whom people let in: they come in, read what they may today, and
write to the team where they may."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from casework.accounts import sessions
from casework.accounts.drafts import DraftForm
from casework.accounts.sessions import Idle
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common import fence
from casework.common.dates import add_working_days
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.presenters import short_date
from casework.portal import carers, look
from casework.portal.access import carer_before_second_step, carer_page, has_second_step
from casework.portal.carer_forms import ComeInForm, LookForm
from casework.portal.forms import CodeForm
from casework.portal.models import Carer
from casework.portal.pages import CarerFrame, ask
from casework.portal.talk import messages as talk
from casework.portal.talk.promises import MESSAGES, days_to_answer, held_by
from casework.portal.talk_forms import MessageForm

_by_a_code = fence.beyond("a carer whom somebody has given a code, before they have an account")
CODE = "carer_code"  # its place in the session, until the account is there


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """One of a carer's pages, in its frame."""
    return render(request, template, {"portal": CarerFrame(request), **context})


@sensitive_post_parameters("code")
@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_by_a_code
def start(request: HttpRequest) -> HttpResponse:
    """Enter the code that the person gave."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if carers.find(code) is not None:
            request.session[CODE] = code
            return redirect("portal:carer_come_in")
        form.add_error("code", _("This code does not work. Check it with whoever gave it to you."))
    return render(request, "portal/carer/start.jinja", {"form": form})


@sensitive_post_parameters("password")
@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_by_a_code
def come_in(request: HttpRequest) -> HttpResponse:
    """Choose how to sign in, or sign in as before, with the code that has just been entered."""
    code = request.session.get(CODE, "")
    if not code or carers.find(code) is None:
        return redirect("portal:carer_start")
    form = ComeInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            carer = carers.come_in(code=code, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            request.session.flush()
            if has_second_step(carer):  # known already: the second step is asked for as always
                return redirect("account_login")
            login(request, carer.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("portal:carer_home")
    return render(request, "portal/carer/come_in.jinja", {"form": form})


@sensitive_post_parameters("code")
@carer_before_second_step
@http_methods(read=["GET"], write=["POST"])
def second_step(request: HttpRequest, carer: Carer) -> HttpResponse:
    """Set up the second step of signing in: an app that shows a code."""
    if has_second_step(carer):
        return redirect("portal:carer_home")
    form = ActivateTOTPForm(request.POST or None, user=carer.user)
    form.fields["code"].label = _("The 6 numbers")
    form.fields["code"].error_messages["required"] = _("Enter the 6 numbers")
    if request.method == "POST" and form.is_valid():
        totp.TOTP.activate(carer.user, form.secret)
        return redirect("portal:carer_home")
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(carer.user, form.secret))
    picture = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return show(request, "portal/second_step.jinja", form=form, picture=picture, secret=form.secret)


@carer_page
@http_methods(read=["GET"])
def home(request: HttpRequest, carer: Carer) -> HttpResponse:
    """What people show me today; an ordinary page where that is nothing, whatever the reason."""
    today = timezone.localdate()
    found = []
    for access in carers.accesses_of(carer, today):
        parts = carers.opened(access, today)
        if parts:
            found.append((access, parts))
            access_log.note(request, Action.VIEW, person=access.person_id, record=access)
    return show(request, "portal/carer/home.jinja", carer=carer, people=found)


@carer_page
@http_methods(read=["GET"], write=["POST"])
def write(request: HttpRequest, carer: Carer, access_id: UUID) -> HttpResponse:
    """Write to the team of somebody who lets me, in my own name."""
    today = timezone.localdate()
    access = get_object_or_404(carer.accesses.on(today).select_related("person"), pk=access_id)
    if not carers.may_do(access, carers.WRITES, today):
        raise Http404
    name, held = access.person.display_name, held_by(access.person)
    back = Link(_("Home"), reverse("portal:carer_home"))
    page = FormPage(_("Write to the team of %(name)s") % {"name": name}, _("Send my message"), back)
    day = add_working_days(today, days_to_answer(held.team, MESSAGES))

    def act(form: Any) -> tuple[str, str]:
        talk.write_as_carer(
            access=access,
            words=form.cleaned_data["words"],
            wants_answer=not form.cleaned_data["no_answer"],
        )
        access_log.note(request, Action.CHANGE, person=access.person_id, record=access)
        return _("Sent. The answer comes to your page."), back.href

    return ask(
        request,
        DraftForm(request, f"portal:carer:{access.pk}", MessageForm),
        page,
        act,
        template="portal/carer/write.jinja",
        place=show,
        name=name,
        team=held.team,
        answer_by=short_date(day),
        phone=held.team.phone if held.team else "",
    )


@carer_before_second_step
@http_methods(write=["POST"])
def leave(request: HttpRequest, carer: Carer) -> HttpResponse:
    """Sign out because somebody leaves in a hurry."""
    logout(request)
    return redirect(settings.QUICK_EXIT_URL)


@carer_page
@http_methods(read=["GET"], write=["POST"])
def stay(request: HttpRequest, carer: Carer) -> HttpResponse:
    """Somebody is still there: by a link that leaves their own page open, or for its script."""
    sessions.extend(request)
    if request.method == "POST":
        return JsonResponse({"left": Idle(request).left})
    return show(request, "portal/stay.jinja", until=Idle(request).until)


@carer_page
@http_methods(read=["GET"], write=["POST"])
def shown(request: HttpRequest, carer: Carer) -> HttpResponse:
    """Language, bigger letters, stronger contrast."""
    form = LookForm(request.POST or None, initial=look.chosen(carer))
    if request.method == "POST" and form.is_valid():
        look.choose_look(shown=carer, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("portal:carer_home")
    return show(request, "portal/carer/shown.jinja", form=form)
