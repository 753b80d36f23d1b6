"""The same act on several referrals of a list, with a result for each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common.http import http_methods
from casework.common.pages import Link
from referrals.actors import actor
from referrals.situation import Situation
from referrals.work import bulk
from referrals.work.fields import Asking
from referrals.work.forms import BulkForm
from referrals.work.lists import BY_KEY, Place
from referrals.work.rows import BulkPage, as_choices


@requires(Permission.DECIDE_REFERRALS)
@http_methods(read=["GET"], write=["POST"])
def several(request: HttpRequest) -> HttpResponse:
    """Acknowledge several, or name one worker for several; what fails says why and stays."""
    if request.method != "POST":
        return redirect(reverse("referrals:ours"))
    user: Any = request.user
    place = Place.read(request.POST) or Place(BY_KEY["ours"], {})
    back = Link(str(place.which.title), place.href)
    code = request.POST.get("act", "")
    if code == bulk.ALLOCATE and not accounts.may(user, Permission.ALLOCATE):
        code = ""
    if code not in (bulk.ACKNOWLEDGE, bulk.ALLOCATE):
        return redirect(back.href)
    sent = list(dict.fromkeys(request.POST.getlist("chosen")))
    rows = bulk.chosen_rows(user, sent)
    elsewhere = 0
    if code == bulk.ALLOCATE and rows:  # a worker is named within a team: that of the first
        team = rows[0].team_id
        elsewhere = sum(row.team_id != team for row in rows)
        rows = [row for row in rows if row.team_id == team]
    data = request.POST.copy()
    data.setlist("chosen", [str(row.pk) for row in rows])
    names, hints = as_choices(rows)
    asking = None
    if code == bulk.ALLOCATE and rows:
        asking = Asking(Situation(rows[0], actor(user)))
    asked = code == bulk.ALLOCATE and "worker" not in request.POST
    form = BulkForm(None if asked else data, rows=names, hints=hints, asking=asking)
    if asked:
        form.initial["chosen"] = [key for key, _name in names]
    results: list[bulk.Result] = []
    if not rows:
        form = BulkForm({}, rows=(), hints={}, asking=None)
        form.is_valid()
    elif form.is_bound and form.is_valid():
        chosen = [row for row in rows if str(row.pk) in form.cleaned_data["chosen"]]
        if code == bulk.ACKNOWLEDGE:
            results = bulk.acknowledge(chosen, by=user)
        else:
            results = bulk.allocate(chosen, worker=form.cleaned_data["worker"], by=user)
    access_log.note(
        request,
        Action.CHANGE if results else Action.LIST,
        people=[row.person_id for row in rows],
    )
    page = BulkPage(
        code,
        back=back,
        results=results,
        gone=len(sent) - len(rows) - elsewhere,
        elsewhere=elsewhere,
    )
    hidden = [("act", code), *place.parameters.items()]
    return render(
        request,
        "referrals/several.jinja",
        {
            "page": page,
            "form": form,
            "hidden": hidden,
            "nothing": _("Select at least one, and try again.") if not rows else "",
        },
    )
