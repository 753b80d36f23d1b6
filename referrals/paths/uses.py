"""Writes down each use of a reply link. Views say what happened; middleware writes it afterwards,
so that looking at a page changes nothing inside of the view."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from casework.cases.models import AccessEntry
from casework.common.http import client_address
from referrals.models import LinkUse, ReplyLink


def note(request: HttpRequest, link: ReplyLink, what: LinkUse.What) -> None:
    """Remember what happened with a link in this request."""
    request.__dict__.setdefault("_link_uses", []).append((link, what))


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """After the view: the log of the link and, where the referral was shown, the access log that
    the person can read."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for link, what in request.__dict__.pop("_link_uses", []):
            ip = client_address(request)
            LinkUse.objects.create(link=link, what=what, ip=ip)
            if what == LinkUse.What.VIEWED:
                AccessEntry.objects.create(
                    action=AccessEntry.Action.VIEW,
                    person_id=link.referral.person_id,
                    page="paths:reply",
                    record=link.referral_id,
                    reason="reply_link",
                    reason_words=str(link.address)[:300],
                    ip=ip,
                )
        return response

    return handle
