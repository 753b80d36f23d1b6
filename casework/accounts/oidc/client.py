"""Talks to a provider: what it offers, where to send somebody, and the token for their code.

Addresses come from the provider's own description, fetched from the issuer in the settings and from
nowhere else; no redirect is followed and no large answer is read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import requests
from django.core.cache import cache

from casework.accounts.oidc import tokens
from casework.accounts.oidc.providers import PEOPLE, Provider

WAIT = (3.05, 8)  # seconds to connect, and between two pieces of the answer
LARGEST = 300_000  # bytes
KEEP = 3600  # seconds that a description and keys are kept
ASK_AGAIN = 60  # seconds between two looks for a newer key
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class NoAnswer(Exception):
    """The provider does not answer, or not as OpenID Connect says."""


def _may_be_asked(address: str, provider: Provider) -> str:
    parts = urlsplit(address)
    local = urlsplit(provider.issuer).scheme == "http"  # only ever on this machine: see settings
    if parts.scheme != "https" and not (
        local and parts.netloc == urlsplit(provider.issuer).netloc and parts.scheme == "http"
    ):
        raise NoAnswer("address")
    return address


def _ask(provider: Provider, method: str, address: str, **options: Any) -> dict[str, Any]:
    try:
        with requests.request(
            method,
            _may_be_asked(address, provider),
            timeout=WAIT,
            allow_redirects=False,
            stream=True,
            **options,
        ) as answer:
            body = answer.raw.read(LARGEST + 1, decode_content=True)
            if answer.status_code != 200 or len(body) > LARGEST:
                raise NoAnswer("status")
        found = json.loads(body)
    except (requests.RequestException, ValueError, OSError) as error:
        raise NoAnswer("answer") from error
    if not isinstance(found, dict):
        raise NoAnswer("answer")
    return found


def _kept(provider: Provider, what: str) -> str:
    whose = hashlib.sha256(f"{provider.issuer} {provider.client_id}".encode()).hexdigest()[:24]
    return f"oidc:{whose}:{what}"


def description(provider: Provider) -> dict[str, Any]:
    """What the provider says about itself (`.well-known/openid-configuration`)."""
    found = cache.get(_kept(provider, "description"))
    if found is None:
        found = _ask(provider, "GET", f"{provider.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != provider.issuer:
            raise NoAnswer("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _may_be_asked(str(found.get(name, "")), provider)
        cache.set(_kept(provider, "description"), found, KEEP)
    return found


def issuer_of(provider: Provider) -> str:
    """The issuer as the provider writes it, with or without a last slash."""
    return str(description(provider)["issuer"])


def keys(provider: Provider, *, newest: bool = False) -> dict[str, Any]:
    """The keys with which the provider signs; `newest` looks again, at most once a minute."""
    found = cache.get(_kept(provider, "keys"))
    if found is None or (newest and cache.add(_kept(provider, "looked"), 1, ASK_AGAIN)):
        found = _ask(provider, "GET", description(provider)["jwks_uri"])
        cache.set(_kept(provider, "keys"), found, KEEP)
    return found


def where_to_send(
    provider: Provider, *, redirect_uri: str, state: str, nonce: str, verifier: str, again: bool
) -> str:
    """The provider's sign-in page for this request; `again`: ask even who is signed in there."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scope,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if provider.slug == PEOPLE:
        asked["vtr"] = json.dumps(list(provider.vectors), separators=(",", ":"))
    if provider.acr:
        asked["acr_values"] = provider.acr
    if again:
        asked["prompt"] = "login"
        if provider.slug != PEOPLE:  # NHS login knows no max_age
            asked["max_age"] = "0"
    address = description(provider)["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked, quote_via=quote)}"


def claims_for(
    provider: Provider, *, code: str, redirect_uri: str, nonce: str, verifier: str
) -> tuple[tokens.Claims, str]:
    """Exchange a code for the ID token: its claims, and the token itself.

    `NoAnswer` where the provider gives none, `tokens.Untrusted` where it is not believed.
    """
    endpoint = description(provider)["token_endpoint"]
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    answer = _ask(provider, "POST", endpoint, **_proof(provider, endpoint, data))
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NoAnswer("token")
    told = {"issuer": issuer_of(provider), "client_id": provider.client_id, "nonce": nonce}
    try:
        return tokens.id_token(token, keys(provider), **told), token
    except tokens.UnknownKey:
        return tokens.id_token(token, keys(provider, newest=True), **told), token


def ended(provider: Provider, token: str) -> tokens.Claims:
    """What a logout token says, if it is the provider's."""
    told = {"issuer": issuer_of(provider), "client_id": provider.client_id}
    try:
        return tokens.logout_token(token, keys(provider), **told)
    except tokens.UnknownKey:
        return tokens.logout_token(token, keys(provider, newest=True), **told)


def _proof(provider: Provider, endpoint: str, data: dict[str, str]) -> dict[str, Any]:
    """What proves that it is us who ask: a signature of our own (RFC 7523), or the secret."""
    if provider.key:
        return {
            "data": {
                **data,
                "client_id": provider.client_id,
                "client_assertion_type": ASSERTION,
                "client_assertion": _assertion(provider, endpoint),
            }
        }
    ways = description(provider).get("token_endpoint_auth_methods_supported")
    if isinstance(ways, list) and "client_secret_basic" not in ways:
        posted = {"client_id": provider.client_id, "client_secret": provider.secret}
        return {"data": {**data, **posted}}
    # RFC 6749 2.3.1: both are percent-encoded before they are joined
    pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
    basic = base64.b64encode(pair.encode()).decode()
    return {"data": data, "headers": {"Authorization": f"Basic {basic}"}}


def _assertion(provider: Provider, endpoint: str) -> str:
    now = int(time.time())
    return jwt.encode(
        {
            "iss": provider.client_id,
            "sub": provider.client_id,
            "aud": endpoint,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 60,
        },
        provider.key,
        algorithm="RS512",
        headers={"kid": provider.key_id} if provider.key_id else None,
    )


def where_to_sign_out(provider: Provider, *, token: str, back: str) -> str:
    """The provider's page for signing out there too; "" if it has none on its own host."""
    try:
        address = str(description(provider).get("end_session_endpoint") or "")
    except NoAnswer:
        return ""
    # the policy of our pages lets a form lead to the issuer's host and to no other
    if urlsplit(address)[:2] != urlsplit(provider.issuer)[:2]:
        return ""
    said = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    if token:
        said["id_token_hint"] = token
    return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}"
