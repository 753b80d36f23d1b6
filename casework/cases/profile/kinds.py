"""The timeline says that something about a person was written down, and never what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.cases.event_kinds import EventKind, EventNoun, event_kinds

HOW = {
    "own": _("In the person's own words."),
    "together": _("Written together with the person."),
    "letter": _("From what the person had written."),
}


def how_words(data: Mapping[str, Any]) -> str:
    """How the words came to be written down."""
    return str(HOW.get(str(data.get("how")), ""))


event_kinds.register(
    "profile",
    EventNoun(
        _("What is written down about them"),
        {
            "about_me": EventKind(_("About me changed"), how_words),
            "details": EventKind(_("Details changed")),
            "contact_preferences": EventKind(_("Ways to reach them changed")),
            "adjustment_added": EventKind(_("Adjustment added")),
            "adjustment_changed": EventKind(_("Adjustment changed")),
            "adjustment_removed": EventKind(_("Adjustment removed")),
            "identity": EventKind(_("Something about who they are changed")),
            "suspected": EventKind(_("Perhaps recorded twice")),
            "decided_same": EventKind(_("Decided: recorded twice")),
            "decided_different": EventKind(_("Decided: not recorded twice")),
        },
        in_filters=False,
    ),
)
