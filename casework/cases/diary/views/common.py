"""What the views of the diary have in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from casework.accounts.drafts import REVISION, WRITER, DraftForm
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.diary.presenters import Beside, Saved, saved_now
from casework.cases.models import Contact, Person
from casework.cases.opening import opened_to_write


def person_of(request: HttpRequest, person_id: UUID) -> Person:
    """The person, if the user may open their record today; noted in the access log."""
    return opened_to_write(request, person_id)


def contact_of(request: HttpRequest, contact_id: UUID) -> Contact:
    """The contact, if the user may open the person's record today; noted in the access log."""
    visible = Contact.objects.visible_to(request.user).select_related(
        "person__about_me", "worker", "team"
    )
    contact = get_object_or_404(visible, pk=contact_id)
    _note(request, contact.person, contact)
    return contact


def _note(request: HttpRequest, person: Person, record: Any = None) -> None:
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person, record=record)


def beside(person: Person) -> Beside:
    return Beside(person, person.adjustments.all())


def saved(contact: Contact) -> Saved:
    """What stands in the record now, for whoever was about to save something else."""
    fresh = contact.person.contacts.select_related("worker", "team").get(pk=contact.pk)
    return saved_now(fresh, list(fresh.notes.select_related("author").order_by("created_at", "pk")))


def forget(request: HttpRequest, draft: DraftForm) -> None:
    """The words are saved for good. A page that has kept none so far has none to forget."""
    if request.POST.get(WRITER) or request.POST.get(REVISION, "0") not in {"", "0"}:
        draft.discard()
