"""A new key takes over everything that is encrypted, history included."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from casework.accounts.models import Draft
from casework.cases.access import sealed
from casework.cases.models import AboutMe, SealedNote
from casework.common import rotation
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "She told me, and asked me to tell nobody"


def note(by=None):
    team = factories.team()
    person = factories.held_person(team=team)
    by = by or factories.member("key_worker", team=team)
    return sealed.write(person=person, kind="note", words=WORDS, why="She asked", readers=[], by=by)


def stored(table="cases_sealednote"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT words FROM {table}")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def new_key(settings):
    def take():
        settings.DATA_KEYS = [Fernet.generate_key().decode(), *settings.DATA_KEYS]

    return take


def test_every_encrypted_column_is_known():
    found = {(model, field.name) for model, field in rotation.columns()}
    assert {
        (SealedNote, "words"),
        (SealedNote, "why"),
        (SealedNote.history.model, "words"),
        (AboutMe, "what_happened"),
        (AboutMe.history.model, "what_happened"),
        (Draft, "body"),
    } <= found


@pytest.mark.usefixtures("append_only")
def test_the_old_key_can_go_afterwards(settings, new_key):
    written = note()
    before = stored() + stored("cases_historicalsealednote")
    new_key()
    call_command("rotate_keys", stdout=StringIO())
    after = stored() + stored("cases_historicalsealednote")
    assert not set(before) & set(after)
    assert WORDS not in "".join(after)
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert SealedNote.objects.get().words == WORDS
    assert written.history.get().words == WORDS
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        written.history.all().delete()


def test_it_can_be_run_again_and_counts_without_changing(new_key):
    note()
    new_key()
    before = stored()
    out = StringIO()
    call_command("rotate_keys", dry_run=True, stdout=out)
    assert "cases_sealednote.words: 1 under an older key, 0 under the newest" in out.getvalue()
    assert stored() == before
    rotation.rotate()
    changed = stored()
    assert sum(one.rotated for one in rotation.rotate()) == 0
    assert stored() == changed


def test_more_rows_than_a_batch(settings, new_key, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    for _ in range(5):
        note()
    new_key()
    rotation.rotate()
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert {one.words for one in SealedNote.objects.all()} == {WORDS}


def test_a_missing_key_is_said_and_nothing_is_overwritten(settings):
    note()
    before = stored()
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="an old key is missing"):
        call_command("rotate_keys", stdout=StringIO())
    assert stored() == before
