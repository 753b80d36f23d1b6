"""A copy of the sample extract that a test may spoil."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from casework.extract.spec import TABLES

SAMPLE = Path(__file__).parents[3] / "casework" / "extract" / "sample"
FILES = {table.file[:6]: table.file for table in TABLES}  # "MHS101" -> "MHS101Referral.csv"


class Folder:
    """The sample's files under `path`. Tables go by their first six characters, lines by the
    number that a text editor shows. No cell of the sample is quoted or holds a comma."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        for name in FILES.values():
            shutil.copyfile(SAMPLE / name, path / name)

    def file(self, table: str) -> Path:
        return self.path / FILES[table]

    def lines(self, table: str) -> list[str]:
        return self.file(table).read_text("utf-8", "surrogateescape").split("\n")[:-1]

    def header(self, table: str) -> list[str]:
        return self.lines(table)[0].split(",")

    def write(self, table: str, lines: list[str]) -> None:
        self.file(table).write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="")

    def line(self, table: str, line: int) -> str:
        return self.lines(table)[line - 1]

    def replace(self, table: str, line: int, text: str) -> None:
        lines = self.lines(table)
        lines[line - 1] = text
        self.write(table, lines)

    def append(self, table: str, text: str) -> None:
        self.write(table, [*self.lines(table), text])

    def set(self, table: str, line: int, column: str, cell: str) -> None:
        cells = self.line(table, line).split(",")
        cells[self.header(table).index(column)] = cell
        self.replace(table, line, ",".join(cells))

    def each_line(self, table: str, change: Callable[[str], str]) -> None:
        self.write(table, [change(line) for line in self.lines(table)])

    def bytes(self, table: str, change: Callable[[bytes], bytes]) -> None:
        file = self.file(table)
        file.write_bytes(change(file.read_bytes()))

    def descendants(self, table: str, line: int) -> Iterator[tuple[str, int, str]]:
        """(file, line, column) of every row that hangs on this one, worked out row by row."""
        name = FILES[table][:-4]
        row = self.line(table, line).split(",")
        for child in TABLES:
            if child.parent is None or child.parent.table != name:
                continue
            key = row[self.header(table).index(child.parent.key)]
            with (self.path / child.file).open(newline="", errors="surrogateescape") as file:
                for number, cells in enumerate(csv.DictReader(file), 2):
                    if cells[child.parent.column] == key:
                        yield child.file, number, child.parent.column
                        yield from self.descendants(child.file[:6], number)
