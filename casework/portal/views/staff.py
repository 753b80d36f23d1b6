"""Staff let a person into their own pages, and answer what the person asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.accounts.strong import confirmed
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Person
from casework.cases.presenters import PersonHeading
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import carers, services, together
from casework.portal.forms import AnswerForm, CloseForm, InviteForm
from casework.portal.models import ChangeRequest, PortalAccount


def visible_person(request: HttpRequest, person_id: UUID) -> Person:
    """A person whose record the user may open; noted in the access log."""
    visible = Person.objects.visible_to(request.user).select_related("provider")
    person = get_object_or_404(visible, pk=person_id)
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person)
    return person


def _account(person: Person) -> PortalAccount | None:
    found = getattr(person, "portal_account", None)
    return found if found is not None and found.ended_on is None else None


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def detail(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Whether a person has an own account, whom they let in, and what they asked for."""
    person = visible_person(request, person_id)
    names = dict(carers.choices(person))
    return render(
        request,
        "portal/staff.jinja",
        {
            "person": {"heading": PersonHeading(person, today=timezone.localdate(), page="")},
            "subject": person,
            "account": _account(person),
            "waiting": person.portal_invitations.filter(
                used_at__isnull=True, expires_at__gt=timezone.now()
            ).first(),
            "requests": [
                (one, together.words(person.display_name, one.written_with))
                for one in person.change_requests.select_related("answered_by", "written_with")[:50]
            ],
            "carers": [
                (one, carers.scope_words(one, names))
                for one in person.carer_accesses.on(timezone.localdate())
            ],
            "may_invite": accounts.may(request.user, Permission.EDIT_PEOPLE),
            "may_write": accounts.may(request.user, Permission.RECORD_CONTACTS),
        },
    )


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def invite(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Make sure who it is, and get the code for them. It is shown this once."""
    person = visible_person(request, person_id)
    form = InviteForm(request.POST or None)
    user: Any = request.user
    if request.method == "POST" and form.is_valid():
        try:
            invitation, code = services.invite(person=person, by=user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("way", refusal.sentence)
        else:
            return render(
                request,
                "portal/code.jinja",
                {
                    "subject": person,
                    "invitation": invitation,
                    "code": code,
                    "start": request.build_absolute_uri(reverse("portal:start")),
                },
            )
    return render(
        request,
        "portal/invite.jinja",
        {"form": form, "page": _page(person, _account(person) is not None)},
    )


def _page(person: Person, again: bool) -> FormPage:
    name = {"name": person.display_name}
    heading = _("Let %(name)s back in") % name if again else _("Invite %(name)s") % name
    intro = [_("They will read their plan and referrals, and write in their own words.")]
    if again:
        intro = [_("They choose a new password and a new second step. The old ones end.")]
    return FormPage(
        heading,
        _("Get the code"),
        Link(person.display_name, reverse("own_accounts:detail", args=[person.pk])),
        tuple(intro),
    )


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def close(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Close somebody's own account, because they want it or because it is not safe now."""
    open_ones = PortalAccount.objects.visible_to(request.user).filter(ended_on__isnull=True)
    account = get_object_or_404(open_ones, pk=account_id)
    person = visible_person(request, account.person_id)
    user: Any = request.user
    form = CloseForm(request.POST or None)
    back = reverse("own_accounts:detail", args=[person.pk])
    if request.method == "POST" and form.is_valid():
        services.close_account(account=account, by=user, why=form.cleaned_data["why"])
        messages.success(request, _("The account is closed, and every session has ended."))
        return redirect(back)
    page = FormPage(
        _("Close the account of %(name)s?") % {"name": person.display_name},
        _("Close it now"),
        Link(person.display_name, back),
        (_("What they wrote stays. They can be invited again at any time."),),
        is_warning=True,
    )
    return render(request, "portal/invite.jinja", {"form": form, "page": page})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Answer what a person asked for."""
    user: Any = request.user
    row = get_object_or_404(
        ChangeRequest.objects.visible_to(user).select_related("person"), pk=request_id
    )
    access_log.note(
        request,
        Action.CHANGE if request.method == "POST" else Action.VIEW,
        person=row.person,
        record=row,
    )
    back = reverse("own_accounts:detail", args=[row.person_id])
    page = FormPage(
        row.get_about_display(), _("Send the answer"), Link(row.person.display_name, back)
    )
    draft = DraftForm(request, f"portal:answer:{row.pk}", AnswerForm)
    if draft.is_valid():
        try:
            services.answer(request=row, by=user, words=draft.form.cleaned_data["words"])
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, _("Answered. They can read it now."))
            return redirect(back)
    return render(
        request,
        "portal/answer.jinja",
        {"form": draft.form, "draft": draft, "page": page, "asked": row},
    )
