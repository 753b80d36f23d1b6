"""Where a working day begins."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from casework.accounts import policy
from casework.accounts.decorators import open_to_signed_in
from casework.accounts.roles import Permission
from casework.alerts import listing
from casework.alerts import policy as alert_policy
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.diary import rows as diary
from casework.common import presenters as words
from casework.common.http import http_methods
from casework.common.navigation import service_navigation
from casework.worklist import people_rows, team_rows
from casework.worklist.filters import Chosen, Sort
from casework.worklist.home import home_path, works_with_people
from casework.worklist.models import SavedFilter
from casework.worklist.presenters.day import MOST_PEOPLE, MyDay, TeamSummary, come_up_line
from casework.worklist.presenters.start import StartPage
from casework.worklist.presenters.team import network_table
from casework.worklist.sections import due_for


@open_to_signed_in
@http_methods(read=["GET"])
def home(request: HttpRequest) -> HttpResponse:
    """A day's work and the team's; for who works with nobody's record, what they may do here."""
    user: Any = request.user
    path = home_path(user)
    if path != request.path:
        return redirect(path)
    if not works_with_people(user):
        return _start(request)
    today = timezone.localdate()
    teams = team_rows.teams_led(user)
    context = {
        "heading": words.long_date(today),
        "day": None,
        "team": _team(user, teams, today) if teams else None,
        "network": network_table(team_rows.network_figures(user)),
    }
    if context["network"]:
        context["come_up"] = come_up_line(team_rows.come_up(user, today))
    if user.worker_id is not None or not (teams or context["network"]):
        context["day"] = _day(
            request,
            today,
            leads=bool(teams),
            come_up_is_said=bool(teams or context["network"]),
        )
    return render(request, "worklist/home.jinja", context)


def _start(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    page = StartPage(
        name=user.name,
        roles=[member.role for member in policy.memberships(user)],
        links=service_navigation(user, request.path),
    )
    return render(request, "worklist/start.jinja", {"page": page})


def _day(request: HttpRequest, today: dt.date, *, leads: bool, come_up_is_said: bool) -> MyDay:
    """Diary, what is due, alerts and people of the user."""
    user: Any = request.user
    may_record = policy.may(user, Permission.RECORD_CONTACTS)
    away = []
    if may_record or user.worker_id is not None:
        away = diary.absences_covered(user, today, alert_policy.teams_of_own(user))
    absences = diary.in_the_diary(user, away) if may_record else []
    contacts, covered = diary.diary_of(user, absences, today) if may_record else ([], {})
    due = due_for(user, today)
    alerts = None
    if user.worker_id is not None:
        mine = partial(
            alert_policy.my_alerts, covered={one.worker_id for one in away if one.start <= today}
        )
        alerts = listing.open_alerts(mine, user)
    named = people_rows.of_worker(user, today)
    people = people_rows.first_of(named, Chosen(), today, MOST_PEOPLE + 1)
    is_named = bool(people)
    if not people:  # who is named for nobody still meets somebody
        people = people_rows.first_of(
            people_rows.of_user(user), Chosen(sort=Sort.NAME), today, MOST_PEOPLE + 1
        )
    day = MyDay(
        today=today,
        contacts=contacts,
        covers={pk: away.worker.name for pk, away in covered.items()},
        due=due,
        alerts=alerts,
        people=people_rows.listed(people, today),
        is_named=is_named,
        saved=list(SavedFilter.objects.visible_to(user)),
        is_worker=user.worker_id is not None,
        may_record=may_record,
        leads=leads,
        come_up_is_said=come_up_is_said,
    )
    listed = [one.person_id for one in contacts] + [one.person_id for one in people]
    listed += [one.person_id for one in due if one.person_id]
    listed += [bundle.person.pk for bundle in alerts.bundles] if alerts else []
    if listed:
        access_log.note(request, Action.LIST, people=list(dict.fromkeys(listed)))
    return day


def _team(user: Any, teams: set[Any], today: dt.date) -> TeamSummary:
    names = sorted(
        {
            member.team.name
            for member in policy.memberships(user)
            if member.team is not None and member.team_id in teams
        }
    )
    return TeamSummary(names, team_rows.standing(user, teams), team_rows.come_up(user, today))
