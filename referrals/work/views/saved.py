"""Lists under a name of the user's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from referrals.work import saved
from referrals.work.forms import SaveListForm
from referrals.work.lists import BY_KEY, chosen_filters, list_href


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(read=["GET"], write=["POST"])
def save_list(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a list with its filters under a name."""
    if key not in BY_KEY:
        raise Http404
    user: Any = request.user
    which, filters = BY_KEY[key], chosen_filters(request.GET)
    href = list_href(which, filters)
    form = SaveListForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = saved.save(user=user, list_key=key, filters=filters, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": row.name})
            return redirect(href)
    page = FormPage(
        heading=_("Save this list"),
        intro=(_("“%(list)s” with its filters. Only you see it.") % {"list": which.title},),
        submit=_("Save"),
        back=Link(str(which.title), href),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(write=["POST"])
def forget_list(request: HttpRequest, saved_id: UUID) -> HttpResponse:
    """Remove one of the user's own saved lists."""
    user: Any = request.user
    row = get_object_or_404(user.saved_filters.filter(page__startswith="referrals:"), pk=saved_id)
    key = saved.list_key(row)
    saved.forget(row=row)
    messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    which = BY_KEY.get(key, BY_KEY["ours"])
    return redirect(list_href(which, {}))
