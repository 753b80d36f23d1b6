"""What is written down about a person, by whom, and without losing anybody's words."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import (
    AboutMe,
    Adjustment,
    CaseEvent,
    ContactPreference,
    IdentityStatement,
    MergeSuspect,
    Person,
)
from casework.cases.profile.names import alike
from casework.cases.services.people import add_person
from casework.cases.services.records import save, touch
from casework.common import nhs_number as nhs
from casework.common.errors import Refusal
from casework.directory.models import Team

MINE, THEIRS, BOTH = "mine", "theirs", "both"
HOW = ("own", "together", "letter")  # how the words came to be written down


# Two people at one text ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """One text that somebody else changed in the meantime, and both ways that it now reads."""

    field: str
    theirs: str
    mine: str


class Stale(Refusal):
    """Somebody else saved in the meantime. Both texts are kept and a person chooses."""

    def __init__(self, clashes: list[Clash], seen: dict[str, str]) -> None:
        super().__init__(
            _("Somebody else changed this while you were writing. Choose which words stay.")
        )
        self.clashes = clashes
        self.seen = seen


def mark(value: Any) -> str:
    """A short mark of what a page showed, by which a later change is noticed."""
    words = "\n".join(str("" if value is None else value).splitlines())
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def marks(row: models.Model, fields: Iterable[str]) -> dict[str, str]:
    """What a page about to be written on shows of a row, by field."""
    return {name: mark(row._meta.get_field(name).value_from_object(row)) for name in fields}


def _settled(
    row: models.Model,
    words: Mapping[str, Any],
    seen: Mapping[str, str],
    keep: Mapping[str, str],
) -> dict[str, Any]:
    """What each field shall hold: the new words, or the saved ones where the page left them alone.

    Raises `Stale` where both sides changed a field and nobody has chosen yet.
    """
    now = marks(row, words)
    settled: dict[str, Any] = {}
    clashes = []
    for name, mine in words.items():
        theirs = row._meta.get_field(name).value_from_object(row)
        chosen = keep.get(name)
        if chosen is not None and seen.get(name) == now[name]:
            settled[name] = _chosen(chosen, theirs, mine)
        elif mark(mine) == now[name] or seen.get(name) == now[name]:
            settled[name] = mine
        elif mark(mine) == seen.get(name):
            settled[name] = theirs
        else:
            clashes.append(Clash(name, _words(theirs), _words(mine)))
    if clashes:
        raise Stale(clashes, now)
    return settled


def _chosen(chosen: str, theirs: Any, mine: Any) -> Any:
    if chosen == THEIRS:
        return theirs
    if chosen == BOTH and isinstance(mine, str) and isinstance(theirs, str):
        return "\n\n".join(part for part in (theirs.strip(), mine.strip()) if part)
    return mine


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)


# About me -----------------------------------------------------------------------------------------


@transaction.atomic
def write_about_me(
    *,
    person: Person,
    words: Mapping[str, Any],
    seen: Mapping[str, str],
    how: str,
    by: User,
    keep: Mapping[str, str] | None = None,
) -> AboutMe:
    """Write down what a person says about themselves, in their words.

    Precondition: `how` says how the words came here (their own, written together, a letter), `seen`
    holds the marks of what the page showed (`marks`), and `keep` what somebody chose after a clash.
    Promise: nobody's words are overwritten unseen: a field that both sides changed raises `Stale`
    with both texts and nothing is saved. Who wrote it with them, and when, is on record.
    """
    if how not in HOW:
        raise Refusal(_("Select whose words these are."))
    about = AboutMe.objects.select_for_update(of=("self",)).filter(
        person=person
    ).first() or AboutMe(person=person)
    settled = _settled(about, words, seen, keep or {})
    changed = [name for name, value in settled.items() if mark(value) != mark(getattr(about, name))]
    if not changed and not about._state.adding:
        return about
    for name, value in settled.items():
        setattr(about, name, value)
    about.written_by = by
    about.updated_on = timezone.localdate()
    about.version += 1
    save(about, by=by)
    _record(person, "about_me", by=by, data={"how": how, "parts": sorted(changed)}, about=about.pk)
    return about


# Who they are and how to reach them --------------------------------------------------------------


@transaction.atomic
def change_details(
    *,
    person: Person,
    fields: Mapping[str, Any],
    seen: Mapping[str, str],
    by: User,
    keep: Mapping[str, str] | None = None,
) -> Person:
    """Put right what identifies a person and how they are reached.

    Precondition and promise as for `write_about_me`. On a person who came from an extract, the
    change stays when the next one says something else. A number that somebody else has too makes
    the two a question for whoever can decide it.
    """
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    settled = _settled(row, fields, seen, keep or {})
    changed = [name for name, value in settled.items() if mark(value) != mark(_value(row, name))]
    if not changed:
        return row
    old_number = row.nhs_number
    if "nhs_number" in settled:
        settled["nhs_number"] = settled["nhs_number"] or None
    row.note_edits(**settled)
    if "nhs_number" in changed:
        row.nhs_number_shared = False
    row.version += 1
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    save(row, by=by)
    if "nhs_number" in changed:
        _left_alone_with(old_number, by=by)
        if row.nhs_number:
            for other in Person.objects.filter(nhs_number=row.nhs_number).exclude(pk=row.pk):
                suspect(person=row, other=other, why=_("The same NHS number"), by=by)
    _record(row, "details", by=by, data={"parts": sorted(changed)})
    return row


def _left_alone_with(number: str | None, *, by: User) -> None:
    """A number that only one person has left identifies them again."""
    holders = list(Person.objects.filter(nhs_number=number)[:2]) if number else []
    if len(holders) == 1 and holders[0].nhs_number_shared:
        holders[0].nhs_number_shared = False
        save(holders[0], by=by)


def _value(row: models.Model, name: str) -> Any:
    return row._meta.get_field(name).value_from_object(row)


@transaction.atomic
def set_contact_preferences(
    *, person: Person, channels: Mapping[str, Mapping[str, Any]], by: User
) -> None:
    """Write down how a person may be reached, channel by channel.

    Precondition: a message is safe only where the channel may be used.
    Promise: a channel that nobody asked about has no row, and so is not known to be safe.
    """
    rows = {
        one.channel: one
        for one in ContactPreference.objects.select_for_update(of=("self",)).filter(person=person)
    }
    changed = []
    for channel, said in channels.items():
        row = rows.get(channel) or ContactPreference(person=person, channel=channel)
        before = {name: getattr(row, name) for name in said}
        for name, value in said.items():
            setattr(row, name, value)
        if not row._state.adding and before == dict(said):
            continue
        try:
            row.full_clean()
        except ValidationError as error:
            raise Refusal(" ".join(error.messages)) from error
        save(row, by=by)
        changed.append(channel)
    if changed:
        _record(person, "contact_preferences", by=by, data={"parts": sorted(changed)})


# Adjustments and identity -------------------------------------------------------------------------


@transaction.atomic
def add_adjustment(*, person: Person, kind: str, words: str, by: User) -> Adjustment:
    """Write down something that makes meetings and information work for a person."""
    row = Adjustment(person=person, kind=kind, words=words.strip())
    _clean(row)
    save(row, by=by)
    _record(person, "adjustment_added", by=by, data={"kind": kind}, about=row.pk)
    return row


@transaction.atomic
def change_adjustment(*, adjustment: Adjustment, kind: str, words: str, by: User) -> Adjustment:
    """Say it differently."""
    row = Adjustment.objects.select_for_update(of=("self",)).get(pk=adjustment.pk)
    row.kind, row.words = kind, words.strip()
    _clean(row)
    save(row, by=by)
    _record(row.person, "adjustment_changed", by=by, data={"kind": kind}, about=row.pk)
    return row


@transaction.atomic
def remove_adjustment(*, adjustment: Adjustment, by: User) -> None:
    """It no longer applies; what it said stays in its history."""
    row = Adjustment.objects.select_for_update(of=("self",)).get(pk=adjustment.pk)
    _record(row.person, "adjustment_removed", by=by, data={"kind": row.kind}, about=row.pk)
    row._history_user = by
    row.delete()


@transaction.atomic
def add_statement(
    *, person: Person, aspect: str, words: str, visible_to: str, by: User
) -> IdentityStatement:
    """Write down something about who a person is, as they say it, and who may see it."""
    row = IdentityStatement(
        person=person, aspect=aspect.strip(), words=words.strip(), visible_to=visible_to
    )
    _clean(row)
    save(row, by=by)
    _record(person, "identity", by=by, about=row.pk)
    return row


@transaction.atomic
def change_statement(
    *, statement: IdentityStatement, aspect: str, words: str, visible_to: str, by: User
) -> IdentityStatement:
    """Say it differently, or choose again who may see it."""
    row = IdentityStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    row.aspect, row.words, row.visible_to = aspect.strip(), words.strip(), visible_to
    _clean(row)
    save(row, by=by)
    _record(row.person, "identity", by=by, about=row.pk)
    return row


@transaction.atomic
def remove_statement(*, statement: IdentityStatement, by: User) -> None:
    """The person does not want it here any more."""
    row = IdentityStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    _record(row.person, "identity", by=by, about=row.pk)
    row._history_user = by
    row.delete()


def _clean(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error


# A person twice -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Similar:
    """A record that may be about the same person, and why."""

    person: Person
    same_number: bool


def similar_people(
    *, nhs_number: str = "", birth_date: dt.date | None = None, names: Iterable[str] = ()
) -> list[Similar]:
    """Records with the same NHS number, or with the same date of birth and a similar name.

    Looks at everybody, whoever asks: what of them is shown to whom is the caller's question.
    """
    number = nhs.normalise(nhs_number)
    asked = Q(pk__in=[])
    if number:
        asked |= Q(nhs_number=number)
    if birth_date is not None:
        asked |= Q(birth_date=birth_date)
    called = [name for name in names if name.strip()]
    found = []
    for other in Person.objects.filter(asked).order_by("pk"):
        same_number = bool(number) and other.nhs_number == number
        theirs = [name for name in (other.name, other.preferred_name) if name]
        same_name = other.birth_date == birth_date and any(
            alike(one, two) for one in called for two in theirs
        )
        if same_number or (birth_date is not None and same_name):
            found.append(Similar(other, same_number))
    return found


@transaction.atomic
def add_beside_similar(
    *,
    team: Team,
    by: User,
    similar: Iterable[Similar],
    certain: bool,
    **fields: Any,
) -> Person:
    """Write down a new person although others look alike, after somebody has seen those.

    Precondition: as for `add_person`; `certain` says that they are somebody else for certain.
    Promise: without certainty, or with the same NHS number, each pair waits for a decision.
    """
    person = add_person(team=team, by=by, **fields)
    for one in similar:
        if one.same_number:
            suspect(person=person, other=one.person, why=_("The same NHS number"), by=by)
        elif not certain:
            why = _("The same date of birth and a similar name")
            suspect(person=person, other=one.person, why=why, by=by)
    return person


@transaction.atomic
def suspect(*, person: Person, other: Person, why: str, by: User) -> MergeSuspect:
    """Two records may be about one person: somebody shall decide.

    Promise: the pair waits once, whichever of the two was looked at first. A number that both have
    is marked as identifying neither until then.
    """
    known = MergeSuspect.objects.filter(
        Q(person=person, other=other) | Q(person=other, other=person)
    ).first()
    if known is not None:
        return known
    row = save(MergeSuspect(person=person, other=other, why=why), by=by)
    if person.nhs_number and person.nhs_number == other.nhs_number:
        for one in (person, other):
            one.nhs_number_shared = True
            save(one, by=by)
    _record(person, "suspected", by=by, about=row.pk)
    return row


@transaction.atomic
def decide(*, suspect: MergeSuspect, decision: str, by: User) -> MergeSuspect:
    """Two records are one person's, or they are not.

    Precondition: nobody has decided yet. Promise: the decision is on record in both; each then
    names the other where they are the same. Nothing is moved from one record to the other.
    """
    row = (
        MergeSuspect.objects.select_for_update(of=("self",))
        .select_related("person", "other")
        .get(pk=suspect.pk)
    )
    if row.decision:
        raise Refusal(_("This has been decided already."))
    if decision not in (MergeSuspect.Decision.DIFFERENT, MergeSuspect.Decision.SAME):
        raise Refusal(_("Select whether these are the same person."))
    row.decision = decision
    row.decided_by = by
    row.decided_on = timezone.localdate()
    save(row, by=by)
    for one in (row.person, row.other):
        if decision == MergeSuspect.Decision.SAME and one.nhs_number_shared:
            one.nhs_number_shared = False
            save(one, by=by)
        _record(one, f"decided_{decision}", by=by, about=row.pk)
    return row


def _record(
    person: Person,
    what: str,
    *,
    by: User,
    data: Mapping[str, Any] | None = None,
    about: Any = None,
) -> None:
    CaseEvent.objects.create(
        person=person,
        kind=f"profile.{what}",
        on=timezone.localdate(),
        by=by,
        about=about,
        data=dict(data or {}),
    )
    touch(person)
