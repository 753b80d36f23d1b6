"""What stands around a person at present, in one statement, however much of it there is.

Handovers under way, absences of those who are named, check-ins, records that may be theirs too,
and what they said about themselves: adjustments, ways to reach them, who they are. The person's
own page has no query to spare, so these tables are read together; the statement is written out,
because putting it together from query sets takes longer than running it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from casework.cases.models import (
    Absence,
    Adjustment,
    CheckIn,
    ContactPreference,
    IdentityStatement,
    MergeSuspect,
    Person,
    WorkerHandover,
)
from casework.directory.models import Worker

_KEPT = "_around"
_STATEMENT = """
SELECT 'handover', h.id, h.person_id, f.name, t.name, h.role, h.starts_on, h.overlap_until,
  h.agreed_with_person_on, h.introduced_on, h.joint_meeting_on, h.goodbye_on
FROM cases_workerhandover h
JOIN directory_worker f ON f.id = h.from_worker_id
JOIN directory_worker t ON t.id = h.to_worker_id
WHERE h.person_id = %(person)s AND h.completed_on IS NULL AND h.cancelled_on IS NULL
UNION ALL
SELECT 'absence', a.id, a.worker_id, w.name, COALESCE(c.name, e.name),
  CASE WHEN a.leaving THEN 'leaving' ELSE '' END, a.start, a."end", NULL, NULL, NULL, NULL
FROM cases_absence a
JOIN directory_worker w ON w.id = a.worker_id
LEFT JOIN directory_worker c ON c.id = a.cover_worker_id
LEFT JOIN directory_team e ON e.id = a.cover_team_id
WHERE a.start <= %(on)s AND (a."end" IS NULL OR a."end" >= %(on)s) AND a.worker_id IN (
  SELECT n.worker_id FROM cases_allocation n
  WHERE n.person_id = %(person)s AND n.start <= %(on)s AND (n."end" IS NULL OR n."end" >= %(on)s))
UNION ALL
SELECT 'check_in', k.id, k.person_id, w.name, '', '', k.next_on, NULL, NULL, NULL, NULL, NULL
FROM cases_checkin k JOIN directory_worker w ON w.id = k.worker_id
WHERE k.person_id = %(person)s AND k.ended_on IS NULL
UNION ALL
SELECT 'twin', m.id, CASE WHEN m.person_id = %(person)s THEN m.other_id ELSE m.person_id END,
  COALESCE(CASE WHEN o.preferred_name = '' THEN o.name ELSE o.preferred_name END, ''),
  m.why, m.decision, NULL, NULL, NULL, NULL, NULL, NULL
FROM cases_mergesuspect m
LEFT JOIN cases_person o
  ON o.id = CASE WHEN m.person_id = %(person)s THEN m.other_id ELSE m.person_id END
WHERE (m.person_id = %(person)s OR m.other_id = %(person)s) AND m.decision <> 'different'
UNION ALL
SELECT 'adjustment', j.id, j.person_id, j.kind, j.words, '', NULL, NULL, NULL, NULL, NULL, NULL
FROM cases_adjustment j WHERE j.person_id = %(person)s
UNION ALL
SELECT CASE WHEN NOT p.may_use THEN 'channel no' WHEN p.safe_to_leave_message THEN 'channel safe'
  ELSE 'channel' END,
  p.id, p.person_id, p.channel, p.note, p.ask_for, NULL, NULL, NULL, NULL, NULL, NULL
FROM cases_contactpreference p WHERE p.person_id = %(person)s
UNION ALL
SELECT 'statement', s.id, s.person_id, s.aspect, s.words, s.visible_to,
  NULL, NULL, NULL, NULL, NULL, NULL
FROM cases_identitystatement s WHERE s.person_id = %(person)s
UNION ALL
SELECT 'named', n.id, n.worker_id, n.role, '', '', NULL, NULL, NULL, NULL, NULL, NULL
FROM cases_allocation n
WHERE n.person_id = %(person)s AND n.start <= %(today)s
  AND (n."end" IS NULL OR n."end" >= %(today)s)
UNION ALL
SELECT 'held', c.id, c.team_id, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL
FROM cases_case c
WHERE c.person_id = %(person)s AND c.closed_on IS NULL AND c.team_id IS NOT NULL
"""


@dataclass(frozen=True)
class Twin:
    """Another record that is, or may be, the same person's."""

    suspect_id: UUID
    other_id: UUID
    name: str
    why: str
    same: bool


@dataclass(frozen=True)
class Around:
    """What stands around one person. The rows hold what a page shows, and are not to be saved.

    `statements` are for those only whom the person tells: ask `profile.policy`, with the roles in
    which each worker is named today (`named`) and the teams that hold the person (`held_by`).
    """

    handovers: list[WorkerHandover] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    channels: list[ContactPreference] = field(default_factory=list)
    statements: list[IdentityStatement] = field(default_factory=list)
    named: dict[UUID, set[str]] = field(default_factory=dict)
    held_by: set[UUID] = field(default_factory=set)


@dataclass(frozen=True)
class _Row:
    what: str
    key: UUID
    about: UUID
    first: str
    second: str
    code: str
    days: tuple[dt.date | None, ...]


def around(person: Person, on: dt.date) -> Around:
    """What stands around a person on a day; asked once for each page."""
    kept = person.__dict__.get(_KEPT)
    if kept is None or kept[0] != on:
        kept = (on, _read(person, on))
        person.__dict__[_KEPT] = kept
    return kept[1]


def _read(person: Person, on: dt.date) -> Around:
    found = Around()
    rows = sorted(
        _rows(person, on),
        key=lambda row: (row.days[1] or dt.date.max, row.first, str(row.key)),
    )
    for row in rows:
        if row.what == "handover":
            found.handovers.append(_as_handover(row))
        elif row.what == "absence":
            found.absences.append(_as_absence(row))
        elif row.what == "check_in":
            worker = Worker(name=row.first)
            found.check_ins.append(CheckIn(id=row.key, worker=worker, next_on=row.days[0]))
        elif row.what == "twin":
            same = row.code == MergeSuspect.Decision.SAME
            found.twins.append(Twin(row.key, row.about, row.first, row.second, same))
        elif row.what == "adjustment":
            found.adjustments.append(Adjustment(id=row.key, kind=row.first, words=row.second))
        elif row.what == "statement":
            found.statements.append(
                IdentityStatement(
                    id=row.key, aspect=row.first, words=row.second, visible_to=row.code
                )
            )
        elif row.what == "named":
            found.named.setdefault(row.about, set()).add(row.first)
        elif row.what == "held":
            found.held_by.add(row.about)
        else:
            found.channels.append(_as_channel(row))
    return found


def _rows(person: Person, on: dt.date) -> Iterator[_Row]:
    postgresql = connection.vendor == "postgresql"
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "person": person.pk if postgresql else person.pk.hex,
                "on": on if postgresql else on.isoformat(),
                "today": today if postgresql else today.isoformat(),
            },
        )
        rows = cursor.fetchall()
    for what, key, about, first, second, code, *days in rows:
        yield _Row(what, _id(key), _id(about), first, second, code, tuple(map(_day, days)))


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _day(value: Any) -> dt.date | None:
    """A date; SQLite keeps it as text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _as_handover(row: _Row) -> WorkerHandover:
    starts, until, agreed, introduced, joint, goodbye = row.days
    return WorkerHandover(
        id=row.key,
        role=row.code,
        from_worker=Worker(name=row.first),
        to_worker=Worker(name=row.second),
        starts_on=starts,
        overlap_until=until,
        agreed_with_person_on=agreed,
        introduced_on=introduced,
        joint_meeting_on=joint,
        goodbye_on=goodbye,
    )


def _as_absence(row: _Row) -> Absence:
    return Absence(
        id=row.key,
        worker=Worker(id=row.about, name=row.first),
        cover_worker=Worker(name=row.second),
        start=row.days[0],
        end=row.days[1],
        leaving=row.code == "leaving",
    )


def _as_channel(row: _Row) -> ContactPreference:
    return ContactPreference(
        id=row.key,
        channel=row.first,
        note=row.second,
        ask_for=row.code,
        may_use=row.what != "channel no",
        safe_to_leave_message=row.what == "channel safe",
    )
