"""What happens around a sign-in, told to whoever keeps a record of it.

The record is an upper app's (the access log), which registers a writer. Nothing that somebody
typed is passed on: an address that nobody here has may be a password in the wrong box.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from casework.accounts.models import User
from casework.common.registry import Registry

SIGNED_IN, SIGNED_OUT, NOT_LET_IN, WAY = "signed_in", "signed_out", "not_let_in", "sign_way"
LOCKED_FOR = 600  # seconds: as long as the limit on wrong passwords counts (ACCOUNT_RATE_LIMITS)

# Who keeps a record: called with the request, one of the four above, and about whom and why.
sign_in_records: Registry[Callable[..., None]] = Registry("sign_in_records")


def tell(
    request: HttpRequest | None, what: str, *, by: Any, why: str = "", about: Any = None
) -> None:
    """Something happened. `by` is whose account it is, or who changed that of `about`.

    Outside of a page (a command, a session that ran out) nobody signs in or out.
    """
    if request is None or request.resolver_match is None:
        return
    for record in sign_in_records:
        record(request, what, by=by if isinstance(by, User) else None, why=why, about=about)


# Receivers of the signals of Django and of the sign-in library -----------------------------------


def signed_in(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Somebody is in, by their password or from a provider."""
    match = request.resolver_match if request is not None else None
    from_provider = match is not None and match.view_name == "oidc:back"
    tell(request, SIGNED_IN, by=user, why="provider" if from_provider else "")


def signed_out(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Somebody has left by the button."""
    if user is not None:
        tell(request, SIGNED_OUT, by=user)


def wrong_password(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """An address with a password that is not its own, at sign-in or where it is asked once more."""
    tell(request, NOT_LET_IN, by=_whose(request, credentials), why="password")


def wrong_code(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """The password was right and the second factor was not."""
    tell(request, NOT_LET_IN, by=user, why="second_factor")


def locked(request: HttpRequest | None, credentials: dict[str, Any]) -> None:
    """Too many wrong passwords; said once for as long as it lasts, so that nobody fills the log."""
    name = str(credentials.get("email", "")).lower()
    mark = salted_hmac("casework.accounts.watch", name).hexdigest()
    if cache.add(f"sign-in-locked:{mark}", 1, LOCKED_FOR):
        tell(request, NOT_LET_IN, by=_whose(request, credentials), why="locked")


def way_changed(why: str) -> Callable[..., None]:
    """A receiver: somebody changed how they themselves sign in."""

    def receiver(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
        tell(request, WAY, by=user, why=why, about=user)

    return receiver


def _whose(request: HttpRequest | None, credentials: dict[str, Any]) -> User | None:
    """Whose address was typed, if anybody's: one query, whether there is somebody or not."""
    here = getattr(request, "user", None)
    if isinstance(here, User):  # asked once more
        return here
    return User.objects.filter(email__iexact=str(credentials.get("email", ""))).first()


def connect() -> None:
    """From now on the signals are told on."""
    from allauth.account import signals as account
    from allauth.mfa import signals as mfa
    from django.contrib.auth import signals as auth

    receivers = [
        (auth.user_logged_in, "sign-in", signed_in),
        (auth.user_logged_out, "sign-out", signed_out),
        (auth.user_login_failed, "wrong-password", wrong_password),
        (mfa.authentication_failed, "wrong-code", wrong_code),
        (mfa.authenticator_added, "factor-added", way_changed("factor_added")),
        (mfa.authenticator_removed, "factor-removed", way_changed("factor_removed")),
        (mfa.authenticator_reset, "codes-renewed", way_changed("codes_renewed")),
        (account.password_changed, "password-changed", way_changed("password_changed")),
        (account.password_set, "password-set", way_changed("password_changed")),
        (account.password_reset, "password-reset", way_changed("password_reset")),
    ]
    for signal, name, receiver in receivers:
        # kept here and nowhere else, so that they are not forgotten with this list
        signal.connect(receiver, weak=False, dispatch_uid=f"watch-{name}")
