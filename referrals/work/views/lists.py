"""The lists of what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common import fence, keyset
from casework.common.http import http_methods
from referrals.work import ended as endings
from referrals.work import saved
from referrals.work.forms import FilterForm
from referrals.work.lists import BY_KEY, Desk, WorkList, chosen_filters, list_href
from referrals.work.rows import ListPage, ids_of

_NEEDS = {"acknowledge": Permission.DECIDE_REFERRALS, "allocate": Permission.ALLOCATE}


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(read=["GET"])
def start(request: HttpRequest) -> HttpResponse:
    """Work begins with what waits on us; for those who only refer, with what they sent."""
    decides = accounts.may(request.user, Permission.DECIDE_REFERRALS)
    which = BY_KEY["ours" if decides else "sent"]
    return redirect(list_href(which, chosen_filters(request.GET)))


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(read=["GET"])
def worklist(request: HttpRequest, which: WorkList) -> HttpResponse:
    """One list of the user's teams, whoever has waited longest first."""
    user: Any = request.user
    desk = Desk(user, chosen_filters(request.GET))
    page = desk.page(
        which, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    access_log.note(request, Action.LIST, people=ids_of(page.rows))
    presenter = ListPage(
        desk,
        which,
        page,
        today=timezone.localdate(),
        saved=saved.saved_lists(user),
        bulk=[code for code in which.bulk if accounts.may(user, _NEEDS[code])],
    )
    asks = presenter.filtered or "filter" in request.GET
    form = FilterForm(desk.filters, teams=desk.teams) if asks else None
    return render(request, "referrals/list.jinja", {"page": presenter, "form": form})


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(read=["GET"])
@fence.beyond("ended referrals of the user's teams, to which people can come back")
def ended(request: HttpRequest) -> HttpResponse:
    """Work that has ended and to which people can come back without a new referral."""
    page = keyset.page(
        endings.may_come_back(request.user, timezone.localdate()),
        order=endings.ORDER,
        size=endings.PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    access_log.note(request, Action.LIST, people=ids_of(page.rows))
    return render(request, "referrals/ended.jinja", {"page": endings.EndedPage(page)})
