"""The rows of one file, cell by cell, into the staging file."""

import sqlite3
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..spec import PARENTS, READ_ORDER, ColumnSpec, TableSpec
from ..staging import ACCEPTED, REJECTED, UNCERTAIN
from .cells import Cells, Doubt, Value, examine, visible
from .files import Layout, QuoteLeftOpen, Record, picker, records
from .messages import ACTIONS, FATAL, NOTICE, REJECT

BATCH = 5_000

FINDING = "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
Finding = tuple[int, str, int, int, str, str, str, str, str]


@dataclass
class Rows:
    """Writes the rows of one file; `count` of them were found."""

    connection: sqlite3.Connection
    table: TableSpec
    layout: Layout
    count: int = 0

    def __post_init__(self) -> None:
        self.table_no = READ_ORDER[self.table.name]
        present = [column for column in self.table.columns if column.name in self.layout.places]
        self.columns: Sequence[ColumnSpec] = present
        self.numbers = {column.name: no for no, column in enumerate(self.table.columns, 1)}
        self.pick = picker([self.layout.places[column.name] for column in present])
        self.caches = [Cells(column) for column in present]
        self.rows: list[tuple[Value, ...]] = []
        self.findings: list[Finding] = []
        self.longer = array("q")  # lines with nothing but an empty cell more than the header
        names = "".join(f', "{column.name}"' for column in present)
        marks = ", ?" * len(present)
        self.insert = (
            f'INSERT INTO "{self.table.name}" (line, _status, _unread{names}) '
            f"VALUES (?, ?, ?{marks})"
        )

    def read(self, path: Path, progress: Callable[[int], None] | None) -> None:
        """Read the whole file. A quote left open refuses it."""
        width = self.layout.width
        exact = width == self.layout.named
        rows, caches, pick = self.rows, self.caches, self.pick
        self.connection.execute("BEGIN")
        try:
            for record in records(path, self.layout, progress):
                line, cells, defect = record
                self.count += 1
                if len(cells) == width and exact and not defect:
                    try:
                        rows.append(
                            (
                                line,
                                ACCEPTED,
                                None,
                                *[
                                    cache[cell]
                                    for cache, cell in zip(caches, pick(cells), strict=True)
                                ],
                            )
                        )
                    except Doubt:
                        self.examine(line, cells)
                else:
                    self.fit(record)
                if len(rows) >= BATCH or len(self.findings) >= BATCH:
                    self.flush()
        except QuoteLeftOpen as error:
            self.note(error.line, None, FATAL, "unclosed-quote")
        self.flush()
        self.settle_longer()
        self.connection.execute("COMMIT")

    def note(
        self,
        line: int,
        column: ColumnSpec | None,
        action: str,
        code: str,
        value: str = "",
        detail: str = "",
    ) -> None:
        name = column.name if column else ""
        self.findings.append(
            (
                self.table_no,
                self.table.file,
                line,
                self.numbers.get(name, 0),
                name,
                action,
                code,
                visible(value),
                detail,
            )
        )

    def flush(self) -> None:
        self.connection.executemany(self.insert, self.rows)
        self.connection.executemany(FINDING, self.findings)
        self.rows.clear()
        self.findings.clear()

    def fit(self, record: Record) -> None:
        """A record whose number of cells is not the header's."""
        line, cells, defect = record
        named = self.layout.named
        if defect == "field-too-long":
            self.reject_unread(line, cells, defect, "1000000+")
        elif defect or len(cells) < named or any(cell.strip() for cell in cells[named:]):
            found = f"{len(cells)} / {named}" if not defect else f"? / {named}"
            self.reject_unread(line, cells, "ragged-row", found)
        else:
            if len(cells) > self.layout.width:
                self.longer.append(line)
            self.examine(line, cells[:named])

    def reject_unread(self, line: int, cells: Sequence[str], code: str, detail: str) -> None:
        """Reject a row that does not fit. Its key, where one stands in its place, only helps to
        say that the rows which belong to it go with it."""
        self.note(line, None, REJECT, code, ",".join(cells[:8]), detail)
        values: list[Value] = [None] * len(self.columns)
        if self.table.name in PARENTS:
            for number, column in enumerate(self.columns):
                place = self.layout.places[column.name]
                if column.name in self.table.key and place < len(cells):
                    values[number], _ = examine(column, cells[place])
        self.rows.append((line, UNCERTAIN, None, *values))

    def examine(self, line: int, cells: Sequence[str]) -> None:
        """A row with something to report."""
        values: list[Value] = []
        unread: list[str] = []
        found = []
        status = ACCEPTED
        for cache, cell in zip(self.caches, self.pick(cells), strict=True):
            column = cache.column
            value, notes = cache.judged(cell)
            values.append(value)
            if notes and value is None and cell.strip():
                unread.append(f"{column.name}={visible(cell, 300)}")
            for note in notes:
                found.append((column, note, cell))
                if note.rejects:
                    status = max(status, UNCERTAIN if column.name in self.table.key else REJECTED)
        for column, note, cell in found:
            if note.rejects or status == ACCEPTED:
                self.note(line, column, ACTIONS[note.code], note.code, cell, note.detail)
        self.rows.append((line, status, "\n".join(unread) or None, *values))

    def settle_longer(self) -> None:
        """Lines one comma longer than the header: harmless where all are, ragged where some are."""
        if not self.longer:
            return
        if len(self.longer) == self.count:
            self.note(0, None, NOTICE, "trailing-delimiter")
            self.flush()
            return
        execute = self.connection.execute
        named = self.layout.named
        for line in self.longer:
            execute("DELETE FROM findings WHERE table_no = ? AND line = ?", (self.table_no, line))
            execute(
                f'UPDATE "{self.table.name}" SET _status = ? WHERE line = ?',
                (UNCERTAIN, line),
            )
            self.note(line, None, REJECT, "ragged-row", "", f"{named + 1} / {named}")
        self.flush()
