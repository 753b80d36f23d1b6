"""On a person's page: asking another team, and what is being written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.cases.panels import Panel, person_panels
from casework.common.pages import Link
from casework.common.presenters import short_date
from referrals.about_person import referrals_about
from referrals.models import Referral


@dataclass(frozen=True)
class AskPanel:
    """Where to ask, and the drafts that wait."""

    start_href: str
    urgent_href: str
    drafts: list[Link]


def ask_panel(person: Person, viewer: User, on: dt.date) -> AskPanel | None:
    """The panel, for those who ask other teams and while there is somebody to ask for."""
    if not accounts.may(viewer, Permission.REFER) or person.death_date is not None:
        return None
    drafts = referrals_about(person, viewer).drafts
    return AskPanel(
        reverse("asking:start", args=[person.pk]),
        reverse("asking:urgent", args=[person.pk]),
        [_link(one) for one in drafts],
    )


def _link(draft: Referral) -> Link:
    text = gettext("%(team)s, begun on %(date)s") % {
        "team": draft.team.name if draft.team else gettext("no team chosen yet"),
        "date": short_date(draft.received_on),
    }
    return Link(text, reverse("asking:read", args=[draft.pk]))


person_panels.register("asking", Panel("asking/panel.jinja", 29, ask_panel, aside=True))
