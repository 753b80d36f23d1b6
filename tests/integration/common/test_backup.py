"""The drill: a copy is made, all is destroyed, the copy is put back, every table is as it was."""

import gzip
import io
import json
import shutil
import sqlite3
import stat
import tarfile
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from casework.accounts import drafts
from casework.cases.models import AboutMe, Person
from casework.common import backup
from casework.common.appendonly import tables as append_only_tables
from casework.outbox import services as outbox
from tests import databases, factories, fenced

WORDS = "what I do not tell twice"


def everything() -> dict[str, list[tuple]]:
    """Every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = sorted(map(repr, cursor.fetchall()))
    return found


def triggers() -> int:
    sql = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type='trigger'"
        " AND name LIKE 'append_only_%'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'append_only%'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def destroy() -> None:
    """The database is gone; on SQLite, what has its name is not a database any more."""
    if connection.vendor == "sqlite":
        connections.close_all()
        Path(connection.settings_dict["NAME"]).write_bytes(b"lost" * 5000)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cases_contact, cases_person CASCADE")
        cursor.execute("CREATE TABLE of_a_later_version (id int)")
        cursor.execute("DELETE FROM accounts_membership")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "imports").mkdir(parents=True)
    (settings.MEDIA_ROOT / "imports" / "extract März.zip").write_bytes(b"PK" * 1000)
    return settings.MEDIA_ROOT


@pytest.fixture
def database(transactional_db, tmp_path):
    """The database of the drill. On SQLite a file of its own: a connection that an earlier test's
    thread left open to the shared one would count as a service that still runs."""
    if connection.vendor != "sqlite":
        yield
        return
    shared, own = connection.settings_dict["NAME"], tmp_path / "service.sqlite3"
    shutil.copyfile(databases.template(), own)
    databases.use(str(own))
    yield
    databases.use(shared)


@pytest.fixture
def filled(database, media):
    """A small service in use: people, contacts, encrypted words, users, drafts, messages."""
    person = factories.person_with_key_worker(name="Robin Example")
    factories.contact(person, days_ago=3)
    AboutMe.objects.create(person=person, what_happened=WORDS)
    user = factories.member("key_worker")
    drafts.save(user=user, key="note", fields={"text": [WORDS]})
    with backup.transaction.atomic():
        outbox.send(channel="email", to="ro@alongside.example", body="Something waits.")
    return person


@pytest.fixture
def copy(filled, tmp_path):
    return backup.make(tmp_path / "backups")


def restore(copy, *, yes=True):
    call_command("restore", str(copy), yes=yes, stdout=io.StringIO())


# The drill ---------------------------------------------------------------------------------------


def test_what_was_destroyed_comes_back_table_by_table(copy, media, filled):
    before, guards = everything(), triggers()
    destroy()
    (media / "imports" / "extract März.zip").unlink()
    (media / "later.txt").write_text("after the copy")
    restore(copy)
    after = everything()
    assert sorted(after) == sorted(before)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert len(before) > 80
    assert sum(map(len, before.values())) > 100
    assert triggers() == guards >= len(append_only_tables())
    assert AboutMe.objects.get(person=filled).what_happened == WORDS
    assert [path.name for path in media.rglob("*") if path.is_file()] == ["extract März.zip"]


def test_what_was_changed_since_is_undone(copy, filled):
    Person.objects.filter(pk=filled.pk).update(name="Somebody Else")
    factories.person_with_key_worker()
    restore(copy)
    assert [person.name for person in Person.objects.all()] == ["Robin Example"]


def test_a_copy_is_made_while_the_service_writes(filled, tmp_path):
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"])
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM cases_person").fetchone()
    else:
        other = psycopg.connect(
            host=connection.settings_dict["HOST"],
            port=connection.settings_dict["PORT"] or 5432,
            user=connection.settings_dict["USER"],
            dbname=connection.settings_dict["NAME"],
        )
        other.execute("UPDATE cases_person SET name = 'not committed'")
    try:
        copy = backup.make(tmp_path)
    finally:
        other.close()
    assert backup.read(copy).tables["cases_person"] == 1


# Steps on PostgreSQL -----------------------------------------------------------------------------


def schemas() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%restore'")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def changed(copy, filled):
    """The copy is older than what the service holds now, and that is in two tables at least."""
    Person.objects.filter(pk=filled.pk).update(name="Somebody Else")
    factories.person_with_key_worker()
    return everything()


def fail(*given):
    raise backup.BackupError("Something went wrong.")


@pytest.mark.postgres
@pytest.mark.parametrize("step", ["rest.sql", "keep.sql", "_compare"])
def test_what_fails_halfway_leaves_everything_as_it_was(copy, changed, media, monkeypatch, step):
    run = backup._psql
    if step == "_compare":
        monkeypatch.setattr(backup, "_compare", fail)
    else:
        monkeypatch.setattr(
            backup, "_psql", lambda *given: fail() if given[-1].endswith(step) else run(*given)
        )
    guards, files = triggers(), sorted(media.rglob("*"))
    with pytest.raises(CommandError, match="went wrong"):
        restore(copy)
    assert everything() == changed
    assert triggers() == guards
    assert sorted(media.rglob("*")) == files
    assert schemas() == []


@pytest.fixture
def cut_off(copy, changed, monkeypatch):
    """A restore was killed when the rows were in, and nobody could tidy up."""
    with monkeypatch.context() as killed, pytest.raises(CommandError):
        killed.setattr(backup, "_undo", lambda folder: None)
        killed.setattr(backup, "_compare", fail)
        restore(copy)
    assert schemas() == [backup.ASIDE]


@pytest.mark.postgres
def test_of_half_a_copy_no_backup_is_made(copy, cut_off, tmp_path):
    """A nightly one would in time push the good ones out."""
    with pytest.raises(CommandError, match=r"Run `manage\.py restore FILE` again first"):
        call_command("backup", to=tmp_path / "nightly", stdout=io.StringIO())
    assert not (tmp_path / "nightly").exists()
    restore(copy)
    call_command("backup", to=tmp_path / "nightly", stdout=io.StringIO())


@pytest.mark.postgres
def test_a_restore_that_was_killed_is_begun_again(copy, cut_off):
    with pytest.raises(SystemCheckError, match=r"manage\.py restore FILE"):
        call_command("migrate", verbosity=0, skip_checks=False)
    restore(copy)
    assert [person.name for person in Person.objects.all()] == ["Robin Example"]
    assert schemas() == []
    call_command("migrate", verbosity=0, skip_checks=False)


@pytest.mark.postgres
def test_after_one_that_was_killed_one_that_fails_brings_back_what_was_there(
    copy, cut_off, changed, monkeypatch
):
    monkeypatch.setattr(backup, "_compare", fail)
    with pytest.raises(CommandError, match="went wrong"):
        restore(copy)
    assert everything() == changed
    assert schemas() == []


@pytest.mark.postgres
def test_what_a_killed_one_had_not_dropped_yet_is_dropped_by_the_next(copy, changed, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(backup, "_DROP_OLD", "")
        restore(copy)
    assert schemas() == [backup.REPLACED]
    assert not backup.cut_off()
    restore(copy)
    assert [person.name for person in Person.objects.all()] == ["Robin Example"]
    assert schemas() == []


@pytest.mark.postgres
def test_a_copy_made_behind_the_fence_goes_back_where_its_roles_are_unknown(filled, tmp_path):
    """On a new server there are none; `manage.py fence` makes them, and the policies with them."""
    roles = fenced.made()
    try:
        copy = backup.make(tmp_path)
    finally:
        fenced.gone(*roles)
    said = io.StringIO()
    call_command("restore", str(copy), yes=True, stdout=said)
    assert "manage.py fence" in said.getvalue()
    assert AboutMe.objects.get(person=filled).what_happened == WORDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM pg_class WHERE relrowsecurity")
        assert cursor.fetchone()[0] == 0


@pytest.mark.postgres
def test_a_server_as_it_is_installed_has_room_for_its_locks(copy, monkeypatch):
    """64 locks for each of 100 connections is what PostgreSQL sets room aside for."""
    run, asked = backup._psql, []
    few = (
        "DO $$ BEGIN IF (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()) > 2500"
        " THEN RAISE EXCEPTION 'too many locks'; END IF; END $$"
    )

    def counted(*given):
        run(*given, f"--command={few}")
        asked.append("--single-transaction" in given)

    monkeypatch.setattr(backup, "_psql", counted)
    restore(copy)
    assert any(asked)


# What a copy holds -------------------------------------------------------------------------------


def test_only_its_owner_reads_a_copy_and_no_key_is_in_it(copy, tmp_path):
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    folder = tmp_path / "unpacked"
    folder.mkdir()
    manifest = backup.read(copy, folder)
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    with tarfile.open(copy) as archive:
        content += archive.extractfile("manifest.json").read()
    for key in [*django_settings.DATA_KEYS, django_settings.SECRET_KEY]:
        assert key.encode() not in content
    assert WORDS.encode() not in content
    assert len(manifest.data_keys) == 1
    assert set(manifest.versions) >= {"alongside", "django", "python"}


def test_the_command_says_where_the_copy_is_and_what_is_not_in_it(filled, tmp_path):
    said = io.StringIO()
    call_command("backup", to=tmp_path, stdout=said)
    (copy,) = tmp_path.glob("alongside-*.tar.gz")
    assert str(copy) in said.getvalue()
    assert "Keep SECRET_KEY and DATA_KEYS in another safe place" in said.getvalue()


# Refusals ----------------------------------------------------------------------------------------


def refused(copy, match, **options):
    """Restoring is refused, and nothing has changed."""
    before = everything()
    media = sorted(Path(django_settings.MEDIA_ROOT).rglob("*"))
    with pytest.raises(CommandError, match=match):
        restore(copy, **options)
    assert everything() == before
    assert sorted(Path(django_settings.MEDIA_ROOT).rglob("*")) == media


def test_a_damaged_copy_is_refused(copy):
    damaged = bytearray(copy.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    copy.write_bytes(damaged)
    refused(copy, "damaged")


def test_half_a_copy_is_refused(copy):
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    refused(copy, "damaged")


def test_no_copy_is_refused(filled, tmp_path):
    refused(tmp_path / "nothing.tar.gz", "There is no file")


def test_a_copy_of_other_keys_is_refused(copy, settings):
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match=r"not the keys of this copy: 1 of its 1 .* DATA_KEYS"):
        restore(copy)


def test_a_copy_goes_back_after_a_new_key_was_added(copy, settings, filled):
    settings.DATA_KEYS = [Fernet.generate_key().decode(), *settings.DATA_KEYS]
    restore(copy)
    assert AboutMe.objects.get(person=filled).what_happened == WORDS


def rewritten(copy, change):
    """The same copy with another manifest, its own sums still right."""
    packed = {}
    with tarfile.open(copy) as archive:
        for entry in archive:
            packed[entry.name] = archive.extractfile(entry).read()
    manifest = json.loads(packed["manifest.json"])
    change(manifest, packed)
    packed["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(copy, "w:gz") as archive:
        for name in sorted(packed, key=lambda name: name == "manifest.json"):
            entry = tarfile.TarInfo(name)
            entry.size = len(packed[name])
            archive.addfile(entry, io.BytesIO(packed[name]))
    return copy


def test_a_copy_of_a_newer_version_is_refused(copy):
    def change(manifest, packed):
        manifest["migrations"].append(["cases", "9999_from_the_future"])

    refused(
        rewritten(copy, change),
        r"made by a newer version .*cases\.9999_from_the_future.* Install that version",
    )


def test_a_copy_of_another_engine_is_refused(copy):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]

    def change(manifest, packed):
        manifest["engine"] = other
        for files in (manifest["files"], packed):
            files[backup.DATABASE[other]] = files.pop(backup.DATABASE[connection.vendor])

    refused(rewritten(copy, change), "Set DATABASE_URL to a database of the same kind")


def test_a_file_that_the_manifest_does_not_know_is_refused(copy):
    refused(rewritten(copy, lambda manifest, packed: packed.update({"media/x": b"?"})), "damaged")


@pytest.mark.parametrize("name", ["../outside", "media/../../outside", "/tmp/outside", "other"])
def test_no_file_leaves_its_place(copy, name):
    refused(rewritten(copy, lambda manifest, packed: packed.update({name: b"?"})), "damaged")


def test_while_the_service_runs_nothing_is_put_back(copy, monkeypatch):
    monkeypatch.setattr(backup, "WAIT", "300ms")
    monkeypatch.setattr(backup, "STOPPING", 0.3)
    place = connection.settings_dict
    connections.close_all()
    if connection.vendor == "sqlite":
        other = sqlite3.connect(place["NAME"])
    else:
        other = psycopg.connect(
            host=place["HOST"], port=place["PORT"] or 5432, user=place["USER"], dbname=place["NAME"]
        )
    other.execute("SELECT count(*) FROM cases_person").fetchone()
    try:
        refused(copy, "service")
    finally:
        other.close()


def test_without_a_yes_nothing_is_put_back(copy, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: "no")
    refused(copy, "Nothing was changed", yes=False)


def test_no_changed_byte_of_a_copy_goes_unnoticed(copy, tmp_path):
    """Either the copy is refused, or the byte is of the wrapping and what it holds is the same."""
    content = copy.read_bytes()
    held = gzip.decompress(content)
    whole = backup.read(copy)
    damaged = tmp_path / "damaged.tar.gz"

    @given(st.integers(0, len(content) - 1), st.integers(1, 255))
    def check(position, change):
        data = bytearray(content)
        data[position] ^= change
        damaged.write_bytes(data)
        try:
            assert backup.read(damaged) == whole
        except backup.BackupError:
            return
        # its header, or the bits that fill up the last byte of the compressed stream
        assert gzip.decompress(bytes(data)) == held, "a byte of the content was changed"

    check()
