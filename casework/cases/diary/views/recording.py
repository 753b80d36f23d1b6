"""Recording a contact, from a booking or from scratch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from casework.accounts import drafts
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.diary import rows
from casework.cases.diary.company import Company
from casework.cases.diary.forms import RecordForm, usual_answers
from casework.cases.diary.presenters import FormPage, moment, person_link
from casework.cases.diary.views.common import beside, contact_of, forget, person_of, saved
from casework.cases.models import Contact, Person
from casework.cases.services import entries
from casework.cases.services.contacts import ChangedMeanwhile
from casework.common.errors import Refusal
from casework.common.http import http_methods, safe_next


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A contact that was not booked."""
    return _record(request, person_of(request, person_id), None)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def outcome(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """How a booked contact went."""
    booking = contact_of(request, contact_id)
    if request.method == "GET" and booking.attendance != Contact.Attendance.BOOKED:
        return redirect("diary:contact", contact_id=booking.pk)
    return _record(request, booking.person, booking)


def _record(request: HttpRequest, person: Person, booking: Contact | None) -> HttpResponse:
    now = timezone.now()
    today = timezone.localtime(now).date()
    # read where somebody else than the user is named
    present: Any = SimpleLazyObject(lambda: rows.workers_of(booking)) if booking else []
    company = Company(request.user, person, today=today, present=present)
    initial: dict[str, Any] = {}
    if request.method == "GET":
        initial = _initial(company, person, booking, now)
    key = f"outcome:{booking.pk}" if booking else f"contact:{person.pk}"
    draft = DraftForm(
        request,
        key,
        RecordForm,
        company=company,
        today=today,
        booking=booking,
        initial=initial,
    )
    now_saved = None
    if draft.is_valid():
        form = draft.form
        try:
            contact = entries.record(
                person=person,
                workers=form.cleaned_data["workers"],
                date=form.cleaned_data["date"],
                time=form.cleaned_data["time"],
                team=form.team,
                by=request.user,
                entry=form.entry,
                booking=booking,
                version=form.cleaned_data.get("version"),
            )
        except ChangedMeanwhile as refusal:
            draft.refuse(refusal)
            now_saved = saved(booking)
            _offer_at_the_correction(request, booking)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            forget(request, draft)
            messages.success(request, _("The contact is recorded."))
            return redirect(safe_next(request, reverse("diary:contact", args=[contact.pk])))
    page = FormPage(
        heading=_("Record a contact with %(name)s") % {"name": person.display_name},
        caption=_("Booked for %(when)s") % {"when": moment(booking)} if booking else "",
        submit=_("Save the contact"),
        back=person_link(person),
        beside=beside(person),
    )
    return render(
        request,
        "diary/record.jinja",
        {"form": draft.form, "draft": draft, "page": page, "saved": now_saved},
    )


def _offer_at_the_correction(request: HttpRequest, booking: Contact) -> None:
    """Somebody else was quicker: what was written is offered where their entry can be added to."""
    fields = drafts.words_of(request.POST)
    fields.pop("version", None)
    drafts.save(user=request.user, key=f"correct:{booking.pk}", fields=fields)


def _initial(company: Company, person: Person, booking: Contact | None, now: Any) -> dict[str, Any]:
    if booking is None:
        return usual_answers(company, now=now, last_medium=rows.last_medium(person))
    return usual_answers(company, now=now, booking=booking)
