"""The frame of people's own pages, and what upper apps put into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from casework.accounts.drafts import DraftForm
from casework.cases.models import CaseEvent, SealedNote
from casework.common.errors import Refusal
from casework.common.pages import FormPage, Link
from casework.common.registry import Registry
from casework.portal import look, together
from casework.portal.access import account_of, outsider_of
from casework.portal.models import PortalAccount

Words = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class PortalPage:
    """What an app puts into people's own pages, from its `portal_pages.py`.

    `label` and `url_name` are a place in the menu, by `order`. `build(account, on)` returns what
    `template` shows as `section` on the home page, or None for nothing. `news` are the kinds of
    event that are told under "what changed", each with its words, and `news_at_once` those that are
    told only to somebody who asked to read everything at once; `news_of_carers` are kinds that only
    somebody writes whom the person let in; `quiet(account)` names the rows (`about` of events) of
    which nothing is told yet. What is for them `alone` is not on the home page while a worker sits
    beside them.
    """

    order: int
    label: Any = ""
    url_name: str = ""
    template: str = ""
    build: Callable[[PortalAccount, dt.date], Any] | None = None
    news: Mapping[str, Words] | None = None
    news_at_once: Mapping[str, Words] | None = None
    news_of_carers: Mapping[str, Words] | None = None
    quiet: Callable[[PortalAccount], set[Any]] | None = None
    alone: bool = False


portal_pages: Registry[PortalPage] = Registry("portal_pages")


def in_order() -> list[PortalPage]:
    return [page for _name, page in sorted(portal_pages.items(), key=lambda i: (i[1].order, i[0]))]


@dataclass(frozen=True)
class Placed:
    """One part of the home page."""

    template: str
    content: Any


def home_sections(account: PortalAccount, on: dt.date) -> list[Placed]:
    """The parts of the home page that have something to show, in their order."""
    found = []
    for page in in_order():
        if page.alone and account.helper is not None:
            continue
        content = page.build(account, on) if page.build is not None else None
        if content is not None:
            found.append(Placed(page.template, content))
    return found


def news_words(account: PortalAccount) -> dict[str, Words]:
    """How each kind of event is told to the person; the others are not news."""
    found: dict[str, Words] = {}
    for page in in_order():
        found |= {**(page.news or {}), **(page.news_of_carers or {})}
    if account.read_at_once:
        for page in in_order():
            found.update(page.news_at_once or {})
    kept_back = tuple(noun for area, noun in _NOUN_OF_AREA.items() if area in account.kept_back)
    return {kind: words for kind, words in found.items() if not kind.startswith(kept_back)}


def carers_kinds() -> set[str]:
    """The kinds of event that somebody writes whom the person let in: no user stands on them."""
    return {kind for page in in_order() for kind in page.news_of_carers or {}}


# Nothing of these events is told while a safeguarding concern keeps their area back.
_NOUN_OF_AREA = {
    SealedNote.Area.PLAN: "plan.",
    SealedNote.Area.NOTES: "note.",
    SealedNote.Area.DIARY: "contact.",
}


def quiet_about(account: PortalAccount) -> set[Any]:
    """Rows of which nothing is told until somebody has talked with the person."""
    found: set[Any] = set()
    for page in in_order():
        if page.quiet is not None:
            found |= page.quiet(account)
    return found


def told(event: CaseEvent, words: Mapping[str, Words]) -> str:
    """One event, in a sentence to the person."""
    who = event.worker or event.team
    return words[event.kind]({**event.data, "who": str(who) if who else ""})


class PortalFrame:
    """What stands around each of the pages."""

    def __init__(self, request: HttpRequest) -> None:
        self._path = request.path
        self._user = request.user
        self._beside = together.account(request) if account_of(request.user) is None else None

    @property
    def links(self) -> list[Link]:
        home = reverse("portal:home")
        places = [(str(one.label), reverse(one.url_name)) for one in in_order() if one.url_name]
        if self._beside is not None:  # what is never done together is not offered
            places = [one for one in places if getattr(resolve(one[1]).func, "with_help", False)]
        holding = [
            href
            for _text, href in places
            if self._path == href or (href != home and self._path.startswith(href))
        ]
        here = max(holding, key=len, default="")  # a place within a place is the nearer one
        return [Link(text, href, href == here) for text, href in places]

    @property
    def html_classes(self) -> str:
        """How the pages look to whoever is signed in."""
        return look.html_classes(outsider_of(self._user))

    @property
    def home_href(self) -> str:
        return reverse("portal:home")

    @property
    def beside(self) -> str:
        """That a worker sits beside the person; nothing where they are alone."""
        if self._beside is None or self._beside.helper is None:
            return ""
        return _("%(worker)s and %(person)s are writing this together.") % {
            "worker": self._beside.helper.name,
            "person": self._beside.person.display_name,
        }

    @property
    def exit_href(self) -> str:
        """An ordinary page elsewhere, to which one can leave at once."""
        return settings.QUICK_EXIT_URL

    @property
    def leave_href(self) -> str:
        return reverse("portal:leave")

    @property
    def stay_href(self) -> str:
        return reverse("portal:stay")


class CarerFrame(PortalFrame):
    """What stands around the pages of somebody whom people let in."""

    beside = ""

    def __init__(self, request: HttpRequest) -> None:
        self._path = request.path
        self._user = request.user

    @property
    def links(self) -> list[Link]:
        found = [(_("Home"), "portal:carer_home"), (_("How it looks"), "portal:carer_shown")]
        return [Link(text, reverse(name), self._path == reverse(name)) for text, name in found]

    @property
    def home_href(self) -> str:
        return reverse("portal:carer_home")

    @property
    def leave_href(self) -> str:
        return reverse("portal:carer_leave")

    @property
    def stay_href(self) -> str:
        return reverse("portal:carer_stay")


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """One of the pages, in its frame."""
    return render(request, template, {"portal": PortalFrame(request), **context})


def ask(
    request: HttpRequest,
    draft: DraftForm,
    page: FormPage,
    act: Callable[[Any], tuple[str, str]],
    template: str = "portal/write.jinja",
    place: Callable[..., HttpResponse] = show,
    **context: Any,
) -> HttpResponse:
    """Ask, keep what is written while it is written; then do it. `act` is given the form and
    returns what was done, in words, and where to go on; `place` puts the page in its frame."""
    if draft.is_valid():
        try:
            done, href = act(draft.form)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, done)
            return redirect(href)
    return place(request, template, form=draft.form, draft=draft, page=page, **context)
