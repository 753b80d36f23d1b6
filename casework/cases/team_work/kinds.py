"""Words for what happens between workers, in the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.cases.event_kinds import EventKind, EventNoun, event_kinds
from casework.cases.models import Allocation, Contact
from casework.cases.services.check_ins import ENDINGS
from casework.common.presenters import short_date


def _date(text: Any) -> str:
    day = parse_date(str(text or ""))
    return short_date(day) if day else ""


def change_words(data: Mapping[str, Any]) -> str:
    """Which role passes from whom until when, why, and what the person said."""
    role = dict(Allocation.Role.choices).get(str(data.get("role")), "")
    parts = [
        gettext("%(role)s: from %(old)s, both until %(until)s.")
        % {"role": role, "old": data.get("from", ""), "until": _date(data.get("until"))},
        str(data.get("reason") or ""),
        str(data.get("person_says") or ""),
    ]
    return " ".join(part for part in parts if part)


def cover_words(data: Mapping[str, Any]) -> str:
    """For whom, and until when."""
    until = _date(data.get("until"))
    if not until:
        return gettext("For %(worker)s.") % {"worker": data.get("away", "")}
    return gettext("For %(worker)s, until %(until)s.") % {
        "worker": data.get("away", ""),
        "until": until,
    }


def check_in_words(data: Mapping[str, Any]) -> str:
    """How, how often, and what was agreed."""
    medium = str(dict(Contact.Medium.choices).get(str(data.get("medium")), ""))
    weeks = int(data.get("weeks") or 0)
    often = ngettext("every week", "every %(n)d weeks", weeks) % {"n": weeks}
    parts = [f"{medium}, {often}." if medium else "", str(ENDINGS.get(str(data.get("why")), ""))]
    return " ".join(part for part in [*parts, str(data.get("words") or "")] if part)


event_kinds.register(
    "worker_change",
    EventNoun(
        _("Change of worker"),
        {
            "planned": EventKind(_("Change of worker planned"), change_words),
            "agreed": EventKind(_("Change of worker talked about with the person"), change_words),
            "introduced": EventKind(_("New worker introduced")),
            "joint_meeting": EventKind(_("Met together with the old and the new worker")),
            "goodbye": EventKind(_("Said goodbye")),
            "changed": EventKind(_("Change of worker: new dates"), change_words),
            "completed": EventKind(_("Change of worker complete"), change_words),
            "cancelled": EventKind(_("Change of worker called off"), change_words),
        },
    ),
)
event_kinds.register(
    "cover",
    EventNoun(_("Cover"), {"arranged": EventKind(_("Cover arranged"), cover_words)}),
)
event_kinds.register(
    "check_in",
    EventNoun(
        _("Check-ins"),
        {
            "agreed": EventKind(_("Check-ins agreed"), check_in_words),
            "changed": EventKind(_("Check-ins agreed anew"), check_in_words),
            "ended": EventKind(_("Check-ins ended"), check_in_words),
            "passed_on": EventKind(_("Check-ins with another worker"), check_in_words),
        },
    ),
)
