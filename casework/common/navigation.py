"""The frame around every page: service navigation, account, banners, crisis contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from casework.common.registry import Registry

SERVICE_NAME = "Alongside"

CRISIS_CONTACTS = (
    (_("In danger now"), "999"),
    (_("NHS 111, mental health option 2"), "111"),
    (_("Samaritans, free, day and night"), "116 123"),
)


@dataclass(frozen=True)
class NavigationItem:
    """A place in the service navigation, shown to those who may open it.

    `finds` marks the page to which the search box in the header posts its `words`.
    """

    label: Any
    url_name: str
    may_see: Callable[[Any], bool]
    order: int
    finds: bool = False


navigation: Registry[NavigationItem] = Registry("navigation")


def service_navigation(user: Any, path: str) -> list[dict[str, Any]]:
    """The links that this user may follow; the one that holds the present page is marked."""
    links: list[dict[str, Any]] = [
        {
            "text": str(item.label),
            "href": _place(item.url_name),
            "current": False,
            "finds": item.finds,
        }
        for item in sorted(navigation, key=lambda item: (item.order, item.url_name))
        if item.may_see(user)
    ]
    holding = [link for link in links if _holds(link["href"], path)]
    if holding:
        max(holding, key=lambda link: len(link["href"]))["current"] = True
    return links


@cache
def _place(url_name: str) -> str:
    """The address of a place in the navigation, which never changes."""
    return reverse(url_name)


def _holds(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))


def crisis_contacts() -> list[dict[str, str]]:
    """Who to ring in a crisis: the local list (`Name|number;Name|number`) or the national one."""
    local = str(getattr(settings, "CRISIS_CONTACTS", "") or "")
    pairs = [tuple(part.split("|", 1)) for part in local.split(";") if "|" in part]
    return [
        {
            "name": str(name).strip(),
            "number": str(number).strip(),
            "href": "tel:" + "".join(c for c in str(number) if c.isdigit() or c == "+"),
        }
        for name, number in (pairs or CRISIS_CONTACTS)
    ]


class Frame:
    """What the layouts show around a page. Nothing is asked of the database until it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.service_name: str = getattr(settings, "SERVICE_NAME", SERVICE_NAME)
        self.organisation: str = getattr(settings, "ORGANISATION_NAME", "")
        self.demo: bool = bool(getattr(settings, "DEMO", False))

    @cached_property
    def nonce(self) -> str:
        """This response's key for inline script (the lazy value counts as false until read)."""
        return str(getattr(self._request, "csp_nonce", ""))

    @property
    def language(self) -> str:
        return get_language() or "en-gb"

    @property
    def home(self) -> str:
        return _address("home") or "/"

    @cached_property
    def user(self) -> Any:
        """The user who is signed in, or None."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def signed_in(self) -> bool:
        return self.user is not None

    @cached_property
    def navigation(self) -> list[dict[str, Any]]:
        """Links for this user; none when nobody is signed in."""
        return service_navigation(self.user, self._request.path) if self.user else []

    @property
    def search_href(self) -> str:
        """Where the search box of the header sends what was typed; "" for those who have nobody
        to look for, and on the page that has a larger one."""
        places = [link["href"] for link in self.navigation if link["finds"]]
        return next((href for href in places if href != self._request.path), "")

    @property
    def account_name(self) -> str:
        return str(self.user) if self.user else ""

    @property
    def account_href(self) -> str:
        """Where people look after their own sign-in."""
        return _address("mfa_index") or _address("account_change_password")

    @property
    def sign_out_href(self) -> str:
        return _address("account_logout")

    @property
    def crisis_contacts(self) -> list[dict[str, str]]:
        return crisis_contacts()

    @property
    def demo_text(self) -> str:
        return gettext(
            "This is a demonstration. Every person, worker and team in it is invented. "
            "Do not enter real information."
        )


def _address(name: str) -> str:
    """Address of a page that a deployment may not have."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def context(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame`, for the layouts."""
    return {"frame": Frame(request)}
