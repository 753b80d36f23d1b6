"""A team with a lead and a key worker, and a reader of its pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.I)
MOST_BYTES = 60_000


class Reader:
    """A client of one user that reads pages by name and counts what they cost."""

    def __init__(self, client: Any, user: Any) -> None:
        self.client, self.user = client, user
        client.force_login(user)

    def html(self, name: str, query: str = "") -> str:
        """The page, which exists and is light."""
        answer = self.client.get(reverse(name) + query)
        assert answer.status_code == 200, answer
        assert len(answer.content) < MOST_BYTES
        return " ".join(answer.content.decode().replace("\u00a0", " ").split())

    def text(self, name: str, query: str = "") -> str:
        """What is read on it, without the mark-up."""
        return text(self.html(name, query))

    def names(self, name: str, query: str = "") -> list[str]:
        """The people of a list, in its order."""
        cells = re.findall(r'data-label="Name"><a href="[^"]*">([^<]*)</a>', self.html(name, query))
        return list(cells)

    def statements(self, name: str, query: str = "") -> int:
        with CaptureQueriesContext(connection) as queries:
            self.html(name, query)
        return sum(bool(STATEMENT.match(one["sql"])) for one in queries)


def text(html: str) -> str:
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def team():
    return factories.team("Harbour Community Team")


@pytest.fixture
def me():
    return factories.worker("Grace Fairweather", staff_group="02")


@pytest.fixture
def reader(client, team, me):
    """A key worker."""
    return Reader(client, factories.member("key_worker", team=team, worker=me, name=me.name))


@pytest.fixture
def lead(client, team):
    """Who leads the team and is nobody's key worker."""
    return Reader(type(client)(), factories.member("team_lead", team=team))


@pytest.fixture
def person(team, me):
    return factories.person_with_key_worker(
        team=team, worker=me, name="Robin Example", preferred_name="Ro"
    )
