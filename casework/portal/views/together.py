"""Staff: one screen for a worker and a person, and pages that are not safe for somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import keeping_safe, together
from casework.portal.carer_forms import SafeAgainForm
from casework.portal.models import PortalAccount
from casework.portal.views.staff import visible_person


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def begin(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Open the person's own pages with them, on the worker's screen."""
    person = visible_person(request, person_id)
    if request.method == "POST" and person.death_date is None:
        together.begin(request, person)
        return redirect("portal:home")
    back = Link(person.display_name, reverse("own_accounts:detail", args=[person.pk]))
    return render(request, "portal/together.jinja", {"subject": person, "back": back})


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def end(request: HttpRequest) -> HttpResponse:
    """The person has left the screen."""
    person_id = together.end(request)
    if person_id is None:
        return redirect("home")
    messages.success(request, _("Their pages are closed on this screen."))
    return redirect("own_accounts:detail", person_id)


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def not_safe(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """A worker heard that the pages are not safe for somebody now."""
    account = get_object_or_404(
        PortalAccount.objects.visible_to(request.user).filter(ended_on__isnull=True), pk=account_id
    )
    visible_person(request, account.person_id)
    user: Any = request.user
    keeping_safe.not_safe(account=account, by=user)
    messages.success(request, _("Their pages show nothing now, and look ordinary."))
    return redirect("own_accounts:detail", account.person_id)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def safe_again(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """A worker has met them, and it is safe again."""
    unsafe = PortalAccount.objects.visible_to(request.user).filter(unsafe_at__isnull=False)
    account = get_object_or_404(unsafe, pk=account_id)
    person = visible_person(request, account.person_id)
    user: Any = request.user
    back = reverse("own_accounts:detail", args=[person.pk])
    form = SafeAgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping_safe.safe_again(account=account, by=user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Their pages show everything again."))
            return redirect(back)
    page = FormPage(
        _("Are the pages of %(name)s safe again?") % {"name": person.display_name},
        _("They are safe again"),
        Link(person.display_name, back),
        (
            _("Only after you have met them face to face, without anybody else there."),
            _("Ask who can see their phone, and whether somebody made them ask for this."),
        ),
    )
    return render(request, "portal/invite.jinja", {"form": form, "page": page})
