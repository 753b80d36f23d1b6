"""Seals the access log each minute, and says which of its rows are not what they were.

Each settled row gets a signature of its own, and each seal signs the one before it. So a row that
was changed, removed, slipped in or exchanged is found and named, and so is a seal. What nobody
inside one database can see is that its newest rows and their seals went together: the daily heads
are exported for that, and compared.

Keys are SEAL_KEYS, newest first; an old one stays as long as a seal was made with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import AccessEntry, AccessSeal, SealHead

SETTLED = dt.timedelta(minutes=1)  # by then whoever was writing has committed
LATE = dt.timedelta(minutes=30)  # a row dated so long before the newest seal is never sealed
BATCH = 2000
FIRST = "0" * 64  # what the first seal follows

_COLUMNS = tuple(field.attname for field in AccessEntry._meta.concrete_fields)


@dataclass(frozen=True)
class Key:
    """A signing key and the name by which a seal says which one it was made with."""

    name: str
    secret: bytes

    def sign(self, *parts: str) -> str:
        text = "\x1f".join(parts)
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def keys() -> list[Key]:
    """The keys there are, newest first."""
    found = []
    for text in settings.SEAL_KEYS:
        secret = hmac.new(text.encode(), b"alongside access seal", hashlib.sha256).digest()
        found.append(Key(hashlib.sha256(secret).hexdigest()[:12], secret))
    return found


def canonical(row: dict[str, Any]) -> str:
    """A row of the access log as the text that is signed: the same on both engines."""
    return json.dumps(
        {name: _plain(row[name]) for name in _COLUMNS}, sort_keys=True, ensure_ascii=True
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return value


def _content(key: Key, row: dict[str, Any]) -> str:
    return key.sign("row", canonical(row))


def _mac(key: Key, *, before: str, number: int, entry: UUID, content: str) -> str:
    return key.sign("seal", before, str(number), str(entry), content)


def _head_mac(key: Key, *, day: dt.date, number: int, last: str) -> str:
    return key.sign("head", day.isoformat(), str(number), last)


def _id_from(moment: dt.datetime) -> UUID:
    """The smallest time-ordered id of a moment: a scan starts there and not at the first row."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _unsealed() -> QuerySet[AccessEntry]:
    sealed = AccessSeal.objects.filter(entry=OuterRef("pk"))
    return AccessEntry.objects.filter(~Exists(sealed))


def _to_seal(last: AccessSeal | None, now: dt.datetime) -> QuerySet[AccessEntry]:
    """Settled rows without a seal, unless they are dated long before the newest sealed one."""
    rows = _unsealed().filter(created_at__lt=now - SETTLED)
    if last is None:
        return rows
    begin = _sealed_until(last) - LATE
    return rows.filter(created_at__gte=begin, pk__gte=_id_from(begin))


def _sealed_until(last: AccessSeal) -> dt.datetime:
    entry = AccessEntry.objects.filter(pk=last.entry).values_list("created_at", flat=True).first()
    return entry or last.created_at


# Sealing ------------------------------------------------------------------------------------------


def pending(*, now: dt.datetime | None = None) -> bool:
    """Is there anything to seal? Asked each minute, so that an idle service writes no job."""
    now = now or timezone.now()
    last = AccessSeal.objects.order_by("-number").first()
    return _to_seal(last, now).exists() or _day_to_close(now) is not None


def seal(*, now: dt.datetime | None = None) -> int:
    """Seal what has settled, oldest first; how many rows. Safe to run again and to interrupt."""
    now = now or timezone.now()
    done = 0
    while True:
        sealed = _seal_some(now)
        done += sealed
        if sealed < BATCH:
            _close_days(now)
            return done


@transaction.atomic
def _seal_some(now: dt.datetime) -> int:
    last = AccessSeal.objects.order_by("-number").first()
    rows = _to_seal(last, now).order_by("created_at", "pk")
    found = list(rows.values(*_COLUMNS)[:BATCH])
    number = last.number if last else 0
    before = last.mac if last else FIRST
    key = keys()[0]
    seals = []
    for row in found:
        number += 1
        content = _content(key, row)
        before = _mac(key, before=before, number=number, entry=row["id"], content=content)
        seals.append(
            AccessSeal(number=number, entry=row["id"], key=key.name, content=content, mac=before)
        )
    # two sealers at once: the number is unique, so one of them fails and tries again
    AccessSeal.objects.bulk_create(seals)
    return len(seals)


def _day_to_close(now: dt.datetime) -> dt.date | None:
    day = now.astimezone(dt.UTC).date() - dt.timedelta(days=1)
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), tzinfo=dt.UTC)
    if now < midnight + SETTLED * 2 or SealHead.objects.filter(day=day).exists():
        return None
    return day if AccessSeal.objects.filter(number=1, created_at__lt=midnight).exists() else None


@transaction.atomic
def _close_days(now: dt.datetime) -> None:
    """Write the head of yesterday (UTC), once everything of it has been sealed."""
    day = _day_to_close(now)
    last = AccessSeal.objects.order_by("-number").first()
    if day is None or last is None:
        return
    key = keys()[0]
    SealHead.objects.create(
        day=day,
        number=last.number,
        key=key.name,
        mac=_head_mac(key, day=day, number=last.number, last=last.mac),
    )


# Verifying ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """Something is not what it was: which row, and what happened to it."""

    row: str
    words: str

    def __str__(self) -> str:
        return f"{self.row}: {self.words}"


@dataclass
class Report:
    """What a look through the whole log found."""

    sealed: int
    waiting: int
    findings: list[Finding]


def verify(
    *, now: dt.datetime | None = None, heads: Sequence[dict[str, Any]] | None = None
) -> Report:
    """Look through all rows and all seals. `heads`: those that were exported and kept elsewhere."""
    now = now or timezone.now()
    known = {key.name: key for key in keys()}
    findings = list(_check_seals(known))
    total = AccessSeal.objects.count()
    late, waiting = _check_unsealed(now)
    findings += late
    findings += _check_heads(known)
    if heads is not None:
        findings += _compare_heads(heads, known)
    return Report(total, waiting, findings)


def _in_batches() -> Iterator[list[AccessSeal]]:
    after = 0
    while batch := list(AccessSeal.objects.filter(number__gt=after).order_by("number")[:BATCH]):
        yield batch
        after = batch[-1].number


def _check_seals(known: dict[str, Key]) -> Iterator[Finding]:
    before, expected = FIRST, 1
    for batch in _in_batches():
        rows = {
            row["id"]: row
            for row in AccessEntry.objects.filter(pk__in=[one.entry for one in batch])
            .order_by()
            .values(*_COLUMNS)
        }
        for one in batch:
            if one.number != expected:
                yield Finding(
                    _seal_name(expected),
                    _("missing: %(n)d seals were removed") % {"n": one.number - expected},
                )
            yield from _check_one(one, rows.get(one.entry), before, known, one.number == expected)
            before, expected = one.mac, one.number + 1


def _check_one(
    one: AccessSeal, row: Any, before: str, known: dict[str, Key], follows: bool
) -> Iterator[Finding]:
    key = known.get(one.key)
    if key is None:
        yield Finding(
            _seal_name(one.number),
            _("signed with key %(key)s, which is not among SEAL_KEYS") % {"key": one.key},
        )
        return
    mac = _mac(key, before=before, number=one.number, entry=one.entry, content=one.content)
    if follows and not hmac.compare_digest(mac, one.mac):
        yield Finding(_seal_name(one.number), _("changed, or not in its place"))
    if row is None:
        yield Finding(_row_name(one.entry), _("removed (seal %(n)d)") % {"n": one.number})
    elif not hmac.compare_digest(_content(key, row), one.content):
        yield Finding(_row_name(one.entry), _("changed (seal %(n)d)") % {"n": one.number})


def _check_unsealed(now: dt.datetime) -> tuple[list[Finding], int]:
    """Rows without a seal: those that are about to get one wait, any other was slipped in."""
    last = AccessSeal.objects.order_by("-number").first()
    rows = _unsealed().order_by("created_at", "pk")
    if last is None:
        return [], rows.count()
    newest = _sealed_until(last)
    late = rows.filter(created_at__lte=newest)
    findings = [
        Finding(_row_name(pk), _("has no seal, though later rows have one"))
        for pk in late.values_list("pk", flat=True)
    ]
    return findings, rows.filter(created_at__gt=newest).count()


def _check_heads(known: dict[str, Key]) -> Iterator[Finding]:
    for head in SealHead.objects.order_by("day"):
        key = known.get(head.key)
        last = AccessSeal.objects.filter(number=head.number).first()
        if key is None:
            yield Finding(_head_name(head.day), _("signed with a key that is not here"))
        elif last is None:
            yield Finding(
                _head_name(head.day),
                _("the log ends before seal %(n)d: rows were removed") % {"n": head.number},
            )
        elif not hmac.compare_digest(
            _head_mac(key, day=head.day, number=head.number, last=last.mac), head.mac
        ):
            yield Finding(_head_name(head.day), _("does not fit the seals"))


def _compare_heads(kept: Sequence[dict[str, Any]], known: dict[str, Key]) -> Iterator[Finding]:
    here = {head.day.isoformat(): head for head in SealHead.objects.all()}
    for one in kept:
        head = here.get(one["day"])
        if head is None:
            yield Finding(_head_name(one["day"]), _("was exported, and is no longer here"))
        elif (head.number, head.mac) != (one["number"], one["mac"]):
            yield Finding(_head_name(one["day"]), _("is not what was exported"))


def exported_heads() -> list[dict[str, Any]]:
    """The daily heads, to be kept somewhere else."""
    return [
        {"day": head.day.isoformat(), "number": head.number, "key": head.key, "mac": head.mac}
        for head in SealHead.objects.order_by("day")
    ]


def _row_name(pk: Any) -> str:
    return _("row %(id)s") % {"id": pk}


def _seal_name(number: int) -> str:
    return _("seal %(n)d") % {"n": number}


def _head_name(day: Any) -> str:
    return _("head of %(day)s") % {"day": day}
