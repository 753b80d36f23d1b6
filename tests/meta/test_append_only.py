"""History, events and logs can only be added to, whoever asks and however."""

import pytest
from django.apps import apps
from django.db import Error, IntegrityError, connection, transaction

from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.common.appendonly import tables, writable
from casework.common.models import AppendOnlyError
from tests import factories


def run(sql, parameters=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def triggers() -> dict[str, int]:
    """How many of the triggers each table has."""
    quoted = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(quoted)
        return dict(cursor.fetchall())


_SQLITE = """
SELECT tbl_name, count(*) FROM sqlite_master
WHERE type = 'trigger' AND name LIKE 'append_only%' GROUP BY tbl_name"""
_POSTGRESQL = """
SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname LIKE 'append_only%' GROUP BY c.relname"""


def test_every_append_only_table_has_its_triggers(db):
    assert triggers() == dict.fromkeys(tables(), 2)
    assert CaseEvent._meta.db_table in tables()
    assert User.history.model._meta.db_table in tables()
    assert User._meta.db_table not in tables()


@pytest.mark.usefixtures("append_only")
class TestClosed:
    """As in the service."""

    @pytest.fixture
    def event(self, db):
        factories.person_with_key_worker()
        return CaseEvent.objects.latest("created_at")

    @pytest.fixture
    def rows(self, event):
        """An append-only table with a row, for every kind of it that a test can fill."""
        filled = [
            model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.db_table in tables() and model._default_manager.exists()
        ]
        assert len(filled) >= 4
        return [model._meta.db_table for model in filled]

    def test_no_row_is_deleted_by_sql(self, rows):
        for table in rows:
            with pytest.raises(IntegrityError, match="append-only"):
                run(f"DELETE FROM {table}")

    def test_no_row_is_changed_by_sql(self, rows):
        for table in rows:
            column = connection.introspection.get_primary_key_column(connection.cursor(), table)
            with pytest.raises(IntegrityError, match="append-only"):
                run(f"UPDATE {table} SET {column} = {column}")

    def test_no_row_is_replaced_by_sql(self, event):
        """Replacing a row is deleting it, also where the database says so only if it is asked."""
        if connection.vendor == "postgresql":
            statement = (
                "INSERT INTO cases_caseevent SELECT * FROM cases_caseevent"
                " ON CONFLICT (id) DO UPDATE SET kind = 'forged'"
            )
        else:
            statement = (
                'INSERT OR REPLACE INTO cases_caseevent (id, created_at, person_id, kind, "on",'
                " data) SELECT id, created_at, person_id, 'forged', \"on\", data"
                " FROM cases_caseevent"
            )
        with pytest.raises(IntegrityError, match="append-only"):
            run(statement)
        assert not CaseEvent.objects.filter(kind="forged").exists()

    @pytest.mark.postgres
    def test_no_table_is_emptied(self, rows):
        run("SET CONSTRAINTS ALL IMMEDIATE")  # nothing of the test's own rows stands in the way
        for table in rows:
            with pytest.raises(Error, match="append-only"):
                run(f"TRUNCATE {table} CASCADE")

    def test_no_row_is_changed_by_a_query_set(self, event):
        everything = CaseEvent.objects.all()
        for attempt in (
            lambda: everything.update(kind="forged"),
            everything.delete,
            lambda: everything.bulk_update([event], ["kind"]),
            event.delete,
            event.save,
        ):
            with pytest.raises(AppendOnlyError):
                attempt()
        assert CaseEvent.objects.filter(pk=event.pk).exists()

    def test_history_is_closed_to_query_sets_too(self, event):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            apps.get_model("cases", "HistoricalCase").objects.all().delete()

    def test_rows_are_still_added(self, event):
        before = CaseEvent.objects.count()
        factories.held_person()
        assert CaseEvent.objects.count() == before + 1

    def test_a_lawful_purge_has_a_door_that_closes_behind_it(self, event):
        with writable():
            run("DELETE FROM cases_caseevent WHERE kind = 'case.opened'")
        assert not CaseEvent.objects.filter(kind="case.opened").exists()
        with pytest.raises(IntegrityError, match="append-only"):
            run("DELETE FROM cases_caseevent")

    def test_the_door_closes_when_the_purge_fails(self, event):
        with pytest.raises(RuntimeError), writable():
            raise RuntimeError
        with pytest.raises(IntegrityError, match="append-only"):
            run("DELETE FROM cases_caseevent")
