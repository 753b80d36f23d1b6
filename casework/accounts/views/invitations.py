"""Where the link of an invitation leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from casework.accounts import invitations
from casework.accounts.user_forms import NewPasswordForm
from casework.common.errors import Refusal
from casework.common.http import http_methods

SECRET = "invitation"  # noqa: S105 - the name of its place in the session


@login_not_required
@http_methods(read=["GET"])
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address, so that it stays in no history and no log of links."""
    request.session[SECRET] = secret
    return redirect("invitations:choose")


@sensitive_post_parameters("password", "again")
@login_not_required
@http_methods(read=["GET"], write=["POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a password with the link that has just been opened."""
    secret = request.session.get(SECRET, "")
    letter = invitations.find(secret) if secret else None
    if letter is None:
        return render(request, "users/invitation_over.jinja", {}, status=410)
    form = NewPasswordForm(letter.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.accept(secret=secret, password=form.cleaned_data["password"])
        except Refusal as refusal:
            form.add_error("password", refusal.sentence)
        else:
            del request.session[SECRET]
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
    return render(request, "users/invitation.jinja", {"form": form, "email": letter.user.email})
