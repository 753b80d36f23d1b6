"""Somebody promises to do something by a day, and does it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import CaseEvent, Contact, Person, Step
from casework.cases.services.records import save, touch
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker


@dataclass(frozen=True)
class Promise:
    """What will be done, by when, and by whom: a worker, or whoever is there in a team."""

    words: str
    due_on: dt.date
    worker: Worker | None = None
    team: Team | None = None


@transaction.atomic
def make_step(
    *, person: Person, by: User | None, promise: Promise, from_contact: Contact | None = None
) -> Step:
    """Write down a promise to a person.

    Precondition: it says what and who, the day is not over, and a worker still works here.
    Promise: it waits with that worker or team until it is done, and an event says so.
    """
    if not promise.words.strip():
        raise Refusal(_("Say what will be done."))
    if promise.due_on < timezone.localdate():
        raise Refusal(_("The day by which it will be done must be today or later."))
    if promise.worker is None and promise.team is None:
        raise Refusal(_("Choose who will do this."))
    if promise.worker is not None and not promise.worker.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": promise.worker})
    step = save(
        Step(
            person=person,
            words=promise.words.strip(),
            worker=promise.worker,
            team=None if promise.worker else promise.team,
            due_on=promise.due_on,
            from_contact=from_contact,
            made_by=by,
        ),
        by=by,
    )
    _tell(step, "step.made", by=by)
    return step


@transaction.atomic
def finish_step(*, step: Step, by: User, what_happened: str = "") -> Step:
    """What was promised has been done.

    Precondition: nobody has said so yet.
    """
    step = Step.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if step.done_on is not None:
        raise Refusal(_("This has already been marked as done."))
    step.done_on = timezone.localdate()
    step.done_by = by
    step.what_happened = what_happened.strip()
    save(step, by=by)
    _tell(step, "step.done", by=by)
    return step


def _tell(step: Step, kind: str, *, by: User | None) -> None:
    CaseEvent.objects.create(
        person_id=step.person_id,
        kind=kind,
        on=timezone.localdate(),
        by=by,
        worker_id=step.worker_id,
        team_id=step.team_id,
        about=step.pk,
        data={"due_on": step.due_on.isoformat()},
    )
    touch(step.person_id)
