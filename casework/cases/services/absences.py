"""A worker is away, and somebody covers everything at once."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.leaver_moves import everything_held
from casework.cases.models import Absence
from casework.cases.services import cover
from casework.cases.services.records import save
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker

YESTERDAY = dt.timedelta(days=-1)
LOOK_AHEAD = dt.timedelta(weeks=4)  # how far the cover must be there when no last day is known


@transaction.atomic
def arrange(
    *,
    worker: Worker,
    start: dt.date,
    end: dt.date | None,
    by: User,
    cover_worker: Worker | None = None,
    cover_team: Team | None = None,
    note: str = "",
    leaving: bool = False,
) -> Absence:
    """Write down that a worker is away, and who covers: one worker, or a duty team.

    Precondition: the worker still works here and is not away already in that time; the cover does
    too and is not away then; the absence is not over. No last day means until further notice.
    Promise: from the first day to the last, the cover may open the record of everybody whom the
    worker is with, and each of those people's pages says who covers. It ends by itself.
    """
    row = Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if not row.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": row})
    if end is not None and end < start:
        raise Refusal(_("The last day must not be before the first day."))
    if end is not None and end < timezone.localdate():
        raise Refusal(_("This absence is over. There is nothing to cover."))
    for other in _meeting(row, start, end):
        if other.leaving:
            raise Refusal(_("%(worker)s is leaving by then.") % {"worker": row})
        if not leaving:
            raise Refusal(
                _("%(worker)s is already written down as away in that time.") % {"worker": row}
            )
        end_absence(absence=other, by=by, last_day=start + YESTERDAY)
    _fits(row, cover_worker, cover_team, start, end)
    absence = save(
        Absence(
            worker=row,
            start=start,
            end=end,
            cover_worker=cover_worker,
            cover_team=cover_team,
            note=note.strip(),
            leaving=leaving,
            made_by=by,
        ),
        by=by,
    )
    cover.cover_people(absence=absence, people=people_with(row, start), by=by)
    return absence


@transaction.atomic
def change(
    *,
    absence: Absence,
    end: dt.date | None,
    by: User | None,
    cover_worker: Worker | None = None,
    cover_team: Team | None = None,
    note: str | None = None,
) -> Absence:
    """The worker is away for longer or shorter, or somebody else covers.

    Precondition: the absence is not over; as for `arrange`.
    Promise: whoever covered no longer has that reason from today; whoever covers now has it until
    the new last day.
    """
    today = timezone.localdate()
    row = _locked(absence)
    if row.end is not None and row.end < today:
        raise Refusal(_("This absence is over."))
    if end is not None and (end < row.start or end < today):
        raise Refusal(_("The last day must not be in the past, or before the first day."))
    _fits(row.worker, cover_worker, cover_team, max(row.start, today), end)
    covered_before = Absence(
        pk=row.pk, cover_worker_id=row.cover_worker_id, cover_team_id=row.cover_team_id
    )
    row.end = end
    row.cover_worker, row.cover_team = cover_worker, cover_team
    if note is not None:
        row.note = note.strip()
    save(row, by=by)
    if cover.source_key(row) != cover.source_key(covered_before):
        cover.end_cover(absence=covered_before, last_day=today + YESTERDAY)
    people = people_with(row.worker, max(row.start, today))
    cover.prolong_cover(absence=row, people=people)
    cover.cover_people(absence=row, people=people, by=by, start=max(row.start, today))
    return row


@transaction.atomic
def end_absence(
    *, absence: Absence, by: User | None, last_day: dt.date | None = None
) -> Absence | None:
    """The worker is back; `last_day` is the last day away (yesterday, unless said).

    Precondition: the absence is not over already.
    Promise: the cover's reason to open the records ends with it. An absence that is called off
    before it began is taken away, and None returned.
    """
    last_day = last_day or timezone.localdate() + YESTERDAY
    row = _locked(absence)
    if row.end is not None and row.end < last_day:
        raise Refusal(_("This absence is over."))
    cover.end_cover(absence=row, last_day=last_day)
    if last_day < row.start:
        row._history_user = by
        row.delete()
        return None
    row.end = last_day
    return save(row, by=by)


def people_with(worker: Worker, day: dt.date) -> set[UUID]:
    """Everybody for whom the worker holds something on a day or later."""
    return {
        held.person_id
        for _kind, held in everything_held(worker, day + YESTERDAY)
        if held.person_id is not None
    }


def refresh(*, on: dt.date | None = None) -> int:
    """Cover those who came to somebody who is away; how many that were. Run every night."""
    on = on or timezone.localdate()
    count = 0
    lasting = Absence.objects.filter(Q(end__isnull=True) | Q(end__gte=on), worker__active=True)
    for key in lasting.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            absence = _locked(Absence(pk=key))
            day = max(absence.start, on)
            count += cover.cover_people(
                absence=absence, people=people_with(absence.worker, day), by=None, start=day
            )
    return count


def _locked(absence: Absence) -> Absence:
    return (
        Absence.objects.select_for_update(of=("self",)).select_related("worker").get(pk=absence.pk)
    )


def _meeting(worker: Worker, start: dt.date, end: dt.date | None) -> list[Absence]:
    """Absences of a worker that share a day with this time."""
    found = Absence.objects.filter(worker=worker).filter(Q(end__isnull=True) | Q(end__gte=start))
    if end is not None:
        found = found.filter(start__lte=end)
    return list(found.order_by("start", "pk"))


def _fits(
    worker: Worker,
    cover_worker: Worker | None,
    cover_team: Team | None,
    start: dt.date,
    end: dt.date | None,
) -> None:
    if (cover_worker is None) == (cover_team is None):
        raise Refusal(_("Choose who covers: a worker or the duty team."))
    if cover_team is not None and not cover_team.active:
        raise Refusal(_("%(team)s is closed. Choose another team.") % {"team": cover_team})
    if cover_worker is None:
        return
    if cover_worker.pk == worker.pk:
        raise Refusal(_("Somebody else must cover."))
    if not cover_worker.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": cover_worker})
    if _meeting(cover_worker, start, end or start + LOOK_AHEAD):
        raise Refusal(_("%(worker)s is away then too.") % {"worker": cover_worker})
