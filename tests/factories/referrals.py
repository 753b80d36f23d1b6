"""A small network of teams, and referrals brought to any state by the services."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.utils import timezone

from casework.accounts.models import User
from casework.cases import services as cases
from casework.cases.models import Contact, Person
from casework.directory.models import Organisation, Team, Worker
from referrals import services
from referrals.actors import Actor
from referrals.models import Referral
from referrals.table import Kind, State
from tests.factories import accounts, directory
from tests.factories.cases import held_person

START = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)  # a Monday


def _worker_of(role: str, team: Team, name: str) -> User:
    worker = directory.worker(name, organisation=team.organisation)
    return accounts.member(role, team=team, worker=worker, name=name)


@dataclass
class Network:
    """A surgery that refers, a community team that receives, and those around them."""

    practice: Organisation = field(
        default_factory=lambda: directory.organisation(kind=Organisation.Kind.GP)
    )
    trust: Organisation = field(default_factory=directory.organisation)

    def __post_init__(self) -> None:
        self.gp_team = directory.team("Surgery", of=self.practice, kind=Team.Kind.GP)
        self.cmht = directory.team("Community team", of=self.trust, mhsds_type="A06")
        self.specialist = directory.team(
            "Specialist service", of=self.trust, kind=Team.Kind.SPECIALIST, mhsds_type="A16"
        )
        self.crisis = directory.team(
            "Crisis team", of=self.trust, kind=Team.Kind.CRISIS, mhsds_type="A02"
        )
        self.housing = directory.team("Housing", kind=Team.Kind.VOLUNTARY)
        self.gp = _worker_of("team_member", self.gp_team, "Dr Gill")
        self.nurse = _worker_of("team_member", self.gp_team, "Nurse Nash")
        self.lead = _worker_of("team_lead", self.cmht, "Lead Lane")
        self.key_worker = _worker_of("key_worker", self.cmht, "Key Kerr")
        self.colleague = _worker_of("key_worker", self.cmht, "Col Cole")
        self.member = _worker_of("team_member", self.cmht, "Mem Moss")
        self.peer = _worker_of("peer_worker", self.cmht, "Peer Page")
        self.specialist_lead = _worker_of("team_lead", self.specialist, "Spec Snow")
        self.shift_lead = _worker_of("shift_lead", self.crisis, "Shift Shaw")
        self.housing_worker = _worker_of("partner", self.housing, "House Hill")
        self.network_lead = accounts.member("network_lead")
        self.administrator = accounts.member("administrator")
        self.records = accounts.user()
        self._correct(self.records, self.trust)
        self.other_records = accounts.member("records_administrator")
        self.person: Person = held_person(team=self.gp_team)

    @staticmethod
    def _correct(user: User, organisation: Organisation) -> None:
        from casework.accounts import services as account_services

        account_services.grant(
            user=user, role="records_administrator", organisation=organisation, by=None
        )

    def worker(self, user: User) -> Worker:
        worker = user.worker
        assert worker is not None
        return worker

    # bringing a referral somewhere ---------------------------------------------------------------

    def draft(self, **fields: Any) -> Referral:
        """A complete draft of the surgery to the community team."""
        fields.setdefault("team", self.cmht)
        fields.setdefault("kind", Kind.TRANSFER)
        fields.setdefault("priority", "3")
        fields.setdefault("reason_words", "I cannot go on like this on my own.")
        fields.setdefault("person_view", "wants")
        fields.setdefault("meanwhile_support", "A call every week")
        fields.setdefault("person", self.person)
        fields.setdefault("by", self.gp)
        fields.setdefault("sender_team", self.gp_team)
        return services.draft(**fields)

    def sent(self, **fields: Any) -> Referral:
        referral = self.draft(**fields)
        return services.send(
            referral=referral, by=fields.get("by", self.gp), holder=self.worker(self.nurse)
        )

    def proposal(self, **fields: Any) -> dict[str, Any]:
        """What a decline says."""
        return {
            "reason_code": "02",
            "grounds": ["other_need"],
            "explanation": "We think that another team could help more.",
            "cannot_offer": "Long-term therapy",
            "instead_team": self.specialist,
            "live_conversation": "Dr Gill and Lead Lane by telephone",
            **fields,
        }

    def meeting(self, referral: Referral, **fields: Any) -> Contact:
        """The person is met by the receiving team, as the service records it."""
        fields.setdefault("workers", [self.worker(self.key_worker)])
        fields.setdefault("team", referral.team)
        fields.setdefault("by", self.key_worker)
        fields.setdefault("date", timezone.localdate())
        fields.setdefault("time", dt.time(9, 0))
        return cases.record_contact(person=referral.person, **fields)

    def referral_in(self, state: State, **fields: Any) -> Referral:
        """A referral in a state, brought there by those whose turn it was, a day for each act."""
        return self._go(state, START, **fields)

    def _go(self, state: State, start: dt.datetime, **fields: Any) -> Referral:
        clock = _Days(start)
        with clock.next():
            referral = self.draft(**fields)
        if state == State.DRAFT:
            return referral
        if state == State.WITHDRAWN:
            with clock.next():
                sent = services.send(referral=referral, by=self.gp, holder=self.worker(self.nurse))
                return services.withdraw(
                    referral=sent, by=self.gp, asked_by="person", reason="No", instead="A call"
                )
        with clock.next():
            referral = services.send(referral=referral, by=self.gp, holder=self.worker(self.nurse))
        if state == State.SENT:
            return referral
        if state == State.ENTERED_IN_ERROR:
            with clock.next():
                return services.mark_in_error(
                    referral=referral, by=self.records, reason="Wrong person"
                )
        with clock.next():
            if state == State.ASSESSING:
                return services.assess(
                    referral=referral, by=self.member, meeting_words="Monday at ten"
                )
            referral = services.acknowledge(referral=referral, by=self.member)
        if state == State.RECEIVED:
            return referral
        with clock.next():
            if state == State.AWAITING_INFORMATION:
                return services.ask(
                    referral=referral,
                    by=self.member,
                    question="Which benefits?",
                    asked_worker=self.worker(self.housing_worker),
                    asked_team=self.housing,
                )
            if state in (State.DECLINE_PROPOSED, State.DECLINED):
                referral = services.propose_decline(
                    referral=referral, by=self.member, **self.proposal()
                )
                if state == State.DECLINED:
                    return services.agree_decline(
                        referral=referral, by=self.gp, holding_plan="A call every week"
                    )
                return referral
            if referral.kind == Kind.ADVICE and state == State.CLOSED:
                return services.give_advice(
                    referral=referral, by=self.member, advice="Try this first."
                )
            referral = services.accept(referral=referral, by=self.member)
        if state == State.ACCEPTED:
            return referral
        with clock.next():
            referral = services.allocate(
                referral=referral, by=self.lead, worker=self.worker(self.key_worker)
            )
        if state == State.ALLOCATED:
            return referral
        with clock.next():
            self.meeting(referral)
            referral = Referral.objects.get(pk=referral.pk)
            self.ending_plan(referral)
        if state == State.IN_SERVICE:
            return referral
        with clock.next():
            return services.close(
                referral=referral,
                by=self.key_worker,
                outcome_words="Feels able to go on",
                close_reason="02",
            )

    def ending_plan(self, referral: Referral) -> None:
        services.write_ending_plan(
            referral=referral,
            by=self.key_worker,
            agreed_on=timezone.localdate(),
            what_next="The surgery",
            who_to_ask="The crisis line",
            coming_back="Ring us",
        )

    def handover(self, referral: Referral, to: User, by: User, **fields: Any) -> None:
        """A handover that the new worker accepts."""
        handover = services.propose_handover(
            person=referral.person,
            to_team=self.cmht,
            to_worker=self.worker(to),
            by=by,
            reason="A new post",
            **fields,
        )
        handover = services.tick_handover(
            handover=handover,
            by=to,
            steps_done=type(handover).Step.values,
            agreed_on=timezone.localdate(),
        )
        services.accept_handover(handover=handover, by=to)


class _Days:
    """A day for each act."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start

    def next(self) -> Any:
        travel = time_machine.travel(self._now, tick=False)
        self._now += dt.timedelta(days=1)
        return travel


def by_link(referral: Referral) -> Actor:
    """Whoever the reply link to this referral was sent to."""
    return Actor(link_referral_id=referral.pk, link_words="someone@alongside.example")


def by_person(person: Person) -> Actor:
    """The person themselves."""
    return Actor(person_id=person.pk)
