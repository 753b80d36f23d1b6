"""What is new for me, and how I want to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casework.accounts.drafts import DraftForm
from casework.cases.services.reminders import safe_channels
from casework.common import keyset
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.presenters import date_words
from casework.portal.access import own_page
from casework.portal.models import PortalAccount
from casework.portal.pages import ask, show
from casework.portal.presenters import pages_of
from casework.portal.talk import news
from casework.portal.talk_forms import WAYS, NoticesForm


@own_page
@http_methods(read=["GET"])
def new(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What is new for me, with what I have read."""
    today = timezone.localdate()
    page = keyset.page(
        news.told_of(me, today),
        order=("-created_at", "-pk"),
        size=20,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    pieces = news.pieces(me, page.rows)
    return show(
        request,
        "portal/new.jinja",
        pieces=[(one.words, capfirst(date_words(one.day, today)), one.is_new) for one in pieces],
        any_new=news.unread(me, today).exists(),
        at_once=me.read_at_once,
        links=pages_of(request.path, page),
    )


@own_page
@http_methods(write=["POST"])
def read(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """I have read all of it."""
    news.mark_all_read(account=me, on=timezone.localdate())
    messages.success(request, _("Marked as read."))
    return redirect("portal:new")


@own_page
@http_methods(read=["GET"], write=["POST"])
def choose(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Choose how, about what, how often and at what times I am told that something is new."""
    safe = {channel for channel, _address, _name in safe_channels(me.person)}
    page = FormPage(_("How I am told"), _("Save"), Link(_("My account"), reverse("portal:account")))

    def act(form: Any) -> tuple[str, str]:
        news.choose(account=me, **form.chosen)
        return _("Saved."), reverse("portal:account")

    draft = DraftForm(
        request,
        "portal:notices",
        NoticesForm,
        initial=NoticesForm.initial_of(news.choice_of(me)),
        safe=safe,
    )
    return ask(
        request,
        draft,
        page,
        act,
        template="portal/notices.jinja",
        sample=news.words().splitlines(),
        unsafe=[str(text) for code, text in WAYS.items() if code not in safe],
    )
