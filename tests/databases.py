"""One migrated database per run, copied for every process that runs tests.

The first process that needs a database migrates a template under a lock; every process, the first
one too, then works in a copy of its own. The SQLite template outlives the run, until a migration
or what migrations are made of changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "databases"
"""Where the SQLite template outlives the run."""

RUN_DIR = Path(os.environ["TEST_RUN_DIR"])
"""The folder that all processes of one run share (tests/settings.py)."""


@contextmanager
def _alone() -> Iterator[None]:
    with (RUN_DIR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(name: str) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def _one_model_at_a_time() -> Iterator[None]:
    """Nine tenths of migrating is drawing up all models that are related to the one that changes,
    after each of some five hundred operations. Here it is that one only: the table being made or
    altered. Before Python code of a migration, and at the end, Django draws up all of them, since
    they count as delayed. In the deep run `tests/meta/test_migrations.py` holds the outcome
    against what Django makes of it the long way.
    """
    found = ProjectState._find_reload_model

    def that_one(
        state: ProjectState, app_label: str, model_name: str, delay: bool = False
    ) -> set[tuple[str, str]]:
        state.is_delayed = True
        return {(app_label, model_name)}

    ProjectState._find_reload_model = that_one
    try:
        yield
    finally:
        ProjectState._find_reload_model = found


def _migrated(name: str) -> None:
    """A new database of that name, as the migrations make it."""
    with _one_model_at_a_time():
        _migrated_the_long_way(name)


def the_long_way(name: str, look: Callable[[], str]) -> str:
    """What there is to see in a database that Django migrated by its own means alone."""
    _migrated_the_long_way(name if connection.vendor == "postgresql" else str(RUN_DIR / name))
    try:
        return look()
    finally:
        drop()


def _migrated_the_long_way(name: str) -> None:
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    _fold()
    use(name)


def _fold() -> None:
    """Puts SQLite's write-ahead log into the file, so that the file alone is the database."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _on_server(*statements: str) -> None:
    with connection.creation._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _fingerprint() -> str:
    """Changes with any migration, our own or a library's, and with the operations they use."""
    loader = MigrationLoader(None)
    files = {sys.modules[one.__module__].__file__ for one in loader.disk_migrations.values()}
    files |= {str(file) for file in (ROOT / "casework" / "common").glob("*.py")}
    digest = hashlib.sha256(django.__version__.encode())
    for file in sorted(filter(None, files)):
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()[:16]


def template() -> Path:
    """The migrated SQLite file, made by whoever asks first."""
    with _alone():
        file = RUN_DIR / "template.sqlite3"
        if file.exists():
            return file
        kept = KEPT / f"{_fingerprint()}.sqlite3"
        if not kept.exists():
            before = connection.settings_dict["NAME"]
            _migrated(str(file))
            use(before)
            shutil.rmtree(KEPT, ignore_errors=True)
            KEPT.mkdir(parents=True)
            shutil.copyfile(file, unfinished := kept.with_suffix(f".{os.getpid()}"))
            unfinished.replace(kept)
            return file
        shutil.copyfile(kept, unfinished := file.with_suffix(".unfinished"))
        before = connection.settings_dict["NAME"]
        use(str(unfinished))
        emit_post_migrate_signal(0, False, "default")  # starter lists and triggers as of today
        _fold()
        use(before)
        unfinished.replace(file)
    return file


def _template_on_server(base: str) -> str:
    name, made = f"test_{base}_template", RUN_DIR / "template.made"
    with _alone():
        if not made.exists():
            _migrated(name)
            use(base)
            made.touch()
    return name


def make(process: str, *, reuse: bool) -> None:
    """Gives this process its database; `reuse` takes one that an earlier run left on a server."""
    base = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        shutil.copyfile(template(), base)
        return
    name = f"test_{base}_{process}" if process else f"test_{base}"
    if reuse and _exists(name):
        use(name)
        return
    quoted = connection.ops.quote_name
    source = _template_on_server(base)
    _on_server(
        f"DROP DATABASE IF EXISTS {quoted(name)}",
        f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(source)}",
    )
    use(name)


def _exists(name: str) -> bool:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def drop() -> None:
    """Removes this process's database; files go with their folder."""
    if connection.vendor != "postgresql":
        return
    name = connection.settings_dict["NAME"]
    use(name)
    _on_server(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")


def drop_template() -> None:
    """Removes the template of this run from the server; called once, by the process that began."""
    if (RUN_DIR / "template.made").exists():
        base = os.environ["DATABASE_URL"].rpartition("/")[2].partition("?")[0]
        name = connection.ops.quote_name(f"test_{base}_template")
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
