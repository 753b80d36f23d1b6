"""What the pages about overrides and sealed notes show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.cases.access.patterns import Sign, signs_of
from casework.cases.models import AccessEntry, Override, SealedNote
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.common.tables import Cell, cell, table

SIGNS = {
    "nobody_found": _("The identifier led to nobody"),
    "own_name": _("The person has the user's own name"),
    "colleague": _("The person has the name of somebody who works here"),
    "nobody_met": _("Nobody has met the person since"),
}
_OUTCOME_COLOUR = {
    Override.Outcome.IN_ORDER: "green",
    Override.Outcome.LEARN: "blue",
    Override.Outcome.NOT_IN_ORDER: "orange",
    Override.Outcome.BREACH: "red",
}


def moment(value: dt.datetime) -> str:
    """23 Nov 2026, 2:05pm."""
    return f"{words.short_date(value)}, {words.clock(value)}"


def tabs(current: str) -> list[Link]:
    """The privacy officer's pages."""
    pages = [
        (_("To look at"), "access:review_list"),
        (_("Looked at"), "access:reviewed_list"),
        (_("Unusual patterns"), "access:patterns"),
        (_("Signing in"), "access:sign_ins"),
    ]
    return [Link(str(text), reverse(name), name == current) for text, name in pages]


class OverrideLine:
    """One override in the queue, or on its own page."""

    def __init__(self, row: Any, now: dt.datetime) -> None:
        self._row = row
        self._now = now

    @property
    def title(self) -> str:
        whom = self._row.person.display_name if self._row.person else gettext("nobody")
        said = {"user": self._row.user.name, "person": whom}
        if self._row.note_id:
            return gettext("%(user)s opened a sealed note about %(person)s") % said
        if self._row.opened_at is None:
            return gettext("%(user)s asked for a record and opened nothing") % said
        return gettext("%(user)s opened the record of %(person)s") % said

    @property
    def href(self) -> str:
        return reverse("access:review", args=[self._row.pk])

    @property
    def when(self) -> str:
        team = self._row.team.name if self._row.team else ""
        return ", ".join(part for part in (moment(self._row.created_at), team) if part)

    @property
    def category(self) -> str:
        return str(self._row.get_category_display())

    @property
    def reason(self) -> str:
        return self._row.reason

    @cached_property
    def signs(self) -> list[str]:
        return [str(SIGNS[code]) for code in signs_of(self._row, self._now)]

    @property
    def tag(self) -> dict[str, str]:
        if self._row.outcome:
            colour = _OUTCOME_COLOUR[self._row.outcome]
            return words.tag(str(self._row.get_outcome_display()), colour)
        if self._row.telling == Override.Telling.WAITS:
            return words.tag(gettext("Person not told yet"), "orange")
        return words.tag(gettext("To look at"), "blue")

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Everything there is to know, as rows of a summary list."""
        row = self._row
        said = [
            (gettext("When"), self.when),
            (gettext("Why"), self.category),
            (gettext("In their words"), row.reason),
            (gettext("Open until"), moment(row.ends_at) if row.ends_at else gettext("Not opened")),
            (gettext("The person"), str(row.get_telling_display())),
            (gettext("Why not told"), row.safety_reason),
            (gettext("Unusual"), "; ".join(self.signs)),
            (gettext("Outcome"), str(row.get_outcome_display()) if row.outcome else ""),
            (gettext("What follows"), row.outcome_words),
        ]
        if row.reviewed_by and row.reviewed_at:
            said.append(
                (gettext("Looked at by"), f"{row.reviewed_by.name}, {moment(row.reviewed_at)}")
            )
        return [words.summary_row(label, value) for label, value in said if value]


class QueuePage:
    """What waits for a privacy officer, or has been looked at."""

    def __init__(self, page: Page[Override], *, name: str) -> None:
        now = timezone.now()
        path = reverse(name)
        self.pages = tabs(name)
        self.lines = [OverrideLine(row, now) for row in page.rows]
        self.links = words.PageLinks(
            newer=words.query_string(path, before=page.before) if page.before else "",
            older=words.query_string(path, after=page.after) if page.after else "",
            newer_text=gettext("Previous page"),
            older_text=gettext("Next page"),
        )


class ReviewPage:
    """One override, and the question how it was."""

    def __init__(self, row: Any, *, may_answer: bool) -> None:
        self.line = OverrideLine(row, timezone.now())
        self.may_answer = may_answer
        self.pages = tabs("")
        self.own = not row.outcome and not may_answer


@dataclass(frozen=True)
class PatternSection:
    """One pattern: what it is, and where it was seen."""

    code: str
    title: str
    intro: str
    table: dict[str, Any] | None


class PatternsPage:
    """Unusual patterns of the last 30 days. A pattern is a question and no verdict."""

    def __init__(
        self,
        *,
        own: Sequence[Sign],
        colleagues: Sequence[Sign],
        many: Sequence[Sign],
        nobody: Sequence[Sign],
    ) -> None:
        self.pages = tabs("access:patterns")
        self.sections = [
            self._section(
                "own",
                gettext("Their own name"),
                gettext("Somebody opened the record of a person of their own name."),
                own,
            ),
            self._section(
                "colleagues",
                gettext("A colleague's name"),
                gettext("The person has the name of somebody who works here."),
                colleagues,
            ),
            self._section(
                "nobody",
                gettext("No contact after an override"),
                gettext("A week later they had recorded no contact with the person."),
                nobody,
            ),
            self._section(
                "many",
                gettext("Very many records in a day"),
                gettext("Reports and caseload work look like this too."),
                many,
            ),
        ]

    def _section(self, code: str, title: str, intro: str, signs: Sequence[Sign]) -> PatternSection:
        head = [gettext("Who"), gettext("Whose record"), gettext("How often"), gettext("Last")]
        rows = [self._row(one) for one in signs]
        return PatternSection(code, title, intro, table(title, head, rows) if rows else None)

    @staticmethod
    def _row(sign: Sign) -> list[Cell]:
        often = ngettext("once", "%(n)d times", sign.times) % {"n": sign.times}
        if sign.person_id is None:
            often = ngettext("%(n)d record", "%(n)d records", sign.times) % {"n": sign.times}
        return [
            cell(sign.user_name),
            cell(sign.person_name),
            cell(often),
            cell(words.short_date(sign.last)),
        ]


_SIGNING = {
    (AccessEntry.Action.SIGNED_IN, ""): _("Signed in"),
    (AccessEntry.Action.SIGNED_IN, "provider"): _("Signed in with the organisation's account"),
    (AccessEntry.Action.SIGNED_OUT, ""): _("Signed out"),
    (AccessEntry.Action.NOT_LET_IN, "password"): _("Wrong password"),
    (AccessEntry.Action.NOT_LET_IN, "second_factor"): _("Wrong second step"),
    (AccessEntry.Action.NOT_LET_IN, "locked"): _(
        "Too many wrong passwords: shut for up to ten minutes"
    ),
    (AccessEntry.Action.NOT_LET_IN, "provider"): _(
        "Came from the organisation's account, which opens nothing here"
    ),
    (AccessEntry.Action.SIGN_WAY, "factor_added"): _("Set up a second step"),
    (AccessEntry.Action.SIGN_WAY, "factor_removed"): _("Took a second step away"),
    (AccessEntry.Action.SIGN_WAY, "codes_renewed"): _("Made new recovery codes"),
    (AccessEntry.Action.SIGN_WAY, "password_changed"): _("Changed the password"),
    (AccessEntry.Action.SIGN_WAY, "password_reset"): _("Chose a new password by email"),
    (AccessEntry.Action.SIGN_WAY, "provider_connected"): _("Connected the organisation's account"),
    (AccessEntry.Action.SIGN_WAY, "provider_ended"): _("Disconnected the organisation's account"),
    (AccessEntry.Action.SIGN_WAY, "factors_reset"): _("Took away a lost second step"),
    (AccessEntry.Action.SIGN_WAY, "sessions_ended"): _("Signed somebody out everywhere"),
}


class SignInsPage:
    """How staff came in, or did not. Nothing on it is about a person."""

    SHOWS = {
        "not_let_in": (AccessEntry.Action.NOT_LET_IN,),
        "changes": (AccessEntry.Action.SIGN_WAY,),
    }

    def __init__(
        self, page: Page[AccessEntry], *, show: str, names: dict[Any, str], whose: User | None
    ) -> None:
        self._page, self._show, self._names, self._whose = page, show, names, whose
        self._who = str(whose.pk) if whose is not None else ""
        self.pages = tabs("access:sign_ins")

    @property
    def whose(self) -> str:
        """Whose they are, where the list is about one user only."""
        if self._whose is None:
            return ""
        said = gettext("Only %(name)s (%(email)s), and what others changed for them.")
        return said % {"name": self._whose.name, "email": self._whose.email}

    @property
    def everybody(self) -> str:
        """The same list about everybody."""
        return words.query_string(reverse("access:sign_ins"), show=self._show)

    @property
    def shows(self) -> list[Link]:
        path = reverse("access:sign_ins")
        names = {
            "": gettext("Everything"),
            "not_let_in": gettext("Not let in"),
            "changes": gettext("Changes to how somebody signs in"),
        }
        return [
            Link(name, words.query_string(path, show=show, who=self._who), show == self._show)
            for show, name in names.items()
        ]

    @property
    def links(self) -> words.PageLinks:
        path, page = reverse("access:sign_ins"), self._page
        at = {"show": self._show, "who": self._who}
        return words.PageLinks(
            newer=words.query_string(path, **at, before=page.before) if page.before else "",
            older=words.query_string(path, **at, after=page.after) if page.after else "",
            newer_text=gettext("Previous page"),
            older_text=gettext("Next page"),
        )

    @cached_property
    def table(self) -> dict[str, Any] | None:
        if not self._page.rows:
            return None
        head = [gettext("When"), gettext("Who"), gettext("What happened"), gettext("From where")]
        return table(gettext("Signing in"), head, [self._row(one) for one in self._page.rows])

    def _only(self, user: User) -> str:
        return words.query_string(reverse("access:sign_ins"), show=self._show, who=str(user.pk))

    def _row(self, one: AccessEntry) -> list[Cell]:
        action = AccessEntry.Action(one.action)
        said = _SIGNING.get((action, one.reason), action.label)
        refused = action == AccessEntry.Action.NOT_LET_IN
        other = self._names.get(one.record, "") if one.record != one.user_id else ""
        return [
            cell(moment(one.created_at)),
            cell(
                one.user.name if one.user else gettext("Nobody's account"),
                href=self._only(one.user) if one.user and self._whose is None else "",
            ),
            cell(
                said,
                tag=words.tag(gettext("Not let in"), "orange") if refused else None,
                note=gettext("For %(name)s") % {"name": other} if other else "",
            ),
            cell(one.ip or ""),
        ]


class ProposalPage:
    """What is about to happen when a record is opened by override. The same for every identifier:
    whether there is such a record is not said here."""

    def __init__(self, row: Override) -> None:
        self.rows = [
            words.summary_row(gettext("Why"), str(row.get_category_display())),
            words.summary_row(gettext("In your words"), row.reason),
            words.summary_row(
                gettext("The person"),
                gettext("A second person decides whether they are told")
                if row.safety_reason
                else gettext("Is told that you opened it"),
            ),
        ]


class SealedLine:
    """A sealed note in a list: that it is there, and what can be done with it."""

    def __init__(self, note: SealedNote, *, readable: bool) -> None:
        self.title = str(note.get_kind_display())
        by = note.team.name if note.team else note.author.name
        self.detail = gettext("Written on %(day)s, %(by)s") % {
            "day": words.short_date(note.created_at),
            "by": by,
        }
        self.ended = (
            gettext("Ended on %(day)s") % {"day": words.short_date(note.ended_on)}
            if note.ended_on
            else ""
        )
        name = "access:note" if readable else "access:open_note"
        self.link = Link(
            gettext("Read it") if readable else gettext("Open it on a legal ground"),
            reverse(name, args=[note.pk]),
        )


class SealedPage:
    """The sealed notes about a person, as far as this user may know of them."""

    def __init__(
        self, heading: Any, notes: Sequence[SealedNote], readable: Collection[Any], add_href: str
    ) -> None:
        self.heading = heading
        self.lines = [SealedLine(one, readable=one.pk in readable) for one in notes]
        self.add_href = add_href


@dataclass(frozen=True)
class ReaderLine:
    """One of the few."""

    name: str
    since: str
    take_back_href: str


class NotePage:
    """A sealed note that the user may read."""

    def __init__(self, heading: Any, note: SealedNote, grants: Sequence[Any], *, mine: bool):
        self.heading = heading
        self.title = str(note.get_kind_display())
        self.words = note.words
        self.why = note.why
        self.detail = SealedLine(note, readable=True).detail
        self.ended = SealedLine(note, readable=True).ended
        areas = dict(SealedNote.Area.choices)
        self.kept_back = [str(areas[code]) for code in note.suspends if code in areas]
        self.readers = [
            ReaderLine(
                one.user.name,
                words.short_date(one.created_at),
                reverse("access:take_back", args=[one.pk])
                if mine and one.user_id != note.author_id
                else "",
            )
            for one in grants
        ]
        self.links = (
            [
                Link(gettext("Change it"), reverse("access:change_note", args=[note.pk])),
                Link(gettext("Let somebody read it"), reverse("access:readers", args=[note.pk])),
                Link(gettext("It is over"), reverse("access:end_note", args=[note.pk])),
            ]
            if mine
            else []
        )
        self.list_href = reverse("access:sealed", args=[note.person_id])
