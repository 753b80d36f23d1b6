"""Why somebody may open a record, and why they could before, in plain sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases import policy
from casework.cases.models import LiveReason, Person
from casework.common.presenters import clock, short_date

Kind = LiveReason.Kind
EARLIER = dt.timedelta(days=366)
SHOWN = 12

# (while it lasts, after it): "you" is a worker of their own, otherwise the team is named
_YOURS: dict[str, tuple[str | Promise, str | Promise]] = {
    Kind.ALLOCATION: (
        _("You are named as somebody who is with %(person)s"),
        _("You were named as somebody who is with %(person)s"),
    ),
    Kind.CASE_TEAM: (
        _("You look after %(person)s's time with the network"),
        _("You looked after %(person)s's time with the network"),
    ),
    Kind.REFERRAL: (
        _("You have an open referral about %(person)s"),
        _("You had an open referral about %(person)s"),
    ),
    Kind.CONTACT: (
        _("You have a contact with %(person)s that is booked or was not long ago"),
        _("You had a contact with %(person)s"),
    ),
    Kind.DUTY: (
        _("You cover for somebody who is with %(person)s"),
        _("You covered for somebody who is with %(person)s"),
    ),
    Kind.CALL: (
        _("You took a call from or about %(person)s"),
        _("You took a call from or about %(person)s"),
    ),
    Kind.HANDOVER: (
        _("%(person)s is being introduced to you as their worker"),
        _("%(person)s was being introduced to you as their worker"),
    ),
    Kind.SHARING: (
        _("%(person)s chose to share their record with you"),
        _("%(person)s had chosen to share their record with you"),
    ),
    Kind.OVERRIDE: (
        _("You opened this record by override"),
        _("You opened this record by override"),
    ),
}
_TEAMS: dict[str, tuple[str | Promise, str | Promise]] = {
    Kind.ALLOCATION: (
        _("Somebody of your team, %(team)s, is named as being with %(person)s"),
        _("Somebody of your team, %(team)s, was named as being with %(person)s"),
    ),
    Kind.CASE_TEAM: (
        _("Your team, %(team)s, holds %(person)s"),
        _("Your team, %(team)s, held %(person)s"),
    ),
    Kind.REFERRAL: (
        _("There is an open referral to or from your team, %(team)s"),
        _("There was a referral to or from your team, %(team)s"),
    ),
    Kind.CONTACT: (
        _("Your team, %(team)s, has a contact with %(person)s that is booked or was not long ago"),
        _("Your team, %(team)s, had a contact with %(person)s"),
    ),
    Kind.DUTY: (
        _("Your team, %(team)s, covers for somebody who is with %(person)s"),
        _("Your team, %(team)s, covered for somebody who is with %(person)s"),
    ),
    Kind.CALL: (
        _("Your team, %(team)s, took a call from or about %(person)s"),
        _("Your team, %(team)s, took a call from or about %(person)s"),
    ),
    Kind.HANDOVER: (
        _("%(person)s is moving to or from your team, %(team)s"),
        _("%(person)s was moving to or from your team, %(team)s"),
    ),
    Kind.SHARING: (
        _("%(person)s chose to share their record with your team, %(team)s"),
        _("%(person)s had chosen to share their record with your team, %(team)s"),
    ),
    Kind.OVERRIDE: (
        _("Your team, %(team)s, opened this record by override"),
        _("Your team, %(team)s, opened this record by override"),
    ),
}


def sentence(reason: LiveReason, person: str, now: dt.datetime) -> str:
    """One reason in one sentence, with its dates; for one that has ended, in the past."""
    over = not _lasts(reason, now)
    words = (_TEAMS if reason.team_id else _YOURS)[reason.kind][over]
    said = str(words) % {"person": person, "team": reason.team or ""}
    return gettext("%(said)s, %(when)s.") % {"said": said, "when": _when(reason, over)}


def _joined(reasons: Sequence[LiveReason]) -> list[LiveReason]:
    """Reasons of today, where several of one kind are one: each of them holds today, so that
    together they hold from the first start to the last end."""
    found: dict[tuple[Any, ...], LiveReason] = {}
    for one in reasons:
        former = found.setdefault((one.kind, one.team_id, one.ends_at), one)
        former.start = min(former.start, one.start)
        former.end = max(former.end, one.end) if former.end and one.end else None
    return list(found.values())


def _lasts(reason: LiveReason, now: dt.datetime) -> bool:
    if reason.ends_at is not None and reason.ends_at <= now:
        return False
    return reason.end is None or reason.end >= timezone.localdate(now)


def _when(reason: LiveReason, over: bool) -> str:
    if reason.ends_at is not None:
        return gettext("on %(day)s until %(time)s") % {
            "day": short_date(reason.ends_at),
            "time": clock(reason.ends_at),
        }
    days = {"start": short_date(reason.start), "end": short_date(reason.end or reason.start)}
    if reason.end is None:
        return gettext("since %(start)s") % days
    if reason.start == reason.end:
        return gettext("on %(start)s") % days
    return gettext("from %(start)s to %(end)s") % days


def earlier(user: Any, person: Person) -> QuerySet[LiveReason]:
    """The user's reasons of the last year that are over, latest first."""
    today = timezone.localdate()
    teams = accounts.teams_where(user, Permission.SEE_PEOPLE)
    mine = Q(team_id__in=teams)
    if user.worker_id:
        mine |= Q(worker_id=user.worker_id)
    over = Q(end__lt=today) | Q(ends_at__lte=timezone.now())
    rows = LiveReason.objects.filter(over, mine, person=person, end__gte=today - EARLIER)
    return rows.select_related("team", "worker").order_by("-end", "-start", "pk")


@dataclass(frozen=True)
class Others:
    """Which teams and workers may open the record now, by name."""

    teams: list[str]
    workers: list[str]


def others(person: Person) -> Others:
    """Everybody who may open this record today: no surprises, for the worker or the person."""
    rows = LiveReason.objects.on(timezone.localdate()).filter(person=person)
    found = rows.order_by().values_list("team__name", "worker__name").distinct()
    teams = sorted({team for team, _worker in found if team})
    return Others(teams, sorted({worker for _team, worker in found if worker}))


class WhyPage:
    """Why this user may open this record, why they could before, and who else may."""

    def __init__(self, person: Person, user: Any, heading: Any) -> None:
        now = timezone.now()
        say: Callable[[LiveReason], str] = lambda one: sentence(one, person.display_name, now)  # noqa: E731
        self.heading = heading
        self.lines = [say(one) for one in _joined(policy.why(user, person))]
        self.earlier = [say(one) for one in earlier(user, person)[:SHOWN]]
        self.others = others(person)
        self.sealed_href = (
            reverse("access:sealed", args=[person.pk])
            if accounts.may(user, Permission.EDIT_PEOPLE)
            else ""
        )
