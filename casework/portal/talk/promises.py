"""Who holds a person, and within how many working days their team answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.cases.models import Absence, Case, Person
from casework.common.presenters import short_date
from casework.continuity.policy_values import Policies
from casework.directory.models import Team, Worker
from casework.portal.promise_rules import ASKING, MESSAGES

__all__ = ["ASKING", "MESSAGES", "Held", "days_to_answer", "held_by", "readers"]


@dataclass(frozen=True)
class Held:
    """The team that holds a person and their key worker, as far as there are any."""

    team: Team | None
    worker: Worker | None


def held_by(person: Person) -> Held:
    """Who holds a person today; nobody, where their time with the network has ended."""
    case = (
        Case.objects.filter(person=person, closed_on__isnull=True)
        .select_related("team", "key_worker")
        .order_by("pk")
        .first()
    )
    return Held(case.team, case.key_worker) if case is not None else Held(None, None)


def days_to_answer(team: Team | None, code: str) -> int:
    """Working days of England within which a team answers, as the team has set it; one at least."""
    policy = Policies().for_team(team.pk if team else None, team.kind if team else "")
    return max(1, int(policy[code]))


def readers(held: Held, on: dt.date) -> list[str]:
    """Who reads what the person sends, in sentences: the key worker, whoever stands in, the team.

    Nobody, where nobody holds them.
    """
    if held.team is None:
        return []
    found = []
    if held.worker is not None:
        away = (
            Absence.objects.on(on)
            .filter(worker=held.worker)
            .select_related("cover_worker", "cover_team")
            .order_by("start", "pk")
            .first()
        )
        if away is None:
            found.append(_("%(name)s, your key worker, reads it first.") % {"name": held.worker})
        else:
            found.append(_away(held.worker, away))
    else:
        found.append(_("You have no key worker now. Whoever is on duty in the team reads it."))
    found.append(
        _("People of %(team)s who work with you can read it too.") % {"team": held.team.name}
    )
    return found


def _away(worker: Worker, away: Absence) -> str:
    names = {"name": worker.name, "cover": away.cover_worker or away.cover_team}
    if away.end is None:
        return _("%(name)s is away now. %(cover)s reads it first.") % names
    return _("%(name)s is away until %(day)s. %(cover)s reads it first.") % {
        **names,
        "day": short_date(away.end),
    }
