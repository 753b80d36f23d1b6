"""What somebody means by the words that they type to find a person."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from casework.common import nhs_number
from casework.common.forms.fields import MONTHS

_NUMBERS = re.compile(r"(?<![\w/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?![\w/.-])")
_ISO = re.compile(r"(?<![\w/.-])(\d{4})-(\d{2})-(\d{2})(?![\w/.-])")
_NAMED = re.compile(
    r"(?<!\w)(\d{1,2})(?:st|nd|rd|th)?[ -]+([a-z]{3,9})\.?,?[ -]+(\d{4}|\d{2})(?!\w)", re.I
)
_TEN_DIGITS = re.compile(r"\d(?:[\s-]*\d){9}")
MOST_WORDS = 6  # of a name: more than this narrows nothing and costs each time


@dataclass(frozen=True)
class Sought:
    """A number, a day of birth, a local id, words of a name: whatever the text can be read as."""

    local_id: str = ""
    nhs_number: str = ""
    birth_date: dt.date | None = None
    names: tuple[str, ...] = ()


def read(text: str, today: dt.date) -> Sought:
    """What a text can be read as. It is read in every way that makes sense: an id may look like a
    date, and beside a date of birth there may be a name."""
    text = " ".join(text.replace("\u00a0", " ").split())
    if not text:
        return Sought()
    if _TEN_DIGITS.fullmatch(text):
        return Sought(local_id=text, nhs_number=nhs_number.normalise(text))
    born, rest = _date(text, today)
    words = rest.split()[:MOST_WORDS]
    if born is None and all(word.isdigit() for word in words):
        words = []  # an id: nobody's name is a number
    return Sought(local_id=text, birth_date=born, names=tuple(words))


def _date(text: str, today: dt.date) -> tuple[dt.date | None, str]:
    """The first date in a text, and the text without it. Days come before months."""
    for pattern, order in ((_ISO, (2, 1, 0)), (_NUMBERS, (0, 1, 2)), (_NAMED, (0, 1, 2))):
        for found in pattern.finditer(text):
            day, month, year = (found.groups()[at] for at in order)
            date = _valid(day, month, year, today)
            if date is not None:
                return date, f"{text[: found.start()]} {text[found.end() :]}".strip()
    return None, text


def _valid(day: str, month: str, year: str, today: dt.date) -> dt.date | None:
    number = int(month) if month.isdigit() else _month(month)
    full = int(year)
    if len(year) == 2:  # nobody is born after today
        full += today.year // 100 * 100
        full -= 100 if full > today.year else 0
    try:
        return dt.date(full, number, int(day))
    except ValueError:
        return None


def _month(word: str) -> int:
    """1 to 12; 0 for a word that is no month."""
    word = word.lower()
    if word == "sept":
        return 9
    for at, name in enumerate(MONTHS, start=1):
        if word in {name, name[:3]}:
            return at
    return 0
