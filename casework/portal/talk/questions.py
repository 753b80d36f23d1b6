"""Three short questions after meetings: heard? about what matters? decided together?

They are optional, come once a month at most, and the person chooses who reads the answers. What is
counted is counted by team, never by worker, and small numbers are held back.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Case, Contact, Person
from casework.common.errors import Refusal
from casework.portal.models import HeardAnswer, PortalAccount
from casework.portal.talk import news
from casework.portal.talk.promises import held_by

EVERY_DAYS = 30
COUNTED_DAYS = 365
SMALL = 5  # fewer people than this are not counted out loud
ITEMS = ("heard", "mattered", "decided")
Audience = HeardAnswer.Audience
COUNTED = (Audience.TEAM, Audience.NUMBERS)


def is_time(account: PortalAccount, on: dt.date) -> bool:
    """May the person be asked now? Once a month at most, after a meeting, unless they said no."""
    if not news.choice_of(account).asks:
        return False
    since = on - dt.timedelta(days=EVERY_DAYS)
    if account.person.heard_answers.filter(on__gt=since).exists():
        return False
    met = account.person.contacts.filter(
        attendance__in=(Contact.Attendance.ATTENDED, Contact.Attendance.LATE),
        date__gt=since,
        date__lte=on,
    )
    return met.exists()


@transaction.atomic
def answer(
    *,
    person: Person,
    heard: str = "",
    mattered: str = "",
    decided: str = "",
    words: str = "",
    audience: str = Audience.ONLY_ME,
) -> HeardAnswer:
    """The person answers what they want of the three questions, and says who reads it.

    Precondition: they answered one at least, and have not done so within the month.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if audience not in Audience.values:
        raise Refusal(_("Select who reads your answers."))
    if not (heard or mattered or decided):
        raise Refusal(_("Answer at least one of the questions."))
    return _save(
        person,
        heard=heard,
        mattered=mattered,
        decided=decided,
        words=words.strip(),
        audience=audience,
    )


@transaction.atomic
def not_now(*, person: Person) -> HeardAnswer:
    """The person does not want to be asked this month."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    return _save(person, skipped=True)


def _save(person: Person, **said: Any) -> HeardAnswer:
    today = timezone.localdate()
    if person.heard_answers.filter(on__gt=today - dt.timedelta(days=EVERY_DAYS)).exists():
        raise Refusal(_("You have answered this month already. Thank you."))
    row = HeardAnswer(person=person, team=held_by(person).team, on=today, **said)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def change_audience(*, row: HeardAnswer, audience: str) -> HeardAnswer:
    """The person changes who reads their answers, from now on."""
    found = HeardAnswer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if audience not in Audience.values:
        raise Refusal(_("Select who reads your answers."))
    found.audience = audience
    found.save()
    return found


def readable_by(user: User, person: Person) -> QuerySet[HeardAnswer]:
    """The answers that the person lets this user read: those for the team, and those for the key
    worker where the user is that today."""
    allowed = Q(audience=Audience.TEAM)
    mine = Case.objects.filter(person=person, closed_on__isnull=True, key_worker=user.worker_id)
    if user.worker_id is not None and mine.exists():
        allowed |= Q(audience=Audience.KEY_WORKER)
    return HeardAnswer.objects.visible_to(user).filter(allowed, person=person, skipped=False)


# For the service, in numbers ---------------------------------------------------------------------


@dataclass(frozen=True)
class TeamNumbers:
    """How the people of one team answered in a year: by question, how many said what. Each person
    counts once, with what they said last. Nothing stands here where too few answered."""

    team_id: UUID
    name: str
    people: str
    replies: dict[str, dict[str, str]]


def shown(n: int) -> str:
    """A number as it is shown: under five nobody learns which, the others to the nearest five."""
    return _("Under 5") if n < SMALL else str(SMALL * round(n / SMALL))


def numbers(teams: Collection[UUID] | None, on: dt.date) -> list[TeamNumbers]:
    """The numbers of these teams (None = all), by name: this is no ranking. One query."""
    rows = HeardAnswer.objects.filter(
        audience__in=COUNTED,
        skipped=False,
        team__isnull=False,
        on__gt=on - dt.timedelta(days=COUNTED_DAYS),
        on__lte=on,
    )
    if teams is not None:
        rows = rows.filter(team__in=teams)
    latest: dict[UUID, dict[UUID, Any]] = defaultdict(dict)
    names: dict[UUID, str] = {}
    for row in rows.order_by("on", "pk").values("team_id", "team__name", "person_id", *ITEMS):
        latest[row["team_id"]][row["person_id"]] = row
        names[row["team_id"]] = row["team__name"]
    found = [_of_team(ident, names[ident], list(said.values())) for ident, said in latest.items()]
    return sorted(found, key=lambda one: (one.name.casefold(), str(one.team_id)))


def _of_team(ident: UUID, name: str, said: list[Any]) -> TeamNumbers:
    if len(said) < SMALL:
        return TeamNumbers(ident, name, shown(len(said)), {})
    replies = {
        item: {
            reply: shown(sum(1 for one in said if one[item] == reply))
            for reply in HeardAnswer.Reply.values
        }
        for item in ITEMS
        if sum(1 for one in said if one[item]) >= SMALL
    }
    return TeamNumbers(ident, name, shown(len(said)), replies)
