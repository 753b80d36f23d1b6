"""The sample goes in whole, a second time changes nothing, a later folder updates and adds."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import ForeignKey

from casework.cases.models import (
    Accommodation,
    ActivityWorker,
    Allocation,
    Case,
    CaseEvent,
    Contact,
    LiveReason,
    Person,
    Touched,
)
from casework.directory.models import Organisation, Team, Worker
from casework.extract import services
from casework.extract.models import ImportConflict, ImportRun
from casework.extract.spec import TABLES
from referrals.models import Referral, ReferralMeasure
from tests.integration.extract.conftest import Load
from tests.integration.extract.contents import contents, imported, sizes
from tests.unit.extract.folder import SAMPLE, Folder

pytestmark = pytest.mark.django_db
AS_OF = dt.date(2026, 10, 31)


def rows_in(folder: Folder) -> dict[str, int]:
    return {table.name: len(folder.lines(table.file[:6])) - 1 for table in TABLES}


def adds_up(outcome: services.ImportOutcome) -> bool:
    return all(
        table.rows == table.new + table.changed + table.unchanged + table.rejected
        for table in outcome.tables.values()
    )


def a_month_later(folder: Folder) -> None:
    folder.set("MHS000", 2, "ReportingPeriodEndDate", "2026-11-30")


def line_of(folder: Folder, table: str, text: str) -> int:
    return next(n for n, line in enumerate(folder.lines(table), 1) if line.startswith(text))


class TestTheSample:
    def test_every_row_goes_in(self, folder: Folder, load: Load) -> None:
        outcome = load()
        assert outcome.exit_code == 0
        assert {name: table.new for name, table in outcome.tables.items()} == rows_in(folder)
        assert adds_up(outcome)
        assert outcome.run is not None
        assert outcome.run.state == ImportRun.State.DONE
        assert outcome.run.first_import
        assert Organisation.objects.get(code="X0001").as_of == AS_OF
        assert not Organisation.objects.get(code="X0001").live
        assert Touched.objects.count() == 60

    def test_a_second_time_changes_nothing_and_says_so(self, folder: Folder, load: Load) -> None:
        load()
        before = contents()
        Touched.objects.all().delete()
        outcome = load()
        assert outcome.nothing_changed
        assert {name: table.unchanged for name, table in outcome.tables.items()} == rows_in(folder)
        assert not any(table.missing for table in outcome.tables.values())
        after = contents()
        assert after["cases.Touched"] == []
        assert {**after, "cases.Touched": before["cases.Touched"]} == before
        assert outcome.run is not None and not outcome.run.first_import

    @pytest.mark.django_db(transaction=True)
    def test_outside_of_a_transaction_it_is_the_same(self, folder: Folder, load: Load) -> None:
        first, second = load(), load()
        assert {name: table.new for name, table in first.tables.items()} == rows_in(folder)
        assert second.nothing_changed

    def test_the_figures_are_those_expected(self, load: Load, tmp_path: Path) -> None:
        load()
        out = tmp_path / "continuity.csv"
        call_command("continuity", on=AS_OF, csv=out)
        with out.open() as ours, (SAMPLE / "expected/continuity.csv").open() as expected:
            assert list(csv.reader(ours)) == list(csv.reader(expected))

    def test_all_that_is_imported_knows_its_run_and_provider(self, load: Load) -> None:
        run = load().run
        assert run is not None
        for model in imported():
            rows = model._base_manager.all()
            assert rows.exists() or model.__name__ == "Case" or rows.count() == 0
            assert not rows.exclude(run_id=run.pk).exists(), model
            assert not rows.exclude(provider__code="X0001").exists(), model

    def test_no_reference_leads_nowhere(self, load: Load) -> None:
        load()
        for model in apps.get_models():
            for column in model._meta.concrete_fields:
                if isinstance(column, ForeignKey):
                    there = column.related_model._base_manager.values(column.target_field.name)
                    lost = model._base_manager.exclude(**{column.name: None}).exclude(
                        **{f"{column.name}__in": there}
                    )
                    assert not lost.exists(), column
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SHOW session_replication_role")
                assert cursor.fetchone() == ("origin",)

    def test_teams_are_called_after_their_type_until_somebody_names_them(self, load: Load) -> None:
        load()
        teams = {team.local_id: (team.name, team.kind) for team in Team.objects.all()}
        assert teams == {
            "T01": ("Primary care mental health T01", "primary"),
            "T02": ("Community mental health team, functional T02", "cmht"),
            "T03": ("Crisis resolution or home treatment T03", "crisis"),
            "T04": ("Specialist service T04", "specialist"),
            "T05": ("Team T05", "voluntary"),
        }
        assert Team.objects.get(local_id="T05").organisation.code == "X0003"
        kinds = dict(Organisation.objects.values_list("code", "kind"))
        assert kinds["X0101"] == "gp" and kinds["X0003"] == "voluntary"
        assert kinds["X0001"] == "trust" and kinds["X0002"] == "commissioner"

    def test_a_contact_counts_for_one_worker_and_knows_of_the_others(self, load: Load) -> None:
        load()
        joint = Contact.objects.filter(person__local_id="P022").attended()
        assert set(joint.values_list("worker__local_id", "worker_count")) == {("S03", 2)}
        nobody = Contact.objects.filter(person__local_id="P028", worker=None).attended()
        assert [contact.worker_count for contact in nobody] == [0] * 5
        elsewhere = Contact.objects.filter(person__local_id="P024", team__local_id="T03")
        assert elsewhere.count() == 3

    def test_the_case_points_to_who_holds_the_person(self, load: Load) -> None:
        load()
        held = {
            case.person.local_id: (
                case.team and case.team.local_id,
                case.key_worker and case.key_worker.local_id,
            )
            for case in Case.objects.select_related("person", "team", "key_worker")
        }
        assert len(held) == 60
        assert held["P001"] == ("T02", "S03")
        assert held["P004"] == ("T03", None)
        assert held["P017"][1] is None
        assert held["P025"][1] == "S03"
        first = Case.objects.get(person__local_id="P003")
        assert first.opened_on == dt.date(2026, 1, 12)

    def test_who_may_open_the_record(self, load: Load) -> None:
        load()
        reasons = LiveReason.objects.filter(person__local_id="P026").on(AS_OF)
        may = {
            (str(reason.kind), (reason.team or reason.worker).local_id)
            for reason in reasons.select_related("team", "worker")
        }
        assert ("allocation", "S06") in may
        assert ("allocation", "S11") not in may
        assert {team for kind, team in may if kind == "case_team"} == {
            Case.objects.get(person__local_id="P026").team.local_id
        }

    def test_the_timeline_has_what_happened(self, load: Load) -> None:
        load()
        told = list(
            CaseEvent.objects.filter(person__local_id="P020").values_list("kind", flat=True)
        )
        assert told.count("person.died") == 1
        booked = CaseEvent.objects.get(kind="contact.booked")
        assert booked.person.local_id == "P030"
        assert booked.on == dt.date(2026, 11, 12)
        assert booked.data["medium"]
        assert CaseEvent.objects.filter(kind="allocation.started").count() == 50


class TestALaterFolder:
    def test_updates_and_adds(self, folder: Folder, load: Load) -> None:
        load()
        Touched.objects.all().delete()
        a_month_later(folder)
        contact = line_of(folder, "MHS201", Contact.objects.get(attendance="0").local_id)
        folder.set("MHS201", contact, "AttendStatus", "5")
        assert folder.line("MHS006", 2).split(",")[0] == "P001"
        folder.set("MHS006", 2, "EndDateAssCareCoord", "2026-11-15")
        folder.append("MHS001", "P061,X0001,,07,1990-01-01,en,")
        outcome = load()
        assert outcome.exit_code == 0
        assert adds_up(outcome)
        tables = outcome.tables
        assert (tables["MHS201CareContact"].changed, tables["MHS201CareContact"].new) == (1, 0)
        assert (tables["MHS006MHCareCoord"].changed, tables["MHS001MPI"].new) == (1, 1)
        assert tables["MHS000Header"].new == 1
        assert Organisation.objects.get(code="X0001").as_of == dt.date(2026, 11, 30)
        ended = Allocation.objects.get(person__local_id="P001")
        assert ended.end == dt.date(2026, 11, 15)
        assert LiveReason.objects.get(source_key=f"allocation:{ended.pk}").end == ended.end
        assert Case.objects.get(person__local_id="P001").key_worker is None
        assert CaseEvent.objects.filter(kind="allocation.ended", about=ended.pk).count() == 1
        met = CaseEvent.objects.filter(person__local_id="P030", on=dt.date(2026, 11, 12))
        assert set(met.values_list("kind", flat=True)) == {"contact.booked", "contact.attended"}
        people = set(Touched.objects.values_list("person__local_id", flat=True))
        assert people == {"P001", "P030", "P061"}
        assert not Case.objects.filter(person__local_id="P061").exists()

    def test_follows_a_staff_row_that_came_later(self, folder: Folder, load: Load) -> None:
        load()
        a_month_later(folder)
        contact = Contact.objects.filter(person__local_id="P028", worker=None).attended().first()
        assert contact is not None
        act = contact.activities.get()
        folder.append("MHS206", f"{act.local_id},S02")
        outcome = load()
        assert outcome.tables["MHS206StaffActivity"].new == 1
        assert outcome.tables["MHS201CareContact"].changed == 0
        contact.refresh_from_db()
        assert (contact.worker.local_id, contact.worker_count) == ("S02", 1)

    def test_a_folder_without_staff_rows_takes_nobody_away(
        self, folder: Folder, load: Load
    ) -> None:
        load()
        before = set(Contact.objects.values_list("local_id", "worker", "worker_count"))
        a_month_later(folder)
        folder.write("MHS206", [folder.line("MHS206", 1)])
        outcome = load()
        assert outcome.tables["MHS206StaffActivity"].missing == 912
        assert set(Contact.objects.values_list("local_id", "worker", "worker_count")) == before
        assert ActivityWorker.objects.count() == 912

    def test_staff_known_before_count_beside_those_that_came_later(
        self, folder: Folder, load: Load
    ) -> None:
        load()
        a_month_later(folder)
        folder.set("MHS206", line_of(folder, "MHS206", "A00001,"), "CareProfLocalID", "S09")
        folder.append("MHS202", "A00000,C00002,20,")
        folder.append("MHS206", "A00000,S04")
        load()
        joint = Contact.objects.get(local_id="C00001")
        assert (joint.worker.local_id, joint.worker_count) == ("S03", 2)
        earlier_activity = Contact.objects.get(local_id="C00002")
        assert (earlier_activity.worker.local_id, earlier_activity.worker_count) == ("S04", 2)
        Touched.objects.all().delete()
        before = contents()
        load()
        assert contents() == before
        assert not Touched.objects.exists()

    def test_what_is_missing_is_kept_and_counted(self, folder: Folder, load: Load) -> None:
        load()
        a_month_later(folder)
        folder.write("MHS003", folder.lines("MHS003")[:11])
        outcome = load()
        assert outcome.tables["MHS003AccommStatus"].missing == 19
        assert outcome.tables["MHS003AccommStatus"].unchanged == 10
        assert Accommodation.objects.count() == 29

    def test_another_main_team_takes_the_referral_over(self, folder: Folder, load: Load) -> None:
        load()
        a_month_later(folder)
        line = next(
            n for n, row in enumerate(folder.lines("MHS101"), 1) if row.split(",")[1] == "P001"
        )
        folder.set("MHS101", line, "CareProfTeamLocalID", "T01")
        load()
        reason = LiveReason.objects.get(person__local_id="P001", kind="referral")
        assert reason.team.local_id == "T01"
        assert Case.objects.get(person__local_id="P001").team.local_id == "T01"
        folder.set("MHS101", line, "CareProfTeamLocalID", "")
        load()
        reason.refresh_from_db()
        assert reason.end == dt.date(2026, 11, 30)

    def test_contacts_follow_their_referral_to_another_team_though_not_listed_again(
        self, folder: Folder, load: Load
    ) -> None:
        elsewhere = line_of(folder, "MHS201", "C00002,")
        folder.set("MHS201", elsewhere, "OtherCareProfTeamLocalID", "T02")
        load()
        a_month_later(folder)
        folder.set("MHS101", line_of(folder, "MHS101", "R0001,"), "CareProfTeamLocalID", "T05")
        for table in ("MHS607", "MHS206", "MHS202", "MHS201"):
            folder.write(table, [folder.line(table, 1)])
        outcome = load()
        assert (outcome.exit_code, outcome.tables["MHS201CareContact"].rows) == (0, 0)
        of_referral = Contact.objects.filter(referral_link__referral__local_id="R0001")
        teams = dict(of_referral.values_list("local_id", "team__local_id"))
        assert teams.pop("C00002") == "T02"
        assert len(teams) > 5
        assert set(teams.values()) == {"T05"}
        latest = LiveReason.objects.get(source_key="contact:latest", person__local_id="P001")
        assert latest.team.local_id == "T05"

    def test_a_measure_follows_its_contact_though_not_listed_again(
        self, folder: Folder, load: Load
    ) -> None:
        load()
        measure = ReferralMeasure.objects.filter(source_key__startswith="607:A00493:").get()
        measures = ReferralMeasure.objects.count()
        a_month_later(folder)
        contact = line_of(folder, "MHS201", f"{measure.contact.local_id},")
        folder.set("MHS201", contact, "CareContDate", "2026-10-30")
        folder.write("MHS607", [folder.line("MHS607", 1)])
        assert load().exit_code == 0
        measure.refresh_from_db()
        assert measure.taken_on == dt.date(2026, 10, 30)
        other = Referral.objects.exclude(pk=measure.referral_id).filter(
            person=measure.contact.person
        )
        assert not other.exists()
        folder.set("MHS201", contact, "ServiceRequestID", "R0001")
        assert load().exit_code == 0
        measure.refresh_from_db()
        assert measure.referral.local_id == "R0001"
        assert ReferralMeasure.objects.count() == measures

    def test_a_placeholder_becomes_a_worker_when_listed(self, folder: Folder, load: Load) -> None:
        lines = folder.lines("MHS901")
        folder.write("MHS901", lines[:-1])
        assert load().exit_code == 0
        assert Worker.objects.get(local_id="S12").placeholder
        folder.write("MHS901", lines)
        assert load().tables["MHS901StaffDetails"].changed == 1
        assert not Worker.objects.get(local_id="S12").placeholder

    def test_an_older_one_is_refused(self, folder: Folder, load: Load) -> None:
        load()
        before = sizes()
        folder.set("MHS000", 2, "ReportingPeriodEndDate", "2026-10-30")
        outcome = load(dry_run=True)
        assert "older" in outcome.refusal
        outcome = load()
        assert outcome.exit_code == 2 and outcome.refused
        assert sizes() == before

    def test_the_other_provider_has_its_own_people(self, folder: Folder, load: Load) -> None:
        load()
        folder.set("MHS000", 2, "OrgIDProvider", "Y0002")
        outcome = load()
        assert outcome.tables["MHS001MPI"].new == 60
        assert Person.objects.filter(local_id="P001").count() == 2
        contact = Contact.objects.filter(provider__code="Y0002").exclude(worker=None).first()
        assert contact is not None and contact.worker is not None
        assert contact.worker.provider.code == contact.person.provider.code == "Y0002"


class TestEditsMadeHere:
    @pytest.fixture
    def edited(self, load: Load) -> Person:
        load()
        person = Person.objects.get(local_id="P001")
        person.note_edits(birth_date=dt.date(1991, 1, 1))
        person.save()
        return person

    def birth_date(self, folder: Folder, date: str) -> None:
        a_month_later(folder)
        folder.set("MHS001", 2, "PersonBirthDate", date)

    def test_survive_the_same_folder(self, edited: Person, load: Load) -> None:
        outcome = load()
        edited.refresh_from_db()
        assert edited.birth_date == dt.date(1991, 1, 1)
        assert outcome.nothing_changed and not ImportConflict.objects.exists()

    def test_a_contradiction_is_shown_once(
        self, edited: Person, folder: Folder, load: Load
    ) -> None:
        self.birth_date(folder, "1992-02-02")
        folder.set("MHS001", 2, "LanguageCodePreferred", "pl")
        outcome = load()
        edited.refresh_from_db()
        assert edited.birth_date == dt.date(1991, 1, 1)
        assert edited.language == "pl"
        conflict = ImportConflict.objects.get()
        assert (conflict.ours, conflict.theirs) == ("1991-01-01", "1992-02-02")
        assert (conflict.table, conflict.key, conflict.field) == ("MHS001MPI", "P001", "birth_date")
        assert outcome.run is not None and outcome.run.counts["conflicts"] == 1
        assert adds_up(outcome) and outcome.tables["MHS001MPI"].changed == 1
        assert load().nothing_changed
        assert ImportConflict.objects.count() == 1

    def test_end_when_the_extract_agrees(self, edited: Person, folder: Folder, load: Load) -> None:
        self.birth_date(folder, "1992-02-02")
        load()
        self.birth_date(folder, "1991-01-01")
        load()
        edited.refresh_from_db()
        assert edited.local_edits is None
        assert ImportConflict.objects.get().decided == "ours"
        self.birth_date(folder, "1993-03-03")
        load()
        edited.refresh_from_db()
        assert edited.birth_date == dt.date(1993, 3, 3)

    @pytest.mark.parametrize(
        ("take", "date"), [("ours", dt.date(1991, 1, 1)), ("theirs", dt.date(1992, 2, 2))]
    )
    def test_somebody_decides(
        self, edited: Person, folder: Folder, load: Load, take: str, date: dt.date
    ) -> None:
        from tests.factories import accounts

        by = accounts.user()
        self.birth_date(folder, "1992-02-02")
        load()
        services.decide(conflict=ImportConflict.objects.get(), take=take, by=by)
        edited.refresh_from_db()
        assert edited.birth_date == date
        assert load().nothing_changed
        assert not ImportConflict.objects.filter(decided="").exists()

    def test_a_key_worker_named_here_stays(self, load: Load, folder: Folder) -> None:
        load()
        case = Case.objects.get(person__local_id="P001")
        case.note_edits(key_worker_id=Worker.objects.get(local_id="S05").pk)
        case.save()
        load()
        case.refresh_from_db()
        assert case.key_worker.local_id == "S05"
        assert not ImportConflict.objects.exists()
        a_month_later(folder)
        folder.append("MHS006", "P001,2026-11-10,S06,,A06")
        load()
        case.refresh_from_db()
        assert case.key_worker.local_id == "S05"
        assert ImportConflict.objects.get().field == "key_worker_id"


class TestNames:
    @pytest.fixture
    def names(self, folder: Folder) -> Any:
        def write(*lines: str) -> None:
            text = "\n".join(["kind,id,name", *lines, ""])
            (folder.path / "names.csv").write_text(text, "utf-8")

        return write

    def test_are_used_where_nobody_edited_them(self, names: Any, load: Load) -> None:
        names("worker,S01,Priya Lightfoot", "team,T01,Riverside", "person,P001,Rowan Example")
        load()
        assert Worker.objects.get(local_id="S01").name == "Priya Lightfoot"
        assert Worker.objects.get(local_id="S02").name == "S02"
        assert Team.objects.get(local_id="T01").name == "Riverside"
        assert Person.objects.get(local_id="P001").name == "Rowan Example"
        assert load().nothing_changed

    def test_a_name_set_by_somebody_wins(self, names: Any, load: Load) -> None:
        names("worker,S01,Priya Lightfoot")
        load()
        worker = Worker.objects.get(local_id="S01")
        worker.note_edits(name="Dr Lightfoot")
        worker.save()
        assert load().nothing_changed
        worker.refresh_from_db()
        assert worker.name == "Dr Lightfoot"

    def test_stay_without_the_file(self, names: Any, load: Load, folder: Folder) -> None:
        names("worker,S01,Priya Lightfoot")
        load()
        (folder.path / "names.csv").unlink()
        assert load().nothing_changed
        assert Worker.objects.get(local_id="S01").name == "Priya Lightfoot"

    @pytest.mark.parametrize(
        ("line", "column", "code"),
        [
            ("nurse,S01,Name", "kind", "unknown-code"),
            ("worker,,Name", "id", "missing-value"),
            ("worker,S01,", "name", "missing-value"),
            ("worker,S99,Name", "id", "orphan"),
            ("worker,S01", "", "ragged-row"),
            (f"worker,S01,{'x' * 121}", "name", "field-too-long"),
            ('worker,S01,"two\nlines"', "name", "line-break-in-cell"),
        ],
    )
    def test_bad_lines_are_reported_and_keep_nothing_out(
        self, names: Any, load: Load, line: str, column: str, code: str
    ) -> None:
        names(line, "worker,S02,Martin Goodfellow")
        outcome = load(strict=True)
        assert outcome.exit_code == 0
        found = [c for c in outcome.causes if c.file == "names.csv"]
        assert [(c.column, c.code, c.first_line) for c in found] == [(column, code, 2)]
        assert Worker.objects.get(local_id="S01").name == "S01"
        assert Worker.objects.get(local_id="S02").name == "Martin Goodfellow"

    def test_two_names_for_one_id_are_not_guessed_between(self, names: Any, load: Load) -> None:
        names("worker,S01,One", "worker,S01,Other", "worker,S02,Same", "worker,S02,Same")
        outcome = load()
        found = [(c.code, c.findings) for c in outcome.causes if c.file == "names.csv"]
        assert found == [("duplicate-key", 2), ("exact-duplicate", 1)]
        assert Worker.objects.get(local_id="S01").name == "S01"
        assert Worker.objects.get(local_id="S02").name == "Same"
