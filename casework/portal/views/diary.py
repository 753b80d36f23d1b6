"""How I was when you did not see me: a diary that is private or shared, as I choose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.drafts import DraftForm
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal.access import own_page
from casework.portal.models import DiaryEntry, PortalAccount
from casework.portal.pages import ask, show
from casework.portal.presenters import pages_of
from casework.portal.talk import diary
from casework.portal.talk.presenters import EntryLine
from casework.portal.talk_forms import DiaryForm


def _back() -> Link:
    return Link(_("My diary"), reverse("portal:diary"))


@own_page
@http_methods(read=["GET"])
def mine(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My diary, the latest day first."""
    page = keyset.page(
        me.person.diary_entries.all(),
        order=("-on", "-pk"),
        size=10,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return show(
        request,
        "portal/diary.jinja",
        entries=[EntryLine(row) for row in page.rows],
        links=pages_of(request.path, page),
    )


@own_page
@http_methods(read=["GET"], write=["POST"])
def write(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Write how I was on a day."""
    initial = {"on": timezone.localdate(), "shared": "private"}
    return _write(request, me, None, "portal:diary", initial, _("Write in my diary"))


@own_page
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, me: PortalAccount, entry_id: UUID) -> HttpResponse:
    """Change an entry that nobody else reads."""
    row = get_object_or_404(me.person.diary_entries.filter(shared=False), pk=entry_id)
    initial = {"on": row.on, "feeling": row.feeling, "words": row.words, "shared": "private"}
    return _write(request, me, row, f"portal:diary:{row.pk}", initial, _("Change what I wrote"))


def _write(
    request: HttpRequest,
    me: PortalAccount,
    row: DiaryEntry | None,
    key: str,
    initial: dict[str, Any],
    heading: str,
) -> HttpResponse:
    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        shared = data["shared"] == "shared"
        diary.write(
            person=me.person,
            on=data["on"],
            words=data["words"],
            feeling=data["feeling"],
            shared=shared,
            entry=row,
        )
        done = _("Saved. Your team can read it.") if shared else _("Saved. Only you can read it.")
        return done, _back().href

    draft = DraftForm(request, key, DiaryForm, initial=initial)
    page = FormPage(heading, _("Save"), _back())
    return ask(request, draft, page, act, template="portal/diary_write.jinja")


@own_page
@http_methods(write=["POST"])
def share(request: HttpRequest, me: PortalAccount, entry_id: UUID) -> HttpResponse:
    """Let my team read an entry."""
    diary.share(entry=get_object_or_404(me.person.diary_entries.all(), pk=entry_id))
    messages.success(request, _("Your team can read it now."))
    return redirect("portal:diary")


@own_page
@http_methods(write=["POST"])
def private(request: HttpRequest, me: PortalAccount, entry_id: UUID) -> HttpResponse:
    """Stop sharing an entry."""
    diary.keep_private(entry=get_object_or_404(me.person.diary_entries.all(), pk=entry_id))
    messages.success(request, _("Your team cannot open it any more. What was read stays read."))
    return redirect("portal:diary")


@own_page
@http_methods(read=["GET"], write=["POST"])
def remove(request: HttpRequest, me: PortalAccount, entry_id: UUID) -> HttpResponse:
    """Take an entry away, after being asked once."""
    row = get_object_or_404(me.person.diary_entries.filter(shared=False), pk=entry_id)
    if request.method == "POST":
        try:
            diary.take_away(entry=row)
        except Refusal as refusal:
            messages.info(request, refusal.sentence)
        else:
            messages.success(request, _("It is gone."))
        return redirect("portal:diary")
    return show(request, "portal/diary_remove.jinja", entry=EntryLine(row), back=_back())
