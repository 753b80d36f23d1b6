"""How long a sign-in lasts without a click, and where else somebody is signed in."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _

from casework.common.presenters import clock
from casework.common.registry import Registry

WRITE_EVERY = 60  # seconds: a click within the same minute costs no write
CAME_FROM = "came_from"  # in the session: the provider at which this sign-in began
WARN = 120  # seconds before the end at which the page says so
BACKGROUND = frozenset({"drafts:save", "signed_in:left"})  # pages that only a script asks for

# How long a sign-in lasts without a click, where it is less than for staff: a function of the
# user, in seconds, or None for whom it does not decide.
idle_limits: Registry[Callable[[Any], int | None]] = Registry("idle_limits")


def begin(request: HttpRequest, user: Any = None, **kwargs: Any) -> None:
    """Receiver of `user_logged_in`: the idle time begins with the sign-in."""
    request.session["seen"] = request.session["began"] = int(time.time())
    request.session["device"] = device(request.headers.get("User-Agent", ""))
    limits = [limit for one in idle_limits if (limit := one(user)) is not None]
    request.session["idle"] = min([settings.SESSION_COOKIE_AGE, *limits])


def ended(request: HttpRequest | None, **kwargs: Any) -> None:
    """Receiver of `user_logged_out`: what the browser keeps of this site is to go."""
    if request is not None:
        request.__dict__["_signed_out"] = True


def ends_at(request: HttpRequest) -> int:
    """When this sign-in is over if nobody clicks: a moment in seconds."""
    session = request.session
    idle = min(session.get("idle", settings.SESSION_COOKIE_AGE), settings.SESSION_COOKIE_AGE)
    without_click = session.get("seen", 0) + idle
    return min(without_click, session.get("began", 0) + settings.SESSION_LONGEST)


def extend(request: HttpRequest) -> None:
    """Somebody says that they are still there: the idle time begins anew."""
    request.session["seen"] = int(time.time())


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Ends a sign-in in which nobody clicked for too long, or that has lasted for too long, and
    begins the idle time anew with each click, to the minute. At the end, whatever it was, the
    browser is told to forget what it keeps.

    A request that somebody's script makes by itself (`X-Background: 1`, or a page for scripts
    only) does not count: presence and autosave never keep a session alive, whatever else they
    write into it.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and "seen" in request.session:
            if time.time() >= ends_at(request):
                logout(request)
        response = get_response(request)
        if settings.HTTPS and request.__dict__.get("_signed_out"):
            # not its cookies: who signed in again within this request has new ones
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.user.is_authenticated and not _is_background(request):
            now = int(time.time())
            if now - request.session.get("seen", 0) >= WRITE_EVERY:
                request.session["seen"] = now
        return None

    handle.process_view = process_view  # type: ignore[attr-defined]
    return handle


def _is_background(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.headers.get("X-Background") == "1" or (
        match is not None and match.view_name in BACKGROUND
    )


class Idle:
    """What a page says about the end of its sign-in, in a line and, with script, in a dialog."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _ends_at(self) -> int:
        return ends_at(self._request)

    @property
    def until(self) -> str:
        """The time of day at which it ends without a click."""
        return clock(dt.datetime.fromtimestamp(self._ends_at, dt.UTC))

    @property
    def left(self) -> int:
        """Seconds until then."""
        return max(0, self._ends_at - int(time.time()))

    @property
    def warn(self) -> int:
        return WARN

    @property
    def minutes(self) -> int:
        return WARN // 60

    @property
    def over(self) -> str:
        """The sign-in page, from which one comes back to this page."""
        read = self._request.method == "GET"
        here = self._request.get_full_path() if read else self._request.path
        return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': here})}"


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `idle`, for whoever is signed in; else None."""

    def made() -> Idle | None:
        user = getattr(request, "user", None)
        signed_in = user is not None and user.is_authenticated and "seen" in request.session
        return Idle(request) if signed_in else None

    return {"idle": SimpleLazyObject(made)}


# Where somebody is signed in ---------------------------------------------------------------------

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device(agent: str) -> list[str]:
    """Browser and system, as far as they can be told and no further: it is not for tracking."""
    return [
        next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]


@dataclass(frozen=True)
class SignedIn:
    """One place where a user is signed in. `handle` names it on a page; the key never leaves."""

    key: str
    device: tuple[str, str]
    began: dt.datetime | None
    seen: dt.datetime | None

    @property
    def handle(self) -> str:
        return salted_hmac("casework.accounts.sessions", self.key).hexdigest()[:32]

    @property
    def words(self) -> str:
        browser, system = self.device
        if browser and system:
            return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        return browser or system or _("A browser that we do not know")


def _moment(data: dict[str, Any], name: str) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(data[name], dt.UTC) if name in data else None


def of(user: Any) -> Iterator[SignedIn]:
    """Where a user is signed in now. Sessions name their user only inside, so each is read."""
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        data = row.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk):
            browser, system = data.get("device") or ("", "")
            yield SignedIn(row.pk, (browser, system), _moment(data, "began"), _moment(data, "seen"))


def of_provider(provider: str, *, subject: str, sid: str) -> list[str]:
    """Keys of the sessions that began at a provider, for one session there or for all of a user."""
    return [
        row.pk
        for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        for came in [row.get_decoded().get(CAME_FROM, {})]
        if came.get("provider") == provider
        and (came.get("sid") == sid if sid else came.get("sub") == subject)
    ]


def end(keys: list[str]) -> int:
    """Sign out there; how many places that were."""
    return Session.objects.filter(pk__in=keys).delete()[0]
