"""What is printed of a plan: plain data, fixed when a document is asked for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from careplans.content import content_of
from careplans.crisis import crisis_contacts_of
from careplans.models import Agreement, Plan, Version
from careplans.presenters import answer_line
from careplans.reading import answers_to
from careplans.table import State
from careplans.writers import signed_words
from casework.common.presenters import short_date

Printed = dict[str, Any]


def printed(plan: Plan, version: Version | None, *, by: str) -> Printed:
    """A version, or the plan as it is now, with everything that stands around it on paper."""
    answers = answers_to(version)
    return {
        "plan": version.content if version is not None else content_of(plan),
        "name": plan.person.display_name,
        **letterhead(plan),
        "version": version.number if version is not None else None,
        "shared_on": _day(version.on) if version is not None else "",
        "shared_by": signed_words(version, plan.person.display_name) if version is not None else "",
        "why": version.why if version is not None else "",
        "review_due": _day(version.review_due if version is not None else plan.review_due),
        "differently": _differently(plan, version),
        "answers": [
            {
                "who": line.who,
                "answer": line.answer,
                "words": line.words,
                "how": line.how,
                "agrees": row.agrees,
                "own": row.party == Agreement.Party.PERSON,
            }
            for row, line in ((one, answer_line(one)) for one in answers)
        ],
        "contacts": [
            {"name": one.name, "number": one.number, "hours": one.hours}
            for one in crisis_contacts_of(plan.person)
        ],
        "made_on": _day(timezone.localdate()),
        "made_by": by,
    }


def letterhead(plan: Plan) -> Printed:
    """Who writes, and how a reader reaches them: what stands above a letter."""
    team = plan.team
    return {
        "team": team.name if team is not None else "",
        "organisation": settings.ORGANISATION_NAME
        or (team.organisation.name if team is not None else ""),
        "address": team.address if team is not None else "",
        "phone": team.phone if team is not None else "",
    }


def _day(day: Any) -> str:
    return short_date(day) if day is not None else ""


def _differently(plan: Plan, version: Version | None) -> str:
    """Why it is used although not everybody agrees: said of the version that is in use."""
    latest = plan.versions.order_by("-number").first()
    used = plan.state == State.IN_USE or plan.state_before_review == State.IN_USE
    return plan.differs_words if used and version is not None and version == latest else ""
