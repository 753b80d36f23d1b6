"""What was asked of a provider, kept in the session until its answer comes; who receives it."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from casework.accounts.oidc import client
from casework.accounts.oidc.providers import Provider
from casework.accounts.oidc.tokens import Claims
from casework.common.registry import Registry

ASKED = "oidc_asked"  # in the session: what was asked, by its state
MOST = 5  # requests of one browser at once: a few windows
LASTS = 900  # seconds to sign in at the provider

SIGN_IN, AGAIN, CONNECT = "sign_in", "again", "connect"


@dataclass(frozen=True)
class Arrival:
    """Somebody comes back from a provider, who signed what `claims` say."""

    provider: Provider
    why: str
    claims: Claims
    token: str
    next: str
    asked_at: float

    @property
    def issuer(self) -> str:
        return self.provider.issuer  # the token's `iss`, but for a last slash

    @property
    def subject(self) -> str:
        return str(self.claims["sub"])

    @property
    def proved_just_now(self) -> bool:
        """Did they prove who they are there after we asked, and not some time before?"""
        at = self.claims.get("auth_time")
        return isinstance(at, (int, float)) and at >= self.asked_at - 60


class Trouble(Exception):
    """Why somebody cannot come in this way: a code of `views.oidc.TROUBLES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# Who receives arrivals of a provider, by its slug. Raises `Trouble`.
Receive = Callable[[HttpRequest, Arrival], HttpResponse]
arrivals: Registry[Receive] = Registry("arrivals")


def back_address(provider: Provider) -> str:
    """Where the provider sends people back to: registered with it, so the same for everybody."""
    return settings.SITE_URL.rstrip("/") + reverse("oidc:back", args=[provider.slug])


def _user(request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def ask(request: HttpRequest, provider: Provider, *, why: str, then: str = "") -> str:
    """Remember what is asked, and where to send the browser for it."""
    now = time.time()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _n in range(3))
    address = client.where_to_send(
        provider,
        redirect_uri=back_address(provider),
        state=state,
        nonce=nonce,
        verifier=verifier,
        again=why != SIGN_IN,
    )
    asked = {
        key: one for key, one in request.session.get(ASKED, {}).items() if now - one["at"] < LASTS
    }
    while len(asked) >= MOST:
        del asked[min(asked, key=lambda key: asked[key]["at"])]
    asked[state] = {
        "provider": provider.slug,
        "nonce": nonce,
        "verifier": verifier,
        "why": why,
        "next": then,
        "user": _user(request),
        "at": now,
    }
    request.session[ASKED] = asked
    return address


def _asked(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    """What this answer is to; each is taken once."""
    state = request.GET.get("state", "")
    kept = dict(request.session.get(ASKED, {}))
    found = next((key for key in kept if hmac.compare_digest(key.encode(), state.encode())), None)
    if found is None:
        raise Trouble("state")
    one: dict[str, Any] = kept.pop(found)
    request.session[ASKED] = kept
    if one["provider"] != provider.slug or time.time() - one["at"] > LASTS:
        raise Trouble("state")
    if one["why"] != SIGN_IN and one["user"] != _user(request):
        raise Trouble("state")
    return one


def receive(request: HttpRequest, provider: Provider) -> HttpResponse:
    """The provider sent a browser back: judge its answer, and hand whoever it is on.

    `Trouble`, `client.NoAnswer` or `tokens.Untrusted` where it is not believed.
    """
    one = _asked(request, provider)
    if "error" in request.GET:
        raise Trouble("refused" if request.GET["error"] == "access_denied" else "provider")
    # RFC 9207: an answer of another provider is not taken for this one's
    if request.GET.get("iss", "").rstrip("/") not in {"", provider.issuer}:
        raise Trouble("provider")
    claims, token = client.claims_for(
        provider,
        code=request.GET.get("code", ""),
        redirect_uri=back_address(provider),
        nonce=one["nonce"],
        verifier=one["verifier"],
    )
    arrival = Arrival(provider, one["why"], claims, token, one["next"], one["at"])
    return arrivals[provider.slug](request, arrival)
