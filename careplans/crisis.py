"""Who can be rung in a crisis where somebody lives, whether they are there now, and whether anybody
has checked the number lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from casework.cases.models import Person
from casework.common.dates import LONDON
from casework.common.navigation import crisis_contacts
from casework.common.presenters import clock, short_date, tag
from casework.directory import hours
from casework.directory.models import Team

CHECKED_DAYS = 183  # a local default, not a national standard: half a year, as for the plan
_OPEN, _UNKNOWN, _CLOSED = range(3)


@dataclass(frozen=True)
class Now:
    """Whether somebody is there at a moment, as a tag and in words."""

    tag: dict[str, str]
    words: str
    place: int = _UNKNOWN


@dataclass(frozen=True)
class CrisisContact:
    """Who can be rung, and when. `stale` is said where the number may no longer be right."""

    name: str
    number: str
    hours: str
    href: str
    now: Now | None = None
    stale: str = ""


def now_at(text: str, at: dt.datetime) -> Now | None:
    """Whether a team with these hours is there; None where the hours do not say for certain."""
    week = hours.read(text)
    if week is None:
        return None
    at = at.astimezone(LONDON)
    if not week.sure_on(at.date()):
        return Now(
            tag(_("Bank holiday"), "grey"), _("Today is a bank holiday: the hours may differ.")
        )
    left = week.closes(at)
    if left is not None:
        until = "" if week.always else _("Until %(time)s.") % {"time": clock(_later(at, left))}
        return Now(tag(_("Open now"), "green"), until, _OPEN)
    return Now(tag(_("Closed now"), "grey"), _opens(at, _later(at, week.opens(at) or 0)), _CLOSED)


def _later(at: dt.datetime, minutes: int) -> dt.datetime:
    """So many minutes later by the clock on the wall."""
    moved = at.replace(tzinfo=None, second=0, microsecond=0) + dt.timedelta(minutes=minutes)
    return moved.replace(tzinfo=LONDON)


def _opens(at: dt.datetime, then: dt.datetime) -> str:
    days = (then.date() - at.date()).days
    if days == 0:
        return _("Opens at %(time)s.") % {"time": clock(then)}
    if days == 1:
        return _("Opens tomorrow at %(time)s.") % {"time": clock(then)}
    day = formats.date_format(then, "l")
    return _("Opens on %(day)s at %(time)s.") % {"day": day, "time": clock(then)}


def stale_words(team: Team, on: dt.date) -> str:
    """Said where nobody has checked for half a year how the team is reached."""
    checked = team.details_checked_on
    if checked is None:
        return _("Nobody has written down that this number was checked.")
    if (on - checked).days <= CHECKED_DAYS:
        return ""
    return _("Nobody has checked this number since %(day)s.") % {"day": short_date(checked)}


def crisis_contacts_of(person: Person, at: dt.datetime | None = None) -> list[CrisisContact]:
    """Crisis teams of where the person lives with their hours, those that are there now first;
    then the national numbers."""
    at = at or timezone.now()
    found: list[CrisisContact] = []
    if person.locality_id is not None:
        teams = Team.objects.filter(
            kind=Team.Kind.CRISIS, active=True, localities=person.locality_id
        ).exclude(phone="")
        found = [_contact(team, at) for team in teams.order_by("name", "pk")]
        found.sort(key=lambda one: one.now.place if one.now else _UNKNOWN)
    return found + [
        CrisisContact(one["name"], one["number"], "", one["href"]) for one in crisis_contacts()
    ]


def _contact(team: Team, at: dt.datetime) -> CrisisContact:
    return CrisisContact(
        team.name,
        team.phone,
        team.hours,
        _tel(team.phone),
        now_at(team.hours, at),
        stale_words(team, at.astimezone(LONDON).date()),
    )


def _tel(number: str) -> str:
    return "tel:" + "".join(sign for sign in number if sign.isdigit() or sign == "+")
