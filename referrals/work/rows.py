"""What the lists show. Facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from casework.common import keyset
from casework.common.forms.errors import upper_first
from casework.common.pages import Link
from casework.common.presenters import PageLinks, in_sentences, query_string
from casework.continuity.policy_values import Policies
from casework.extract.codes import PRIMARY_REASON
from casework.worklist.models import SavedFilter
from referrals.asking import needs
from referrals.models import Referral
from referrals.work.bulk import Result
from referrals.work.lines import Line
from referrals.work.lists import (
    BY_KEY,
    LISTS,
    Desk,
    WorkList,
    list_href,
    open_proposals,
    open_questions,
)
from referrals.work.saved import list_key
from referrals.work.standing import (
    Said,
    Standing,
    kind_words,
    sender_words,
    state_tag,
    team_words,
    urgency_tag,
    wait_words,
)

_ANY = UUID(int=0)  # stands for any referral in an address
_YOURS = gettext_lazy("Your turn: %(what)s")
_CHOOSE = gettext_lazy("Choose %(name)s")
_ASKED = gettext_lazy("%(sender)s asked %(team)s")


@dataclass(frozen=True)
class Row:
    """One referral in a list."""

    pk: str
    name: str
    href: str
    tags: tuple[dict[str, str], ...]
    asked: str
    line: str
    wait: str
    next_words: str
    ours: bool
    choose: str


def list_rows(desk: Desk, which: WorkList, rows: Sequence[Line], today: dt.date) -> list[Row]:
    """The lines of one page, in a fixed number of queries."""
    questions, proposals = open_questions(rows), open_proposals(rows)
    policies, said = Policies(), Said()
    place = query_string("", list=which.key, **desk.filters)
    before, after = reverse("referrals:detail", args=[_ANY]).split(str(_ANY))
    lines = []
    for row in rows:
        question, proposal = questions.get(row.pk), proposals.get(row.pk)
        standing = Standing(row, today, policies, question, proposal, said)
        turn = standing.turn
        ours = turn is not None and turn.is_of(desk.team_ids, desk.worker_id)
        what = said(_YOURS) % {"what": standing.next_step} if ours else standing.next_words
        urgent, tag = urgency_tag(row), state_tag(row)
        lines.append(
            Row(
                pk=str(row.pk),
                name=row.person.display_name,
                href=f"{before}{row.pk}{after}{place}",
                tags=(tag,) if urgent is None else (urgent, tag),
                asked=asked_words(row, said),
                line=standing.line,
                wait=wait_words(row.waiting_since, row.met_on, today),
                next_words=in_sentences((what, standing.expected)),
                ours=ours,
                choose=said(_CHOOSE) % {"name": row.person.display_name},
            )
        )
    return lines


def asked_words(referral: Referral | Line, said: Callable[[Any], str] = str) -> str:
    """Who asked whom, and for what kind of help."""
    need = needs.words(referral.primary_reason)
    if not need:
        need = PRIMARY_REASON.get(referral.primary_reason, "")
    parts = [
        said(_ASKED) % {"sender": sender_words(referral), "team": team_words(referral)},
        kind_words(referral, said),
        *([upper_first(said(need))] if need else []),
    ]
    return " · ".join(parts)


@dataclass(frozen=True)
class SavedList:
    """A saved list: its name, where it leads, and where it is removed."""

    name: str
    href: str
    forget_href: str


class ListPage:
    """One list of what waits, with the way to the others."""

    def __init__(
        self,
        desk: Desk,
        which: WorkList,
        page: keyset.Page[Any],
        *,
        today: dt.date,
        saved: Sequence[SavedFilter],
        bulk: Sequence[str],
    ) -> None:
        self._desk, self._which, self._page = desk, which, page
        self._saved = saved
        self.heading = str(which.title)
        self.nothing = str(which.nothing)
        self.filtered = bool(desk.filters)
        self.counts = desk.counts()
        self.rows = list_rows(desk, which, page.rows, today)
        self.bulk = [(code, _bulk_words(code)) for code in bulk] if self.rows else []
        self.all_href = reverse(f"referrals:{which.key}")
        self.filter_href = query_string(self.all_href, filter="1")
        self.bulk_href = reverse("referrals:bulk")
        self.save_href = list_href(which, desk.filters).replace(
            self.all_href, reverse("referrals:save_list", args=[which.key]), 1
        )

    @property
    def tabs(self) -> list[Link]:
        """The lists, with how long each is."""
        kept = {"team": self._desk.filters["team"]} if "team" in self._desk.filters else {}
        return [
            Link(
                f"{one.title} ({self.counts[one.key]})",
                list_href(one, kept),
                current=one.key == self._which.key,
            )
            for one in LISTS
            if one.key != "backlog" or self.counts["backlog"] or self._which.key == "backlog"
        ]

    @property
    def summary(self) -> str:
        """How many there are, and in which order."""
        if self.filtered:
            return gettext("Filtered. Whoever has waited longest comes first.")
        count = self.counts[self._which.key]
        return ngettext(
            "%(n)d referral.", "%(n)d referrals. Whoever has waited longest comes first.", count
        ) % {"n": count}

    @property
    def saved(self) -> list[SavedList]:
        return [
            SavedList(
                row.name,
                query_string(reverse(f"referrals:{list_key(row)}"))
                + (f"?{row.query}" if row.query else ""),
                reverse("referrals:forget_list", args=[row.pk]),
            )
            for row in self._saved
            if list_key(row) in BY_KEY
        ]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a bulk act needs to lead back to this list."""
        return [("list", self._which.key), *sorted(self._desk.filters.items())]

    @property
    def links(self) -> PageLinks:
        def href(**cursor: str) -> str:
            return list_href(self._which, self._desk.filters, **cursor)

        return PageLinks(
            newer=href(before=self._page.before) if self._page.before else "",
            older=href(after=self._page.after) if self._page.after else "",
            newer_text=gettext("Waiting longer"),
            older_text=gettext("Waiting less long"),
        )


def _bulk_words(code: str) -> str:
    if code == "acknowledge":
        return gettext("We have these")
    return gettext("Name a worker for these")


@dataclass(frozen=True)
class ResultLine:
    """What became of one referral in a bulk act."""

    name: str
    href: str
    done: bool
    words: str


class BulkPage:
    """Several referrals at once: the question, and what became of each."""

    def __init__(
        self,
        code: str,
        *,
        back: Link,
        results: Sequence[Result] = (),
        gone: int = 0,
        elsewhere: int = 0,
    ) -> None:
        self.code = code
        self.back = back
        self._gone, self._elsewhere = gone, elsewhere
        self.heading = (
            gettext("Say that you have several referrals")
            if code == "acknowledge"
            else gettext("Name one worker for several people")
        )
        self.submit = (
            gettext("We have these") if code == "acknowledge" else gettext("Name this worker")
        )
        self.results = [
            ResultLine(
                one.referral.person.display_name,
                reverse("referrals:detail", args=[one.referral.pk]),
                one.done,
                one.words,
            )
            for one in results
        ]

    @property
    def gone(self) -> str:
        """Some were passed on to another team meanwhile."""
        if not self._gone:
            return ""
        return ngettext(
            "%(n)d of them is not with your team any more.",
            "%(n)d of them are not with your team any more.",
            self._gone,
        ) % {"n": self._gone}

    @property
    def elsewhere(self) -> str:
        """A worker is named within one team; those of others come next."""
        if not self._elsewhere:
            return ""
        return ngettext(
            "%(n)d of them is with another of your teams: name a worker for them next.",
            "%(n)d of them are with another of your teams: name a worker for them next.",
            self._elsewhere,
        ) % {"n": self._elsewhere}

    @property
    def summary(self) -> str:
        """Done for 3 of 4."""
        done = sum(line.done for line in self.results)
        return gettext("Done for %(done)d of %(all)d.") % {"done": done, "all": len(self.results)}


def ids_of(rows: Sequence[Any]) -> list[UUID]:
    """Whose records a list shows."""
    return [row.person_id for row in rows]


def as_choices(rows: Sequence[Referral]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Referrals as boxes to tick, each with what it is about."""
    names = [(str(row.pk), row.person.display_name) for row in rows]
    return names, {str(row.pk): asked_words(row) for row in rows}
