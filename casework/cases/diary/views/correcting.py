"""Putting right what was written down about a contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.diary import rows
from casework.cases.diary.company import Company
from casework.cases.diary.forms import CorrectForm, MistakeForm
from casework.cases.diary.presenters import FormPage, moment, person_link
from casework.cases.diary.views.common import beside, contact_of, forget, saved
from casework.cases.models import Contact, Note
from casework.cases.services import contacts, notes
from casework.cases.services.contacts import ChangedMeanwhile
from casework.common.errors import Refusal
from casework.common.http import http_methods


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def correct(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Facts of a contact and one's own note are put right, with a reason."""
    contact = contact_of(request, contact_id)
    if contact.attendance == Contact.Attendance.BOOKED:
        return redirect("diary:contact", contact_id=contact.pk)
    note = contact.notes.filter(author=request.user).order_by("created_at", "pk").first()
    company = Company(
        request.user,
        contact.person,
        today=timezone.localdate(),
        present=rows.workers_of(contact),
    )
    initial = _initial(company, contact, note) if request.method == "GET" else {}
    draft = DraftForm(
        request, f"correct:{contact.pk}", CorrectForm, company=company, note=note, initial=initial
    )
    now_saved = None
    if draft.is_valid():
        try:
            _save(request, draft.form, contact, note)
        except ChangedMeanwhile as refusal:
            draft.refuse(refusal)
            now_saved = saved(contact)
            _start_from_now(draft.form, contact, note)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            forget(request, draft)
            messages.success(request, _("The entry is corrected."))
            return redirect("diary:contact", contact_id=contact.pk)
    page = FormPage(
        heading=_("Correct the entry about %(name)s") % {"name": contact.person.display_name},
        caption=moment(contact),
        submit=_("Save the correction"),
        back=person_link(contact.person),
        beside=beside(contact.person),
        intro=(_("What was there before stays in the history, with your reason."),),
    )
    return render(
        request,
        "diary/correct.jinja",
        {"form": draft.form, "draft": draft, "page": page, "saved": now_saved},
    )


@transaction.atomic
def _save(request: HttpRequest, form: CorrectForm, contact: Contact, note: Note | None) -> None:
    data = form.cleaned_data
    contacts.correct_contact(
        contact=contact,
        by=request.user,
        reason=data["reason"],
        version=data["version"],
        workers=data["workers"],
        **form.changes,
    )
    words = form.words
    if note is None:
        if words:
            notes.write_note(person=contact.person, by=request.user, words=words, contact=contact)
    elif words != _words_of(note):
        notes.correct_note(
            note=note,
            by=request.user,
            words=words,
            reason=data["reason"],
            version=data["note_version"],
        )


def _words_of(note: Note) -> notes.Words:
    return notes.Words(note.words, note.third_party_words, note.shared, note.not_shared_reason)


def _start_from_now(form: Any, contact: Contact, note: Note | None) -> None:
    """Whoever saves again has seen both texts: their page starts from what is saved now."""
    form.data = form.data.copy()
    form.data["version"] = contact.person.contacts.values_list("version", flat=True).get(
        pk=contact.pk
    )
    if note is not None:
        form.data["note_version"] = contact.notes.values_list("version", flat=True).get(pk=note.pk)


def _initial(company: Company, contact: Contact, note: Note | None) -> dict[str, Any]:
    return {
        "attendance": contact.attendance,
        "workers": [str(worker.pk) for worker in company.present],
        "date": contact.date,
        "time": contact.time,
        "minutes": contact.minutes,
        "who_else": contact.who_else,
        "medium": contact.medium,
        "purpose": contact.purpose,
        "version": contact.version,
        "note": note.words if note else "",
        "third_party": note.third_party_words if note else "",
        "shared": "yes" if note is None or note.shared else "no",
        "not_shared_reason": note.not_shared_reason if note else "",
        "note_version": note.version if note else 0,
    }


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def mistake(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """An entry that should not be there no longer counts."""
    contact = contact_of(request, contact_id)
    form = MistakeForm(
        request.POST if request.method == "POST" else None, initial={"version": contact.version}
    )
    now_saved = None
    if request.method == "POST" and form.is_valid():
        try:
            contacts.mark_mistaken(
                contact=contact,
                by=request.user,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, refusal.sentence)
            now_saved = saved(contact)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The entry no longer counts. Nothing of it is gone."))
            return redirect("people:detail", person_id=contact.person_id)
    page = FormPage(
        heading=_("This was entered in error"),
        caption=f"{contact.person.display_name}, {moment(contact)}",
        submit=_("Mark as entered in error"),
        back=person_link(contact.person),
        intro=(
            _("The contact will count for nothing, and its notes are no longer shared."),
            _("It stays in the record as an entry made in error, with your reason."),
        ),
        is_warning=True,
    )
    return render(request, "diary/short.jinja", {"form": form, "page": page, "saved": now_saved})
