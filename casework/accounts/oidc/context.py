"""The providers on the pages of the sign-in library: buttons, and whether one is connected."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import identities
from casework.accounts.oidc import providers
from casework.common.http import safe_next
from casework.common.pages import Link
from casework.common.presenters import query_string


class Ways:
    """Nothing is asked of the database until it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def buttons(self) -> list[Link]:
        """Ways to sign in beside the password; they lead on to where the page would have."""
        then = safe_next(self._request, "")
        known = [providers.find(slug) for slug in (providers.STAFF, providers.PEOPLE)]
        return [
            Link(
                _("Sign in with %(name)s") % {"name": one.name},
                query_string(reverse("oidc:start", args=[one.slug]), next=then),
            )
            for one in known
            if one is not None
        ]

    @property
    def with_password(self) -> bool:
        """Whether staff may sign in with a password too."""
        return bool(settings.STAFF_PASSWORDS)

    @property
    def staff_with(self) -> str:
        """What staff sign in with, where a password is for people's own pages only; else ""."""
        provider = None if self.with_password else providers.find(providers.STAFF)
        return provider.name if provider else ""

    @property
    def own(self) -> dict[str, Any] | None:
        """Whether the user signs in with the organisation's provider, where there is one."""
        provider = providers.find(providers.STAFF)
        if provider is None or not self._request.user.is_authenticated:
            return None
        found = identities.of(self._request.user, provider.issuer)  # type: ignore[arg-type]
        return {
            "name": provider.name,
            "connected": found is not None,
            "href": reverse("oidc:connect", args=[provider.slug]),
        }


def context(request: HttpRequest) -> dict[str, Ways]:
    """Context processor: `ways`."""
    return {"sign_in_ways": Ways(request)}
