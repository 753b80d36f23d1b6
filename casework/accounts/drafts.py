"""Words that somebody is writing, kept on the server until they are saved or thrown away.

A page with a long text builds its form through `DraftForm`. From then on the words survive a crash
of the browser or the server, a lost connection, a mistake in the form and the end of the session:

    draft = DraftForm(request, f"note:{person.pk}", NoteForm, initial={…})
    if draft.is_valid():  # a GET is not; a form with mistakes is kept as a draft
        services.write_note(person=person, by=request.user, **draft.form.cleaned_data)
        draft.discard()
        return redirect(…)
    return render(request, "people/note.jinja", {"form": draft.form, "draft": draft})

The template extends `layouts/draft_form.jinja`, or places the macros of `components/draft.jinja`.

Nothing that was written is overwritten unseen: words of another window are put aside and shown
beside the ones that are carried on.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from casework.accounts.models import Draft, User
from casework.common.errors import Refusal
from casework.common.presenters import clock, short_date

LIMIT = 400_000  # characters of one draft with what was put aside
SIGNED_FOR = dt.timedelta(hours=24)  # a page that was left open over night still keeps its words
FORGET_MARKS_AFTER = dt.timedelta(days=30)  # longer than a page stays open
TOKEN, REVISION, WRITER, SEQUENCE = (
    "draft_token",
    "draft_revision",
    "draft_writer",
    "draft_sequence",
)
CARRY_ON = "carry-on"
_NOT_WORDS = {TOKEN, REVISION, WRITER, SEQUENCE, "csrfmiddlewaretoken", "next"}
_SALT = "casework.accounts.drafts"

Fields = dict[str, list[str]]


class TooLong(Refusal):
    """More words than one draft can hold."""


@dataclass(frozen=True)
class Aside:
    """Words of another window at the same form, which these ones did not start from."""

    fields: Fields
    revision: int
    at: dt.datetime
    writer: str = ""


@dataclass(frozen=True)
class Kept:
    """A draft as it stands."""

    fields: Fields
    revision: int
    saved_at: dt.datetime
    aside: tuple[Aside, ...] = ()


@dataclass
class _Body:
    """What is stored, encrypted, in a draft's row.

    `writer` is one opened page and `sequence` the count of its saves: they tell a save that comes
    late over the network from a newer one. `done` is a page whose words have been saved for good.
    A row without words is a mark: its revision goes on counting, so that no page that was opened
    long ago takes words it has never seen for those that it started from.
    """

    fields: Fields = field(default_factory=dict)
    writer: str = ""
    sequence: int = 0
    aside: list[Aside] = field(default_factory=list)
    done: str = ""

    @classmethod
    def load(cls, text: str) -> _Body:
        data = json.loads(text)
        data["aside"] = [
            Aside(**{**one, "at": dt.datetime.fromisoformat(one["at"])})
            for one in data.get("aside", [])
        ]
        return cls(**data)

    def dump(self) -> str:
        aside = [{**one.__dict__, "at": one.at.isoformat()} for one in self.aside]
        text = json.dumps({**self.__dict__, "aside": aside})
        if len(text) > LIMIT:
            raise TooLong(_("This text is too long to be kept. Save it, or make it shorter."))
        return text


def words_of(data: Mapping[str, Any]) -> Fields:
    """What was written into a form, without what only the machinery needs."""
    lists = dict(data.lists()) if isinstance(data, QueryDict) else data
    return {
        str(name): [str(value) for value in values]
        for name, values in lists.items()
        if name not in _NOT_WORDS and "password" not in name
    }


def _has_words(fields: Fields) -> bool:
    return any(value.strip() for values in fields.values() for value in values)


def _covered(old: Fields, new: Fields) -> bool:
    """Does the newer text hold every word of the older one?"""
    return all(
        any(value.strip() in later for later in new.get(name, []))
        for name, values in old.items()
        for value in values
        if value.strip()
    )


# Keeping -----------------------------------------------------------------------------------------


@transaction.atomic
def save(
    *,
    user: User,
    key: str,
    fields: Mapping[str, Iterable[str]],
    base_revision: int = 0,
    writer: str = "",
    sequence: int | None = None,
) -> Kept | None:
    """Keep what a user has written so far at one form.

    Precondition: `base_revision` is the draft that the page started from (0: none), `writer` names
    the open page, `sequence` counts its saves; a save without one is newer than any before it.
    Promise: these words are read next, unless the same page has already saved later ones or has
    been saved for good. Words that the page has not seen are put aside, never lost.
    """
    new = {name: list(values) for name, values in fields.items()}
    row = Draft.objects.select_for_update().filter(user=user, key=key).first()
    if row is None:
        if not _has_words(new):
            return None
        Draft.objects.bulk_create(
            [Draft(user=user, key=key, body=_Body().dump())], ignore_conflicts=True
        )
        row = Draft.objects.select_for_update().get(user=user, key=key)
    stored = _Body.load(row.body)
    same_page = bool(writer) and writer == stored.writer
    if writer and sequence is not None:
        if writer == stored.done or (same_page and sequence <= stored.sequence):
            return _kept(row, stored)  # it was overtaken on its way
    aside = stored.aside
    if row.revision != base_revision and not same_page:
        aside = [*aside, Aside(stored.fields, row.revision, row.saved_at, stored.writer)]
    if sequence is None:
        sequence = stored.sequence if same_page else 0
    body = _Body(
        fields=new,
        writer=writer,
        sequence=sequence,
        aside=[one for one in aside if not _covered(one.fields, new)],
        done=stored.done,
    )
    row.body = body.dump()
    row.revision += 1
    row.save()
    return _kept(row, body)


def read(*, user: User, key: str) -> Kept | None:
    """What the user was writing at this form; None if nothing waits."""
    row = Draft.objects.filter(user=user, key=key).first()
    return _kept(row, _Body.load(row.body)) if row is not None else None


def _kept(row: Draft, body: _Body) -> Kept | None:
    if not (_has_words(body.fields) or body.aside):
        return None
    return Kept(body.fields, row.revision, row.saved_at, tuple(body.aside))


@transaction.atomic
def discard(*, user: User, key: str, base_revision: int | None = None, writer: str = "") -> None:
    """Forget a draft, because its words have been saved or the user threw them away.

    With `base_revision` (the draft that the page started from), only what that page has seen or
    written goes: words of another window stay and are offered next. With `writer`, a save of that
    page that is still on its way comes too late.
    """
    row = Draft.objects.select_for_update().filter(user=user, key=key).first()
    if row is None:
        return
    body = _Body.load(row.body)
    left: list[Aside] = []
    if base_revision is not None:
        mine = row.revision == base_revision or (bool(writer) and body.writer == writer)
        left = [
            one
            for one in body.aside
            if one.revision > base_revision and (not writer or one.writer != writer)
        ]
        if _has_words(body.fields) and not mine:
            left.append(Aside(body.fields, row.revision, row.saved_at, body.writer))
    newest = left.pop() if left else None
    row.revision += 1
    row.body = _Body(fields=newest.fields if newest else {}, aside=left, done=writer).dump()
    row.save()


def tidy(*, now: dt.datetime | None = None) -> int:
    """Remove the marks of drafts that were saved for good; a draft with words stays."""
    before = (now or timezone.now()) - FORGET_MARKS_AFTER
    old = Draft.objects.filter(saved_at__lt=before).order_by("pk")
    marks = [row.pk for row in old.iterator() if _kept(row, _Body.load(row.body)) is None]
    return Draft.objects.filter(pk__in=marks, saved_at__lt=before).delete()[0]


# The signed key that a page holds ----------------------------------------------------------------


@dataclass(frozen=True)
class Ticket:
    """Whose draft a page writes, as the server signed it when it made the page."""

    user_id: UUID
    key: str


def sign(user: User, key: str) -> str:
    """A ticket for the page: with it, words can be kept after the session has ended."""
    return signing.dumps([str(user.pk), key], salt=_SALT)


def unsign(token: str, *, max_age: dt.timedelta | None = SIGNED_FOR) -> Ticket | None:
    """The ticket, if we signed it and it is not too old."""
    try:
        user_id, key = signing.loads(token, salt=_SALT, max_age=max_age)
    except signing.BadSignature:
        return None
    return Ticket(UUID(user_id), key)


def save_posted(data: QueryDict, *, max_age: dt.timedelta | None = SIGNED_FOR) -> Kept | None:
    """Keep the words of a posted page under its ticket, whoever is signed in now, if anybody.

    None where there is no good ticket, its user has left, or nothing was written.
    """
    ticket = unsign(data.get(TOKEN, ""), max_age=max_age)
    owner = User.objects.filter(pk=ticket.user_id, is_active=True).first() if ticket else None
    if ticket is None or owner is None:
        return None
    return save(
        user=owner,
        key=ticket.key,
        fields=words_of(data),
        base_revision=_number(data.get(REVISION)) or 0,
        writer=data.get(WRITER, "")[:40],
        sequence=_number(data.get(SEQUENCE)),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, where it came over the network in one piece."""
    try:
        return request.POST
    except (OSError, SuspiciousOperation, MultiPartParserError, RawPostDataException):
        return None


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Keeps the words of a page that was posted in vain: signed out, refused, or an error of ours.

    The page's ticket says whose they are. After sign-in, the same page offers them again.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "POST" or request.__dict__.get("_draft_is_kept"):
            return response
        signed_out = not request.user.is_authenticated
        posted = _posted(request) if signed_out or response.status_code >= 400 else None
        if posted is not None and TOKEN in posted:
            try:
                kept = save_posted(posted)
            except TooLong:
                kept = None
            if kept is not None and signed_out:
                messages.info(
                    request,
                    _("You were signed out. What you wrote is kept: sign in to carry on with it."),
                )
        return response

    return handle


# A form with a draft -----------------------------------------------------------------------------


@dataclass(frozen=True)
class WrittenLine:
    """One question and what was written there."""

    label: str
    text: str


@dataclass(frozen=True)
class Written:
    """A draft, or words put aside, to show: when, and its texts."""

    when: str
    lines: tuple[WrittenLine, ...]


class DraftForm:
    """One form of one user about one thing, with the words that they had not saved.

    `key` names the form and what it is about ("note:<person's id>"). Further arguments are the
    form's own.
    """

    def __init__(
        self, request: HttpRequest, key: str, form_class: type[forms.Form], **options: Any
    ) -> None:
        self._request = request
        self._user: User = request.user  # type: ignore[assignment]
        self.key = key
        self.is_posted = request.method == "POST"
        self._kept: Kept | None = None
        self._make = lambda: form_class(**options)
        if self.is_posted:
            self.form = form_class(data=request.POST, files=request.FILES, **options)
            return
        self.form = self._make()
        self._kept = read(user=self._user, key=key)
        if self.is_carried_on and self._kept is not None:
            self._fill(self._kept.fields)

    def _fill(self, fields: Fields) -> None:
        """Put the kept words into the form, mistakes and all, without judging them yet."""
        data = QueryDict(mutable=True)
        for name, values in fields.items():
            data.setlist(name, values)
        typed = {
            name: field.widget.value_from_datadict(data, {}, self.form.add_prefix(name))
            for name, field in self.form.fields.items()
            if not isinstance(field, forms.FileField)
        }
        self.form.initial = {**self.form.initial, **typed}

    def is_valid(self) -> bool:
        """Whether the form was posted without a mistake. With one, its words are kept."""
        if not self.is_posted:
            return False
        ticket = unsign(self._request.POST.get(TOKEN, ""), max_age=None)
        if ticket is not None and ticket.user_id != self._user.pk:
            self._belongs_to_another()
            return False
        if self.form.is_valid():
            return True
        self.keep()
        return False

    def _belongs_to_another(self) -> None:
        """Two people at one computer: the words go to whoever wrote them, and nobody else."""
        save_posted(self._request.POST)
        self._request.__dict__["_draft_is_kept"] = True
        self.is_posted = False
        self.form = self._make()
        messages.error(
            self._request,
            _(
                "That page had been opened by somebody else at this computer, so it was not saved."
                " What was written there is kept for them."
            ),
        )

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Show why a service would not do it, and keep the words."""
        self.form.add_error(field, refusal.sentence)
        self.keep()

    def keep(self) -> None:
        """Keep what was posted as a draft."""
        posted = self._request.POST
        self._request.__dict__["_draft_is_kept"] = True
        try:
            self._kept = save(
                user=self._user,
                key=self.key,
                fields=words_of(posted),
                base_revision=_number(posted.get(REVISION)) or 0,
                writer=posted.get(WRITER, "")[:40],
            )
        except TooLong as refusal:
            self.form.add_error(None, refusal.sentence)

    def discard(self) -> None:
        """Forget the draft: the words have been saved for good."""
        posted = self._request.POST
        discard(
            user=self._user,
            key=self.key,
            base_revision=_number(posted.get(REVISION)) or 0,
            writer=posted.get(WRITER, "")[:40],
        )

    # What the page shows -------------------------------------------------------------------------

    @property
    def is_carried_on(self) -> bool:
        return CARRY_ON in self._request.GET

    @property
    def address(self) -> str:
        """Where the words are saved while somebody writes."""
        return reverse("drafts:save")

    @property
    def discard_address(self) -> str:
        return reverse("drafts:discard")

    @cached_property
    def token(self) -> str:
        return sign(self._user, self.key)

    @property
    def revision(self) -> int:
        """The draft that this page shows: a page that only offers it has not seen it."""
        shown = self._kept is not None and (self.is_posted or self.is_carried_on)
        return self._kept.revision if self._kept is not None and shown else 0

    @property
    def offered(self) -> Written | None:
        """The draft to offer, where the page does not show it already."""
        if self._kept is None or self.is_posted or self.is_carried_on:
            return None
        return self._written(self._kept.fields, self._kept.saved_at)

    @property
    def carried(self) -> Written | None:
        """The draft that fills the form."""
        if self._kept is None or self.is_posted or not self.is_carried_on:
            return None
        return self._written(self._kept.fields, self._kept.saved_at)

    @property
    def aside(self) -> list[Written]:
        """Words of other windows, shown to be copied from."""
        if self._kept is None:
            return []
        return [self._written(one.fields, one.at) for one in reversed(self._kept.aside)]

    def _written(self, fields: Fields, at: dt.datetime) -> Written:
        lines = []
        for name, question in self.form.fields.items():
            if not isinstance(question.widget, (forms.Textarea, forms.TextInput)):
                continue
            text = "\n".join(fields.get(self.form.add_prefix(name), [])).strip()
            if text:
                lines.append(WrittenLine(str(question.label or ""), text))
        return Written(saved_when(at), tuple(lines))

    @property
    def carry_on_href(self) -> str:
        query = self._request.GET.copy()
        query[CARRY_ON] = "1"
        return f"{self._request.path}?{query.urlencode()}"

    @property
    def start_href(self) -> str:
        """The same page without a draft in it."""
        query = self._request.GET.copy()
        query.pop(CARRY_ON, None)
        return f"{self._request.path}?{query.urlencode()}" if query else self._request.path


def saved_when(at: dt.datetime, *, today: dt.date | None = None) -> str:
    """At 10:32am; at 10:32am on 2 Nov 2026, if that was another day."""
    day = timezone.localtime(at).date()
    if day == (today or timezone.localdate()):
        return _("at %(time)s") % {"time": clock(at)}
    return _("at %(time)s on %(date)s") % {"time": clock(at), "date": short_date(at)}
