"""What was done about an alert, as the timeline tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.alerts.handling import title
from casework.cases.event_kinds import EventKind, EventNoun, event_kinds


def _about(data: Mapping[str, Any]) -> str:
    return title(str(data.get("rule", "")))


event_kinds.register(
    "alert",
    EventNoun(
        _("What the service noticed"),
        {
            "opened": EventKind(_("The service noticed"), _about),
            "seen": EventKind(_("Somebody is looking into it"), _about),
            "answered": EventKind(_("Somebody said what happens next"), _about),
            "snoozed": EventKind(_("Looked at again later"), _about),
            "done": EventKind(_("Something was done about it"), _about),
            "brought_back": EventKind(_("Looked at again earlier"), _about),
            "raised": EventKind(_("Somebody else was asked to help with it"), _about),
        },
        in_filters=False,
    ),
)
