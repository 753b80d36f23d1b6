"""Booking a meeting, changing it and cancelling it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases.diary import rows
from casework.cases.diary.company import Company
from casework.cases.diary.forms import BookForm, CancelForm
from casework.cases.diary.presenters import FormPage, clash_words, moment, person_link
from casework.cases.diary.views.common import beside, contact_of, person_of, saved
from casework.cases.models import Contact, Person
from casework.cases.services import contacts, entries
from casework.cases.services.contacts import ChangedMeanwhile
from casework.common.errors import Refusal
from casework.common.http import http_methods, safe_next


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def book(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A meeting with a person is agreed."""
    return _book(request, person_of(request, person_id), None)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """A booking gets another day, time, place or worker."""
    booking = contact_of(request, contact_id)
    if request.method == "GET" and booking.attendance != Contact.Attendance.BOOKED:
        return redirect("diary:contact", contact_id=booking.pk)
    return _book(request, booking.person, booking)


def _book(request: HttpRequest, person: Person, booking: Contact | None) -> HttpResponse:
    today = timezone.localdate()
    present = rows.workers_of(booking) if booking else []
    company = Company(request.user, person, today=today, present=present)
    options: dict[str, Any] = {
        "company": company,
        "today": today,
        "person": person,
        "booking": booking,
    }
    warnings: list[str] = []
    now_saved = None
    if request.method == "POST":
        form = BookForm(request.POST, **options)
        if form.is_valid():
            data = form.cleaned_data
            if not data["anyway"]:
                warnings = [
                    clash_words(one, person)
                    for one in entries.clashes(
                        person=person,
                        workers=data["workers"],
                        date=data["date"],
                        time=data["time"],
                        other_than=booking,
                    )
                ]
            if not warnings:
                try:
                    contact = _save(request, form, person, booking)
                except ChangedMeanwhile as refusal:
                    form.add_error(None, refusal.sentence)
                    now_saved = saved(booking)
                except Refusal as refusal:
                    form.add_error(None, refusal.sentence)
                else:
                    messages.success(
                        request, _("The booking is changed.") if booking else _("It is booked.")
                    )
                    return redirect(safe_next(request, reverse("diary:contact", args=[contact.pk])))
    else:
        form = BookForm(initial=_initial(company, person, booking), **options)
    page = FormPage(
        heading=(
            _("Change the meeting with %(name)s") if booking else _("Book a meeting with %(name)s")
        )
        % {"name": person.display_name},
        caption=_("Booked for %(when)s") % {"when": moment(booking)} if booking else "",
        submit=_("Change the booking") if booking else _("Book the meeting"),
        back=person_link(person),
        beside=beside(person),
    )
    return render(
        request,
        "diary/book.jinja",
        {
            "form": form,
            "page": page,
            "warnings": warnings,
            "warning_title": _("This may not work"),
            "saved": now_saved,
        },
    )


def _save(request: HttpRequest, form: BookForm, person: Person, booking: Contact | None) -> Contact:
    data = form.cleaned_data
    if booking is None:
        return entries.book(
            person=person,
            workers=data["workers"],
            date=data["date"],
            time=data["time"],
            team=form.team,
            by=request.user,
            **form.details,
        )
    return entries.move(
        contact=booking,
        by=request.user,
        date=data["date"],
        time=data["time"],
        version=data["version"],
        workers=data["workers"],
        **form.details,
    )


def _initial(company: Company, person: Person, booking: Contact | None) -> dict[str, Any]:
    if booking is not None:
        return {
            "workers": [str(worker.pk) for worker in company.present],
            "date": booking.date,
            "time": booking.time,
            "medium": booking.medium,
            "place": booking.place,
            "who_else": booking.who_else,
            "purpose": booking.purpose,
            "interpreter": "yes" if booking.interpreter_booked else "no",
            "version": booking.version,
        }
    return {
        "workers": [str(company.me.pk)] if company.me else [],
        "medium": rows.last_medium(person) or Contact.Medium.FACE_TO_FACE.value,
        "purpose": Contact.Purpose.SUPPORT.value,
    }


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def cancel(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """A booked meeting will not take place."""
    booking = contact_of(request, contact_id)
    if request.method == "GET" and booking.attendance != Contact.Attendance.BOOKED:
        return redirect("diary:contact", contact_id=booking.pk)
    form = CancelForm(
        request.POST if request.method == "POST" else None, initial={"version": booking.version}
    )
    now_saved = None
    if request.method == "POST" and form.is_valid():
        try:
            contacts.cancel_booking(
                contact=booking,
                by=request.user,
                attendance=form.cleaned_data["attendance"],
                version=form.cleaned_data["version"],
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, refusal.sentence)
            now_saved = saved(booking)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The meeting is cancelled. Agree another one if you can."))
            return redirect("diary:contact", contact_id=booking.pk)
    page = FormPage(
        heading=_("Cancel the meeting with %(name)s") % {"name": booking.person.display_name},
        caption=_("Booked for %(when)s") % {"when": moment(booking)},
        submit=_("Cancel the meeting"),
        back=person_link(booking.person),
        intro=(_("Cancelling never counts against the person, whoever cancelled."),),
        is_warning=True,
    )
    return render(request, "diary/short.jinja", {"form": form, "page": page, "saved": now_saved})
