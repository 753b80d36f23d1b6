"""Words for what happens to documents, on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from careplans.documents.kinds import DocumentKind, How
from casework.cases.event_kinds import EventKind, EventNoun, event_kinds


def which(data: Mapping[str, Any]) -> str:
    """Which document it is."""
    return str(dict(DocumentKind.choices).get(data.get("document") or "", ""))


def given(data: Mapping[str, Any]) -> str:
    """Which document, and how it reached somebody."""
    how = dict(How.choices).get(data.get("how") or "", "")
    return ": ".join(str(part) for part in (which(data), how) if part)


event_kinds.register(
    "document",
    EventNoun(
        _("Documents"),
        {
            "asked": EventKind(_("Document asked for"), which),
            "begun": EventKind(_("Text begun"), which),
            "approved": EventKind(_("Text approved by the person"), which),
            "dropped": EventKind(_("Text thrown away"), which),
            "given": EventKind(_("Document given"), given),
        },
        in_filters=False,
    ),
)
