"""Who can see my record and why, and who has looked at it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casework.cases.models import SealedNote
from casework.common import keyset
from casework.common.http import http_methods
from casework.portal.access import own_page_with_help
from casework.portal.models import PortalAccount
from casework.portal.pages import show
from casework.portal.presenters import look_lines, pages_of, reason_lines


@own_page_with_help
@http_methods(read=["GET"])
def who(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Who can see my record and why, and who has looked at it."""
    reasons = me.person.live_reasons.on(timezone.localdate()).select_related("worker", "team")
    looks = me.person.access_entries.select_related("user", "team")
    page = keyset.page(
        looks.none() if SealedNote.Area.LOG in me.kept_back else looks,
        order=("-created_at", "-pk"),
        size=50,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return show(
        request,
        "portal/who.jinja",
        reasons=reason_lines(reasons),
        looks=look_lines(page.rows),
        links=pages_of(request.path, page),
    )
