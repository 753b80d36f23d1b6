"""The made-up service of the benchmarks, small: the facts equal the hand-written statements."""

from __future__ import annotations

import pytest
from django.db import connection

from casework.cases.models import Contact
from casework.continuity import facts
from tests.bench.common import Config
from tests.bench.facts import different
from tests.bench.generate import Size, service

pytestmark = pytest.mark.django_db


@pytest.fixture
def config():
    size = Size(people=150, contacts=2500, teams=5, seed=7)
    return Config(connection.vendor, size, service(size))


def test_the_facts_equal_the_hand_written_statement(config):
    assert different(config) == []
    assert len(list(facts.everybody(config.made.on))) == 150


def test_a_changed_contact_changes_both_alike(config):
    one = Contact.objects.attended().filter(worker=None).first()
    mine = facts.everybody(config.made.on)
    before = next(row for row in mine if row.person_id == one.person_id)
    Contact.objects.filter(pk=one.pk).update(worker=config.made.workers[0], worker_count=1)
    after = facts.of_person(one.person_id, config.made.on)
    assert before != after
    assert different(config) == []
