"""What the import loads by itself: organisations, workers, teams, people, contacts, and what
follows from them for the case, the timeline and who may open the record."""

from __future__ import annotations

import sqlite3

from casework.cases.event_kinds import CONTACT_KINDS, contact_kind
from casework.directory.models import Organisation, Team
from casework.extract.loading import teams
from casework.extract.loading.engines import Engine
from casework.extract.loading.parts import Parameters, Ref, Statement, Step, Target
from casework.extract.registry import import_tables

_Kind = Organisation.Kind


def _organisation(value: str) -> Ref:
    return Ref("directory.Organisation", value, by="code")


def _person(value: str = "s.LocalPatientID") -> Ref:
    return Ref("cases.Person", value)


# organisations, workers and teams ---------------------------------------------------------------


def _directory(connection: sqlite3.Connection, parameters: Parameters) -> None:
    teams.prepare(connection)
    connection.execute("CREATE TABLE organisation_seen (code TEXT, rank INTEGER, kind TEXT)")
    seen = [
        (_Kind.TRUST, "SELECT :provider"),
        (_Kind.GP, "SELECT GMPReg FROM loadable_MHS002GP"),
        (
            _Kind.VOLUNTARY,
            "SELECT OrgIDCareProfTeamLocalID FROM loadable_MHS902ServiceTeamDetails"
            f" WHERE ServTeamTypeMH IN {teams.OTHER_SERVICES}",
        ),
        (
            _Kind.VOLUNTARY,
            "SELECT OrgIDReferringOrg FROM loadable_MHS101Referral WHERE SourceOfReferralMH = 'G4'",
        ),
        (_Kind.COMMISSIONER, "SELECT OrgIDComm FROM loadable_MHS101Referral"),
        (_Kind.OTHER, "SELECT OrgIDCareProfTeamLocalID FROM loadable_MHS902ServiceTeamDetails"),
        (_Kind.OTHER, "SELECT OrgIDCareProfLocalID FROM loadable_MHS901StaffDetails"),
        (_Kind.OTHER, "SELECT OrgIDReferringOrg FROM loadable_MHS101Referral"),
        (_Kind.OTHER, "SELECT OrgIDReceiving FROM loadable_MHS105OnwardReferral"),
    ]
    for rank, (kind, codes) in enumerate(seen):
        connection.execute(
            f"INSERT INTO organisation_seen SELECT DISTINCT code, {rank}, '{kind}'"
            f" FROM (SELECT NULL AS code WHERE 0 UNION ALL {codes}) WHERE code IS NOT NULL",
            parameters,
        )


ORGANISATIONS = Target(
    "organisation",
    "directory.Organisation",
    source="(SELECT code, kind, min(rank) FROM organisation_seen GROUP BY code) s",
    order="s.code",
    key=("code",),
    columns={"code": "s.code", "name": "s.code", "kind": "s.kind"},
    update=False,
)

WORKERS = Target(
    "worker",
    "directory.Worker",
    table="MHS901StaffDetails",
    source="loadable_MHS901StaffDetails s",
    key=("local_id",),
    columns={
        "local_id": "s.CareProfLocalID",
        "name": "s.CareProfLocalID",
        "staff_group": "s.CareProfStaffGpMH",
        "placeholder": "0",
    },
    refs={"organisation": _organisation("COALESCE(s.OrgIDCareProfLocalID, :provider)")},
    first=("name",),
    mine="t.placeholder = false",
)

UNLISTED_WORKERS = Target(
    "unlisted_worker",
    "directory.Worker",
    source="(SELECT id FROM placeholders WHERE kind = 'staff') s",
    order="s.id",
    key=("local_id",),
    columns={"local_id": "s.id", "name": "s.id", "placeholder": "1"},
    refs={"organisation": _organisation(":provider")},
    update=False,
)

_RUN_BY = "COALESCE(s.OrgIDCareProfTeamLocalID, :provider)"
_VOLUNTARY = f"s.ServTeamTypeMH IN {teams.OTHER_SERVICES} AND {_RUN_BY} <> :provider"

TEAMS = Target(
    "team",
    "directory.Team",
    table="MHS902ServiceTeamDetails",
    source="loadable_MHS902ServiceTeamDetails s LEFT JOIN team_type y ON y.code = s.ServTeamTypeMH",
    key=("local_id",),
    columns={
        "local_id": "s.CareProfTeamLocalID",
        "name": "COALESCE(y.words, 'Team') || ' ' || s.CareProfTeamLocalID",
        "kind": f"CASE WHEN {_VOLUNTARY} THEN '{Team.Kind.VOLUNTARY}'"
        f" ELSE COALESCE(y.kind, '{Team.Kind.OTHER}') END",
        "mhsds_type": "s.ServTeamTypeMH",
        "age_group": "s.ServTeamIntAgeGroup",
        "placeholder": "0",
    },
    refs={"organisation": _organisation(_RUN_BY)},
    first=("name",),
    mine="t.placeholder = false",
)

UNLISTED_TEAMS = Target(
    "unlisted_team",
    "directory.Team",
    source="(SELECT id FROM placeholders WHERE kind = 'team') s",
    order="s.id",
    key=("local_id",),
    columns={"local_id": "s.id", "name": "'Team ' || s.id", "placeholder": "1"},
    refs={"organisation": _organisation(":provider")},
    update=False,
)

# people and what is known about them ------------------------------------------------------------

_OF_PEOPLE = "SELECT t.person_id FROM {table} t WHERE t.run_id = %(run)s"

PEOPLE = Target(
    "person",
    "cases.Person",
    table="MHS001MPI",
    source="loadable_MHS001MPI s",
    key=("local_id",),
    columns={
        "local_id": "s.LocalPatientID",
        "nhs_number": "s.NHSNumber",
        "nhs_number_status": "s.NHSNumberStatus",
        "nhs_number_shared": "s._nhs_number_shared",
        "birth_date": "s.PersonBirthDate",
        "death_date": "s.PersDeathDate",
        "language": "substr(s.LanguageCodePreferred, 1, 35)",
    },
    people="SELECT t.id FROM {table} t WHERE t.run_id = %(run)s",
)


def _deaths(engine: Engine, feed: str, here: str) -> str:
    return f"""
    INSERT INTO cases_caseevent
      (id, created_at, person_id, kind, "on", about, data, source_key, run_id)
    SELECT {engine.new_id}, %(now)s, p.id, 'person.died', p.death_date, p.id,
      CAST('{{}}' AS {engine.json}), 'person:died', %(run)s
    FROM {feed} s {engine.then} cases_person p
      ON p.provider_id = %(provider)s AND p.local_id = s.local_id
    WHERE {here} AND p.run_id = %(run)s AND p.death_date IS NOT NULL
    {engine.skip_known("person_id, source_key")}"""


GPS = Target(
    "gp",
    "cases.GpRegistration",
    table="MHS002GP",
    source="loadable_MHS002GP s",
    key=("person", "practice", "start"),
    columns={"start": "s.StartDateGMPRegistration", "end": "s.EndDateGMPRegistration"},
    refs={"person": _person(), "practice": _organisation("s.GMPReg")},
)

ACCOMMODATION = Target(
    "accommodation",
    "cases.Accommodation",
    table="MHS003AccommStatus",
    source="loadable_MHS003AccommStatus s",
    key=("person", "recorded_on"),
    columns={
        "type_code": "s.AccommodationType",
        "settled": "s.SettledAccommodationInd",
        "recorded_on": "s.AccommodationTypeDate",
        "start": "s.AccommodationTypeStartDate",
        "end": "s.AccommodationTypeEndDate",
    },
    refs={"person": _person()},
)

EMPLOYMENT = Target(
    "employment",
    "cases.Employment",
    table="MHS004EmpStatus",
    source="loadable_MHS004EmpStatus s",
    key=("person", "recorded_on"),
    columns={
        "status_code": "s.EmployStatus",
        "recorded_on": "s.EmployStatusRecDate",
        "start": "s.EmployStatusStartDate",
        "end": "s.EmployStatusEndDate",
        "weekly_hours": "s.WeekHoursWorked",
    },
    refs={"person": _person()},
)

# named workers ----------------------------------------------------------------------------------

ALLOCATIONS = Target(
    "allocation",
    "cases.Allocation",
    table="MHS006MHCareCoord",
    source="loadable_MHS006MHCareCoord s",
    key=("person", "role", "start", "worker"),
    columns={
        "role": "'key_worker'",
        "start": "s.StartDateAssCareCoord",
        "end": "s.EndDateAssCareCoord",
        "team_type": "s.CareProfServOrTeamTypeAssoc",
    },
    refs={"person": _person(), "worker": Ref("directory.Worker", "s.CareProfLocalID")},
    people=_OF_PEOPLE,
)


def _of_allocations(engine: Engine, feed: str, here: str) -> str:
    return f"""
    FROM {feed} s
      {engine.then} cases_person p ON p.provider_id = %(provider)s AND p.local_id = s.person
      {engine.then} directory_worker w ON w.provider_id = %(provider)s AND w.local_id = s.worker
      {engine.then} cases_allocation a ON a.person_id = p.id AND a.role = s.role
        AND a.start = s.start AND a.worker_id = w.id AND a.provider_id = %(provider)s
    WHERE {here} AND a.run_id = %(run)s"""


def _allocation_reasons(engine: Engine, feed: str, here: str) -> str:
    return f"""
    INSERT INTO cases_livereason
      (id, created_at, person_id, worker_id, kind, source_key, start, "end", run_id)
    SELECT {engine.new_id}, %(now)s, a.person_id, a.worker_id, 'allocation',
      'allocation:' || {engine.dashed("a.id")}, a.start, a."end", %(run)s
    {_of_allocations(engine, feed, here)}
    {engine.keep_reason}"""


def _allocations_started(engine: Engine, feed: str, here: str) -> str:
    return _allocation_event(engine, feed, here, "started", "a.start", "")


def _allocations_ended(engine: Engine, feed: str, here: str) -> str:
    past = 'AND a."end" <= %(as_of)s'
    return _allocation_event(engine, feed, here, "ended", 'a."end"', past)


def _allocation_event(engine: Engine, feed: str, here: str, verb: str, day: str, more: str) -> str:
    return f"""
    INSERT INTO cases_caseevent
      (id, created_at, person_id, kind, "on", worker_id, team_id, about, data, source_key, run_id)
    SELECT {engine.new_id}, %(now)s, a.person_id, 'allocation.{verb}', {day}, a.worker_id,
      a.team_id, a.id, CAST('{{"role": "key_worker"}}' AS {engine.json}),
      'allocation:' || CAST(s.start AS text) || ':' || s.worker || ':{verb}', %(run)s
    {_of_allocations(engine, feed, here)} {more}
    {engine.skip_known("person_id, source_key")}"""


# contacts ---------------------------------------------------------------------------------------


def _contacts(connection: sqlite3.Connection, parameters: Parameters) -> None:
    """Who each contact counts for: the lowest staff id on the first activity that has one."""
    connection.executescript(
        """
        CREATE TABLE contact_staff (contact TEXT PRIMARY KEY, first TEXT, staff INTEGER)
          WITHOUT ROWID;
        INSERT INTO contact_staff
          SELECT a.CareContactID, min(a.CareActID || char(1) || f.CareProfLocalID),
            count(DISTINCT f.CareProfLocalID)
          FROM loadable_MHS206StaffActivity f
          JOIN loadable_MHS202CareActivity a ON a.CareActID = f.CareActID
          GROUP BY a.CareContactID ORDER BY a.CareContactID;
        """
    )
    connection.execute("CREATE TABLE contact_event (attendance TEXT PRIMARY KEY, kind TEXT)")
    connection.executemany(
        "INSERT INTO contact_event VALUES (?, ?)", [(str(k), v) for k, v in CONTACT_KINDS.items()]
    )


_KIND = f"COALESCE(e.kind, '{contact_kind('')}')"

CONTACTS = Target(
    "contact",
    "cases.Contact",
    table="MHS201CareContact",
    source="loadable_MHS201CareContact s"
    " JOIN loadable_MHS101Referral r ON r.ServiceRequestID = s.ServiceRequestID"
    " JOIN loadable_MHS001MPI p ON p.LocalPatientID = r.LocalPatientID"
    " LEFT JOIN contact_staff w ON w.contact = s.CareContactID"
    " LEFT JOIN contact_event e ON e.attendance = s.AttendStatus",
    # one person's contacts together, so that they lie together in the indexes
    order="p.line, s.CareContDate, s.CareContTime, s.CareContactID",
    key=("local_id",),
    columns={
        "local_id": "s.CareContactID",
        "date": "s.CareContDate",
        "time": "s.CareContTime",
        "order_key": "COALESCE(s.CareContTime, '00:00:00') || '|' || s.CareContactID",
        "minutes": "s.ClinContDurOfCareCont",
        "attendance": "s.AttendStatus",
        "medium": "s.ConsMechanismMH",
        "subject": "s.CareContSubj",
        "planned": "s.PlannedCareContIndicator",
        "cancelled_on": "s.CareContCancelDate",
        "cancel_reason": "s.CareContCancelReas",
        "worker_count": "COALESCE(w.staff, 0)",
    },
    refs={
        "person": _person("r.LocalPatientID"),
        "team": Ref(
            "directory.Team", "COALESCE(s.OtherCareProfTeamLocalID, r.CareProfTeamLocalID)"
        ),
        "worker": Ref("directory.Worker", "substr(w.first, instr(w.first, char(1)) + 1)"),
    },
    extra={
        "referral": "s.ServiceRequestID",
        "event": _KIND,
        "said": "CASE WHEN s.ConsMechanismMH IS NULL THEN json_object('others',"
        " max(COALESCE(w.staff, 0) - 1, 0)) ELSE json_object('medium', s.ConsMechanismMH,"
        " 'others', max(COALESCE(w.staff, 0) - 1, 0)) END",
    },
    # a later folder need not hold every activity again: `_contact_workers` looks at all of them
    first=("worker", "worker_count"),
    people=_OF_PEOPLE,
)


def _contact_workers(engine: Engine, feed: str, here: str) -> str:
    """Who each contact counts for, over all activities that are known by now: rows that are
    missing from a later folder are not staff who were not there. Edits made here stay."""
    staff = """
      FROM cases_activity a JOIN cases_activityworker aw ON aw.activity_id = a.id
      JOIN directory_worker w ON w.id = aw.worker_id
      WHERE a.contact_id = c.id"""
    return f"""
    UPDATE cases_contact SET worker_id = x.worker_id, worker_count = x.staff, run_id = %(run)s
    FROM (
      SELECT c.id, (SELECT aw.worker_id {staff} ORDER BY a.local_id, w.local_id LIMIT 1)
          AS worker_id,
        (SELECT count(DISTINCT aw.worker_id) {staff}) AS staff
      FROM {feed} s {engine.then} cases_contact c
        ON c.provider_id = %(provider)s AND c.local_id = s.local_id
      WHERE {here} AND COALESCE(CAST(c.local_edits AS text), '') NOT LIKE '%%"worker"%%'
      {engine.apart}
    ) x
    WHERE cases_contact.id = x.id AND (cases_contact.worker_id {engine.differs} x.worker_id
      OR cases_contact.worker_count <> x.staff)"""


def _contact_events(engine: Engine, feed: str, here: str) -> str:
    return f"""
    INSERT INTO cases_caseevent (id, created_at, person_id, kind, "on", time, worker_id, team_id,
      about, data, source_key, run_id)
    SELECT {engine.new_id}, %(now)s, c.person_id, s.event, c.date, c.time, c.worker_id, c.team_id,
      c.id, CAST(s.said AS {engine.json}), 'contact:' || s.local_id || ':' || substr(s.event, 9),
      %(run)s
    FROM {feed} s {engine.then} cases_contact c
      ON c.provider_id = %(provider)s AND c.local_id = s.local_id
    WHERE {here} AND c.run_id = %(run)s ORDER BY s.n
    {engine.skip_known("person_id, source_key")}"""


ACTIVITIES = Target(
    "activity",
    "cases.Activity",
    table="MHS202CareActivity",
    source="loadable_MHS202CareActivity s JOIN contact c ON c.local_id = s.CareContactID",
    order="c.n, s.CareActID",
    key=("local_id",),
    columns={
        "local_id": "s.CareActID",
        "minutes": "s.ClinContactDurOfCareAct",
        "procedure": "s.Procedure",
    },
    refs={"contact": Ref("cases.Contact", "s.CareContactID")},
    people="SELECT c.person_id FROM {table} t JOIN cases_contact c ON c.id = t.contact_id"
    " WHERE t.run_id = %(run)s",
)

ACTIVITY_WORKERS = Target(
    "activity_worker",
    "cases.ActivityWorker",
    table="MHS206StaffActivity",
    source="loadable_MHS206StaffActivity s JOIN activity a ON a.local_id = s.CareActID",
    order="a.n, s.CareProfLocalID",
    key=("activity", "worker"),
    refs={
        "activity": Ref("cases.Activity", "s.CareActID"),
        "worker": Ref("directory.Worker", "s.CareProfLocalID"),
    },
)

# the case and who may open the record -----------------------------------------------------------

_CASES = """
CREATE INDEX contact_of_referral ON contact (referral);
CREATE TABLE asked AS
  SELECT r.LocalPatientID AS person, r.CareProfTeamLocalID AS team,
    r.ReferralRequestReceivedDate AS received,
    r.ReferralRequestReceivedDate || COALESCE(r.ReferralRequestReceivedTime, '00:00:00')
      || char(1) || r.ServiceRequestID AS place,
    COALESCE(r.ServDischDate, r.ReferRejectionDate, '9999-12-31') > (SELECT as_of FROM run)
      AS is_open,
    EXISTS (SELECT 1 FROM contact c WHERE c.referral = r.ServiceRequestID
      AND c.attendance IN ('5', '6') AND c.date <= (SELECT as_of FROM run)) AS is_seen
  FROM loadable_MHS101Referral r;
CREATE TABLE holding (person TEXT, rank INTEGER, team TEXT, place TEXT);
INSERT INTO holding
  SELECT person, CASE WHEN is_open AND is_seen THEN 1 WHEN is_open THEN 2 ELSE 4 END AS rank,
    team, max(place)
  FROM asked WHERE team IS NOT NULL GROUP BY 1, 2;
INSERT INTO holding
  SELECT person, 3, team, max(date || order_key) FROM contact
  WHERE attendance IN ('5', '6') AND team IS NOT NULL AND date <= (SELECT as_of FROM run)
  GROUP BY person;
CREATE TABLE holder (person TEXT PRIMARY KEY, team TEXT);
INSERT INTO holder
  SELECT person, team FROM (SELECT person, team, min(rank) FROM holding GROUP BY 1);
CREATE TABLE first_seen (person TEXT PRIMARY KEY, day TEXT);
INSERT INTO first_seen SELECT person, min(received) FROM asked GROUP BY 1;
INSERT INTO first_seen SELECT LocalPatientID, min(StartDateAssCareCoord)
  FROM loadable_MHS006MHCareCoord WHERE true GROUP BY 1 ON CONFLICT DO NOTHING;
CREATE TABLE named (person TEXT PRIMARY KEY, worker TEXT);
INSERT INTO named
  SELECT person, worker FROM (
    SELECT LocalPatientID AS person, CareProfLocalID AS worker,
      row_number() OVER (PARTITION BY LocalPatientID
        ORDER BY StartDateAssCareCoord DESC, CareProfLocalID) AS nth
    FROM loadable_MHS006MHCareCoord
    WHERE StartDateAssCareCoord <= (SELECT as_of FROM run)
      AND COALESCE(EndDateAssCareCoord, '9999-12-31') >= (SELECT as_of FROM run))
  WHERE nth = 1;
CREATE TABLE ever_named AS
  SELECT DISTINCT LocalPatientID AS person FROM loadable_MHS006MHCareCoord;
CREATE UNIQUE INDEX ever_named_person ON ever_named (person);
"""


def _cases(connection: sqlite3.Connection, parameters: Parameters) -> None:
    connection.execute("CREATE TABLE run AS SELECT :as_of AS as_of", parameters)
    connection.executescript(_CASES)


CASES = Target(
    "case",
    "cases.Case",
    source="loadable_MHS001MPI s JOIN first_seen f ON f.person = s.LocalPatientID"
    " LEFT JOIN holder h ON h.person = f.person LEFT JOIN named n ON n.person = f.person"
    " LEFT JOIN ever_named e ON e.person = f.person",
    key=("person",),
    columns={"opened_on": "f.day"},
    refs={
        "person": _person(),
        "team": Ref("directory.Team", "h.team"),
        "key_worker": Ref("directory.Worker", "n.worker"),
    },
    extra={"ever_named": "CASE WHEN e.person IS NULL THEN '0' ELSE '1' END"},
    settled={
        "opened_on": "{least}({new}, t.opened_on)",
        "team": "COALESCE({new}, t.team_id)",
        "key_worker": "CASE WHEN s.ever_named = '1' THEN {new} ELSE t.key_worker_id END",
    },
    unless="SELECT 1 FROM cases_case k WHERE k.person_id = r_person.id",
    people=_OF_PEOPLE,
)


def _latest_contacts(engine: Engine, feed: str, here: str) -> str:
    """The team that saw somebody last may open the record until 90 days after."""
    return f"""
    INSERT INTO cases_livereason
      (id, created_at, person_id, team_id, kind, source_key, start, "end", run_id)
    SELECT {engine.new_id}, %(now)s, c.person_id, c.team_id, 'contact', 'contact:latest', c.date,
      {engine.later("c.date", 90)}, %(run)s
    FROM (
      SELECT c.person_id, c.team_id, c.date, row_number() OVER (
        PARTITION BY c.person_id ORDER BY c.date DESC, c.order_key DESC) AS nth
      FROM {feed} s
      {engine.then} cases_person p ON p.provider_id = %(provider)s AND p.local_id = s.local_id
      {engine.then} cases_contact c ON c.person_id = p.id
      WHERE {here} AND c.attendance IN ('5', '6') AND c.date <= %(as_of)s
        AND c.team_id IS NOT NULL AND c.provider_id = %(provider)s
    ) c
    WHERE c.nth = 1
    {engine.keep_reason}"""


def _case_teams(engine: Engine, feed: str, here: str) -> str:
    """The team that holds somebody may open the record as long as the case has reason to be
    open: a referral, a named worker, a recent contact."""
    return f"""
    INSERT INTO cases_livereason
      (id, created_at, person_id, team_id, kind, source_key, start, "end", run_id)
    SELECT {engine.new_id}, %(now)s, k.person_id, k.team_id, 'case_team', k.source_key, k.start,
      CASE WHEN k.last = '9999-12-31' THEN NULL ELSE {engine.greatest}(k.last, k.start) END, %(run)s
    FROM (
      SELECT k.person_id, k.team_id, 'case:' || {engine.dashed("k.id")} AS source_key,
        k.opened_on AS start, (
          SELECT max(COALESCE(x."end", '9999-12-31')) FROM cases_livereason x
          WHERE x.person_id = k.person_id AND x.kind IN ('referral', 'allocation', 'contact')
        ) AS last
      FROM {feed} s
      {engine.then} cases_person p ON p.provider_id = %(provider)s AND p.local_id = s.person
      {engine.then} cases_case k ON k.person_id = p.id
      WHERE {here} AND k.team_id IS NOT NULL AND k.closed_on IS NULL
        AND k.provider_id = %(provider)s
    ) k
    WHERE k.last IS NOT NULL
    {engine.keep_reason}"""


import_tables.register(
    "extract.directory",
    Step(10, (ORGANISATIONS, WORKERS, TEAMS), _directory),
)
import_tables.register("extract.unlisted", Step(11, (UNLISTED_WORKERS, UNLISTED_TEAMS)))


def _name(kind: str, model: str) -> Target:
    """Display names that lie beside the tables: MHSDS itself has none."""
    return Target(
        f"{kind}_name",
        model,
        source=f"(SELECT id, name FROM overlay WHERE kind = '{kind}') s",
        order="s.id",
        key=("local_id",),
        columns={"local_id": "s.id", "name": "s.name"},
        insert=False,
        people="SELECT t.id FROM {table} t WHERE t.run_id = %(run)s" if kind == "person" else "",
    )


import_tables.register(
    "extract.names",
    Step(
        25,
        (
            _name("worker", "directory.Worker"),
            _name("team", "directory.Team"),
            _name("person", "cases.Person"),
        ),
    ),
)
import_tables.register(
    "extract.people",
    Step(
        20,
        (
            PEOPLE,
            Statement("deaths", "person", _deaths),
            GPS,
            ACCOMMODATION,
            EMPLOYMENT,
            ALLOCATIONS,
            Statement("allocation_reasons", "allocation", _allocation_reasons),
            Statement("allocations_started", "allocation", _allocations_started),
            Statement("allocations_ended", "allocation", _allocations_ended),
        ),
    ),
)
import_tables.register(
    "extract.contacts",
    Step(
        50,
        (
            CONTACTS,
            ACTIVITIES,
            ACTIVITY_WORKERS,
            Statement("contact_workers", "contact", _contact_workers, first_import=False),
            Statement("contact_events", "contact", _contact_events),
        ),
        _contacts,
    ),
)
import_tables.register(
    "extract.cases",
    Step(
        80,
        (
            CASES,
            Statement("latest_contacts", "person", _latest_contacts),
            Statement("case_teams", "case", _case_teams),
        ),
        _cases,
    ),
)
