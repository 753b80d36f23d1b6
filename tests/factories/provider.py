"""A sign-in provider on this machine: it signs, checks and refuses as a real one does."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "alongside: test", "a secret/with signs"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@cache
def key(name: str = "provider") -> rsa.RSAPrivateKey:
    """One of the keys of a run, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(name: str) -> str:
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key(name).private_bytes(serialization.Encoding.PEM, *kinds).decode()


class Provider:
    """One provider. `claims` are put into every token it signs; None takes one away."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.claims: dict[str, Any] = {}
        self.signs_with, self.kid, self.algorithm = "provider", "one", "RS512"
        self.publishes = {"one": "provider"}
        self.takes_key_of: str | None = None  # a client that signs; else one with a secret
        self.refused: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.down = False
        self._codes: dict[str, dict[str, str]] = {}
        self._assertions: set[str] = set()

    # What a browser does ------------------------------------------------------------------------

    def sign_in(self, location: str, sub: str = "sub-1") -> str:
        """Sign in at the page to which we sent a browser: the address it is sent back to, with
        its query."""
        assert location.startswith(f"{self.issuer}/authorize?")
        asked = dict(parse_qsl(urlsplit(location).query))
        self.asked.append(asked)
        code = f"code-{len(self._codes)}"
        self._codes[code] = {**asked, "sub": sub}
        query = urlencode({"code": code, "state": asked["state"]})
        return f"{urlsplit(asked['redirect_uri']).path}?{query}"

    # What the server answers --------------------------------------------------------------------

    @property
    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
        }

    @property
    def keys(self) -> dict[str, Any]:
        made = []
        for kid, name in self.publishes.items():
            public = jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True)
            made.append({**public, "kid": kid, "use": "sig"})
        return {"keys": made}

    def signed(self, **claims: Any) -> str:
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **claims}
        told |= self.claims
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(
            told, key(self.signs_with), algorithm=self.algorithm, headers={"kid": self.kid}
        )

    def token(self, posted: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code, or None with the reason in `refused`."""
        asked = self._codes.pop(posted.get("code", ""), None)
        if asked is None:
            return self._refuse("code")
        digest = hashlib.sha256(posted.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return self._refuse("verifier")
        if posted.get("redirect_uri") != asked["redirect_uri"]:
            return self._refuse("redirect")
        trouble = self._who_asks(posted, authorization)
        if trouble:
            return self._refuse(trouble)
        told = {"sub": asked["sub"], "nonce": asked["nonce"], "auth_time": int(time.time())}
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.signed(**told)}

    def _refuse(self, why: str) -> None:
        self.refused.append(why)

    def _who_asks(self, posted: dict[str, str], authorization: str) -> str:
        if self.takes_key_of is None:
            name, _, said = (
                base64.b64decode(authorization.partition(" ")[2]).decode().partition(":")
            )
            right = (unquote(name), unquote(said)) == (CLIENT, SECRET)
            return "" if right else "secret"
        if authorization or "client_secret" in posted:
            return "secret given"
        if posted.get("client_assertion_type") != ASSERTION:
            return "assertion type"
        try:
            told = jwt.decode(
                posted.get("client_assertion", ""),
                key(self.takes_key_of).public_key(),
                algorithms=["RS512"],
                audience=f"{self.issuer}/token",
                issuer=CLIENT,
                options={"require": ["exp", "iat", "jti", "sub"]},
            )
        except jwt.PyJWTError as error:
            return type(error).__name__
        if told["sub"] != CLIENT or told["jti"] in self._assertions:
            return "assertion"
        self._assertions.add(told["jti"])
        return ""

    def settings(self, slug: str, **changes: Any) -> dict[str, Any]:
        """What our own settings say about this provider."""
        with_key = slug == "people"
        self.takes_key_of = "client" if with_key else None
        made = {
            "issuer": self.issuer,
            "client_id": CLIENT,
            "secret": "" if with_key else SECRET,
            "key": pem("client") if with_key else "",
            "key_id": "",
            "name": "NHS login" if with_key else "Riverside Trust",
            "scope": "openid profile" if with_key else "openid",
            "strong": ["mfa", "AAL3"],
            "acr": "",
            "vectors": ["P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm"],
        }
        return {slug: {**made, **changes}}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *args: Any) -> None:
        pass

    def _answer(self, found: dict[str, Any] | None, status: int = 200) -> None:
        body = json.dumps(found if found is not None else {"error": "invalid"}).encode()
        self.send_response(status if found is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self.provider.down:
            return self._answer({"error": "down"}, 503)
        if path == "/.well-known/openid-configuration":
            return self._answer(self.provider.description)
        if path == "/keys":
            return self._answer(self.provider.keys)
        return self._answer(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        posted = {name: values[-1] for name, values in parse_qs(body).items()}
        self._answer(self.provider.token(posted, self.headers.get("Authorization", "")))


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers on 127.0.0.1 until the block ends."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    made = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    handler.provider = made  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
