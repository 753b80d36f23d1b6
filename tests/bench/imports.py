"""The import of an extract: CSV rows per second over all tables, and the highest memory.

The sample is copied under new ids until it is large, then imported twice into an empty database of
its own, each time by a process of its own, so that the figures hold everything: the check, the
load, the start of the command.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from casework.common.nhs_number import is_valid
from casework.extract.first_start import SAMPLE
from casework.extract.spec import TABLES
from tests.bench.common import BenchResult, Config

RATE_BAR, MEMORY_BAR = 10_000, 500
CONTACTS_PER_COPY = 10_000  # of the made-up service: one copy of the sample for so many
STAGES_TOLD = 6

_SHARED = {"MHS000Header", "MHS901StaffDetails", "MHS902ServiceTeamDetails"}
_IDS = {"LocalPatientID", "ServiceRequestID", "CareContactID", "CareActID", "CarePlanID"}

_PROCESS = """
import json, re, sys, time
from pathlib import Path
started = time.perf_counter()
import django
django.setup()
from casework.extract import services
stages, last = {}, time.perf_counter()
def progress(stage, done, total):
    global last
    now = time.perf_counter()
    stages[stage] = stages.get(stage, 0) + now - last
    last = now
outcome = services.import_folder(folder=Path(sys.argv[1]), progress=progress)
stages["end"] = time.perf_counter() - last
status = Path("/proc/self/status").read_text()
print(json.dumps({
    "seconds": time.perf_counter() - started,
    "rows": sum(table.rows for table in outcome.tables.values()),
    "loaded": outcome.exit_code == 0,
    "unchanged": outcome.nothing_changed,
    # of this program alone: what getrusage says begins with the memory of whoever started it
    "megabytes": int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024,
    "stages": stages,
}))
"""


def run(config: Config) -> Iterator[BenchResult]:
    """The first import of a folder, and the same folder again."""
    with tempfile.TemporaryDirectory(prefix="alongside-import-") as place:
        folder = Path(place) / "extract"
        copies(folder, max(config.size.contacts // CONTACTS_PER_COPY, 1))
        with _database(config.engine, place) as url:
            environ = os.environ | {"DATABASE_URL": url, "VAR_DIR": place}
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environ, check=True)
            first = _import(folder, environ)
            again = _import(folder, environ)
    if not (first["loaded"] and again["unchanged"]):
        raise AssertionError("the copied sample was not loaded whole, or changed the second time")
    for what, found in (("import", first), ("import, nothing new", again)):
        rate = found["rows"] / found["seconds"]
        note = f"{found['rows']:,} rows in {found['seconds']:.1f} s"
        if rate < RATE_BAR:
            note += "\n" + _stages(found["stages"])
        yield BenchResult(f"{what}, all tables", rate, RATE_BAR, "rows/s", note, at_least=True)
        yield BenchResult(f"{what}, highest memory", found["megabytes"], MEMORY_BAR, "MB")


def copies(folder: Path, count: int) -> None:
    """The sample so many times over: the same staff and teams, new people and everything theirs."""
    folder.mkdir()
    numbers = _numbers()
    for table in TABLES:
        with (SAMPLE / table.file).open(newline="") as file:
            header, *rows = csv.reader(file)
        with (folder / table.file).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            if table.name in _SHARED:
                writer.writerows(rows)
                continue
            places = [place for place, name in enumerate(header) if name in _IDS]
            number = header.index("NHSNumber") if "NHSNumber" in header else None
            for copy in range(count):
                for row in rows:
                    row = list(row)
                    for place in places:
                        row[place] = f"{row[place]}-{copy:05d}"
                    if number is not None and row[number]:
                        row[number] = next(numbers)
                    writer.writerow(row)


def _numbers() -> Iterator[str]:
    """NHS numbers of the range kept for tests, each once."""
    for number in range(1_000_000):
        digits = f"999{number:06d}"
        yield from (f"{digits}{last}" for last in range(10) if is_valid(f"{digits}{last}"))


def _import(folder: Path, environ: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS, str(folder)],
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def _stages(stages: dict[str, float]) -> str:
    """Where the time went, the longest first."""
    longest = sorted(stages.items(), key=lambda stage: -stage[1])[:STAGES_TOLD]
    return "\n".join(f"      {seconds:6.1f} s  {stage}" for stage, seconds in longest)


@contextmanager
def _database(engine: str, place: str) -> Iterator[str]:
    """An empty database beside that of the bench, gone afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{place}/import.sqlite3"
        return
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"{url.path.lstrip('/')}_import"
    admin = urlunsplit(url._replace(path="/postgres", query=""))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(url._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
