"""Staff read what people wrote to them and share with them; leads read the numbers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.alerts import policy as alerts
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Person
from casework.cases.presenters import PersonHeading
from casework.common import fence, keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import carers
from casework.portal.models import TeamMessage
from casework.portal.presenters import pages_of
from casework.portal.talk import diary, messages, news, questions
from casework.portal.talk.presenters import EntryLine, HeardLine, StaffMessage, heard_teams
from casework.portal.talk.promises import held_by
from casework.portal.talk_forms import ReplyForm, WriteToForm


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages that wait: those that are mine to read first, or all that I may open."""
    user: Any = request.user
    today = timezone.localdate()
    everybody = request.GET.get("of") == "team"
    rows = messages.open_for_staff(user)
    if not everybody:
        rows = rows.filter(messages.first_for(user, today))
    page = keyset.page(
        messages.with_reads(rows).select_related("person", "team", "answered_by__worker"),
        order=("sent_at", "pk"),
        size=25,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    if page.rows:
        people = list(dict.fromkeys(row.person_id for row in page.rows))
        access_log.note(request, Action.LIST, people=people)
    path = request.path
    return render(
        request,
        "portal/inbox.jinja",
        {
            "lines": [StaffMessage(row, user, today) for row in page.rows],
            "tabs": [
                Link(_("Mine to read first"), path, not everybody),
                Link(_("All that I may open"), f"{path}?of=team", everybody),
            ],
            "everybody": everybody,
            "links": pages_of(path, page, of="team" if everybody else ""),
        },
    )


def _message(request: HttpRequest, message_id: UUID) -> TeamMessage:
    visible = messages.with_reads(TeamMessage.objects.visible_to(request.user))
    row = get_object_or_404(visible.select_related("person", "answered_by__worker"), pk=message_id)
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=row.person, record=row)
    return row


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message: read it, and answer it."""
    user: Any = request.user
    row = _message(request, message_id)
    line = StaffMessage(row, user, timezone.localdate())
    back = Link(row.person.display_name, reverse("own_accounts:messages", args=[row.person_id]))
    page = FormPage(
        _("Message from %(name)s") % {"name": row.person.display_name}, _("Send the answer"), back
    )
    draft = DraftForm(request, f"portal:reply:{row.pk}", ReplyForm)
    if draft.is_valid():
        try:
            messages.answer(message=row, by=user, words=draft.form.cleaned_data["words"])
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            banners.success(request, _("Answered. They can read it now."))
            return redirect(back.href)
    return render(
        request,
        "portal/message.jinja",
        {
            "form": draft.form,
            "draft": draft,
            "page": page,
            "message": line,
            "sees": _sees(row),
        },
    )


def _sees(row: TeamMessage) -> list[str]:
    """What is open today to the carer who wrote a message."""
    access = row.let_in
    today = timezone.localdate()
    if access is None or access.removed_at is not None or not access.start <= today <= access.end:
        return []
    if carers.is_shut(row.person):
        return []
    return carers.scope_words(access, dict(carers.choices(row.person)))


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def read_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Open a message: the person sees that I have read it."""
    user: Any = request.user
    row = _message(request, message_id)
    messages.mark_read(message=row, by=user)
    return redirect("own_accounts:message", row.pk)


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def talked(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """I have talked with them about the hard news in a message: they can read it now."""
    user: Any = request.user
    row = _message(request, message_id)
    try:
        messages.talked(message=row, by=user)
    except Refusal as refusal:
        banners.error(request, refusal.sentence)
    else:
        banners.success(request, _("Written down. They can read it now."))
    return redirect("own_accounts:messages", row.person_id)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def write_to(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write to a person, on their own pages."""
    user: Any = request.user
    visible = Person.objects.visible_to(user).select_related("portal_account")
    person = get_object_or_404(visible, pk=person_id)
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person)
    name, back = person.display_name, reverse("own_accounts:messages", args=[person.pk])
    account = getattr(person, "portal_account", None)
    refused = messages.why_not(person, account)
    if refused:
        banners.info(request, refused)
        return redirect(back)
    page = FormPage(_("Write to %(name)s") % {"name": name}, _("Send it"), Link(name, back))
    draft = DraftForm(request, f"portal:write-to:{person.pk}", WriteToForm)
    if draft.is_valid():
        try:
            messages.begin(person=person, by=user, **draft.form.cleaned_data)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            banners.success(request, _("It stands on their pages."))
            return redirect(back)
    return render(
        request,
        "portal/write_to.jinja",
        {
            "form": draft.form,
            "draft": draft,
            "page": page,
            "name": name,
            "team": held_by(person).team,
            "told": account is not None and news.is_told(account),
        },
    )


def _about(request: HttpRequest, person_id: UUID, *beside: str) -> tuple[Person, dict[str, Any]]:
    visible = Person.objects.visible_to(request.user).select_related("provider", *beside)
    person = get_object_or_404(visible, pk=person_id)
    access_log.note(request, Action.VIEW, person=person)
    heading = PersonHeading(person, today=timezone.localdate(), page="")
    return person, {"person": {"heading": heading}, "subject": person}


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def person_messages(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What a person and the team wrote to each other."""
    user: Any = request.user
    person, context = _about(request, person_id, "portal_account")
    page = keyset.page(
        messages.with_reads(TeamMessage.objects.visible_to(user).filter(person=person)),
        order=("-sent_at", "-pk"),
        size=20,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    for row in page.rows:
        row.person = person
    today = timezone.localdate()
    context |= {
        "lines": [StaffMessage(row, user, today) for row in page.rows],
        "links": pages_of(request.path, page),
        "why_not": messages.why_not(person, getattr(person, "portal_account", None)),
    }
    return render(request, "portal/person_messages.jinja", context)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def shared(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """How a person was when nobody saw them, and how meetings were, as far as they share it."""
    user: Any = request.user
    person, context = _about(request, person_id)
    page = keyset.page(
        diary.readable_by(user, person),
        order=("-on", "-pk"),
        size=20,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    context |= {
        "entries": [EntryLine(row) for row in page.rows],
        "answers": [HeardLine(row) for row in questions.readable_by(user, person)[:12]],
        "links": pages_of(request.path, page),
    }
    return render(request, "portal/shared.jinja", context)


@requires(Permission.SEE_TEAM_ALERTS, Permission.SEE_NETWORK)
@http_methods(read=["GET"])
@fence.beyond("figures by team, without anybody's name")
def numbers(request: HttpRequest) -> HttpResponse:
    """Whether people felt heard, in numbers by team: never by worker, and no ranking."""
    found = questions.numbers(alerts.counted_teams(request.user), timezone.localdate())
    return render(request, "portal/heard.jinja", {"teams": heard_teams(found)})
