"""Words for what happens: each app registers the kinds of case event that it writes.

The timeline reads `CaseEvent` only; this says how an event of a kind is told and under which
filter it is found. A kind that nobody has registered is still shown, by its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Allocation, Contact
from casework.common.registry import Registry


def _nothing(data: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True)
class EventKind:
    """One kind of event: its title, and more words from what was kept with it."""

    title: str | Promise
    words: Callable[[Mapping[str, Any]], str] = _nothing


@dataclass(frozen=True)
class EventNoun:
    """What a group of kinds is about (`contact` in `contact.attended`), as a filter names it.

    `in_filters` is false where a filter on every person's page would be out of place.
    """

    name: str | Promise
    kinds: Mapping[str, EventKind]
    in_filters: bool = True


event_kinds: Registry[EventNoun] = Registry("event_kinds")


def _label(choices: Any, code: Any) -> str:
    return str(dict(choices.choices).get(code, "")) if code else ""


def contact_words(data: Mapping[str, Any]) -> str:
    """How it took place and what for."""
    parts = [
        _label(Contact.Medium, data.get("medium")),
        _label(Contact.Purpose, data.get("purpose")),
        _label(Contact.Barrier, data.get("barrier")),
    ]
    return ", ".join(part for part in parts if part)


def allocation_words(data: Mapping[str, Any]) -> str:
    """Which role, why it ended, and what the person said."""
    parts = [
        _label(Allocation.Role, data.get("role")),
        _label(Allocation.EndReason, data.get("end_reason")),
    ]
    return _with_their_words(", ".join(part for part in parts if part), data)


def _with_their_words(text: str, data: Mapping[str, Any]) -> str:
    said = str(data.get("person_says") or "")
    return " ".join(part for part in (f"{text}." if text and said else text, said) if part)


event_kinds.register(
    "contact",
    EventNoun(
        _("Contacts"),
        {
            "booked": EventKind(_("Contact booked"), contact_words),
            "attended": EventKind(_("Contact took place"), contact_words),
            "missed": EventKind(_("Contact missed"), contact_words),
            "cancelled_by_person": EventKind(_("Contact cancelled by the person"), contact_words),
            "cancelled_by_service": EventKind(_("Contact cancelled by us"), contact_words),
            "too_late": EventKind(_("Came too late to be seen"), contact_words),
            "moved": EventKind(_("Booking changed"), contact_words),
            "corrected": EventKind(_("Entry about a contact corrected"), contact_words),
            "entered_in_error": EventKind(_("Contact entered in error: it does not count")),
            "unknown": EventKind(_("Contact, outcome not known"), contact_words),
        },
    ),
)
event_kinds.register(
    "allocation",
    EventNoun(
        _("Who is with them"),
        {
            "started": EventKind(_("Worker named"), allocation_words),
            "ended": EventKind(_("Worker no longer named"), allocation_words),
        },
    ),
)
event_kinds.register(
    "case",
    EventNoun(
        _("Time with the network"),
        {
            "opened": EventKind(_("Time with the network began")),
            "closed": EventKind(_("Time with the network ended")),
        },
    ),
)
event_kinds.register(
    "note",
    EventNoun(
        _("Notes"),
        {
            "written": EventKind(_("Note added")),
            "corrected": EventKind(_("Note corrected")),
        },
        in_filters=False,
    ),
)
event_kinds.register(
    "step",
    EventNoun(
        _("Steps"),
        {
            "made": EventKind(_("Something promised")),
            "done": EventKind(_("A promise kept")),
        },
    ),
)
event_kinds.register(
    "person",
    EventNoun(_("The person"), {"died": EventKind(_("The person died"))}, in_filters=False),
)

CONTACT_KINDS: dict[str, str] = {
    Contact.Attendance.BOOKED: "contact.booked",
    Contact.Attendance.ATTENDED: "contact.attended",
    Contact.Attendance.LATE: "contact.attended",
    Contact.Attendance.MISSED: "contact.missed",
    Contact.Attendance.CANCELLED_BY_PERSON: "contact.cancelled_by_person",
    Contact.Attendance.CANCELLED_BY_SERVICE: "contact.cancelled_by_service",
    Contact.Attendance.TOO_LATE: "contact.too_late",
}


def contact_kind(attendance: str) -> str:
    """The kind of event that a contact with this attendance code is."""
    return CONTACT_KINDS.get(attendance, "contact.unknown")
