"""What the pages about documents show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from careplans.documents.kinds import ABOUT, SAFETY_KINDS, DocumentKind
from careplans.documents.printed import letterhead
from careplans.documents.prints import TextPrint, TextSection
from careplans.models import (
    AreaOfLife,
    Document,
    DocumentGiven,
    DocumentText,
    Plan,
    SharingChoice,
)
from careplans.presenters import reads_words
from careplans.writers import signed_words
from casework.cases.presenters import PersonHeading
from casework.common.keyset import Page
from casework.common.presenters import PageLinks, full_date, query_string, short_date, tag
from casework.directory.models import Organisation

State = Document.State
OTHER = "other"  # a summary for somebody who is in no organisation around the person
_COLOUR = {
    State.WRITING: "yellow",
    State.MAKING: "blue",
    State.READY: "green",
    State.FAILED: "red",
    State.DROPPED: "grey",
}


@dataclass(frozen=True)
class Offer:
    """A kind of document that can be made."""

    title: str
    hint: str
    href: str


@dataclass(frozen=True)
class DocumentLine:
    """One document in the list: what it is, who made it and who got it."""

    title: str
    href: str
    tag: dict[str, str]
    made: str
    given: list[str]


def state_tag(document: Document) -> dict[str, str]:
    return tag(document.get_state_display(), _COLOUR[State(document.state)])


def title_of(document: Document) -> str:
    """What it is and, where it is for somebody, for whom."""
    if not document.recipient:
        return str(document.get_kind_display())
    return gettext("%(kind)s, for %(who)s") % {
        "kind": document.get_kind_display(),
        "who": document.recipient,
    }


def made_line(document: Document) -> str:
    """Who asked for it and when, and of which version it is."""
    return gettext("%(who)s, %(date)s, from %(version)s") % {
        "who": document.made_by or document.plan.person.display_name,
        "date": short_date(document.made_on),
        "version": document.about_version,
    }


def given_line(given: DocumentGiven, name: str) -> str:
    """Who got it, how and when."""
    who = name if given.party == "person" else f"{given.name} ({given.get_party_display()})"
    how = str(given.get_how_display())
    return gettext("%(who)s: %(how)s, %(date)s. Noted by %(by)s") % {
        "who": who,
        "how": how[:1].lower() + how[1:],
        "date": short_date(given.on),
        "by": given.by,
    }


def given_lines(given: Iterable[DocumentGiven], name: str, taken: dt.date | None) -> list[str]:
    """Everybody who got it, and that the person took it themselves."""
    found = [given_line(one, name) for one in given]
    return found + ([taken_line(name, taken)] if taken is not None else [])


def taken_line(name: str, day: dt.date) -> str:
    """That the person took it themselves."""
    return gettext("%(who)s: saved on their own pages, %(date)s") % {
        "who": name,
        "date": short_date(day),
    }


class ListPage:
    """The documents of a plan, and those that can be made."""

    def __init__(
        self,
        plan: Plan,
        page: Page[Document],
        *,
        heading: PersonHeading,
        may_make: bool,
        safety: bool,
        taken: Mapping[UUID, dt.date],
    ) -> None:
        self.plan, self._page, self.heading = plan, page, heading
        self._taken = taken
        self._may_make, self._safety = may_make, safety
        self.name = plan.person.display_name
        self.plan_href = reverse("careplans:plan", args=[plan.pk])

    @cached_property
    def offers(self) -> list[Offer]:
        """To print for the person."""
        return self._offers(text=False)

    @cached_property
    def texts(self) -> list[Offer]:
        """To write for somebody else."""
        return self._offers(text=True)

    def _offers(self, *, text: bool) -> list[Offer]:
        if not self._may_make:
            return []
        return [
            Offer(
                str(kind.label),
                str(ABOUT[kind].hint),
                reverse("careplans:documents:new", args=[self.plan.pk, kind.value]),
            )
            for kind in DocumentKind
            if ABOUT[kind].text == text and (self._safety or kind not in SAFETY_KINDS)
        ]

    @cached_property
    def lines(self) -> list[DocumentLine]:
        return [
            DocumentLine(
                title_of(one),
                reverse("careplans:documents:document", args=[one.pk]),
                state_tag(one),
                made_line(one),
                given_lines(one.given.all(), self.name, self._taken.get(one.pk)),
            )
            for one in self._page.rows
        ]

    @property
    def links(self) -> PageLinks:
        path = reverse("careplans:documents:list", args=[self.plan.pk])
        page = self._page
        return PageLinks(
            newer=query_string(path, before=page.before) if page.before else "",
            older=query_string(path, after=page.after) if page.after else "",
        )


@dataclass(frozen=True)
class Reader:
    """An organisation that a summary could be for, and what of the plan it may hold."""

    name: str
    reads: str
    href: str
    choose_href: str


class WhomPage:
    """Who a summary is for: what the person chose to share with each organisation comes first."""

    def __init__(
        self,
        plan: Plan,
        readers: Sequence[Organisation],
        chosen: Mapping[UUID, SharingChoice],
        *,
        areas: Sequence[AreaOfLife],
        heading: PersonHeading,
    ) -> None:
        self._plan, self._chosen, self._areas, self.heading = plan, chosen, areas, heading
        self.name = plan.person.display_name
        self.title = str(DocumentKind.SUMMARY.label)
        self.list_href = reverse("careplans:documents:list", args=[plan.pk])
        self.readers = [self._reader(one) for one in readers]

    def _path(self, reader: str) -> str:
        path = reverse("careplans:documents:new", args=[self._plan.pk, DocumentKind.SUMMARY.value])
        return query_string(path, reader=reader)

    @property
    def other_href(self) -> str:
        return self._path(OTHER)

    def _reader(self, organisation: Organisation) -> Reader:
        choice = self._chosen.get(organisation.pk)
        reads = (
            gettext("May be shared: %(parts)s") % {"parts": reads_words(choice, self._areas)}
            if choice is not None
            else gettext("%(name)s has not chosen what it reads.") % {"name": self.name}
        )
        nothing = choice is not None and not (choice.areas or choice.safety or choice.whole)
        return Reader(
            organisation.name,
            reads,
            "" if nothing else self._path(str(organisation.pk)),
            reverse("careplans:choose", args=[self._plan.pk, organisation.pk]),
        )


class TextView:
    """A wording as the person reads it: the same words in the same order as on paper."""

    def __init__(self, document: Document, text: DocumentText, name: str) -> None:
        self.print = TextPrint(
            {
                **(document.content or letterhead(document.plan)),
                "kind": document.kind,
                "name": name,
                "text": text.fields,
                "made_on": full_date(text.on),
                "approved_how": "",
            }
        )
        self.number = text.number
        self.signed = gettext("Wording %(n)d, by %(who)s, %(date)s") % {
            "n": text.number,
            "who": signed_words(text, name),
            "date": short_date(text.on),
        }

    @property
    def title(self) -> str:
        return self.print.title

    @property
    def sender(self) -> list[str]:
        return self.print.sender

    @property
    def recipient(self) -> str:
        return self.print.recipient

    @property
    def about(self) -> str:
        return self.print.about

    @property
    def sections(self) -> list[TextSection]:
        return self.print.sections

    @property
    def signature(self) -> str:
        return self.print.signed


def file_words(document: Document) -> str:
    """What kind of file it is, and how large."""
    pages = ngettext("%(n)d page", "%(n)d pages", document.pages) % {"n": document.pages}
    return gettext("PDF, %(pages)s, %(size)s") % {
        "pages": pages,
        "size": filesizeformat(document.size),
    }


class DocumentPage:
    """One document: where it stands, its words, its file, and who got it."""

    def __init__(
        self,
        document: Document,
        *,
        heading: PersonHeading,
        texts: Sequence[DocumentText],
        given: Sequence[DocumentGiven],
        taken: dt.date | None = None,
        may_make: bool,
    ) -> None:
        self.document, self.heading = document, heading
        self._texts, self._given, self._may_make = texts, given, may_make
        self._taken = taken
        self.name = document.plan.person.display_name
        self.title = title_of(document)
        self.tag = state_tag(document)
        self.made = made_line(document)
        self.list_href = reverse("careplans:documents:list", args=[document.plan_id])

    def _href(self, name: str, *, state: str) -> str:
        if not self._may_make or self.document.state != state:
            return ""
        return reverse(f"careplans:documents:{name}", args=[self.document.pk])

    @property
    def text(self) -> TextView | None:
        return TextView(self.document, self._texts[-1], self.name) if self._texts else None

    @property
    def wordings(self) -> list[str]:
        """Whose wordings there were, the latest last."""
        return [TextView(self.document, one, self.name).signed for one in self._texts]

    @property
    def approved(self) -> str:
        document = self.document
        if not document.approved_on:
            return ""
        return gettext("%(how)s, %(date)s. Recorded by %(who)s.") % {
            "how": document.get_approved_how_display(),
            "date": short_date(document.approved_on),
            "who": document.approval_by or self.name,
        }

    @property
    def is_making(self) -> bool:
        return self.document.state == State.MAKING

    @property
    def status_href(self) -> str:
        return reverse("careplans:documents:status", args=[self.document.pk])

    @property
    def trouble(self) -> str:
        if self.document.state != State.FAILED:
            return ""
        if self.document.trouble == "too_long":
            return gettext(
                "It does not fit on one page. Make it shorter, and ask %(name)s again."
            ) % {"name": self.name}
        return gettext("The file could not be made. Nothing is lost: try again.")

    @property
    def correct_href(self) -> str:
        return self._href("correct", state=State.WRITING)

    @property
    def approve_href(self) -> str:
        return self._href("approve", state=State.WRITING)

    @property
    def drop_href(self) -> str:
        return self._href("drop", state=State.WRITING)

    @property
    def retry_href(self) -> str:
        too_long = self.document.trouble == "too_long"
        return "" if too_long else self._href("retry", state=State.FAILED)

    @property
    def again_href(self) -> str:
        return self._href("again", state=State.FAILED) if self.document.is_text else ""

    @property
    def give_href(self) -> str:
        return self._href("give", state=State.READY)

    @property
    def file_href(self) -> str:
        if self.document.state != State.READY:
            return ""
        return reverse("careplans:documents:file", args=[self.document.pk])

    @property
    def file_words(self) -> str:
        return file_words(self.document)

    @property
    def post_warning(self) -> str:
        """Before anything goes by post to where somebody else may open it."""
        if self.document.state != State.READY or self.document.plan.person.letters_safe:
            return ""
        return gettext(
            "It is not recorded that letters to %(name)s are safe. Ask before you post anything."
        ) % {"name": self.name}

    @property
    def given(self) -> list[str]:
        return given_lines(self._given, self.name, self._taken)
