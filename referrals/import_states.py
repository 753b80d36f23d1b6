"""Imported referrals take the state that their data prove, dated as in the data.

Discharged: closed. Declined: declined. A qualifying contact: in service. A named worker:
allocated. Else received. They may lack a reason or a holder, and then say so. Runs after
everything else of a folder is loaded, over the folder's referrals; a referral on which somebody has
acted here is left alone. Loading the same folder again changes nothing.
"""

from __future__ import annotations

from casework.extract.loading.engines import Engine
from casework.extract.loading.parts import Statement
from referrals.clocks import JOINING_DAYS
from referrals.table import OPEN, TERMINAL, State

_OPEN = ", ".join(f"'{state.value}'" for state in OPEN)
_TERMINAL = ", ".join(f"'{state.value}'" for state in TERMINAL)


def _here(engine: Engine, feed: str, here: str) -> str:
    """The folder's referrals whose state is still the extract's."""
    return f"""{feed} s {engine.then} referrals_referral r
      ON r.provider_id = %(provider)s AND r.local_id = s.local_id
      WHERE {here} AND r.from_data"""


def _states(engine: Engine, feed: str, here: str) -> str:
    seen = f"""
      SELECT r.id, c.id AS contact_id, c.date, c.time, row_number() OVER (
        PARTITION BY r.id ORDER BY c.date, c.order_key) AS nth
      FROM {feed} s
      {engine.then} referrals_referral r
        ON r.provider_id = %(provider)s AND r.local_id = s.local_id
      {engine.then} referrals_referralcontact l ON l.referral_id = r.id
      {engine.then} cases_contact c ON c.id = l.contact_id
      WHERE {here} AND r.from_data AND c.attendance IN ('5', '6') AND c.date <= %(as_of)s
        AND c.date >= r.received_on AND c.team_id = r.team_id
        AND c.purpose NOT IN ('triage', 'assessment')"""
    proved = f"""
      SELECT r.id, r.received_on, r.received_time, r.discharged_on, r.discharged_time,
        r.rejected_on, r.rejected_time, f.contact_id, f.date AS contact_on, f.time AS contact_time,
        CASE
          WHEN r.discharged_on <= %(as_of)s THEN '{State.CLOSED.value}'
          WHEN r.discharged_on IS NULL AND r.rejected_on <= %(as_of)s
            THEN '{State.DECLINED.value}'
          WHEN f.contact_id IS NOT NULL THEN '{State.IN_SERVICE.value}'
        END AS state, (
          SELECT a.id FROM cases_allocation a
          WHERE a.person_id = r.person_id AND a.role = 'key_worker' AND a.start <= %(as_of)s
            AND (a."end" IS NULL OR a."end" >= %(as_of)s)
            AND (a.team_type = '' OR a.team_type = t.mhsds_type)
          ORDER BY a.start DESC, a.id LIMIT 1) AS allocation_id
      FROM {feed} s
      {engine.then} referrals_referral r
        ON r.provider_id = %(provider)s AND r.local_id = s.local_id
      LEFT JOIN directory_team t ON t.id = r.team_id
      LEFT JOIN ({seen}) f ON f.id = r.id AND f.nth = 1
      WHERE {here} AND r.from_data"""
    named = f"COALESCE(p.state, '{State.IN_SERVICE.value}') = '{State.IN_SERVICE.value}'"
    allocated = f"p.state IS NULL AND a.id IS NOT NULL THEN '{State.ALLOCATED.value}'"
    dated = f"""
      SELECT p.id, p.contact_id, p.contact_on,
        CASE WHEN {allocated} WHEN p.state IS NULL THEN '{State.RECEIVED.value}' ELSE p.state END
          AS state,
        CASE WHEN {named} THEN a.worker_id END AS worker_id,
        CASE p.state WHEN '{State.CLOSED.value}' THEN p.discharged_on
          WHEN '{State.DECLINED.value}' THEN p.rejected_on
          WHEN '{State.IN_SERVICE.value}' THEN p.contact_on
          ELSE CASE WHEN a.start > p.received_on THEN a.start ELSE p.received_on END END
          AS state_on,
        CASE p.state WHEN '{State.CLOSED.value}' THEN p.discharged_time
          WHEN '{State.DECLINED.value}' THEN p.rejected_time
          WHEN '{State.IN_SERVICE.value}' THEN p.contact_time
          ELSE CASE WHEN a.start > p.received_on THEN NULL ELSE p.received_time END END
          AS state_time
      FROM ({proved}) p LEFT JOIN cases_allocation a ON a.id = p.allocation_id"""
    pairs = {
        "state": "state",
        "state_on": "state_on",
        "state_time": "state_time",
        "met_contact_id": "contact_id",
        "first_contact_on": "contact_on",
        "named_worker_id": "worker_id",
    }
    differs = " OR ".join(
        f"referrals_referral.{ours} {engine.differs} d.{theirs}" for ours, theirs in pairs.items()
    )
    return f"""
    UPDATE referrals_referral SET {", ".join(f"{o} = d.{t}" for o, t in pairs.items())},
      held_id = CASE WHEN d.state IN ({_TERMINAL}) THEN NULL ELSE referrals_referral.held_id END
    FROM ({dated} {engine.apart}) d
    WHERE referrals_referral.id = d.id AND ({differs})"""


def _journeys(engine: Engine, feed: str, here: str) -> str:
    """A referral that follows a decline within a few days continues the same journey."""
    steps = f"""
      SELECT r.id, r.person_id, r.received_on,
        lag(r.id) OVER w AS before_id,
        CASE WHEN {engine.later("lag(r.rejected_on) OVER w", JOINING_DAYS)} >= r.received_on
          AND lag(r.discharged_on) OVER w IS NULL THEN 0 ELSE 1 END AS starts,
        row_number() OVER w AS place
      FROM referrals_referral r
      WHERE r.provider_id = %(provider)s AND r.person_id IN (
        SELECT r.person_id FROM {_here(engine, feed, here)} AND r.rejected_on IS NOT NULL)
      WINDOW w AS (PARTITION BY r.person_id
        ORDER BY r.received_on, COALESCE(r.received_time, '00:00:00'), r.local_id)"""
    numbered = f"""
      SELECT id, person_id, before_id, starts, place,
        sum(starts) OVER (PARTITION BY person_id ORDER BY place) AS journey FROM ({steps}) steps"""
    linked = f"""
      SELECT id, CASE WHEN starts = 0 THEN before_id END AS parent_id,
        CASE WHEN starts = 0 THEN first_value(id) OVER (
          PARTITION BY person_id, journey ORDER BY place) END AS root_id
      FROM ({numbered}) numbered"""
    return f"""
    UPDATE referrals_referral SET parent_id = d.parent_id, root_id = d.root_id
    FROM ({linked} {engine.apart}) d
    WHERE referrals_referral.id = d.id AND referrals_referral.from_data
      AND (referrals_referral.parent_id {engine.differs} d.parent_id
        OR referrals_referral.root_id {engine.differs} d.root_id)"""


def _holding(engine: Engine, feed: str, here: str) -> str:
    """Whoever has an open referral is held by the team of their case, else by the team that was
    asked last; the named holder is the one that the extract names, if any."""
    return f"""
    INSERT INTO referrals_responsibility (person_id, team_id, worker_id, imported, since, run_id)
    SELECT h.person_id, h.team_id, h.worker_id, true, h.since, %(run)s FROM (
      SELECT r.person_id, COALESCE(k.team_id, r.team_id) AS team_id, k.key_worker_id AS worker_id,
        r.state_on AS since, row_number() OVER (PARTITION BY r.person_id
          ORDER BY r.received_on DESC, r.local_id DESC) AS nth
      FROM {feed} s
      {engine.then} referrals_referral r
        ON r.provider_id = %(provider)s AND r.local_id = s.local_id
      {engine.then} cases_person p ON p.id = r.person_id AND p.death_date IS NULL
      LEFT JOIN cases_case k ON k.person_id = r.person_id AND k.closed_on IS NULL
      WHERE {here} AND r.from_data AND r.state IN ({_OPEN})
        AND COALESCE(k.team_id, r.team_id) IS NOT NULL
    ) h WHERE h.nth = 1
    ON CONFLICT (person_id) DO UPDATE SET team_id = excluded.team_id,
      worker_id = excluded.worker_id, since = excluded.since, run_id = excluded.run_id
    WHERE referrals_responsibility.imported
      AND (referrals_responsibility.team_id {engine.differs} excluded.team_id
        OR referrals_responsibility.worker_id {engine.differs} excluded.worker_id)"""


def _changes(engine: Engine, feed: str, here: str) -> str:
    return f"""
    INSERT INTO referrals_holdingchange
      (id, created_at, person_id, "on", how, team_id, worker_id, reason, run_id)
    SELECT {engine.new_id}, %(now)s, o.person_id, o.since, 'imported', o.team_id, o.worker_id, '',
      %(run)s
    FROM referrals_responsibility o
    WHERE o.run_id = %(run)s AND o.person_id IN (
        SELECT r.person_id FROM {_here(engine, feed, here)})
      AND NOT EXISTS (SELECT 1 FROM referrals_holdingchange h
        WHERE h.person_id = o.person_id AND h.run_id = %(run)s)"""


def _held(engine: Engine, feed: str, here: str) -> str:
    return f"""
    UPDATE referrals_referral SET held_id = person_id
    WHERE held_id IS NULL AND from_data AND state IN ({_OPEN})
      AND id IN (SELECT r.id FROM {_here(engine, feed, here)})
      AND EXISTS (SELECT 1 FROM referrals_responsibility o
        WHERE o.person_id = referrals_referral.person_id)"""


STATEMENTS = (
    Statement("referral_states", "referral", _states),
    Statement("referral_journeys", "referral", _journeys),
    Statement("referral_holding", "referral", _holding),
    Statement("referral_holding_changes", "referral", _changes),
    Statement("referral_held", "referral", _held),
)
