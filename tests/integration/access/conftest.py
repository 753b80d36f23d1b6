"""Two teams of one organisation, a person whom one of them holds, and a privacy officer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from casework.accounts import services
from tests import factories


@dataclass
class Place:
    """Who is where."""

    organisation: Any
    ours: Any
    theirs: Any
    person: Any
    holder: Any
    outsider: Any
    officer: Any

    def member(self, role: str, *, team: Any = None, name: str = "", **fields: Any) -> Any:
        worker = factories.worker(name) if name else factories.worker()
        return factories.member(
            role, team=team or self.theirs, worker=worker, name=name or worker.name, **fields
        )


@pytest.fixture
def place(db):
    organisation = factories.organisation()
    ours = factories.team("Harbour Community Team", of=organisation)
    theirs = factories.team("Night Team", of=organisation, phone="01632 960001")
    worker, other = factories.worker("Grace Fairweather"), factories.worker("Nell Evening")
    person = factories.person_with_key_worker(
        team=ours, worker=worker, name="Robin Example", local_id="RM-77"
    )
    officer = factories.user(name="Pat Lamplight")
    services.grant(user=officer, role="privacy_officer", organisation=organisation, by=None)
    return Place(
        organisation,
        ours,
        theirs,
        person,
        factories.member("key_worker", team=ours, worker=worker, name=worker.name),
        factories.member("team_member", team=theirs, worker=other, name=other.name),
        officer,
    )
