"""The plan in the copy that people take away: as they read it on their pages, and its versions."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.content import content_of
from careplans.models import Plan
from careplans.own import OwnLine, OwnPlan, OwnVersion
from careplans.reading import answers_to, last_change, own_plan
from casework.common.presenters import short_date
from casework.portal.copies import CopyPart, Entry, own_copy_parts
from casework.portal.models import PortalAccount


def _lines(*lines: str) -> list[str]:
    return [one for one in lines if one]


def _said(line: OwnLine, place: str = "") -> Entry:
    title = f"{place}: {line.title}" if place else line.title
    comments = [
        _("Comment by %(who)s: %(words)s") % {"who": who, "words": words}
        for words, who in line.comments
    ]
    return Entry(title, _lines(line.words, *line.details, line.signed, *comments))


def _whole(plan: Plan, on: dt.date) -> OwnPlan:
    versions = list(plan.versions.select_related("by").order_by("-number"))
    latest = versions[0] if versions else None
    waiting = plan.proposals.filter(outcome__in=["open", "talking"]).select_related("by")
    return OwnPlan(
        plan,
        content_of(plan),
        comments=list(plan.comments.select_related("by").order_by("created_at", "pk")),
        proposals=list(waiting.order_by("created_at", "pk")),
        versions=versions,
        answers=answers_to(latest),
        changed=latest is not None and last_change(plan) > latest.last_revision,
        today=on,
    )


def _plan(account: PortalAccount, on: dt.date) -> list[Entry]:
    plan = own_plan(account)
    if plan is None:
        return []
    whole = _whole(plan, on)
    found = [Entry(_("Where it stands"), _lines(whole.meaning, whole.changed))]
    for area in whole.areas:
        if area.place or area.rating:
            found.append(Entry(area.name, _lines(area.place, area.rating)))
        found += [_said(line, area.name) for line in area.lines]
    found += [_said(line) for line in whole.whole]
    found += [
        Entry(title, _lines(line.words, *line.details))
        for _number, title, _hint, line, _href in whole.safety
        if line is not None
    ]
    found += [Entry(one.title, _lines(one.words, one.why, one.stands)) for one in whole.proposals]
    found += [Entry(who, _lines(words)) for who, words in whole.answers]
    return found


def _versions(account: PortalAccount, on: dt.date) -> list[Entry]:
    plan = own_plan(account)
    if plan is None:
        return []
    found = []
    for version in plan.versions.select_related("by").order_by("-number"):
        name = _("Version %(number)d, %(day)s") % {
            "number": version.number,
            "day": short_date(version.on),
        }
        shown = OwnVersion(version, None, answers_to(version))
        for area, lines in shown.areas:
            found += [_said(line, f"{name}, {area}") for line in lines]
        found += [_said(line, name) for line in shown.whole]
        found += [Entry(f"{name}, {who}", _lines(words)) for who, words in shown.answers]
    return found


own_copy_parts.register("plan", CopyPart(30, gettext_lazy("My plan"), _plan))
own_copy_parts.register("versions", CopyPart(35, gettext_lazy("Versions of my plan"), _versions))
