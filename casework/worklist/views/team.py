"""The team's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.accounts import policy
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.alerts.places import places_of
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common.http import http_methods
from casework.worklist import team_rows
from casework.worklist.presenters.team import TeamPage
from casework.worklist.views.people import teams_of


@requires(Permission.SEE_TEAM_ALERTS)
@http_methods(read=["GET"])
def overview(request: HttpRequest) -> HttpResponse:
    """Who has nobody, who is away and who covers, what has stopped."""
    user: Any = request.user
    today = timezone.localdate()
    led = teams_of(user)
    teams = [one.pk for one in led]
    unnamed = team_rows.nobody_named(user, teams)
    gone = team_rows.worker_gone(user, teams)
    stopped = team_rows.stopped(user)
    page = TeamPage(
        today=today,
        teams=[one.name for one in led],
        standing=team_rows.standing(user, teams),
        nobody_named=unnamed,
        worker_gone=gone,
        away=team_rows.away(teams, today),
        stopped=stopped,
        places=places_of(stopped, user),
        may_allocate=policy.may(user, Permission.ALLOCATE),
    )
    listed = [one.person_id for one in [*unnamed, *gone, *stopped]]
    if listed:
        access_log.note(request, Action.LIST, people=list(dict.fromkeys(listed)))
    return render(request, "worklist/team.jinja", {"team": page})
