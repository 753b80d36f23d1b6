"""At two in the morning: a record is opened by override, and a privacy officer looks at it."""

import pytest

from casework.accounts import services as accounts
from casework.cases.access import sealed
from tests import factories
from tests.browser.base import BrowserStory


class TestOverride(BrowserStory):
    def given_a_person_of_another_team(self) -> None:
        organisation = factories.organisation()
        team = factories.team("Night Team", of=organisation)
        worker = factories.worker("Nell Evening")
        self.worker = factories.member("team_member", team=team, worker=worker, name=worker.name)
        day = factories.team("Day Team", of=organisation)
        self.person = factories.held_person(team=day, name="Robin Example")
        keeper = factories.member("key_worker", team=day)
        sealed.write(
            person=self.person, kind="note", words="For few", why="Asked", readers=[], by=keeper
        )
        self.officer = factories.user(name="Pat Lamplight")
        accounts.grant(
            user=self.officer, role="privacy_officer", organisation=organisation, by=None
        )

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_from_the_call_to_the_outcome(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_person_of_another_team()
        self.given_i_am_signed_in(self.worker)
        self.when_i_open("/people/")
        self.when_i_follow("Open a record in an emergency")
        self.when_i_press("Continue")
        self.expect_validation_error(
            "Enter an NHS number or a local id",
            "Select why you need it now",
            "Say what has happened",
            "Select whether the person may be told",
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("NHS number or local id", self.person.nhs_number)
        self.page.get_by_label("Somebody is in danger now").check()
        self.when_i_fill("What has happened?", "Rang us from the bridge")
        self.page.get_by_label("Yes", exact=True).check()
        self.when_i_press("Continue")
        self.then_the_heading_is("Open the record now?")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Open it for one hour")
        self.then_i_see("You opened this record by override.")
        self.then_i_see("Robin Example")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Sealed notes of this person")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Open it on a legal ground").click()
        self.then_the_heading_is("Open a sealed note")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(f"/people/{self.person.pk}/why/")
        self.then_i_see("You opened this record by override, on")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Close it now")
        self.then_i_see("The record is closed for you again.")
        self.given_i_am_signed_in(self.officer)
        self.when_i_open("/access/review/")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Nell Evening opened the record").click()
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("In order", exact=True).check()
        self.when_i_press("Record the outcome")
        self.then_i_see("The outcome is recorded.")
        self.when_i_follow("Unusual patterns")
        self.then_the_accessibility_baseline_is_met()
