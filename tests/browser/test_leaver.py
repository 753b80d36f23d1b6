"""Somebody leaves: a lead finds somebody for everybody, and nobody is left without."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from casework.cases.models import Absence, Allocation
from tests import factories
from tests.browser.base import BrowserStory

DAY = dt.timedelta(days=1)


class TestLeaver(BrowserStory):
    def given_a_worker_with_three_people(self) -> None:
        self.team = factories.team("Harbour Community Team")
        lead = factories.worker("Lena Marsh")
        self.lead = factories.member("team_lead", team=self.team, worker=lead, name=lead.name)
        self.grace = factories.worker("Grace Fairweather", staff_group="02")
        self.joe = factories.worker("Joe Hazelwood")
        for worker in (self.grace, self.joe):
            factories.member("key_worker", team=self.team, worker=worker, name=worker.name)
        since = timezone.localdate() - 90 * DAY
        self.people = [
            factories.person_with_key_worker(
                team=self.team, worker=self.grace, since=since, name=name
            )
            for name in ("Alex Samplewell", "Bo Quarrington", "Cass Illworth")
        ]
        factories.contact(self.people[2], self.joe, days_ago=5, team=self.team)

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_nobody_is_left_without(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_worker_with_three_people()
        self.given_i_am_signed_in(self.lead)
        self.when_i_open(reverse("team_work:leavings"))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow_the_button("Somebody is leaving")
        self.when_i_say_who_leaves_and_who_covers()
        self.then_the_heading_is("Grace Fairweather is leaving")
        self.then_i_see("3 people still need somebody.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_give_two_people_to_joe()
        self.then_i_see("1 person still needs somebody.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Find somebody for Cass Illworth")
        self.then_the_heading_is("Who takes over for Cass Illworth")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Joe Hazelwood").check()
        self.page.get_by_label("Not yet").check()
        self.when_i_press("Give everything to this worker")
        self.then_i_see("Everything has somebody.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Finish")
        self.then_i_see("Grace Fairweather has left. Nobody is without a holder.")
        self.then_the_accessibility_baseline_is_met()
        assert not Absence.objects.filter(leaving=True, end__isnull=True).exists()
        held = Allocation.objects.filter(end__isnull=True)
        assert {one.worker for one in held} == {self.joe}
        assert {one.person for one in held} == set(self.people)

    def when_i_follow_the_button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_url("**/add/")

    def when_i_say_who_leaves_and_who_covers(self) -> None:
        self.when_i_press("Continue")
        self.expect_validation_error("Select who leaves", "Enter the last day", "Select who covers")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Who leaves").select_option(label="Grace Fairweather, nurse")
        yesterday = timezone.localdate() - DAY
        self.when_i_fill("Day", str(yesterday.day))
        self.when_i_fill("Month", str(yesterday.month))
        self.when_i_fill("Year", str(yesterday.year))
        self.page.get_by_label("A duty team").check()
        self.page.get_by_label("Team", exact=True).select_option(label="Harbour Community Team")
        self.when_i_press("Continue")

    def when_i_give_two_people_to_joe(self) -> None:
        self.page.get_by_label("Alex Samplewell", exact=True).check()
        self.page.get_by_label("Bo Quarrington", exact=True).check()
        self.page.get_by_label("Give them to").select_option(str(self.joe.pk))
        self.when_i_press("Give these people to this worker")
        results = self.page.get_by_role("region", name="What has moved")
        expect(results.get_by_text("1 thing moved")).to_have_count(2)

    def test_by_keyboard(self):
        """Who leaves, who covers, and one person who is given to somebody they have met."""
        self.given_a_worker_with_three_people()
        self.given_i_am_signed_in(self.lead)
        self.when_i_open(reverse("team_work:leavings"))
        self.when_i_tab_to("Somebody is leaving")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/add/")
        self.when_i_tab_to("Who leaves")
        self.page.keyboard.type("Grace")
        self.when_i_tab_to_the_field(self.page.locator("[name$=_day]").get_attribute("name"))
        yesterday = timezone.localdate() - DAY
        for value in (yesterday.day, yesterday.month, yesterday.year):
            self.page.keyboard.type(str(value))
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Shift+Tab")
        self.when_i_tab_to("One worker")
        self.when_i_arrow_to("A duty team")
        self.when_i_tab_to("Team")
        self.page.keyboard.type("Harbour")
        self.when_i_tab_to("Continue")
        self.page.keyboard.press("Enter")
        self.then_i_see("3 people still need somebody.")
        self.when_i_tab_to("Find somebody for Cass Illworth")
        self.page.keyboard.press("Enter")
        self.then_the_heading_is("Who takes over for Cass Illworth")
        self.when_i_tab_to("Joe Hazelwood")
        self.page.keyboard.press("Space")
        self.when_i_tab_to("Yes")
        self.when_i_arrow_to("Not yet")
        self.when_i_tab_to("Give everything to this worker")
        self.page.keyboard.press("Enter")
        self.then_i_see("2 people still need somebody.")
        held = Allocation.objects.filter(end__isnull=True, worker=self.joe)
        assert [one.person for one in held] == [self.people[2]]
