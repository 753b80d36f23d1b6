"""Words for what happens to a plan, on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.documents import events  # noqa: F401  events of documents
from careplans.models import Agreement, Proposal, RecordedPlan
from careplans.table import TABLE
from casework.cases.event_kinds import EventKind, EventNoun, event_kinds
from casework.extract.codes import AGREED_BY


def plan_kind(data: Mapping[str, Any]) -> str:
    """What kind of plan it is."""
    return str(dict(RecordedPlan.Kind.choices).get(data.get("kind") or "", ""))


def agreed(data: Mapping[str, Any]) -> str:
    """Who agreed."""
    who = AGREED_BY.get(data.get("agreed_by") or "", "")
    return gettext("Agreed by: %(who)s") % {"who": who} if who else ""


def version(data: Mapping[str, Any]) -> str:
    """Which version, where the event is about one."""
    number = data.get("version")
    return gettext("Version %(number)s") % {"number": number} if number else ""


def answered(data: Mapping[str, Any]) -> str:
    """Who said what about which version."""
    answer = dict(Agreement.Answer.choices).get(data.get("answer") or "", "")
    who = dict(Agreement.Party.choices).get(data.get("agreed_by") or "", "")
    return ": ".join(str(part) for part in (version(data), who, answer) if part)


def outcome(data: Mapping[str, Any]) -> str:
    """What became of a proposal."""
    return str(dict(Proposal.Outcome.choices).get(data.get("outcome") or "", ""))


event_kinds.register(
    "plan",
    EventNoun(
        _("Plans"),
        {
            "created": EventKind(_("Plan written"), plan_kind),
            "updated": EventKind(_("Plan updated"), plan_kind),
            "agreed": EventKind(_("Plan agreed"), agreed),
            "begun": EventKind(_("Plan begun")),
            "answered": EventKind(_("Answer about the plan"), answered),
            "capacity": EventKind(_("Whether the person could decide about the plan"), version),
            "review_asked": EventKind(_("Look at the plan asked for")),
            "proposed": EventKind(_("Something proposed to the person for the plan")),
            "carer_proposed": EventKind(
                _("Somebody whom they let in proposed something for the plan")
            ),
            "proposal_answered": EventKind(_("What the person proposed was answered"), outcome),
            "sharing": EventKind(_("Who reads which part of the plan")),
            "reviewed": EventKind(_("Plan looked at together")),
            **{row.event: EventKind(row.done, version) for row in TABLE},
        },
    ),
)
