"""What changed in a plan, told by area and in words. Pure: two contents in, sentences out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from careplans.kinds import (
    CHOICES,
    FIELD_NAMES,
    KINDS,
    OPEN_PROGRESS,
    TEXTS,
    Kind,
    Owner,
    Progress,
)
from casework.common.presenters import short_date

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One thing that is different: what it is, how it reads, and what it said before."""

    title: str
    now: str = ""
    before: str = ""
    by: str = ""


@dataclass(frozen=True)
class AreaChanges:
    """The changes of one area of life, or of the plan as a whole."""

    area: str
    changes: tuple[Change, ...]


def between(old: Content, new: Content, person: str = "") -> list[AreaChanges]:
    """What is different in `new`, by area, in the order of `new`; `person` is what the person is
    called there: "me", on their own pages."""
    before = {area["code"]: area for area in old.get("areas", [])}
    found = []
    for area in new.get("areas", []):
        changes = [
            *_order(before.get(area["code"], {}), area),
            *_rating(before.get(area["code"], {}), area),
            *_lines(before.get(area["code"], {}).get("lines", []), area["lines"], person),
        ]
        if changes:
            found.append(AreaChanges(area["name"], tuple(changes)))
    whole = _lines(old.get("lines", []), new.get("lines", []), person)
    if whole:
        found.append(AreaChanges(_("The plan as a whole"), tuple(whole)))
    return found


def _order(old: Content, new: Content) -> Iterable[Change]:
    if (old.get("rank"), bool(old.get("not_now"))) != (new["rank"], new["not_now"]):
        yield Change(_("What comes first"), place(new), place(old) if old else "")


def place(area: Content) -> str:
    """Where the person puts an area."""
    if area.get("not_now"):
        return _("Not now")
    if area.get("rank"):
        return _("Number %(n)d") % {"n": area["rank"]}
    return _("No place chosen")


def _rating(old: Content, new: Content) -> Iterable[Change]:
    before, now = old.get("rating"), new["rating"]
    if now and now != before:
        yield Change(
            _("How it is going"), rating_words(now), rating_words(before), now.get("written", "")
        )


def rating_words(rating: Content | None) -> str:
    """A rating in one line: the number with what it means, the help that is wanted, the words."""
    if not rating:
        return ""
    parts = []
    if rating.get("value"):
        parts.append(_("%(n)d out of 7") % {"n": rating["value"]})
    help_wanted = {
        "yes": _("help with this: wanted"),
        "no": _("help with this: not wanted"),
        "not_now": _("help with this: later, not now"),
    }.get(rating.get("wants_help") or "")
    if help_wanted:
        parts.append(help_wanted)
    line = ", ".join(parts)
    return "\n".join(part for part in (line, rating.get("words") or "") if part)


def _lines(old: Iterable[Content], new: Iterable[Content], person: str) -> list[Change]:
    before = {line["id"]: line for line in old}
    now = {line["id"]: line for line in new}
    found = []
    for key, line in now.items():
        if key not in before:
            title = _("New: %(kind)s") % {"kind": KINDS[Kind(line["kind"])].name}
            found.append(Change(title, line_words(line, person), "", line.get("written", "")))
        elif _differs(before[key], line):
            title = _("Changed: %(kind)s") % {"kind": KINDS[Kind(line["kind"])].name}
            words = (line_words(line, person), line_words(before[key], person))
            found.append(Change(title, *words, line.get("written", "")))
    for key, line in before.items():
        if key not in now:
            title = _("Taken away: %(kind)s") % {"kind": KINDS[Kind(line["kind"])].name}
            found.append(Change(title, "", line_words(line, person)))
    return found


_SAID = ("values", "progress", "what_happened", "scores")


def _differs(old: Content, new: Content) -> bool:
    return any(old.get(name) != new.get(name) for name in _SAID)


def line_words(line: Content, person: str = "") -> str:
    """A line in full, as a page or a list of changes shows it."""
    values = line["values"]
    parts = [values.get("words", "")]
    for name in values:
        if name in ("words", "owner_worker", "owner_words") or not values[name]:
            continue
        is_owner = name == "owner_kind"
        shown = owner_words(line, person) if is_owner else value_words(name, values[name])
        parts.append(answer_words(name, shown))
    if line.get("progress"):
        parts.append(str(Progress(line["progress"]).label))
    if line.get("what_happened"):
        parts.append(_("What happened: %(words)s") % {"words": line["what_happened"]})
    if line.get("scores"):
        parts.append(score_words(line["scores"]))
    return "\n".join(part for part in parts if part)


def answer_words(name: str, shown: str) -> str:
    """What was asked and what was answered, in one line; a question keeps its own mark."""
    asked = str(FIELD_NAMES[name])
    if asked.endswith("?"):
        return f"{asked} {shown}"
    return _("%(what)s: %(value)s") % {"what": asked, "value": shown}


def value_words(name: str, value: str) -> str:
    """One answer, in words."""
    if name in TEXTS:
        return value
    if name in CHOICES:
        return str(CHOICES[name](value).label)
    if name == "due_on":
        return short_date(dt.date.fromisoformat(value))
    return value


def is_owed(line: Content, on: dt.date) -> bool:
    """Is it an action that a service promised and whose day has passed? What the person, or their
    family, meant to do is never late."""
    values = line["values"]
    due = values.get("due_on")
    return (
        line["kind"] == Kind.ACTION
        and values.get("owner_kind") in (Owner.WORKER, Owner.AGENCY)
        and line.get("progress") in OPEN_PROGRESS
        and bool(due)
        and dt.date.fromisoformat(due) < on
    )


def owner_words(line: Content, person: str = "") -> str:
    """Who sees to it, by name where there is one; `person` is what the person is called there."""
    values = line["values"]
    kind = values.get("owner_kind", "")
    if not kind:
        return ""
    if kind == "worker":
        return str(line.get("owner_name") or CHOICES["owner_kind"]("worker").label)
    label = str(CHOICES["owner_kind"](kind).label)
    name = values.get("owner_words", "")
    if kind == "person":
        return person or label
    return f"{name} ({label[:1].lower()}{label[1:]})" if name else label


def score_words(scores: Iterable[Content]) -> str:
    """How far a goal has come: the first and the latest number, and what lies between them."""
    values = [one["value"] for one in scores]
    if len(values) == 1:
        return _("%(now)d out of 10") % {"now": values[0]}
    return _("%(now)d out of 10 (at first %(first)d)") % {"now": values[-1], "first": values[0]}
