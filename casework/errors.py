"""Error pages: what went wrong in one sentence and what to do, and never a detail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader


def _page(request: HttpRequest, status: int, name: str) -> HttpResponse:
    context = {"own_pages": request.path.startswith("/my/")}
    return HttpResponse(
        loader.render_to_string(f"errors/{name}.jinja", context, request), status=status
    )


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 400, "400")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 403, "403")


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 404, "404")


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, "500")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "csrf")
