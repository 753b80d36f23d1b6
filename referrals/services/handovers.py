"""A planned change of worker, agreed with the person and accepted by the new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases import services as cases
from casework.cases.models import Allocation, CaseEvent, LiveReason, Person
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker
from referrals import holding
from referrals.errors import EventRefused
from referrals.models import Handover, HoldingChange, Referral, Responsibility
from referrals.services import responsibility

DAYS = ("introduced_on", "joint_meeting_on", "goodbye_on")


@transaction.atomic
def propose_handover(
    *,
    person: Person,
    to_team: Team,
    to_worker: Worker,
    by: User,
    reason: str,
    referral: Referral | None = None,
    overlap_until: dt.date | None = None,
) -> Handover:
    """Begin a handover to a named worker.

    Precondition: `by` is the named holder, or allocates in the holding team; the new worker works
    in the new team and is not a peer worker; no other handover is under way.
    """
    on = timezone.localdate()
    held = (
        Responsibility.objects.select_for_update(of=("self",))
        .select_related("worker", "team")
        .filter(person=person)
        .first()
    )
    if held is None:
        raise Refusal(_("Nobody holds this person here, so there is nothing to hand over."))
    holder = held.worker_id is not None and by.worker_id == held.worker_id
    if not holder and not accounts.may_in_team(by, Permission.ALLOCATE, held.team_id):
        raise EventRefused(
            [_("Only the holder, or somebody who allocates in the holding team, can hand over.")],
            forbidden=True,
        )
    _fits(to_worker, to_team, on)
    if held.worker_id == to_worker.pk and held.team_id == to_team.pk:
        raise Refusal(_("%s holds the person already.") % to_worker)
    if not reason.strip():
        raise Refusal(_("Say why the worker changes."))
    if overlap_until is not None and overlap_until <= on:
        raise Refusal(_("The time with both workers must end after today."))
    if Handover.objects.filter(
        person=person, accepted_on__isnull=True, stopped_on__isnull=True
    ).exists():
        raise Refusal(_("A handover for this person is already under way."))
    handover = Handover(
        person=person,
        referral=referral,
        from_team=held.team,
        from_worker=held.worker,
        to_team=to_team,
        to_worker=to_worker,
        reason=reason,
        overlap_until=overlap_until,
        proposed_by=by,
    )
    _save(handover, by)
    LiveReason.objects.create(
        person=person,
        worker=to_worker,
        kind=LiveReason.Kind.HANDOVER,
        source_key=f"handover:{handover.pk}",
        start=on,
    )
    _record(handover, "handover.proposed", by=by, on=on)
    return handover


def _fits(worker: Worker, team: Team, on: dt.date) -> None:
    if not worker.active or not holding.works_in(worker, team, on):
        raise Refusal(_("Choose a worker of %s who still works there.") % team)
    if holding.is_peer(worker, on):
        raise Refusal(_("%s is a peer worker: somebody else must answer for the person.") % worker)


@transaction.atomic
def tick_handover(
    *,
    handover: Handover,
    by: User,
    steps_done: Sequence[str],
    agreed_on: dt.date | None = None,
    person_words: str = "",
    dates: Mapping[str, dt.date | None] | None = None,
) -> Handover:
    """Write down which steps are done, and that the person agreed; `dates` are the days on which
    they were introduced, met together and said goodbye.

    Precondition: the handover is under way; `by` is one of the two workers or allocates in one of
    the two teams.
    """
    row = _open_handover(handover)
    teams = accounts.teams_where(by, Permission.ALLOCATE)
    if by.worker_id not in {row.from_worker_id, row.to_worker_id} - {None} and not (
        teams & {row.from_team_id, row.to_team_id}
    ):
        raise EventRefused([_("This is for the two workers and their teams.")], forbidden=True)
    unknown = set(steps_done) - set(Handover.Step.values)
    if unknown:
        raise Refusal(_("Select steps of the list."))
    if agreed_on is not None and agreed_on > timezone.localdate():
        raise Refusal(_("The day of agreement cannot be in the future."))
    row.steps_done = [step for step in Handover.Step.values if step in steps_done]
    row.agreed_on = agreed_on or row.agreed_on
    row.person_words = person_words or row.person_words
    for name, day in (dates or {}).items():
        if name not in DAYS:
            raise Refusal(_("Select days of the list."))
        if day is not None and day > timezone.localdate():
            raise Refusal(_("The day of a step cannot be in the future."))
        setattr(row, name, day or getattr(row, name))
    _save(row, by)
    return row


@transaction.atomic
def accept_handover(*, handover: Handover, by: User) -> Handover:
    """The new worker takes over: from now on they answer for the person.

    Precondition: `by` is the new worker; every step is done and the person agreed. Promise: never
    a moment without a holder; the earlier key worker stays until the end of the overlap.
    """
    row = _open_handover(handover)
    on = timezone.localdate()
    if by.worker_id is None or by.worker_id != row.to_worker_id:
        raise EventRefused([_("Only %s can accept this.") % row.to_worker], forbidden=True)
    missing = [
        str(Handover.Step(step).label)
        for step in Handover.Step.values
        if step not in row.steps_done
    ]
    if missing:
        raise Refusal(_("Still to do: %s.") % "; ".join(missing))
    if row.agreed_on is None:
        raise Refusal(_("Agree the handover with the person first."))
    _fits(row.to_worker, row.to_team, on)
    row.accepted_by, row.accepted_on = by, on
    _save(row, by)
    responsibility.pass_on(
        person=row.person,
        team=row.to_team,
        worker=row.to_worker,
        how=HoldingChange.How.HANDOVER,
        by=by,
        on=on,
        referral=row.referral,
        reason=row.reason,
    )
    responsibility.become_key_worker(
        person=row.person,
        worker=row.to_worker,
        team=row.to_team,
        by=by,
        on=on,
        end_reason=Allocation.EndReason.HANDOVER,
        planned=True,
        overlap_until=row.overlap_until,
    )
    _end_reason_to_read(row, on)
    _record(row, "handover.accepted", by=by, on=on)
    return row


@transaction.atomic
def decline_handover(*, handover: Handover, by: User, reason: str) -> Handover:
    """The new worker cannot take the person on; whoever holds the person goes on.

    Precondition: the handover is under way; `by` is the new worker; a reason.
    """
    row = _open_handover(handover)
    if by.worker_id is None or by.worker_id != row.to_worker_id:
        raise EventRefused([_("Only %s can decline this.") % row.to_worker], forbidden=True)
    if not reason.strip():
        raise Refusal(_("Say why you cannot take it on."))
    on = timezone.localdate()
    row.stopped_on, row.stop_reason, row.declined = on, reason.strip(), True
    _save(row, by)
    _end_reason_to_read(row, on)
    _record(row, "handover.declined", by=by, on=on)
    return row


@transaction.atomic
def stop_handover(*, handover: Handover, by: User, reason: str = "") -> Handover:
    """The handover will not happen; whoever holds the person goes on."""
    row = _open_handover(handover)
    teams = accounts.teams_where(by, Permission.ALLOCATE)
    if by.worker_id not in {row.from_worker_id, row.to_worker_id} - {None} and not (
        teams & {row.from_team_id, row.to_team_id}
    ):
        raise EventRefused([_("This is for the two workers and their teams.")], forbidden=True)
    on = timezone.localdate()
    row.stopped_on, row.stop_reason = on, reason.strip()
    _save(row, by)
    _end_reason_to_read(row, on)
    _record(row, "handover.stopped", by=by, on=on)
    return row


def _open_handover(handover: Handover) -> Handover:
    row = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("person", "to_team", "to_worker", "from_worker", "referral")
        .get(pk=handover.pk)
    )
    if row.accepted_on is not None or row.stopped_on is not None:
        raise Refusal(_("This handover is over."))
    return row


def _save(handover: Handover, by: User) -> None:
    handover._history_user = by
    handover.save()


def _end_reason_to_read(handover: Handover, on: dt.date) -> None:
    for live in LiveReason.objects.filter(
        person=handover.person, source_key=f"handover:{handover.pk}", end__isnull=True
    ):
        live.end = max(on, live.start)
        live.save()


def _record(handover: Handover, kind: str, *, by: User, on: dt.date) -> None:
    CaseEvent.objects.create(
        person=handover.person,
        kind=kind,
        on=on,
        by=by,
        worker=handover.to_worker,
        team=handover.to_team,
        about=handover.pk,
    )
    cases.touch(handover.person)
