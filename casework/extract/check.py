"""The first half of an import: read every file of an extract folder and judge every row.

Nothing here touches the database. The outcome is a staging file (see `staging`), from which the
second half loads what was accepted.
"""

import csv
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from .checking.cells import visible
from .checking.files import CELL_LIMIT, Layout, layout
from .checking.messages import FATAL, NOTICE
from .checking.report import Cause, Finding, causes, findings, write_report
from .checking.rows import FINDING, Rows
from .checking.rules import Judge
from .spec import HEADER, READ_ORDER, TABLES, TableSpec
from .staging import ACCEPTED, REJECTED, REPEATED, VERSION, empty, writing

#: An overlay of display names may lie beside the tables; it is read by the load.
NAMES = "names.csv"

#: Files that are not tables come last in the report.
_OTHER = len(TABLES)

#: Called with the file being read and how many of its bytes, and of all bytes, are done.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TableCounts:
    """What became of the rows of one table: ``rows == accepted + rejected``.

    ``repeated`` rows are exact duplicates: accepted, with nothing of their own to load.
    ``warned`` rows are accepted rows with at least one warning.
    """

    present: bool
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    warned: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class CheckResult:
    """The outcome of a check. `staging` holds the rows; nothing is in it when the folder is
    refused."""

    staging: Path
    fatal: bool
    strict: bool
    as_of: date | None
    provider: str | None
    digest: str
    counts: Mapping[str, TableCounts]

    @property
    def rejected(self) -> int:
        return sum(counts.rejected for counts in self.counts.values())

    @property
    def loadable(self) -> bool:
        """Whether anything may be loaded: not from a refused folder, nor, where any rejection
        refuses the whole folder, from one with rejections."""
        return not self.fatal and not (self.strict and self.rejected)

    @property
    def exit_code(self) -> int:
        """0: all accepted, 1: some rows rejected, 2: the folder is refused."""
        return 2 if self.fatal else int(self.rejected > 0)

    def findings(self) -> Iterator[Finding]:
        return findings(self.staging)

    def causes(self) -> list[Cause]:
        return causes(self.staging)

    def write_report(self, path: Path) -> int:
        return write_report(self.staging, path)


def check(
    folder: Path,
    staging: Path,
    *,
    as_of: date | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> CheckResult:
    """Check a folder and write the staging file, replacing one that is there.

    The folder's own header names the date of the extract; `as_of` stands in where there is none.
    """
    with writing(staging) as connection, _long_cells():
        run = _Check(connection, folder, progress)
        outcome = run.run(as_of)
        digest = _digest(folder, outcome) if not run.fatal else ""
        provider = run.provider() if not run.fatal else None
        connection.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            [
                ("version", str(VERSION)),
                ("folder", visible(str(folder), 1000)),
                ("as_of", outcome.isoformat() if outcome else None),
                ("provider", provider),
                ("digest", digest),
                ("fatal", str(int(run.fatal))),
                ("strict", str(int(strict))),
            ],
        )
        return CheckResult(staging, run.fatal, strict, outcome, provider, digest, run.counts())


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the csv module read long cells, which are then reported, instead of stopping at them."""
    before = csv.field_size_limit(CELL_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _digest(folder: Path, as_of: date | None) -> str:
    """Tells one folder's content, as of one date, from another."""
    total = hashlib.sha256(f"{VERSION} {as_of}".encode())
    for table in TABLES:
        path = folder / table.file
        if path.is_file():
            with path.open("rb") as file:
                total.update(table.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _advance(progress: Progress, file: str, before: int, total: int, at: int) -> None:
    progress(file, before + at, total)


class _Check:
    """One run over one folder."""

    def __init__(
        self, connection: sqlite3.Connection, folder: Path, progress: Progress | None
    ) -> None:
        self.connection = connection
        self.folder = folder
        self.progress = progress
        self.layouts: dict[str, Layout] = {}

    @property
    def fatal(self) -> bool:
        return bool(
            self.connection.execute(
                "SELECT EXISTS (SELECT 1 FROM findings WHERE action = 'fatal')"
            ).fetchone()[0]
        )

    def run(self, as_of: date | None) -> date | None:
        """Check everything; returns the date of the extract. On a fatal finding nothing is kept."""
        try:
            names = sorted(entry.name for entry in os.scandir(self.folder) if entry.is_file())
        except OSError:
            self._note(HEADER, "", FATAL, "missing-file", detail="folder|")
            return as_of
        for name in names:
            if name not in {table.file for table in TABLES} | {NAMES}:
                self._note(None, visible(name, 100), NOTICE, "unknown-file")
        self._lay_out(names, as_of)
        if not self.fatal:
            self._read()
        if not self.fatal:
            as_of = self._judge(as_of)
        if self.fatal:
            empty(self.connection)
        return as_of

    def _note(
        self, table: TableSpec | None, file: str, action: str, code: str, detail: str = ""
    ) -> None:
        number = READ_ORDER[table.name] if table else _OTHER
        self.connection.execute(FINDING, (number, file, 0, 0, "", action, code, "", detail))

    def _lay_out(self, names: list[str], as_of: date | None) -> None:
        """Look at the start of every file: all that refuses the folder is said at once."""
        for table in TABLES:
            # the name as the folder spells it: some file systems find other spellings too
            path = self.folder / (table.file if table.file in names else ".")
            found = self.layouts[table.name] = layout(path, table)
            numbers = {column.name: number for number, column in enumerate(table.columns, 1)}
            for line, column, action, code, value, detail in found.notes:
                if table is HEADER and code in ("missing-file", "empty-file") and as_of is None:
                    action, detail = FATAL, "as-of|"
                self.connection.execute(
                    FINDING,
                    (
                        READ_ORDER[table.name],
                        table.file,
                        line,
                        numbers.get(column, 0),
                        column,
                        action,
                        code,
                        value,
                        detail,
                    ),
                )

    def _read(self) -> None:
        present = [table for table in TABLES if not self.layouts[table.name].absent]
        sizes = {table.name: (self.folder / table.file).stat().st_size for table in present}
        total = sum(sizes.values())
        done = 0
        for table in present:
            file = table.file
            beat = partial(_advance, self.progress, file, done, total) if self.progress else None
            rows = Rows(self.connection, table, self.layouts[table.name])
            rows.read(self.folder / file, beat)
            done += sizes[table.name]
            if self.progress:
                self.progress(file, done, total)

    def _judge(self, as_of: date | None) -> date | None:
        judge = Judge(self.connection)
        judge.judge(HEADER, as_of or date.max)
        row = self.connection.execute(
            "SELECT ReportingPeriodEndDate FROM loadable_MHS000Header"
        ).fetchone()
        if row:
            as_of = date.fromisoformat(row[0])
        if as_of is None:
            self._note(HEADER, HEADER.file, FATAL, "missing-value", "as-of|")
            return None
        for table in TABLES:
            if table is not HEADER:
                judge.judge(table, as_of)
        return as_of

    def provider(self) -> str | None:
        """The provider that the folder says it is from; without a header, the one that all ids
        of people were issued by."""
        for source in (
            "SELECT OrgIDProvider FROM loadable_MHS000Header",
            "SELECT id FROM (SELECT min(OrgIDLocalPatientID) AS id, "
            "max(OrgIDLocalPatientID) AS other FROM loadable_MHS001MPI) WHERE id = other",
        ):
            row = self.connection.execute(source).fetchone()
            if row:
                return str(row[0])
        return None

    def counts(self) -> dict[str, TableCounts]:
        """What became of the rows, by table; written to the staging file as well."""
        counted = {}
        for table in TABLES:
            number = READ_ORDER[table.name]
            by_status = dict(
                self.connection.execute(f'SELECT _status, count(*) FROM "{table.name}" GROUP BY 1')
            )
            (warned,) = self.connection.execute(
                "SELECT count(DISTINCT line) FROM findings "
                "WHERE table_no = ? AND action = 'warn' AND line > 1",
                (number,),
            ).fetchone()
            repeated = by_status.get(REPEATED, 0)
            found = self.layouts.get(table.name)
            counts = counted[table.name] = TableCounts(
                present=bool(found and not found.absent),
                rows=sum(by_status.values()),
                accepted=by_status.get(ACCEPTED, 0) + repeated,
                rejected=by_status.get(REJECTED, 0),
                warned=warned,
                repeated=repeated,
            )
            self.connection.execute(
                "INSERT INTO counts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    table.name,
                    int(counts.present),
                    counts.rows,
                    counts.accepted,
                    counts.rejected,
                    counts.warned,
                    counts.repeated,
                ),
            )
        return counted
