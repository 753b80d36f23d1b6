"""What a URL declares about who may open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from casework.accounts import policy
from casework.accounts.roles import Permission


def requires(*permissions: Permission) -> Callable:
    """Any one of these permissions opens the page; nobody else gets further than a 403.

    Outermost decorator of a view, above `http_methods`. Whether *this* record may be opened is
    asked of the record's policy inside the view, and its answer is a 404.
    """
    if not permissions:
        raise ValueError("name at least one permission")

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(policy.may(request.user, permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapper.required_permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return wrapper

    return decorate


def open_to_signed_in(view: Callable) -> Callable:
    """A page for whoever is signed in, whatever their role (their own account, the start page)."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
        return view(*args, **kwargs)

    wrapper.required_permissions = frozenset()  # type: ignore[attr-defined]
    return wrapper
