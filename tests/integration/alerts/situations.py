"""People, teams and a rule of the tests' own, so that the sweep is tested whatever rules there are.

The rule counts attended contacts: `busy` is in breach from the threshold `busy_contacts` on, and
`very_busy` from twice as many.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils import timezone

from casework.accounts.models import Membership, User
from casework.cases.models import Case, Contact, LiveReason, Person, Touched
from casework.common.rules import Rule, Threshold
from casework.directory.models import Organisation, Team, Worker

DAY = dt.date(2026, 10, 31)


@dataclass(frozen=True)
class Facts:
    subject_key: str
    person_id: UUID
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date
    contacts: int

    def as_json(self) -> dict[str, Any]:
        return {"contacts": self.contacts}


def rule(code: str, times: int) -> Rule[Facts]:
    return Rule(
        code=code,
        title=code,
        breached=lambda facts, policy: facts.contacts >= times * policy["busy_contacts"],
        sentence=lambda facts: f"{facts.contacts} contacts",
        cause=lambda facts: "crisis visits" if facts.contacts > 3 else "",
        next_step=lambda facts: f"Plan who comes ({code})",
    )


class Source:
    """Counts attended contacts of the living, per organisation."""

    rules = (rule("busy", 1), rule("very_busy", 2))
    thresholds = (Threshold("busy_contacts", 2, "contacts", "local default"),)

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def facts(
        self, *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
    ) -> Iterator[Facts]:
        self.asked.append(None if people is None else len(people))
        rows = Person.objects.filter(provider_id=organisation_id, death_date__isnull=True)
        if people is not None:
            rows = rows.filter(pk__in=people)
        counted = rows.annotate(
            n=Count("contacts", filter=Q(contacts__attendance="5", contacts__date__lte=on))
        ).values_list(
            "pk", "n", F("cases__team_id"), F("cases__team__kind"), F("cases__key_worker_id")
        )
        for pk, n, team, kind, worker in counted:
            yield Facts(f"person:{pk}", pk, team, kind or "", worker, on, n)


class Network:
    """One organisation, two teams, a worker in each."""

    def __init__(self, code: str = "X0001", **organisation: Any) -> None:
        organisation = {"as_of": DAY, **organisation}
        self.trust = Organisation.objects.create(code=code, name=f"Trust {code}", **organisation)
        self.team = Team.objects.create(
            organisation=self.trust, name="North team", local_id="T01", kind=Team.Kind.CMHT
        )
        self.other = Team.objects.create(
            organisation=self.trust, name="Other team", kind=Team.Kind.CRISIS
        )
        self.worker = Worker.objects.create(organisation=self.trust, name="Robin Reed")
        self.colleague = Worker.objects.create(organisation=self.trust, name="Kim Kerr")

    def person(self, local_id: str, contacts: int = 0, **fields: Any) -> Person:
        team = fields.pop("team", self.team)
        worker = fields.pop("worker", self.worker)
        person = Person.objects.create(
            provider=self.trust, local_id=local_id, name=f"Person {local_id}", **fields
        )
        Case.objects.create(person=person, team=team, key_worker=worker, opened_on=DAY)
        LiveReason.objects.create(
            person=person, team=team, kind="case_team", source_key="case", start=DAY
        )
        self.meet(person, contacts)
        return person

    def meet(self, person: Person, times: int = 1) -> None:
        """Attended contacts, and the mark that every change leaves."""
        before = person.contacts.count()
        Contact.objects.bulk_create(
            Contact(
                person=person,
                date=DAY,
                attendance="5",
                order_key=Contact.make_order_key(None, str(before + n)),
            )
            for n in range(times)
        )
        Touched.objects.update_or_create(person=person)

    def correct(self, person: Person) -> None:
        """All contacts so far had been recorded by mistake: nobody came."""
        person.contacts.update(attendance="3")
        Touched.objects.update_or_create(person=person)


def user(
    role: str,
    *,
    team: Team | None = None,
    worker: Worker | None = None,
    email: str = "a@example.org",
) -> User:
    made = User.objects.create_user(email, name="Alex Ash", worker=worker)
    Membership.objects.create(
        user=made, role=role, team=team, start=timezone.localdate() - dt.timedelta(days=1)
    )
    return made
