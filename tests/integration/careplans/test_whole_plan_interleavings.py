"""A whole plan written by several in every order: proposals, comments, meetings, versions.

Three writers (the person, a worker alone, the two together in a meeting) at five lines in three
voices. After every step: no word is lost, nobody has changed another's words, no shared version
and no answer has changed.
"""

from __future__ import annotations

import copy
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from careplans import services
from careplans.errors import NotYours, Stale
from careplans.kinds import KINDS, Kind, Voice
from careplans.merge import BOTH, MINE, THEIRS
from careplans.models import Line, Plan, Proposal, Version
from careplans.services.meeting import MetMeanwhile, write_area
from careplans.table import LIVE, State
from careplans.voices import Role, Way, may_answer, way
from casework.common.errors import Refusal
from tests.factories.careplans import Two, area

ROLES = (Role.PERSON, Role.WORKER, Role.TOGETHER)
PLACES: dict[str, tuple[Kind, str | None]] = {
    "matters": (Kind.MATTERS, "housing"),
    "other": (Kind.MATTERS, "money"),
    "ours": (Kind.SHARED_VIEW, "housing"),
    "team": (Kind.TEAM_VIEW, "housing"),
    "signs": (Kind.SAFETY_SIGNS, None),
}
WHO_WRITES = {  # whose hand may change a line of a voice, by whatever way
    Voice.PERSON: {Role.PERSON, Role.TOGETHER},
    Voice.TEAM: {Role.WORKER, Role.TOGETHER},
    Voice.OURS: {Role.PERSON, Role.WORKER, Role.TOGETHER},
}
roles = st.sampled_from(ROLES)
places = st.sampled_from(["matters", "matters", "ours", "ours", "team", "signs", "other"])
choices = st.sampled_from([MINE, THEIRS, BOTH])
ats = st.integers(0, 2)


class Page:
    """What one writer has in front of them: a line as they saw it, and their own words on it."""

    def __init__(self, line: Line | None) -> None:
        there = line is not None and not line.removed
        self.line = line
        self.version = line.version if line is not None else 0
        self.seen = self.words = line.words if line is not None and there else ""

    @property
    def changed(self) -> bool:
        return self.words != self.seen


class WholePlan(RuleBasedStateMachine):
    """Writing, proposing, answering, commenting, meeting and sharing, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.savepoint()
        self.two = Two()
        self.plan = self.two.plan()
        self.areas = {code: area(code) for code in ("housing", "money")}
        self.tokens = count(1)
        self.written: set[str] = set()
        self.given_up: set[str] = set()  # by their own writer, who had seen both texts
        # every page stays open, so that what it shows grows old while the others write
        self.pages = {(role, place): Page(None) for role in ROLES for place in PLACES}
        self.shared: dict[Any, Any] = {}
        self.proposed: dict[Any, Any] = {}
        self.answered: dict[Any, list[Any]] = {}
        self.said: dict[Any, str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._savepoint)

    # Helpers --------------------------------------------------------------------------------------

    def token(self) -> str:
        self.written.add(token := f"t{next(self.tokens)}")
        return token

    def where(self, place: str) -> dict[str, Any]:
        kind, code = PLACES[place]
        return {"kind": kind, "area": self.areas[code] if code else None}

    def line(self, place: str) -> Line | None:
        return self.plan.lines.filter(**self.where(place)).first()

    def page(self, role: Role, place: str) -> Page:
        return self.pages[role, place]

    def open(self, role: Role, place: str) -> None:
        self.pages[role, place] = Page(self.line(place))

    def state(self) -> State:
        return State(Plan.objects.values_list("state", flat=True).get(pk=self.plan.pk))

    def lines_now(self) -> dict[Any, tuple[str, bool]]:
        rows = self.plan.lines.values_list("pk", "words", "removed")
        return {pk: (words, removed) for pk, words, removed in rows}

    def acts(self, role: Role, accepted: Proposal | None = None) -> Any:
        """Let somebody act, and look afterwards at whose words have changed."""
        return _Acting(self, role, accepted)

    # Writing --------------------------------------------------------------------------------------

    @rule(role=roles, place=places)
    def opens(self, role: Role, place: str) -> None:
        if not self.page(role, place).changed:  # nobody leaves unsaved words here
            self.open(role, place)

    @rule(role=roles, place=places, at=ats, instead=st.booleans())
    def writes(self, role: Role, place: str, at: int, instead: bool) -> None:
        page = self.page(role, place)
        lines = page.words.split("\n") if page.words else []
        if instead and at < len(lines) and set(lines[at].split()) <= set(page.seen.split()):
            lines[at] = self.token()
        else:
            lines.insert(at, self.token())
        page.words = "\n".join(lines)

    @rule(role=roles, place=places, at=ats, instead=st.booleans(), choice=choices)
    def writes_and_saves(self, role: Role, place: str, at: int, instead: bool, choice: str) -> None:
        """By whichever way is theirs: written, or proposed; after a clash they choose."""
        self.writes(role, place, at, instead)
        page = self.page(role, place)
        about = KINDS[PLACES[place][0]]
        with self.acts(role):
            if way(role, about.voice, self.state()) == Way.PROPOSE:
                self._refused_to_write(role, place, page)
                row = services.propose(**self._options(role, place, page), why=self.token())
                self.proposed[row.pk] = (dict(row.values), row.why)
            else:
                self._write(role, place, page, choice)
        self.open(role, place)

    @rule(role=roles, place=places, at=ats, choice=choices)
    def writes_over_and_saves(self, role: Role, place: str, at: int, choice: str) -> None:
        """One changes what is there, as one read it: this is where two texts meet."""
        self.writes_and_saves(role, place, at, True, choice)

    def _options(self, role: Role, place: str, page: Page) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "values": {"words": page.words},
            "by": self.two.writer(role),
            "line": page.line,
            "seen_version": page.version,
            **self.where(place),
        }

    def _refused_to_write(self, role: Role, place: str, page: Page) -> None:
        with pytest.raises(NotYours), transaction.atomic():
            services.write(**self._options(role, place, page))

    def _write(self, role: Role, place: str, page: Page, choice: str) -> None:
        line = self.line(place)
        before = line.words if line is not None and not line.removed else ""
        try:
            with transaction.atomic():
                after = services.write(**self._options(role, place, page))
        except Stale as stale:
            (clash,) = stale.clashes
            assert (clash.theirs, clash.mine) == (before, page.words)  # both are shown whole
            if choice == THEIRS:
                self.given_up |= set(page.words.split()) - set(before.split())
            page.line, page.version, page.seen = self.line(place), stale.version, before
            services.write(**self._options(role, place, page), keep={"words": choice})
            return
        now = after.words if not after.removed else ""
        gone = set(before.split()) - set(now.split())
        assert gone <= set(page.seen.split()), "words went that the writer had not seen"
        assert set(page.words.split()) - set(page.seen.split()) <= set(now.split())

    @rule(role=roles, place=places)
    def takes_away(self, role: Role, place: str) -> None:
        page, line = self.page(role, place), self.line(place)
        if line is None or line.removed or page.changed:
            return
        mine = way(role, line.voice, self.state()) == Way.WRITE
        with self.acts(role):
            try:
                with transaction.atomic():
                    services.remove(line=line, by=self.two.writer(role), seen_version=page.version)
            except NotYours:
                assert not mine
            except Refusal:
                assert mine
                assert line.version != page.version  # nobody takes away what they have not read
            else:
                assert mine
                assert line.version == page.version
        self.open(role, place)

    # In a meeting ---------------------------------------------------------------------------------

    @rule(goal=st.booleans(), action=st.booleans(), again=st.booleans())
    def meets(self, goal: bool, action: bool, again: bool) -> None:
        """One screen for one area: all that is on it is saved, or nothing of it."""
        pages = {
            Kind.MATTERS: self.page(Role.TOGETHER, "matters"),
            Kind.SHARED_VIEW: self.page(Role.TOGETHER, "ours"),
        }
        answers: dict[str, Any] = {}
        for kind, page in pages.items():
            answers[kind] = page.words
            answers[f"seen_{kind}"] = page.version
        if goal:
            answers["goal"] = self.token()
        if action:
            answers |= {"action": self.token(), "action_owner": "person"}
        if again:
            answers |= {"value": "3", "wants_help": "not_now"}
        before = self.lines_now()
        with self.acts(Role.TOGETHER):
            try:
                with transaction.atomic():
                    self._meet(pages, answers)
            except MetMeanwhile as met:
                assert met.sentence.count(self.line(_place(met.kind)).words)
                assert self.lines_now() == before
                # the words in the box are kept, and both texts are before them now
                page = pages[met.kind]
                page.words = f"{page.words}\n{self.line(_place(met.kind)).words}"
                page.version = met.version
                page.seen = self.line(_place(met.kind)).words
                self.given_up |= {answers.get("goal"), answers.get("action")} - {None}
                return
            except Refusal:
                assert self.lines_now() == before
                self.given_up |= {answers.get("goal"), answers.get("action")} - {None}
                for place in ("matters", "ours"):
                    if not self.page(Role.TOGETHER, place).changed:
                        self.open(Role.TOGETHER, place)
                return
        for place in ("matters", "ours"):
            self.open(Role.TOGETHER, place)

    def _meet(self, pages: dict[Kind, Page], answers: dict[str, Any]) -> None:
        write_area(
            plan=self.plan,
            area=self.areas["housing"],
            by=self.two.together,
            answers=answers,
            lines={kind: page.line for kind, page in pages.items() if page.line is not None},
        )
        for line in self.plan.lines.filter(kind__in=[Kind.GOAL, Kind.ACTION]):
            if line.words in (answers.get("goal"), answers.get("action")):
                assert (line.role, line.by) == (Role.TOGETHER, self.two.worker)

    # Proposals ------------------------------------------------------------------------------------

    def _waiting(self, number: int) -> Proposal | None:
        rows = list(self.plan.proposals.filter(outcome__in=["open", "talking"]).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(role=roles, number=st.integers(0, 9), choice=choices)
    def accepts(self, role: Role, number: int, choice: str) -> None:
        row = self._waiting(number)
        if row is None:
            return
        allowed = may_answer(role, row.about.voice, Role(row.role), self.state())
        by = self.two.writer(role)
        with self.acts(role, row):
            try:
                with transaction.atomic():
                    services.accept(proposal=row, by=by)
            except NotYours:
                assert not allowed
                return
            except Stale as stale:
                (clash,) = stale.clashes
                assert clash.mine == row.values["words"]
                services.accept(
                    proposal=row, by=by, seen_version=stale.version, keep={"words": choice}
                )
        assert allowed
        self._answered(row)

    @rule(role=roles, number=st.integers(0, 9), no=st.booleans())
    def talks_or_declines(self, role: Role, number: int, no: bool) -> None:
        row = self._waiting(number)
        if row is None:
            return
        allowed = may_answer(role, row.about.voice, Role(row.role), self.state())
        by, words = self.two.writer(role), self.token()
        before = self.lines_now()
        try:
            with transaction.atomic():
                if no:
                    services.decline(proposal=row, by=by, reason=words)
                else:
                    services.discuss(proposal=row, by=by, words=words)
        except NotYours:
            assert not allowed
            self.given_up.add(words)
        else:
            assert allowed
            self._answered(row)
        assert self.lines_now() == before

    @rule(role=roles, number=st.integers(0, 9))
    def takes_back(self, role: Role, number: int) -> None:
        row = self._waiting(number)
        if row is None:
            return
        side = {Role.TOGETHER: Role.WORKER}.get(role, role)
        before = self.lines_now()
        try:
            with transaction.atomic():
                services.withdraw(proposal=row, by=self.two.writer(role))
        except NotYours:
            assert row.role != side
        else:
            assert row.role == side
            self._answered(row)
        assert self.lines_now() == before

    def _answered(self, row: Proposal) -> None:
        said = list(row.said.values_list("pk", "outcome", "words", "role"))
        earlier = self.answered.get(row.pk, [])
        assert said[: len(earlier)] == earlier
        assert len(said) == len(earlier) + 1
        self.answered[row.pk] = said

    # Beside the lines, and over them --------------------------------------------------------------

    @rule(role=roles, place=places, settle=st.booleans())
    def comments(self, role: Role, place: str, settle: bool) -> None:
        line = self.line(place)
        before = self.lines_now()
        row = services.comment(
            plan=self.plan,
            words=self.token(),
            by=self.two.writer(role),
            line=line,
            area=None if line is not None else self.where(place)["area"],
        )
        self.said[row.pk] = row.words
        if settle:
            services.settle_comment(comment=row, by=self.two.together)
        assert self.lines_now() == before

    @rule(role=roles)
    def shares(self, role: Role) -> None:
        try:
            with transaction.atomic():
                version = services.share(plan=self.plan, by=self.two.writer(role))
        except Refusal:
            return
        self.shared[version.pk] = copy.deepcopy(version.content)

    @rule(answer=st.sampled_from(["agree", "disagree", "need_time"]), team=st.booleans())
    def says(self, answer: str, team: bool) -> None:
        version = self.plan.versions.order_by("-number").first()
        if version is None:
            return
        services.answer_as_person(version=version, by=self.two.themselves, answer=answer)
        if team:
            services.answer_for_team(version=version, by=self.two.alone, answer="agree")

    # What is always so ----------------------------------------------------------------------------

    def check(self) -> None:
        assert self.state() in LIVE
        self._nothing_is_lost()
        kept = dict(Version.objects.filter(plan=self.plan).values_list("pk", "content"))
        assert kept == self.shared, "a shared version changed"
        rows = {row.pk: row for row in self.plan.proposals.all()}
        for pk, (values, why) in self.proposed.items():
            assert (rows[pk].values, rows[pk].why) == (values, why), "a proposal was rewritten"
        comments = dict(self.plan.comments.values_list("pk", "words"))
        assert comments == self.said, "a comment was rewritten"

    def _nothing_is_lost(self) -> None:
        found = [str(one.after.get("words", "")) for one in self.plan.revisions.all()]
        for row in self.plan.proposals.prefetch_related("said"):
            found += [row.values.get("words", ""), row.why, *(one.words for one in row.said.all())]
        found += [one.words for one in self.plan.comments.all()]
        found += [page.words for page in self.pages.values()]
        lost = self.written - set(" ".join(found).split()) - self.given_up
        assert not lost, "words were lost"


class _Acting:
    """Whose words changed while somebody acted; and everything that is always so."""

    def __init__(self, machine: WholePlan, role: Role, accepted: Proposal | None) -> None:
        self.machine, self.role, self.accepted = machine, role, accepted

    def __enter__(self) -> None:
        self.before = self.machine.lines_now()

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        if kind is not None:
            return
        now = self.machine.lines_now()
        assert set(self.before) <= set(now)  # a line that was taken away is still there, with all
        changed = [pk for pk, words in now.items() if self.before.get(pk) != words]
        for line in Line.objects.filter(pk__in=changed):
            assert self.role in WHO_WRITES[line.voice], "somebody changed another's words"
            if line.voice == Voice.OURS and self.role != Role.TOGETHER:
                assert self.accepted is not None, "what both agreed was changed by one of them"
                assert self.accepted.role != self.role
            assert line.revisions.order_by("number").last().role == self.role


def _place(kind: Kind) -> str:
    return {Kind.MATTERS: "matters", Kind.SHARED_VIEW: "ours"}[kind]


def run(examples: int | None, steps: int = 40) -> None:
    options = settings(stateful_step_count=steps)
    if examples is not None:
        options = settings(options, max_examples=examples)
    run_state_machine_as_test(Checked, settings=options)


class Checked(WholePlan):
    """What is always so is looked at when all is done: each step has looked at its own part."""

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            super().teardown()


def test_nothing_is_lost_and_nobody_changes_anothers_words(db):
    run(25)


@pytest.mark.deep
def test_a_thousand_whole_plans(db):
    run(1000)
