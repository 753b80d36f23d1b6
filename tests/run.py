"""Runs the tests on both engines: `python -m tests.run [--deep] [pytest's arguments]`.

SQLite always, with everything. Then PostgreSQL, without browser stories and without tests that
use no database: the one that TEST_POSTGRES_URL or DATABASE_URL names; else one that answers on
this machine; else a temporary one, where its programs are installed. The last lines say which
engines ran, and the counts of both together.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_PORT = 5432


@dataclass(frozen=True)
class Counts:
    """What a run of pytest came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server where databases may be made."""

    url: str
    where: str


def counts(report: Path) -> Counts:
    """Counts of a JUnit report; an error outside a test counts as a failure."""
    if not report.exists():
        return Counts()
    passed = failed = skipped = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        away = int(suite.get("skipped", 0))
        failed += bad
        skipped += away
        passed += max(int(suite.get("tests", 0)) - bad - away, 0)
    return Counts(passed, failed, skipped)


def given(environ: Mapping[str, str]) -> str | None:
    """The server that the caller names."""
    for name in ("TEST_POSTGRES_URL", "DATABASE_URL"):
        url = environ.get(name, "")
        if url.startswith(("postgres://", "postgresql://")):
            return url
    return None


def may_create(url: str) -> bool:
    """Whether the server answers and lets this role make databases."""
    admin = urlunsplit(urlsplit(url)._replace(path="/postgres", query=""))
    try:
        with psycopg.connect(admin, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def answering(environ: Mapping[str, str]) -> Server | None:
    """A server on this machine that takes one of the usual roles."""
    port = environ.get("PGPORT") or str(DEFAULT_PORT)
    roles = dict.fromkeys([environ.get("PGUSER"), "postgres", "root", getpass.getuser()])
    for role in filter(None, roles):
        url = f"postgres://{quote(role)}@127.0.0.1:{port}/postgres"
        if may_create(url):
            return Server(url, f"the server on 127.0.0.1:{port}")
    return None


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest one first; PATH may hold wrappers only."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    wanted = ("initdb", "pg_ctl")
    return next((f for f in folders if all((f / name).exists() for name in wanted)), None)


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the name of the account to run it as, if that is so."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def temporary(folder: Path) -> Iterator[Server]:
    """A server of our own in a temporary folder, gone afterwards."""
    account = unprivileged()
    with tempfile.TemporaryDirectory(prefix="alongside-pg-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        if account:
            shutil.chown(home, account)

        def run(*command: str) -> None:
            subprocess.run(
                command,
                check=True,
                cwd=home,
                user=account,
                group=pwd.getpwnam(account).pw_gid if account else None,
                extra_groups=[] if account else None,
                stdout=subprocess.DEVNULL,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )

        data, port = str(home / "data"), free_port()
        run(
            *(str(folder / "initdb"), "-D", data, "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home}"
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        control = (str(folder / "pg_ctl"), "-D", data, "-w", "-s")
        run(*control, "-l", str(home / "log"), "-o", options, "start")
        try:
            yield Server(f"postgres://postgres@127.0.0.1:{port}/postgres", "a temporary server")
        finally:
            run(*control, "-m", "immediate", "stop")


@contextmanager
def postgresql(environ: Mapping[str, str]) -> Iterator[Server | None]:
    """The server to use, or None where there is none. One that is named has to work."""
    url = given(environ)
    if url:
        if not may_create(url):
            host = urlsplit(url).hostname
            sys.exit(
                f"The PostgreSQL server on {host} that TEST_POSTGRES_URL or DATABASE_URL names does"
                " not answer, or its role may not make databases. Mend it, or unset the variable."
            )
        yield Server(url, f"the server that the environment names ({urlsplit(url).hostname})")
        return
    server = answering(environ)
    if server:
        yield server
        return
    folder = programs()
    if folder is None:
        yield None
        return
    with temporary(folder) as own:
        yield own


def database_url(server: Server) -> str:
    """Its address with a database name of our own, so that two runs do not meet."""
    return urlunsplit(urlsplit(server.url)._replace(path=f"/alongside_{token_hex(4)}"))


def workers() -> int:
    """As many as there are cores, from two to four."""
    return min(max(len(os.sched_getaffinity(0)), 2), 4)


def run_pytest(arguments: list[str], url: str | None) -> tuple[int, Counts]:
    """One run, its lines printed as they come."""
    # what is compiled is kept: each of some hundred processes would compile all of it again
    leave_out = {"TEST_DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
    environ = {k: v for k, v in os.environ.items() if k not in leave_out}
    if url:
        environ["TEST_DATABASE_URL"] = url
    with tempfile.TemporaryDirectory(prefix="alongside-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environ)
        try:
            code = process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        return code, counts(report)


NO_TESTS = 5
"""pytest's exit code where it found nothing to run."""


def main(arguments: list[str]) -> int:
    deep = "--deep" in arguments
    arguments = [argument for argument in arguments if argument != "--deep"]
    common = [
        "-q",
        "-n",
        str(workers()),
        "--dist",
        "worksteal",
        *(["-m", "deep"] if deep else []),
        *arguments,
    ]

    # found first: a server that is named and does not answer is told before the long run
    with postgresql(os.environ) as server:
        print("\n== SQLite", flush=True)
        code, total = run_pytest(common, None)
        codes, lines = [code], [f"SQLite: {total}"]
        if server is None:
            lines.append(
                "PostgreSQL: not run. None answers on 127.0.0.1:5432 and its programs are not"
                " installed (apt-get install postgresql, or set TEST_POSTGRES_URL)."
            )
        else:
            print(f"\n== PostgreSQL, on {server.where}", flush=True)
            if deep:
                common[common.index("deep")] = "deep or one_engine"
            code, second = run_pytest([*common, "--database-only"], database_url(server))
            codes.append(code)
            lines.append(f"PostgreSQL, on {server.where}: {second}")
            total += second
    print("\n" + "\n".join(lines))
    print(total, flush=True)
    return verdict(codes, total)


def verdict(codes: list[int], total: Counts) -> int:
    """Zero only if something was run and nothing went wrong."""
    worst = max(0 if code == NO_TESTS else code for code in codes)
    if worst == 0 and (total.failed or not total.passed):
        return 1
    return worst


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)  # so that a temporary server is stopped too


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:]))
