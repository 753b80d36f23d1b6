"""To a provider to sign in, back from it, and what is said when that does not work."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from casework.accounts import watch
from casework.accounts.decorators import open_to_signed_in
from casework.accounts.oidc import arriving, flow, providers, tokens
from casework.accounts.oidc.client import NoAnswer
from casework.accounts.oidc.flow import Trouble
from casework.accounts.oidc.providers import Provider
from casework.accounts.strong import confirmed
from casework.common import fence
from casework.common.http import http_methods, safe_next

log = logging.getLogger(__name__)

# What happened, and what to do about it, for whoever wanted to sign in. Nothing here says whether
# there is an account.
TROUBLES = {
    "state": gettext_lazy(
        "This sign-in was begun in another window, or too long ago. Begin again here."
    ),
    "refused": gettext_lazy("You stopped before you had signed in there. Nothing has changed."),
    "provider": gettext_lazy(
        "%(name)s could not sign you in. Try again in a few minutes, or sign in with your password."
    ),
    "no_answer": gettext_lazy(
        "%(name)s does not answer at the moment. Try again in a few minutes, or sign in with your"
        " password."
    ),
    "untrusted": gettext_lazy(
        "What came back from %(name)s could not be believed, so you were not signed in. Try again."
        " If it happens again, tell whoever looks after your computers."
    ),
    "unknown": gettext_lazy(
        "You signed in with %(name)s, but no account here belongs to that. Sign in with your"
        " password and connect the two under “How you sign in”, or ask an administrator."
    ),
    "ended": gettext_lazy(
        "Your access here has ended. If that is a mistake, ask an administrator."
    ),
    "another": gettext_lazy(
        "You signed in with %(name)s as somebody else than here. Sign out there first."
    ),
    "not_again": gettext_lazy(
        "%(name)s did not ask you again who you are, so we cannot go on. Sign out there first, then"
        " try again."
    ),
    "level": gettext_lazy(
        "To see your own record, NHS login must have checked who you are, with a picture of you and"
        " a document. You can do that in your NHS login, or ask your worker to help."
    ),
    "unknown_person": gettext_lazy(
        "This NHS login is not connected to an account here yet. If you have an account, sign in"
        " with your password first. If you were given a code, enter it first."
    ),
    "ended_person": gettext_lazy("This account is closed. Ask your worker to let you back in."),
    "code": gettext_lazy("The code does not work any more. Ask your worker for a new one."),
    "taken": gettext_lazy(
        "This NHS login belongs to another account here. Tell your worker, so that they can put it"
        " right with you."
    ),
    "not_the_same": gettext_lazy(
        "This NHS login does not fit the record that it would open. Nothing was connected. Tell"
        " your worker, so that they can find out why with you."
    ),
    "no_email": gettext_lazy(
        "NHS login did not give us an email address that we can use. Choose a password instead."
    ),
}
# The same where staff have no password.
WITHOUT_PASSWORD = {
    "provider": gettext_lazy("%(name)s could not sign you in. Try again in a few minutes."),
    "no_answer": gettext_lazy(
        "%(name)s does not answer at the moment. Try again in a few minutes. If it takes longer,"
        " ask an administrator how you can work until then."
    ),
    "unknown": gettext_lazy(
        "You signed in with %(name)s, but no account here belongs to that. Ask an administrator."
    ),
}

# Somebody came back whom the provider knows, or says to know, and whom nothing here was opened to.
NOT_LET_IN = frozenset(TROUBLES) - {"state", "refused", "provider", "no_answer", "code", "no_email"}


def _provider(slug: str) -> Provider:
    provider = providers.find(slug)
    if provider is None:
        raise Http404
    return provider


def trouble(request: HttpRequest, provider: Provider, code: str) -> HttpResponse:
    """A page in plain words, with a way on."""
    people = provider.slug == providers.PEOPLE
    said = TROUBLES if people or settings.STAFF_PASSWORDS else TROUBLES | WITHOUT_PASSWORD
    return render(
        request,
        "account/provider_trouble.jinja",
        {
            "sentence": said[code] % {"name": provider.name},
            "people": people,
            "again": reverse("oidc:start", args=[provider.slug]),
        },
        status=503 if code == "no_answer" else 403,
    )


def _send(request: HttpRequest, provider: Provider, why: str, then: str) -> HttpResponse:
    try:
        return redirect(flow.ask(request, provider, why=why, then=then))
    except NoAnswer as error:
        log.warning("provider %s gives no answer: %s", provider.slug, error)
        return trouble(request, provider, "no_answer")


@login_not_required
@http_methods(read=["GET"])
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """To the provider, to sign in."""
    return _send(request, _provider(provider), flow.SIGN_IN, safe_next(request, "/"))


@open_to_signed_in
@http_methods(read=["GET"])
def again(request: HttpRequest, provider: str) -> HttpResponse:
    """To the provider, to prove once more who one is."""
    return _send(request, _provider(provider), flow.AGAIN, safe_next(request, "/"))


@open_to_signed_in
@http_methods(read=["GET"])
@confirmed
def connect(request: HttpRequest, provider: str) -> HttpResponse:
    """To the provider, to sign in with it from now on."""
    return _send(request, _provider(provider), flow.CONNECT, "/")


# The provider sends the browser here with a GET, and signing in is what it is for. The state in its
# address is this browser's own and works once.
@login_not_required
@http_methods(write=["GET"])
@fence.beyond("whose account it is that a provider signs in")
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the provider."""
    there = _provider(provider)
    try:
        return flow.receive(request, there)
    except Trouble as error:
        code = error.code
    except NoAnswer:
        code = "no_answer"
    except tokens.Untrusted as error:
        log.warning("a token of provider %s is not believed: %s", there.slug, error.code)
        code = "untrusted"
    if code in NOT_LET_IN:
        watch.tell(request, watch.NOT_LET_IN, by=request.user, why="provider")
    return trouble(request, there, code)


# Signed by the provider itself, from its server to ours: there is no browser and no cookie.
@csrf_exempt
@login_not_required
@http_methods(write=["POST"])
def ended(request: HttpRequest, provider: str) -> HttpResponse:
    """The provider says that somebody's session there is over (back-channel logout)."""
    there = _provider(provider)
    try:
        arriving.ended_there(there, request.POST.get("logout_token", ""))
    except (NoAnswer, tokens.Untrusted) as error:
        log.warning("a logout token of provider %s is not believed: %s", there.slug, error)
        return JsonResponse({"error": "invalid_request"}, status=400)
    return HttpResponse(status=200)
