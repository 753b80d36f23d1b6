"""Tests may flush the append-only tables; with the fixture they are closed, as in the service."""

import pytest
from django.db import IntegrityError, connection, transaction

from casework.accounts.models import User

TABLE = User.history.model._meta.db_table
FORBIDDEN = (f"DELETE FROM {TABLE}", f"UPDATE {TABLE} SET email = 'x@example.org'")


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def user(db):
    return User.objects.create(email="somebody@example.org")


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_open_without_the_fixture(user, sql):
    run(sql)
    assert not User.history.filter(email="somebody@example.org").exists()


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_closed_with_the_fixture(append_only, user, sql):
    with pytest.raises(IntegrityError, match="append-only"):
        run(sql)
    assert User.history.filter(email="somebody@example.org").exists()
