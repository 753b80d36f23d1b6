"""How steady a person's relationships are, on their page: a sentence, faces, and what lies behind.

Nothing in it is a score of the person or of a worker; the figures are folded away, with what each
of them means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.cases.models import Contact, Person
from casework.cases.panels import Panel, person_panels
from casework.common.presenters import Faces, FacesStrip, Meeting, faces_strip
from casework.continuity import engines, facts, rules
from casework.continuity.facts import ContinuityFacts

SHOWN = 12  # contacts in the strip


@dataclass(frozen=True)
class Figure:
    """One index, with what it means, over the last 180 days and the last 12 months."""

    name: str
    meaning: str
    half_year: str
    year: str


INDICES = (
    ("UPC", "upc", _("Share of the meetings that were with the one worker met most often.")),
    ("COC", "coc", _("How far the meetings gather on few workers (Bice and Boxerman).")),
    ("SECON", "secon", _("Share of meetings that were with the same worker as the one before.")),
    ("MMCI", "mmci", _("How few workers there were for that many meetings.")),
)


class ContinuityPresenter:
    """The panel about continuity."""

    def __init__(self, found: ContinuityFacts, strip: FacesStrip) -> None:
        self._facts = found
        self.strip = strip

    @cached_property
    def sentence(self) -> str:
        """The last six meetings in one sentence, with its numbers."""
        found = self._facts
        meetings = ngettext(
            "the last meeting with a recorded worker",
            "the last %(n)d meetings with a recorded worker",
            found.last6,
        ) % {"n": found.last6}
        if found.last6 == 0:
            return gettext("No meeting with a recorded worker yet.")
        if found.last6_staff == 1:
            who = gettext("One worker in %(meetings)s") % {"meetings": meetings}
        else:
            who = gettext("%(n)d different people in %(meetings)s") % {
                "n": found.last6_staff,
                "meetings": meetings,
            }
        return gettext("%(who)s; %(named)s.") % {"who": who, "named": self._named()}

    @cached_property
    def cause(self) -> str:
        """What about the service lies behind it, where several people were met."""
        return rules.faces_cause(self._facts) if self._facts.last6_staff > 1 else ""

    def _named(self) -> str:
        named = self._facts.last6_named
        if not named:
            return gettext("none with a key worker of that day")
        if named == self._facts.last6:
            return gettext("each with a key worker of that day")
        return gettext("%(n)d of them with a key worker of that day") % {"n": named}

    @cached_property
    def year(self) -> str:
        """The last 12 months in one sentence."""
        found = self._facts
        if not found.contacts_12m:
            return ""
        people = ngettext("%(n)d worker", "%(n)d workers", found.staff_12m) % {"n": found.staff_12m}
        teams = ngettext("%(n)d team", "%(n)d teams", found.teams_12m) % {"n": found.teams_12m}
        return ngettext(
            "In the last 12 months: %(n)d meeting, %(people)s, %(teams)s.",
            "In the last 12 months: %(n)d meetings, %(people)s, %(teams)s.",
            found.contacts_12m,
        ) % {"n": found.contacts_12m, "people": people, "teams": teams}

    @cached_property
    def left_out(self) -> str:
        """Meetings that no figure can count."""
        n = self._facts.no_staff_12m
        if not n:
            return ""
        return ngettext(
            "%(n)d more has no worker recorded and is left out.",
            "%(n)d more have no worker recorded and are left out.",
            n,
        ) % {"n": n}

    @cached_property
    def figures(self) -> list[Figure]:
        return [
            Figure(
                name,
                str(meaning),
                _decimal(getattr(self._facts, f"{code}_180")),
                _decimal(getattr(self._facts, f"{code}_12m")),
            )
            for name, code, meaning in INDICES
        ]


def _decimal(value: float | None) -> str:
    return gettext("no value") if value is None else f"{value:.2f}"


# Written out: the page has no time to put it together from query sets. First the latest contacts
# with everybody who was there, then every worker who ever met the person, and when first.
_LATEST_AND_MET = f"""
SELECT c.id, c.date, c.order_key, c.medium, c.worker_id, w.name, p.worker_id, v.name
FROM (
  SELECT id, date, order_key, medium, worker_id FROM cases_contact
  WHERE person_id = %(person)s AND attendance IN ('5', '6') AND date <= %(on)s
  ORDER BY date DESC, order_key DESC LIMIT {SHOWN}
) c
LEFT JOIN directory_worker w ON w.id = c.worker_id
LEFT JOIN cases_activity a ON a.contact_id = c.id
LEFT JOIN cases_activityworker p ON p.activity_id = a.id
LEFT JOIN directory_worker v ON v.id = p.worker_id
UNION ALL
SELECT NULL, MIN(c.date), NULL, NULL, c.worker_id, w.name, NULL, NULL FROM cases_contact c
JOIN directory_worker w ON w.id = c.worker_id
WHERE c.person_id = %(person)s AND c.attendance IN ('5', '6') AND c.date <= %(on)s
GROUP BY c.worker_id, w.name
UNION ALL
SELECT NULL, MIN(c.date), NULL, NULL, p.worker_id, v.name, NULL, NULL FROM cases_contact c
JOIN cases_activity a ON a.contact_id = c.id
JOIN cases_activityworker p ON p.activity_id = a.id
JOIN directory_worker v ON v.id = p.worker_id
WHERE c.person_id = %(person)s AND c.attendance IN ('5', '6') AND c.date <= %(on)s
GROUP BY p.worker_id, v.name
"""


def strip_of(person: Person, on: dt.date) -> FacesStrip:
    """The last contacts that took place up to a day, by who was there, the main worker first."""
    asked = {"person": engines.key(person.pk), "on": engines.date_parameter(on)}
    meetings: dict[Any, tuple[dt.date, str, dict[UUID, str]]] = {}
    found = engines.rows(_LATEST_AND_MET, asked)
    latest = [row for row in found if row[0] is not None]
    latest.sort(key=lambda row: (str(row[1]), row[2], str(row[0]), str(row[6])))
    for contact, date, _order, medium, *workers in latest:
        who = meetings.setdefault(contact, (engines.as_date(date), medium, {}))[2]
        for worker, name in (workers[:2], workers[2:]):
            if worker is not None:
                who.setdefault(engines.as_id(worker), name)
    seen = [worker for _date, _medium, who in meetings.values() for worker in who.items()]
    return faces_strip(
        [
            Meeting(date, tuple(who), medium_words(medium))
            for date, medium, who in meetings.values()
        ],
        Faces([*_met(row for row in found if row[0] is None), *seen]),
        last=SHOWN,
    )


def medium_words(code: str) -> str:
    """How a contact took place, where that is known."""
    return str(dict(Contact.Medium.choices).get(code, "")) if code else ""


def _met(found: Iterable[tuple[Any, ...]]) -> list[tuple[UUID, str]]:
    """Every worker who ever met the person, in the order in which they first did, so that a
    letter stays with its worker when the strip moves on."""
    met = sorted(found, key=lambda row: (row[1], str(row[4])))
    return list(dict.fromkeys((engines.as_id(row[4]), row[5]) for row in met))


def continuity(person: Person, viewer: User, on: dt.date) -> ContinuityPresenter | None:
    """The panel, where anybody has met the person yet."""
    found = facts.of_person(person.pk, on)
    if found is None or found.days_since_first is None:
        return None
    return ContinuityPresenter(found, strip_of(person, on))


person_panels.register("continuity", Panel("people/panels/continuity.jinja", 60, continuity))
