"""Who holds a person follows who is named for them, and a death ends everything."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.life_hooks import case_opened_hooks, death_hooks, key_worker_hooks
from casework.cases.models import Case, Person, WorkerHandover
from referrals import holding, services
from referrals.models import HoldingChange, Referral, Responsibility
from referrals.table import State

How = HoldingChange.How


def hold_from_the_start(*, case: Case, by: User | None, on: dt.date) -> None:
    """Whoever opens a case for their own team holds the person until somebody else is named; for
    somebody who cannot (a peer worker, an administrator), whoever leads the team does."""
    if by is None or case.team is None:
        return
    if Responsibility.objects.filter(person_id=case.person_id).exists():
        return
    worker = by.worker
    if worker is None or holding.is_peer(worker, on) or not holding.works_in(worker, case.team, on):
        worker = holding.somebody_of(case.team, on)
    if worker is not None:
        services.begin_holding(
            person=case.person, team=case.team, worker=worker, how=How.CASE, by=by, on=on
        )


def follow_the_key_worker(*, case: Case, by: User | None, on: dt.date) -> None:
    """Inside the team that holds the person, the key worker is the holder.

    A key worker of another team, or a peer worker, never takes the responsibility over by being
    named: that is for a first contact, an accepted handover, or an override.
    """
    worker, team = case.key_worker, case.team
    if worker is None or team is None or not worker.active or holding.is_peer(worker, on):
        return
    if not holding.works_in(worker, team, on):
        return
    held = Responsibility.objects.select_for_update().filter(person_id=case.person_id).first()
    if held is None:
        services.begin_holding(
            person=case.person, team=team, worker=worker, how=How.NAMED, by=by, on=on
        )
    elif held.team_id == team.pk and held.worker_id != worker.pk:
        planned = WorkerHandover.objects.filter(
            person_id=case.person_id,
            to_worker=worker,
            completed_on__isnull=True,
            cancelled_on__isnull=True,
        ).exists()
        services.begin_holding(
            person=case.person,
            team=team,
            worker=worker,
            how=How.HANDOVER if planned else How.NAMED,
            by=by,
            on=on,
            reason=_("Named as key worker"),
        )
        _follow_on_referrals(case, by)


def _follow_on_referrals(case: Case, by: User | None) -> None:
    """The team's own work with the person names whoever holds them for it now."""
    rows = Referral.objects.select_for_update().filter(
        person_id=case.person_id, team_id=case.team_id, state=State.IN_SERVICE
    )
    for row in rows.exclude(named_worker=case.key_worker).order_by("pk"):
        row.note_edits(named_worker=case.key_worker)
        row.version += 1
        row._history_user = by
        row.save()


def end_everything(*, person: Person, by: User | None, on: dt.date) -> None:
    services.close_at_death(person=person, on=on, by=by)


case_opened_hooks.register("referrals.hold", hold_from_the_start)
key_worker_hooks.register("referrals.holder", follow_the_key_worker)
death_hooks.register("referrals.death", end_everything)
