"""What the pages of a plan show. Content and facts in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from careplans.changes import (
    AreaChanges,
    answer_words,
    is_owed,
    line_words,
    owner_words,
    place,
    rating_words,
)
from careplans.charts import Chart
from careplans.crisis import CrisisContact
from careplans.evidence import Answered, PlanFacts, facts_of, five_tests, missing
from careplans.kinds import (
    KINDS,
    ON_PLAN,
    OPEN_PROGRESS,
    SAFETY,
    SAFETY_STEPS,
    Choice,
    Helped,
    Keep,
    Kind,
    Likely,
    Progress,
    Voice,
)
from careplans.models import (
    Agreement,
    AreaOfLife,
    Comment,
    Plan,
    Proposal,
    Review,
    SharingChoice,
    Version,
)
from careplans.review_rules import SAFETY_DAYS
from careplans.sharing import Part
from careplans.table import FINAL, State
from careplans.voices import Role, may_answer
from careplans.writers import signed_words
from casework.cases.presenters import PersonHeading
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.common.presenters import short_date, tag
from casework.directory.models import Organisation

Content = Mapping[str, Any]
AT_ONE_SCREEN = "together"  # in an address: the person and a worker are at one screen
MANY = (Kind.GOAL, Kind.ACTION, Kind.OPTION, Kind.TRIED)
_COLOUR = {
    State.DRAFT: "grey",
    State.SHARED: "blue",
    State.AGREED: "green",
    State.IN_USE: "blue",
    State.UNDER_REVIEW: "purple",
    State.SUPERSEDED: "grey",
    State.ENDED: "grey",
}


def _meaning(plan: Plan, answers: Sequence[Agreement]) -> str:
    name = plan.person.display_name
    said = next((one.answer for one in answers if one.party == Agreement.Party.PERSON), "")
    if plan.state == State.SHARED and said:
        return {
            Agreement.Answer.AGREE: gettext("%(name)s agrees with it. The team has yet to answer."),
            Agreement.Answer.PARTLY: gettext(
                "%(name)s agrees with part of it. What they said stands beside it: talk about it."
            ),
            Agreement.Answer.DISAGREE: gettext(
                "%(name)s does not agree with it. What they said stands beside it: talk about it,"
                " or go by it with both views written."
            ),
            Agreement.Answer.NEED_TIME: gettext("%(name)s asked for time. There is no hurry."),
            Agreement.Answer.NOT_NOW: gettext("%(name)s cannot say now. There is no hurry."),
        }[Agreement.Answer(said)] % {"name": name}
    return {
        State.DRAFT: gettext("You are writing it. Nothing has been agreed."),
        State.SHARED: gettext(
            "A version is shared. %(name)s has not said what they think of it, and need not."
        ),
        State.AGREED: gettext("%(name)s and the team have agreed to it."),
        State.IN_USE: gettext("The team goes by it. We see this differently."),
        State.UNDER_REVIEW: gettext("You are looking at it again. It stands meanwhile."),
        State.SUPERSEDED: gettext("A newer plan has taken its place."),
        State.ENDED: gettext("It has ended."),
    }[State(plan.state)] % {"name": name}


def here_words(names: Sequence[str]) -> str:
    """Who else has the plan open, in one sentence."""
    if not names:
        return ""
    if len(names) == 1:
        return gettext("%(name)s is on this page too.") % {"name": names[0]}
    return gettext("%(names)s and %(last)s are on this page too.") % {
        "names": ", ".join(names[:-1]),
        "last": names[-1],
    }


def signed_line(written: str, on: str) -> str:
    """Who wrote it, and when."""
    day = short_date(dt.date.fromisoformat(on))
    return f"{written}, {day}" if written else day


@dataclass(frozen=True)
class CommentLine:
    """A comment, and how to say that it is dealt with."""

    words: str
    signed: str
    settled: str
    settle_href: str


@dataclass(frozen=True)
class ProposalLine:
    """What somebody would like to write, and what became of it."""

    title: str
    words: str
    instead_of: str
    why: str
    signed: str
    answer: str
    answered: str
    href: str
    tag: dict[str, str]
    turn: str = ""  # who answers it, where that is not the worker alone

    @property
    def link(self) -> str:
        if self.turn:
            return gettext("Answer this proposal together")
        return gettext("Answer this proposal")


def answered_line(row: Proposal, name: str) -> str:
    """Who answered it last, and when."""
    if row.answered_on is None:
        return ""
    who = name
    if row.answered_by_id:
        who = str(row.answered_by)
        if row.answered_as == Role.TOGETHER:
            who = gettext("%(worker)s with %(person)s") % {"worker": who, "person": name}
    elif row.answered_as == Role.CARER:
        who = row.carer
    return signed_line(who, row.answered_on.isoformat())


def comment_line(row: Comment, name: str, may_write: bool) -> CommentLine:
    settled = ""
    if row.settled_on:
        settled = gettext("Dealt with on %(date)s") % {"date": short_date(row.settled_on)}
    href = "" if settled or not may_write else reverse("careplans:settle", args=[row.pk])
    return CommentLine(
        row.words, signed_line(signed_words(row, name), row.on.isoformat()), settled, href
    )


def proposal_line(row: Proposal, name: str, may_write: bool) -> ProposalLine:
    about = row.about
    before = line_words({"values": row.line.values()}) if row.line and row.line.version else ""
    words = line_words({"values": row.values, "owner_name": ""}) if row.values else ""
    if row.removes:
        words = gettext("Take it away: %(words)s") % {"words": words or before}
    colour = {"open": "orange", "talking": "purple", "accepted": "green"}.get(row.outcome, "grey")
    return ProposalLine(
        gettext("Proposal: %(kind)s") % {"kind": about.name},
        words,
        before,
        row.why,
        signed_line(signed_words(row, name), row.on.isoformat()),
        row.answer,
        answered_line(row, name) if row.answer else "",
        reverse("careplans:proposal", args=[row.pk]) if row.waits and may_write else "",
        tag(row.get_outcome_display(), colour),
        turn_words(row, name) if row.waits else "",
    )


def turn_words(row: Proposal, name: str) -> str:
    """Who answers what waits, where a worker alone does not."""
    asks = (row.about.voice, Role(row.role), State(row.plan.state))
    if may_answer(Role.WORKER, *asks, asks_team=row.asks_team):
        return ""
    if may_answer(Role.PERSON, *asks, asks_team=row.asks_team):
        return gettext("%(name)s answers this, alone or together with you.") % {"name": name}
    return gettext("You and %(name)s answer this together.") % {"name": name}


class LineView:
    """One line as a page shows it."""

    def __init__(
        self,
        entry: Content,
        *,
        live: bool,
        may_write: bool,
        comments: Sequence[CommentLine] = (),
        proposals: Sequence[ProposalLine] = (),
        name: str = "",
        today: dt.date | None = None,
    ) -> None:
        self._entry = entry
        self._owed = live and today is not None and is_owed(entry, today)
        self.kind = Kind(entry["kind"])
        self.voice = KINDS[self.kind].voice.value
        self.words = entry["values"].get("words", "")
        self.signed = signed_line(entry.get("written", ""), entry["on"])
        self.comments = comments
        self.proposals = proposals
        self._live, self._may_write, self._name = live, may_write, name

    @property
    def own(self) -> bool:
        return self.voice == Voice.PERSON

    @cached_property
    def details(self) -> list[str]:
        """What else it says: for and against, who, by when, how it goes."""
        values = self._entry["values"]
        found = []
        if values.get("in_favour"):
            found.append(gettext("For: %(words)s") % {"words": values["in_favour"]})
        if values.get("against"):
            found.append(gettext("Against: %(words)s") % {"words": values["against"]})
        for field, choices in (
            ("choice", Choice),
            ("helped", Helped),
            ("keep", Keep),
            ("likely", Likely),
        ):
            if values.get(field):
                found.append(answer_words(field, str(choices(values[field]).label)))
        owner = owner_words(self._entry)
        if owner:
            if values.get("owner_kind") == "person" and self._name:
                owner = self._name
            found.append(gettext("Who: %(owner)s") % {"owner": owner})
        if values.get("due_on"):
            day = short_date(dt.date.fromisoformat(values["due_on"]))
            found.append(gettext("By: %(date)s") % {"date": day})
        if self._entry.get("what_happened"):
            found.append(
                gettext("What happened: %(words)s") % {"words": self._entry["what_happened"]}
            )
        if self._owed:
            found.append(
                gettext("The day has passed: this is owed to %(name)s.") % {"name": self._name}
            )
        return found

    @property
    def tag(self) -> dict[str, str] | None:
        progress = self._entry.get("progress")
        if not progress:
            return None
        colour = {Progress.DONE: "green", Progress.UNDER_WAY: "blue"}.get(progress, "grey")
        return tag(str(Progress(progress).label), colour)

    @property
    def scores(self) -> list[str]:
        """How far a goal has come, oldest first."""
        return [
            gettext("%(n)d out of 10 on %(date)s")
            % {"n": one["value"], "date": short_date(dt.date.fromisoformat(one["on"]))}
            + (f": {one['words']}" if one["words"] else "")
            for one in self._entry.get("scores", [])
        ]

    @cached_property
    def links(self) -> list[Link]:
        """What can be done about it."""
        if not self._live:
            return []
        key = self._entry["id"]
        found = []
        if self._may_write:
            found.append(Link(gettext("Change"), reverse("careplans:line", args=[key])))
            if self.kind in (Kind.GOAL, Kind.HOPE, Kind.LEARNING):
                found.append(
                    Link(gettext("How far has it come?"), reverse("careplans:score", args=[key]))
                )
            if self.kind == Kind.ACTION:
                found.append(
                    Link(gettext("What happened?"), reverse("careplans:report", args=[key]))
                )
        found.append(Link(gettext("Comment"), reverse("careplans:comment", args=[key])))
        found.append(Link(gettext("History"), reverse("careplans:history", args=[key])))
        return found


@dataclass(frozen=True)
class AreaTile:
    """One area of life at a glance. All tiles look alike."""

    name: str
    href: str
    place: str
    rating: str
    matters: str
    counts: str
    waits: str


@dataclass(frozen=True)
class AnswerLine:
    """What one party said to a version."""

    who: str
    answer: str
    words: str
    how: str
    copy: str
    scan_href: str


@dataclass(frozen=True)
class Section:
    """Lines of one kind that belong to the whole plan."""

    title: str
    lines: list[LineView]
    add: Link | None


class Around:
    """Comments and proposals of a plan, by the line or the area that they are beside."""

    def __init__(
        self,
        comments: Iterable[Comment],
        proposals: Iterable[Proposal],
        *,
        name: str,
        may_write: bool,
        together: bool = False,
    ) -> None:
        """`together`: on the screen of a meeting, where proposals are answered by the two."""
        self.of_line: dict[str, list[CommentLine]] = {}
        self.of_area: dict[str, list[CommentLine]] = {}
        self.proposed: dict[str, list[ProposalLine]] = {}
        self.proposed_in: dict[str, list[ProposalLine]] = {}
        for comment in comments:
            shown = comment_line(comment, name, may_write)
            if comment.line_id:
                self.of_line.setdefault(str(comment.line_id), []).append(shown)
            else:
                code = comment.area.code if comment.area else ""
                self.of_area.setdefault(code, []).append(shown)
        for proposal in proposals:
            line = proposal_line(proposal, name, may_write or together)
            if together and line.href:
                line = replace(line, href=f"{line.href}?{AT_ONE_SCREEN}=1")
            if proposal.line_id:
                self.proposed.setdefault(str(proposal.line_id), []).append(line)
            else:
                code = proposal.area.code if proposal.area else ""
                self.proposed_in.setdefault(code, []).append(line)

    def waiting(self, area: Content) -> int:
        inside = sum(len(self.proposed.get(line["id"], [])) for line in area["lines"])
        return inside + len(self.proposed_in.get(area["code"], []))


class _WithLines:
    """What pages that show lines share."""

    plan: Plan
    around: Around
    live: bool
    may_write: bool
    today: dt.date | None = None

    def view(self, entry: Content) -> LineView:
        key = entry["id"]
        return LineView(
            entry,
            live=self.live,
            may_write=self.may_write,
            comments=self.around.of_line.get(key, []),
            proposals=self.around.proposed.get(key, []),
            name=self.plan.person.display_name,
            today=self.today,
        )


class PlanPage(_WithLines):
    """A plan: all areas at a glance, where it stands, and what can be done."""

    def __init__(
        self,
        plan: Plan,
        content: Content,
        *,
        heading: PersonHeading,
        around: Around,
        versions: Sequence[Version],
        answers: Sequence[Agreement],
        reviews: Sequence[Review],
        older: Sequence[Plan],
        changes: Sequence[AreaChanges],
        may_write: bool,
        may_decide: bool,
        changed: bool,
        part: Part,
        here: Sequence[str],
        today: dt.date,
        tested: Content | None = None,
    ) -> None:
        self._part, self.here, self._tested = part, here_words(here), tested
        self.plan, self.content, self.heading, self.around = plan, content, heading, around
        self._versions, self._answers, self._reviews = versions, answers, reviews
        self._older, self._changes = older, changes
        self.live = plan.state not in FINAL
        self.may_write, self._may_decide = may_write and self.live, may_decide and self.live
        self._changed, self._today = changed, today
        self.name = plan.person.display_name

    @property
    def tag(self) -> dict[str, str]:
        return tag(self.plan.get_state_display(), _COLOUR[State(self.plan.state)])

    @property
    def meaning(self) -> str:
        return _meaning(self.plan, self._answers)

    @cached_property
    def version(self) -> Version | None:
        return self._versions[0] if self._versions else None

    @cached_property
    def tiles(self) -> list[AreaTile]:
        return [self._tile(area) for area in self.content["areas"]]

    def _tile(self, area: Content) -> AreaTile:
        lines: dict[str, list[Content]] = {}
        for line in area["lines"]:
            lines.setdefault(line["kind"], []).append(line)
        matters = lines.get(Kind.MATTERS, [])
        goals, actions = len(lines.get(Kind.GOAL, [])), len(lines.get(Kind.ACTION, []))
        doing = [one for one in lines.get(Kind.ACTION, []) if one["progress"] in OPEN_PROGRESS]
        counts = []
        if goals:
            counts.append(ngettext("%(n)d goal", "%(n)d goals", goals) % {"n": goals})
        if actions:
            text = ngettext("%(n)d action", "%(n)d actions", actions) % {"n": actions}
            if not doing:
                text = gettext("%(actions)s, nothing left to do") % {"actions": text}
            elif len(doing) != actions:
                text = gettext("%(actions)s, %(open)d still to do") % {
                    "actions": text,
                    "open": len(doing),
                }
            counts.append(text)
        more = sum(
            len(found)
            for kind, found in lines.items()
            if kind not in (Kind.MATTERS, Kind.GOAL, Kind.ACTION)
        )
        if more:
            counts.append(ngettext("%(n)d more entry", "%(n)d more entries", more) % {"n": more})
        said = area["rating"] or area["rank"] or area["not_now"] or area["lines"]
        if not said:
            counts.append(gettext("Nothing written yet"))
        waiting = self.around.waiting(area)
        return AreaTile(
            area["name"],
            reverse("careplans:area", args=[self.plan.pk, area["code"]]),
            place(area) if area["rank"] or area["not_now"] else "",
            rating_words(area["rating"]).split("\n")[0] if area["rating"] else "",
            Truncator(matters[0]["values"]["words"]).chars(160) if matters else "",
            ", ".join(counts),
            ngettext(
                "%(n)d proposal waits for an answer",
                "%(n)d proposals wait for an answer",
                waiting,
            )
            % {"n": waiting}
            if waiting
            else "",
        )

    @cached_property
    def sections(self) -> list[Section]:
        """Hopes, learning, check-ins, who does what."""
        return [self._section(kind) for kind in ON_PLAN]

    def _section(self, kind: Kind) -> Section:
        about = KINDS[kind]
        lines = [self.view(one) for one in self.content["lines"] if one["kind"] == kind]
        add = None
        if self.may_write:
            add = Link(
                str(about.add), reverse("careplans:add_to_plan", args=[self.plan.pk, kind.value])
            )
        titles = {
            Kind.HOPE: gettext("Long-term hopes"),
            Kind.LEARNING: gettext("Learning and work"),
            Kind.CHECK_IN: gettext("Check-ins when things go well"),
            Kind.NETWORK: gettext("Who does what"),
        }
        return Section(titles[kind], lines, add)

    @property
    def proposals(self) -> list[ProposalLine]:
        """Those that belong to no line and no area."""
        return self.around.proposed_in.get("", [])

    @cached_property
    def safety_written(self) -> int:
        kinds = set(SAFETY_STEPS)
        return sum(one["kind"] in kinds for one in self.content["lines"])

    @property
    def shows_safety(self) -> bool:
        return self._part.safety

    @property
    def safety_text(self) -> str:
        written = self.safety_written
        if not written:
            return gettext("Nothing is written yet. Only if they want one, in their own words.")
        return ngettext(
            "%(n)d of 6 steps is written.", "%(n)d of 6 steps are written.", written
        ) % {"n": written}

    @cached_property
    def links(self) -> list[Link]:
        """What can be done with the plan as a whole."""
        found = []
        key = [self.plan.pk]
        if self.may_write:
            found += [
                Link(gettext("Write together"), reverse("careplans:meeting", args=key)),
                Link(gettext("What comes first"), reverse("careplans:rank", args=key)),
            ]
        if self._part.safety:
            found.append(Link(gettext("Safety plan"), reverse("careplans:safety", args=key)))
        found += [
            Link(gettext("What has changed"), reverse("careplans:changes", args=key)),
            Link(gettext("What was proposed"), reverse("careplans:proposals", args=key)),
            Link(gettext("How it is going over time"), reverse("careplans:measures", args=key)),
            Link(gettext("Who reads it"), reverse("careplans:readers", args=key)),
        ]
        if self._part.everything:
            found.append(
                Link(gettext("Print and letters"), reverse("careplans:documents:list", args=key))
            )
        if self._may_decide and self._changed:
            found.append(Link(gettext("Share this version"), reverse("careplans:share", args=key)))
        if self._may_decide and self.version is not None:
            found.append(
                Link(
                    gettext("Record an answer"),
                    reverse("careplans:agree", args=[self.version.pk]),
                )
            )
        if self._may_decide and self.plan.state == State.SHARED:
            found.append(
                Link(
                    gettext("Use it although we see it differently"),
                    reverse("careplans:use", args=key),
                )
            )
        if self._may_decide:
            found += self._review_links(key)
            found.append(Link(gettext("End this plan"), reverse("careplans:end", args=key)))
        return found

    def _review_links(self, key: list[Any]) -> list[Link]:
        if self.open_review:
            return [Link(gettext("We looked at it"), reverse("careplans:keep", args=key))]
        found = [Link(gettext("Look at it again"), reverse("careplans:review", args=key))]
        if self.plan.state != State.DRAFT:
            found.append(Link(gettext("Begin a new plan"), reverse("careplans:again", args=key)))
        return found

    @cached_property
    def open_review(self) -> Review | None:
        return next((one for one in self._reviews if one.held_on is None), None)

    @property
    def review_text(self) -> str:
        review = self.open_review
        if review is not None:
            who = signed_words(review, self.name)
            return gettext("%(who)s asked on %(date)s to look at it again.") % {
                "who": who,
                "date": short_date(review.on),
            }
        due = self.plan.review_due
        if due is None:
            return ""
        if due < self._today:
            return gettext("It should have been looked at again by %(date)s.") % {
                "date": short_date(due)
            }
        return gettext("To be looked at again by %(date)s, or sooner.") % {"date": short_date(due)}

    @property
    def differs(self) -> str:
        shown = self.plan.state == State.IN_USE and self._part.everything
        return self.plan.differs_words if shown else ""

    @property
    def partly(self) -> str:
        """Said to whoever reads a part, so that nobody takes it for all there is."""
        if self._part.everything:
            return ""
        return gettext("%(name)s has chosen which part of the plan your organisation reads.") % {
            "name": self.name
        }

    @property
    def leads_told(self) -> str:
        told = self.plan.leads_told_at
        if not self.differs or told is None:
            return ""
        return gettext("%(who)s was told on %(date)s.") % {
            "who": self.plan.leads_told,
            "date": short_date(told),
        }

    @property
    def since_version(self) -> str:
        if self.version is None or not self._changed or not self.live:
            return ""
        return gettext("It has been written on since version %(n)d was shared.") % {
            "n": self.version.number
        }

    @cached_property
    def answers(self) -> list[AnswerLine]:
        return [answer_line(one) for one in self._answers]

    @cached_property
    def versions(self) -> list[Link]:
        return [
            Link(
                gettext("Version %(n)d, shared on %(date)s by %(who)s")
                % {
                    "n": one.number,
                    "date": short_date(one.on),
                    "who": signed_words(one, self.name),
                },
                reverse("careplans:version", args=[self.plan.pk, one.number]),
            )
            for one in self._versions
        ]

    @property
    def older(self) -> list[Link]:
        return [
            Link(
                gettext("Plan begun on %(date)s: %(state)s")
                % {
                    "date": short_date(one.started_on),
                    "state": str(one.get_state_display()).lower(),
                },
                reverse("careplans:plan", args=[one.pk]),
            )
            for one in self._older
        ]

    @cached_property
    def changes_text(self) -> str:
        """How much changed since the reader last said that they had read it."""
        count = sum(len(one.changes) for one in self._changes)
        if not count:
            return ""
        areas = ", ".join(one.area for one in self._changes)
        return ngettext(
            "%(n)d thing has changed since you last looked: %(areas)s",
            "%(n)d things have changed since you last looked: %(areas)s",
            count,
        ) % {"n": count, "areas": areas}

    @cached_property
    def tests(self) -> list[Answered]:
        """Of the version that was shared last, or of what is written so far; nothing to whoever
        reads a part, since a part would say less than there is."""
        return five_tests(self._facts) if self._part.everything else []

    @property
    def missing(self) -> list[str]:
        """What a plan usually holds and this one does not yet, while it is still written."""
        return missing(self._facts) if self._part.everything and self.live else []

    @cached_property
    def _facts(self) -> PlanFacts:
        return facts_of(
            self._tested if self._tested is not None else self.content,
            **_said_by_person(self._answers),
            shared=self.version is not None,
            review_due=self.plan.review_due,
            reviews_held=sum(one.held_on is not None for one in self._reviews),
            may_ask=self.live,
        )

    @property
    def tests_text(self) -> str:
        """What the five answers are about."""
        if self.version is None:
            return gettext("Answered from what is written so far.")
        return gettext("Answered from version %(n)d.") % {"n": self.version.number}


def _said_by_person(answers: Iterable[Agreement]) -> dict[str, str]:
    """What the person said last to a version, and how they got a copy."""
    said = next((one for one in answers if one.party == Agreement.Party.PERSON), None)
    if said is None:
        return {"person_answer": "", "copy": ""}
    return {"person_answer": said.answer, "copy": said.copy}


def answer_line(row: Agreement) -> AnswerLine:
    """Who said what, how and when; whether they have a copy."""
    who = row.name
    if row.party != Agreement.Party.PERSON:
        label = str(row.get_party_display())
        who = f"{row.name} ({label[:1].lower()}{label[1:]})"
    return AnswerLine(
        who,
        str(row.get_answer_display()),
        row.words,
        gettext("%(how)s, %(date)s") % {"how": row.get_means_display(), "date": short_date(row.on)},
        gettext("Copy: %(copy)s") % {"copy": row.get_copy_display()},
        reverse("careplans:scan", args=[row.pk]) if row.scan else "",
    )


class AreaPage(_WithLines):
    """One area of life: the person's words, what both say, what the team says, what follows."""

    def __init__(
        self,
        plan: Plan,
        area: Content,
        *,
        heading: PersonHeading,
        around: Around,
        may_write: bool,
        ratings: Sequence[str] = (),
        chart: Chart | None = None,
        here: Sequence[str] = (),
        areas: Sequence[Content] = (),
        today: dt.date | None = None,
    ) -> None:
        self.today = today
        self.plan, self.area, self.heading, self.around = plan, area, heading, around
        self.live = plan.state not in FINAL
        self.may_write = may_write and self.live
        self.name = plan.person.display_name
        self.title = area["name"]
        self.ratings, self.chart, self.here = ratings, chart, here_words(here)
        self.plan_href = reverse("careplans:plan", args=[plan.pk])
        self._areas = areas

    def _one(self, kind: Kind) -> LineView | None:
        found = [one for one in self.area["lines"] if one["kind"] == kind]
        return self.view(found[0]) if found else None

    @property
    def place(self) -> str:
        return place(self.area) if self.area["rank"] or self.area["not_now"] else ""

    @property
    def rating(self) -> str:
        return rating_words(self.area["rating"])

    @property
    def rating_signed(self) -> str:
        rating = self.area["rating"]
        return signed_line(rating["written"], rating["on"]) if rating else ""

    @cached_property
    def matters(self) -> LineView | None:
        return self._one(Kind.MATTERS)

    @cached_property
    def shared_view(self) -> LineView | None:
        return self._one(Kind.SHARED_VIEW)

    @cached_property
    def team_view(self) -> LineView | None:
        return self._one(Kind.TEAM_VIEW)

    @cached_property
    def differently(self) -> LineView | None:
        return self._one(Kind.DIFFERENTLY)

    def add_href(self, kind: str) -> str:
        if not self.may_write:
            return ""
        return reverse("careplans:add", args=[self.plan.pk, self.area["code"], kind])

    @property
    def rate_href(self) -> str:
        if not self.may_write:
            return ""
        return reverse("careplans:rate", args=[self.plan.pk, self.area["code"]])

    @property
    def comment_href(self) -> str:
        if not self.live:
            return ""
        return reverse("careplans:comment_area", args=[self.plan.pk, self.area["code"]])

    @cached_property
    def sections(self) -> list[Section]:
        titles = {
            Kind.GOAL: gettext("Goals"),
            Kind.ACTION: gettext("What will happen"),
            Kind.OPTION: gettext("Options we looked at"),
            Kind.TRIED: gettext("What I have tried"),
        }
        return [
            Section(
                titles[kind],
                [self.view(one) for one in self.area["lines"] if one["kind"] == kind],
                Link(str(KINDS[kind].add), self.add_href(kind.value)) if self.may_write else None,
            )
            for kind in MANY
        ]

    @property
    def proposals(self) -> list[ProposalLine]:
        return self.around.proposed_in.get(self.area["code"], [])

    @property
    def met_over(self) -> list[ProposalLine]:
        """What waits beside the words that a meeting has in its boxes."""
        boxes = (self.matters, self.shared_view)
        return [*self.proposals, *(one for box in boxes if box for one in box.proposals)]

    @property
    def comments(self) -> list[CommentLine]:
        return self.around.of_area.get(self.area["code"], [])

    @cached_property
    def other_areas(self) -> list[Link]:
        return [
            Link(
                one["name"],
                reverse("careplans:area", args=[self.plan.pk, one["code"]]),
                one["code"] == self.area["code"],
            )
            for one in self._areas
        ]


class VersionPage(_WithLines):
    """A version as it was shared, and what was new in it."""

    def __init__(
        self,
        version: Version,
        content: Content,
        *,
        why: str,
        heading: PersonHeading,
        answers: Sequence[Agreement],
        changes: Sequence[AreaChanges],
        may_decide: bool,
        latest: bool,
        everything: bool = True,
        reviews_held: int = 0,
    ) -> None:
        self.version, self.plan, self.heading = version, version.plan, heading
        self._said, self._everything, self._reviews_held = answers, everything, reviews_held
        self.content, self.why = content, why
        self.around = Around([], [], name="", may_write=False)
        self.live = self.may_write = False
        self.name = version.plan.person.display_name
        self.answers = [answer_line(one) for one in answers]
        self.changes = changes
        self.plan_href = reverse("careplans:plan", args=[version.plan_id])
        self.agree_href = (
            reverse("careplans:agree", args=[version.pk]) if may_decide and latest else ""
        )
        self.latest = latest

    @cached_property
    def tests(self) -> list[Answered]:
        """The five tests of this version; nothing to whoever reads a part of it."""
        if not self._everything:
            return []
        return five_tests(
            facts_of(
                self.content,
                **_said_by_person(self._said),
                shared=True,
                review_due=self.version.review_due,
                reviews_held=self._reviews_held,
                may_ask=True,
            )
        )

    @property
    def title(self) -> str:
        return gettext("Version %(n)d") % {"n": self.version.number}

    @property
    def signed(self) -> str:
        return gettext("Shared by %(who)s on %(date)s. It stays as it is.") % {
            "who": signed_words(self.version, self.name),
            "date": short_date(self.version.on),
        }

    @cached_property
    def areas(self) -> list[AreaInFull]:
        found = []
        for area in self.content["areas"]:
            lines = [(str(KINDS[Kind(one["kind"])].name), self.view(one)) for one in area["lines"]]
            if lines or area["rating"] or area["rank"] or area["not_now"]:
                found.append(
                    AreaInFull(
                        area["name"],
                        place(area) if area["rank"] or area["not_now"] else "",
                        rating_words(area["rating"]),
                        lines,
                    )
                )
        rest = [
            (str(KINDS[Kind(one["kind"])].name), self.view(one)) for one in self.content["lines"]
        ]
        if rest:
            found.append(AreaInFull(gettext("The plan as a whole"), "", "", rest))
        return found


@dataclass(frozen=True)
class AreaInFull:
    """Everything that a version says about one area."""

    name: str
    place: str
    rating: str
    lines: list[tuple[str, LineView]]


@dataclass(frozen=True)
class SafetyStep:
    """One step of a safety plan."""

    number: str
    title: str
    hint: str
    line: LineView | None
    href: str


class SafetyPage(_WithLines):
    """A safety plan in the person's own words, with who can be reached where they live."""

    def __init__(
        self,
        plan: Plan,
        content: Content,
        *,
        heading: PersonHeading,
        around: Around,
        contacts: Sequence[CrisisContact],
        may_write: bool,
        looked_on: dt.date | None,
        today: dt.date,
    ) -> None:
        self._looked_on, self._today = looked_on, today
        self.plan, self.content, self.heading, self.around = plan, content, heading, around
        self.live = plan.state not in FINAL
        self.may_write = may_write and self.live
        self.name = plan.person.display_name
        self.contacts = contacts
        self.plan_href = reverse("careplans:plan", args=[plan.pk])

    @cached_property
    def steps(self) -> list[SafetyStep]:
        there = {one["kind"]: one for one in self.content["lines"]}
        found = []
        for number, kind in enumerate(SAFETY, start=1):
            about = KINDS[kind]
            entry = there.get(kind.value)
            href = ""
            if self.may_write and entry is None:
                href = reverse("careplans:add_to_plan", args=[self.plan.pk, kind.value])
            found.append(
                SafetyStep(
                    str(number) if kind in SAFETY_STEPS else "",
                    str(about.name),
                    str(about.hint),
                    self.view(entry) if entry is not None else None,
                    href,
                )
            )
        return found

    @cached_property
    def _written_on(self) -> dt.date | None:
        days = [one["on"] for one in self.content["lines"] if one["kind"] in SAFETY]
        return dt.date.fromisoformat(max(days)) if days else None

    @property
    def last_written(self) -> str:
        return short_date(self._written_on) if self._written_on else ""

    @property
    def old(self) -> str:
        """Said where it may no longer be right."""
        if self._written_on is None:
            return ""
        last = max(self._written_on, self._looked_on or self._written_on)
        if (self._today - last).days <= SAFETY_DAYS:
            return ""
        return gettext(
            "Nobody has looked at it with %(name)s since %(date)s. Some of it may no longer be"
            " right: ask before you rely on a name or a number."
        ) % {"name": self.name, "date": short_date(last)}


@dataclass(frozen=True)
class Said:
    """One answer to a proposal: yes, let us talk, no and why, or taken back."""

    what: str
    words: str
    signed: str


@dataclass(frozen=True)
class ProposalStory:
    """A proposal and everything that was said to it, the first answer first."""

    place: str
    proposal: ProposalLine
    said: list[Said]


def story(row: Proposal, name: str, may_write: bool) -> ProposalStory:
    """A proposal with its answers (which have been read with it)."""
    return ProposalStory(
        row.area.name if row.area is not None else "",
        proposal_line(row, name, may_write),
        [
            Said(
                str(one.get_outcome_display()),
                one.words,
                signed_line(signed_words(one, name), one.on.isoformat()),
            )
            for one in row.said.all()
        ],
    )


class ProposalsPage:
    """Everything that was proposed for a plan and what became of it, the newest first."""

    def __init__(
        self, plan: Plan, page: Page[Proposal], *, heading: PersonHeading, may_write: bool
    ) -> None:
        self.plan, self.heading = plan, heading
        name = plan.person.display_name
        may_write = may_write and plan.state not in FINAL
        self.stories = [story(one, name, may_write) for one in page.rows]
        self.plan_href = reverse("careplans:plan", args=[plan.pk])
        here = reverse("careplans:proposals", args=[plan.pk])
        self.newer = f"{here}?before={page.before}" if page.before else ""
        self.older = f"{here}?after={page.after}" if page.after else ""
        self.newer_text, self.older_text = gettext("Newer"), gettext("Older")


@dataclass(frozen=True)
class HistoryLine:
    """One change of a line."""

    what: str
    signed: str
    now: str
    before: str


@dataclass(frozen=True)
class ReaderLine:
    """One organisation, what it reads of a plan, and who chose so."""

    name: str
    reads: str
    signed: str
    href: str


def reads_words(choice: SharingChoice, areas: Sequence[AreaOfLife]) -> str:
    """Which parts an organisation reads by the person's choice."""
    parts = [one.name for one in areas if one.code in choice.areas]
    if len(parts) == len(areas):
        parts = [gettext("every area of life")]
    if choice.safety:
        parts.append(gettext("the safety plan"))
    if choice.whole:
        parts.append(gettext("hopes, check-ins and who does what"))
    return "; ".join(parts) if parts else gettext("Nothing of it.")


class SharingPage:
    """Which organisations read a plan, and which part of it."""

    def __init__(
        self,
        plan: Plan,
        *,
        heading: PersonHeading,
        organisations: Sequence[Organisation],
        chosen: Mapping[UUID, SharingChoice],
        areas: Sequence[AreaOfLife],
        may_choose: bool,
    ) -> None:
        self.plan, self.heading = plan, heading
        self.name = plan.person.display_name
        self._organisations, self._chosen = organisations, chosen
        self._areas, self._may_choose = areas, may_choose
        self.plan_href = reverse("careplans:plan", args=[plan.pk])
        self.home = plan.team.organisation.name if plan.team is not None else ""

    @cached_property
    def lines(self) -> list[ReaderLine]:
        return [self._line(one) for one in self._organisations]

    def _line(self, organisation: Organisation) -> ReaderLine:
        choice = self._chosen.get(organisation.pk)
        href = ""
        if self._may_choose:
            href = reverse("careplans:choose", args=[self.plan.pk, organisation.pk])
        if choice is None:
            return ReaderLine(
                organisation.name, gettext("All of it: nothing was chosen."), "", href
            )
        return ReaderLine(
            organisation.name,
            reads_words(choice, self._areas),
            signed_line(signed_words(choice, self.name), choice.on.isoformat()),
            href,
        )
