"""Middleware and decorators without a word of the domain in them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods


def no_store(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Pages about people stay in no cache: the browser's, a proxy's, Back after exit."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


# Nothing here uses the device's senses, or shows another site's page.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


def isolated(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """No other site may embed an answer of ours, and no page of ours may use camera or place."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def http_methods(*, read: list[str] | None = None, write: list[str] | None = None) -> Callable:
    """Which HTTP methods a view takes. Those under `read` must not write to the database (the test
    suite runs them with writing switched off)."""
    read, write = read or [], write or []

    def decorate(view: Callable) -> Callable:
        allowed = require_http_methods([*read, *(["HEAD"] if "GET" in read else []), *write])(view)

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
            return allowed(*args, **kwargs)

        wrapper.read_methods = frozenset(read)  # type: ignore[attr-defined]
        wrapper.write_methods = frozenset(write)  # type: ignore[attr-defined]
        return wrapper

    return decorate


def client_address(request: HttpRequest) -> str | None:
    """Where a request came from: past as many proxies of our own as the settings trust, no more."""
    trusted = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    said = hops[-trusted] if 0 < trusted <= len(hops) else ""
    for address in (said, request.META.get("REMOTE_ADDR", "")):
        with suppress(ValueError):
            return str(ip_address(address))
    return None


def safe_next(request: HttpRequest, default: str) -> str:
    """Where a form asked to go on to, if that is a page of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return default
