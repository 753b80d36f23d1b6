"""The team's list and the search by name, as a lead opens them, beside the bare pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models.functions import Upper
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.accounts import services
from casework.accounts.models import User
from casework.cases.models import Person
from casework.cases.views import SEARCHED
from casework.directory.models import Team
from tests.bench import load
from tests.bench.common import BenchResult, Config
from tests.bench.generate import LAST

OURS, BARE = "casework.wsgi:application", "tests.bench.bare_site.wsgi:application"
SLOWER, QUERIES, BYTES = 1.5, 10, 60_000
WORD = LAST[7]
REQUESTS = {1: 40, 8: 80}
STATEMENT = re.compile(r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.I)
TYPED = (WORD, f"Hamza {WORD}", "P0000100", "12 Mar 1984", "999 000 0018", f"{WORD} 12/03/1984")


def run(config: Config) -> Iterator[BenchResult]:
    """Time against the bare pages, queries, bytes, and whether a search reads everybody."""
    team = config.made.teams[0]
    user = lead(team)
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[SEARCHED] = WORD
    session.save()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    bare_cookie = f"{settings.SESSION_COOKIE_NAME}={bare_session(user)}"
    pages = {
        "list of a team": (reverse("team_people"), f"/team/{team}/"),
        "search by name": (
            f"{reverse('people:list')}?found=1",
            f"/people/?{urlencode({'q': WORD})}",
        ),
    }
    with load.server(OURS) as ours, load.server(BARE) as bare:
        for what, (own_path, bare_path) in pages.items():
            both = [load.Page(ours, own_path, cookie), load.Page(bare, bare_path, bare_cookie)]
            for clients, requests in REQUESTS.items():
                own, least = load.in_turns(
                    both, clients=clients, rounds=config.rounds, requests=requests
                )
                note = (
                    f"{own.median:.1f} ms (p95 {own.p95:.1f}), bare {least.median:.1f}"
                    f" (p95 {least.p95:.1f})"
                )
                asked = f"{clients} client{'s' if clients > 1 else ''}"
                yield BenchResult(f"{what}, {asked}", own.median / least.median, SLOWER, "x", note)
    for what, (own_path, _bare_path) in pages.items():
        with CaptureQueriesContext(connection) as asked_for:
            answer = client.get(own_path)
        count = sum(bool(STATEMENT.match(one["sql"])) for one in asked_for)
        yield BenchResult(f"{what}, queries", count, QUERIES, "")
        yield BenchResult(f"{what}, HTML", len(answer.content), BYTES, "bytes")
    if config.engine == "postgresql":
        read = {
            words: plan for words in TYPED if "Seq Scan on cases_" in (plan := _plan(user, words))
        }
        note = "\n".join(f"{words}\n{plan}" for words, plan in read.items())
        yield BenchResult("searches that read a table from end to end", len(read), 0, "", note)


def lead(team: Any) -> User:
    """Somebody who leads a team, made once."""
    found = User.objects.filter(email="lead@bench.example").first()
    if found is not None:
        return found
    user = services.create_user(
        by=None, email="lead@bench.example", name="Lead", password="an-invented-bench-password"
    )
    services.grant(
        user=user, role="team_lead", team=Team.objects.get(pk=team), organisation=None, by=None
    )
    return user


def bare_session(user: User) -> str:
    """A session that the bare site's sign-in knows."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.session.session_key)


def _plan(user: User, words: str) -> str:
    rows = Person.objects.visible_to(user).annotate(sort_name=Upper("name")).found_by(words)
    return rows.order_by("sort_name", "pk")[:26].explain()
