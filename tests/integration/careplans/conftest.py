"""A person and a worker who write a plan together."""

import pytest

from tests.factories.careplans import Two


@pytest.fixture
def two(db):
    return Two()


@pytest.fixture
def plan(two):
    return two.plan()
