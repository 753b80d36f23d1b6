"""A referral, who acts, what they entered, and the day: what guards look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from casework.cases.models import CaseEvent, Contact, WorkerHandover
from casework.directory.models import Team, Worker
from referrals import holding as holders
from referrals import policy
from referrals.actors import Actor
from referrals.models import (
    DeclineProposal,
    EndingPlan,
    Handover,
    Question,
    Referral,
    Responsibility,
    SignOff,
)
from referrals.table import Kind, Role, Row, State, rows_of

NEVER = 99999  # days
_EMPTY: tuple[Any, ...] = (None, "", [], (), {}, False)


@dataclass
class Situation:
    """Everything that a guard may ask about. What is costly is read when it is first asked for."""

    referral: Referral
    actor: Actor
    details: dict[str, Any] = field(default_factory=dict)
    now: dt.datetime = field(default_factory=timezone.now)

    @cached_property
    def on(self) -> dt.date:
        return timezone.localdate(self.now)

    # what was entered

    def entered(self, name: str) -> Any:
        """What was entered, or None."""
        return self.details.get(name)

    def value(self, name: str) -> Any:
        """What was entered, or what the referral says already."""
        return self.details[name] if name in self.details else getattr(self.referral, name, None)

    def has(self, name: str) -> bool:
        """Something was entered, or is on a draft already."""
        if name in self.details:
            return self._filled(self.details[name])
        if self.referral.state == State.DRAFT:
            return self._filled(getattr(self.referral, name, None))
        return False

    @staticmethod
    def _filled(value: Any) -> bool:
        if isinstance(value, str):
            return bool(value.strip())
        return value not in _EMPTY

    # who it is

    @cached_property
    def responsibility(self) -> Responsibility | None:
        return Responsibility.objects.filter(person_id=self.referral.person_id).first()

    @cached_property
    def question(self) -> Question | None:
        if self.referral.state != State.AWAITING_INFORMATION:
            return None
        return (
            self.referral.questions.filter(settled_on__isnull=True)
            .select_related("asked_worker", "asked_team")
            .first()
        )

    @cached_property
    def _roles_by_membership(self) -> frozenset[Role]:
        return policy.roles_by_membership(self.referral, self.actor)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Everything that the actor is to the referral."""
        return policy.roles_of(
            self.referral,
            self.actor,
            responsibility=self.responsibility,
            question=self.question,
        )

    def is_any_of(self, roles: Iterable[Role]) -> bool:
        """Is the actor one of these? Who holds the person and who was asked is only read where
        memberships do not say so already."""
        return not (self._roles_by_membership.isdisjoint(roles) and self.roles.isdisjoint(roles))

    @cached_property
    def names(self) -> dict[str, str]:
        """Names for sentences."""
        held = self.responsibility
        return {
            "team": str(self.referral.team or ""),
            "sender": str(self.referral.sender_team or self.referral.sender_words),
            "worker": str(self.referral.named_worker or ""),
            "holder": str(held) if held else "",
        }

    # which row of the table

    def row(self, event: str) -> Row | None:
        """The row that applies to this event now, or None when the state does not allow it."""
        rows = rows_of(event, self.referral.state)
        for row in rows:
            if row.chosen is None or row.chosen(self):
                if self.referral.kind in row.kinds or len(rows) == 1:
                    return row
        return rows[0] if rows else None

    # what has been agreed, asked and proposed

    @cached_property
    def proposal(self) -> DeclineProposal | None:
        return self.referral.proposals.filter(outcome=DeclineProposal.Outcome.OPEN).first()

    @cached_property
    def sign_offs(self) -> list[SignOff]:
        return list(self.referral.sign_offs.order_by("-created_at", "-pk"))

    @property
    def open_sign_off(self) -> SignOff | None:
        return next((one for one in self.sign_offs if one.granted is None), None)

    @property
    def sign_off(self) -> SignOff | None:
        """The latest one that a lead has answered."""
        return next((one for one in self.sign_offs if one.granted is not None), None)

    @property
    def signed_off(self) -> bool:
        latest = self.sign_off
        return (
            latest is not None
            and bool(latest.granted)
            and latest.signed_on is not None
            and latest.signed_on >= (self.referral.state_on or latest.signed_on)
        )

    @cached_property
    def ending_plan(self) -> EndingPlan | None:
        """The latest ending plan that was agreed with the person before today, in this work."""
        plans = self.referral.ending_plans.filter(agreed_on__lt=self.on)
        if self.referral.first_contact_on:
            plans = plans.filter(agreed_on__gte=self.referral.first_contact_on)
        return plans.order_by("-agreed_on", "-pk").first()

    def handed_over_to(self, worker: Worker) -> bool:
        """Has this worker accepted a handover for the person in this work?"""
        since = self.referral.first_contact_on or self.on
        ours = Handover.objects.filter(
            person_id=self.referral.person_id,
            to_worker=worker,
            to_team_id=self.referral.team_id,
            accepted_on__gte=since,
        )
        between_workers = WorkerHandover.objects.filter(
            person_id=self.referral.person_id, to_worker=worker, completed_on__gte=since
        )
        return ours.exists() or between_workers.exists()

    @cached_property
    def named_worker_leaves(self) -> bool:
        """Whoever was named no longer works here, or is passing everything on because they leave:
        then somebody else is named at once."""
        worker = self.referral.named_worker
        return self.entered("leaves") is True or (worker is not None and not worker.active)

    # workers

    def works_in_receiving_team(self, worker: Worker) -> bool:
        """Still works here, and in the receiving team where memberships say where."""
        return worker.active and holders.works_in(worker, self.referral.team, self.on)

    def is_peer(self, worker: Worker) -> bool:
        return holders.is_peer(worker, self.on)

    # who holds

    @cached_property
    def holding(self) -> holders.Meanwhile:
        """Who holds the person once this is sent or opened again."""
        return holders.meanwhile(self)

    @cached_property
    def passes_responsibility(self) -> bool:
        """Joint work, questions and crisis teams never take the responsibility over."""
        team = self.referral.team
        if self.referral.kind in (Kind.JOINT, Kind.ADVICE) or team is None:
            return False
        return bool(team.kind != Team.Kind.CRISIS)

    @cached_property
    def next_holder(self) -> Worker | None:
        """Who answers for the person after a first contact: the named worker, else whoever met
        them, else somebody who leads the team; never a peer worker."""
        contact: Contact | None = self.entered("contact")
        candidates = [
            self.referral.named_worker,
            self.entered("worker"),
            contact.worker if contact else None,
        ]
        for worker in candidates:
            if worker is not None and worker.active and not self.is_peer(worker):
                return worker
        return holders.somebody_of(self.referral.team, self.on)

    # the first contact

    @cached_property
    def contact_counts(self) -> bool:
        """Attended, with the receiving team, after acceptance, and neither triage nor
        assessment. A partner without an account confirms it with a date."""
        contact: Contact | None = self.entered("contact")
        accepted = self.referral.accepted_on or self.referral.received_on
        if contact is None:
            met_on = self.entered("met_on")
            return isinstance(met_on, dt.date) and accepted <= met_on <= self.on
        with_team = contact.team_id == self.referral.team_id or (
            contact.team_id is None
            and contact.worker_id is not None
            and contact.worker_id == self.referral.named_worker_id
        )
        return (
            contact.attended
            and contact.person_id == self.referral.person_id
            and with_team
            and contact.date >= accepted
            and contact.purpose not in (Contact.Purpose.TRIAGE, Contact.Purpose.ASSESSMENT)
        )

    @cached_property
    def last_first_contact(self) -> CaseEvent | None:
        return (
            CaseEvent.objects.filter(
                person_id=self.referral.person_id,
                about=self.referral.pk,
                kind="referral.first_contact",
            )
            .order_by("-created_at", "-pk")
            .first()
        )

    @cached_property
    def state_before_contact(self) -> str:
        event = self.last_first_contact
        return str(event.data.get("from", "")) if event else ""

    @cached_property
    def days_since_first_contact(self) -> int:
        event = self.last_first_contact
        return (self.on - timezone.localdate(event.created_at)).days if event else NEVER
