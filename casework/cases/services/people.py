"""A person comes to the network."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.life_hooks import case_opened_hooks
from casework.cases.models import Case, CaseEvent, LiveReason, Person
from casework.cases.services.records import save, touch
from casework.common import nhs_number as nhs
from casework.common.errors import Refusal
from casework.directory.models import Team


@transaction.atomic
def add_person(
    *,
    team: Team,
    by: User | None,
    name: str,
    nhs_number: str = "",
    on: dt.date | None = None,
    **fields: Any,
) -> Person:
    """Write down a new person, held by `team` from the first moment.

    Precondition: the team is open; an NHS number, where given, has a right check digit.
    Promise: a person with an open case of that team, which may open the record.
    """
    number = nhs.normalise(nhs_number) or None
    if number and not nhs.is_valid(number):
        raise Refusal(_("This is not a valid NHS number. Check its ten digits."))
    if not name.strip() and not str(fields.get("preferred_name", "")).strip():
        raise Refusal(_("Enter a name, or the name that the person wants to be called by."))
    person = Person(name=name.strip(), nhs_number=number, **fields)
    try:
        person.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    save(person, by=by)
    open_case(person=person, team=team, by=by, on=on)
    return person


@transaction.atomic
def open_case(*, person: Person, team: Team, by: User | None, on: dt.date | None = None) -> Case:
    """Begin a person's time with the network.

    Precondition: they are alive and have no open case; the team is open.
    Promise: the case is held by the team, and the team may open the record.
    """
    on = on or timezone.localdate()
    if person.death_date is not None and person.death_date < on:
        raise Refusal(_("This person has died."))
    if not team.active:
        raise Refusal(_("%(team)s is closed. Choose another team.") % {"team": team})
    if Case.objects.filter(person=person, closed_on__isnull=True).exists():
        raise Refusal(_("This person already has an open case."))
    case = save(Case(person=person, team=team, opened_on=on), by=by)
    LiveReason.objects.create(
        person=person,
        team=team,
        kind=LiveReason.Kind.CASE_TEAM,
        source_key=f"case:{case.pk}",
        start=on,
    )
    CaseEvent.objects.create(
        person=person, kind="case.opened", on=on, by=by, team=team, about=case.pk
    )
    for hook in case_opened_hooks:
        hook(case=case, by=by, on=on)
    touch(person)
    return case
