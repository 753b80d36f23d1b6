"""The tables are what the models say: nothing is changed without its migration."""

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True, no_color=True)
    assert "No changes detected" in capsys.readouterr().out
