"""Search by any part of a name without reading every person, where the engine can."""

from django.db import migrations

CREATE = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # Django's icontains compares UPPER(name): an index on the plain name would not be used
    "CREATE INDEX IF NOT EXISTS person_name_trigram ON cases_person"
    " USING gin (UPPER(name) gin_trgm_ops)",
    "CREATE INDEX IF NOT EXISTS person_preferred_trigram ON cases_person"
    " USING gin (UPPER(preferred_name) gin_trgm_ops)",
)


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in CREATE:
            schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS person_name_trigram")
        schema_editor.execute("DROP INDEX IF EXISTS person_preferred_trigram")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
