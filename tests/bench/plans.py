"""A full plan's page, against a bare Django view with as many rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.utils import timezone

from careplans import areas, services
from careplans.kinds import Kind
from careplans.models import AreaOfLife, Comment, Line, Plan
from careplans.writers import Writer
from casework.accounts import services as accounts
from casework.cases.models import LiveReason, Person
from casework.directory.models import Team, Worker
from tests.bench import bare
from tests.bench.common import BenchResult, Config, in_turns

REPEAT = 20
BAR = 3.0
LINES, COMMENTS, VERSIONS = 120, 30, 10
PLAN = """<!DOCTYPE html><html lang="en"><title>{{ plan.person.name }}</title>
<h1>{{ plan.person.name }}</h1>{% for one in areas %}<h2>{{ one.area.name }}</h2>{% endfor %}
<ul>{% for one in lines %}<li>{{ one.words }}, {{ one.by.name }}, {{ one.on|date:"j F Y" }}</li>
{% endfor %}</ul><ul>{% for one in comments %}<li>{{ one.words }}, {{ one.by.name }}</li>
{% endfor %}</ul><ul>{% for one in versions %}<li>{{ one.number }}, {{ one.on|date:"j F Y" }},
{{ one.by.name }}</li>{% endfor %}</ul></html>"""


@cache
def _template() -> Any:
    return engines["django"].from_string(PLAN)


@login_required
def plan(request: HttpRequest, plan_id: Any) -> HttpResponse:
    """The same rows: areas, lines, comments and versions."""
    found = get_object_or_404(Plan.objects.select_related("person"), pk=plan_id)
    shown = {
        "plan": found,
        "areas": found.areas.select_related("area"),
        "lines": found.lines.select_related("by", "owner_worker"),
        "comments": found.comments.select_related("by"),
        "versions": found.versions.select_related("by").defer("content"),
    }
    return HttpResponse(_template().render(shown, request))


urlpatterns = [path("", bare.here), path("plan/<uuid:plan_id>/", plan)]


def run(config: Config) -> Iterator[BenchResult]:
    """Query counts with little and with much, then times against the bare view."""
    call_command("collectstatic", verbosity=0, interactive=False)
    if not AreaOfLife.objects.exists():
        areas.seed(AreaOfLife)
    team, worker = Team.objects.get(pk=config.made.teams[0]), Worker.objects.create(name="Plan")
    user = accounts.create_user(
        email="plans@alongside.example",
        name="Plan Worker",
        password="only-for-the-bench-9d2c",
        worker=worker,
        by=None,
    )
    accounts.grant(user=user, role="key_worker", team=team, by=None)
    by = Writer(user=user, together=True)
    plans = [_plan(f"Plan {size}", worker, by, size) for size in (1, LINES)]
    ours, theirs = Client(), Client()
    for client in (ours, theirs):
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])

    def page(which: Plan) -> Any:
        return _ok(ours.get(reverse("careplans:plan", args=[which.pk])))

    page(plans[1])
    costs = []
    for one in plans:
        with CaptureQueriesContext(connection) as asked:
            page(one)
        costs.append(len(asked))
    note = f"with 1 line {costs[0]}, with {LINES} lines {costs[1]}"
    yield BenchResult("queries more with a full plan", costs[1] - costs[0], 0, "", note)
    with override_settings(MIDDLEWARE=_bare_middleware()):
        _ok(theirs.get("/"))
    took, least = in_turns(
        [lambda: page(plans[1]), lambda: _ok(theirs.get(f"/plan/{plans[1].pk}/"))],
        rounds=max(config.rounds, 5),
        repeat=REPEAT,
    )
    note = f"{took * 1000:.1f} ms / {least * 1000:.1f} ms"
    yield BenchResult("a plan's page / the bare view", took / least, BAR, note=note)


def own_addresses(get_response: Any) -> Any:
    """These views and no others."""

    def handle(request: Any) -> HttpResponse:
        request.urlconf = "tests.bench.plans"
        return get_response(request)

    return handle


def _bare_middleware() -> list[str]:
    return [*bare.MIDDLEWARE[:-1], "tests.bench.plans.own_addresses"]


def _ok(answer: Any) -> Any:
    if answer.status_code != 200:
        raise AssertionError(answer.status_code)
    return answer


def _plan(name: str, worker: Worker, by: Writer, lines: int) -> Plan:
    """A plan of a person whose record the worker may open, with so many lines and the rest in
    proportion."""
    person = Person.objects.create(name=name)
    today = timezone.localdate()
    LiveReason.objects.create(
        person=person, worker=worker, kind="allocation", source_key=f"bench:{name}", start=today
    )
    made = services.start(person=person, by=by)
    places = list(AreaOfLife.objects.all())
    signed = {"by": by.user, "role": "together", "on": today}
    rows = Line.objects.bulk_create(
        Line(
            plan=made,
            area=places[n % len(places)],
            kind=Kind.GOAL,
            words=f"Goal {n}",
            version=1,
            **signed,
        )
        for n in range(lines)
    )
    share = lines / LINES
    Comment.objects.bulk_create(
        Comment(plan=made, line=rows[n % lines], words=f"Comment {n}", **signed)
        for n in range(max(1, round(COMMENTS * share)))
    )
    for n in range(max(1, round(VERSIONS * share))):
        services.score(line=rows[0], value=n % 11, by=by)
        services.share(plan=made, by=by)
    return made
