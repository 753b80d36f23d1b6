"""One row of facts per person: who met them, how often, and who is named for them.

One SQL statement, on SQLite and on PostgreSQL, is the only source: for everybody, for one
organisation, for some people and for one person. It returns whole numbers (counts, sums of
squares, days) and never a quotient; the indices are made of them in Python
(`casework.continuity.formulas`), so that both engines give the same decimals.

A contact counts when it is attended (5 or 6) and not after the date; it counts for its one worker
(extract format, section 5). "Last six" are the latest six contacts with a known worker. A worker
is somebody the person knows who has met them four times or more, or was their key worker on the
day of one of the last six.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from casework.common.dates import window_12m, window_180
from casework.continuity import formulas
from casework.continuity.engines import (
    date_parameter,
    dialect,
    julian,
    key,
    keys,
    rows,
    stream,
    ties,
)

LAST = 6  # contacts that the last-six facts look back on
KNOWN_FROM = 4  # meetings from which on a worker is somebody the person knows
OPEN_DATES = 90  # dates for which an attended contact keeps a case open, its own date included
AT_ONCE = 200  # people of a list in one statement; SQLite plans for few
GAP = 90  # more days than this between two referrals: the time with the network began anew

_uuid = lru_cache(maxsize=8192)(UUID)  # of teams and workers, who are few

_SCOPE = """
scope AS (
  SELECT id FROM cases_person WHERE provider_id = %(organisation)s
  UNION ALL
  SELECT p.id FROM cases_person p WHERE p.provider_id IS NULL AND p.id IN (
    SELECT k.person_id FROM cases_case k JOIN directory_team t ON t.id = k.team_id
    WHERE t.organisation_id = %(organisation)s)
),
"""

_OF_ORGANISATION = """
  AND (p.provider_id = %(organisation)s
    OR (p.provider_id IS NULL AND ht.organisation_id = %(organisation)s))"""

_SQL = """
WITH {scope_cte}
seen AS (
  SELECT c.person_id, c.worker_id, c.date,
    CASE WHEN c.worker_count > 1 THEN 1 END AS joint,
    CASE WHEN c.group_id IS NOT NULL THEN 1 END AS grouped,
    CASE WHEN c.purpose = 'crisis'
      OR c.team_id IN (SELECT id FROM directory_team WHERE kind = 'crisis') THEN 1 END AS crisis,
    CASE WHEN lead(c.worker_id) OVER ordered = c.worker_id THEN 1 END AS same,
    CASE WHEN lead(1, {last}) OVER ordered IS NULL THEN 1 END AS late
  FROM cases_contact c
  WHERE c.attendance IN ('5', '6') AND c.date <= %(on)s AND c.worker_id IS NOT NULL
    AND {scope_contact}
  WINDOW ordered AS (PARTITION BY c.person_id ORDER BY c.date, c.order_key)
),
met AS (
  SELECT s.person_id, s.worker_id, CAST(count(*) AS integer) AS n,
    CAST(count(*) FILTER (WHERE s.date >= %(from_180)s) AS integer) AS n180,
    CAST(count(*) FILTER (WHERE s.date >= %(from_12m)s) AS integer) AS n12,
    CAST(count(s.same) FILTER (WHERE s.date >= %(from_180)s) AS integer) AS same180,
    CAST(count(s.same) FILTER (WHERE s.date >= %(from_12m)s) AS integer) AS same12,
    CAST(count(s.joint) FILTER (WHERE s.date >= %(from_180)s) AS integer) AS joint180,
    CAST(count(s.joint) FILTER (WHERE s.date >= %(from_12m)s) AS integer) AS joint12,
    CAST(count(s.late) AS integer) AS late,
    CAST(count(s.joint) FILTER (WHERE s.late = 1) AS integer) AS late_joint,
    CAST(count(s.grouped) FILTER (WHERE s.late = 1) AS integer) AS late_group,
    CAST(count(s.crisis) FILTER (WHERE s.late = 1) AS integer) AS late_crisis,
    CAST(count(s.same) FILTER (WHERE s.late = 1) AS integer) AS late_same,
    {tied} AS tied,
    max(s.date) AS last
  FROM seen s
  {ties}
  GROUP BY s.person_id, s.worker_id
),
bonds AS (
  SELECT person_id,
    sum(n180) AS n180, count(*) FILTER (WHERE n180 > 0) AS staff180, max(n180) AS most180,
    sum(n180 * n180) AS squares180, sum(same180) AS same180, sum(joint180) AS joint180,
    sum(n12) AS n12, count(*) FILTER (WHERE n12 > 0) AS staff12, max(n12) AS most12,
    sum(n12 * n12) AS squares12, sum(same12) AS same12, sum(joint12) AS joint12,
    sum(late) AS late, count(*) FILTER (WHERE late > 0) AS late_staff,
    count(*) FILTER (WHERE late > tied / 100) AS late_staff_unplanned,
    sum(tied %% 100) AS late_named, sum(late_joint) AS late_joint,
    sum(late_group) AS late_group, sum(late_crisis) AS late_crisis, sum(late_same) AS late_same,
    max(CASE WHEN n >= {known_from} OR tied %% 100 > 0 THEN last END) AS last_known
  FROM met GROUP BY person_id
),
spans AS (
  SELECT a.person_id, a.worker_id, a.start, a.planned_ending, a.end_reason,
    CASE a.role WHEN 'key_worker' THEN 1 ELSE 0 END AS key,
    COALESCE(a."end", %(on)s) AS last,
    row_number() OVER (
      PARTITION BY a.person_id, CASE a.role WHEN 'key_worker' THEN 1 ELSE 0 END, a.worker_id
      ORDER BY COALESCE(a."end", %(on)s) DESC, a.start DESC, a.id DESC) AS newest,
    max(COALESCE(a."end", %(on)s)) OVER (
      PARTITION BY a.person_id, CASE a.role WHEN 'key_worker' THEN 1 ELSE 0 END
      ORDER BY a.start, a.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM cases_allocation a
  WHERE a.start <= %(on)s AND {scope_allocation}
),
totals AS (
  SELECT c.person_id,
    count(*) FILTER (WHERE c.date >= %(from_180)s) AS all180,
    count(*) FILTER (WHERE c.date >= %(from_12m)s) AS all12,
    count(*) FILTER (WHERE c.worker_id IS NULL AND c.date >= %(from_180)s) AS nobody180,
    count(*) FILTER (WHERE c.worker_id IS NULL AND c.date >= %(from_12m)s) AS nobody12,
    count(*) FILTER (WHERE c.date >= %(from_180)s AND (c.purpose = 'crisis'
      OR c.team_id IN (SELECT id FROM directory_team WHERE kind = 'crisis'))) AS crisis180,
    count(*) FILTER (WHERE c.date >= %(from_12m)s AND (c.purpose = 'crisis'
      OR c.team_id IN (SELECT id FROM directory_team WHERE kind = 'crisis'))) AS crisis12,
    count(DISTINCT CASE WHEN c.date >= %(from_12m)s THEN c.team_id END) AS teams12,
    min(c.date) AS first, max(c.date) AS last
  FROM cases_contact c
  WHERE c.attendance IN ('5', '6') AND c.date <= %(on)s AND {scope_contact}
  GROUP BY c.person_id
),
referred AS (
  SELECT person_id, count(*) FILTER (WHERE last >= %(on)s) AS open_now,
    max(start) FILTER (WHERE reached IS NULL OR {days_reached} - {days_start} > {gap}) AS since
  FROM (
    SELECT r.person_id, r.start, COALESCE(r."end", %(on)s) AS last,
      max(COALESCE(r."end", %(on)s)) OVER (PARTITION BY r.person_id ORDER BY r.start, r.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM cases_livereason r
    WHERE r.kind = 'referral' AND r.start <= %(on)s AND {scope_reason}
  ) each_referral
  GROUP BY person_id
),
held AS (
  SELECT k.person_id, k.team_id, k.key_worker_id, k.opened_on, k.closed_on
  FROM cases_case k
  WHERE k.opened_on <= %(on)s AND {scope_case}
    AND NOT EXISTS (SELECT 1 FROM cases_case l
      WHERE l.person_id = k.person_id AND l.opened_on <= %(on)s
        AND (l.opened_on > k.opened_on OR (l.opened_on = k.opened_on AND l.id > k.id)))
),
named AS (
  SELECT a.person_id,
    {joined_now} AS workers_now,
    count(*) FILTER (WHERE a.last >= %(on)s) AS allocated_now,
    count(*) FILTER (WHERE a.key = 1 AND a.newest = 1 AND a.last >= %(from_12m)s)
      AS coordinators12,
    min(CASE WHEN a.key = 1 AND a.last < %(on)s THEN {days_last} END) AS ended_days,
    max(CASE WHEN a.key = 1 AND a.last < %(on)s THEN CAST(a.last AS text) ||
      CASE a.end_reason WHEN 'worker_left' THEN '2' WHEN 'absence' THEN '1' ELSE '0' END END)
      AS ended_how,
    count(*) FILTER (WHERE {change}) AS changes12,
    count(*) FILTER (WHERE {change} AND a.planned_ending IS TRUE) AS changes_planned12,
    count(*) FILTER (WHERE {change} AND a.planned_ending IS FALSE) AS changes_unplanned12,
    min(CASE WHEN {change} AND a.planned_ending IS FALSE THEN {days_last} END) AS unplanned_days,
    sum(CASE WHEN a.key = 1 THEN {greatest}(0, {least}({days_start_a},
        {days_from}, COALESCE({days_span_reached} - 1, 100000))
      - {greatest}({days_last}, 0) + 1) ELSE 0 END) AS covered
  FROM spans a
  LEFT JOIN referred r ON r.person_id = a.person_id
  LEFT JOIN held h ON h.person_id = a.person_id
  GROUP BY a.person_id
)
SELECT {columns}
FROM cases_person p
LEFT JOIN totals t ON t.person_id = p.id
LEFT JOIN bonds b ON b.person_id = p.id
LEFT JOIN named a ON a.person_id = p.id
LEFT JOIN referred r ON r.person_id = p.id
LEFT JOIN held h ON h.person_id = p.id
LEFT JOIN directory_team ht ON ht.id = h.team_id
WHERE {scope_person}
"""

# Each field of a row of facts, and where it comes from. The order is that of `Row`.
_COLUMNS = """
CAST(p.id AS text)
p.local_id
CAST(p.death_date AS text)
CAST(h.team_id AS text)
COALESCE(ht.kind, '')
CAST(h.key_worker_id AS text)
{days:h.opened_on}
{days:h.closed_on}
COALESCE(r.open_now, 0)
{days:r.since}
COALESCE(t.all180, 0)
COALESCE(t.all12, 0)
COALESCE(t.nobody180, 0)
COALESCE(t.nobody12, 0)
COALESCE(t.crisis180, 0)
COALESCE(t.crisis12, 0)
COALESCE(t.teams12, 0)
{days:t.first}
{days:t.last}
COALESCE(b.n180, 0)
COALESCE(b.staff180, 0)
COALESCE(b.most180, 0)
COALESCE(b.squares180, 0)
COALESCE(b.same180, 0)
COALESCE(b.joint180, 0)
COALESCE(b.n12, 0)
COALESCE(b.staff12, 0)
COALESCE(b.most12, 0)
COALESCE(b.squares12, 0)
COALESCE(b.same12, 0)
COALESCE(b.joint12, 0)
COALESCE(b.late, 0)
COALESCE(b.late_staff, 0)
COALESCE(b.late_staff_unplanned, 0)
COALESCE(b.late_named, 0)
COALESCE(b.late_joint, 0)
COALESCE(b.late_crisis, 0)
COALESCE(b.late_same, 0)
{days:b.last_known}
COALESCE(a.workers_now, '')
COALESCE(a.allocated_now, 0)
COALESCE(a.coordinators12, 0)
a.ended_days
COALESCE(a.ended_how, '')
COALESCE(a.changes12, 0)
COALESCE(a.changes_planned12, 0)
COALESCE(a.changes_unplanned12, 0)
a.unplanned_days
COALESCE(a.covered, 0)
COALESCE(b.late_group, 0)
"""


class Row(NamedTuple):
    """The whole numbers that the statement returns about one person. Days count back from `on`."""

    on: dt.date
    person_key: str
    local_id: str | None
    died: str | None
    team_key: str | None
    team_kind: str
    pointer_key: str | None
    opened_days: int | None
    closed_days: int | None
    open_referrals: int
    referred_days: int | None
    all_180: int
    all_12m: int
    no_staff_180: int
    no_staff_12m: int
    crisis_180: int
    crisis_12m: int
    teams_12m: int
    days_since_first: int | None
    days_since_contact: int | None
    contacts_180: int
    staff_180: int
    most_180: int
    squares_180: int
    same_180: int
    joint_180: int
    contacts_12m: int
    staff_12m: int
    most_12m: int
    squares_12m: int
    same_12m: int
    joint_12m: int
    last6: int
    last6_staff: int
    last6_staff_unplanned: int
    last6_named: int
    last6_joint: int
    last6_crisis: int
    last6_same: int
    days_since_known: int | None
    named_now: str
    allocated_now: int
    coordinators_12m: int
    ended_days: int | None
    ended_how: str
    changes_12m: int
    changes_planned_12m: int
    changes_unplanned_12m: int
    unplanned_days: int | None
    covered_12m: int
    last6_group: int


class ContinuityFacts(Row):
    """Who has been with one person, and who is named for them, as of a date.

    Immutable and small: a hundred thousand of them pass through a sweep. Whatever is a quotient,
    a date or an id is made when it is asked for.
    """

    __slots__ = ()

    # whom it is about and who can act (casework.common.rules.RuleFacts) --------------------------

    @property
    def person_id(self) -> UUID:
        return UUID(self.person_key)

    @property
    def subject_key(self) -> str:
        return f"person:{UUID(self.person_key)}"

    @property
    def team_id(self) -> UUID | None:
        """The team that holds the person."""
        return _uuid(self.team_key) if self.team_key else None

    @property
    def worker_id(self) -> UUID | None:
        """The worker who can act: the case's key worker if named on the date, else another who
        is named; nobody if nobody is."""
        named = self.named_workers
        pointer = _uuid(self.pointer_key) if self.pointer_key else None
        return pointer if pointer in named else (named[0] if named else None)

    @property
    def named_workers(self) -> tuple[UUID, ...]:
        """The key workers on the date; two on the day of a handover."""
        return (
            tuple(_uuid(key) for key in sorted(self.named_now.split(","))) if self.named_now else ()
        )

    # whether anything is asked of us --------------------------------------------------------------

    @property
    def death_date(self) -> dt.date | None:
        return dt.date.fromisoformat(self.died) if self.died else None

    @property
    def alive(self) -> bool:
        """On the date, as far as we know."""
        return self.died is None or self.died > self.on.isoformat()

    @property
    def open(self) -> bool:
        """The case is open: alive, and an open referral, a current allocation, or a contact on
        one of the last 90 dates that an agreed ending of the case has not followed."""
        if not self.alive:
            return False
        if self.open_referrals or self.allocated_now:
            return True
        if self.days_since_contact is None or self.days_since_contact >= OPEN_DATES:
            return False
        ended = self.closed_days is not None and self.closed_days >= 0
        return not ended or self.days_since_contact < self.closed_days

    @property
    def open_days(self) -> int | None:
        """Days, this one included, since the present time with the network began: the latest run
        of referrals, else the case, else the first contact."""
        for days in (self.referred_days, self.opened_days, self.days_since_first):
            if days is not None:
                return days + 1
        return None

    # the named worker -----------------------------------------------------------------------------

    @property
    def days_without_named(self) -> int:
        """Days without a key worker up to the date: since the last one ended or, if later, since
        the present time with the network began. 0 with a key worker."""
        if self.named_now:
            return 0
        known = [days for days in (self.ended_days, self.open_days) if days is not None]
        return min(known, default=0)

    @property
    def left(self) -> bool:
        """Nobody is named, and the last key worker is recorded as having left."""
        return not self.named_now and self.ended_how[-1:] == "2"

    @property
    def absent(self) -> bool:
        """Nobody is named, and the last key worker is recorded as away for long."""
        return not self.named_now and self.ended_how[-1:] == "1"

    @property
    def changes_unknown_12m(self) -> int:
        """Changes of key worker of which nobody recorded whether they were agreed before."""
        return self.changes_12m - self.changes_planned_12m - self.changes_unplanned_12m

    @property
    def window_days(self) -> int:
        """Days of the last 12 months since the present time with the network began."""
        whole = (self.on - window_12m(self.on)).days + 1
        began = self.referred_days if self.referred_days is not None else self.opened_days
        return whole if began is None else min(whole, began + 1)

    @property
    def pdc_12m(self) -> float | None:
        """Proportion of those days with a key worker."""
        return formulas.pdc(self.covered_12m, self.window_days)

    # indices --------------------------------------------------------------------------------------

    @property
    def upc_180(self) -> float | None:
        return formulas.upc(self.contacts_180, self.most_180)

    @property
    def coc_180(self) -> float | None:
        return formulas.coc(self.contacts_180, self.squares_180)

    @property
    def secon_180(self) -> float | None:
        return formulas.secon(self.contacts_180, self.same_180)

    @property
    def mmci_180(self) -> float | None:
        return formulas.mmci(self.contacts_180, self.staff_180)

    @property
    def hi_180(self) -> float | None:
        return formulas.hi(self.contacts_180, self.squares_180)

    @property
    def upc_12m(self) -> float | None:
        return formulas.upc(self.contacts_12m, self.most_12m)

    @property
    def coc_12m(self) -> float | None:
        return formulas.coc(self.contacts_12m, self.squares_12m)

    @property
    def secon_12m(self) -> float | None:
        return formulas.secon(self.contacts_12m, self.same_12m)

    @property
    def mmci_12m(self) -> float | None:
        return formulas.mmci(self.contacts_12m, self.staff_12m)

    @property
    def hi_12m(self) -> float | None:
        return formulas.hi(self.contacts_12m, self.squares_12m)

    @property
    def last6_named_share(self) -> float | None:
        """Of the last six, the share with somebody who was the key worker that day."""
        return formulas.share(self.last6_named, self.last6)

    @property
    def crisis_share_180(self) -> float | None:
        return formulas.share(self.crisis_180, self.all_180)

    @property
    def crisis_share_12m(self) -> float | None:
        return formulas.share(self.crisis_12m, self.all_12m)

    def as_json(self) -> dict[str, Any]:
        """The numbers, as they are kept with an alert: no ids and no names."""
        numbers = {name: getattr(self, name) for name in _KEPT}
        return {"on": self.on.isoformat(), **numbers}


_KEPT = (
    "contacts_180",
    "no_staff_180",
    "joint_180",
    "staff_180",
    "upc_180",
    "coc_180",
    "secon_180",
    "mmci_180",
    "hi_180",
    "contacts_12m",
    "staff_12m",
    "last6",
    "last6_staff",
    "last6_staff_unplanned",
    "last6_named",
    "last6_crisis",
    "last6_joint",
    "last6_group",
    "coordinators_12m",
    "teams_12m",
    "changes_12m",
    "changes_planned_12m",
    "changes_unplanned_12m",
    "days_without_named",
    "days_since_contact",
    "days_since_known",
    "crisis_180",
    "all_180",
    "pdc_12m",
)


_MANY = {"everybody", "most of organisation", "some of organisation"}


def statement(scope: str) -> str:
    """The SQL for `everybody`, an organisation that has `most` or `some` of the people, a list of
    `people`, those `people` of the list whom an organisation has, or one `person`."""
    words = dialect()
    tied, joins = ties(many=scope in _MANY)

    def days(column: str) -> str:
        return words.days.format(column)

    def within(column: str) -> str:
        return {
            "everybody": "TRUE",
            "most of organisation": "TRUE",
            "some of organisation": f"{words.scanned}{column} IN (SELECT id FROM scope)",
            "people": f"{column} IN {words.listed}",
            "people of organisation": f"{column} IN {words.listed}",
            "person": f"{column} = %(person)s",
        }[scope]

    columns = ",\n  ".join(
        days(line[6:-1]) if line.startswith("{days:") else line
        for line in _COLUMNS.strip().splitlines()
    )
    return _SQL.format(
        scope_cte=_SCOPE if scope == "some of organisation" else "",
        scope_person=within("p.id") + (_OF_ORGANISATION if scope.endswith("organisation") else ""),
        scope_contact=within("c.person_id"),
        scope_allocation=within("a.person_id"),
        scope_reason=within("r.person_id"),
        scope_case=within("k.person_id"),
        last=LAST,
        known_from=KNOWN_FROM,
        gap=GAP,
        tied=tied,
        ties=joins,
        greatest=words.greatest,
        least=words.least,
        days_reached=days("reached"),
        days_start=days("start"),
        days_last=days("a.last"),
        days_from=days(
            f"{words.greatest}(%(from_12m)s, COALESCE(r.since, h.opened_on, %(from_12m)s))"
        ),
        days_start_a=days("a.start"),
        days_span_reached=days("a.reached"),
        joined_now=words.joined.format(
            "CASE WHEN a.key = 1 AND a.newest = 1 AND a.last >= %(on)s THEN a.worker_id END"
        ),
        change=(
            "a.key = 1 AND a.newest = 1 AND a.last < %(on)s"
            " AND a.last >= %(from_12m)s AND a.end_reason <> 'ending'"
        ),
        columns=columns,
    )


def parameters(on: dt.date, **scope: Any) -> dict[str, Any]:
    """What the statement is given: the date, its two windows, and whom it is about."""
    return {
        "on": date_parameter(on),
        "julian": julian(on),
        "from_180": date_parameter(window_180(on)),
        "from_12m": date_parameter(window_12m(on)),
        **scope,
    }


def everybody(on: dt.date) -> Iterator[ContinuityFacts]:
    """The facts of every person, alive or not, in no particular order."""
    return _made(stream(statement("everybody"), parameters(on)), on)


def of_organisation(organisation_id: UUID, on: dt.date) -> Iterator[ContinuityFacts]:
    """The facts of an organisation's people: those of its extract, and those from no extract
    whom one of its teams holds. Everybody belongs to one organisation at most.

    Where they are most of the people here, reading everybody's contacts in order and leaving some
    out at the end is quicker than looking for theirs.
    """
    asked = parameters(on, organisation=key(organisation_id))
    [(theirs, all_people)] = rows(
        "SELECT count(*) FILTER (WHERE provider_id = %(organisation)s), count(*) FROM cases_person",
        asked,
    )
    scope = "most of organisation" if theirs * 2 >= all_people else "some of organisation"
    return _made(stream(statement(scope), asked), on)


def of_people(
    people: Sequence[UUID], on: dt.date, *, organisation_id: UUID | None = None
) -> list[ContinuityFacts]:
    """The facts of some people, such as a page of a caseload, in one statement per 200 people.

    With an organisation: of those among them who are its people (see `of_organisation`).
    """
    found: list[ContinuityFacts] = []
    for start in range(0, len(people), AT_ONCE):
        asked = parameters(on, people=keys(people[start : start + AT_ONCE]))
        scope = "people"
        if organisation_id is not None:
            scope = "people of organisation"
            asked["organisation"] = key(organisation_id)
        found += _made(rows(statement(scope), asked), on)
    return found


def of_person(person_id: UUID, on: dt.date) -> ContinuityFacts | None:
    """The facts of one person; None if there is no such person."""
    found = rows(statement("person"), parameters(on, person=key(person_id)))
    return next(_made(found, on), None)


def _made(found: Iterable[tuple[Any, ...]], on: dt.date) -> Iterator[ContinuityFacts]:
    make, first = ContinuityFacts._make, (on,)
    return (make(first + row) for row in found)
