"""Imports in the browser: a zip or a folder in, a check, a person's yes, the load."""

import io
import zipfile
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from casework.cases.models import Person
from casework.common.errors import Refusal
from casework.directory.models import Worker
from casework.extract import codes, conflict_pages, requests, services, spec, uploads
from casework.extract.models import ImportConflict, ImportRequest, ImportRun
from casework.outbox import services as outbox
from tests import factories
from tests.unit.extract.folder import Folder

pytestmark = pytest.mark.django_db


def zipped(files: dict[str, bytes], **options: Any) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    packed.seek(0)
    packed.name = options.get("name", "october.zip")
    return packed


def tables(folder: Folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.iterdir()}


@pytest.fixture
def administrator(client):
    somebody = factories.member("administrator")
    client.force_login(somebody)
    return somebody


@pytest.fixture
def place(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.IMPORT_DIR = tmp_path / "var" / "extracts"
    return settings.VAR_DIR


def ask(client, **said):
    return client.post(reverse("imports:add"), said, follow=True)


class TestTheWholeWay:
    def test_a_zip_is_checked_shown_and_loaded_after_a_yes(
        self, client, administrator, place, folder
    ):
        packed = zipped({f"october/{name}": body for name, body in tables(folder).items()})
        assert "october.zip" in ask(client, where="upload", upload=packed).content.decode()
        outbox.run_due()
        request = ImportRequest.objects.get()
        assert request.state == "checked"
        page = client.get(reverse("imports:detail", args=[request.pk])).content.decode()
        assert "Everything can be loaded. Nothing has been loaded yet." in page
        assert "MHS201CareContact" in page
        assert not Person.objects.exists()
        client.post(reverse("imports:confirm", args=[request.pk]))
        outbox.run_due()
        request = ImportRequest.objects.get()
        assert request.state == "done"
        assert request.run.state == "done"
        assert Person.objects.count() == 60
        page = client.get(reverse("imports:detail", args=[request.pk])).content.decode()
        assert "Loaded." in page
        assert not list((place / "uploads").iterdir()), "the copy holds personal data"

    def test_a_folder_of_the_server(self, client, administrator, place, folder):
        (place / "extracts").mkdir(parents=True)
        folder.path.rename(place / "extracts" / "october")
        assert "october" in client.get(reverse("imports:add")).content.decode()
        ask(client, where="folder", folder="october")
        outbox.run_due()
        request = ImportRequest.objects.get()
        client.post(reverse("imports:confirm", args=[request.pk]))
        outbox.run_due()
        assert Person.objects.count() == 60
        assert (place / "extracts" / "october").is_dir(), "not ours to remove"

    def test_row_errors_are_shown_before_anything_is_loaded(
        self, client, administrator, place, folder
    ):
        name = "MHS201CareContact.csv"
        files = tables(folder)
        files[name] = files[name].replace(b"2025-05-28", b"28/05/2025", 1)
        ask(client, where="upload", upload=zipped(files))
        outbox.run_due()
        request = ImportRequest.objects.get()
        page = client.get(reverse("imports:detail", args=[request.pk])).content.decode()
        assert "date-format" in page
        assert "would not be loaded" in page
        assert "28/05/2025" not in page, "a cell may be about somebody"
        client.post(reverse("imports:drop", args=[request.pk]))
        assert ImportRequest.objects.get().state == "dropped"
        assert not Person.objects.exists()
        assert not list((place / "uploads").iterdir())

    def test_a_refused_folder_says_why(self, client, administrator, place, folder):
        files = tables(folder)
        del files["MHS101Referral.csv"]
        ask(client, where="upload", upload=zipped(files))
        outbox.run_due()
        request = ImportRequest.objects.get()
        assert request.state == "refused"
        page = client.get(reverse("imports:detail", args=[request.pk])).content.decode()
        assert "missing-file" in page
        assert "Nothing was loaded" in page

    def test_a_decision_is_taken_once(self, client, administrator, place, folder):
        ask(client, where="upload", upload=zipped(tables(folder)))
        outbox.run_due()
        request = ImportRequest.objects.get()
        requests.drop(request=request, by=administrator)
        with pytest.raises(Refusal, match="does not wait"):
            requests.confirm(request=request, by=administrator)
        client.post(reverse("imports:confirm", args=[request.pk]))
        assert ImportRequest.objects.get().state == "dropped"

    def test_files_that_are_gone_are_said(self, administrator, place):
        (place / "extracts" / "october").mkdir(parents=True)
        request = requests.ask(by=administrator, folder="october")
        (place / "extracts" / "october").rmdir()
        outbox.run_due()
        request.refresh_from_db()
        assert request.state == "failed"
        assert "not there any more" in request.outcome["refusal"]


class TestTheForm:
    def test_says_what_is_missing(self, client, administrator, place):
        assert "Select where the files are" in ask(client).content.decode()
        assert "Choose a zip file" in ask(client, where="upload").content.decode()
        assert "Select a folder" in ask(client, where="folder").content.decode()
        assert not ImportRequest.objects.exists()

    def test_a_file_that_is_no_zip_is_refused(self, client, administrator, place):
        text = io.BytesIO(b"LocalPatientID\nP001\n")
        text.name = "people.csv"
        page = ask(client, where="upload", upload=text).content.decode()
        assert "This is not a zip file" in page
        assert not ImportRequest.objects.exists()

    def test_a_folder_outside_the_list_is_refused(self, administrator, place):
        with pytest.raises(Refusal):
            requests.ask(by=administrator, folder="../secrets")

    def test_a_file_over_the_limit_is_refused(self, client, administrator, place, settings, folder):
        settings.IMPORT_UPLOAD_MB = 0
        page = ask(client, where="upload", upload=zipped(tables(folder))).content.decode()
        assert "larger than 0 MB" in page


class TestHostileZips:
    @pytest.mark.parametrize("name", ["../../outside.csv", "/etc/outside.csv", "a/..\\b.csv"])
    def test_nothing_leaves_its_place(self, tmp_path, name):
        target = tmp_path / "target"
        target.mkdir()
        uploads.unpack(zipped({name: b"x\n"}), target)
        assert [path.parent for path in tmp_path.rglob("*.csv")] == [target]

    def test_a_bomb_is_stopped_by_what_it_writes(self, tmp_path):
        bomb = zipped({"MHS101Referral.csv": b"0" * 50_000_000})
        with pytest.raises(Refusal, match="more than an extract"):
            uploads.unpack(bomb, tmp_path)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 20_000_000

    def test_one_name_twice_is_refused(self, tmp_path):
        with pytest.raises(Refusal, match="twice"):
            uploads.unpack(zipped({"a/T.csv": b"1", "b/t.CSV": b"2"}), tmp_path)

    def test_too_many_files_are_refused(self, tmp_path):
        many = {f"{number}.csv": b"" for number in range(uploads.MOST_FILES + 1)}
        with pytest.raises(Refusal, match="files in this zip"):
            uploads.unpack(zipped(many), tmp_path)

    def test_a_zip_of_nothing_to_read_is_refused(self, tmp_path):
        with pytest.raises(Refusal, match="no CSV file"):
            uploads.unpack(zipped({"readme.txt": b"hello"}), tmp_path)

    def test_a_damaged_zip_is_refused(self, tmp_path):
        content = bytearray(zipped({"T.csv": b"abc,def\n" * 500}).getvalue())
        content[40] ^= 0xFF
        with pytest.raises(Refusal):
            uploads.unpack(io.BytesIO(bytes(content)), tmp_path)


class TestConflicts:
    @pytest.fixture
    def conflict(self, place, folder, administrator):
        services.import_folder(folder=folder.path)
        person = Person.objects.get(local_id="P001")
        person.note_edits(language="cy")
        person.save()
        path = folder.path / "MHS001MPI.csv"
        path.write_bytes(path.read_bytes().replace(b"1984-03-12,en,", b"1984-03-12,pl,"))
        services.import_folder(folder=folder.path)
        return ImportConflict.objects.get()

    def test_whoever_imports_does_not_read_records(self, client, conflict):
        assert client.get(reverse("imports:conflict", args=[conflict.pk])).status_code == 404
        page = client.get(reverse("imports:conflicts")).content.decode()
        assert "P001" not in page
        assert 'aria-label="Back"' in page

    def test_whoever_corrects_records_decides(self, client, conflict):
        client.force_login(factories.member("records_administrator"))
        page = client.get(reverse("imports:conflicts")).content.decode()
        assert "P001" in page
        assert "Ours: cy" in page
        assert f'href="{reverse("imports:list")}"' not in page, "it would be refused"
        client.post(reverse("imports:conflict", args=[conflict.pk]), {"take": "theirs"})
        assert Person.objects.get(local_id="P001").language == "pl"
        assert (
            "There is nothing to decide"
            in client.get(reverse("imports:conflicts")).content.decode()
        )

    def test_a_day_reads_as_a_day_and_says_which_extract(self, client, conflict):
        ImportConflict.objects.update(field="birth_date", ours="1984-03-12", theirs="")
        client.force_login(factories.member("records_administrator"))
        page = client.get(reverse("imports:conflicts")).content.decode().replace("\u00a0", " ")
        assert "Ours: Monday 12 March 1984. The extract&#39;s: nothing." in page
        page = client.get(reverse("imports:conflict", args=[conflict.pk])).content.decode()
        page = page.replace("\u00a0", " ")
        assert "the extract as of Saturday 31 October 2026 says something else" in page
        assert "Ours: Monday 12 March 1984" in page

    @pytest.mark.parametrize(
        ("model", "field", "ours", "theirs", "says"),
        [
            ("cases.Person", "nhs_number_status", "01", "02", "verified (01)"),
            ("cases.Contact", "attendance", "3", "5", "did not attend (3)"),
            ("referrals.Referral", "priority", "2", "3", "urgent (2)"),
            ("directory.Team", "mhsds_type", "A06", "Q99", "The extract&#39;s: Q99."),
            ("cases.Person", "nhs_number_shared", "True", "False", "Ours: yes"),
            ("referrals.Referral", "received_time", "14:30:00", "", "Ours: 2:30pm"),
        ],
    )
    def test_a_code_reads_as_its_meaning_with_the_code_behind_it(
        self, client, conflict, model, field, ours, theirs, says
    ):
        ImportConflict.objects.update(model=model, field=field, ours=ours, theirs=theirs)
        client.force_login(factories.member("records_administrator"))
        assert says in client.get(reverse("imports:conflicts")).content.decode()
        page = client.get(reverse("imports:conflict", args=[conflict.pk])).content.decode()
        assert says.removeprefix("The extract&#39;s: ").rstrip(".") in page

    def test_a_record_reads_by_its_name(self, client, conflict):
        worker = Worker.objects.filter(local_id__gt="").order_by("local_id")[0]
        gone = "00000000-0000-7000-8000-000000000000"
        ImportConflict.objects.update(
            model="cases.Case", field="key_worker_id", ours=str(worker.pk), theirs=gone
        )
        client.force_login(factories.member("records_administrator"))
        page = client.get(reverse("imports:conflicts")).content.decode()
        assert f"Ours: {worker}. The extract&#39;s: a record that is no longer here." in page

    def test_every_list_of_codes_is_found_for_what_it_is_loaded_into(self):
        named = {
            column.name
            for table in spec.TABLES
            for column in table.columns
            if column.codes is not None
        }
        assert len(named) > 15
        assert conflict_pages.code_list("cases.Contact", "medium") is codes.MECHANISM
        assert conflict_pages.code_list("referrals.FurtherTeam", "close_reason") is (
            codes.CLOSE_REASON
        )
        assert conflict_pages.code_list("careplans.RecordedPlan", "kind") is codes.PLAN_TYPE
        assert conflict_pages.code_list("cases.Person", "language") is None

    def test_a_decision_needs_a_choice(self, client, conflict):
        client.force_login(factories.member("records_administrator"))
        page = client.post(reverse("imports:conflict", args=[conflict.pk]), {}).content.decode()
        assert "Select which of the two stands" in page
        assert ImportConflict.objects.get().decided == ""


class TestTheList:
    def test_costs_the_same_with_one_and_fifty(
        self, client, administrator, place, django_assert_num_queries
    ):
        def cost() -> int:
            from django.db import connection
            from django.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("imports:list"))
            return len(queries)

        ImportRequest.objects.create(name="one", place="x", by=administrator)
        first = cost()
        ImportRequest.objects.bulk_create(
            ImportRequest(name=f"n{number}", place="x", by=administrator) for number in range(50)
        )
        assert cost() == first


class TestLoadedByCommand:
    def test_what_a_command_loaded_is_in_the_list_and_has_its_page(
        self, client, administrator, place, folder
    ):
        empty = client.get(reverse("imports:list")).content.decode()
        assert "Loaded by command" not in empty
        assert "Nothing has been loaded by command." in (
            client.get(reverse("imports:runs")).content.decode()
        )
        folder.set("MHS201", 2, "CareContDate", "2026-13-41")
        with pytest.raises(SystemExit):  # a row was rejected
            call_command("import_extract", str(folder.path), stdout=io.StringIO())
        run = ImportRun.objects.get()
        href = f'href="{reverse("imports:run", args=[run.pk])}"'
        for name in ("imports:list", "imports:runs"):
            page = client.get(reverse(name)).content.decode()
            assert href in page
            assert "X0001, as of" in page.replace("\u00a0", " ")
        page = client.get(reverse("imports:run", args=[run.pk])).content.decode()
        assert "Loaded, apart from" in page
        assert "Which ones, and why, is in the report of the command." in page
        assert "MHS201CareContact" in page

    def test_what_was_loaded_here_is_not_in_it_twice(self, client, administrator, place, folder):
        packed = zipped({f"october/{name}": body for name, body in tables(folder).items()})
        ask(client, where="upload", upload=packed)
        outbox.run_due()
        client.post(reverse("imports:confirm", args=[ImportRequest.objects.get().pk]))
        outbox.run_due()
        run = ImportRun.objects.get()
        assert "Loaded by command" not in client.get(reverse("imports:list")).content.decode()
        assert client.get(reverse("imports:run", args=[run.pk])).status_code == 404

    @pytest.mark.parametrize(
        "state, words",
        [
            ("loading", "the next import finishes it first"),
            ("failed", "Import the folder again"),
            ("done", "Everything in the folder was loaded."),
        ],
    )
    def test_how_it_stands(self, client, administrator, state, words):
        run = ImportRun.objects.create(folder="october", state=state)
        page = client.get(reverse("imports:run", args=[run.pk])).content.decode()
        assert words in page
        assert "No provider, as of no day" in client.get(reverse("imports:list")).content.decode()

    def test_the_list_shows_a_few_and_leads_to_the_rest(self, client, administrator):
        for n in range(7):
            ImportRun.objects.create(folder=f"folder-{n}", state="done")
        page = client.get(reverse("imports:list")).content.decode()
        assert "folder-6" in page and "folder-2" in page and "folder-1," not in page
        assert "All that were loaded by command" in page
        assert "folder-0" in client.get(reverse("imports:runs")).content.decode()
