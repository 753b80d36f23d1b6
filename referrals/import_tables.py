"""What the import of an extract loads about referrals."""

from __future__ import annotations

from casework.extract.loading.engines import Engine
from casework.extract.loading.parts import Ref, Statement, Step, Target
from casework.extract.registry import import_tables
from referrals.import_states import STATEMENTS

_OF_REFERRALS = (
    "SELECT r.person_id FROM {table} t JOIN referrals_referral r ON r.id = t.referral_id"
    " WHERE t.run_id = %(run)s"
)
_REFERRAL = Ref("referrals.Referral", "s.ServiceRequestID")

REFERRALS = Target(
    "referral",
    "referrals.Referral",
    table="MHS101Referral",
    source="loadable_MHS101Referral s",
    key=("local_id",),
    columns={
        "local_id": "s.ServiceRequestID",
        "received_on": "s.ReferralRequestReceivedDate",
        "received_time": "s.ReferralRequestReceivedTime",
        "source": "s.SourceOfReferralMH",
        "referring_org": "s.OrgIDReferringOrg",
        "commissioner": "s.OrgIDComm",
        "priority": "s.ClinRespPriorityType",
        "primary_reason": "s.PrimReasonReferralMH",
        "discharged_on": "s.ServDischDate",
        "discharged_time": "s.ServDischTime",
        "rejected_on": "s.ReferRejectionDate",
        "rejected_time": "s.ReferRejectionTime",
        "reject_reason": "s.ReferRejectReason",
        "close_reason": "s.ReferClosReason",
    },
    refs={
        "person": Ref("cases.Person", "s.LocalPatientID"),
        "team": Ref("directory.Team", "s.CareProfTeamLocalID"),
    },
    people="SELECT t.person_id FROM {table} t WHERE t.run_id = %(run)s",
)

FURTHER_TEAMS = Target(
    "further_team",
    "referrals.FurtherTeam",
    table="MHS102OtherServiceType",
    source="loadable_MHS102OtherServiceType s",
    key=("referral", "team"),
    columns={
        "closed_on": "s.ReferClosureDate",
        "closed_time": "s.ReferClosureTime",
        "rejected_on": "s.ReferRejectionDate",
        "rejected_time": "s.ReferRejectionTime",
        "close_reason": "s.ReferClosReason",
        "reject_reason": "s.ReferRejectReason",
    },
    refs={"referral": _REFERRAL, "team": Ref("directory.Team", "s.OtherCareProfTeamLocalID")},
    people=_OF_REFERRALS,
)

ONWARD = Target(
    "onward",
    "referrals.OnwardReferral",
    table="MHS105OnwardReferral",
    source="loadable_MHS105OnwardReferral s",
    key=("referral", "sent_on", "reason", "receiving_org"),
    columns={
        "decided_on": "s.DecisionToReferDate",
        "decided_time": "s.DecisionToReferTime",
        "sent_on": "s.OnwardReferDate",
        "sent_time": "s.OnwardReferTime",
        "reason": "s.OnwardReferReason",
        "receiving_org": "s.OrgIDReceiving",
    },
    refs={"referral": _REFERRAL},
    people=_OF_REFERRALS,
)

CONTACT_LINKS = Target(
    "referral_contact",
    "referrals.ReferralContact",
    source="loadable_MHS201CareContact s JOIN contact c ON c.local_id = s.CareContactID",
    order="c.n",
    key=("contact",),
    columns={"follows_team": "CASE WHEN s.OtherCareProfTeamLocalID IS NULL THEN '1' ELSE '0' END"},
    refs={"contact": Ref("cases.Contact", "s.CareContactID"), "referral": _REFERRAL},
)

MEASURES = Target(
    "measure",
    "referrals.ReferralMeasure",
    table="MHS606CodedScoreAssessmentRefer",
    source="loadable_MHS606CodedScoreAssessmentRefer s",
    key=("referral", "source_key"),
    columns={
        "source_key": "'606:' || s.CodedAssToolType || ':' || s.AssToolCompTimestamp",
        "tool": "s.CodedAssToolType",
        "score": "s.PersScore",
        "taken_on": "substr(s.AssToolCompTimestamp, 1, 10)",
        "taken_at": "s.AssToolCompTimestamp",
    },
    refs={"referral": _REFERRAL, "worker": Ref("directory.Worker", "s.CareProfLocalID")},
    mine="t.source_key LIKE '606:%%'",
    people=_OF_REFERRALS,
)

CONTACT_MEASURES = Target(
    "contact_measure",
    "referrals.ReferralMeasure",
    table="MHS607CodedScoreAssessmentAct",
    source="loadable_MHS607CodedScoreAssessmentAct s"
    " JOIN loadable_MHS202CareActivity a ON a.CareActID = s.CareActID"
    " JOIN loadable_MHS201CareContact c ON c.CareContactID = a.CareContactID",
    key=("referral", "source_key"),
    columns={
        "source_key": "'607:' || s.CareActID || ':' || s.CodedAssToolType || ':' || s.PersScore",
        "tool": "s.CodedAssToolType",
        "score": "s.PersScore",
        "taken_on": "c.CareContDate",
    },
    refs={
        "referral": Ref("referrals.Referral", "c.ServiceRequestID"),
        "contact": Ref("cases.Contact", "c.CareContactID"),
    },
    mine="t.source_key LIKE '607:%%'",
    people=_OF_REFERRALS,
)


def _referrals(engine: Engine, feed: str) -> str:
    return f"""{feed} s {engine.then} referrals_referral r
      ON r.provider_id = %(provider)s AND r.local_id = s.local_id"""


def _further(engine: Engine, feed: str) -> str:
    return f"""{feed} s
      {engine.then} referrals_referral r
        ON r.provider_id = %(provider)s AND r.local_id = s.referral
      {engine.then} directory_team m ON m.provider_id = %(provider)s AND m.local_id = s.team
      {engine.then} referrals_furtherteam f ON f.referral_id = r.id AND f.team_id = m.id"""


def _contact_teams(engine: Engine, feed: str, here: str) -> str:
    """Contacts that have the team of their referral follow it to another team, also those that a
    later folder does not list again. Edits made here stay."""
    return f"""
    UPDATE cases_contact SET team_id = x.team_id, run_id = %(run)s
    FROM (
      SELECT c.id, r.team_id
      FROM {_referrals(engine, feed)}
        {engine.then} referrals_referralcontact l ON l.referral_id = r.id
        {engine.then} cases_contact c ON c.id = l.contact_id
      WHERE {here} AND r.run_id = %(run)s AND l.follows_team
        AND c.provider_id = %(provider)s AND c.team_id {engine.differs} r.team_id
        AND COALESCE(CAST(c.local_edits AS text), '') NOT LIKE '%%"team"%%'
      {engine.apart}
    ) x
    WHERE cases_contact.id = x.id"""


def _contact_measures(engine: Engine, feed: str, here: str) -> str:
    """A measure at a contact follows it to another date or referral, also where a later folder
    does not list the measure again."""
    return f"""
    UPDATE referrals_referralmeasure
    SET taken_on = x.date, referral_id = x.referral_id, run_id = %(run)s
    FROM (
      SELECT m.id, c.date, l.referral_id
      FROM {feed} s
        {engine.then} cases_contact c
          ON c.provider_id = %(provider)s AND c.local_id = s.local_id
        {engine.then} referrals_referralcontact l ON l.contact_id = c.id
        {engine.then} referrals_referralmeasure m ON m.contact_id = c.id
      WHERE {here} AND m.provider_id = %(provider)s AND m.source_key LIKE '607:%%'
        AND m.local_edits IS NULL
        AND (m.taken_on <> c.date OR m.referral_id <> l.referral_id)
      {engine.apart}
    ) x
    WHERE referrals_referralmeasure.id = x.id"""


def _reasons(engine: Engine, feed: str, here: str) -> str:
    """The main team may open the record from the day the referral came until it ended."""
    return f"""
    INSERT INTO cases_livereason
      (id, created_at, person_id, team_id, kind, source_key, start, "end", run_id)
    SELECT {engine.new_id}, %(now)s, r.person_id, r.team_id, 'referral',
      'referral:' || {engine.dashed("r.id")}, r.received_on,
      {_last_day(engine, "COALESCE(r.discharged_on, r.rejected_on)")}, %(run)s
    FROM {_referrals(engine, feed)}
    WHERE {here} AND r.run_id = %(run)s AND r.team_id IS NOT NULL
    {engine.keep_reason}"""


def _without_team(engine: Engine, feed: str, here: str) -> str:
    """A referral that no longer has a main team lets no team in any more."""
    return f"""
    UPDATE cases_livereason SET "end" = {engine.greatest}(start, %(as_of)s), run_id = %(run)s
    FROM (
      SELECT r.person_id, 'referral:' || {engine.dashed("r.id")} AS source_key
      FROM {_referrals(engine, feed)}
      WHERE {here} AND r.run_id = %(run)s AND r.team_id IS NULL {engine.apart}
    ) d
    WHERE cases_livereason.person_id = d.person_id
      AND cases_livereason.source_key = d.source_key AND cases_livereason."end" IS NULL"""


def _further_reasons(engine: Engine, feed: str, here: str) -> str:
    """So may each further team, until the referral or its own part ended."""
    return f"""
    INSERT INTO cases_livereason
      (id, created_at, person_id, team_id, kind, source_key, start, "end", run_id)
    SELECT {engine.new_id}, %(now)s, r.person_id, f.team_id, 'referral',
      'referral:' || {engine.dashed("r.id")} || ':' || {engine.dashed("f.team_id")}, r.received_on,
      {_last_day(engine, "COALESCE(r.discharged_on, f.rejected_on, f.closed_on)")}, %(run)s
    FROM {_further(engine, feed)}
    WHERE {here} AND (r.run_id = %(run)s OR f.run_id = %(run)s)
    {engine.keep_reason}"""


def _last_day(engine: Engine, day: str) -> str:
    return f"CASE WHEN {day} IS NULL THEN NULL ELSE {engine.greatest}({day}, r.received_on) END"


def _event(kind: str, day: str, time: str, where: str) -> Statement:
    noun, verb = kind.split(".")

    def sql(engine: Engine, feed: str, here: str) -> str:
        return f"""
        INSERT INTO cases_caseevent
          (id, created_at, person_id, kind, "on", time, team_id, about, data, source_key, run_id)
        SELECT {engine.new_id}, %(now)s, r.person_id, '{kind}', {day}, {time}, r.team_id, r.id,
          CAST('{{}}' AS {engine.json}), '{noun}:' || s.local_id || ':{verb}', %(run)s
        FROM {_referrals(engine, feed)}
        WHERE {here} AND r.run_id = %(run)s AND {where}
        {engine.skip_known("person_id, source_key")}"""

    return Statement(f"referral_{verb}", "referral", sql)


import_tables.register(
    "referrals",
    Step(
        40,
        (
            REFERRALS,
            FURTHER_TEAMS,
            ONWARD,
            MEASURES,
            Statement("reasons", "referral", _reasons),
            Statement("without_team", "referral", _without_team),
            Statement("further_reasons", "further_team", _further_reasons),
            _event("referral.received", "r.received_on", "r.received_time", "true"),
            _event(
                "referral.declined",
                "r.rejected_on",
                "r.rejected_time",
                "r.rejected_on <= %(as_of)s AND r.discharged_on IS NULL",
            ),
            _event(
                "referral.ended",
                "r.discharged_on",
                "r.discharged_time",
                "r.discharged_on <= %(as_of)s",
            ),
        ),
    ),
)
import_tables.register(
    "referrals.contacts",
    Step(
        60,
        (
            CONTACT_LINKS,
            Statement("contact_teams", "referral", _contact_teams, first_import=False),
            Statement("contact_measures", "contact", _contact_measures, first_import=False),
            CONTACT_MEASURES,
        ),
    ),
)
import_tables.register("referrals.states", Step(90, STATEMENTS))
