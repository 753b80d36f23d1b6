"""What many pages show in the same way: dates in words, tags, faces, summary rows, page links.

Everything here is pure: it is given facts and the day on which they are read, and returns what a
template or a design-system macro places. Words for people are translated here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.template.defaultfilters import linebreaksbr
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, pgettext

NO_BREAK = "\u00a0"
COLOURS = 12  # worker-1 … worker-12 in casework.css
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORDS_UP_TO = 60  # days; farther away than this a date says more than a count


# Dates ------------------------------------------------------------------------------------------


def _day(value: dt.date | dt.datetime) -> dt.date:
    """The local day of a date or an instant."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def long_date(value: dt.date | dt.datetime) -> str:
    """Monday 2 November 2026."""
    return formats.date_format(_day(value), "l j F Y")


def full_date(value: dt.date | dt.datetime) -> str:
    """2 November 2026, kept on one line: as it stands in a letter."""
    return formats.date_format(_day(value), "j F Y").replace(" ", NO_BREAK)


def short_date(value: dt.date | dt.datetime) -> str:
    """2 Nov 2026, kept on one line."""
    return _short_date(_day(value), get_language())


@lru_cache(maxsize=4096)
def _short_date(day: dt.date, _language: str | None) -> str:
    """The same days come again on every line of a list."""
    return formats.date_format(day, "j M Y").replace(" ", NO_BREAK)


def in_sentences(parts: Iterable[str]) -> str:
    """Several things said, one after the other, with a full stop between them; those that have
    written one get no second."""
    said = [part.strip() for part in parts if part.strip()]
    ended = [one if one[-1] in ".!?…" else f"{one}." for one in said[:-1]]
    return " ".join([*ended, *said[-1:]])


def clock(value: dt.time | dt.datetime) -> str:
    """2:30pm, 9am, midday, midnight."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).time() if timezone.is_aware(value) else value.time()
    if (value.hour, value.minute) == (0, 0):
        return gettext("midnight")
    if (value.hour, value.minute) == (12, 0):
        return gettext("midday")
    minutes = f":{value.minute:02d}" if value.minute else ""
    half = pgettext("clock", "am") if value.hour < 12 else pgettext("clock", "pm")
    return f"{value.hour % 12 or 12}{minutes}{half}"


def date_words(value: dt.date | dt.datetime, on: dt.date) -> str:
    """A day as people say it: today, yesterday, 3 days ago, in 2 days; farther away, its date."""
    return _date_words(_day(value), on, get_language())


@lru_cache(maxsize=4096)
def _date_words(day: dt.date, on: dt.date, _language: str | None) -> str:
    gap = (day - on).days
    if gap == 0:
        return gettext("today")
    if gap == -1:
        return gettext("yesterday")
    if gap == 1:
        return gettext("tomorrow")
    if -_WORDS_UP_TO <= gap < 0:
        return ngettext("%(n)d day ago", "%(n)d days ago", -gap) % {"n": -gap}
    if 0 < gap <= _WORDS_UP_TO:
        return ngettext("in %(n)d day", "in %(n)d days", gap) % {"n": gap}
    return short_date(day)


def since_words(value: dt.date | dt.datetime, on: dt.date) -> str:
    """How long something has been so: "since 2 Nov 2026 (21 days)"."""
    days = max((on - _day(value)).days, 0)
    count = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return gettext("since %(date)s (%(count)s)") % {"date": short_date(value), "count": count}


# Tags -------------------------------------------------------------------------------------------

TAG_COLOURS = frozenset(
    {"white", "grey", "green", "aqua-green", "blue", "purple", "pink", "red", "orange", "yellow"}
)


def tag(text: str, colour: str = "blue") -> dict[str, str]:
    """Parameters of a status tag; the words carry the meaning, the colour only helps."""
    if not str(text).strip():
        raise ValueError("A tag needs words: colour alone tells nobody anything.")
    if colour not in TAG_COLOURS:
        raise ValueError(f"{colour!r} is not a tag colour: choose one of {sorted(TAG_COLOURS)}")
    return {"text": str(text), "colour": colour}


# Faces ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Face:
    """One worker as one square: a letter and a colour that stay theirs on a person's pages."""

    letter: str
    css_class: str
    name: str


class Faces:
    """Letters and colours for the workers of one person, in the order in which they met.

    Give it the workers in order of their *first ever* meeting with the person, so that a letter
    does not move from one worker to another when the window moves on.
    """

    def __init__(self, workers: Iterable[tuple[Hashable, str]]) -> None:
        self._faces: dict[Hashable, Face] = {}
        for key, name in workers:
            if key not in self._faces:
                number = len(self._faces)
                self._faces[key] = Face(_letters(number), f"worker-{number % COLOURS + 1}", name)

    def __getitem__(self, key: Hashable) -> Face:
        return self._faces[key]

    def __len__(self) -> int:
        return len(self._faces)


def _letters(number: int) -> str:
    """A to Z, then AA, AB …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = _LETTERS[rest] + text
    return text


@dataclass(frozen=True)
class StripSquare:
    """One contact in the strip: when, what it was, and who was there (main worker first)."""

    when: str
    faces: tuple[Face, ...]
    words: str


@dataclass(frozen=True)
class LegendLine:
    """One worker of the strip, with how often they are in it."""

    face: Face
    count: str


@dataclass(frozen=True)
class FacesStrip:
    """The last contacts of a person, oldest first, coloured and lettered by worker."""

    squares: tuple[StripSquare, ...]
    legend: tuple[LegendLine, ...]
    caption: str


@dataclass(frozen=True)
class Meeting:
    """A contact as the strip needs it."""

    day: dt.date
    workers: tuple[Hashable, ...]
    what: str = ""


def faces_strip(meetings: Sequence[Meeting], faces: Faces, *, last: int = 12) -> FacesStrip:
    """The strip of the last contacts. `meetings` come oldest first."""
    shown = list(meetings)[-last:]
    squares = []
    counts: dict[Hashable, int] = {}
    for meeting in shown:
        who = tuple(faces[key] for key in meeting.workers)
        for key in meeting.workers:
            counts[key] = counts.get(key, 0) + 1
        names = ", ".join(face.name for face in who) or gettext("nobody recorded")
        parts = [short_date(meeting.day), *([meeting.what] if meeting.what else []), names]
        squares.append(StripSquare(short_date(meeting.day), who, ": ".join(parts)))
    legend = tuple(
        LegendLine(
            faces[key],
            ngettext("%(n)d time", "%(n)d times", counts[key]) % {"n": counts[key]},
        )
        for key in sorted(counts, key=lambda key: (len(faces[key].letter), faces[key].letter))
    )
    total = len(shown)
    caption = ngettext(
        "The last contact, by who was there",
        "The last %(n)d contacts, oldest first, by who was there",
        total,
    ) % {"n": total}
    return FacesStrip(tuple(squares), legend, caption)


# Summary rows, cards, timelines -----------------------------------------------------------------


def summary_row(
    key: str, value: str | None, *, href: str = "", action: tuple[str, str] | None = None
) -> dict[str, Any]:
    """One row of a summary list; a value that is missing says so.

    `action` is (address, words); the row's key is added to its link for screen readers.
    """
    text = str(value) if value not in (None, "") else gettext("Not recorded")
    shown: dict[str, Any] = {"text": text}
    if href and value:
        shown = {"html": format_html('<a href="{}">{}</a>', href, text)}
    elif "\n" in text:
        shown = {"html": linebreaksbr(text, autoescape=True)}
    row: dict[str, Any] = {"key": {"text": str(key)}, "value": shown}
    if action:
        row["actions"] = {
            "items": [
                {
                    "href": action[0],
                    "text": str(action[1]),
                    "visuallyHiddenText": str(key)[:1].lower() + str(key)[1:],
                }
            ]
        }
    return row


@dataclass(frozen=True)
class Notice:
    """One flag on a card: its sentence, why it is there, and what could be done next."""

    sentence: str
    tag: dict[str, str] | None = None
    cause: str = ""
    next_step: str = ""
    next_href: str = ""
    since: str = ""


@dataclass(frozen=True)
class PersonCard:
    """Everything that is flagged about one person, on one card."""

    name: str
    href: str
    notices: tuple[Notice, ...]
    detail: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, with who and when."""

    title: str
    when: str
    by: str = ""
    text: str = ""
    datetime: str = ""
    tag: dict[str, str] | None = None
    href: str = ""


# Page links -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PageLinks:
    """Links to the lists before and after this one; an empty address has no link."""

    newer: str = ""
    older: str = ""
    newer_text: str = field(default_factory=lambda: gettext("Newer"))
    older_text: str = field(default_factory=lambda: gettext("Older"))

    def __bool__(self) -> bool:
        return bool(self.newer or self.older)


def query_string(path: str, **parameters: str | None) -> str:
    """An address with its filters; those that are empty are left out."""
    kept = {key: value for key, value in parameters.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
