"""Judges what a provider signed (OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6).

No network, no settings, no clock but PyJWT's: a token comes in with the keys of its issuer, and its
claims come out, or `Untrusted` says what is wrong with it.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from typing import Any

import jwt

# asymmetric only: with an HMAC or "none" whoever knows the client's secret, or anybody, could sign
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY = 60  # seconds that two clocks may differ
OLDEST = 600  # seconds since a token was issued: it comes straight from the provider
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"

Claims = dict[str, Any]


class Untrusted(Exception):
    """A token that is not believed. `code` says why, for tests and the log; it names nobody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownKey(Untrusted):
    """Signed with a key that the issuer's list does not hold: it may be newer than our copy."""


_WRONG: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.ImmatureSignatureError, "too_early"),
    (jwt.MissingRequiredClaimError, "incomplete"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
)


def _key(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Untrusted("unreadable") from error
    if header.get("alg") not in ALGORITHMS:
        raise Untrusted("algorithm")
    try:
        known = jwt.PyJWKSet.from_dict(dict(keys)).keys
    except (jwt.PyJWTError, TypeError, AttributeError) as error:
        raise UnknownKey("key") from error
    usable = [one for one in known if one.public_key_use in (None, "sig")]
    if "kid" in header:
        usable = [one for one in usable if one.key_id == header["kid"]]
    if len(usable) != 1:
        raise UnknownKey("key")
    return usable[0]


def _decode(token: str, keys: Mapping[str, Any], issuer: str, audience: str) -> Claims:
    key = _key(token, keys)
    try:
        claims: Claims = jwt.decode(
            token,
            key.key,
            algorithms=list(ALGORITHMS),
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "iat"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        code = next((code for kind, code in _WRONG if isinstance(error, kind)), "unreadable")
        raise Untrusted(code) from error
    issued = claims["iat"]
    if not isinstance(issued, (int, float)) or time.time() - issued > OLDEST + LEEWAY:
        raise Untrusted("too_old")
    return claims


def _subject(claims: Claims) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isascii() or not 0 < len(subject) <= 255:
        raise Untrusted("subject")


def id_token(
    token: str, keys: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str
) -> Claims:
    """The claims of an ID token that answers our own request.

    Precondition: `keys` is the issuer's JSON Web Key Set, `nonce` what this browser's request
    carried. Promise: it was signed by the issuer, for us, lately, has not expired, and belongs to
    that request.
    """
    claims = _decode(token, keys, issuer, client_id)
    if not isinstance(claims.get("exp"), (int, float)):
        raise Untrusted("incomplete")
    _subject(claims)
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise Untrusted("nonce")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise Untrusted("audience")
    return claims


def logout_token(token: str, keys: Mapping[str, Any], *, issuer: str, client_id: str) -> Claims:
    """The claims of a token with which a provider says that somebody's session there is over."""
    claims = _decode(token, keys, issuer, client_id)
    events = claims.get("events")
    if not isinstance(events, dict) or BACK_CHANNEL not in events or "nonce" in claims:
        raise Untrusted("event")
    if "sub" in claims:
        _subject(claims)
    elif not isinstance(claims.get("sid"), str):
        raise Untrusted("subject")
    if not isinstance(claims.get("jti"), str):
        raise Untrusted("incomplete")
    return claims


def vector_is_enough(vector: object, accepted: tuple[str, ...]) -> bool:
    """Is every part of one accepted vector in the vector of trust that was given? (RFC 8485: parts
    of one are all needed, any one of several is enough.)"""
    parts = set(vector.split(".")) if isinstance(vector, str) else set()
    return any(set(one.split(".")) <= parts for one in accepted)
