"""Somebody leaves: first there is cover for everything at once, then everything finds a person.

A worker who leaves has an absence without an end, from the day after their last one. It can be
carried on by anybody who leads the worker, in any number of sittings: what is still held is
looked up each time and never remembered.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.cases.leaver_moves import Held, Passing, everything_held, in_order, leaver_moves
from casework.cases.models import Absence
from casework.cases.services import absences, cover
from casework.cases.services.records import save
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker

log = logging.getLogger(__name__)

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Result:
    """What became of one person's things: how many moved, or why none did."""

    person_id: UUID | None
    moved: int = 0
    refusal: str = ""


def last_day_of(leaving: Absence) -> dt.date:
    """The last day of a worker who leaves."""
    return leaving.start - A_DAY


def begin(
    *,
    worker: Worker,
    last_day: dt.date,
    by: User,
    cover_worker: Worker | None = None,
    cover_team: Team | None = None,
    note: str = "",
) -> Absence:
    """A worker leaves; `last_day` may be past or to come.

    Precondition: they still work here and are not leaving already; somebody covers.
    Promise: from the day after, the cover answers for everything that the worker holds, until each
    of these things has moved; nobody is given to the worker any more.
    """
    return absences.arrange(
        worker=worker,
        start=last_day + A_DAY,
        end=None,
        by=by,
        cover_worker=cover_worker,
        cover_team=cover_team,
        note=note,
        leaving=True,
    )


@transaction.atomic
def call_off(*, leaving: Absence, by: User) -> None:
    """The worker stays after all.

    Precondition: their last day has not passed. Promise: what has moved already stays moved.
    """
    if last_day_of(leaving) < timezone.localdate():
        raise Refusal(_("The last day has passed. Add the worker again instead."))
    absences.end_absence(absence=leaving, by=by, last_day=last_day_of(leaving))


def held_by(leaving: Absence) -> list[tuple[str, Held]]:
    """What would be without a holder after the last day, each with the name of its kind."""
    return everything_held(leaving.worker, last_day_of(leaving))


@transaction.atomic
def move_person(
    *,
    leaving: Absence,
    person_id: UUID | None,
    to: Worker,
    by: User,
    agreed_on: dt.date | None = None,
    person_says: str = "",
) -> int:
    """Give everything that the worker holds for one person (None: for nobody) to another worker.

    Precondition: the new worker still works here and is not leaving; `agreed_on` is when it was
    talked about with the person, None if it was not.
    Promise: all of it moves or none; a named role is handed over with a time together where the
    last day is still to come; the cover for this person ends when nothing is left. How many moved.
    """
    row = Absence.objects.select_for_update(of=("self",)).get(pk=leaving.pk)
    worker = Worker.objects.get(pk=row.worker_id)
    if to.pk == worker.pk or not to.active:
        raise Refusal(_("Choose somebody else who works here."))
    if Absence.objects.filter(worker=to, leaving=True, end__isnull=True).exists():
        raise Refusal(_("%(worker)s is leaving too.") % {"worker": to})
    if agreed_on is not None and agreed_on > timezone.localdate():
        raise Refusal(_("The day on which it was talked about cannot be in the future."))
    passing = Passing(
        worker=worker,
        to=to,
        last_day=last_day_of(row),
        by=by,
        agreed_on=agreed_on,
        person_says=person_says.strip(),
    )
    moved = 0
    for name, kind in in_order():
        for held in kind.held(worker, passing.last_day):
            if held.person_id == person_id:
                leaver_moves[name].move(held.key, passing)
                moved += 1
    left = [held for _n, held in everything_held(worker, passing.last_day)]
    if any(held.person_id == person_id for held in left):
        raise Refusal(_("Not everything could be moved. Nothing has changed."))
    if person_id is not None and moved:
        cover.end_cover(absence=row, last_day=timezone.localdate(), people=[person_id])
    return moved


def move_people(
    *,
    leaving: Absence,
    people: Iterable[UUID | None],
    to: Worker,
    by: User,
    agreed_on: dt.date | None = None,
) -> list[Result]:
    """Give several people's things to one worker; each person is a transaction of its own.

    Promise: one result a person, in their order. What is refused for one person stops no other,
    and a run that is cut short has left nobody half moved.
    """
    results = []
    for person_id in people:
        try:
            moved = move_person(
                leaving=leaving, person_id=person_id, to=to, by=by, agreed_on=agreed_on
            )
        except Refusal as refusal:
            results.append(Result(person_id, refusal=refusal.sentence))
        else:
            results.append(Result(person_id, moved=moved))
    return results


@transaction.atomic
def finish(*, leaving: Absence, by: User) -> Worker:
    """The worker has left, or will have at the end of their last day.

    Precondition: they hold nothing any more.
    Promise: their memberships end with the last day. Once that has passed, they are no longer
    somebody who works here, and their account is closed.
    """
    row = (
        Absence.objects.select_for_update(of=("self",)).select_related("worker").get(pk=leaving.pk)
    )
    if held_by(row):
        raise Refusal(_("Not everything has moved yet. Nobody may be left without a holder."))
    worker, last_day = row.worker, last_day_of(row)
    over = last_day < timezone.localdate()
    user = User.objects.filter(worker=worker, is_active=True).first()
    if user is not None and over:
        accounts.deactivate(user=user, by=by, reason=_("Left the service"))
    elif user is not None:
        for member in user.memberships.all():
            if member.end is None or member.end > last_day:
                accounts.end_membership(
                    membership=member,
                    by=by,
                    end=max(last_day, member.start),
                    reason=_("Leaves the service"),
                )
    if over and worker.active:
        worker.active = False
        save(worker, by=by, reason=_("Left the service"))
        today = timezone.localdate()
        cover.end_cover(absence=row, last_day=today)
        row.end = max(row.start, today)
        save(row, by=by)
    return worker


def finish_due(*, on: dt.date | None = None) -> int:
    """Finish for those whose last day has passed and who hold nothing; how many. Every night."""
    on = on or timezone.localdate()
    waiting = Absence.objects.filter(
        leaving=True, start__lte=on, end__isnull=True, worker__active=True
    )
    done = 0
    for leaving in waiting.select_related("worker", "made_by").order_by("pk"):
        try:
            finish(leaving=leaving, by=leaving.made_by)
            done += 1
        except Refusal:
            log.info("leaving %s is not finished yet", leaving.pk)
    return done
