"""The same columns as the facts about continuity, as one hand-written statement per engine.

Written for one engine each, with what only that engine can do, and for these fixed columns: what
the facts are measured against. `:person` narrows it to one person.
"""

from __future__ import annotations

import datetime as dt
import re

from casework.common.dates import window_12m, window_180

_COLUMNS = """
  p.id, p.local_id, p.death_date, h.team_id, coalesce(ht.kind, ''), h.key_worker_id,
  {on} - h.opened_on, {on} - h.closed_on, coalesce(r.open_now, 0), {on} - r.since,
  coalesce(t.all180, 0), coalesce(t.all12, 0), coalesce(t.nobody180, 0), coalesce(t.nobody12, 0),
  coalesce(t.crisis180, 0), coalesce(t.crisis12, 0), coalesce(t.teams12, 0),
  {on} - t.first, {on} - t.last,
  coalesce(b.n180, 0), coalesce(b.staff180, 0), coalesce(b.most180, 0), coalesce(b.squares180, 0),
  coalesce(b.same180, 0), coalesce(b.joint180, 0),
  coalesce(b.n12, 0), coalesce(b.staff12, 0), coalesce(b.most12, 0), coalesce(b.squares12, 0),
  coalesce(b.same12, 0), coalesce(b.joint12, 0),
  coalesce(b.late, 0), coalesce(b.late_staff, 0), coalesce(b.late_unplanned, 0),
  coalesce(b.late_named, 0), coalesce(b.late_joint, 0), coalesce(b.late_crisis, 0),
  coalesce(b.late_same, 0), {on} - b.last_known,
  a.workers_now, coalesce(a.allocated_now, 0), coalesce(a.coordinators12, 0),
  {on} - a.ended, coalesce(a.ended_how, ''),
  coalesce(a.changes, 0), coalesce(a.planned, 0), coalesce(a.unplanned, 0), {on} - a.unplanned_end,
  coalesce(a.covered, 0), coalesce(b.late_group, 0)
"""

_POSTGRESQL = """
WITH crisis_team AS (SELECT id FROM directory_team WHERE kind = 'crisis'),
seen AS (
  SELECT person_id, worker_id, date, worker_count > 1 AS joint, group_id IS NOT NULL AS grouped,
    purpose = 'crisis' OR team_id IN (SELECT id FROM crisis_team) AS crisis,
    lead(worker_id) OVER w = worker_id AS same, lead(1, 6) OVER w IS NULL AS late
  FROM cases_contact
  WHERE attendance IN ('5', '6') AND date <= {on} AND worker_id IS NOT NULL {one}
  WINDOW w AS (PARTITION BY person_id ORDER BY date, order_key)
),
met AS (
  SELECT s.person_id, s.worker_id, count(*)::int AS n,
    (count(*) FILTER (WHERE date >= {h}))::int AS n180,
    (count(*) FILTER (WHERE date >= {y}))::int AS n12,
    count(*) FILTER (WHERE same AND date >= {h}) AS same180,
    count(*) FILTER (WHERE same AND date >= {y}) AS same12,
    count(*) FILTER (WHERE joint AND date >= {h}) AS joint180,
    count(*) FILTER (WHERE joint AND date >= {y}) AS joint12,
    count(*) FILTER (WHERE late) AS late,
    count(*) FILTER (WHERE late AND joint) AS late_joint,
    count(*) FILTER (WHERE late AND grouped) AS late_group,
    count(*) FILTER (WHERE late AND crisis) AS late_crisis,
    count(*) FILTER (WHERE late AND same) AS late_same,
    count(n.spans) AS late_named,
    count(*) FILTER (WHERE late AND o.spans IS NULL) AS late_unplanned, max(date) AS last
  FROM seen s
  LEFT JOIN (SELECT person_id, worker_id, range_agg(daterange(start, "end", '[]')) AS spans
      FROM cases_allocation WHERE role = 'key_worker' {one} GROUP BY person_id, worker_id) n
    ON n.person_id = s.person_id AND n.worker_id = s.worker_id AND s.late AND n.spans @> s.date
  LEFT JOIN (SELECT person_id, worker_id, range_agg(daterange(start, "end", '[]')) AS spans
      FROM cases_allocation WHERE role <> 'key_worker' {one} GROUP BY person_id, worker_id) o
    ON o.person_id = s.person_id AND o.worker_id = s.worker_id AND s.late AND o.spans @> s.date
  GROUP BY s.person_id, s.worker_id
),
bonds AS (
  SELECT person_id, sum(n180) AS n180, count(*) FILTER (WHERE n180 > 0) AS staff180,
    max(n180) AS most180, sum(n180 * n180) AS squares180, sum(same180)::int AS same180,
    sum(joint180)::int AS joint180,
    sum(n12) AS n12, count(*) FILTER (WHERE n12 > 0) AS staff12,
    max(n12) AS most12, sum(n12 * n12) AS squares12, sum(same12)::int AS same12,
    sum(joint12)::int AS joint12,
    sum(late)::int AS late, count(*) FILTER (WHERE late > 0) AS late_staff,
    count(*) FILTER (WHERE late_unplanned > 0) AS late_unplanned,
    sum(late_named)::int AS late_named, sum(late_joint)::int AS late_joint,
    sum(late_group)::int AS late_group, sum(late_crisis)::int AS late_crisis,
    sum(late_same)::int AS late_same,
    max(last) FILTER (WHERE n >= 4 OR late_named > 0) AS last_known
  FROM met GROUP BY person_id
),
totals AS (
  SELECT person_id, count(*) FILTER (WHERE date >= {h}) AS all180,
    count(*) FILTER (WHERE date >= {y}) AS all12,
    count(*) FILTER (WHERE date >= {h} AND worker_id IS NULL) AS nobody180,
    count(*) FILTER (WHERE date >= {y} AND worker_id IS NULL) AS nobody12,
    count(*) FILTER (WHERE date >= {h}
      AND (purpose = 'crisis' OR team_id IN (SELECT id FROM crisis_team))) AS crisis180,
    count(*) FILTER (WHERE date >= {y}
      AND (purpose = 'crisis' OR team_id IN (SELECT id FROM crisis_team))) AS crisis12,
    count(DISTINCT team_id) FILTER (WHERE date >= {y}) AS teams12,
    min(date) AS first, max(date) AS last
  FROM cases_contact WHERE attendance IN ('5', '6') AND date <= {on} {one} GROUP BY person_id
),
referred AS (
  SELECT person_id, count(*) FILTER (WHERE last >= {on}) AS open_now,
    max(start) FILTER (WHERE reached IS NULL OR start - reached > 90) AS since
  FROM (SELECT person_id, start, coalesce("end", {on}) AS last, max(coalesce("end", {on})) OVER (
      PARTITION BY person_id ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached FROM cases_livereason WHERE kind = 'referral' AND start <= {on} {one}) each
  GROUP BY person_id
),
held AS (
  SELECT DISTINCT ON (person_id) person_id, team_id, key_worker_id, opened_on, closed_on
  FROM cases_case WHERE opened_on <= {on} {one} ORDER BY person_id, opened_on DESC, id DESC
),
spans AS (
  SELECT person_id, worker_id, role = 'key_worker' AS key, planned_ending, end_reason, start,
    coalesce("end", {on}) AS last, row_number() OVER (
      PARTITION BY person_id, role = 'key_worker', worker_id
      ORDER BY coalesce("end", {on}) DESC, start DESC, id DESC) = 1
      AND role = 'key_worker' AS newest
  FROM cases_allocation WHERE start <= {on} {one}
),
allocated AS (
  SELECT a.person_id, string_agg(worker_id::text, ',') FILTER (WHERE newest AND last >= {on})
      AS workers_now,
    count(*) FILTER (WHERE last >= {on}) AS allocated_now,
    count(*) FILTER (WHERE newest AND last >= {y}) AS coordinators12,
    max(last) FILTER (WHERE key AND last < {on}) AS ended,
    max(last::text || CASE end_reason WHEN 'worker_left' THEN '2' WHEN 'absence' THEN '1'
      ELSE '0' END) FILTER (WHERE key AND last < {on}) AS ended_how,
    count(*) FILTER (WHERE changed) AS changes,
    count(*) FILTER (WHERE changed AND planned_ending) AS planned,
    count(*) FILTER (WHERE changed AND NOT planned_ending) AS unplanned,
    max(last) FILTER (WHERE changed AND NOT planned_ending) AS unplanned_end,
    (SELECT sum(upper(span) - lower(span))::int FROM unnest(
      range_agg(daterange(start, last, '[]')) FILTER (WHERE key)
      * datemultirange(daterange(greatest({y}, coalesce(min(since), {y})), {on}, '[]'))
      ) AS span) AS covered
  FROM (SELECT s.*, coalesce(r.since, h.opened_on) AS since, newest AND last < {on}
      AND last >= {y} AND end_reason <> 'ending' AS changed FROM spans s
      LEFT JOIN referred r USING (person_id) LEFT JOIN held h USING (person_id)) a
  GROUP BY a.person_id
)
SELECT {columns}
FROM cases_person p
LEFT JOIN totals t ON t.person_id = p.id LEFT JOIN bonds b ON b.person_id = p.id
LEFT JOIN allocated a ON a.person_id = p.id LEFT JOIN referred r ON r.person_id = p.id
LEFT JOIN held h ON h.person_id = p.id LEFT JOIN directory_team ht ON ht.id = h.team_id
WHERE TRUE {one_person}
"""

_SQLITE = """
WITH seen AS (
  SELECT person_id, worker_id, date, worker_count > 1 AS joint, group_id IS NOT NULL AS grouped,
    purpose = 'crisis' OR team_id IN (SELECT id FROM directory_team WHERE kind = 'crisis')
      AS crisis,
    lead(worker_id) OVER w = worker_id AS same, lead(1, 6) OVER w IS NULL AS late
  FROM cases_contact
  WHERE attendance IN ('5', '6') AND date <= {on} AND worker_id IS NOT NULL {one}
  WINDOW w AS (PARTITION BY person_id ORDER BY date, order_key)
),
met AS (
  SELECT person_id, worker_id, count(*) AS n,
    count(*) FILTER (WHERE date >= {h}) AS n180, count(*) FILTER (WHERE date >= {y}) AS n12,
    count(*) FILTER (WHERE same AND date >= {h}) AS same180,
    count(*) FILTER (WHERE same AND date >= {y}) AS same12,
    count(*) FILTER (WHERE joint AND date >= {h}) AS joint180,
    count(*) FILTER (WHERE joint AND date >= {y}) AS joint12,
    sum(late) AS late, count(*) FILTER (WHERE late AND joint) AS late_joint,
    count(*) FILTER (WHERE late AND grouped) AS late_group,
    count(*) FILTER (WHERE late AND crisis) AS late_crisis,
    count(*) FILTER (WHERE late AND same) AS late_same,
    coalesce(sum(CASE WHEN late THEN (SELECT max(a.role = 'key_worker')
        + 10 * max(a.role <> 'key_worker') FROM cases_allocation a
      WHERE a.person_id = seen.person_id AND a.start <= seen.date AND a.worker_id = seen.worker_id
        AND (a."end" IS NULL OR a."end" >= seen.date)) END), 0) AS tied, max(date) AS last
  FROM seen GROUP BY person_id, worker_id
),
bonds AS (
  SELECT person_id, sum(n180) AS n180, sum(n180 > 0) AS staff180, max(n180) AS most180,
    sum(n180 * n180) AS squares180, sum(same180) AS same180, sum(joint180) AS joint180,
    sum(n12) AS n12, sum(n12 > 0) AS staff12, max(n12) AS most12,
    sum(n12 * n12) AS squares12, sum(same12) AS same12, sum(joint12) AS joint12,
    sum(late) AS late, sum(late > 0) AS late_staff, sum(late > tied / 10) AS late_unplanned,
    sum(tied % 10) AS late_named, sum(late_joint) AS late_joint, sum(late_crisis) AS late_crisis,
    sum(late_same) AS late_same, sum(late_group) AS late_group,
    max(CASE WHEN n >= 4 OR tied % 10 > 0 THEN last END) AS last_known
  FROM met GROUP BY person_id
),
totals AS (
  SELECT person_id, sum(date >= {h}) AS all180, sum(date >= {y}) AS all12,
    sum(date >= {h} AND worker_id IS NULL) AS nobody180,
    sum(date >= {y} AND worker_id IS NULL) AS nobody12,
    sum(date >= {h} AND (purpose = 'crisis' OR team_id IN
      (SELECT id FROM directory_team WHERE kind = 'crisis')) IS 1) AS crisis180,
    sum(date >= {y} AND (purpose = 'crisis' OR team_id IN
      (SELECT id FROM directory_team WHERE kind = 'crisis')) IS 1) AS crisis12,
    count(DISTINCT CASE WHEN date >= {y} THEN team_id END) AS teams12,
    min(date) AS first, max(date) AS last
  FROM cases_contact WHERE attendance IN ('5', '6') AND date <= {on} {one} GROUP BY person_id
),
referred AS (
  SELECT person_id, sum(last >= {on}) AS open_now,
    max(CASE WHEN reached IS NULL OR julianday(start) - julianday(reached) > 90 THEN start END)
      AS since
  FROM (SELECT person_id, start, coalesce("end", {on}) AS last, max(coalesce("end", {on})) OVER (
      PARTITION BY person_id ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached FROM cases_livereason WHERE kind = 'referral' AND start <= {on} {one})
  GROUP BY person_id
),
held AS (
  SELECT person_id, team_id, key_worker_id, max(opened_on) AS opened_on, closed_on
  FROM cases_case WHERE opened_on <= {on} {one} GROUP BY person_id
),
spans AS (
  SELECT person_id, worker_id, role = 'key_worker' AS key, planned_ending, end_reason, start,
    coalesce("end", {on}) AS last, row_number() OVER (
      PARTITION BY person_id, role = 'key_worker', worker_id
      ORDER BY coalesce("end", {on}) DESC, start DESC, id DESC) = 1
      AND role = 'key_worker' AS newest,
    max(coalesce("end", {on})) OVER (PARTITION BY person_id, role = 'key_worker'
      ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM cases_allocation WHERE start <= {on} {one}
),
allocated AS (
  SELECT s.person_id, group_concat(CASE WHEN newest AND last >= {on} THEN worker_id END)
      AS workers_now,
    sum(last >= {on}) AS allocated_now, sum(newest AND last >= {y}) AS coordinators12,
    max(CASE WHEN key AND last < {on} THEN last END) AS ended,
    max(CASE WHEN key AND last < {on} THEN last || CASE end_reason WHEN 'worker_left' THEN '2'
      WHEN 'absence' THEN '1' ELSE '0' END END) AS ended_how,
    sum(newest AND last < {on} AND last >= {y} AND end_reason <> 'ending') AS changes,
    sum(newest AND last < {on} AND last >= {y} AND end_reason <> 'ending' AND planned_ending IS 1)
      AS planned,
    sum(newest AND last < {on} AND last >= {y} AND end_reason <> 'ending' AND planned_ending IS 0)
      AS unplanned,
    max(CASE WHEN newest AND last < {on} AND last >= {y} AND end_reason <> 'ending'
      AND planned_ending IS 0 THEN last END) AS unplanned_end,
    sum(CASE WHEN key THEN max(0, julianday(min(last, {on})) - max(julianday(start),
      julianday(max({y}, coalesce(r.since, h.opened_on, {y}))),
      coalesce(julianday(reached) + 1, 0)) + 1) ELSE 0 END) AS covered
  FROM spans s LEFT JOIN referred r ON r.person_id = s.person_id
  LEFT JOIN held h ON h.person_id = s.person_id
  GROUP BY s.person_id
)
SELECT {columns}
FROM cases_person p
LEFT JOIN totals t ON t.person_id = p.id LEFT JOIN bonds b ON b.person_id = p.id
LEFT JOIN allocated a ON a.person_id = p.id LEFT JOIN referred r ON r.person_id = p.id
LEFT JOIN held h ON h.person_id = p.id LEFT JOIN directory_team ht ON ht.id = h.team_id
WHERE TRUE {one_person}
"""


def statement(engine: str, on: dt.date, person: str | None = None) -> str:
    """The statement of one engine, for everybody or for one person (their id as it is stored)."""
    dates = {"on": on, "h": window_180(on), "y": window_12m(on)}
    postgresql = engine == "postgresql"
    if postgresql:
        words = {name: f"DATE '{day}'" for name, day in dates.items()}
        columns = _COLUMNS.format(**words)
    else:
        words = {name: f"'{day}'" for name, day in dates.items()}
        # days between two texts
        columns = re.sub(
            r"\{on\} - (\S+?)(,|$|\s)", rf"julianday('{on}') - julianday(\1)\2", _COLUMNS
        )
    return (_POSTGRESQL if postgresql else _SQLITE).format(
        **words,
        columns=columns,
        one=f"AND person_id = '{person}'" if person else "",
        one_person=f"AND p.id = '{person}'" if person else "",
    )
