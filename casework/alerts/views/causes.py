"""Causes over time, for leads."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.alerts import causes, policy
from casework.alerts.cause_pages import BY, CausesPage
from casework.alerts.forms import ChoiceOfTeam
from casework.common import fence
from casework.common.http import http_methods

_figures = fence.beyond("figures by team, without anybody's name")


def _asked(request: HttpRequest) -> tuple[Any, str, bool, list[tuple[str, str]]]:
    """The teams that were asked for, how that is said in the address, whether their numbers are
    exact (a lead reads the names of these teams anyway), and the teams to choose from."""
    mine = policy.counted_teams(request.user)
    choices = policy.teams_to_count(request.user)
    of = request.GET.get("of", "")
    if not of:
        return mine, "", mine is not None, choices
    if of not in dict(choices):
        raise Http404
    return {UUID(of)}, of, mine is not None, choices


@requires(Permission.SEE_TEAM_ALERTS, Permission.SEE_NETWORK)
@http_methods(read=["GET"])
@_figures
def over_time(request: HttpRequest) -> HttpResponse:
    """What came up in the last twelve months in my teams or in the network, and why."""
    teams, of, exact, choices = _asked(request)
    by = request.GET.get("by", "")
    today = timezone.localdate()
    page = CausesPage(
        causes.counts(teams, today),
        by=by if by in BY else "cause",
        of=of,
        until=today,
        exact=exact,
        path=request.path,
    )
    form = ChoiceOfTeam(
        initial={"of": of}, choices=[("", _("All of them")), *choices], label=_("Team")
    )
    return render(request, "alerts/causes.jinja", {"page": page, "form": form})


@requires(Permission.SEE_TEAM_ALERTS, Permission.SEE_NETWORK)
@http_methods(read=["GET"])
@_figures
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same numbers for a spreadsheet."""
    teams, _of, exact, _choices = _asked(request)
    file = io.StringIO()
    causes.write_csv(causes.counts(teams, timezone.localdate()), file, exact=exact)
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="causes.csv"'
    return response
