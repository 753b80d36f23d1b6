"""One file at a time: its encoding, its column names, its records and their line numbers."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from ..spec import TableSpec
from .cells import visible
from .messages import FATAL, NOTICE, WARN

#: No cell is held in memory beyond this, so that a quote left open does not swallow the file.
CELL_LIMIT = 1_000_000


class FileNote(NamedTuple):
    """A finding about a file or its column names; line 0 is the whole file."""

    line: int
    column: str
    action: str
    code: str
    value: str = ""
    detail: str = ""


@dataclass
class Layout:
    """How the rows of a file are laid out, and what there is to say about that."""

    notes: list[FileNote] = field(default_factory=list)
    absent: bool = False  # not there, or empty: a table without rows
    start: int = 0  # bytes to skip
    named: int = 0  # columns that have a name
    width: int = 0  # columns of the header with its empty last ones
    places: dict[str, int] = field(default_factory=dict)  # canonical name -> position

    @property
    def fatal(self) -> bool:
        return any(note.action == FATAL for note in self.notes)

    def add(
        self, line: int, column: str, action: str, code: str, value: str = "", detail: str = ""
    ) -> None:
        self.notes.append(FileNote(line, column, action, code, value, detail))


class QuoteLeftOpen(Exception):
    """A quotation mark opens on this line and does not close where its cell ends."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _text(binary: BinaryIO) -> io.TextIOWrapper:
    """Bytes that are not UTF-8 become lone surrogates, one each, for the cell's own check."""
    return io.TextIOWrapper(binary, encoding="utf-8", errors="surrogateescape", newline="")


def _is_utf_16(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return head.count(0) * 3 > len(head)


def _first_record(binary: BinaryIO, start: int, delimiter: str) -> list[str]:
    binary.seek(start)
    text = _text(binary)
    try:
        return next(csv.reader(text, delimiter=delimiter, strict=True), [])
    finally:
        text.detach()


def layout(path: Path, table: TableSpec) -> Layout:
    """The layout of one table's file, from its first bytes and its column names."""
    found = Layout()
    lenient = NOTICE if not table.required else FATAL
    try:
        binary = path.open("rb") if path.is_file() else None
    except OSError:
        binary = None
    if binary is None:
        found.absent = True
        found.add(0, "", lenient, "missing-file", detail=str(table.stays_empty))
        return found
    with binary:
        head = binary.read(400)
        if _is_utf_16(head):
            found.add(0, "", FATAL, "utf-16")
            return found
        if head.startswith(codecs.BOM_UTF8):
            found.start = len(codecs.BOM_UTF8)
            found.add(0, "", NOTICE, "bom")
        if not head[found.start :].strip() and not binary.read(1):
            found.absent = True
            found.add(0, "", lenient, "empty-file", detail=str(table.stays_empty))
            return found
        try:
            header = _first_record(binary, found.start, ",")
            _match(found, table, header)
            if found.fatal and (delimiter := _other_delimiter(binary, found, table)):
                found.notes = [note for note in found.notes if note.line == 0]
                found.add(
                    0, "", FATAL, "wrong-delimiter", visible(delimiter), _delimiter_name(delimiter)
                )
        except csv.Error:
            found.add(1, "", FATAL, "unclosed-quote")
    return found


def _match(found: Layout, table: TableSpec, header: Sequence[str]) -> None:
    """Find each column of the table by name, whatever the order and case."""
    names = [name.strip() for name in header]
    found.width = found.named = len(names)
    while found.named > 1 and not names[found.named - 1]:
        found.named -= 1
    if found.named < found.width:
        found.add(0, "", NOTICE, "trailing-delimiter")
    wanted = {column.name.lower(): column for column in table.columns}
    recased, extra = [], []
    for place, name in enumerate(names[: found.named]):
        column = wanted.get(name.lower())
        if column is None:
            extra.append(name or _("(no name)"))
            continue
        if column.name in found.places:
            found.add(1, column.name, FATAL, "duplicate-column", visible(name))
            continue
        found.places[column.name] = place
        if name != column.name:
            recased.append(name)
        if name != header[place]:
            found.add(1, column.name, WARN, "spaces-trimmed", visible(header[place]))
    if recased:
        found.add(1, ", ".join(recased), NOTICE, "header-case", visible(", ".join(recased)))
    if extra:
        shown = visible(", ".join(dict.fromkeys(extra)), 300)
        found.add(1, shown, NOTICE, "extra-column", visible(shown))
    for column in table.columns:
        if column.name not in found.places and column.need != "O":
            found.add(1, column.name, FATAL, "missing-column")


def _other_delimiter(binary: BinaryIO, found: Layout, table: TableSpec) -> str | None:
    """The delimiter under which more of the column names are found than with commas."""
    wanted = {column.name.lower() for column in table.columns}
    best, most = None, len(found.places)
    for delimiter in ";\t|":
        try:
            header = _first_record(binary, found.start, delimiter)
        except csv.Error:
            continue
        matches = len(wanted & {name.strip().lower() for name in header})
        if matches > most:
            best, most = delimiter, matches
    return best


def _delimiter_name(delimiter: str) -> str:
    names: dict[str, str] = {";": _("semicolons"), "\t": _("tabs"), "|": _("vertical bars")}
    return names[delimiter]


class Record(NamedTuple):
    """A record of the file with the number of its first line.

    ``defect`` is a code for a record that could not be taken apart.
    """

    line: int
    cells: list[str]
    defect: str = ""


def records(
    path: Path, found: Layout, progress: Callable[[int], None] | None = None
) -> Iterator[Record]:
    """The records below the column names; lines that hold nothing are passed over.

    Raises `QuoteLeftOpen` where a quote swallows the records after it.
    """
    binary = path.open("rb")
    binary.seek(found.start)
    with _text(binary) as text:
        reader = csv.reader(text, strict=True)
        next(reader)
        listed = sorted(found.places.values())
        last = reader.line_num
        beat = 0
        while True:
            line = last + 1
            try:
                for cells in reader:
                    line, last = last + 1, reader.line_num
                    if last > line and _swallows_rows(cells, listed, found.width):
                        raise QuoteLeftOpen(_open_quote(path, found.start, line))
                    if cells:
                        yield Record(line, cells)
                    if progress and last - beat >= 20_000:
                        beat = last
                        progress(binary.tell())
                return
            except csv.Error as error:
                line, last = last + 1, reader.line_num
                if last > line or "unexpected end" in str(error):
                    raise QuoteLeftOpen(_open_quote(path, found.start, line)) from error
                too_long = "field limit" in str(error)
                yield Record(line, [], "field-too-long" if too_long else "ragged-row")


def _swallows_rows(cells: Sequence[str], listed: Sequence[int], width: int) -> bool:
    """Whether a cell over several lines holds whole rows: a quote opened too early closed late."""
    looked_at = cells if len(cells) != width else [cells[place] for place in listed]
    return any(
        inner.count(",") >= width - 1
        for cell in looked_at
        if "\n" in cell or "\r" in cell
        for inner in re.split("\r\n|\r|\n", cell)[1:-1]
    )


_MARK = re.compile('"+')


def _open_quote(path: Path, start: int, line: int) -> int:
    """The line, from the record's first on, on which the quote opens that is not closed."""
    opened = line
    inside = False
    binary = path.open("rb")
    binary.seek(start)
    with _text(binary) as file:
        for number, text in enumerate(file, 1):
            if number < line:
                continue
            at = 0
            while at < len(text):
                if not inside:
                    mark = text.find('"', at)
                    if mark < 0:
                        break
                    if mark == 0 or text[mark - 1] == ",":
                        inside, opened = True, number
                    at = mark + 1
                    continue
                marks = _MARK.search(text, at)
                if marks is None:
                    break
                at = marks.end()
                if len(marks[0]) % 2:
                    if at < len(text) and text[at] not in ",\r\n":
                        return opened
                    inside = False
            if not inside and number > line:
                return opened
    return opened


def picker(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Takes the cells of the listed columns out of a record."""
    if len(places) == 1:
        (place,) = places
        return lambda cells: (cells[place],)
    return itemgetter(*places)
