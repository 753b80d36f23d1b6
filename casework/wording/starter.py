"""The starter list of words, read from starter.tsv. Sites change it as data (`WordingTerm`)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from casework.wording.checking import Term

FILE = Path(__file__).with_name("starter.tsv")


def listed(text: str) -> tuple[str, ...]:
    """The phrases of a cell, which are parted by semicolons."""
    return tuple(phrase for one in text.split(";") if (phrase := one.strip()))


def rows() -> Iterator[dict[str, str]]:
    """The lines of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def terms() -> list[Term]:
    """The starter list as the checker wants it."""
    return [
        Term(
            row["code"],
            listed(row["phrases"]),
            listed(row["unless"]),
            row["suggestion"],
            row["reason"],
            row["behaviour"] == "yes",
        )
        for row in rows()
    ]
