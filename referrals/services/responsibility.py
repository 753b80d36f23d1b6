"""The responsibility for a person passes on: by first contact, handover or recorded override."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases import services as cases
from casework.cases.models import Allocation, Case, CaseEvent, LiveReason, Person
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker
from referrals import holding
from referrals.models import HoldingChange, Referral, Responsibility

How = HoldingChange.How


def pass_on(
    *,
    person: Person,
    team: Team,
    worker: Worker,
    how: HoldingChange.How,
    by: User | None,
    on: dt.date,
    referral: Referral | None = None,
    reason: str = "",
) -> HoldingChange:
    """From now on this team and this worker answer for the person.

    Precondition: a transaction; whoever calls has asked whether this may be.
    Promise: the one row about the person, the change, and the case that mirrors it.
    """
    now = Responsibility.objects.select_for_update().filter(person=person).first()
    change = HoldingChange(
        person=person,
        on=on,
        how=how,
        team=team,
        worker=worker,
        from_team_id=now.team_id if now else None,
        from_worker_id=now.worker_id if now else None,
        referral=referral,
        reason=reason,
        by=by,
    )
    if now is None:
        now = Responsibility(person=person)
    now.team, now.worker, now.since, now.imported = team, worker, on, False
    now.save()
    change.save()
    _mirror(person, team, by=by, on=on, change=change)
    return change


def begin_holding(
    *,
    person: Person,
    team: Team,
    worker: Worker,
    how: HoldingChange.How,
    by: User | None,
    on: dt.date,
    reason: str = "",
) -> HoldingChange | None:
    """Somebody of the team that has the case holds the person, as being named there means.

    Precondition: a transaction. Nothing happens after a death.
    """
    if person.death_date is not None:
        return None
    change = pass_on(person=person, team=team, worker=worker, how=how, by=by, on=on, reason=reason)
    cases.touch(person)
    return change


def _mirror(
    person: Person, team: Team, *, by: User | None, on: dt.date, change: HoldingChange
) -> None:
    """The person's open case is held by the same team, which may open the record."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .filter(person=person, closed_on__isnull=True)
        .first()
    )
    if case is None:
        cases.open_case(person=person, team=team, by=by, on=on)
        return
    if case.team_id == team.pk:
        return
    case.note_edits(team=team)
    case._history_user = by
    case.save()
    for live in LiveReason.objects.select_for_update().filter(
        person=person, kind=LiveReason.Kind.CASE_TEAM, end__isnull=True
    ):
        live.end = max(on, live.start)
        live.save()
    LiveReason.objects.create(
        person=person,
        team=team,
        kind=LiveReason.Kind.CASE_TEAM,
        source_key=f"holding:{change.pk}",
        start=on,
    )


def ensure_held(*, referral: Referral, on: dt.date) -> Responsibility:
    """An extract may say nothing about who holds a person. Somebody acts on their referral here
    now: then its team holds them, with nobody named where the extract names nobody."""
    row = Responsibility.objects.filter(person_id=referral.person_id).first()
    team = referral.team or referral.sender_team
    if row is None and team is not None:
        worker = referral.named_worker
        if worker is not None and (not worker.active or holding.is_peer(worker, on)):
            worker = None
        row = Responsibility.objects.create(
            person_id=referral.person_id, team=team, worker=worker, imported=True, since=on
        )
        HoldingChange.objects.create(
            person_id=referral.person_id,
            on=on,
            how=How.IMPORTED,
            team=team,
            worker=worker,
            referral=referral,
        )
    if row is None:
        raise Refusal(_("This referral names no team. Choose the receiving team first."))
    return row


def become_key_worker(
    *,
    person: Person,
    worker: Worker,
    team: Team,
    by: User | None,
    on: dt.date,
    end_reason: str,
    planned: bool | None,
    overlap_until: dt.date | None = None,
) -> None:
    """The new holder is the person's key worker; whoever was one before stops, unless both are
    there for a while as agreed."""
    current = Allocation.objects.filter(
        person=person, role=Allocation.Role.KEY_WORKER, end__isnull=True
    ).order_by("start", "pk")
    was = list(current)
    if worker.pk not in {one.worker_id for one in was}:
        cases.allocate(person=person, worker=worker, team=team, by=by, start=on)
    if overlap_until is None or overlap_until <= on:
        for one in was:
            if one.worker_id != worker.pk:
                cases.end_allocation(
                    allocation=one,
                    by=by,
                    reason=end_reason,
                    end=max(on, one.start),
                    planned=planned,
                )


@transaction.atomic
def override_holder(
    *, person: Person, team: Team, worker: Worker, by: User, reason: str
) -> HoldingChange:
    """Record that somebody else holds a person, outside of a handover (an absence, a mistake).

    Precondition: `by` allocates in the present holding team or in the new one; a reason; the
    worker still works in the new team and is not a peer worker.
    """
    on = timezone.localdate()
    now = Responsibility.objects.select_for_update().filter(person=person).first()
    teams = accounts.teams_where(by, Permission.ALLOCATE)
    if not teams.intersection({team.pk, now.team_id if now else team.pk}):
        raise Refusal(_("Only somebody who allocates in one of the two teams can do this."))
    if person.death_date is not None:
        raise Refusal(_("This person has died."))
    if not reason.strip():
        raise Refusal(_("Say why somebody else holds the person now."))
    if not worker.active or not holding.works_in(worker, team, on):
        raise Refusal(_("Choose a worker of %s who still works there.") % team)
    if holding.is_peer(worker, on):
        raise Refusal(_("%s is a peer worker: somebody else must answer for the person.") % worker)
    change = pass_on(
        person=person, team=team, worker=worker, how=How.OVERRIDE, by=by, on=on, reason=reason
    )
    CaseEvent.objects.create(
        person=person,
        kind="holding.override",
        on=on,
        by=by,
        worker=worker,
        team=team,
        about=change.pk,
    )
    cases.touch(person)
    return change
