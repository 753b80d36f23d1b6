"""Whoever comes in from a provider: signed in here, with what is needed to sign them out again."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth import login, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from casework.accounts import sessions, strong
from casework.accounts.models import User
from casework.accounts.oidc import client, providers, tokens
from casework.accounts.oidc.flow import Arrival
from casework.accounts.oidc.providers import Provider
from casework.common import crypto

SEEN_FOR = 3600  # seconds in which the same message of a provider is not taken twice


def let_in(
    request: HttpRequest, user: User, arrival: Arrival, *, second_factor: bool, then: str
) -> HttpResponse:
    """Sign a user in who came from a provider.

    Where the provider has not asked for a second factor, ours is asked for, if the user has one;
    whoever has none is led to set one up.
    """
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    if second_factor or not settings.STRONG_SIGN_IN:
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        strong.record(request, user, second_factor=second_factor)
        answer: HttpResponse = redirect(then)
    else:
        strong.record(request, user)
        answer = perform_login(request, Login(user=user, redirect_url=then))
    sid = arrival.claims.get("sid")
    request.session[sessions.CAME_FROM] = {
        "provider": arrival.provider.slug,
        "sub": arrival.subject,
        "sid": sid if isinstance(sid, str) else "",
        # the provider wants it back at sign-out; it holds names, so it is not kept in clear text
        "token": crypto.encrypt(arrival.token) if arrival.provider.slug == providers.STAFF else "",
    }
    return answer


def sign_out_there(request: HttpRequest) -> str:
    """Where to go on to after signing out here, for whoever came from a provider; else ""."""
    came: dict[str, Any] = request.session.get(sessions.CAME_FROM, {})
    provider = providers.find(came.get("provider", ""))
    if provider is None or not came.get("token"):
        return ""
    back = settings.SITE_URL.rstrip("/") + reverse("account_login")
    try:
        token = crypto.decrypt(came["token"])
    except InvalidToken:
        token = ""
    return client.where_to_sign_out(provider, token=token, back=back)


def ended_there(provider: Provider, token: str) -> int:
    """A provider says that somebody's session there is over: so is what began with it here.

    How many places that were. `client.NoAnswer` or `tokens.Untrusted` where it is not believed.
    """
    claims = client.ended(provider, token)
    if not cache.add(f"oidc:ended:{provider.slug}:{claims['jti'][:100]}", 1, SEEN_FOR):
        raise tokens.Untrusted("again")
    keys = sessions.of_provider(
        provider.slug, subject=str(claims.get("sub", "")), sid=str(claims.get("sid", ""))
    )
    return sessions.end(keys)
