"""A person's own documents, as their own pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from careplans.documents.kinds import ABOUT, SAFETY_KINDS, DocumentKind
from careplans.documents.presenters import Offer, TextView, file_words, title_of
from careplans.models import Document, DocumentGiven, DocumentText, Plan
from casework.common.pages import Link
from casework.common.presenters import short_date

State = Document.State


def stands(document: Document) -> str:
    """Where a document stands, in one sentence to the person."""
    if document.state == State.FAILED and document.trouble == "too_long":
        return _("It is too long for one page. Your worker makes it shorter and asks you again.")
    return {
        State.WRITING: _("It waits for you. Nobody gets it until you say yes."),
        State.MAKING: _("It is being made. This takes a few seconds."),
        State.READY: _("It is ready."),
        State.FAILED: _("It could not be made. Nothing is lost. You can try again."),
        State.DROPPED: _("It was thrown away."),
    }[State(document.state)]


def _made(document: Document) -> str:
    who = _("You") if document.made_by is None else str(document.made_by)
    return _("%(who)s asked for it on %(day)s. It is %(version)s.") % {
        "who": who,
        "day": short_date(document.made_on),
        "version": document.about_version,
    }


def _got(given: DocumentGiven) -> str:
    who = _("You") if given.party == "person" else given.name
    return _("%(who)s got it on %(day)s.") % {"who": who, "day": short_date(given.on)}


@dataclass(frozen=True)
class OwnDocumentLine:
    """One document in the list."""

    link: Link
    stands: str
    made: str


class OwnDocuments:
    """What there is, what waits for an answer, and what can be made."""

    def __init__(
        self,
        plan: Plan | None,
        rows: Sequence[Document],
        *,
        safety: bool,
        taken: Mapping[UUID, dt.date],
    ) -> None:
        self._plan, self._safety, self._taken = plan, safety, taken
        self.waiting = [self._line(one) for one in rows if one.state == State.WRITING]
        self.lines = [self._line(one) for one in rows if one.state != State.WRITING]

    def _line(self, row: Document) -> OwnDocumentLine:
        where = stands(row)
        if row.pk in self._taken:
            saved = _("You saved it on %(day)s.") % {"day": short_date(self._taken[row.pk])}
            where = f"{where} {saved}"
        link = Link(title_of(row), reverse("my_plan:paper", args=[row.pk]))
        return OwnDocumentLine(link, where, _made(row))

    @property
    def offers(self) -> list[Offer]:
        """The forms in which the plan can be made; a safety plan only where there is one."""
        if self._plan is None:
            return []
        return [
            Offer(
                str(kind.label),
                str(ABOUT[kind].hint),
                reverse("my_plan:new_paper", args=[kind.value]),
            )
            for kind in DocumentKind
            if not ABOUT[kind].text and (self._safety or kind not in SAFETY_KINDS)
        ]


class OwnDocument:
    """One document: where it stands, its words, its file, who got it."""

    def __init__(
        self,
        document: Document,
        *,
        texts: Sequence[DocumentText],
        given: Sequence[DocumentGiven],
        taken: dt.date | None,
    ) -> None:
        self.document, self._texts = document, texts
        self._given, self._taken = given, taken
        self.title, self.stands, self.made = title_of(document), stands(document), _made(document)

    def _href(self, name: str, *states: str) -> str:
        if self.document.state not in states:
            return ""
        return reverse(f"my_plan:{name}", args=[self.document.pk])

    @property
    def text(self) -> TextView | None:
        if not self._texts:
            return None
        return TextView(self.document, self._texts[-1], self.document.plan.person.display_name)

    @property
    def is_making(self) -> bool:
        return self.document.state == State.MAKING

    @property
    def status_href(self) -> str:
        return self._href("paper_status", State.MAKING)

    @property
    def file_href(self) -> str:
        return self._href("paper_file", State.READY)

    @property
    def file_words(self) -> str:
        return file_words(self.document)

    @property
    def words_href(self) -> str:
        return self._href("paper_words", State.WRITING)

    @property
    def yes_href(self) -> str:
        return self._href("paper_yes", State.WRITING)

    @property
    def no_href(self) -> str:
        return self._href("paper_no", State.WRITING)

    @property
    def retry_href(self) -> str:
        return (
            "" if self.document.trouble == "too_long" else self._href("paper_retry", State.FAILED)
        )

    @property
    def approved(self) -> str:
        """When the person said yes; to nothing else was anybody's yes given."""
        if self.document.approved_on is None:
            return ""
        return _("You said yes to these words on %(day)s.") % {
            "day": short_date(self.document.approved_on)
        }

    @property
    def given(self) -> list[str]:
        found = [_got(one) for one in self._given]
        if self._taken is not None:
            found.append(_("You saved it on %(day)s.") % {"day": short_date(self._taken)})
        return found
