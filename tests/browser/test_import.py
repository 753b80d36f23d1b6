"""An extract with errors in the browser: what the check says, a yes, and what was loaded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from casework.cases.models import Person
from casework.extract.models import ImportRequest
from tests import factories
from tests.browser.base import BrowserStory
from tests.unit.extract.folder import Folder


class TestImport(BrowserStory):
    @pytest.fixture(autouse=True)
    def _place(self, settings: Any, tmp_path: Path) -> None:
        settings.VAR_DIR = tmp_path / "var"
        settings.IMPORT_DIR = settings.VAR_DIR / "extracts"
        self.tmp_path = tmp_path

    def given_an_extract_with_errors(self) -> Folder:
        """The person of one line has no id, and a date does not exist."""
        folder = Folder(self.tmp_path / "october")
        folder.set("MHS001", 5, "LocalPatientID", "")
        folder.set("MHS201", 9, "CareContDate", "2026-02-31")
        return folder

    def given_it_is_zipped(self) -> Path:
        folder = self.given_an_extract_with_errors()
        return Path(shutil.make_archive(str(folder.path), "zip", folder.path))

    def given_it_is_on_the_server(self) -> None:
        folder = self.given_an_extract_with_errors()
        shutil.copytree(folder.path, self.tmp_path / "var" / "extracts" / "october")

    def and_i_am_the_administrator(self) -> None:
        self.given_i_am_signed_in(factories.member("administrator"))

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_an_import_with_errors(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        archive = self.given_it_is_zipped()
        self.and_i_am_the_administrator()
        self.when_i_open(reverse("imports:list"))
        self.then_i_see("Nothing has been imported in the browser yet.")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("button", name="Import an extract").click()
        self.then_the_heading_is("Import an extract")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose_no_file_and_then_one(archive)
        self.then_the_check_names_the_errors()
        self.then_the_accessibility_baseline_is_met()
        assert not Person.objects.exists(), "nothing is loaded before a yes"
        self.when_i_press("Load it")
        self.then_i_see("Loaded, apart from")
        self.then_the_accessibility_baseline_is_met()
        assert Person.objects.count() == 59
        self.when_i_open(reverse("imports:list"))
        self.then_i_see("october.zip")
        self.then_the_accessibility_baseline_is_met()

    @pytest.mark.parametrize("width", [1280, 320])
    def test_while_it_is_under_way(self, width):
        self.page.set_viewport_size({"width": width, "height": 700})
        administrator = factories.member("administrator")
        asked = ImportRequest.objects.create(
            name="october.zip", place="nowhere", state="loading", percent=40, by=administrator
        )
        self.given_i_am_signed_in(administrator)
        self.when_i_open(reverse("imports:detail", args=[asked.pk]))
        self.then_i_see("40 percent of this step is done.")
        self.then_the_accessibility_baseline_is_met()
        ImportRequest.objects.update(state="failed", outcome={"refusal": "The disk is full."})
        self.page.get_by_role("button", name="Look again").click()
        self.then_i_see("The disk is full.")
        self.then_the_accessibility_baseline_is_met()

    def when_i_choose_no_file_and_then_one(self, archive: Path) -> None:
        self.page.get_by_label("In a zip file on this computer").check()
        self.when_i_press("Check the files")
        self.expect_validation_error("Choose a zip file")
        self.then_the_accessibility_baseline_is_met()
        self.page.locator("input[type=file]").set_input_files(archive)
        self.when_i_press("Check the files")

    def then_the_check_names_the_errors(self) -> None:
        self.then_i_see("would not be loaded. Everything else can be loaded.")
        found = self.page.get_by_role("list").filter(has_text="on line 5").first.inner_text()
        assert "MHS001MPI.csv LocalPatientID" in found
        assert "MHS201CareContact.csv CareContDate" in found

    def test_by_keyboard(self):
        self.given_it_is_on_the_server()
        self.and_i_am_the_administrator()
        self.when_i_open(reverse("imports:list"))
        self.when_i_tab_to("Import an extract")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/add/")
        self.when_i_tab_to_the_field("where")
        self.when_i_arrow_to("In a folder on the server")
        self.when_i_tab_to_the_field("folder")
        self.page.keyboard.type("october")
        self.when_i_tab_to("Check the files")
        self.page.keyboard.press("Enter")
        self.then_the_check_names_the_errors()
        self.when_i_tab_to("Do not load it")
        self.page.keyboard.press("Enter")
        self.then_i_see("Nothing was loaded.")
        assert ImportRequest.objects.get().state == "dropped"
        assert not Person.objects.exists()
