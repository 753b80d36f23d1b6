"""One cell at a time: what it means, or what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from casework.common import nhs_number

from ..spec import ColumnSpec, Format, Need

Value = str | int | None


class Note(NamedTuple):
    """Something to report about a cell."""

    code: str
    rejects: bool
    detail: str = ""


class Doubt(Exception):
    """A cell about which there is something to report."""


_UNDECODED = re.compile("[\udc80-\udcff]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/\-]*")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_MOMENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?P<fraction>[.,][0-9]{1,9})?(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_ZONE = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")
_NUMBER = re.compile(r"[0-9]{1,9}")
_NHS_NUMBER = re.compile(r"[0-9]{10}")

Read = tuple[Value, Note | None]


def _read_id(column: ColumnSpec, text: str) -> Read:
    return (text, None) if _ID.fullmatch(text) else (None, Note("bad-identifier", True))


def _read_date(column: ColumnSpec, text: str) -> Read:
    match = _DATE.fullmatch(text)
    if not match:
        return None, Note("date-format", True)
    try:
        date(*map(int, match.groups()))
    except ValueError:
        return None, Note("impossible-date", True)
    return text, None


def _read_time(column: ColumnSpec, text: str) -> Read:
    if not _TIME.fullmatch(text):
        return None, Note("time-format", True)
    return (text if len(text) == 8 else f"{text}:00"), None


def _read_moment(column: ColumnSpec, text: str) -> Read:
    """Local date and time, with the difference from UTC where it is given (``Z`` is +00:00)."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return None, Note("date-format", True)
    day, note = _read_date(column, match["date"])
    if note:
        return None, note
    time, note = _read_time(column, match["time"])
    zone = (match["zone"] or "").replace("Z", "+00:00")
    if zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:] or '00'}"
    if note or (zone and not _ZONE.fullmatch(zone)):
        return None, Note("time-format", True)
    return f"{day}T{time}{(match['fraction'] or '').replace(',', '.')}{zone}", None


def _read_number(column: ColumnSpec, text: str) -> Read:
    return (int(text), None) if _NUMBER.fullmatch(text) else (None, Note("not-a-number", True))


def _read_code(column: ColumnSpec, text: str) -> Read:
    known = column.codes or {}
    if text in known:
        return text, None
    if (upper := text.upper()) in known:
        return upper, Note("lower-case-code", False, upper)
    return text, Note("unknown-code", False)


def _read_nhs_number(column: ColumnSpec, text: str) -> Read:
    digits = nhs_number.normalise(text)
    if not _NHS_NUMBER.fullmatch(digits):
        return None, Note("nhs-number-format", False)
    if not nhs_number.is_valid(digits):
        return None, Note("nhs-number-check-digit", False)
    return digits, None if digits == text else Note("spaces-trimmed", False)


def _read_text(column: ColumnSpec, text: str) -> Read:
    return text, None


_READERS: Mapping[Format, Callable[[ColumnSpec, str], Read]] = {
    Format.ID: _read_id,
    Format.ORG: _read_id,
    Format.DATE: _read_date,
    Format.TIME: _read_time,
    Format.MOMENT: _read_moment,
    Format.NUMBER: _read_number,
    Format.CODE: _read_code,
    Format.NHS_NUMBER: _read_nhs_number,
    Format.TEXT: _read_text,
}


def examine(column: ColumnSpec, cell: str) -> tuple[Value, list[Note]]:
    """The value of a cell (None when blank or not usable) and everything to report about it."""
    if _UNDECODED.search(cell):
        return None, [Note("encoding", True)]
    if "\0" in cell:
        return None, [Note("nul-byte", True)]
    if "\n" in cell or "\r" in cell:
        return None, [Note("line-break-in-cell", True)]
    notes = []
    text = cell.strip()
    if len(text) != len(cell):
        notes.append(Note("spaces-trimmed", False))
    if not text:
        if column.need is Need.MUST:
            notes.append(Note("missing-value", True))
        return None, notes
    if column.max_length is not None and len(text) > column.max_length:
        return None, [*notes, Note("field-too-long", True, str(len(text)))]
    value, note = _READERS[column.format](column, text)
    if note and note not in notes:
        notes.append(note)
    return value, notes


class Cells(dict[str, Value]):
    """Cells of one column that have been read and found in order, so that each is read once.

    Looking up a cell about which there is something to report raises `Doubt`.
    """

    LIMIT = 20_000

    def __init__(self, column: ColumnSpec) -> None:
        super().__init__()
        self.column = column
        self.doubtful: dict[str, tuple[Value, list[Note]]] = {}

    def judged(self, cell: str) -> tuple[Value, list[Note]]:
        """What `examine` says of the cell, remembered."""
        known = self.doubtful.get(cell)
        if known is None:
            known = examine(self.column, cell)
            if len(cell) <= 100:
                if len(self.doubtful) >= self.LIMIT:
                    self.doubtful.clear()
                self.doubtful[cell] = known
        return known

    def __missing__(self, cell: str) -> Value:
        if cell in self.doubtful:
            raise Doubt
        value, notes = examine(self.column, cell)
        if notes:
            raise Doubt
        if len(self) >= self.LIMIT:
            self.clear()
        self[cell] = value
        return value


def visible(text: str, limit: int = 40) -> str:
    """A value as the report shows it: shortened, with control characters and stray bytes named."""
    shown = text[: limit + 1]
    if len(shown) <= limit and shown.isprintable():
        return shown
    out = "".join(
        f"\\x{ord(char) - 0xDC00:02x}"
        if "\udc80" <= char <= "\udcff"
        else char
        if char.isprintable()
        else char.encode("unicode_escape").decode("ascii")
        for char in shown[:limit]
    )
    return out + ("…" if len(shown) > limit else "")
