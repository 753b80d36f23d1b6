"""The banner on every page of a person whose record is open by override.

Which pages are about whom is known to the access log: a page that notes whom it shows gets the
banner. What is held open stands in the session, so that no page pays for asking.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext

from casework.cases.access import overrides
from casework.common.presenters import clock

HELD = "held_open"


def remember(request: HttpRequest, user: Any) -> None:
    """Note in the session what is held open now (after opening, closing or signing in)."""
    held = overrides.held_open(user)
    if held or HELD in request.session:
        request.session[HELD] = held


def on_sign_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of `user_logged_in`: a second sign-in within the hour shows the banner too."""
    remember(request, user)


class Banner:
    """Whether this page is about somebody whose record is open by override, and until when."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _until(self) -> dt.datetime | None:
        session = getattr(self._request, "session", None)
        held = session.get(HELD, {}) if session is not None else {}
        if not held:
            return None
        shown = [
            held[about]
            for entry in self._request.__dict__.get("_access_entries", [])
            if (about := str(entry["person_id"])) in held
        ]
        moments = [dt.datetime.fromisoformat(text) for text in shown]
        return max((one for one in moments if one > timezone.now()), default=None)

    def __bool__(self) -> bool:
        return self._until is not None

    @property
    def text(self) -> str:
        return gettext(
            "You opened this record by override. It closes by itself at %(time)s. What you open is"
            " written down, the privacy officer looks at it, and the person may be told."
        ) % {"time": clock(self._until) if self._until else ""}

    @property
    def finish_href(self) -> str:
        return reverse("access:finish")


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `override_banner`, for the layout."""
    return {"override_banner": Banner(request)}
