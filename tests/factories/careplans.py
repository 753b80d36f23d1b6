"""A plan with the people who write it, brought to any state by the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from careplans import services
from careplans.kinds import Kind
from careplans.models import AreaOfLife, Line, Plan, Version
from careplans.table import State
from careplans.voices import Role
from careplans.writers import Writer
from casework.accounts.models import User
from casework.cases.models import Person
from casework.directory.models import Team
from tests.factories import accounts, directory
from tests.factories.cases import held_person


def area(code: str = "housing") -> AreaOfLife:
    """One area of life, by its code in the starter list."""
    return AreaOfLife.objects.get(code=code)


def signed_page(name: str = "signed.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 a signed page", content_type="application/pdf")


@dataclass
class Two:
    """A person, their worker, and the others who have a part in a plan."""

    team: Team = field(default_factory=lambda: directory.team("Harbour Community Team"))

    def __post_init__(self) -> None:
        worker = directory.worker("Femi Ade", organisation=self.team.organisation)
        self.worker: User = accounts.member(
            "key_worker", team=self.team, worker=worker, name=worker.name
        )
        self.lead: User = accounts.member("team_lead", team=self.team, name="Lena Lead")
        self.reader: User = accounts.member("partner", team=self.team, name="Paul Partner")
        self.stranger: User = accounts.member("key_worker", name="Sam Stranger")
        self.person: Person = held_person(
            team=self.team, name="Marigold Example", preferred_name="Marigold"
        )
        self.area = area()

    def writer(self, role: Role) -> Writer:
        """Somebody in each role."""
        return {
            Role.PERSON: Writer(person_id=self.person.pk),
            Role.TOGETHER: Writer(user=self.worker, together=True),
            Role.WORKER: Writer(user=self.worker),
            Role.CARER: Writer(carer="Juno Example"),
            Role.READER: Writer(user=self.reader),
        }[role]

    @property
    def alone(self) -> Writer:
        return self.writer(Role.WORKER)

    @property
    def together(self) -> Writer:
        return self.writer(Role.TOGETHER)

    @property
    def themselves(self) -> Writer:
        return self.writer(Role.PERSON)

    def plan(self) -> Plan:
        """A plan that has been begun, with nothing in it."""
        return services.start(person=self.person, by=self.together)

    def write(self, plan: Plan, kind: Kind, words: str = "Words", **fields: Any) -> Line:
        by = fields.pop("by", self.together)
        if "area" not in fields and "line" not in fields:
            fields["area"] = self.area
        options = {
            name: fields.pop(name) for name in ("area", "line", "seen_version") if name in fields
        }
        return services.write(
            plan=plan, kind=kind, values={"words": words, **fields}, by=by, **options
        )

    def written(self) -> Plan:
        """A plan that says what matters, a goal and an action."""
        plan = self.plan()
        self.write(plan, Kind.MATTERS, "A door that I can close")
        self.write(plan, Kind.GOAL, "To sleep through")
        self.write(plan, Kind.ACTION, "Ring the landlord", owner_kind="person")
        return plan

    def shared(self, plan: Plan | None = None, **fields: Any) -> Version:
        return services.share(plan=plan or self.written(), by=self.alone, **fields)

    def agrees(self, version: Version, answer: str = "agree") -> None:
        services.answer_as_person(version=version, by=self.themselves, answer=answer)

    def plan_in(self, state: State) -> Plan:
        """A plan in a state, brought there by those whose turn it was."""
        plan = self.written()
        if state == State.DRAFT:
            return plan
        if state == State.ENDED:
            return services.end(plan=plan, by=self.alone, reason="Done", what_next="Come back")
        version = self.shared(plan)
        if state in (State.AGREED, State.UNDER_REVIEW, State.SUPERSEDED):
            self.agrees(version)
            services.answer_for_team(version=version, by=self.alone, answer="agree")
        if state == State.IN_USE:
            services.use_without_agreement(plan=plan, by=self.alone, reason="The rent is due")
        if state == State.UNDER_REVIEW:
            services.ask_for_review(plan=plan, by=self.themselves)
        if state == State.SUPERSEDED:
            services.begin_again(plan=plan, by=self.together, reason="A new start")
        return Plan.objects.get(pk=plan.pk)
