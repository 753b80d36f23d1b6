"""People and what has happened in their time with the network."""

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from casework.cases import services
from casework.cases.models import Contact, Person
from casework.directory.models import Team, Worker
from tests.factories import directory
from tests.factories.numbers import nhs_number

_numbers = count(1)


def held_person(*, team: Team | None = None, **fields: Any) -> Person:
    """A person whose case is held by a team, with nobody named yet."""
    fields.setdefault("name", f"Person {next(_numbers)} Example")
    fields.setdefault("nhs_number", nhs_number())
    fields.setdefault("birth_date", dt.date(1990, 4, 1))
    return services.add_person(team=team or directory.team(), by=None, **fields)


def person_with_key_worker(
    *, team: Team | None = None, worker: Worker | None = None, since: Any = None, **fields: Any
) -> Person:
    """A person with a key worker, named today or on `since`."""
    person = held_person(team=team, **fields)
    services.allocate(person=person, worker=worker or directory.worker(), start=since, by=None)
    return person


def contact(person: Person, *workers: Worker, days_ago: int = 1, **fields: Any) -> Contact:
    """A contact that took place some days ago."""
    fields.setdefault("time", dt.time(10, 0))
    return services.record_contact(
        person=person,
        workers=workers or [directory.worker()],
        date=timezone.localdate() - dt.timedelta(days=days_ago),
        by=None,
        **fields,
    )
