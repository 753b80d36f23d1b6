"""A person of a team, and somebody of it who may change what is written down."""

import pytest

from tests import factories


@pytest.fixture
def team(db):
    return factories.team("Harbour Community Team")


@pytest.fixture
def editor(team):
    worker = factories.worker("Grace Fairweather")
    return factories.member("key_worker", team=team, worker=worker, name=worker.name)


@pytest.fixture
def person(team):
    return factories.held_person(team=team, name="Robin Example", preferred_name="Ro")


@pytest.fixture
def writer(client, editor):
    """A client of the editor."""
    client.force_login(editor)
    return client
