"""Writing to one's team, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages as banners
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.drafts import DraftForm
from casework.common import keyset
from casework.common.dates import add_working_days
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.presenters import short_date
from casework.portal.access import own_page
from casework.portal.models import PortalAccount, TeamMessage
from casework.portal.pages import ask, show
from casework.portal.presenters import pages_of
from casework.portal.talk import messages, news
from casework.portal.talk.presenters import MessageLine
from casework.portal.talk.promises import MESSAGES, days_to_answer, held_by, readers
from casework.portal.talk_forms import MessageForm


def _mine(me: PortalAccount) -> QuerySet[TeamMessage]:
    return me.person.team_messages.for_person(at_once=me.read_at_once)


@own_page
@http_methods(read=["GET"])
def mine(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My messages to my team, with who has read them and what was answered."""
    today, held = timezone.localdate(), held_by(me.person)
    page = keyset.page(
        messages.with_reads(_mine(me)),
        order=("-sent_at", "-pk"),
        size=10,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return show(
        request,
        "portal/messages.jinja",
        messages_sent=[MessageLine(row, held, today) for row in page.rows],
        links=pages_of(request.path, page),
        readers=readers(held, today),
        days=days_to_answer(held.team, MESSAGES),
        phone=held.team.phone if held.team else "",
    )


@own_page
@http_methods(read=["GET"], write=["POST"])
def write(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Write to my team; who reads it, and by when they answer, stands beside it."""
    return _write(request, me, None)


@own_page
@http_methods(read=["GET"], write=["POST"])
def reply(request: HttpRequest, me: PortalAccount, message_id: UUID) -> HttpResponse:
    """Answer what a worker wrote to me."""
    begun = _mine(me).filter(begun_by__isnull=False).select_related("begun_by__worker")
    return _write(request, me, get_object_or_404(begun, pk=message_id))


def _write(request: HttpRequest, me: PortalAccount, to: TeamMessage | None) -> HttpResponse:
    today, held = timezone.localdate(), held_by(me.person)
    back = Link(_("Messages"), reverse("portal:messages"))
    heading = _("Answer %(name)s") % {"name": to.begun_by} if to else _("Write to my team")
    page = FormPage(heading, _("Send my answer") if to else _("Send my message"), back)
    day = add_working_days(today, days_to_answer(held.team, MESSAGES))

    def act(form: Any) -> tuple[str, str]:
        row = messages.write(
            person=me.person,
            words=form.cleaned_data["words"],
            wants_answer=not form.cleaned_data["no_answer"],
            in_reply_to=to,
        )
        if to is not None:
            news.mark_read_about(account=me, about=to.pk, on=today)
        return _sent(row), back.href

    return ask(
        request,
        DraftForm(request, f"portal:message:{to.pk}" if to else "portal:message", MessageForm),
        page,
        act,
        template="portal/message_write.jinja",
        to=MessageLine(to, held, today) if to else None,
        readers=readers(held, today),
        answer_by=short_date(day),
        phone=held.team.phone if held.team else "",
    )


def _sent(row: TeamMessage) -> str:
    if row.answer_by is None:
        return _("Sent. You see here when somebody has read it.")
    return _("Sent. Expect an answer by %(day)s.") % {"day": short_date(row.answer_by)}


@own_page
@http_methods(write=["POST"])
def read(request: HttpRequest, me: PortalAccount, message_id: UUID) -> HttpResponse:
    """I have read the answer, or what a worker wrote to me."""
    row = get_object_or_404(_mine(me).filter(let_in__isnull=True), pk=message_id)
    if row.begun_by_id is not None:
        messages.mark_read_by_person(message=row)
    else:
        messages.answer_was_read(message=row)
    news.mark_read_about(account=me, about=row.pk, on=timezone.localdate())
    banners.success(request, _("Marked as read."))
    return redirect("portal:messages")
