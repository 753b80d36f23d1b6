"""Three short questions after meetings, and who reads what I answered."""

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
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal.access import own_page
from casework.portal.models import PortalAccount
from casework.portal.pages import ask, show
from casework.portal.talk import questions
from casework.portal.talk.presenters import HeardLine
from casework.portal.talk_forms import AudienceForm, QuestionsForm


def _back() -> Link:
    return Link(_("How meetings were"), reverse("portal:questions"))


@own_page
@http_methods(read=["GET"])
def mine(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What I answered, and who reads it."""
    rows = me.person.heard_answers.filter(skipped=False)[:24]
    return show(
        request,
        "portal/questions.jinja",
        answers=[HeardLine(row) for row in rows],
        is_time=questions.is_time(me, timezone.localdate()),
    )


@own_page
@http_methods(read=["GET"], write=["POST"])
def answer(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Answer what I want of the three questions."""
    page = FormPage(
        _("Three short questions"),
        _("Save my answers"),
        _back(),
        (
            _("They are about your meetings in the last month. Leave out what you like."),
            _("They are there to make the service better. Nobody uses them to judge a worker."),
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        questions.answer(person=me.person, **form.cleaned_data)
        return _("Saved. Thank you."), _back().href

    draft = DraftForm(request, "portal:questions", QuestionsForm, initial={"audience": "only_me"})
    return ask(request, draft, page, act)


@own_page
@http_methods(write=["POST"])
def not_now(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Do not ask me this month."""
    try:
        questions.not_now(person=me.person)
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("We do not ask you again this month."))
    return redirect("portal:contacts")


@own_page
@http_methods(read=["GET"], write=["POST"])
def audience(request: HttpRequest, me: PortalAccount, answer_id: UUID) -> HttpResponse:
    """Choose anew who reads what I answered."""
    row = get_object_or_404(me.person.heard_answers.filter(skipped=False), pk=answer_id)
    page = FormPage(
        _("Who reads my answers"),
        _("Save"),
        _back(),
        (_("This counts from now on. What somebody has read already stays read."),),
    )

    def act(form: Any) -> tuple[str, str]:
        questions.change_audience(row=row, audience=form.cleaned_data["audience"])
        return _("Saved."), _back().href

    draft = DraftForm(
        request,
        f"portal:questions:{row.pk}",
        AudienceForm,
        initial={"audience": row.audience},
    )
    return ask(request, draft, page, act)
