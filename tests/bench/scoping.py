"""What it costs to ask whose they are: the team's list with and without scoping, and fenced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.cases.access import fencing
from casework.cases.models import Case
from casework.cases.models.person import PersonQuerySet
from casework.common import fence
from casework.worklist import people_rows
from tests import fenced
from tests.bench.common import BenchResult, Config, in_turns
from tests.bench.pages import lead

DEARER = 1.2
ROUNDS = 21  # a page takes tens of milliseconds: the median of a few says little


def run(config: Config) -> Iterator[BenchResult]:
    """The page that a lead opens, and its statement, against the same without scoping."""
    team = config.made.teams[0]
    user = lead(team)
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    path = reverse("team_people")

    def page() -> None:
        assert client.get(path).status_code == 200

    def statement() -> None:
        today = timezone.localdate()
        with fence.as_user(user.pk):
            list(people_rows.of_teams(user, [team]).order_by("pk").values_list("pk")[:26])
            people_rows.of_teams(user, [team]).filter(opened_on__lte=today).count()

    for what, work in (("list of a team, page", page), ("list of a team, statements", statement)):
        scoped, open_to_all = in_turns([work, _unscoped(work)], max(config.rounds, ROUNDS))
        note = f"{scoped * 1000:.1f} ms, without scoping {open_to_all * 1000:.1f} ms"
        if what.endswith("page"):
            yield BenchResult(what, scoped / open_to_all, DEARER, "x", note)
        else:
            print(f"   {what}: {note}", flush=True)
    yield _plan(config, client, path)
    if config.engine == "postgresql":
        yield from _fenced(config, page)


def _everybody(user: Any) -> QuerySet[Case]:
    return Case.objects.filter(closed_on__isnull=True, person__death_date__isnull=True)


def _unscoped(work: Callable[[], None]) -> Callable[[], None]:
    """The same work, with everybody visible: the team alone says who is on the list."""

    def without() -> None:
        with (
            patch.object(PersonQuerySet, "visible_to", lambda rows, user: rows),
            patch.object(people_rows, "_open_cases", _everybody),
        ):
            work()

    return without


def _plan(config: Config, client: Client, path: str) -> BenchResult:
    """How the engine goes about the page's dearest scoped statement."""
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    scoped = [one["sql"] for one in asked if "cases_livereason" in one["sql"]]
    words = _explained(max(scoped, key=len))
    read = len(
        re.findall(r"(?:Seq Scan on|SCAN) cases_(?:person|livereason|case|contact)\b", words)
    )
    return BenchResult("tables that it reads from end to end", read, 0, "", "\n" + words)


def _explained(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) " + sql.replace("%", "%%"), [])
            return "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"), [])
        return "\n".join(row[3] for row in cursor.fetchall())


def _fenced(config: Config, page: Callable[[], None]) -> Iterator[BenchResult]:
    """The page by the web's role, with the policies on, against the owner's."""
    if not fence.is_on():
        print("   the fence: not measured, DATABASE_FENCE is 0", flush=True)
        return
    web, worker = fenced.made()
    try:

        def behind() -> None:
            with fenced.as_role(web):
                page()

        before, after = in_turns([page, behind], max(config.rounds, ROUNDS))
        note = f"{after * 1000:.1f} ms, without {before * 1000:.1f} ms"
        yield BenchResult("the same page behind the fence", after / before, DEARER, "x", note)
        with fenced.as_role(web), CaptureQueriesContext(connection) as asked:
            page()
        longest = max((one["sql"] for one in asked if "cases_livereason" in one["sql"]), key=len)
        with fenced.as_role(web), fence.as_user(lead(config.made.teams[0]).pk):
            print("   behind the fence:\n" + _explained(longest), flush=True)
        yield BenchResult("tables behind the fence without a policy", _open_tables(), 0, "")
    finally:
        fenced.gone(web, worker)


def _open_tables() -> int:
    with connection.cursor() as cursor:
        return len(set(fencing.steps()) - fencing._policed(cursor))
