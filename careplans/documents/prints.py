"""What the printed pages say. The fixed content of a document in, words out; nothing is asked of
the database and no clock is read, so that the same document reads the same whenever it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from careplans.changes import owner_words, place, rating_words
from careplans.documents.easy import face_of, ideas, symbol_of
from careplans.documents.kinds import Approval, DocumentKind
from careplans.documents.prefill import owner_of
from careplans.kinds import (
    KINDS,
    ON_PLAN,
    OPEN_PROGRESS,
    SAFETY,
    SAFETY_STEPS,
    Kind,
    Progress,
)
from careplans.presenters import LineView
from casework.common.presenters import NO_BREAK, short_date

Printed = Mapping[str, Any]
_ORDER = (
    Kind.MATTERS,
    Kind.SHARED_VIEW,
    Kind.TEAM_VIEW,
    Kind.DIFFERENTLY,
    Kind.GOAL,
    Kind.ACTION,
    Kind.OPTION,
    Kind.TRIED,
)


@dataclass(frozen=True)
class PrintedLine:
    """A line of the plan on paper."""

    words: str
    css_class: str
    details: tuple[str, ...]
    signed: str


@dataclass(frozen=True)
class Group:
    """Lines of one kind under one heading. `differs` holds two views side by side."""

    title: str
    lines: tuple[PrintedLine, ...]
    differs: bool = False


@dataclass(frozen=True)
class PrintedArea:
    """An area of life in which something is written."""

    name: str
    place: str
    rating: str
    groups: tuple[Group, ...]


class Print:
    """What every printed page shows. `size` is the size of the letters in points."""

    css_class = "plan"

    def __init__(self, content: Printed, *, size: float = 11) -> None:
        self.content, self.size = content, size
        self.name: str = content.get("name", "")

    @property
    def language(self) -> str:
        return get_language() or "en-gb"

    @property
    def foot_size(self) -> float:
        """Of the letters at the bottom of a page: small, but not in large print."""
        return max(8.5, self.size * 0.75) if self.size >= 16 else 8.5

    @property
    def page_words(self) -> tuple[str, str]:
        return gettext("Page"), gettext("of")

    @property
    def title(self) -> str:
        return gettext("%(name)s: care plan") % {"name": self.name}

    @property
    def foot(self) -> str:
        """At the bottom of every page: whose it is, which version, and when it was made."""
        return ". ".join(part for part in (self.title, self._which, self._made) if part)

    @property
    def _which(self) -> str:
        if self.content["version"] is None:
            return gettext("Not shared yet")
        return gettext("Version %(n)d, %(date)s") % {
            "n": self.content["version"],
            "date": self.content["shared_on"],
        }

    @property
    def _made(self) -> str:
        return gettext("Printed %(date)s") % {"date": self.content["made_on"]}

    def goes_on(self, part: str) -> str:
        """Over a page that begins in the middle of a part."""
        return gettext("%(part)s, continued") % {"part": part}

    @property
    def contacts(self) -> Sequence[Mapping[str, str]]:
        return self.content["contacts"]

    def lines(self, kinds: Iterable[Kind]) -> list[Mapping[str, Any]]:
        """Lines of the whole plan of some kinds, in the order of the kinds."""
        wanted = list(kinds)
        found = [one for one in self.content["plan"]["lines"] if one["kind"] in wanted]
        return sorted(found, key=lambda line: wanted.index(Kind(line["kind"])))

    @cached_property
    def ordered(self) -> list[Mapping[str, Any]]:
        """The areas, what the person puts first first; "not now" after the others."""
        areas = self.content["plan"]["areas"]
        return sorted(areas, key=lambda one: (one["not_now"], one["rank"] or len(areas) + 1))


class PlanPrint(Print):
    """The whole plan, with who wrote what and who agreed."""

    @property
    def stand(self) -> str:
        if self.content["version"] is None:
            return gettext("This is still being written. Nobody has been asked to agree to it yet.")
        return gettext("Version %(n)d, shared on %(date)s by %(who)s.") % {
            "n": self.content["version"],
            "date": self.content["shared_on"],
            "who": self.content["shared_by"],
        }

    @property
    def review(self) -> str:
        due = self.content["review_due"]
        if not due:
            return ""
        return gettext("We look at it again by %(date)s, or sooner when %(name)s asks.") % {
            "date": due,
            "name": self.name,
        }

    @property
    def why(self) -> str:
        return self.content["why"]

    @property
    def differently(self) -> str:
        return self.content["differently"]

    @property
    def answers(self) -> Sequence[Mapping[str, Any]]:
        return self.content["answers"]

    @cached_property
    def areas(self) -> list[PrintedArea]:
        found = []
        for area in self.ordered:
            rating = rating_words(area["rating"])
            groups = tuple(self._groups(area["lines"]))
            if groups or rating:
                found.append(PrintedArea(area["name"], _place(area), rating, groups))
        return found

    @property
    def empty_areas(self) -> str:
        written = {area.name for area in self.areas}
        return ", ".join(one["name"] for one in self.ordered if one["name"] not in written)

    def _groups(self, lines: Sequence[Mapping[str, Any]]) -> Iterable[Group]:
        by_kind: dict[str, list[Mapping[str, Any]]] = {}
        for line in lines:
            by_kind.setdefault(line["kind"], []).append(line)
        differs = Kind.DIFFERENTLY in by_kind and Kind.TEAM_VIEW in by_kind
        for kind in _ORDER:
            if kind in by_kind:
                beside = differs and kind in (Kind.TEAM_VIEW, Kind.DIFFERENTLY)
                yield self._group(_plural(kind, self.name), by_kind[kind], differs=beside)

    def _group(
        self, title: str, lines: Iterable[Mapping[str, Any]], *, differs: bool = False
    ) -> Group:
        return Group(title, tuple(self._line(one) for one in lines), differs)

    def _line(self, entry: Mapping[str, Any]) -> PrintedLine:
        view = LineView(entry, live=False, may_write=False, name=self.name)
        details = [*view.details]
        if view.tag:
            details.append(gettext("How far: %(words)s") % {"words": view.tag["text"]})
        css = {"person": "own", "ours": "ours"}.get(view.voice, "team")
        return PrintedLine(view.words, css, (*details, *view.scores), view.signed)

    @cached_property
    def whole(self) -> list[Group]:
        """Hopes, learning, check-ins, who does what."""
        return [
            self._group(_plural(kind, self.name), lines)
            for kind in ON_PLAN
            if (lines := self.lines([kind]))
        ]

    @cached_property
    def safety(self) -> list[Group]:
        return [
            self._group(str(KINDS[Kind(one["kind"])].name), [one]) for one in self.lines(SAFETY)
        ]


class LargePrint(PlanPrint):
    """The same plan, in letters of 18 points."""

    css_class = "large"

    def __init__(self, content: Printed) -> None:
        super().__init__(content, size=18)


def _place(area: Mapping[str, Any]) -> str:
    if not (area["rank"] or area["not_now"]):
        return ""
    if area["rank"]:
        return gettext("What comes first: number %(n)d") % {"n": area["rank"]}
    return place(area)


def _plural(kind: Kind, name: str) -> str:
    """The heading over lines of a kind; the person's own words are headed by their name."""
    titles = {
        Kind.MATTERS: gettext("What matters to %(name)s") % {"name": name},
        Kind.DIFFERENTLY: gettext("%(name)s sees it differently") % {"name": name},
        Kind.GOAL: gettext("Goals"),
        Kind.ACTION: gettext("What will happen"),
        Kind.OPTION: gettext("What could be done"),
        Kind.TRIED: gettext("What was tried"),
        Kind.HOPE: gettext("Long-term hopes"),
        Kind.LEARNING: gettext("Learning and work"),
        Kind.CHECK_IN: gettext("Check-ins when things go well"),
        Kind.NETWORK: gettext("Who does what"),
    }
    return titles.get(kind) or str(KINDS[kind].name)


@dataclass(frozen=True)
class Idea:
    """One line of easy read: a picture and one idea."""

    symbol: str
    words: str
    own: bool = False

    @property
    def leads(self) -> bool:
        """Whether it says what the next lines are: it does not stand alone at a page's end."""
        return self.words.endswith(":") and not self.own


@dataclass(frozen=True)
class Part:
    """Lines that belong together."""

    title: str
    ideas: tuple[Idea, ...]


class EasyPrint(Print):
    """The plan in easy read: one idea a line. The words are those of the plan."""

    css_class = "easy"

    def __init__(self, content: Printed) -> None:
        super().__init__(content, size=16)

    @property
    def title(self) -> str:
        return gettext("%(name)s: my plan in easy read") % {"name": self.name}

    @cached_property
    def parts(self) -> list[Part]:
        found = [self._about(), *(self._area(one) for one in self.ordered)]
        found += [
            self._whole(gettext("My hopes"), [Kind.HOPE, Kind.LEARNING], "star"),
            self._whole(gettext("When things go well"), [Kind.CHECK_IN], "talk"),
            self._whole(gettext("Who does what"), [Kind.NETWORK], "person"),
            self._safety(),
            Part(
                gettext("I can ring somebody"),
                tuple(Idea("phone", _contact(one)) for one in self.contacts),
            ),
            self._change(),
        ]
        return [part for part in found if part.ideas]

    def _about(self) -> Part:
        lines = [Idea("page", gettext("This is the plan of %(name)s.") % {"name": self.name})]
        if self.content["version"] is None:
            lines.append(Idea("change", gettext("We are still writing it.")))
        else:
            shared = gettext("It is version %(n)d of %(date)s.") % {
                "n": self.content["version"],
                "date": self.content["shared_on"],
            }
            lines.append(Idea("when", shared))
        for answer in self.content["answers"]:
            lines.append(Idea("says", f"{answer['who']}: {answer['answer']}."))
            lines += [
                Idea("says", one, own=answer.get("own", True)) for one in ideas(answer["words"])
            ]
        if self.content["differently"]:
            lines.append(Idea("talk", gettext("We see this differently.")))
            lines += [Idea("talk", one) for one in ideas(self.content["differently"])]
        return Part("", tuple(lines))

    def _area(self, area: Mapping[str, Any]) -> Part:
        lines: list[Idea] = []
        rating = area["rating"]
        if rating and rating.get("value"):
            said = gettext("I give it %(n)d out of 7.") % {"n": rating["value"]}
            lines.append(Idea(face_of(rating["value"]), said))
        if rating:
            lines += [Idea("says", one, own=True) for one in ideas(rating.get("words") or "")]
            wants = {
                "yes": gettext("I want help with this."),
                "no": gettext("I do not want help with this."),
                "not_now": gettext("I want help later, not now."),
            }.get(rating.get("wants_help") or "")
            if wants:
                lines.append(Idea("help", wants))
        symbol = symbol_of(area["code"])
        by_kind: dict[str, list[Mapping[str, Any]]] = {}
        for line in area["lines"]:
            by_kind.setdefault(line["kind"], []).append(line)
        for kind in _ORDER:
            for line in by_kind.get(kind, []):
                lines += self._line(kind, line, symbol)
        return Part(area["name"], tuple(lines))

    def _line(self, kind: Kind, line: Mapping[str, Any], symbol: str) -> list[Idea]:
        words = line["values"].get("words", "")
        own = KINDS[kind].voice == "person"
        if kind == Kind.ACTION:
            return self._action(line)
        if kind in (Kind.OPTION, Kind.TRIED):
            return [Idea("dots", one, own=own) for one in ideas(words)]
        picture = {
            Kind.GOAL: "goal",
            Kind.SHARED_VIEW: "people",
            Kind.TEAM_VIEW: "talk",
            Kind.DIFFERENTLY: "says",
        }.get(kind, symbol)
        heading = {
            Kind.GOAL: gettext("My goal:"),
            Kind.SHARED_VIEW: gettext("We see it together like this:"),
            Kind.TEAM_VIEW: gettext("The team sees it like this:"),
            Kind.DIFFERENTLY: gettext("I see it differently:"),
        }.get(kind)
        lines = [Idea(picture, heading)] if heading else []
        return lines + [Idea(picture, one, own=own) for one in ideas(words)]

    def _action(self, line: Mapping[str, Any]) -> list[Idea]:
        done = Progress(line["progress"]) not in OPEN_PROGRESS
        lines = [Idea("tick", one) for one in ideas(line["values"].get("words", ""))]
        owner = owner_of(line, self.name)
        if owner:
            lines.append(Idea("person", gettext("Who: %(owner)s.") % {"owner": owner}))
        due = line["values"].get("due_on")
        if done:
            lines.append(Idea("tick", f"{Progress(line['progress']).label}."))
        elif due:
            day = short_date(dt.date.fromisoformat(due))
            lines.append(Idea("when", gettext("By %(date)s.") % {"date": day}))
        return lines

    def _whole(self, title: str, kinds: Sequence[Kind], symbol: str) -> Part:
        found: list[Idea] = []
        for line in self.lines(kinds):
            owner = owner_words(line) and owner_of(line, self.name)
            if owner:
                found.append(Idea("person", f"{owner}:"))
            found += [
                Idea(symbol, one, own=KINDS[Kind(line["kind"])].voice == "person")
                for one in ideas(line["values"].get("words", ""))
            ]
        return Part(title, tuple(found))

    def _safety(self) -> Part:
        found: list[Idea] = []
        for line in self.lines(SAFETY):
            found.append(Idea("shield", f"{KINDS[Kind(line['kind'])].name}:"))
            found += [Idea("shield", one, own=True) for one in ideas(line["values"]["words"])]
        return Part(gettext("When it gets hard"), tuple(found))

    def _change(self) -> Part:
        lines = [
            Idea("change", gettext("I can ask to change this plan at any time.")),
            Idea("help", gettext("I get help even if I do not agree with it.")),
        ]
        if self.content["review_due"]:
            again = gettext("We look at it again by %(date)s.") % {
                "date": self.content["review_due"]
            }
            lines.insert(0, Idea("when", again))
        return Part(gettext("This plan can change"), tuple(lines))


def _contact(one: Mapping[str, str]) -> str:
    """A number stays on one line: it is read aloud, or typed from."""
    number = one["number"].replace(" ", NO_BREAK)
    return f"{one['name']}: {number}" + (f" ({one['hours']})" if one["hours"] else "")


@dataclass(frozen=True)
class Step:
    """A step of the safety plan, in the person's own words."""

    title: str
    words: str


class SafetyPrint(Print):
    """The safety plan on whole pages."""

    css_class = "safety"

    def __init__(self, content: Printed, *, size: float = 12) -> None:
        super().__init__(content, size=size)
        self._written = {
            Kind(line["kind"]): line["values"].get("words", "") for line in self.lines(SAFETY)
        }

    @property
    def title(self) -> str:
        return gettext("%(name)s: my safety plan") % {"name": self.name}

    @property
    def foot(self) -> str:
        return f"{self._which}. {self._made}"

    @property
    def kept(self) -> str:
        where = self._written.get(Kind.SAFETY_KEPT, "")
        return gettext("Where I keep it: %(words)s") % {"words": where} if where else ""

    @property
    def steps(self) -> list[Step]:
        return self._steps(*SAFETY_STEPS)

    def _steps(self, *kinds: Kind) -> list[Step]:
        """With a line to write on where nothing is written yet."""
        return [
            Step(str(KINDS[kind].name), self._written.get(kind) or "…………………………") for kind in kinds
        ]


@dataclass(frozen=True)
class Fold:
    """One side of A4 folded twice: the size of a panel in millimetres, the letters to try."""

    width: float
    height: float
    padding: float
    sizes: tuple[float, ...]
    left: float = 0
    top: float = 0


SHEET = Fold(105, 148.5, 8, (14, 13, 12, 11, 10, 9))
CARD = Fold(85.6, 54, 3, (9.5, 9, 8.5, 8, 7.5), left=19.4, top=25)


class FoldedPrint(SafetyPrint):
    """The safety plan in four panels: cover, two inside, back."""

    def __init__(self, content: Printed, fold: Fold, size: float, *, probe: bool = False) -> None:
        super().__init__(content, size=size)
        self.probe = probe
        self.width, self.height, self.padding = fold.width, fold.height, fold.padding
        self.left, self.top = fold.left, fold.top
        self._small = fold is CARD

    @property
    def page_size(self) -> str:
        return f"{self.width}mm {self.height}mm" if self.probe else "A4"

    @property
    def folding(self) -> str:
        if not self._small:
            return ""
        return gettext(
            "Cut along the outer line. Fold the upper half back, then fold the left half back."
        )

    @property
    def booklet(self) -> str:
        """On the back of the whole sheet, where nothing stands beside the panels."""
        if self._small:
            return ""
        return gettext("To fold it: the upper half back, then the left half back.")

    @property
    def cover(self) -> list[Step]:
        return self._steps(Kind.SAFETY_SIGNS)

    @property
    def inside_left(self) -> list[Step]:
        return self._steps(Kind.SAFETY_ALONE, Kind.SAFETY_AWAY)

    @property
    def inside_right(self) -> list[Step]:
        return self._steps(Kind.SAFETY_PEOPLE, Kind.SAFETY_SERVICES, Kind.SAFETY_AROUND)


@dataclass(frozen=True)
class TextSection:
    """A part of a letter."""

    title: str
    paragraphs: tuple[str, ...]


class TextPrint(Print):
    """A letter or a summary, as the person approved it."""

    css_class = "text"

    @property
    def kind(self) -> DocumentKind:
        return DocumentKind(self.content["kind"])

    @property
    def title(self) -> str:
        return {
            DocumentKind.SUMMARY: gettext("What %(name)s would like you to know"),
            DocumentKind.HOUSING: gettext("About %(name)s and their home"),
            DocumentKind.BENEFITS: gettext("About the help that %(name)s can get"),
            DocumentKind.EMPLOYER: gettext("About what helps %(name)s at work"),
            DocumentKind.GP: gettext("About %(name)s: what we have planned"),
        }[self.kind] % {"name": self.name}

    @property
    def foot(self) -> str:
        return f"{self.title}. {self.date}"

    @property
    def sender(self) -> list[str]:
        """Who writes, line by line, with where to write to and the number to ring."""
        lines = [self.content["team"], self.content["organisation"]]
        lines += [one.strip() for one in self.content.get("address", "").splitlines()]
        if self.content.get("phone"):
            lines.append(gettext("Telephone: %(number)s") % {"number": self.content["phone"]})
        return [one for one in lines if one]

    @property
    def date(self) -> str:
        return self.content["made_on"]

    @property
    def recipient(self) -> str:
        text = self.content["text"]
        return "\n".join(part for part in (text["recipient"], text["place"]) if part)

    @property
    def about(self) -> str:
        return self.content["text"]["about"]

    @property
    def farewell(self) -> str:
        """The line above the space for a signature; a text of one line has no such space."""
        first, _line, rest = self.signed.partition("\n")
        return first if rest and first.endswith(",") else ""

    @property
    def signed(self) -> str:
        return self.content["text"]["signed"]

    @property
    def writer(self) -> str:
        """Whose name stands below it."""
        return self.signed.removeprefix(self.farewell).lstrip("\n")

    @cached_property
    def sections(self) -> list[TextSection]:
        return [
            TextSection(one["title"], paragraphs)
            for one in self.content["text"]["sections"]
            if (paragraphs := _paragraphs(one["words"]))
        ]

    @property
    def approved(self) -> str:
        """That the person knows it, and how: the reader may rely on it."""
        how = {
            Approval.READ: gettext("%(name)s read this and agreed to it on %(date)s."),
            Approval.HEARD: gettext("This was read to %(name)s, who agreed to it on %(date)s."),
            Approval.PORTAL: gettext("%(name)s read this and agreed to it on %(date)s."),
        }
        if not self.content["approved_how"]:
            return ""
        return how[Approval(self.content["approved_how"])] % {
            "name": self.name,
            "date": self.content["approved_on"],
        }


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())
