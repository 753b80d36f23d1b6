"""The findings of a check: read back in order, summed up, and written as a CSV file."""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ..staging import reading
from .messages import message

COLUMNS = ("file", "line", "column", "action", "code", "message", "value")


class Finding(NamedTuple):
    """One line of the report. Line 0 is the whole file, line 1 its column names."""

    file: str
    line: int
    column: str
    action: str
    code: str
    message: str
    value: str


class Cause(NamedTuple):
    """Findings of one kind in one column, said once."""

    file: str
    column: str
    action: str
    code: str
    findings: int
    first_line: int
    message: str


def findings(staging: Path) -> Iterator[Finding]:
    """Every finding, by file in reading order, then line, then column."""
    said = lru_cache(maxsize=10_000)(message)
    with reading(staging) as connection:
        for file, line, column, action, code, value, detail in connection.execute(
            "SELECT file, line, column_name, action, code, value, detail FROM findings "
            "ORDER BY table_no, file, line, column_no, code, value"
        ):
            text = said(code, action, column, detail)
            yield Finding(file, line, column, action, code, text, value)


def causes(staging: Path) -> list[Cause]:
    """Findings summed up by file, kind and column, for a screen."""
    with reading(staging) as connection:
        return [
            Cause(file, column, action, code, count, line, message(code, action, column, detail))
            for file, column, action, code, count, line, detail in connection.execute(
                "SELECT file, column_name, action, code, count(*), min(line), detail "
                "FROM findings GROUP BY table_no, file, action, code, column_name "
                "ORDER BY table_no, file, min(line), min(column_no), code"
            )
        ]


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_report(staging: Path, path: Path) -> int:
    """Write every finding to a CSV file; returns how many there were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for finding in findings(staging):
            writer.writerow([harmless(str(cell)) for cell in finding])
            count += 1
    return count
