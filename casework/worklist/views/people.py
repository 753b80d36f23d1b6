"""My people and my team's people: filtered, in order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.accounts import policy
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Case
from casework.cases.people_tabs import people_tabs
from casework.common.http import http_methods
from casework.directory.models import Team
from casework.worklist import people_rows, team_rows
from casework.worklist.filters import FilterForm, Which
from casework.worklist.models import SavedFilter
from casework.worklist.presenters.people import PATHS, PeopleList


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """Everybody for whom the user is named."""
    rows = people_rows.of_worker(request.user, timezone.localdate())
    return _list(request, Which.MINE, rows, FilterForm(request.GET), [])


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"])
def team(request: HttpRequest) -> HttpResponse:
    """Everybody whom the teams that the user leads hold."""
    led = teams_of(request.user)
    teams = [one.pk for one in led]
    form = FilterForm(
        request.GET,
        workers=people_rows.key_workers(teams),
        teams=[(one.pk, one.name) for one in led],
        of_team=True,
    )
    return _list(request, Which.TEAM, people_rows.of_teams(request.user, teams), form, led)


def teams_of(user: Any) -> list[Team]:
    """The teams that the user leads, by name."""
    wanted = team_rows.teams_led(user)
    found = {one.team_id: one.team for one in policy.memberships(user) if one.team_id in wanted}
    return sorted((one for one in found.values() if one), key=lambda one: one.name)


def _list(
    request: HttpRequest,
    which: Which,
    rows: QuerySet[Case],
    form: FilterForm,
    teams: Sequence[Team],
) -> HttpResponse:
    user: Any = request.user
    today = timezone.localdate()
    choice = form.chosen()
    page = people_rows.page_of(
        rows,
        choice,
        today,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    if page.rows:
        access_log.note(request, Action.LIST, people=[case.person_id for case in page.rows])
    presenter = PeopleList(
        which,
        page,
        listed=people_rows.listed(page.rows, today),
        choice=choice,
        form=form,
        saved=list(SavedFilter.objects.visible_to(user).filter(page=which.value)),
        tabs=people_tabs(user, PATHS[which]),
        several_teams=len(teams) > 1,
    )
    return render(request, "worklist/people.jinja", {"people": presenter})
