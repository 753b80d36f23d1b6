"""Reading many rows leaves the connection as it was."""

from __future__ import annotations

import pytest
from django.db import connection

from casework.continuity import facts
from tests.integration.continuity.reference import Log
from tests.integration.continuity.test_facts import ON, World

pytestmark = pytest.mark.django_db


def cache_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        return cursor.fetchone()[0]


@pytest.mark.sqlite_only
def test_the_cache_is_as_large_as_before_also_where_reading_stops_early():
    world, before = World(), cache_size()
    for _ in range(3):
        world.add(Log())
    assert len(list(facts.everybody(ON))) == 3
    assert cache_size() == before
    reading = facts.everybody(ON)
    next(reading)
    reading.close()
    assert cache_size() == before


def test_two_readings_at_once_do_not_disturb_each_other():
    world = World()
    people = {world.add(Log()).pk for _ in range(3)}
    pairs = list(zip(facts.everybody(ON), facts.everybody(ON), strict=True))
    assert {a.person_id for a, _ in pairs} == people
    assert all(a == b for a, b in pairs)
