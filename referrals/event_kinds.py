"""Words for what happens to referrals, from the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.cases.event_kinds import EventKind, EventNoun, event_kinds
from referrals.models import Referral
from referrals.table import EVENTS, State, rows_of


def words(data: Mapping[str, Any]) -> str:
    """How intensive the work is now."""
    intensity = data.get("intensity")
    if intensity in Referral.Intensity.values:
        return str(Referral.Intensity(intensity).label)
    return ""


def words_with_state(data: Mapping[str, Any]) -> str:
    """Where it led to, and how intensive the work is now."""
    to = data.get("to")
    moved = to in State.values and to != data.get("from")
    parts = [str(State(to).label) if moved else "", words(data)]
    return ", ".join(part for part in parts if part)


def words_of(event: str) -> Callable[[Mapping[str, Any]], str]:
    """Where an event leads to one state only, its title has said which."""
    leads_to = {row.target for row in rows_of(event)} - {None}
    return words_with_state if len(leads_to) > 1 else words


event_kinds.register(
    "referral",
    EventNoun(
        _("Referrals"),
        {
            "drafted": EventKind(_("Referral begun")),
            "received": EventKind(_("Referral received")),
            "ended": EventKind(_("Referral ended")),
            "declined": EventKind(_("Referral declined")),
            "progress": EventKind(_("Answer about progress")),
            "snoozed": EventKind(_("Question about progress put off")),
            **{event: EventKind(rows_of(event)[0].done, words_of(event)) for event in EVENTS},
        },
    ),
)
event_kinds.register(
    "holding",
    EventNoun(
        _("Who holds them"), {"override": EventKind(_("Somebody else holds the person now"))}
    ),
)
event_kinds.register(
    "handover",
    EventNoun(
        _("Handovers"),
        {
            "proposed": EventKind(_("Handover begun")),
            "accepted": EventKind(_("Handover accepted")),
            "declined": EventKind(_("Handover not taken on")),
            "stopped": EventKind(_("Handover stopped")),
        },
    ),
)
event_kinds.register(
    "reply_link",
    EventNoun(
        _("Reply links"),
        {
            "made": EventKind(_("Reply link sent to a partner")),
            "opened": EventKind(_("Reply link opened by the partner")),
            "withdrawn": EventKind(_("Reply link withdrawn")),
        },
        in_filters=False,
    ),
)
event_kinds.register(
    "bounce_meeting",
    EventNoun(
        _("Joint meetings"),
        {
            "planned": EventKind(_("Joint meeting of both teams planned")),
            "held": EventKind(_("Joint meeting of both teams held")),
            "called_off": EventKind(_("Joint meeting did not take place")),
        },
        in_filters=False,
    ),
)
event_kinds.register(
    "ending",
    EventNoun(_("Endings"), {"agreed": EventKind(_("Ending plan agreed with the person"))}),
)
