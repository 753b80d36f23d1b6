"""A copy of everything about me that I may read, to take away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from casework.accounts.strong import confirmed
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.portal import copies
from casework.portal.access import own_page
from casework.portal.copy_models import OwnCopy
from casework.portal.models import PortalAccount
from casework.portal.pages import show
from casework.portal.presenters import OWN_COPY
from casework.portal.talk.presenters import moment

State = OwnCopy.State


@own_page
@http_methods(read=["GET"])
def page(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What a copy holds, how to keep it safe, and the one that is there."""
    found = copies.latest(me.person)
    return show(
        request,
        "portal/copy.jinja",
        copy=found,
        is_ready=found is not None and found.state == State.READY,
        has_failed=found is not None and found.state == State.FAILED,
        may_ask=found is None or found.state in (State.GONE, State.FAILED),
        until=moment(found.keep_until) if found is not None else "",
        kilobytes=max(1, found.size // 1000) if found is not None else 0,
    )


@own_page
@http_methods(write=["POST"])
def ask(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Have a copy made."""
    try:
        copies.ask_for(account=me)
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("It is being made."))
    return redirect("portal:copy")


def _copy(me: PortalAccount, copy_id: UUID) -> OwnCopy:
    return get_object_or_404(me.person.own_copies.all(), pk=copy_id)


@own_page
@http_methods(read=["GET"])
def status(request: HttpRequest, me: PortalAccount, copy_id: UUID) -> HttpResponse:
    """Whether it is still being made, for the page that waits for it."""
    return JsonResponse({"making": _copy(me, copy_id).is_making})


@own_page
@http_methods(read=["GET"])
@confirmed
def file(request: HttpRequest, me: PortalAccount, copy_id: UUID) -> HttpResponse:
    """The file. That I took it is written down."""
    row = _copy(me, copy_id)
    if row.state != State.READY:
        raise Http404
    try:
        content = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    access_log.note(request, Action.EXPORT, person=me.person_id, record=row, reason=OWN_COPY)
    response = FileResponse(
        content, as_attachment=True, filename="copy.zip", content_type="application/zip"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@own_page
@http_methods(write=["POST"])
def throw_away(request: HttpRequest, me: PortalAccount, copy_id: UUID) -> HttpResponse:
    """I do not want it kept here."""
    copies.throw_away(copy=_copy(me, copy_id))
    messages.success(request, _("It is not kept here any more."))
    return redirect("portal:copy")
