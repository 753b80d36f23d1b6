"""One file that holds everything but the keys, and what it takes to put it back.

A copy is a `tar.gz` with the database (SQLite: a consistent file made by the online backup;
PostgreSQL: `pg_dump`'s own format, read at one moment), the uploaded files, and a manifest with
versions, migrations, the count of rows of every table and a sum of every file.

The keys are never in it: whoever finds a copy must not be able to read what is encrypted, and
whoever keeps it must keep SECRET_KEY and DATA_KEYS in another place. A digest of each key says
later whether the keys at hand are those of the copy.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import IO, Any

import django
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from casework.common import appendonly

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
MEDIA = "media/"
SHORT_LIVED = ("copies",)  # what is thrown away after days is not kept on in a backup
WAIT = "15s"  # for the service's last transactions, before a restore gives up
STOPPING = 5.0  # seconds that a service on SQLite has to let go of its file
_CHUNK = 1024 * 1024
_LARGEST_MANIFEST = 64 * 1024 * 1024


class BackupError(Exception):
    """A copy could not be made or put back; nothing has changed. Says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a copy says about itself."""

    format: int
    made_at: str
    engine: str
    versions: dict[str, str]
    migrations: list[list[str]]
    tables: dict[str, int]
    data_keys: list[str]
    files: dict[str, dict[str, Any]]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    @property
    def media(self) -> list[str]:
        return [name for name in self.files if name.startswith(MEDIA)]


def key_digests() -> list[str]:
    """A digest of each data key in use: it tells two keys apart and opens nothing."""
    return [sha256(b"alongside data key " + key.encode()).hexdigest() for key in settings.DATA_KEYS]


# Making a copy -----------------------------------------------------------------------------------


def make(folder: Path) -> Path:
    """Write a copy into a folder, while the service goes on; the new file's path.

    Only its owner can read the file, and it gets its name when it is complete and has been read
    back.
    """
    if cut_off():
        raise BackupError(
            "Putting a backup back was cut off, and the database holds half of it: a copy of that"
            " is of no use. Run `manage.py restore FILE` again first."
        )
    folder.mkdir(parents=True, exist_ok=True)
    name = f"alongside-{timezone.now():%Y-%m-%d-%H%M%S}.tar.gz"
    final = folder / name
    if final.exists():
        raise BackupError(f"{final} is there already. Try again in a second.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as work:
        place = Path(work)
        database = place / DATABASE[connection.vendor]
        tables, migrations = _copy_database(database)
        sources = {database.name: database, **_media_files()}
        unfinished = place / name
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _write(file, sources, tables, migrations)
            file.flush()
            os.fsync(file.fileno())
        read(unfinished)
        unfinished.rename(final)
    return final


def _media_files() -> dict[str, Path]:
    root = Path(settings.MEDIA_ROOT)
    return {
        MEDIA + path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path.relative_to(root).parts[0] not in SHORT_LIVED
    }


def _write(
    file: IO[bytes], sources: Mapping[str, Path], tables: dict[str, int], migrations: Any
) -> None:
    files: dict[str, dict[str, Any]] = {}
    with (
        gzip.GzipFile(fileobj=file, mode="wb") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, path in sources.items():
            with path.open("rb") as source:
                size = os.fstat(source.fileno()).st_size
                summed = _Summed(source)
                archive.addfile(_entry(name, size), summed)
                files[name] = {"size": size, "sha256": summed.digest}
        manifest = Manifest(
            format=FORMAT,
            made_at=timezone.now().isoformat(timespec="seconds"),
            engine=connection.vendor,
            versions=_versions(),
            migrations=migrations,
            tables=tables,
            data_keys=key_digests(),
            files=files,
        )
        text = json.dumps(asdict(manifest), indent=1).encode()
        archive.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class _Summed:
    """A file that adds up what is read from it."""

    def __init__(self, source: Any) -> None:
        self._source, self._sum = source, sha256()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._source.read(size)
        self._sum.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()


def _versions() -> dict[str, str]:
    try:
        own = version("alongside")
    except PackageNotFoundError:
        own = "unknown"
    found = {"alongside": own, "django": django.get_version(), "python": platform.python_version()}
    if connection.vendor == "postgresql":
        found["postgresql"] = str(connection.pg_version)  # type: ignore[attr-defined]
    else:
        found["sqlite"] = sqlite3.sqlite_version
    return found


def _copy_database(to: Path) -> tuple[dict[str, int], list[list[str]]]:
    """Write the database to a file; the rows of its tables and its migrations at that moment."""
    if connection.vendor == "sqlite":
        source = _sqlite_path()
        if not source.exists():
            raise BackupError(f"There is no database at {source}. Check DATABASE_URL and VAR_DIR.")
        with (
            contextlib.closing(sqlite3.connect(source, timeout=60)) as live,
            contextlib.closing(sqlite3.connect(to)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        to.chmod(0o600)
        with contextlib.closing(sqlite3.connect(to)) as copy:
            return _sqlite_state(copy)
    with transaction.atomic(), connection.cursor() as cursor:
        # one snapshot for the dump and for the counts
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _program(
            [
                "pg_dump",
                "--format=custom",
                f"--snapshot={snapshot}",
                f"--exclude-schema={REPLACED}",
                f"--file={to}",
            ],
            "PostgreSQL's programs of the server's version or a newer one (postgresql-client)",
        )
        to.chmod(0o600)
        return _postgresql_state(cursor)


def _sqlite_path() -> Path:
    return Path(str(connection.settings_dict["NAME"])).resolve()


def _sqlite_state(database: sqlite3.Connection) -> tuple[dict[str, int], list[list[str]]]:
    names = [
        row[0]
        for row in database.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    tables = {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for name in sorted(names)
    }
    migrations = (
        database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        if "django_migrations" in tables
        else []
    )
    return tables, [list(row) for row in migrations]


def _postgresql_state(cursor: Any) -> tuple[dict[str, int], list[list[str]]]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    tables = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(name)}")
        tables[name] = cursor.fetchone()[0]
    if "django_migrations" not in tables:
        return tables, []
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return tables, [list(row) for row in cursor.fetchall()]


def _environment() -> dict[str, str]:
    """The database's address for PostgreSQL's programs; a password never stands in a command."""
    place = connection.settings_dict
    options = place.get("OPTIONS", {})
    found = {
        "PGHOST": place.get("HOST"),
        "PGPORT": place.get("PORT"),
        "PGUSER": place.get("USER"),
        "PGPASSWORD": place.get("PASSWORD"),
        "PGDATABASE": place.get("NAME"),
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
        "PGOPTIONS": options.get("options"),
    }
    given = {name: str(value) for name, value in found.items() if value}
    return {**os.environ, "PGCONNECT_TIMEOUT": "10", **given}


def _program(command: list[str], needs: str, **more: Any) -> None:
    """Run one of PostgreSQL's programs; what it complains of becomes the error."""
    try:
        done = subprocess.run(command, env=_environment(), capture_output=True, check=False, **more)
    except FileNotFoundError as error:
        raise BackupError(f"{command[0]} is not installed. Install {needs}.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        what = said[0] if said else f"it ended with {done.returncode}"
        raise BackupError(f"{command[0]} failed: {what}. It needs {needs}.")


# Reading a copy ----------------------------------------------------------------------------------


def read(path: Path, to: Path | None = None) -> Manifest:
    """Check every sum of a copy, and unpack it into a folder if one is given.

    Anything that is not as it was written is a `BackupError`.
    """
    try:
        return _read(path, to)
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except (
        OSError,
        EOFError,
        zlib.error,
        tarfile.TarError,
        ValueError,
        TypeError,
        KeyError,
    ) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk, not the copy
            raise BackupError(f"{path} could not be read: {error.strerror}.") from error
        raise BackupError(
            f"{path} is damaged or is not a copy made by `manage.py backup`. Take another copy."
        ) from error


def _read(path: Path, to: Path | None) -> Manifest:
    sums: dict[str, dict[str, Any]] = {}
    manifest: Manifest | None = None
    with gzip.open(path, "rb") as packed:
        with tarfile.open(fileobj=packed, mode="r|") as archive:
            for entry in archive:
                if not entry.isreg() or entry.name in sums or manifest is not None:
                    raise ValueError(entry.name)
                content = archive.extractfile(entry)
                if content is None:
                    raise ValueError(entry.name)
                if entry.name == MANIFEST:
                    if entry.size > _LARGEST_MANIFEST:
                        raise ValueError(entry.name)
                    manifest = Manifest(**json.loads(content.read()))
                    continue
                sums[entry.name] = _unpack(content, _place(entry.name, to))
        while packed.read(_CHUNK):  # the sum of the whole stands at its end
            pass
    if manifest is None or manifest.files != sums or manifest.format != FORMAT:
        raise ValueError("manifest")
    if DATABASE[manifest.engine] not in sums:
        raise ValueError("database")
    return manifest


def _place(name: str, to: Path | None) -> Path | None:
    """Where a file of the copy goes: nowhere but below the folder."""
    parts = PurePosixPath(name).parts
    known = name in DATABASE.values() or (name.startswith(MEDIA) and len(parts) > 1)
    if not known or ".." in parts or name.startswith("/") or "\\" in name or "\0" in name:
        raise ValueError(name)
    return to / Path(*parts) if to is not None else None


def _unpack(content: IO[bytes], place: Path | None) -> dict[str, Any]:
    digest, size = sha256(), 0
    with contextlib.ExitStack() as stack:
        file = None
        if place is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            file = stack.enter_context(os.fdopen(descriptor, "wb"))
        while data := content.read(_CHUNK):
            digest.update(data)
            size += len(data)
            if file is not None:
                file.write(data)
        if file is not None:
            file.flush()
            os.fsync(file.fileno())
    return {"size": size, "sha256": digest.hexdigest()}


def refusal(manifest: Manifest) -> str:
    """Why a copy cannot be put back here, with the remedy; nothing if it can."""
    if manifest.engine != connection.vendor:
        return (
            f"This copy is of a {manifest.engine} database, and DATABASE_URL names a"
            f" {connection.vendor} one. Set DATABASE_URL to a database of the same kind."
        )
    missing = set(manifest.data_keys) - set(key_digests())
    if missing:
        return (
            f"These are not the keys of this copy: {len(missing)} of its"
            f" {len(manifest.data_keys)} data keys are not in DATA_KEYS. Add the keys that were"
            " kept with it to DATA_KEYS (separated by commas, the newest first)."
        )
    known = {tuple(key) for key in MigrationLoader(None).disk_migrations}
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown:
        made_by = manifest.versions.get("alongside", "unknown")
        return (
            f"This copy was made by a newer version ({made_by}): it has {unknown[0]}"
            f"{' and more' if len(unknown) > 1 else ''}. Install that version, then restore."
        )
    return ""


# Putting a copy back -----------------------------------------------------------------------------


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """A copy that is whole and fits, unpacked beside the place where it will be swapped in."""
    root = Path(settings.VAR_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=root) as work:
        folder = Path(work)
        manifest = read(path, folder)
        why = refusal(manifest)
        if why:
            raise BackupError(why)
        yield manifest, folder


def put_back(manifest: Manifest, folder: Path) -> list[str]:
    """Swap an unpacked copy in; what was there before, where it was kept.

    SQLite: the new file is checked first and takes the old one's name in one step. PostgreSQL: what
    was there is moved aside, and comes back if anything fails. The uploaded files change places
    just before, and change back if that fails.
    """
    connections.close_all()
    stamp = f"{timezone.now():%Y-%m-%d-%H%M%S}"
    with _swapped_media(folder / MEDIA.rstrip("/"), stamp) as kept:
        database = folder / DATABASE[manifest.engine]
        if manifest.engine == "sqlite":
            kept += _put_back_sqlite(database, manifest, stamp)
        else:
            with _put_back_postgresql(database):
                _complete(manifest)
    if manifest.engine == "sqlite":
        _complete(manifest)
    return kept


def _complete(manifest: Manifest) -> None:
    connections.close_all()
    appendonly.install()
    _compare(manifest)


@contextlib.contextmanager
def _swapped_media(new: Path, stamp: str) -> Iterator[list[str]]:
    target = Path(settings.MEDIA_ROOT)
    aside = target.with_name(f"{target.name}.before-{stamp}")
    had, kept = target.exists(), []
    new.mkdir(exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if had:
        target.rename(aside)
        kept.append(str(aside))
    try:
        shutil.move(new, target)
        yield kept
    except BaseException:
        if target.exists():
            shutil.rmtree(target)
        if had:
            aside.rename(target)
        raise
    if had and not any(path.is_file() for path in aside.rglob("*")):
        shutil.rmtree(aside)
        kept.remove(str(aside))


def _put_back_sqlite(new: Path, manifest: Manifest, stamp: str) -> list[str]:
    with contextlib.closing(sqlite3.connect(new)) as database:
        sound = database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        if not sound or _sqlite_state(database)[0] != manifest.tables:
            raise BackupError("The database in this copy is not sound. Take another copy.")
        database.execute("PRAGMA journal_mode=WAL")
    target = _sqlite_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = []
    if target.exists():
        _nobody_uses(target)
        aside = target.with_name(f"{target.name}.before-{stamp}")
        shutil.copy2(target, aside)
        kept.append(str(aside))
    for leftover in ("-wal", "-shm", "-journal"):
        Path(f"{target}{leftover}").unlink(missing_ok=True)
    try:
        shutil.move(new, target.with_name(f".{target.name}.new"))
        os.replace(target.with_name(f".{target.name}.new"), target)
    except BaseException:
        for name in kept:
            Path(name).unlink(missing_ok=True)
        raise
    return kept


def _nobody_uses(target: Path) -> None:
    """Leaving the write-ahead log needs the file for oneself, and folds the log into the file.

    SQLite refuses that at once, without waiting, while anybody holds the file; a service that was
    just told to stop gets STOPPING seconds to let go.
    """
    until = time.monotonic() + STOPPING
    while True:
        try:
            with contextlib.closing(sqlite3.connect(target, timeout=1)) as database:
                mode = database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "in use"
        except sqlite3.DatabaseError:
            return  # what is there is not a database any more: that is why somebody restores
        if mode == "delete":
            return
        if time.monotonic() > until:
            raise BackupError(
                "The service is still running. Stop it (web and worker), then restore."
            )
        time.sleep(0.1)


# A transaction on PostgreSQL holds a lock on every table, index and constraint that it has touched,
# and a server as it is installed has room for some 6,000 of all transactions together; dropping
# this service's tables and making them again takes 8,000. So a restore is made of small steps. In
# one transaction all that was there is moved aside and the rows of the copy are put in; then the
# indexes and constraints are built one by one. Until the copy has been counted, what was there
# stands in ASIDE and is moved back if anything fails (by the next restore, if this one is killed);
# after that its schema is REPLACED, and it is dropped a table at a time.
ASIDE = "before_restore"
REPLACED = "replaced_by_restore"
_FENCE = re.compile(r"\d+; \d+ \d+ (POLICY|ROW SECURITY) ")  # lines of a dump's contents


def _each(schema: str, do: str) -> str:
    """A statement for each table, view, sequence and function of a schema."""
    return f"""
DO $$
DECLARE one record;
BEGIN
  FOR one IN
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace('{schema}') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS
        (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))
    UNION ALL
    SELECT 'ROUTINE', p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = to_regnamespace('{schema}')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    {do}
  END LOOP;
END $$;
"""


def _dropped(schema: str) -> str:
    """Empties a schema, each thing in a transaction of its own."""
    return _each(
        schema, "EXECUTE format('DROP %s IF EXISTS %s CASCADE', one.kind, one.name); COMMIT;"
    )


def _moved(source: str, target: str) -> str:
    """Moves all that is in one schema to another."""
    return _each(source, f"EXECUTE format('ALTER %s %s SET SCHEMA {target}', one.kind, one.name);")


_MOVE_ASIDE = f"CREATE SCHEMA {ASIDE}; {_moved('public', ASIDE)}"
_MOVE_BACK = f"{_moved(ASIDE, 'public')} DROP SCHEMA {ASIDE};"
_KEEP_NEW = f"SET synchronous_commit = on; ALTER SCHEMA {ASIDE} RENAME TO {REPLACED};"
_DROP_OLD = f"{_dropped(REPLACED)} DROP SCHEMA IF EXISTS {REPLACED};"


def cut_off() -> bool:
    """Whether a restore on PostgreSQL was killed, so that what the database holds is half of it."""
    return connection.vendor == "postgresql" and _is_there(ASIDE)


def _is_there(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
        return bool(cursor.fetchone()[0])


@contextlib.contextmanager
def _put_back_postgresql(dump: Path) -> Iterator[None]:
    """The copy in place of what was there; that comes back if the block, which compares, fails."""
    tables, rest = dump.with_name("tables.sql"), dump.with_name("rest.sql")
    _unpack_dump(dump, tables, "pre-data", "data")
    _unpack_dump(dump, rest, "post-data")
    if cut_off():
        _undo(dump.parent)  # a restore that was killed
    _sql(dump.parent, "drop.sql", _DROP_OLD)
    aside = dump.with_name("aside.sql")
    aside.write_text(f"SET lock_timeout = '{WAIT}';\n{_MOVE_ASIDE}")
    _psql("--single-transaction", f"--file={aside}", f"--file={tables}")
    try:
        _psql(f"--file={rest}")
        yield
        _sql(dump.parent, "keep.sql", _KEEP_NEW)
    except BaseException:
        connections.close_all()
        _undo(dump.parent)
        raise
    _sql(dump.parent, "drop.sql", _DROP_OLD)


def _undo(folder: Path) -> None:
    """What was moved aside goes back into its place."""
    _sql(folder, "empty.sql", _dropped("public"))
    _sql(folder, "back.sql", _MOVE_BACK, "--single-transaction")


def _unpack_dump(dump: Path, to: Path, *sections: str) -> None:
    """What a dump holds, as a script; without the fence, whose roles a new server does not know.

    `manage.py fence` puts that up again, with the rights that are not part of a copy either.
    """
    needs = "PostgreSQL's programs of the server's version or a newer one (postgresql-client)"
    contents = dump.with_name("contents.txt")
    _program(["pg_restore", "--list", f"--file={contents}", str(dump)], needs)
    lines = contents.read_text().splitlines(keepends=True)
    contents.write_text("".join(line for line in lines if not _FENCE.match(line)))
    _program(
        [
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            *(f"--section={section}" for section in sections),
            f"--use-list={contents}",
            f"--file={to}",
            str(dump),
        ],
        needs,
    )


def _sql(folder: Path, name: str, text: str, *options: str) -> None:
    script = folder / name
    script.write_text(f"SET client_min_messages = warning;\n{text}")
    _psql(*options, f"--file={script}")


def _psql(*arguments: str) -> None:
    """Run scripts. Their hundreds of small commits do not wait for the disk; the one that keeps the
    copy does, and with it all before it."""
    quick = "--command=SET synchronous_commit = off"
    _program(
        ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", quick, *arguments],
        "the service to be stopped (web and worker) and a role that owns the database",
    )


def _compare(manifest: Manifest) -> None:
    """Every table has as many rows as when the copy was made."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            found, _ = _sqlite_state(connection.connection)
        else:
            found, _ = _postgresql_state(cursor)
    wrong = sorted(name for name, rows in manifest.tables.items() if found.get(name) != rows)
    if wrong:
        raise BackupError(
            f"The restored database differs from the copy in {', '.join(wrong)}. Was the service"
            " running? Stop it, then restore again."
        )
