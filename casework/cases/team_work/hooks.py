"""What follows here when a contact is booked or recorded."""

from __future__ import annotations

from django.db.models import QuerySet

from casework.accounts.models import User
from casework.cases.contact_hooks import Concerned, contact_hooks
from casework.cases.models import Absence, Contact
from casework.cases.services import check_ins
from casework.cases.services.cover import absences_of, cover_new_person


def absences_ahead(contact: Contact) -> QuerySet[Absence] | None:
    """When the worker of a booking is away, now or later."""
    if contact.attendance != Contact.Attendance.BOOKED or contact.worker_id is None:
        return None
    return absences_of(contact.worker_id)


def cover_what_is_booked(*, contact: Contact, by: User | None) -> None:
    """A worker who will be away is booked: whoever covers may open the record too."""
    if contact.worker_id is not None:
        cover_new_person(worker_id=contact.worker_id, person_id=contact.person_id, by=by)


contact_hooks.register(
    "cases.check_ins", Concerned(check_ins.after_contact, check_ins.counted_from)
)
contact_hooks.register("cases.cover", Concerned(cover_what_is_booked, absences_ahead))
