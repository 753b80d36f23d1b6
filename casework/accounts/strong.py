"""Sign-in that a learnt password is not enough for: a second factor, and asking once more."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from casework.accounts import drafts
from casework.accounts.outsiders import is_outsider

LIBRARY = "allauth."  # its pages are those on which a factor is set up, and sign-out
KNOWN = "second_factor"  # in the session, so that no page pays for asking
AUTHENTICATIONS = "account_authentication_methods"  # the sign-in library's record in the session
WHILE_WRITING = 1800  # seconds from the confirmation to the post of the page that asked for it


def _confirmations(request: HttpRequest) -> list[dict[str, Any]]:
    return list(request.session.get(AUTHENTICATIONS, []))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this sign-in used a second factor, or its user has set one up since.

    Who has one is asked for it at each sign-in by the library, before there is a session.
    """
    if request.session.get(KNOWN):
        return True
    used = any(one.get("method") == "mfa" for one in _confirmations(request))
    if used or is_mfa_enabled(request.user):  # type: ignore[arg-type]
        request.session[KNOWN] = True
        return True
    return False


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Leads whoever has no second factor to where one is set up, and nowhere else."""

    def handle(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.STRONG_SIGN_IN or not request.user.is_authenticated:
            return None
        open_to_all = not getattr(view, "login_required", True)
        if open_to_all or view.__module__.startswith(LIBRARY) or has_second_factor(request):
            return None
        if getattr(view, "own_page", False) and is_outsider(request.user):  # type: ignore[arg-type]
            return None  # people's own pages lead to a second step of their own (`portal.access`)
        messages.info(
            request,
            _("Set up an authenticator app or a security key. Then you can start."),
        )
        return redirect("mfa_index")

    handle.process_view = process_view  # type: ignore[attr-defined]
    return handle


def record(request: HttpRequest, user: Any, *, second_factor: bool = False) -> None:
    """Somebody has just proved who they are, in a way that the sign-in library does not know."""
    record_authentication(request, user, method="alongside")
    if second_factor:
        request.session[KNOWN] = True


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether somebody has just proved who they are.

    A page that was opened within the time may be posted a while later: nobody who writes slowly
    loses their words.
    """
    latest = max((one.get("at", 0) for one in _confirmations(request)), default=0)
    within = (
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT if request.method != "POST" else WHILE_WRITING
    )
    return time.time() - latest < within


def _back_to(request: HttpRequest) -> str:
    """Where to go on: the page itself or, where it only takes what is posted, the page with its
    button."""
    page = request.resolver_match.func if request.resolver_match else None
    if request.method != "POST" or "GET" in getattr(page, "read_methods", {"GET"}):
        return request.get_full_path()
    came = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure())
    return urlsplit(came).path if here else "/"


def confirmed(view: Callable) -> Callable:
    """Asks for the password (or a second factor) once more before a page that opens something:
    a role, a sealed note, an override's outcome. Goes on to the same page.

    Below `requires`: whoever may not open the page is told so first.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.STRONG_SIGN_IN or confirmed_lately(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            drafts.save_posted(request.POST)
        ways = get_adapter().get_reauthentication_methods(request.user)
        where = ways[0]["url"] if ways else reverse("account_login")
        return redirect(f"{where}?{urlencode({'next': _back_to(request)})}")

    wrapper.asks_again = True  # type: ignore[attr-defined]
    return wrapper
