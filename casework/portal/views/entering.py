"""Getting in, staying in, leaving, and one's own sign-in."""

from __future__ import annotations

import base64
from typing import Any

from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from casework.accounts import identities, sessions, strong
from casework.accounts.drafts import DraftForm
from casework.accounts.oidc import flow, providers
from casework.accounts.oidc.client import NoAnswer
from casework.accounts.presenters import SignedInPage
from casework.accounts.sessions import Idle
from casework.accounts.strong import confirmed
from casework.accounts.views.oidc import trouble
from casework.common import fence
from casework.common.errors import Refusal
from casework.common.forms import NHSForm
from casework.common.http import http_methods, safe_next
from casework.common.pages import FormPage, Link
from casework.common.presenters import query_string
from casework.portal import services
from casework.portal.access import before_second_step, has_second_step, own_page, second_steps
from casework.portal.arrivals import CODE, EMAIL, OPEN
from casework.portal.forms import CodeForm, ConfirmForm, EmailForm, NewsForm, SignInForm
from casework.portal.models import PortalAccount
from casework.portal.pages import ask, show
from casework.portal.presenters import step_lines, step_words
from casework.portal.talk import news as news_of

_by_a_code = fence.beyond("a person whom a worker has given a code, before they have an account")


@sensitive_post_parameters("code")
@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_by_a_code
def start(request: HttpRequest) -> HttpResponse:
    """Enter the code that a worker gave."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if services.find(code) is not None:
            request.session[CODE] = code
            return redirect("portal:choose")
        form.add_error(
            "code", _("This code does not work. Check it, or ask your worker for a new one.")
        )
    return render(request, "portal/start.jinja", {"form": form})


@sensitive_post_parameters("password", "again")
@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_by_a_code
def choose(request: HttpRequest) -> HttpResponse:
    """Choose how to sign in, with the code that has just been entered."""
    code = request.session.get(CODE, "")
    found = services.find(code) if code else None
    if found is None:
        return redirect("portal:start")
    before = getattr(found.person, "portal_account", None)
    form = SignInForm(request.POST or None, own=before.user if before else None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.open_account(
                code=code, email=form.cleaned_data["email"], password=form.cleaned_data["password"]
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            request.session.flush()
            login(request, opened.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            strong.record(request, opened.user)
            return redirect("portal:second_step")
    return render(
        request,
        "portal/choose.jinja",
        {"form": form, "provider": providers.find(providers.PEOPLE)},
    )


@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_by_a_code
def with_nhs_login(request: HttpRequest) -> HttpResponse:
    """Sign in with NHS login from now on, with the code that has just been entered."""
    provider = providers.find(providers.PEOPLE)
    code = request.session.get(CODE, "")
    found = services.find(code) if code else None
    if found is None or provider is None:
        return redirect("portal:start")
    before = getattr(found.person, "portal_account", None)
    form = EmailForm(request.POST or None, own=before.user if before else None)
    if request.method == "POST" and form.is_valid():
        request.session[EMAIL] = form.cleaned_data["email"]
        return _to_provider(request, provider, OPEN)
    return render(request, "portal/with_nhs_login.jinja", {"form": form, "provider": provider})


def _to_provider(request: HttpRequest, provider: providers.Provider, why: str) -> HttpResponse:
    try:
        return redirect(flow.ask(request, provider, why=why))
    except NoAnswer:
        return trouble(request, provider, "no_answer")


@sensitive_post_parameters("code")
@before_second_step
@http_methods(read=["GET"], write=["POST"])
@confirmed
def second_step(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Set up the second step of signing in: an app that shows a code."""
    if any(one.type == Authenticator.Type.TOTP for one in second_steps(me)):
        return redirect("portal:account")
    form = _second_step_form(request, me)
    if request.method == "POST" and form.is_valid():
        first = not has_second_step(me)
        totp.TOTP.activate(me.user, form.secret)
        messages.success(request, _("That is done. From now on we ask for a code each time."))
        return redirect("portal:home" if first else "portal:account")
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(me.user, form.secret))
    picture = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return show(request, "portal/second_step.jinja", form=form, picture=picture, secret=form.secret)


def _second_step_form(request: HttpRequest, me: PortalAccount) -> Any:
    form = ActivateTOTPForm(request.POST or None, user=me.user)
    form.fields["code"].label = _("The 6 numbers")
    form.fields["code"].error_messages["required"] = _("Enter the 6 numbers")
    return form


@sensitive_post_parameters("credential")
@before_second_step
@http_methods(read=["GET"], write=["POST"])
@confirmed
def passkey(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Set up the second step of signing in: the phone's own lock, or a key."""
    form: Any = AddWebAuthnForm(request.POST or None, user=me.user)
    form.fields["name"].label = _("A name for it")
    form.fields["name"].required = True
    form.initial["name"] = _("My phone")
    if request.method == "POST" and form.is_valid():
        first = not has_second_step(me)
        name = form.cleaned_data["name"][:80]
        webauthn.WebAuthn.add(me.user, name, form.cleaned_data["credential"])
        messages.success(request, _("That is done. From now on we ask for it each time."))
        return redirect("portal:home" if first else "portal:account")
    data = {"creation_options": webauthn.begin_registration(me.user, False)}
    return show(
        request, "portal/passkey.jinja", form=form, js_data=data, is_more=has_second_step(me)
    )


@own_page
@http_methods(read=["GET"], write=["POST"])
@confirmed
def remove_step(request: HttpRequest, me: PortalAccount, step_id: int) -> HttpResponse:
    """Signing in does not ask for this any more; another second step stays."""
    step = next((one for one in second_steps(me) if one.pk == step_id), None)
    if step is None:
        raise Http404
    back = reverse("portal:account")
    form = NHSForm(request.POST or None)
    if request.method == "POST":
        try:
            services.remove_second_step(account=me, step=step)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("It is removed. We will not ask for it any more."))
        return redirect(back)
    page = FormPage(
        _("Remove this second step?"),
        _("Remove it"),
        Link(_("My account"), back),
        (step_words(step), _("Signing in will ask for the other one.")),
        is_warning=True,
    )
    return show(request, "portal/sure.jinja", form=form, page=page)


@sensitive_post_parameters("password")
@before_second_step
@http_methods(read=["GET"], write=["POST"])
def confirm(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Prove once more that it is you, before a change to how you sign in."""
    then = safe_next(request, reverse("portal:account"))
    provider = providers.find(providers.PEOPLE)
    if provider is not None and identities.of(me.user, provider.issuer) is None:
        provider = None
    form = ConfirmForm(request.POST or None, own=me.user)
    if request.method == "POST":
        if not ratelimit.consume(request, action="reauthenticate", user=me.user):
            form.add_error("password", _("Too many tries. Wait a minute, then try again."))
        elif form.is_valid():
            strong.record(request, me.user)
            return redirect(then)
    again = ""
    if provider is not None:
        again = query_string(reverse("oidc:again", args=[provider.slug]), next=then)
    return show(
        request,
        "portal/confirm.jinja",
        form=form,
        then=then,
        provider=provider,
        again=again,
        has_password=me.user.has_usable_password(),
    )


@own_page
@http_methods(read=["GET"], write=["POST"])
def stay(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Somebody is still there: by a link that leaves their own page open, or for its script."""
    sessions.extend(request)
    if request.method == "POST":
        return JsonResponse({"left": Idle(request).left})
    return show(request, "portal/stay.jinja", until=Idle(request).until)


@before_second_step
@http_methods(write=["POST"])
def leave(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Sign out because somebody leaves in a hurry; where to, the page knows."""
    logout(request)
    return redirect(settings.QUICK_EXIT_URL)


@own_page
@http_methods(read=["GET"])
def account(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """One's own sign-in, and how one is told of news."""
    choice = news_of.choice_of(me)
    provider = providers.find(providers.PEOPLE)
    steps = second_steps(me)
    places = SignedInPage(
        sessions.of(me.user),
        here=request.session.session_key,
        now=timezone.now(),
        end="portal:sign_out_there",
    )
    return show(
        request,
        "portal/account.jinja",
        email=me.user.email,
        places=places,
        at_once=me.read_at_once,
        told=choice.by_text or choice.by_email,
        steps=step_lines(steps),
        has_app=any(one.type == Authenticator.Type.TOTP for one in steps),
        provider=provider,
        is_connected=provider is not None and identities.of(me.user, provider.issuer) is not None,
        has_password=me.user.has_usable_password(),
    )


def _others(request: HttpRequest, me: PortalAccount) -> list[sessions.SignedIn]:
    here = request.session.session_key
    return [one for one in sessions.of(me.user) if one.key != here]


@own_page
@http_methods(write=["POST"])
def sign_out_there(request: HttpRequest, me: PortalAccount, handle: str) -> HttpResponse:
    """Sign out at one other place."""
    found = [one.key for one in _others(request, me) if one.handle == handle]
    if not found:
        raise Http404
    sessions.end(found)
    messages.success(request, _("You are signed out there."))
    return redirect("portal:account")


@own_page
@http_methods(write=["POST"])
def sign_out_others(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Sign out everywhere else."""
    sessions.end([one.key for one in _others(request, me)])
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("portal:account")


@own_page
@http_methods(read=["GET"])
@confirmed
def connect_nhs_login(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """To NHS login, to sign in with it from now on."""
    provider = providers.find(providers.PEOPLE)
    if provider is None:
        raise Http404
    return _to_provider(request, provider, flow.CONNECT)


@own_page
@http_methods(read=["GET"], write=["POST"])
@confirmed
def end_nhs_login(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Sign in with the password only, from now on."""
    provider = providers.find(providers.PEOPLE)
    identity = identities.of(me.user, provider.issuer) if provider else None
    if identity is None or provider is None or not me.user.has_usable_password():
        raise Http404
    back = reverse("portal:account")
    if request.method == "POST":
        identities.unbind(identity=identity, by=me.user)
        messages.success(request, _("You sign in with your password from now on."))
        return redirect(back)
    page = FormPage(
        _("Stop signing in with %(name)s?") % {"name": provider.name},
        _("Stop it"),
        Link(_("My account"), back),
        (_("You still sign in with your password and your second step."),),
        is_warning=True,
    )
    return show(request, "portal/sure.jinja", form=NHSForm(), page=page)


@own_page
@http_methods(read=["GET"], write=["POST"])
def news(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Choose when hard news is shown."""
    initial = {"at_once": "at_once" if me.read_at_once else "wait"}
    draft = DraftForm(request, "portal:news", NewsForm, initial=initial)
    page = FormPage(_("Hard news"), _("Save"), Link(_("My account"), reverse("portal:account")))

    def act(form: Any) -> tuple[str, str]:
        services.choose_news(account=me, at_once=form.cleaned_data["at_once"] == "at_once")
        return _("Saved."), reverse("portal:account")

    return ask(request, draft, page, act)
