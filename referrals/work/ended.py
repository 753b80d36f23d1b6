"""Work of the user's teams that has ended, while the person can still come back to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from casework.common.keyset import Page
from casework.common.presenters import PageLinks, query_string, short_date
from referrals.models import Referral
from referrals.table import State
from referrals.work.scope import own_teams
from referrals.work.standing import team_words

PAGE = 50
ORDER = ("-discharged_on", "pk")


def may_come_back(user: Any, today: dt.date) -> QuerySet[Referral]:
    """Ended referrals to or from the user's teams, inside the come-back window."""
    teams = list(own_teams(user))
    return Referral.objects.filter(
        Q(team_id__in=teams) | Q(sender_team_id__in=teams),
        state=State.CLOSED,
        come_back_until__gte=today,
        discharged_on__isnull=False,
        person__death_date__isnull=True,
    ).select_related("person", "team")


@dataclass(frozen=True)
class EndedLine:
    """Whose work it was, when it ended, until when they can come back."""

    name: str
    href: str
    team: str
    ended: str


class EndedPage:
    """The list, latest ending first."""

    def __init__(self, page: Page[Referral]) -> None:
        self._page = page
        self.heading = gettext("Ended, and they can come back")
        self.rows = [_line(row) for row in page.rows]
        self.lists_href = reverse("referrals:start")

    @property
    def links(self) -> PageLinks:
        def href(cursor: dict[str, str]) -> str:
            return query_string(reverse("referrals:ended"), **cursor)

        return PageLinks(
            newer=href({"before": self._page.before}) if self._page.before else "",
            older=href({"after": self._page.after}) if self._page.after else "",
            newer_text=gettext("Ended later"),
            older_text=gettext("Ended earlier"),
        )


def _line(row: Referral) -> EndedLine:
    until = row.come_back_until
    return EndedLine(
        row.person.display_name,
        reverse("referrals:detail", args=[row.pk]),
        team_words(row),
        gettext("Ended on %(day)s. They can come back without a new referral until %(until)s.")
        % {
            "day": short_date(row.discharged_on) if row.discharged_on else "",
            "until": short_date(until) if until else "",
        },
    )
