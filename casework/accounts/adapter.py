"""Rules of our own for sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import identities, watch
from casework.accounts.oidc import arriving, providers
from casework.common.registry import Registry

# Ways to prove again who one is, for accounts that have their own: a function of the user, or None
# for whom it does not decide.
confirmation_ways: Registry[Callable[[Any], list[dict[str, Any]] | None]] = Registry(
    "confirmation_ways"
)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: accounts are made by an administrator's invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refused before the password is looked at, after too many wrong ones: that is recorded."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            watch.locked(request, credentials)
            raise

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        if not user.is_authenticated:
            return []
        for way in confirmation_ways:
            if (own := way(user)) is not None:
                return own
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not settings.STAFF_PASSWORDS:
            ways = [way for way in ways if way["id"] != "reauthenticate"]
        provider = providers.find(providers.STAFF)
        if provider is not None and identities.of(user, provider.issuer) is not None:
            ways.append(
                {
                    "id": "provider",
                    "description": _("Sign in with %(name)s again") % {"name": provider.name},
                    "url": reverse("oidc:again", args=[provider.slug]),
                }
            )
        return ways

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Whoever came from a provider is signed out there too, if it offers that."""
        return arriving.sign_out_there(request) or super().get_logout_redirect_url(request)
