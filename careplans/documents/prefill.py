"""The first wording of a letter or a summary, from what the plan says. Pure.

It takes the person's words, what both agreed and what is still to do in the parts that were
chosen. The team's view, ratings, what was tried and comments stay at home.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from careplans.changes import owner_words
from careplans.documents.kinds import DocumentKind
from careplans.kinds import KINDS, OPEN_PROGRESS, SAFETY_STEPS, Kind, Progress
from casework.common.presenters import full_date, short_date

Content = Mapping[str, Any]
Text = dict[str, Any]
# Parts that are no area of life; a dot keeps them apart from the codes of areas.
NETWORK, SAFETY = "plan.network", "plan.safety"


@dataclass(frozen=True)
class Section:
    """A part of a text: its heading (none: no heading) and its words."""

    key: str
    title: str
    words: str


@dataclass(frozen=True)
class Person:
    """What tells a reader who is meant. Only what was chosen is filled in."""

    name: str
    full_name: str = ""
    born: dt.date | None = None
    address: str = ""
    nhs_number: str = ""


def first_text(
    kind: DocumentKind,
    content: Content,
    parts: Collection[str],
    *,
    person: Person,
    team: str,
    worker: str,
    recipient: str,
    place: str = "",
    on: dt.date,
) -> Text:
    """The fields that the person corrects: who it is to, what it is about, its sections. `on` is
    the day of the first wording: a day that has passed is told to nobody else."""
    make = _summary if kind == DocumentKind.SUMMARY else _letter
    sections = make(kind, content, parts, person, team, on)
    if sections and sections[0].key == "opening":
        words = _joined(part for part in (_greeting(recipient), sections[0].words) if part)
        sections[0] = replace(sections[0], words=words)
    return {
        "recipient": recipient,
        "place": place,
        "about": _about(kind, person),
        "sections": [asdict(one) for one in sections],
        "signed": "\n".join(part for part in (_farewell(kind), worker, team) if part),
    }


def _about(kind: DocumentKind, person: Person) -> str:
    """The line under the greeting: who and what it is about."""
    named = person.full_name or person.name
    lines = [
        named
        if person.name == named or not person.name
        else _("%(name)s, called %(short)s") % {"name": named, "short": person.name}
    ]
    if person.born:
        lines.append(_("Date of birth: %(date)s") % {"date": full_date(person.born)})
    if person.nhs_number:
        lines.append(_("NHS number: %(number)s") % {"number": person.nhs_number})
    if person.address:
        lines.append(
            _("Address: %(address)s") % {"address": ", ".join(person.address.splitlines())}
        )
    return "\n".join(lines)


def _opening(kind: DocumentKind, name: str, team: str) -> str:
    who = team or _("Our team")
    about = {
        DocumentKind.HOUSING: _(
            "%(team)s works alongside %(name)s, who asked us to write to you about their home."
        ),
        DocumentKind.BENEFITS: _(
            "%(team)s works alongside %(name)s, who asked us to write to you about the help they"
            " can get."
        ),
        DocumentKind.EMPLOYER: _(
            "%(team)s works alongside %(name)s, who asked us to write to you about what helps them"
            " at work."
        ),
        DocumentKind.GP: _(
            "%(team)s works alongside %(name)s, who asked us to tell you what we have planned"
            " together."
        ),
    }[kind]
    return about % {"team": who, "name": name}


def _greeting(recipient: str) -> str:
    """To whoever is named first; the writer puts it right where that is no name."""
    named = recipient.split(",")[0].strip()
    if named[:4].lower() == "the ":  # "The decision maker" is an office and no name
        named = named[4:].strip()
    return _("Dear %(name)s,") % {"name": named} if named else ""


def _farewell(kind: DocumentKind) -> str:
    return "" if kind == DocumentKind.SUMMARY else _("Yours sincerely,")


def _letter(
    kind: DocumentKind,
    content: Content,
    parts: Collection[str],
    person: Person,
    team: str,
    on: dt.date,
) -> list[Section]:
    areas = _chosen(content, parts)
    said = _words(areas, Kind.MATTERS)
    wanted = _words(areas, Kind.GOAL)
    together = _words(areas, Kind.SHARED_VIEW)
    doing = [words for area in areas for words in _actions(area, person.name, on)]
    if NETWORK in parts:
        doing += _network(content, person.name)
    sections = [
        Section("opening", "", _opening(kind, person.name, team)),
        Section("said", _("What %(name)s says") % {"name": person.name}, _joined(said)),
        Section("wanted", _("What %(name)s wants") % {"name": person.name}, _joined(wanted)),
        Section("together", _("How we see it together"), _joined(together)),
        Section("doing", _("What we have agreed to do"), _joined(doing)),
    ]
    if SAFETY in parts:
        sections.append(Section("safety", _("What helps when it is hard"), _safety(content)))
    sections.append(Section("ask", _("What we ask of you"), ""))
    return sections


def _summary(
    kind: DocumentKind,
    content: Content,
    parts: Collection[str],
    person: Person,
    team: str,
    on: dt.date,
) -> list[Section]:
    sections = []
    for area in _chosen(content, parts):
        words = [
            *_quoted(_words([area], Kind.MATTERS), person.name),
            *_words([area], Kind.SHARED_VIEW),
            *[_("Goal: %(words)s") % {"words": one} for one in _words([area], Kind.GOAL)],
            *_actions(area, person.name, on),
        ]
        sections.append(Section(area["code"], area["name"], _joined(words)))
    if NETWORK in parts:
        words = _network(content, person.name)
        sections.append(Section(NETWORK, _("Who does what"), _joined(words)))
    if SAFETY in parts:
        sections.append(Section(SAFETY, _("Safety plan"), _safety(content)))
    return sections


def _chosen(content: Content, parts: Collection[str]) -> list[Content]:
    """The areas that were chosen, what the person puts first first."""
    found = [area for area in content["areas"] if area["code"] in parts]
    return sorted(found, key=lambda area: area["rank"] or len(content["areas"]) + 1)


def _words(areas: Iterable[Content], kind: Kind) -> list[str]:
    return [
        line["values"]["words"]
        for area in areas
        for line in area["lines"]
        if line["kind"] == kind and line["values"].get("words")
    ]


def _quoted(words: Iterable[str], name: str) -> list[str]:
    return [_("%(name)s says: “%(words)s”") % {"name": name, "words": one} for one in words]


def _actions(area: Content, name: str, on: dt.date) -> list[str]:
    """What is still to do, with who and by when. That a day has passed says nothing to a reader
    outside, least of all about the person."""
    found = []
    for line in area["lines"]:
        if line["kind"] != Kind.ACTION or Progress(line["progress"]) not in OPEN_PROGRESS:
            continue
        details = [owner_of(line, name)]
        due = line["values"].get("due_on")
        if due and dt.date.fromisoformat(due) >= on:
            day = short_date(dt.date.fromisoformat(due))
            details.append(_("by %(date)s") % {"date": day})
        details = [one for one in details if one]
        words = line["values"]["words"]
        found.append(f"{words} ({', '.join(details)})" if details else words)
    return found


def owner_of(line: Content, name: str) -> str:
    """Who sees to something; the person by their name."""
    return name if line["values"].get("owner_kind") == "person" else owner_words(line)


def _network(content: Content, name: str) -> list[str]:
    found = []
    for line in content["lines"]:
        if line["kind"] == Kind.NETWORK:
            owner = owner_of(line, name)
            words = line["values"]["words"]
            found.append(f"{owner}: {words}" if owner else words)
    return found


def _safety(content: Content) -> str:
    written = {line["kind"]: line["values"]["words"] for line in content["lines"]}
    return _joined(
        f"{KINDS[step].name}: {written[step]}" for step in SAFETY_STEPS if written.get(step)
    )


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)
