"""Somebody at work in a team, and a person whom the team is with."""

from __future__ import annotations

import datetime as dt
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
    """A client that knows the diary's addresses and measures what it is given."""

    def __init__(self, client: Any, user: Any) -> None:
        self.client, self.user = client, user
        client.force_login(user)

    def path(self, name: str, *args: Any) -> str:
        return reverse(f"diary:{name}", args=[getattr(one, "pk", one) for one in args])

    def get(self, name: str, *args: Any, query: str = "") -> str:
        """The page, which exists and is light."""
        answer = self.client.get(self.path(name, *args) + query)
        assert answer.status_code == 200
        assert len(answer.content) < MOST_BYTES
        return words(answer)

    def post(self, name: str, *args: Any, query: str = "", **data: Any) -> Any:
        return self.client.post(self.path(name, *args) + query, data)

    def saves(self, name: str, *args: Any, query: str = "", **data: Any) -> Any:
        """A post that is accepted."""
        answer = self.post(name, *args, query=query, **data)
        assert answer.status_code == 302, words(answer)
        return answer

    def is_refused(self, name: str, *args: Any, query: str = "", **data: Any) -> str:
        """A post that is shown again with its mistakes."""
        answer = self.post(name, *args, query=query, **data)
        assert answer.status_code == 200
        html = words(answer)
        assert "There is a problem" in html
        return html

    def statements(self, name: str, *args: Any, **data: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            if data:
                self.saves(name, *args, **data)
            else:
                self.get(name, *args)
        return sum(bool(STATEMENT.match(query["sql"])) for query in queries)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def text(html: str) -> str:
    """What is read, without the mark-up."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def day(name: str, value: dt.date) -> dict[str, str]:
    """A date as the three boxes of a form."""
    return {
        f"{name}_day": str(value.day),
        f"{name}_month": str(value.month),
        f"{name}_year": str(value.year),
    }


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def team():
    return factories.team("Harbour Community Team", phone="01632 960 001")


@pytest.fixture
def me():
    return factories.worker("Grace Fairweather", staff_group="02")


@pytest.fixture
def user(team, me):
    return factories.member("key_worker", team=team, worker=me, name=me.name)


@pytest.fixture
def reader(client, user):
    return Reader(client, user)


@pytest.fixture
def person(team, me):
    return factories.person_with_key_worker(
        team=team, worker=me, name="Robin Example", preferred_name="Ro"
    )


@pytest.fixture
def answers(me, today):
    """The usual answers about a contact that took place."""
    return {
        "attendance": "5",
        "workers": [str(me.pk)],
        **day("date", today),
        "time": "10:00",
        "minutes": "45",
        "medium": "01",
        "purpose": "support",
        "note": "We went for a walk.",
        "shared": "yes",
    }
