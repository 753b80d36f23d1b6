"""The overlay of display names (`names.csv`: kind, id, name), since MHSDS has none."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from casework.cases.models import Person
from casework.directory.models import Team, Worker
from casework.extract.checking.cells import visible
from casework.extract.checking.messages import NOTICE, WARN
from casework.extract.checking.rows import FINDING
from casework.extract.spec import TABLES

COLUMNS = ("kind", "id", "name")
LONGEST = 120
_MODELS = {"worker": Worker, "team": Team, "person": Person}
_LISTED = {
    "worker": "SELECT CareProfLocalID FROM loadable_MHS901StaffDetails"
    " UNION SELECT id FROM placeholders WHERE kind = 'staff'",
    "team": "SELECT CareProfTeamLocalID FROM loadable_MHS902ServiceTeamDetails"
    " UNION SELECT id FROM placeholders WHERE kind = 'team'",
    "person": "SELECT LocalPatientID FROM loadable_MHS001MPI",
}


def read(path: Path | None, staging: Path, provider: str) -> None:
    """Put the usable names into the staging file and everything else into its findings.

    A name that cannot be used never keeps a row of the extract out: each is a warning.
    """
    connection = sqlite3.connect(staging, isolation_level=None)
    try:
        connection.executescript(
            "DROP TABLE IF EXISTS overlay;"
            "CREATE TABLE overlay (kind TEXT, id TEXT, name TEXT, line INTEGER);"
        )
        if path is not None:
            connection.execute("BEGIN")
            _Overlay(connection, path).read()
            _unknown(connection, path.name, provider)
            connection.execute("COMMIT")
    finally:
        connection.close()


class _Overlay:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def note(self, line: int, column: str, code: str, value: str = "", detail: str = "") -> None:
        number = COLUMNS.index(column) + 1 if column else 0
        action = WARN if line else NOTICE
        self.connection.execute(
            FINDING,
            (
                len(TABLES),
                visible(self.path.name, 100),
                line,
                number,
                column,
                action,
                code,
                visible(value),
                detail,
            ),
        )

    def read(self) -> None:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                self._rows(_numbered(csv.reader(file, strict=True)))
        except OSError:
            self.note(0, "", "missing-file", detail="folder|")
        except UnicodeDecodeError:
            self.note(0, "", "encoding")
        except csv.Error:
            self.note(0, "", "unclosed-quote")

    def _rows(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        _line, header = next(rows, (0, []))
        names = [cell.strip().lower() for cell in header]
        missing = [column for column in COLUMNS if column not in names]
        for column in missing:
            self.note(0, column, "missing-column")
        if missing:
            return
        places = [names.index(column) for column in COLUMNS]
        for line, cells in rows:
            if len(cells) != len(header):
                if cells:
                    self.note(line, "", "ragged-row", detail=f"{len(cells)} / {len(header)}")
                continue
            kind, ident, name = (cells[place].strip() for place in places)
            if self._usable(line, kind, ident, name):
                self.connection.execute(
                    "INSERT INTO overlay VALUES (?, ?, ?, ?)", (kind, ident, name, line)
                )
        self._repeated()

    def _usable(self, line: int, kind: str, ident: str, name: str) -> bool:
        if kind not in _MODELS:
            self.note(line, "kind", "unknown-code", kind)
            return False
        for column, cell in (("id", ident), ("name", name)):
            if not cell:
                self.note(line, column, "missing-value")
            elif len(cell) > LONGEST:
                self.note(line, column, "field-too-long", cell, str(len(cell)))
            elif not cell.isprintable():
                code = "nul-byte" if "\0" in cell else "line-break-in-cell"
                self.note(line, column, code, cell)
            else:
                continue
            return False
        return True

    def _repeated(self) -> None:
        """Of one id with different names, none is used: it is not guessed which is right."""
        for kind, ident, many, different in self.connection.execute(
            "SELECT kind, id, count(*), count(DISTINCT name) FROM overlay"
            " GROUP BY kind, id HAVING count(*) > 1"
        ).fetchall():
            lines = [
                line
                for (line,) in self.connection.execute(
                    "SELECT line FROM overlay WHERE kind = ? AND id = ? ORDER BY line",
                    (kind, ident),
                )
            ]
            wrong = lines if different > 1 else lines[1:]
            for line in wrong:
                if different > 1:
                    self.note(line, "id", "duplicate-key", ident, str(many))
                else:
                    self.note(line, "id", "exact-duplicate", ident, str(lines[0]))
                self.connection.execute("DELETE FROM overlay WHERE line = ?", (line,))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _unknown(connection: sqlite3.Connection, file: str, provider: str) -> None:
    """Names of somebody whom neither this folder nor an earlier one knows."""
    for kind, model in _MODELS.items():
        strangers = dict(
            connection.execute(
                f"SELECT id, line FROM overlay WHERE kind = ? AND id NOT IN ({_LISTED[kind]})",
                (kind,),
            )
        )
        if strangers:
            known = set(
                model._base_manager.filter(
                    provider__code=provider, local_id__isnull=False
                ).values_list("local_id", flat=True)
            )
            for ident in strangers.keys() - known:
                connection.execute(
                    FINDING,
                    (
                        len(TABLES),
                        visible(file, 100),
                        strangers[ident],
                        2,
                        "id",
                        WARN,
                        "orphan",
                        visible(ident),
                        "the extract",
                    ),
                )
