"""What a row was like is copied from the row itself, and only what has changed is written."""

import pytest
from django.db import IntegrityError, transaction

from casework.common import history
from casework.directory.models import Team
from tests.factories import accounts, directory

pytestmark = pytest.mark.django_db


def test_changed_columns_and_what_the_row_is_like_from_now_on():
    user, team = accounts.user(), directory.team("North")
    team.local_edits = {"name": "Nord"}
    team.save()
    before = team.history.count()
    row = Team.objects.get(pk=team.pk)
    was = history.as_read(row)
    Team.objects.filter(pk=team.pk).update(phone="01")  # by somebody else, in a column of their own
    row.name = "South"
    row.local_edits["phone"] = "02"  # changed in place
    history.save_changes(row, was, by=user, reason="renamed")
    kept = Team.objects.get(pk=team.pk)
    assert (kept.name, kept.phone) == ("South", "01")
    assert kept.local_edits == {"name": "Nord", "phone": "02"}
    assert team.history.count() == before + 1
    latest = team.history.latest("history_id")
    assert (latest.history_type, latest.history_change_reason) == ("~", "renamed")
    assert latest.history_user == user
    for field in Team._meta.concrete_fields:
        assert getattr(latest, field.attname) == getattr(kept, field.attname)
    row.save()  # an ordinary save keeps its history as before
    assert team.history.count() == before + 2


def test_many_rows_in_one_statement(django_assert_num_queries):
    teams = [directory.team(name) for name in ("One", "Two", "Three")]
    with django_assert_num_queries(1):
        assert history.remember(Team, [team.pk for team in teams], "~") == 3
    for team in teams:
        latest = team.history.latest("history_id")
        assert (latest.name, latest.history_user, latest.history_change_reason) == (
            team.name,
            None,
            None,
        )
    assert history.remember(Team, [], "~") == 0


def test_a_new_row_and_its_beginning(django_assert_num_queries):
    who = accounts.user()
    team = Team(name="Night team", kind="crisis", organisation=directory.organisation())
    with django_assert_num_queries(2):
        history.save_new(team, by=who)
    (past,) = Team.history.filter(id=team.pk)
    assert (past.history_type, past.history_user, past.name) == ("+", who, "Night team")
    assert past.history_change_reason is None
    team.name = "Evening team"
    team.save()  # later changes are remembered as ever
    assert Team.history.filter(id=team.pk).count() == 2


def test_a_new_row_is_new():
    team = directory.team()
    with pytest.raises(IntegrityError), transaction.atomic():
        history.save_new(team, by=None)
    assert Team.history.filter(id=team.pk).count() == 1
