"""Whom a contact can be with: the user, the workers whom the person knows, and colleagues.

Who is offered is also who is accepted: naming a worker at a contact lets them open the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from casework.accounts import policy as accounts
from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.cases.models import Allocation, Contact, Person
from casework.cases.team_work.forms import load_words
from casework.cases.team_work.known import loads
from casework.common.forms.errors import upper_first
from casework.common.presenters import short_date
from casework.directory.models import Team, Worker

SUGGESTED = 6  # workers beside the user with a box of their own; the others are in a list
MOST_COLLEAGUES = 80
TEAM = "team"  # instead of a worker: whoever is there


def teams_of(user: User) -> list[Team]:
    """The teams in which the user records contacts."""
    found = {
        member.team_id: member.team
        for member in accounts.memberships(user)
        if member.team is not None
        and member.role in ROLES
        and Permission.RECORD_CONTACTS in ROLES[member.role].permissions
    }
    return list(found.values())


@dataclass(frozen=True)
class Known:
    """A worker whom the person knows: named for them, or met."""

    worker: Worker
    role: str
    times: int
    last: dt.date | None

    @property
    def words(self) -> str:
        """Key worker, met 12 times, last on 3 Oct 2026."""
        parts = [self.role] if self.role else []
        if self.times and self.last:
            parts.append(
                ngettext("met once, on %(day)s", "met %(n)d times, last on %(day)s", self.times)
                % {"n": self.times, "day": short_date(self.last)}
            )
        return upper_first(", ".join(parts))


class Company:
    """Who can be named at a contact with a person, or with a group where `person` is None.

    `present` are those whom the contact names already: they stay, even if they have left since.
    """

    def __init__(
        self,
        user: User,
        person: Person | None,
        *,
        today: dt.date,
        present: Sequence[Worker] = (),
    ) -> None:
        self.user = user
        self.present = present
        self.person = person
        self.today = today
        self.teams = teams_of(user)

    @cached_property
    def me(self) -> Worker | None:
        """The user at work, if they still are."""
        worker = self.user.worker
        return worker if worker is not None and worker.active else None

    @cached_property
    def known(self) -> list[Known]:
        """Named workers first, then whoever met the person most often."""
        if self.person is None:
            return []
        roles: dict[UUID, Allocation] = {}
        for one in self.person.allocations.on(self.today).select_related("worker"):
            roles.setdefault(one.worker_id, one)
        met = {
            row["worker_id"]: row
            for row in self.person.contacts.attended()
            .filter(worker__active=True)
            .order_by()
            .values("worker_id")
            .annotate(times=Count("pk"), last=Max("date"))
        }
        workers = {one.worker_id: one.worker for one in roles.values() if one.worker.active}
        others = [pk for pk in met if pk not in workers]
        workers |= {one.pk: one for one in Worker.objects.filter(pk__in=others)}
        lines = [
            Known(
                worker,
                roles[pk].get_role_display() if pk in roles else "",
                met[pk]["times"] if pk in met else 0,
                met[pk]["last"] if pk in met else None,
            )
            for pk, worker in workers.items()
        ]
        order = list(Allocation.Role.values)
        return sorted(
            lines,
            key=lambda one: (
                order.index(roles[one.worker.pk].role) if one.worker.pk in roles else len(order),
                -one.times,
                one.worker.name,
            ),
        )

    @cached_property
    def suggested(self) -> list[Known]:
        """Those with a box of their own: the user first, and whoever is named already."""
        mine = self.me.pk if self.me else None
        own = [one for one in self.known if one.worker.pk == mine]
        if self.me and not own:
            own = [Known(self.me, "", 0, None)]
        rest = [one for one in self.known if one.worker.pk != mine][:SUGGESTED]
        shown = {one.worker.pk for one in own + rest}
        known = {one.worker.pk: one for one in self.known}
        named = [
            known.get(worker.pk, Known(worker, "", 0, None))
            for worker in self.present
            if worker.pk not in shown
        ]
        return own + named + rest

    @cached_property
    def others(self) -> list[Worker]:
        """Everybody else who can be named: further workers whom they know, and colleagues."""
        shown = {one.worker.pk for one in self.suggested}
        known = [one.worker for one in self.known if one.worker.pk not in shown]
        shown |= {one.pk for one in known}
        colleagues = (
            Worker.objects.filter(active=True, pk__in=self._colleague_ids())
            .exclude(pk__in=shown)
            .order_by("name", "pk")[:MOST_COLLEAGUES]
        )
        return [*known, *colleagues]

    def _colleague_ids(self) -> Iterable[UUID]:
        return (
            Membership.objects.on(self.today)
            .filter(team__in=self.teams, user__is_active=True, user__worker__isnull=False)
            .values("user__worker_id")
        )

    def chosen(self, ids: Iterable[UUID]) -> dict[UUID, Worker]:
        """Those of the ids that can be named here, in one query; the user needs none."""
        left = set(ids)
        there: dict[UUID, Worker] = {}
        if self.me is not None and self.me.pk in left:
            there[self.me.pk] = self.me
            left.discard(self.me.pk)
        if left:
            there |= {worker.pk: worker for worker in self.present if worker.pk in left}
            left -= set(there)
        if not left:
            return there
        allowed = Q(pk__in=self._colleague_ids())
        if self.person is not None:
            allowed |= Q(
                pk__in=Allocation.objects.on(self.today)
                .filter(person=self.person)
                .values("worker_id")
            )
            allowed |= Q(
                pk__in=Contact.objects.filter(person=self.person, worker__isnull=False).values(
                    "worker_id"
                )
            )
        found = Worker.objects.filter(allowed, pk__in=left, active=True)
        return there | {worker.pk: worker for worker in found}

    # For form fields: read from the database only when they are shown.

    def suggested_choices(self) -> list[tuple[str, str]]:
        mine = self.me.pk if self.me else None
        return [
            (
                str(one.worker.pk),
                gettext("%(name)s (me)") % {"name": one.worker.name}
                if one.worker.pk == mine
                else one.worker.name,
            )
            for one in self.suggested
        ]

    def other_choices(self) -> list[tuple[str, str]]:
        return [("", ""), *((str(one.pk), one.name) for one in self.others)]

    def owner_choices(self) -> list[tuple[str, str]]:
        """Who can promise something: those with a box, or whoever is there in the team."""
        team = self.teams[0].name if self.teams else ""
        return [
            *self.suggested_choices(),
            *([(TEAM, gettext("Whoever is there: %(team)s") % {"team": team})] if team else []),
        ]


class Hints(Mapping[str, str]):
    """What stands under each suggested worker's name; `with_load`: how many they are named for."""

    def __init__(self, company: Company, *, with_load: bool = False) -> None:
        self._company = company
        self._with_load = with_load

    @cached_property
    def _words(self) -> dict[str, str]:
        suggested = self._company.suggested
        load = loads([one.worker.pk for one in suggested]) if self._with_load else {}
        words = {
            str(one.worker.pk): [
                *([one.words] if one.words else []),
                *([load_words(load.get(one.worker.pk, 0))] if self._with_load else []),
            ]
            for one in suggested
        }
        return {key: upper_first(", ".join(parts)) for key, parts in words.items() if parts}

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)
