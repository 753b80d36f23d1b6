"""A worker is named, meets the person, and works with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from casework.accounts.models import User
from casework.cases import services as cases
from casework.cases.models import Allocation, Contact, LiveReason
from casework.directory.models import Worker
from referrals.actors import Actor
from referrals.models import HoldingChange, Referral
from referrals.services import responsibility
from referrals.services.engine import act
from referrals.situation import Situation
from referrals.table import State

How = HoldingChange.How


def allocate(
    *, referral: Referral, by: User | Actor, worker: Worker, seen_version: int | None = None
) -> Referral:
    """Name who will be the person's worker."""

    def effect(situation: Situation) -> None:
        situation.referral.named_worker = worker

    return act(
        "allocate",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"worker": worker},
    )


def reallocate(
    *,
    referral: Referral,
    by: User | Actor,
    worker: Worker,
    reason: str,
    leaves: bool = False,
    seen_version: int | None = None,
) -> Referral:
    """Name another worker, with a reason; once work has begun, by an accepted handover, unless the
    named worker has left or `leaves`. Whoever is named then answers for the person too, where the
    worker before did."""

    def effect(situation: Situation) -> dict[str, Any]:
        row, before = situation.referral, situation.referral.named_worker_id
        row.named_worker = worker
        held = situation.responsibility
        if (
            row.state == State.IN_SERVICE
            and situation.passes_responsibility
            and held is not None
            and held.team_id == row.team_id
            and held.worker_id in (None, before)
            and row.team is not None
        ):
            responsibility.pass_on(
                person=row.person,
                team=row.team,
                worker=worker,
                how=How.NAMED if held.worker_id is None else How.HANDOVER,
                by=situation.actor.user,
                on=situation.on,
                referral=row,
                reason=reason,
            )
        return {"reason": reason, "worker_before": str(before) if before else None}

    return act(
        "reallocate",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"worker": worker, "reason": reason, "leaves": leaves},
    )


def first_contact(
    *,
    referral: Referral,
    by: User | Actor,
    contact: Contact | None = None,
    met_on: dt.date | None = None,
    worker: Worker | None = None,
    seen_version: int | None = None,
) -> Referral:
    """The receiving team has met the person: from now on it answers for them.

    Called by the contact hook with the contact, or by a partner without an account with a date.
    Joint work and crisis teams never take the responsibility over.
    """

    def effect(situation: Situation) -> dict[str, Any]:
        row, taker, team = situation.referral, situation.next_holder, situation.referral.team
        if taker is None or team is None:  # the guards have asked already
            raise LookupError("nobody takes over")
        on = contact.date if contact is not None else met_on
        row.met_contact, row.first_contact_on = contact, on
        if row.named_worker_id is None:
            row.named_worker = taker
        row.intensity = row.intensity or Referral.Intensity.STEADY
        data: dict[str, Any] = {"contact": str(contact.pk) if contact else None}
        if situation.passes_responsibility:
            change = responsibility.pass_on(
                person=row.person,
                team=team,
                worker=taker,
                how=How.FIRST_CONTACT,
                by=situation.actor.user,
                on=situation.on,
                referral=row,
            )
            responsibility.become_key_worker(
                person=row.person,
                worker=taker,
                team=team,
                by=situation.actor.user,
                on=situation.on,
                end_reason=Allocation.EndReason.TEAM_CHANGE,
                planned=None,
            )
            data["holding_change"] = str(change.pk)
        return data

    return act(
        "first_contact",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"contact": contact, "met_on": met_on, "worker": worker},
        on=contact.date if contact is not None else met_on,
        time=contact.time if contact is not None else None,
    )


def undo_first_contact(
    *, referral: Referral, by: User | Actor, reason: str, seen_version: int | None = None
) -> Referral:
    """It was not the first contact after all: whoever held the person before holds them again."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        row.met_contact, row.first_contact_on = None, None
        if row.state == State.ACCEPTED:
            row.named_worker = None
        change = (
            HoldingChange.objects.filter(person=row.person, referral=row, how=How.FIRST_CONTACT)
            .select_related("from_team", "from_worker", "worker")
            .order_by("-created_at", "-pk")
            .first()
        )
        event = situation.last_first_contact
        passed = event is not None and event.data.get("holding_change") == str(
            change.pk if change else None
        )
        held = situation.responsibility
        if (
            passed
            and change is not None
            and change.from_team is not None
            and held is not None
            and (held.team_id, held.worker_id) == (change.team_id, change.worker_id)
        ):
            _give_back(situation, change)
        return {"reason": reason}

    return act(
        "undo_first_contact",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"reason": reason},
    )


def _give_back(situation: Situation, change: HoldingChange) -> None:
    row, by, on = situation.referral, situation.actor.user, situation.on
    back_to = change.from_worker or change.worker
    if change.from_team is None or back_to is None:
        return
    responsibility.pass_on(
        person=row.person,
        team=change.from_team,
        worker=back_to,
        how=How.UNDONE,
        by=by,
        on=on,
        referral=row,
    )
    key_worker = Allocation.objects.filter(person=row.person, role=Allocation.Role.KEY_WORKER)
    if change.from_worker_id != change.worker_id:
        ended = (
            key_worker.filter(
                worker_id=change.from_worker_id,
                end__gte=change.on,
                end_reason=Allocation.EndReason.TEAM_CHANGE,
            )
            .order_by("-end", "-pk")
            .first()
        )
        if ended is not None:
            ended.note_edits(end=None)
            ended.end_reason, ended.planned_ending = "", None
            ended._history_user = by
            ended.save()
            for live in LiveReason.objects.filter(
                person=row.person, source_key=f"allocation:{ended.pk}"
            ):
                live.end = None
                live.save()
        for begun in key_worker.filter(
            worker_id=change.worker_id, end__isnull=True, start__gte=change.on
        ):
            cases.end_allocation(allocation=begun, by=by, reason=Allocation.EndReason.OTHER)


def change_intensity(
    *,
    referral: Referral,
    by: User | Actor,
    intensity: str,
    with_person: bool,
    reason: str = "",
    extra_words: str = "",
    extra_owner: Worker | None = None,
    extra_until: dt.date | None = None,
    seen_version: int | None = None,
) -> Referral:
    """More or less support inside the service, agreed with the person; no new triage."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        before = row.intensity
        row.intensity = intensity
        row.extra_words, row.extra_owner, row.extra_until = extra_words, extra_owner, extra_until
        return {"before": before, "intensity": intensity, "reason": reason}

    return act(
        "change_intensity",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={
            "intensity": intensity if intensity in Referral.Intensity.values else "",
            "with_person": with_person,
            "extra_words": extra_words,
            "extra_owner": extra_owner,
            "extra_until": extra_until,
        },
    )
