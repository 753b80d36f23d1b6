"""The partner's side of a reply link. No account, no session: two cookies that lead nowhere else.

Whatever is wrong with a link (forged, over, used, withdrawn, locked, opened elsewhere) looks the
same from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from casework.common import fence
from casework.common.errors import Refusal
from casework.common.http import client_address, http_methods
from referrals.models import LinkUse, ReplyLink
from referrals.paths import uses
from referrals.paths.forms import AnswerForm, CodeForm, DecideForm, FirstContactForm
from referrals.paths.presenters import ReplyPage
from referrals.services import reply_links
from referrals.table import State

FOLLOWED = "reply_link"  # the cookie that says which link was followed last
What = LinkUse.What
_by_a_link = fence.beyond("a partner who has a link, and its code, to one referral")
Purpose = ReplyLink.Purpose


def _private(view: Callable) -> Callable:
    """No cache and no search engine. (Without a referrer the forms would be refused as forged; it
    goes to no other site.)"""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper


def _keep(response: HttpResponse, name: str, value: str, link: ReplyLink | None = None) -> None:
    response.set_cookie(
        name,
        value,
        expires=link.expires_at if link is not None else None,
        path=reverse("paths:reply"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _browser(link: ReplyLink) -> str:
    """The cookie with this browser's key: one for each link, as a partner may have several."""
    return f"reply_browser_{link.pk.hex}"


def _key(request: HttpRequest, link: ReplyLink) -> str:
    return request.COOKIES.get(_browser(link), "")


def _over(request: HttpRequest, link: ReplyLink | None = None) -> HttpResponse:
    if link is not None:
        uses.note(request, link, What.REFUSED)
    return render(request, "paths/reply/over.jinja", {}, status=410)


def _standing(request: HttpRequest) -> tuple[ReplyLink | None, bool]:
    """The link of this browser's cookie, and whether it leads anywhere now."""
    link = reply_links.find(request.COOKIES.get(FOLLOWED, ""))
    return link, link is not None and reply_links.works(link, timezone.now())


@login_not_required
@http_methods(read=["GET"])
@_private
@_by_a_link
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, so that it stays in no history and no log of links.

    Whoever only looks at the link, such as a mail scanner, changes nothing.
    """
    link = reply_links.find(token)
    if link is None or not reply_links.works(link, timezone.now()):
        if link is not None:
            uses.note(request, link, What.REFUSED)
        return redirect("paths:reply_over")  # so that no log of failures holds the token
    uses.note(request, link, What.OPENED)
    response = redirect("paths:reply")
    _keep(response, FOLLOWED, token, link)
    return response


@sensitive_post_parameters("code")
@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_private
@_by_a_link
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code that was said by phone. The first browser that does keeps the link."""
    link, works = _standing(request)
    if link is None or not works:
        return _over(request, link)
    if link.browser_digest:
        if reply_links.is_own_browser(link, _key(request, link)):
            return redirect("paths:reply")
        return _over(request, link)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key = reply_links.enter_code(
                link=link, code=form.cleaned_data["code"], ip=client_address(request)
            )
        except Refusal:
            return _over(request, link)
        if key is not None:
            response = redirect("paths:reply")
            _keep(response, _browser(link), key, link)
            return response
        if not _standing(request)[1]:
            return _over(request)
        form.add_error("code", _("This code is not right. Check it with the team, and try again"))
    return render(request, "paths/reply/code.jinja", {"form": form})


@login_not_required
@http_methods(read=["GET"], write=["POST"])
@_private
@_by_a_link
def reply(request: HttpRequest) -> HttpResponse:
    """The one referral, as far as it may be shown, and the one thing to do about it."""
    link, works = _standing(request)
    if link is None or not works:
        return _over(request, link)
    if not link.browser_digest:
        return redirect("paths:reply_code")
    key = _key(request, link)
    if not reply_links.is_own_browser(link, key):
        return _over(request, link)
    form = _form(link, request)
    if request.method == "POST" and form.is_valid():
        event, details = _act_of(link, form.cleaned_data)
        try:
            done = reply_links.act(
                link=link,
                browser_key=key,
                event=event,
                details=details,
                seen_version=_version(request),
                ip=client_address(request),
            )
        except Refusal as refusal:
            if not _standing(request)[1]:
                return _over(request, link)
            form.add_error(None, refusal.sentence)
        else:
            return redirect("paths:reply_done" if done.used_at else "paths:reply")
    uses.note(request, link, What.VIEWED)
    link.referral.refresh_from_db(fields=["version"])
    return render(request, "paths/reply/referral.jinja", {"page": ReplyPage(link), "form": form})


@login_not_required
@http_methods(read=["GET"])
@_private
def done(request: HttpRequest) -> HttpResponse:
    """Thanks; says nothing about whom it was."""
    response = render(request, "paths/reply/done.jinja", {})
    response.delete_cookie(FOLLOWED, path=reverse("paths:reply"), samesite="Lax")
    return response


@login_not_required
@http_methods(read=["GET"])
@_private
def over(request: HttpRequest) -> HttpResponse:
    """Where every link that leads nowhere ends."""
    return _over(request)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 9 else None


def _form(link: ReplyLink, request: HttpRequest) -> Any:
    data = request.POST or None
    if link.purpose == Purpose.ANSWER:
        return AnswerForm(data)
    if link.purpose == Purpose.FIRST_CONTACT:
        return FirstContactForm(
            data, earliest=link.referral.accepted_on or link.referral.received_on
        )
    return DecideForm(data, acknowledged=link.referral.state != State.SENT)


def _act_of(link: ReplyLink, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if link.purpose == Purpose.ANSWER:
        return "answer", {"answer": data["answer"]}
    if link.purpose == Purpose.FIRST_CONTACT:
        return "first_contact", {"met_on": data["met_on"], "worker_name": data["worker_name"]}
    if data["what"] != "propose_decline":
        return data["what"], {}
    return "propose_decline", {
        "reason_code": data["reason_code"],
        "grounds": data["grounds"],
        "explanation": data["explanation"],
        "cannot_offer": data["cannot_offer"],
        "instead_words": data["instead"] or "",
        "nothing_exists": not data["instead"],
        "live_conversation": data["live_conversation"] or "",
    }
