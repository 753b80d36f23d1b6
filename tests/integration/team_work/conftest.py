"""A team with a lead and two workers, and a person whom one of them knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from tests import factories

DAY = dt.timedelta(days=1)


@dataclass
class Crew:
    """Who works together."""

    team: Any
    lead: Any
    grace: Any
    joe: Any
    grace_user: Any
    joe_user: Any

    def person(self, *, worker: Any = None, days: int = 200, **fields: Any) -> Any:
        """Somebody whom Grace (or another worker) has been with for some time."""
        since = timezone.localdate() - days * DAY
        return factories.person_with_key_worker(
            team=self.team, worker=worker or self.grace, since=since, **fields
        )


@pytest.fixture
def crew(db):
    team = factories.team("Harbour Community Team")
    lead = factories.worker("Lena Marsh")
    grace = factories.worker("Grace Fairweather", staff_group="02")
    joe = factories.worker("Joe Hazelwood")
    return Crew(
        team,
        factories.member("team_lead", team=team, worker=lead, name=lead.name),
        grace,
        joe,
        factories.member("key_worker", team=team, worker=grace, name=grace.name),
        factories.member("key_worker", team=team, worker=joe, name=joe.name),
    )


@pytest.fixture
def today():
    return timezone.localdate()
