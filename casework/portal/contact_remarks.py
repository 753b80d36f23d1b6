"""What the person says about an entry, for whoever reads the entry."""

from __future__ import annotations

from casework.cases.models import Contact
from casework.cases.panels import Said, contact_remarks


def about(contact: Contact) -> list[Said]:
    """The person's corrections and comments, the oldest first."""
    rows = contact.remarks.order_by("on", "created_at", "pk")  # type: ignore[attr-defined]
    return [Said(row.words, row.on) for row in rows]


contact_remarks.register("own_remarks", about)
