"""Words for easy read: one idea a line, nothing left out and nothing rewritten. Pure."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[.!?…])[\"'’”)]*\s+(?=[^\s])")
_SHORTENED = re.compile(r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|Mx|Prof|St|e\.g|i\.e|approx)\.$", re.IGNORECASE)
_HALVES = re.compile(r"(?<=;)\s+")


def ideas(text: str) -> list[str]:
    """The sentences of a text, one by one. Every word of it is in one of them, in its order."""
    found: list[str] = []
    for line in text.splitlines():
        for part in _sentences(" ".join(line.split())):
            found += [piece for piece in _HALVES.split(part) if piece]
    return found


def _sentences(line: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for end in _ENDS.finditer(line):
        if not _SHORTENED.search(line[start : end.start()]):
            parts.append(line[start : end.end()].strip())
            start = end.end()
    rest = line[start:].strip()
    return [*parts, rest] if rest else parts


AREA_SYMBOLS = {
    "housing": "house",
    "money": "coins",
    "people": "people",
    "work": "book",
    "daily": "cup",
    "body": "heart",
    "therapy": "talk",
    "medication": "pill",
    "safety": "shield",
    "identity": "flower",
}


def symbol_of(code: str) -> str:
    """The picture of an area of life; areas of a site's own have a plain one."""
    return AREA_SYMBOLS.get(code, "dots")


def face_of(value: int | None) -> str:
    """A face for how it is going, 1 to 7."""
    if value is None:
        return "face_middle"
    return "face_low" if value <= 3 else "face_middle" if value == 4 else "face_good"
