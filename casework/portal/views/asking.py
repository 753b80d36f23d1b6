"""Asking for something to be different, and what becomes of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.drafts import DraftForm
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.presenters import short_date
from casework.portal import services
from casework.portal.access import own_page_with_help
from casework.portal.carer_forms import MoreForm
from casework.portal.forms import ChangeForm
from casework.portal.models import ChangeRequest, PortalAccount
from casework.portal.pages import ask, show
from casework.portal.presenters import RequestLine
from casework.portal.talk.promises import ASKING, days_to_answer, held_by


@own_page_with_help
@http_methods(read=["GET"])
def changes(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What I asked for, and the answers."""
    rows = me.person.change_requests.select_related("answered_by", "written_with")[:50]
    return show(request, "portal/changes.jinja", requests=[RequestLine(one) for one in rows])


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def ask_for(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Ask for another worker, time, place or way; say that this does not help."""
    back = Link(_("What I asked for"), reverse("portal:changes"))
    page = FormPage(
        _("Ask for a change"),
        _("Send"),
        back,
        (
            _("You need not give a reason, and nobody may hold it against you."),
            _within(days_to_answer(held_by(me.person).team, ASKING)),
        ),
    )
    about = request.GET.get("about", "")
    initial = {"about": about} if about in ChangeRequest.About.values else {}

    def act(form: Any) -> tuple[str, str]:
        row = services.ask(
            person=me.person,
            about=form.cleaned_data["about"],
            words=form.cleaned_data["words"],
            with_worker=me.helper,
        )
        return _sent(row), back.href

    draft = DraftForm(request, "portal:ask", ChangeForm, initial=initial)
    return ask(request, draft, page, act, template="portal/ask.jinja")


def _within(days: int) -> str:
    return ngettext(
        "Your team reads this. They owe you an answer within %(n)d working day.",
        "Your team reads this. They owe you an answer within %(n)d working days.",
        days,
    ) % {"n": days}


def _sent(row: ChangeRequest) -> str:
    return _("Sent. Your team owes you an answer by %(day)s.") % {"day": short_date(row.answer_by)}


@own_page_with_help
@http_methods(write=["POST"])
def turned_away(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """I was turned away: one tap, and somebody has to answer."""
    try:
        row = services.ask(
            person=me.person, about=ChangeRequest.About.TURNED_AWAY, with_worker=me.helper
        )
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
        return redirect("portal:changes")
    messages.success(request, _sent(row))
    return redirect("portal:say_more", row.pk)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def say_more(request: HttpRequest, me: PortalAccount, request_id: UUID) -> HttpResponse:
    """Where I was turned away, if I want to say it. The one tap was enough."""
    row = get_object_or_404(
        me.person.change_requests.filter(about=ChangeRequest.About.TURNED_AWAY), pk=request_id
    )
    back = Link(_("What I asked for"), reverse("portal:changes"))
    page = FormPage(
        _("You were turned away"),
        _("Save"),
        back,
        (
            _("It is sent. That should not have happened, and you have done nothing wrong."),
            _("If you want, say where it was. Then your team can ask them."),
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        services.say_more(request=row, **form.cleaned_data)
        return _("Thank you. Your team reads this."), back.href

    return ask(request, DraftForm(request, f"portal:more:{row.pk}", MoreForm), page, act)


@own_page_with_help
@http_methods(write=["POST"])
def take_back(request: HttpRequest, me: PortalAccount, request_id: UUID) -> HttpResponse:
    """I do not want this any more."""
    row = get_object_or_404(me.person.change_requests.all(), pk=request_id)
    try:
        services.take_back(request=row)
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("You took it back."))
    return redirect("portal:changes")
