"""A person's own plan, as their own pages show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans import changes
from careplans.changes import (
    AreaChanges,
    answer_words,
    is_owed,
    owner_words,
    place,
    rating_words,
    score_words,
    value_words,
)
from careplans.content import Content
from careplans.kinds import KINDS, ON_PLAN, SAFETY, SAFETY_STEPS, Kind, Progress, Voice
from careplans.models import Agreement, Comment, Plan, Proposal, Version
from careplans.table import FINAL, State
from careplans.voices import Role, may_answer
from careplans.writers import signed_words
from casework.common.pages import Link
from casework.common.presenters import short_date

GOALS = (Kind.GOAL, Kind.HOPE, Kind.LEARNING)
"""What somebody may add in an area of life, in the order in which it is offered."""
ADDED = (Kind.MATTERS, Kind.GOAL, Kind.ACTION, Kind.TRIED, Kind.OPTION)


def meaning(plan: Plan, answers: Sequence[Agreement]) -> str:
    """Where the plan stands, to the person: what they have said counts, and nobody asks again."""
    said = next((one.answer for one in answers if one.party == Agreement.Party.PERSON), "")
    if plan.state == State.SHARED and said:
        return {
            Agreement.Answer.AGREE: _("You agree with it. Your team has yet to answer."),
            Agreement.Answer.PARTLY: _(
                "You agree with part of it. What you said stands beside it. You can still talk"
                " about it."
            ),
            Agreement.Answer.DISAGREE: _(
                "You do not agree with it. What you said stands beside it. You can still talk"
                " about it."
            ),
            Agreement.Answer.NEED_TIME: _("You asked for time. There is no hurry."),
            Agreement.Answer.NOT_NOW: _("You said that you cannot say now. There is no hurry."),
        }[Agreement.Answer(said)]
    return {
        State.DRAFT: _("You and your team are still writing it. Nobody has agreed to it yet."),
        State.SHARED: _("It is shared with you. Say what you think of it if you want to."),
        State.AGREED: _("You and the team have agreed to it."),
        State.IN_USE: _("The team goes by it. You see it differently, and that stays written."),
        State.UNDER_REVIEW: _("You and the team are looking at it again. It stands meanwhile."),
        State.SUPERSEDED: _("A newer plan has taken its place."),
        State.ENDED: _("It has ended."),
    }[State(plan.state)]


@dataclass(frozen=True)
class OwnLine:
    """One line of the plan with what can be done about it."""

    title: str
    own: bool
    words: str
    details: list[str]
    signed: str
    links: list[Link]
    comments: list[tuple[str, str]]


def line_of(
    entry: Content,
    *,
    live: bool,
    comments: Sequence[Comment] = (),
    today: dt.date | None = None,
    name: str = "",
) -> OwnLine:
    """A line as it reads to the person; with `today` it says what a service still owes them. With
    `name` it reads to somebody else, to whom the person is not "me"."""
    kind = Kind(entry["kind"])
    about = KINDS[kind]
    day = short_date(dt.date.fromisoformat(entry["on"])) if entry.get("on") else ""
    written = ", ".join(part for part in (entry.get("written", ""), day) if part)
    return OwnLine(
        title=str(about.name),
        own=about.voice == Voice.PERSON,
        words=entry["values"].get("words", ""),
        details=_details(entry, name) + (_owed() if today and is_owed(entry, today) else []),
        signed=written,
        links=_links(entry, kind) if live else [],
        comments=[(one.words, _by(one)) for one in comments],
    )


def _by(row: Any) -> str:
    if row.role == Role.PERSON:
        who = _("You")
    elif row.carer:
        who = row.carer
    else:
        who = str(row.by) if row.by_id else ""
    return f"{who}, {short_date(row.on)}"


def _details(entry: Content, person: str = "") -> list[str]:
    values = entry["values"]
    parts = []
    for name in values:
        if name in ("words", "owner_worker", "owner_words") or not values[name]:
            continue
        shown = value_words(name, values[name])
        if name == "owner_kind":
            shown = owner_words(entry, person or _("me"))
        parts.append(answer_words(name, shown))
    if entry.get("progress"):
        parts.append(str(Progress(entry["progress"]).label))
    if entry.get("what_happened"):
        parts.append(_("What happened: %(words)s") % {"words": entry["what_happened"]})
    if entry.get("scores"):
        parts.append(score_words(entry["scores"]))
    return parts


def _owed() -> list[str]:
    return [_("The day has passed and it is not done. That is not your fault.")]


def _links(entry: Content, kind: Kind) -> list[Link]:
    key = [entry["id"]]
    words = {
        Voice.PERSON: _("Change my words"),
        Voice.OURS: _("Propose a change"),
        Voice.TEAM: _("Propose other words"),
    }[KINDS[kind].voice]
    found = [Link(words, reverse("my_plan:line", args=key))]
    if kind in GOALS:
        found.append(Link(_("Say how far it has come"), reverse("my_plan:score", args=key)))
    if kind == Kind.ACTION:
        found.append(Link(_("Say what happened"), reverse("my_plan:report", args=key)))
    found.append(Link(_("Comment"), reverse("my_plan:comment", args=key)))
    return found


@dataclass(frozen=True)
class OwnArea:
    """One area of life."""

    code: str
    name: str
    place: str
    rating: str
    lines: list[OwnLine]
    href: str


@dataclass(frozen=True)
class OwnProposal:
    """What somebody would like to write, and whose turn it is."""

    title: str
    words: str
    why: str
    stands: str
    href: str


def proposal_of(row: Proposal, plan: Plan) -> OwnProposal:
    """A proposal that waits."""
    mine = row.role == Role.PERSON
    turn = may_answer(
        Role.PERSON,
        row.about.voice,
        Role(row.role),
        State(plan.state),
        asks_team=row.asks_team,
    )
    who = _("You") if mine else (str(row.by) if row.by_id else row.carer)
    if turn:
        stands = _("It waits for your answer.")
    elif row.carer:
        stands = _("You and your worker answer it together, if you want to.")
    elif row.outcome == Proposal.Outcome.TALKING:
        stands = _("To be talked about: %(words)s") % {"words": row.answer}
    else:
        stands = _("It waits for the team's answer.")
    words = _("to take it away") if row.removes else proposed_words(row)
    return OwnProposal(
        _("%(who)s proposed: %(kind)s") % {"who": who, "kind": row.about.name},
        words,
        row.why,
        stands,
        reverse("my_plan:proposal", args=[row.pk]) if turn or mine else "",
    )


@dataclass(frozen=True)
class OwnStory:
    """Something that was proposed, and every answer to it, the first one first."""

    title: str
    place: str
    words: str
    why: str
    day: str
    said: list[tuple[str, str]]


def story_of(row: Proposal, name: str) -> OwnStory:
    """A proposal with its answers (which have been read with it), as the person reads it."""
    mine = row.role == Role.PERSON
    who = _("You") if mine else (str(row.by) if row.by_id else row.carer)
    words = proposed_words(row)
    if row.removes:
        words = _("to take it away")
        read = row.values.get("words") or (row.line.words if row.line is not None else "")
        if read:
            words = f"{words}: {read}"
    return OwnStory(
        _("%(who)s proposed: %(kind)s") % {"who": who, "kind": row.about.name},
        row.area.name if row.area is not None else "",
        words,
        row.why,
        short_date(row.on),
        [
            (
                _("%(answer)s: %(who)s, %(day)s")
                % {
                    "answer": one.get_outcome_display(),
                    "who": _("you") if one.role == Role.PERSON else signed_words(one, name),
                    "day": short_date(one.on),
                },
                one.words,
            )
            for one in row.said.all()
        ],
    )


def proposed_words(row: Proposal) -> str:
    """What it would say."""
    entry = {"kind": row.kind, "values": row.values}
    return "\n".join([row.values.get("words", ""), *_details(entry)]).strip()


def changed_words(areas: Sequence[AreaChanges]) -> str:
    """How much others changed since the person last looked, and where."""
    count = sum(len(one.changes) for one in areas)
    if not count:
        return ""
    return ngettext(
        "%(n)d thing has changed since you last looked: %(areas)s.",
        "%(n)d things have changed since you last looked: %(areas)s.",
        count,
    ) % {"n": count, "areas": ", ".join(one.area for one in areas)}


class OwnPlan:
    """The whole plan on one page."""

    def __init__(
        self,
        plan: Plan,
        content: Content,
        *,
        comments: Sequence[Comment],
        proposals: Sequence[Proposal],
        versions: Sequence[Version],
        answers: Sequence[Agreement],
        changed: bool,
        today: dt.date,
    ) -> None:
        self.plan, self.content, self._today = plan, content, today
        self.live = plan.state not in FINAL
        self.versions, self._answers, self._changed = versions, answers, changed
        self._comments: dict[str, list[Comment]] = {}
        for one in comments:
            self._comments.setdefault(str(one.line_id), []).append(one)
        self.proposals = [proposal_of(one, plan) for one in proposals]

    @property
    def meaning(self) -> str:
        return meaning(self.plan, self._answers)

    def _line(self, entry: Content) -> OwnLine:
        comments = self._comments.get(entry["id"], [])
        today = self._today if self.live else None
        return line_of(entry, live=self.live, comments=comments, today=today)

    @property
    def areas(self) -> list[OwnArea]:
        """Those that come first for the person, then those with words, in the usual order."""
        chosen = [
            one for one in self.content["areas"] if one["rank"] or one["lines"] or one["rating"]
        ]
        chosen.sort(key=lambda one: (one["rank"] is None, one["rank"] or 0))
        return [self.area(one) for one in chosen]

    def area(self, one: Content) -> OwnArea:
        return OwnArea(
            one["code"],
            one["name"],
            _("Comes first for me: number %(n)d") % {"n": one["rank"]}
            if one["rank"]
            else place(one)
            if one["not_now"]
            else "",
            rating_words(one["rating"]),
            [self._line(entry) for entry in one["lines"]],
            reverse("my_plan:area", args=[one["code"]]),
        )

    def area_by_code(self, code: str) -> OwnArea | None:
        found = next((one for one in self.content["areas"] if one["code"] == code), None)
        return self.area(found) if found is not None else None

    @property
    def empty_areas(self) -> list[Link]:
        """Where nothing is written yet."""
        shown = {one.code for one in self.areas}
        return [
            Link(one["name"], reverse("my_plan:area", args=[one["code"]]))
            for one in self.content["areas"]
            if one["code"] not in shown
        ]

    @property
    def whole(self) -> list[OwnLine]:
        """Hopes, check-ins, who does what."""
        return [self._line(entry) for entry in self.content["lines"] if entry["kind"] not in SAFETY]

    @property
    def whole_links(self) -> list[Link]:
        if not self.live:
            return []
        return [
            Link(str(KINDS[kind].add), reverse("my_plan:add_whole", args=[kind.value]))
            for kind in ON_PLAN
        ]

    @property
    def latest(self) -> Version | None:
        return self.versions[0] if self.versions else None

    @property
    def answer_href(self) -> str:
        """Where the person says what they think of the latest version."""
        if self.latest is None or not self.live:
            return ""
        return reverse("my_plan:answer", args=[self.latest.pk])

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Who said what about the latest version, and in which words."""
        return [
            (f"{row.name or row.get_party_display()}: {row.get_answer_display()}", row.words)
            for row in self._answers
        ]

    @property
    def changed(self) -> str:
        if self.latest is not None and self._changed:
            return _("Some words have changed since this version. Nobody has agreed to those yet.")
        return ""

    @property
    def version_links(self) -> list[Link]:
        return [
            Link(
                _("Version %(number)d, %(day)s")
                % {"number": one.number, "day": short_date(one.on)},
                reverse("my_plan:version", args=[one.pk]),
            )
            for one in self.versions
        ]

    @property
    def safety(self) -> list[tuple[str, str, str, OwnLine | None, str]]:
        """Each step: its number, title and hint; what is written; where it is written."""
        there = {one["kind"]: one for one in self.content["lines"]}
        found = []
        for number, kind in enumerate(SAFETY, start=1):
            entry = there.get(kind.value)
            about = KINDS[kind]
            href = reverse("my_plan:add_whole", args=[kind.value]) if self.live else ""
            found.append(
                (
                    str(number) if kind in SAFETY_STEPS else "",
                    str(about.name),
                    str(about.hint),
                    self._line(entry) if entry is not None else None,
                    href,
                )
            )
        return found


def add_links(area: OwnArea, plan: Plan, content: Content) -> list[Link]:
    """What can be written in an area: in one's own words, or proposed."""
    there = next(one for one in content["areas"] if one["code"] == area.code)
    kinds = {one["kind"] for one in there["lines"]}
    found = []
    for kind in ADDED:
        about = KINDS[kind]
        if about.single and kind in kinds:
            continue
        words = str(about.add or about.name)
        if about.voice != Voice.PERSON:
            words = _("%(what)s: propose it") % {"what": words}
        found.append(Link(words, reverse("my_plan:add", args=[area.code, kind.value])))
    if Kind.TEAM_VIEW in kinds and Kind.DIFFERENTLY not in kinds:
        found.append(
            Link(
                _("I see this differently"),
                reverse("my_plan:add", args=[area.code, Kind.DIFFERENTLY.value]),
            )
        )
    return found


class OwnVersion:
    """A version as it was shared, and what was new in it."""

    def __init__(self, version: Version, before: Version | None, answers: Sequence[Agreement]):
        self.version = version
        content = version.content
        self.areas = [
            (one["name"], [line_of(entry, live=False) for entry in one["lines"]])
            for one in content["areas"]
            if one["lines"]
        ]
        self.whole = [line_of(entry, live=False) for entry in content["lines"]]
        self.changes = []
        if before is not None:
            self.changes = changes.between(before.content, content, _("me"))
        self.answers = [
            (f"{row.name or row.get_party_display()}: {row.get_answer_display()}", row.words)
            for row in answers
        ]
