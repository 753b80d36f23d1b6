"""Text that nobody can read in the database."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import FieldError
from django.db import connection

from casework.cases.models import AboutMe
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "What happened, in my words: \u201cthe sea\u201d \U0001f30a"


@pytest.fixture
def about():
    return AboutMe.objects.create(person=factories.held_person(), what_happened=SECRET)


def stored(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT what_happened FROM {table}")
        return [row[0] for row in cursor.fetchall()]


def test_reads_as_written(about):
    assert AboutMe.objects.get(pk=about.pk).what_happened == SECRET


@pytest.mark.parametrize("table", ["cases_aboutme", "cases_historicalaboutme"])
def test_neither_the_table_nor_its_history_can_be_read(about, table):
    (text,) = stored(table)
    assert text.startswith("f1:")
    assert "sea" not in text


def test_the_same_text_is_never_stored_alike(about):
    AboutMe.objects.create(person=factories.held_person(), what_happened=SECRET)
    assert len(set(stored("cases_aboutme"))) == 2


@pytest.mark.parametrize("lookup", ["", "__exact", "__icontains", "__in", "__gt"])
def test_searching_is_an_error_and_not_an_empty_answer(lookup):
    with pytest.raises(FieldError, match="cannot be searched"):
        AboutMe.objects.filter(**{f"what_happened{lookup}": SECRET})


def test_whether_it_is_there_may_be_asked(about):
    assert not AboutMe.objects.filter(what_happened__isnull=True).exists()


def test_a_newer_key_reads_what_an_older_one_wrote(about, settings):
    settings.DATA_KEYS = [Fernet.generate_key().decode(), *settings.DATA_KEYS]
    assert AboutMe.objects.get().what_happened == SECRET


def test_a_lost_key_is_an_error(about, settings):
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(InvalidToken):
        AboutMe.objects.get()


def test_text_that_was_never_encrypted_is_an_error(about):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_aboutme SET what_happened = 'plain'")
    with pytest.raises(ValueError, match="not encrypted"):
        AboutMe.objects.get()
