"""Keeps words while they are being written."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from casework.accounts import drafts
from casework.accounts.decorators import open_to_signed_in
from casework.accounts.models import User
from casework.common.http import http_methods, safe_next
from casework.common.presenters import clock


# The page's ticket is signed, names its user and cannot be guessed, so it proves more than the
# CSRF token, which a sign-in in another window changes: words must be kept then too.
@csrf_exempt
@login_not_required
@http_methods(write=["POST"])
def save(request: HttpRequest) -> HttpResponse:
    """Keep the words of an open page, whether its session still lasts or not."""
    request.__dict__["_draft_is_kept"] = True
    ticket = drafts.unsign(request.POST.get(drafts.TOKEN, ""))
    if ticket is None:
        return JsonResponse(
            {"message": _("This page is too old to be kept. Copy your text.")}, status=403
        )
    try:
        kept = drafts.save_posted(request.POST)
    except drafts.TooLong as refusal:
        return JsonResponse({"message": refusal.sentence}, status=413)
    user: Any = request.user
    if not isinstance(user, User) or user.pk != ticket.user_id:
        return JsonResponse(
            {
                "message": _("You have been signed out. What you write is still kept."),
                "signed_out": True,
            }
        )
    return JsonResponse(
        {
            "message": _("Saved at %(time)s") % {"time": clock(kept.saved_at)} if kept else "",
            "token": drafts.sign(user, ticket.key),
            "csrf": get_token(request),
        }
    )


@open_to_signed_in
@http_methods(write=["POST"])
def discard(request: HttpRequest) -> HttpResponse:
    """Start again: throw one's own draft away and open the page without it."""
    user: Any = request.user
    ticket = drafts.unsign(request.POST.get(drafts.TOKEN, ""))
    if ticket is not None and ticket.user_id == user.pk:
        drafts.discard(user=user, key=ticket.key)
    return redirect(safe_next(request, "/"))
