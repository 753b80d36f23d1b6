"""Two writers at one plan in every order: no word is lost, and nobody's words win unseen."""

from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from careplans import services
from careplans.errors import Stale
from careplans.kinds import Kind
from careplans.merge import BOTH, MINE, THEIRS
from careplans.models import Line
from careplans.voices import Role
from casework.common.errors import Refusal
from tests.factories.careplans import Two

WRITERS = (Role.PERSON, Role.TOGETHER)
writers = st.sampled_from(WRITERS)
places = st.integers(min_value=0, max_value=4)


class Page:
    """What one writer has in front of them."""

    def __init__(self, line: Line | None) -> None:
        there = line is not None and not line.removed
        self.line = line
        self.version = line.version if line is not None else 0
        self.seen = self.words = line.words if line is not None and there else ""
        self.stale: Stale | None = None


class TwoWriters(RuleBasedStateMachine):
    """Both open, write, save, take away and choose, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.savepoint()
        self.two = Two()
        self.plan = self.two.plan()
        self.tokens = count(1)
        self.written: set[str] = set()
        self.pages: dict[Role, Page] = {role: Page(None) for role in WRITERS}
        self.given_up: set[str] = set()  # by their own writer, who had seen both texts

    def teardown(self) -> None:
        self._nothing_is_lost()
        transaction.savepoint_rollback(self._savepoint)

    def _token(self) -> str:
        self.written.add(token := f"t{next(self.tokens)}")
        return token

    def line(self) -> Line | None:
        return self.plan.lines.filter(kind=Kind.MATTERS).first()

    @rule(who=writers)
    def opens(self, who: Role) -> None:
        page = self.pages[who]
        if page.words == page.seen and page.stale is None:  # nobody leaves unsaved words here
            self.pages[who] = Page(self.line())

    @rule(who=writers, place=places, change=st.booleans())
    def writes(self, who: Role, place: int, change: bool) -> None:
        page = self.pages[who]
        lines = page.words.split("\n") if page.words else []
        if change and place < len(lines):
            if not set(lines[place].split()) <= set(page.seen.split()):
                return  # one's own words of a moment ago: whoever wrote them may change them
            lines[place] = self._token()
        else:
            lines.insert(place, self._token())
        page.words = "\n".join(lines)

    @precondition(lambda self: any(one.words for one in self.pages.values()))
    @rule(who=writers)
    def saves(self, who: Role) -> None:
        page = self.pages[who]
        if page.words and page.stale is None:
            self._save(who, page, None)

    @rule(who=writers, choice=st.sampled_from([MINE, THEIRS, BOTH]))
    def chooses(self, who: Role, choice: str) -> None:
        page = self.pages[who]
        if page.stale is None:
            return
        (clash,) = page.stale.clashes
        page.version, page.seen = page.stale.version, clash.theirs
        if choice == THEIRS:
            self.given_up |= set(page.words.split()) - set(clash.theirs.split())
        page.stale = None
        self._save(who, page, {"words": choice})

    @rule(who=writers)
    def takes_away(self, who: Role) -> None:
        page, line = self.pages[who], self.line()
        if line is None or line.removed or page.words != page.seen:
            return
        try:
            services.remove(line=line, by=self.two.writer(who), seen_version=page.version)
        except Refusal:
            assert line.version != page.version
        else:
            self.pages[who] = Page(self.line())

    def _save(self, who: Role, page: Page, keep: Any) -> None:
        line = self.line()
        before = line.words if line is not None and not line.removed else ""
        try:
            with transaction.atomic():
                after = services.write(
                    plan=self.plan,
                    kind=Kind.MATTERS,
                    values={"words": page.words},
                    by=self.two.writer(who),
                    area=self.two.area,
                    line=page.line,
                    seen_version=page.version,
                    keep=keep,
                )
        except Stale as stale:
            (clash,) = stale.clashes
            assert (clash.theirs, clash.mine) == (before, page.words)  # both are shown whole
            page.line, page.stale = self.line(), stale
            if keep is not None:
                self.given_up -= set(page.words.split())
            return
        now = after.words if not after.removed else ""
        gone = set(before.split()) - set(now.split())
        assert gone <= set(page.seen.split()), "words went that the writer had not seen"
        if keep is None:
            mine = set(page.words.split()) - set(page.seen.split())
            assert mine <= set(now.split())
        self.pages[who] = Page(self.line())

    def _nothing_is_lost(self) -> None:
        kept = " ".join(
            str(one.after.get("words", "")) for one in self.plan.revisions.all()
        ).split()
        waiting = " ".join(page.words for page in self.pages.values()).split()
        assert self.written <= set(kept) | set(waiting) | self.given_up


def run(examples: int | None) -> None:
    options = settings(stateful_step_count=30)
    if examples is not None:
        options = settings(options, max_examples=examples)
    run_state_machine_as_test(TwoWriters, settings=options)


def test_no_word_is_lost(db):
    run(40)


@pytest.mark.deep
def test_no_word_is_lost_in_a_thousand_interleavings(db):
    run(1000)
