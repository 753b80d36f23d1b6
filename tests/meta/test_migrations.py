"""The tables are what the models say: nothing is changed without its migration."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from tests import databases

pytestmark = pytest.mark.django_db
LONG_WAY = """
import json, sys, django
django.setup()
from tests import databases
from tests.meta.test_migrations import schema
print(databases.the_long_way(sys.argv[1], lambda: json.dumps(schema())))
"""
SCHEMA = {
    "sqlite": """
        SELECT type, tbl_name, name, sql FROM sqlite_master""",
    "postgresql": """
        SELECT 'column', table_name, column_name,
               concat_ws(' ', ordinal_position, data_type, character_maximum_length,
                         is_nullable, column_default, is_identity, collation_name)
          FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
          FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT 'function', '', proname, prosrc
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}


@pytest.mark.one_engine
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True, no_color=True)
    assert "No changes detected" in capsys.readouterr().out


def schema():
    """Everything that the migrations made, and how many rows they left in each table."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA[connection.vendor])
        made = sorted([str(one or "") for one in row] for row in cursor.fetchall())
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            made.append(["rows", table, "", str(cursor.fetchone()[0])])
    return made


@pytest.mark.deep
def test_the_tests_database_is_what_django_makes_of_the_migrations():
    """Its template is migrated in a quicker way (tests/databases.py)."""
    long_way = subprocess.run(
        [sys.executable, "-c", LONG_WAY, f"test_long_way_{os.getpid()}"],
        cwd=databases.ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    made = schema()
    assert len(made) > 1000
    assert json.loads(long_way.stdout.splitlines()[-1]) == made
