"""The facts behind the clocks: a fixed number of set-based queries, merged person by person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, StrIndex, Substr, Trim

from casework.cases.models import Activity
from casework.cases.models.contact import ATTENDED
from casework.reports.clock_legs import clock_legs
from referrals.clocks import COMMUNITY_TEAMS, Asked, Help, Spell, adult_on, referral_end, spells
from referrals.models import (
    ClockCode,
    FurtherTeam,
    Referral,
    ReferralContact,
    ReferralMeasure,
)
from referrals.table import Kind, State

FIRST_CONTACT_MEDIA = ("01", "02", "04", "11")
CHUNK = 10_000
_NOT_COUNTED = (State.DRAFT, State.ENTERED_IN_ERROR)


@dataclass(slots=True)
class PersonSpells:
    """One person's spells at one provider."""

    person_id: UUID
    local_id: str
    provider_id: UUID | None
    spells: list[Spell] = field(default_factory=list)


def community_referrals() -> QuerySet[Referral]:
    """Referrals that have reached a team; questions, drafts and mistakes are none."""
    return Referral.objects.exclude(state__in=_NOT_COUNTED).exclude(kind=Kind.ADVICE)


def spells_of(
    on: dt.date, *, people: Any | None = None, provider_id: UUID | None = None
) -> Iterator[PersonSpells]:
    """The spells of everybody, or of `people` (ids or a query of ids), as of a day; by person."""

    def narrowed(rows: QuerySet[Any], person: str, provider: str) -> QuerySet[Any]:
        if people is not None:
            rows = rows.filter(**{f"{person}__in": people})
        if provider_id is not None:
            rows = rows.filter(**{provider: provider_id})
        return rows

    scope = "referral__"
    referrals = _by_person(
        narrowed(
            community_referrals().filter(received_on__lte=on).annotate(place=_provider()),
            "person_id",
            "place",
        )
        .order_by("person_id", "pk")
        .values_list(
            "person_id",
            "pk",
            "place",
            "received_on",
            "discharged_on",
            "rejected_on",
            "team__mhsds_type",
            "person__birth_date",
            "person__local_id",
        )
    )
    further = _Stream(
        narrowed(
            FurtherTeam.objects.filter(team__mhsds_type__in=COMMUNITY_TEAMS).annotate(
                place=_provider(scope)
            ),
            "referral__person_id",
            "place",
        )
        .order_by("referral__person_id", "pk")
        .values_list("referral__person_id", "referral_id", "rejected_on", "closed_on")
    )
    contacts = _Stream(
        narrowed(
            ReferralContact.objects.filter(
                contact__attendance__in=ATTENDED,
                contact__medium__in=FIRST_CONTACT_MEDIA,
                contact__date__lte=on,
            ).annotate(place=_provider(scope)),
            "referral__person_id",
            "place",
        )
        .order_by("referral__person_id")
        .values_list("referral__person_id", "referral_id", "contact__date")
    )
    codes = _codes()
    measures = _Stream(
        narrowed(
            ReferralMeasure.objects.filter(
                tool__in=codes[ClockCode.Leg.OUTCOME], taken_on__lte=on
            ).annotate(place=_provider(scope)),
            "referral__person_id",
            "place",
        )
        .order_by("referral__person_id")
        .values_list("referral__person_id", "referral_id", "taken_on")
    )
    procedures = _Stream(
        narrowed(
            Activity.objects.annotate(
                code=_code_before_colon(), place=_provider("contact__referral_link__referral__")
            ).filter(
                code__in=codes[ClockCode.Leg.ASSESSMENT] | codes[ClockCode.Leg.INTERVENTION],
                contact__date__lte=on,
                contact__referral_link__isnull=False,
            ),
            "contact__referral_link__referral__person_id",
            "place",
        )
        .order_by("contact__referral_link__referral__person_id")
        .values_list(
            "contact__referral_link__referral__person_id",
            "contact__referral_link__referral_id",
            "contact__date",
            "code",
        )
    )
    plans = [_Stream(source(people=people)) for source in clock_legs]
    for person_id, rows in referrals:
        yield from _person(
            person_id,
            rows,
            further.of(person_id),
            contacts.of(person_id),
            measures.of(person_id),
            procedures.of(person_id),
            [plan for stream in plans for plan in stream.of(person_id)],
            codes,
            on,
        )


def _person(
    person_id: UUID,
    rows: list[tuple[Any, ...]],
    further: list[tuple[Any, ...]],
    contacts: list[tuple[Any, ...]],
    measures: list[tuple[Any, ...]],
    procedures: list[tuple[Any, ...]],
    plans: list[tuple[Any, ...]],
    codes: dict[str, set[str]],
    on: dt.date,
) -> Iterator[PersonSpells]:
    others: dict[UUID, list[tuple[Any, Any]]] = defaultdict(list)
    for _person_id, referral_id, rejected_on, closed_on in further:
        others[referral_id].append((rejected_on, closed_on))
    asked: dict[UUID | None, dict[UUID, Asked]] = defaultdict(dict)
    local_id = ""
    for _person_id, pk, place, start, discharged, rejected, team_type, born, local in rows:
        local_id = local or str(person_id)
        if not adult_on(born, start):
            continue
        ends = []
        if team_type in COMMUNITY_TEAMS:
            ends.append(discharged or rejected)
        ends += [discharged or no or closed for no, closed in others.get(pk, ())]
        if ends:
            asked[place][pk] = Asked(start, referral_end(ends, on))
    for place, referrals in sorted(asked.items(), key=lambda item: str(item[0])):
        given = Help(
            contacts=[day for _p, pk, day in contacts if pk in referrals],
            outcomes=[day for _p, pk, day in measures if pk in referrals],
            assessments=[
                day
                for _p, pk, day, code in procedures
                if pk in referrals and code in codes[ClockCode.Leg.ASSESSMENT]
            ],
            interventions=[
                day
                for _p, pk, day, code in procedures
                if pk in referrals and code in codes[ClockCode.Leg.INTERVENTION]
            ],
            plans=[(created, updated) for _p, created, updated in plans],
        )
        yield PersonSpells(person_id, local_id, place, spells(referrals.values(), given, on))


def _codes() -> dict[str, set[str]]:
    codes: dict[str, set[str]] = {leg: set() for leg in ClockCode.Leg.values}
    for leg, code in ClockCode.objects.values_list("leg", "code"):
        codes[leg].add(code)
    return codes


def _provider(prefix: str = "") -> Coalesce:
    """Whose figures a referral belongs to: the extract's provider, or the team's organisation."""
    return Coalesce(F(f"{prefix}provider_id"), F(f"{prefix}team__organisation_id"))


def _code_before_colon() -> Trim:
    """The code of a SNOMED CT expression: what stands before the first colon, which may have
    spaces around it."""
    whole = Concat(F("procedure"), Value(":"), output_field=CharField())
    return Trim(Substr(whole, 1, StrIndex(whole, Value(":")) - 1))


def _by_person(rows: QuerySet[Any]) -> Iterator[tuple[UUID, list[tuple[Any, ...]]]]:
    for person_id, group in groupby(rows.iterator(chunk_size=CHUNK), key=itemgetter(0)):
        yield person_id, list(group)


class _Stream:
    """Rows that are ordered by person, handed out as the people come by in the same order."""

    def __init__(self, rows: QuerySet[Any] | Iterable[tuple[Any, ...]]) -> None:
        ordered = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else iter(rows)
        self._groups = groupby(ordered, key=itemgetter(0))
        self._waiting: tuple[UUID, list[tuple[Any, ...]]] | None = None

    def of(self, person_id: UUID) -> list[tuple[Any, ...]]:
        """The rows of this person; those of people before are passed over."""
        while True:
            if self._waiting is None:
                upcoming = next(self._groups, None)
                if upcoming is None:
                    return []
                self._waiting = (upcoming[0], list(upcoming[1]))
            if self._waiting[0] > person_id:
                return []
            whose, rows = self._waiting
            self._waiting = None
            if whose == person_id:
                return rows
