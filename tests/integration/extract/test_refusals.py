"""A refused folder leaves no trace; the command says so and with which exit code."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casework.cases.models import Contact, Person
from casework.directory.models import Organisation
from casework.extract.models import ImportRun
from tests.integration.extract.conftest import Load
from tests.integration.extract.contents import sizes
from tests.unit.extract.folder import Folder

pytestmark = pytest.mark.django_db


def _semicolons(folder: Folder) -> None:
    folder.each_line("MHS201", lambda line: line.replace(",", ";"))


def _twice(folder: Folder) -> None:
    folder.each_line("MHS001", lambda line: f"{line},{line.split(',')[0]}")


def _without_column(folder: Folder) -> None:
    folder.each_line("MHS006", lambda line: ",".join(line.split(",")[1:]))


REFUSED: dict[str, Callable[[Folder], object]] = {
    "missing-file": lambda folder: folder.file("MHS101").unlink(),
    "empty-file": lambda folder: folder.file("MHS206").write_bytes(b""),
    "missing-column": _without_column,
    "duplicate-column": _twice,
    "wrong-delimiter": _semicolons,
    "unclosed-quote": lambda folder: folder.append("MHS202", '"A1,C1,,'),
    "utf-16": lambda folder: folder.bytes("MHS901", lambda b: b.decode().encode("utf-16")),
}


def run(*arguments: Any, **options: Any) -> tuple[int, str]:
    """The command, its exit code and what it says."""
    out = io.StringIO()
    try:
        call_command("import_extract", *map(str, arguments), stdout=out, **options)
    except CommandError as error:
        return error.returncode, str(error)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize("code", REFUSED)
@pytest.mark.parametrize("loaded", [False, True])
def test_a_refused_folder_leaves_no_trace(
    folder: Folder, load: Load, code: str, loaded: bool
) -> None:
    if loaded:
        load()
    before = sizes()
    REFUSED[code](folder)
    outcome = load()
    assert outcome.refused and outcome.exit_code == 2
    assert code in {cause.code for cause in outcome.causes if cause.action == "fatal"}
    assert sizes() == before
    exit_code, said = run(folder.path)
    assert exit_code == 2 and f"fatal: {code}" in said and "Nothing was loaded" in said
    assert sizes() == before


def test_a_folder_that_is_not_there(folder: Folder, load: Load, tmp_path: Path) -> None:
    before = sizes()
    exit_code, said = run(tmp_path / "nowhere")
    assert exit_code == 2 and "no such folder" in said
    assert sizes() == before


class TestRejectedRows:
    @pytest.fixture(autouse=True)
    def _one_bad_contact(self, folder: Folder, var_dir: Path) -> None:
        folder.set("MHS201", 2, "CareContDate", "31/02/2025")

    def test_are_reported_and_the_rest_is_loaded(self, folder: Folder, tmp_path: Path) -> None:
        report = tmp_path / "report.csv"
        exit_code, said = run(folder.path, report=report)
        assert exit_code == 1
        assert Person.objects.count() == 60
        assert Contact.objects.count() == 890
        with report.open() as file:
            found = list(csv.DictReader(file))
        assert found[0] | {"message": ""} == {
            "file": "MHS201CareContact.csv",
            "line": "2",
            "column": "CareContDate",
            "action": "reject",
            "code": "date-format",
            "message": "",
            "value": "31/02/2025",
        }
        assert {row["code"] for row in found} == {"date-format", "parent-rejected"}
        assert "1 x, first on line 2" in said

    def test_strict_loads_nothing(self, folder: Folder) -> None:
        before = sizes()
        exit_code, said = run(folder.path, strict=True)
        assert exit_code == 1 and "Nothing was loaded" in said
        assert sizes() == before

    def test_a_dry_run_loads_nothing(self, folder: Folder) -> None:
        before = sizes()
        exit_code, said = run(folder.path, dry_run=True)
        assert exit_code == 1 and "Checked only" in said
        assert sizes() == before

    def test_the_numbers_add_up(self, load: Load) -> None:
        tables = load().tables
        contacts = tables["MHS201CareContact"]
        assert (contacts.rows, contacts.new, contacts.rejected) == (891, 890, 1)
        for table in tables.values():
            assert table.rows == table.new + table.changed + table.unchanged + table.rejected


def test_a_repeated_row_counts_as_unchanged(folder: Folder, load: Load) -> None:
    folder.append("MHS201", folder.line("MHS201", 2))
    contacts = load().tables["MHS201CareContact"]
    assert (contacts.rows, contacts.new, contacts.unchanged, contacts.warned) == (892, 891, 1, 1)


def test_somebody_who_died_before_they_were_born_is_rejected(folder: Folder, load: Load) -> None:
    folder.set("MHS001", 2, "PersDeathDate", "1900-01-01")
    outcome = load()
    assert outcome.exit_code == 1
    assert ("MHS001MPI.csv", "end-before-start") in {(c.file, c.code) for c in outcome.causes}
    assert Person.objects.count() == 59


class TestWithoutAHeader:
    @pytest.fixture(autouse=True)
    def _no_header(self, folder: Folder, var_dir: Path) -> None:
        folder.file("MHS000").unlink()

    def test_the_date_is_asked_for(self, folder: Folder) -> None:
        assert run(folder.path)[0] == 2
        assert run(folder.path, "--as-of", "2026-10-31")[0] == 0
        assert Organisation.objects.get(code="X0001").as_of is not None

    def test_the_provider_is_asked_for(self, folder: Folder) -> None:
        folder.each_line(
            "MHS001", lambda line: ",".join([line.split(",")[0], *line.split(",")[2:]])
        )
        before = sizes()
        exit_code, said = run(folder.path, "--as-of", "2026-10-31")
        assert exit_code == 2 and "which provider" in said
        assert sizes() == before
        assert run(folder.path, "--as-of", "2026-10-31", "--provider", "X0001")[0] == 0
        assert ImportRun.objects.get().provider.code == "X0001"


def test_the_command_says_what_became_of_every_table(folder: Folder, var_dir: Path) -> None:
    folder.file("MHS006").unlink()
    exit_code, said = run(folder.path)
    assert exit_code == 0
    assert "nobody has a named worker" in said
    line = next(line for line in said.splitlines() if line.startswith("MHS201CareContact"))
    assert line.split()[1:] == ["891", "891", "0", "0", "0", "0"]
    assert run(folder.path)[1].splitlines()[-1].startswith("Nothing has changed")
