"""An import that is killed anywhere leaves either nothing or what the next one finishes."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from casework.common.errors import Refusal
from casework.extract import services
from casework.extract.loading import engines
from casework.extract.models import ImportRun
from tests.integration.extract.conftest import Load
from tests.integration.extract.contents import contents
from tests.unit.extract.folder import SAMPLE, Folder

ROOT = SAMPLE.parents[2]
on_both = pytest.mark.django_db(transaction=True)


class Killed(Exception):
    """The process ends here."""


@contextmanager
def killed_at(statement: int) -> Iterator[list[int]]:
    """The database answers so many statements and no more."""
    left = [statement]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "DETACH", "BEGIN")):
            return execute(sql, params, many, context)
        if left[0] <= 0:
            raise Killed
        left[0] -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield left


def empty() -> None:
    call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.AttachedSQLite, "stretch", 150)


@on_both
@pytest.mark.usefixtures("small_steps")
def test_killed_at_random_points_it_ends_as_one_clean_run(
    folder: Folder, load: Load, tmp_path: Path
) -> None:
    with killed_at(1_000_000) as left:
        clean = load()
    statements = 1_000_000 - left[0]
    assert clean.run is not None
    expected = contents()
    counts = clean.run.counts
    halfway = 0
    for point in sorted(random.sample(range(statements), 8)):
        empty()
        with pytest.raises(Killed), killed_at(point):
            load()
        pending = ImportRun.objects.filter(state=ImportRun.State.LOADING)
        if connection.vendor == "postgresql":
            assert not ImportRun.objects.exists()
            assert not any(contents().values())
        halfway += pending.count()
        outcome = load()
        assert contents() == expected, point
        first = outcome.finished[0] if outcome.finished else outcome.run
        assert first is not None and first.counts == counts, point
        if outcome.finished:
            assert outcome.nothing_changed
    assert halfway or connection.vendor == "postgresql"


@on_both
@pytest.mark.usefixtures("small_steps")
def test_a_later_folder_killed_half_way(folder: Folder, load: Load) -> None:
    def later() -> None:
        folder.set("MHS000", 2, "ReportingPeriodEndDate", "2026-11-30")
        folder.each_line("MHS201", lambda line: line.replace(",01,Y,5,", ",02,Y,5,"))

    def former() -> None:
        folder.set("MHS000", 2, "ReportingPeriodEndDate", "2026-10-31")
        folder.each_line("MHS201", lambda line: line.replace(",02,Y,5,", ",01,Y,5,"))

    former()
    load()
    later()
    with killed_at(1_000_000) as left:
        clean = load()
    assert clean.tables["MHS201CareContact"].changed > 100
    expected = contents()
    for point in random.sample(range(1_000_000 - left[0]), 4):
        empty()
        former()
        load()
        later()
        with pytest.raises(Killed), killed_at(point):
            load()
        load()
        assert contents() == expected, point


@on_both
@pytest.mark.sqlite_only
def test_nobody_loads_where_somebody_else_is_loading(
    folder: Folder, load: Load, small_steps: None
) -> None:
    with pytest.raises(Killed), killed_at(60):
        load()
    run = ImportRun.objects.get(state=ImportRun.State.LOADING)
    with services._locked(Path(settings.VAR_DIR) / run.staging):
        with pytest.raises(Refusal, match="under way"):
            load()
    assert [done.pk for done in load().finished] == [run.pk]


@on_both
@pytest.mark.sqlite_only
def test_without_its_file_an_interrupted_import_is_over(
    folder: Folder, load: Load, small_steps: None
) -> None:
    with pytest.raises(Killed), killed_at(60):
        load()
    run = ImportRun.objects.get(state=ImportRun.State.LOADING)
    (Path(settings.VAR_DIR) / run.staging / "staging.sqlite3").unlink()
    outcome = load()
    run.refresh_from_db()
    assert run.state == ImportRun.State.FAILED
    assert outcome.exit_code == 0 and outcome.finished == []
    assert outcome.tables["MHS607CodedScoreAssessmentAct"].new == 26


_PROCESS = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from casework.extract.loading import engines
engines.AttachedSQLite.stretch = 150
folder, point, out = sys.argv[1:]
left = int(point)
def count(execute, sql, params, many, context):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    call_command("import_extract", folder)
call_command("continuity", "--on", "2026-10-31", "--csv", out)
"""


def imported_by_a_process(url: str, home: Path, point: int, out: Path) -> int:
    """The exit code of an import that kills itself at this statement; 0: never."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "casework.settings",
        "VAR_DIR": str(home),
        "DATABASE_URL": url,
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, "-c", _PROCESS, str(SAMPLE), str(point), str(out)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


LOADED = {
    "cases_contact": 891,
    "cases_activity": 915,
    "cases_activityworker": 912,
    "cases_touched": 60,
}


@pytest.mark.sqlite_only
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_a_process_that_is_killed(tmp_path: Path, seed: int) -> None:
    database = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as migrated:
        with closing(sqlite3.connect(database)) as copy:
            migrated.backup(copy)
    url, out = f"sqlite:///{database}", tmp_path / "continuity.csv"

    def rows(table: str) -> int:
        with closing(sqlite3.connect(database)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    point = random.Random(seed).randrange(60, 220)
    assert imported_by_a_process(url, tmp_path, point, out) == -signal.SIGKILL
    assert rows("extract_importrun") == 1
    assert len(list((tmp_path / "imports").iterdir())) == 1
    assert imported_by_a_process(url, tmp_path, 0, out) == 0
    assert rows("extract_importrun") == 2
    assert {table: rows(table) for table in LOADED} == LOADED
    assert not list((tmp_path / "imports").iterdir())
    assert out.read_text() == (SAMPLE / "expected/continuity.csv").read_text()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2))
def test_a_process_that_is_killed_in_its_one_transaction(tmp_path: Path, seed: int) -> None:
    place = connection.settings_dict
    server = f"host={place['HOST']} port={place['PORT'] or 5432} user={place['USER']}"
    name = f"{place['NAME']}_killed_{seed}"
    connection.close()
    connection.close_pool()  # a template must not be in use
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{place["NAME"]}"')
        try:
            url = f"postgres://{place['USER']}@{place['HOST']}:{place['PORT'] or 5432}/{name}"
            out = tmp_path / "continuity.csv"

            def rows(table: str) -> int:
                with psycopg.connect(f"{server} dbname={name}") as other:
                    return other.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

            point = random.Random(seed).randrange(60, 160)
            assert imported_by_a_process(url, tmp_path, point, out) == -signal.SIGKILL
            assert [rows(table) for table in ("extract_importrun", *LOADED)] == [0] * 5
            assert imported_by_a_process(url, tmp_path, 0, out) == 0
            assert rows("extract_importrun") == 1
            assert {table: rows(table) for table in LOADED} == LOADED
            assert out.read_text() == (SAMPLE / "expected/continuity.csv").read_text()
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
