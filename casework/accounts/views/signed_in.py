"""Where somebody is signed in, for themselves; and signing out there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import sessions
from casework.accounts.decorators import open_to_signed_in
from casework.accounts.presenters import SignedInPage
from casework.accounts.sessions import Idle
from casework.common.http import http_methods


@open_to_signed_in
@http_methods(read=["GET"])
def places(request: HttpRequest) -> HttpResponse:
    """Each place with its browser and its last click; this one first."""
    page = SignedInPage(
        sessions.of(request.user), here=request.session.session_key, now=timezone.now()
    )
    return render(request, "account/signed_in.jinja", {"page": page})


@open_to_signed_in
@http_methods(write=["POST"])
def end(request: HttpRequest, handle: str) -> HttpResponse:
    """Sign out in one other place."""
    found = [
        one.key
        for one in sessions.of(request.user)
        if one.handle == handle and one.key != request.session.session_key
    ]
    if not found:
        raise Http404
    sessions.end(found)
    messages.success(request, _("You are signed out there."))
    return redirect("signed_in:list")


@open_to_signed_in
@http_methods(write=["POST"])
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    here = request.session.session_key
    sessions.end([one.key for one in sessions.of(request.user) if one.key != here])
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("signed_in:list")


@open_to_signed_in
@http_methods(read=["GET"], write=["POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody is still there: by a link that leaves their own page open, or for a page's script.

    To the second, unlike other pages, which extend it to the minute: the warning must not come
    back at once.
    """
    sessions.extend(request)
    if request.method == "POST":
        return JsonResponse({"left": Idle(request).left})
    return render(request, "account/stay.jinja", {"until": Idle(request).until})


@open_to_signed_in
@http_methods(read=["GET"])
def left(request: HttpRequest) -> HttpResponse:
    """How many seconds are left, for a page's script before it warns: another window may have been
    used. Asking extends nothing."""
    return JsonResponse({"left": Idle(request).left})
