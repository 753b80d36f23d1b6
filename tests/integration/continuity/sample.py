"""The sample extract, put straight into the tables that the facts read."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

from casework.cases.models import Allocation, Case, Contact, LiveReason, Person
from casework.directory.models import Organisation, Team, Worker

FOLDER = Path(__file__).resolve().parents[3] / "casework/extract/sample"
ON = dt.date(2026, 10, 31)
KINDS = {"A02": "crisis", "A05": "primary", "A06": "cmht", "A16": "specialist", "Z02": "voluntary"}


def read(table: str) -> list[dict[str, str]]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def load() -> Organisation:
    """People, contacts, key workers, referrals as reasons and one case each."""
    trust = Organisation.objects.create(code="X0001", name="Sample Trust", kind="trust", as_of=ON)
    people = {
        row["LocalPatientID"]: Person(
            provider=trust, local_id=row["LocalPatientID"], death_date=day(row["PersDeathDate"])
        )
        for row in read("MHS001MPI")
    }
    Person.objects.bulk_create(people.values())
    workers = {
        row["CareProfLocalID"]: Worker(
            provider=trust,
            organisation=trust,
            local_id=row["CareProfLocalID"],
            name=f"Worker {row['CareProfLocalID']}",
        )
        for row in read("MHS901StaffDetails")
    }
    Worker.objects.bulk_create(workers.values())
    teams = {
        row["CareProfTeamLocalID"]: Team(
            provider=trust,
            organisation=trust,
            local_id=row["CareProfTeamLocalID"],
            name=f"Team {row['CareProfTeamLocalID']}",
            kind=KINDS[row["ServTeamTypeMH"]],
            mhsds_type=row["ServTeamTypeMH"],
        )
        for row in read("MHS902ServiceTeamDetails")
    }
    Team.objects.bulk_create(teams.values())
    allocations = [
        Allocation(
            provider=trust,
            person=people[row["LocalPatientID"]],
            worker=workers[row["CareProfLocalID"]],
            start=day(row["StartDateAssCareCoord"]),
            end=day(row["EndDateAssCareCoord"]),
        )
        for row in read("MHS006MHCareCoord")
    ]
    Allocation.objects.bulk_create(allocations)
    named = {a.person_id: a.worker for a in allocations if a.end is None}
    referrals = {row["ServiceRequestID"]: row for row in read("MHS101Referral")}
    latest: dict[str, dict[str, str]] = {}
    first: dict[str, str] = {}
    for row in sorted(referrals.values(), key=lambda r: r["ReferralRequestReceivedDate"]):
        latest[row["LocalPatientID"]] = row
        first.setdefault(row["LocalPatientID"], row["ReferralRequestReceivedDate"])
    LiveReason.objects.bulk_create(
        LiveReason(
            person=people[row["LocalPatientID"]],
            team=teams[row["CareProfTeamLocalID"]],
            kind="referral",
            source_key=f"referral:{row['ServiceRequestID']}",
            start=day(row["ReferralRequestReceivedDate"]),
            end=day(row["ServDischDate"] or row["ReferRejectionDate"]),
        )
        for row in referrals.values()
    )
    Case.objects.bulk_create(
        Case(
            provider=trust,
            person=people[ident],
            team=teams[row["CareProfTeamLocalID"]],
            key_worker=named.get(people[ident].pk),
            opened_on=day(first[ident]),
        )
        for ident, row in latest.items()
    )
    staff: dict[str, set[str]] = defaultdict(set)
    for row in read("MHS206StaffActivity"):
        staff[row["CareActID"]].add(row["CareProfLocalID"])
    activities: dict[str, list[str]] = defaultdict(list)
    for row in read("MHS202CareActivity"):
        activities[row["CareContactID"]].append(row["CareActID"])
    contacts = []
    for row in read("MHS201CareContact"):
        referral = referrals[row["ServiceRequestID"]]
        acts = sorted(act for act in activities[row["CareContactID"]] if staff[act])
        time = dt.time.fromisoformat(row["CareContTime"]) if row["CareContTime"] else None
        contacts.append(
            Contact(
                provider=trust,
                person=people[referral["LocalPatientID"]],
                local_id=row["CareContactID"],
                team=teams[row["OtherCareProfTeamLocalID"] or referral["CareProfTeamLocalID"]],
                worker=workers[min(staff[acts[0]])] if acts else None,
                worker_count=len(set().union(*(staff[act] for act in acts))),
                date=day(row["CareContDate"]),
                time=time,
                order_key=Contact.make_order_key(time, row["CareContactID"]),
                attendance=row["AttendStatus"],
                medium=row["ConsMechanismMH"],
            )
        )
    Contact.objects.bulk_create(contacts)
    return trust
