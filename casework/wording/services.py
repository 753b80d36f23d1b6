"""Which words are pointed out, to whom, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.accounts.policy import memberships
from casework.common.errors import Refusal
from casework.directory.models import Organisation
from casework.wording import checking, starter
from casework.wording.models import WordingAnswer, WordingTerm

LONGEST = 20_000  # characters of a text that are looked at
REPORTED = 365  # days that the report looks back on


def seed() -> None:
    """Write the starter list into an empty table."""
    if WordingTerm.objects.exists():
        return
    WordingTerm.objects.bulk_create(
        WordingTerm(
            code=row["code"],
            group=row["group"],
            phrases=row["phrases"],
            unless=row["unless"],
            suggestion=row["suggestion"],
            reason=row["reason"],
            behaviour=row["behaviour"] == "yes",
        )
        for row in starter.rows()
    )


def organisations_of(user: Any) -> set[UUID]:
    """The organisations that a user works in."""
    found = {
        member.team.organisation_id if member.team_id else member.organisation_id
        for member in memberships(user)
    }
    return {one for one in found if one is not None}


def entries() -> QuerySet[WordingTerm]:
    """Every entry, in use or not. They are about words and nobody."""
    return WordingTerm.objects.select_related("organisation")


def terms(organisations: Iterable[UUID] = ()) -> list[checking.Term]:
    """The words in use. An organisation's own entry takes the place of everybody's."""
    rows = WordingTerm.objects.filter(
        Q(organisation__isnull=True) | Q(organisation__in=list(organisations))
    )
    chosen: dict[str, WordingTerm] = {}
    for row in rows:
        if row.organisation_id is not None or row.code not in chosen:
            chosen[row.code] = row
    return [row.term for row in chosen.values() if row.active]


def look(*, text: str, user: Any) -> list[checking.Finding]:
    """Advice on what somebody is writing. Nothing of it is kept."""
    return checking.look(text[:LONGEST], terms(organisations_of(user)))


def answer(*, code: str, answer: str) -> WordingAnswer:
    """Count what somebody did with a piece of advice, without who or about what."""
    if answer not in WordingAnswer.Answer.values or not WordingTerm.objects.filter(code=code):
        raise Refusal(_("This advice is not known."))
    return WordingAnswer.objects.create(code=code, answer=answer, on=timezone.localdate())


@transaction.atomic
def save_term(
    *,
    by: User,
    term: WordingTerm | None = None,
    organisation: Organisation | None = None,
    **fields: Any,
) -> WordingTerm:
    """Add an entry, change it, or give an organisation its own in place of everybody's.

    Raises Refusal where the entry is there already.
    """
    row = term
    if row is None or row.organisation_id != (organisation.pk if organisation else None):
        row = WordingTerm(code=row.code if row else fields["code"], organisation=organisation)
    same = WordingTerm.objects.filter(code=row.code, organisation=organisation)
    if same.exclude(pk=row.pk).exists():
        raise Refusal(_("There is an entry of this name already. Change that one."))
    for name in ("group", "phrases", "unless", "suggestion", "reason", "behaviour", "active"):
        if name in fields:
            setattr(row, name, fields[name])
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    return row


@dataclass(frozen=True)
class TermReport:
    """What writers answered about one entry: how often the advice was a false alarm."""

    code: str
    changed: int
    kept: int
    wrong: int

    @property
    def answers(self) -> int:
        return self.changed + self.kept + self.wrong

    @property
    def false_alarms(self) -> float:
        """Share of the answers that said the advice did not fit."""
        return self.wrong / self.answers if self.answers else 0.0


def report(on: dt.date | None = None) -> Sequence[TermReport]:
    """The answers of a year by entry, those that were most often out of place first."""
    on = on or timezone.localdate()
    kinds = WordingAnswer.Answer
    rows = (
        WordingAnswer.objects.filter(on__gt=on - dt.timedelta(days=REPORTED), on__lte=on)
        .order_by()
        .values("code")
        .annotate(**{kind.value: Count("pk", filter=Q(answer=kind.value)) for kind in kinds})
    )
    found = [TermReport(row["code"], row["changed"], row["kept"], row["wrong"]) for row in rows]
    return sorted(found, key=lambda one: (-one.false_alarms, -one.answers, one.code))
