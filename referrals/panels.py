"""A person's referrals, on their page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts.models import User
from casework.cases.models import Person
from casework.cases.panels import Panel, person_panels
from casework.common.presenters import short_date, since_words, tag
from casework.extract.codes import CLOSE_REASON, REJECT_REASON, SOURCE_OF_REFERRAL
from referrals.about_person import referrals_about
from referrals.models import Referral
from referrals.paths.panels import ways
from referrals.table import State
from referrals.work.standing import state_tag


@dataclass(frozen=True)
class ReferralLine:
    """One referral in plain words."""

    team: str
    tag: dict[str, str]
    received: str
    outcome: str
    href: str


def line(referral: Referral, on: dt.date) -> ReferralLine:
    """Where a referral stands, or what became of it, as of a day."""
    source = SOURCE_OF_REFERRAL.get(referral.source, "")
    received = short_date(referral.received_on)
    if source:
        received = gettext("Received %(date)s from: %(source)s") % {
            "date": received,
            "source": source,
        }
    else:
        received = gettext("Received %(date)s") % {"date": received}
    if referral.rejected_on and referral.rejected_on <= on:
        state = tag(gettext("Declined"), "orange")
        outcome = _with_reason(
            gettext("Declined %(date)s") % {"date": short_date(referral.rejected_on)},
            REJECT_REASON.get(referral.reject_reason, ""),
        )
    elif referral.discharged_on and referral.discharged_on <= on:
        state = tag(gettext("Ended"), "grey")
        outcome = _with_reason(
            gettext("Ended %(date)s") % {"date": short_date(referral.discharged_on)},
            CLOSE_REASON.get(referral.close_reason, ""),
        )
    elif referral.from_data:
        state = tag(gettext("Open"), "blue")
        outcome = gettext("Open %(since)s") % {"since": since_words(referral.received_on, on)}
    else:
        state = state_tag(referral)
        outcome = gettext("%(state)s %(since)s") % {
            "state": State(referral.state).label,
            "since": since_words(referral.state_on or referral.received_on, on),
        }
    return ReferralLine(
        referral.team.name if referral.team else gettext("No team recorded"),
        state,
        received,
        outcome,
        reverse("referrals:detail", args=[referral.pk]),
    )


def _with_reason(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text


def referrals_of(person: Person, viewer: User, on: dt.date) -> list[ReferralLine] | None:
    """The latest referrals, newest first."""
    return [line(row, on) for row in referrals_about(person, viewer).sent] or None


person_panels.register(
    "referrals", Panel("people/panels/referrals.jinja", 30, referrals_of, aside=True)
)
person_panels.register("paths", Panel("paths/panel.jinja", 31, ways, aside=True))
