"""A person lets family, friends and carers in, and takes it away again without a word to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.cases.access.sealed import suspended_areas
from casework.cases.models import Contact, Person, SealedNote
from casework.common.errors import Refusal
from casework.common.registry import Registry
from casework.portal.models import Carer, CarerAccess, PortalAccount
from casework.portal.presenters import how, when, with_whom
from casework.portal.services import digest_of, new_code, tell

Area = SealedNote.Area
CODE_LASTS = dt.timedelta(days=7)
LONGEST = dt.timedelta(days=366)  # then the person decides again
ALONE_FOR = 10 * 60  # seconds for which the private moment counts
WRITES = "messages"  # the code with which somebody may write to the team


@dataclass(frozen=True)
class CarerPart:
    """Something that a person may let a carer see, from an app's `carer_parts.py`.

    `choices(person)` are the codes that can be ticked, with their names. `build(person, codes,
    on)` returns what `template` shows for the codes that are open, or None. `kept_back` is the area
    that an open safeguarding concern may close, without a word.
    """

    order: int
    template: str
    choices: Callable[[Person], list[tuple[str, str]]]
    build: Callable[[CarerAccess, frozenset[str], dt.date], Any]
    kept_back: str


carer_parts: Registry[CarerPart] = Registry("carer_parts")


def parts_in_order() -> list[CarerPart]:
    return [part for _name, part in sorted(carer_parts.items(), key=lambda i: (i[1].order, i[0]))]


def choices(person: Person) -> list[tuple[str, str]]:
    """Everything that the person may let a carer see."""
    return [choice for part in parts_in_order() for choice in part.choices(person)]


def scope_words(access: CarerAccess, names: dict[str, str]) -> list[str]:
    """What somebody was let in to, in words."""
    return [names[code] for code in access.scope if code in names]


# What is open ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """One part of what a carer reads about one person."""

    template: str
    content: Any


def is_shut(person: Person) -> bool:
    """Is everything closed to everybody whom the person let in? So it is while a safeguarding
    concern says so, while the person's own pages are not safe for them, and after their death."""
    if person.death_date is not None:
        return True
    if PortalAccount.objects.filter(person=person, unsafe_at__isnull=False).exists():
        return True
    return Area.PEOPLE in suspended_areas(person)


def opened(access: CarerAccess, on: dt.date) -> list[Placed]:
    """What a carer reads of one person today. Nothing looks the same, whatever the reason."""
    if access.removed_at is not None or not access.start <= on <= access.end:
        return []
    if is_shut(access.person):
        return []
    closed = suspended_areas(access.person)
    found = []
    for part in parts_in_order():
        if part.kept_back in closed:
            continue
        known = {code for code, _name in part.choices(access.person)}
        codes = frozenset(access.scope) & known
        content = part.build(access, codes, on) if codes else None
        if content is not None:
            found.append(Placed(part.template, content))
    return found


def may_read(access: CarerAccess, prefix: str, on: dt.date) -> bool:
    """Is any of what begins with `prefix` open to this carer today?"""
    if access.removed_at is not None or not access.start <= on <= access.end:
        return False
    chosen = {code for code in access.scope if code.startswith(prefix)}
    if not chosen or is_shut(access.person):
        return False
    closed = suspended_areas(access.person)
    return any(
        part.kept_back not in closed
        for part in parts_in_order()
        if any(code in chosen for code, _name in part.choices(access.person))
    )


def may_do(access: CarerAccess, code: str, on: dt.date) -> bool:
    """Is exactly this open to this carer today?"""
    return code in access.scope and may_read(access, code, on)


def accesses_of(carer: Carer, on: dt.date) -> list[CarerAccess]:
    """What people let this carer see today."""
    return list(carer.accesses.on(on).select_related("person").order_by("created_at", "pk"))


# Letting in and taking away ----------------------------------------------------------------------


@transaction.atomic
def let_in(
    *,
    person: Person,
    name: str,
    relation: str,
    scope: Iterable[str],
    end: dt.date,
    alone_at: dt.datetime | None,
) -> tuple[CarerAccess, str]:
    """Let somebody in; the code that the person gives them is returned once.

    Precondition: the person has just said that they are alone and safe to decide this; at least
    one thing is chosen; the last day is at most a year away. Promise: without the code nobody comes
    in, and the person can take it away at any time.
    """
    if alone_at is None:
        raise Refusal(_("First say that you are alone and safe to decide this."))
    if not name.strip():
        raise Refusal(_("Enter their name."))
    row = CarerAccess(
        person=person,
        name=name.strip(),
        relation=relation.strip(),
        scope=_known(person, scope),
        start=timezone.localdate(),
        end=_last_day(end),
        alone_at=alone_at,
        expires_at=timezone.now() + CODE_LASTS,
    )
    code = new_code()
    row.digest = digest_of(code)
    row._history_user = _own_user(person)
    row.save()
    tell(person, "let_in", by=None, about=row.pk)
    return row, code


@transaction.atomic
def choose(
    *,
    access: CarerAccess,
    scope: Iterable[str],
    end: dt.date,
    alone_at: dt.datetime | None,
) -> CarerAccess:
    """Let somebody see more, or less, or for another time. The same private moment comes first."""
    if alone_at is None:
        raise Refusal(_("First say that you are alone and safe to decide this."))
    row = _locked(access)
    row.scope = _known(row.person, scope)
    row.end = max(_last_day(end), row.start)
    row.alone_at = alone_at
    row._history_user = _own_user(row.person)
    row.save()
    tell(row.person, "let_in_changed", by=None, about=row.pk)
    return row


@transaction.atomic
def take_away(*, access: CarerAccess) -> CarerAccess:
    """They see nothing from now on, and nobody tells them.

    Promise: their account stays, looks ordinary and holds nothing of this person; a code that was
    not used yet no longer works. What they read cannot be unread.
    """
    row = _locked(access)
    row.removed_at = timezone.now()
    row._history_user = _own_user(row.person)
    row.save()
    tell(row.person, "let_out", by=None, about=row.pk)
    return row


def _locked(access: CarerAccess) -> CarerAccess:
    row = (
        CarerAccess.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=access.pk)
    )
    if row.removed_at is not None:
        raise Refusal(_("You have taken this away already."))
    return row


def _known(person: Person, scope: Iterable[str]) -> list[str]:
    wanted = set(scope)
    found = [code for code, _name in choices(person) if code in wanted]
    if not found:
        raise Refusal(_("Select what they may see."))
    return found


def _last_day(end: dt.date) -> dt.date:
    today = timezone.localdate()
    if end < today:
        raise Refusal(_("The last day must be today or later."))
    if end > today + LONGEST:
        raise Refusal(_("Choose a day within the next year. Then you can decide again."))
    return end


def _own_user(person: Person) -> User | None:
    account = PortalAccount.objects.filter(person=person).select_related("user").first()
    return account.user if account is not None else None


# Coming in ---------------------------------------------------------------------------------------


def find(code: str) -> CarerAccess | None:
    """What a code belongs to, if it still works."""
    row = CarerAccess.objects.select_related("person").filter(digest=digest_of(code)).first()
    return row if row is not None and _works(row) else None


def _works(row: CarerAccess) -> bool:
    now = timezone.now()
    return row.used_at is None and row.removed_at is None and row.expires_at > now


@transaction.atomic
def come_in(*, code: str, email: str, password: str) -> Carer:
    """Somebody uses the code that the person gave them.

    Precondition: the code works. Who has such an account already signs in with it; anybody else
    chooses how to sign in. Promise: the account opens what the person chose, and nothing else.
    """
    row = (
        CarerAccess.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(digest=digest_of(code))
        .first()
    )
    if row is None or not _works(row):
        raise Refusal(_("This code does not work any more."))
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = accounts.create_user(email=email, name=row.name, by=None, password=password)
        carer = Carer(user=user, name=row.name, since=timezone.localdate())
        carer._history_user = user
        carer.save()
    else:
        known = Carer.objects.filter(user=user).first()
        if known is None or not user.check_password(password):
            raise Refusal(_("Choose another email address, or enter the password that you have."))
        carer = known
    row.carer, row.used_at = carer, timezone.now()
    row._history_user = user
    row.save()
    return carer


# Meetings: what this app itself lets a carer see -------------------------------------------------


@dataclass(frozen=True)
class Meetings:
    """The next meetings, and nothing of what was said at one."""

    lines: list[tuple[str, str]]


def _meetings(access: CarerAccess, codes: frozenset[str], on: dt.date) -> Meetings:
    rows = (
        access.person.contacts.filter(attendance=Contact.Attendance.BOOKED, date__gte=on)
        .select_related("worker", "team")
        .order_by("date", "order_key", "pk")[:10]
    )
    return Meetings(
        [
            (when(one), ", ".join(part for part in (with_whom(one), how(one), one.place) if part))
            for one in rows
        ]
    )


MEETINGS = CarerPart(
    order=10,
    template="portal/carer/meetings.jinja",
    choices=lambda person: [("meetings", str(gettext_lazy("When and where my meetings are")))],
    build=_meetings,
    kept_back=Area.DIARY,
)
