"""Runs the benchmarks on both engines and prints figure, bar and verdict.

    python -m tests.bench [names] [--engine sqlite|postgresql] [--people N] [--contacts N]
                          [--referrals N] [--acts N] [--rounds N]

Each engine gets a database of its own with a made-up service in it, gone afterwards. PostgreSQL is
found as the tests find it (`tests.run`). The exit code is 1 where a bar was missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

import tests.bench
from tests import run

ENGINES = ("sqlite", "postgresql")


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", help="only these benchmarks")
    parser.add_argument("--engine", choices=ENGINES, help="only this engine")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--referrals", type=int, default=1_000_000, help="one in 20 is open")
    parser.add_argument("--acts", type=int, default=10_000, help="of eight at once on a few rows")
    parser.add_argument("--rounds", type=int, default=3, help="turns per figure, at least 3")
    parser.add_argument("--inside", choices=ENGINES, help=argparse.SUPPRESS)
    return parser.parse_args(given)


def modules(names: list[str]) -> Iterator[str]:
    """Every benchmark, by name."""
    for found in pkgutil.iter_modules(tests.bench.__path__):
        if (not names or found.name in names) and not found.name.startswith("__"):
            yield found.name


@contextmanager
def database(engine: str, folder: str) -> Iterator[str | None]:
    """The address of an empty database of our own; None where the engine is not there."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    with run.postgresql(os.environ) as server:
        if server is None:
            yield None
            return
        url = run.database_url(server)
        name = sql.Identifier(urlsplit(url).path.lstrip("/"))
        admin = urlunsplit(urlsplit(server.url)._replace(path="/postgres", query=""))
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield url
        finally:
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def outside(options: argparse.Namespace) -> int:
    """One process per engine, with its database."""
    worst = 0
    for engine in [options.engine] if options.engine else ENGINES:
        with (
            tempfile.TemporaryDirectory(prefix="alongside-bench-") as folder,
            database(engine, folder) as url,
        ):
            if url is None:
                print("\n== postgresql: not run, no server found (see README.md)")
                continue
            environ = os.environ | {
                "DATABASE_URL": url,
                "DATABASE_FENCE": str(int(engine == "postgresql")),  # the connection's marks
                "VAR_DIR": folder,
                "SECRET_KEY": "only-for-the-bench-0123456789-abcdefghijklmnopqrstuvwxyz",
                "DATA_KEYS": "YmVuY2gtb25seS1iZW5jaC1vbmx5LWJlbmNoLW9ubHk=",
                "DEMO": "1",  # no second factor between a client and the page
                "DEBUG": "0",
                "REDIS_URL": "",
                "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
                "STATIC_MANIFEST": "0",
                "SITE_URL": "http://testserver",
                "LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": "casework.settings",
            }
            command = [sys.executable, "-m", "tests.bench", *sys.argv[1:], "--inside", engine]
            worst = max(worst, subprocess.run(command, env=environ, check=False).returncode)
    return worst


def _engines(module: ModuleType) -> tuple[str, ...]:
    """On which engines a benchmark is of use: on both, where it does not say."""
    return getattr(module, "ENGINES", ENGINES)


def inside(options: argparse.Namespace) -> int:
    """Fill this engine's database, then measure."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench.common import Config
    from tests.bench.generate import Size, service

    engine = options.inside
    asked = [importlib.import_module(f"tests.bench.{name}") for name in modules(options.names)]
    runs = [one.run for one in asked if hasattr(one, "run") and engine in _engines(one)]
    if not runs:
        print(f"\n== {engine}: nothing of this is measured here")
        return 0
    print(f"\n== {engine}: {options.people:,} people, {options.contacts:,} contacts", flush=True)
    before = time.perf_counter()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    size = Size(people=options.people, contacts=options.contacts)
    made = service(size)
    print(f"   generated in {time.perf_counter() - before:.0f} s", flush=True)
    config = Config(
        engine=engine,
        size=size,
        made=made,
        rounds=options.rounds,
        referrals=options.referrals,
        acts=options.acts,
    )
    missed = 0
    for measure in runs:
        for result in measure(config):
            print(result.line(), flush=True)
            missed += not result.met
    return 1 if missed else 0


if __name__ == "__main__":
    given = arguments(sys.argv[1:])
    sys.exit(inside(given) if given.inside else outside(given))
