"""A lead names a worker whom the person knows, and a key worker hands over step by step."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.cases.models import WorkerHandover
from tests import factories
from tests.browser.base import BrowserStory

DAY = dt.timedelta(days=1)


class TestAllocation(BrowserStory):
    def given_a_team(self) -> None:
        self.team = factories.team("Harbour Community Team")
        lead = factories.worker("Lena Marsh")
        self.lead = factories.member("team_lead", team=self.team, worker=lead, name=lead.name)
        self.grace = factories.worker("Grace Fairweather", staff_group="02")
        self.joe = factories.worker("Joe Hazelwood")
        for worker in (self.grace, self.joe):
            factories.member("key_worker", team=self.team, worker=worker, name=worker.name)

    def and_somebody_whom_joe_has_met(self) -> None:
        self.person = factories.person_with_key_worker(
            team=self.team,
            worker=self.grace,
            since=timezone.localdate() - 200 * DAY,
            name="Robin Example",
        )
        for days in (4, 11, 18):
            factories.contact(self.person, self.joe, days_ago=days, team=self.team)

    def and_i_open_who_is_with_them(self) -> None:
        self.given_i_am_signed_in(self.lead)
        self.when_i_open(reverse("team_work:company", args=[self.person.pk]))
        self.then_the_heading_is("Robin Example")

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_a_handover(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_team()
        self.and_somebody_whom_joe_has_met()
        self.and_i_open_who_is_with_them()
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Plan a handover").click()
        self.then_the_heading_is("Plan a handover from Grace Fairweather")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Plan the handover")
        self.expect_validation_error(
            "Select a worker",
            "Enter why the worker changes",
            "Select whether it has been talked about with the person",
        )
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Joe Hazelwood").check()
        self.when_i_fill("Why the worker changes", "Grace moves to the valley team")
        self.page.get_by_label("Yes", exact=True).check()
        self.page.get_by_label("What they said about it").fill("I will miss her, but Joe is fine.")
        self.when_i_press("Plan the handover")
        self.then_i_see("The handover is planned.")
        self.then_i_see("I will miss her, but Joe is fine.")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Introduced", exact=True).check()
        self.when_i_press("Record this step")
        self.then_i_see("The step is recorded.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Complete it today")
        self.then_i_see("The handover is complete: Joe Hazelwood is named.")
        handover = WorkerHandover.objects.get()
        assert handover.introduced_on == handover.completed_on == timezone.localdate()
        self.when_i_open(reverse("team_work:handovers"))
        self.then_i_see("No handover is under way.")
        self.then_the_accessibility_baseline_is_met()

    def test_naming_somebody_by_keyboard(self):
        """From the person's page to a named worker without a mouse."""
        self.given_a_team()
        self.person = factories.held_person(team=self.team, name="Robin Example")
        factories.contact(self.person, self.joe, days_ago=4, team=self.team)
        self.and_i_open_who_is_with_them()
        self.when_i_tab_to("Name a worker")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/allocate/")
        self.then_the_heading_is("Name a worker for Robin Example")
        self.when_i_tab_to("Key worker")
        self.page.keyboard.press("Space")
        self.when_i_tab_to("Joe Hazelwood")
        self.page.keyboard.press("Space")
        self.when_i_tab_to("Name this worker")
        self.page.keyboard.press("Enter")
        self.then_i_see("Joe Hazelwood is now named for Robin Example.")
        self.then_the_accessibility_baseline_is_met()

    def test_a_handover_by_keyboard(self):
        """Planned, said who comes and why, and its first step recorded."""
        self.given_a_team()
        self.and_somebody_whom_joe_has_met()
        self.and_i_open_who_is_with_them()
        self.when_i_tab_to("Plan a handover")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/handover/")
        self.when_i_tab_to("Joe Hazelwood")
        self.page.keyboard.press("Space")
        self.when_i_tab_to("Why the worker changes")
        self.page.keyboard.type("Grace moves to the valley team")
        self.when_i_tab_to("Yes")
        self.page.keyboard.press("Space")
        self.when_i_tab_to("What they said about it")
        self.page.keyboard.type("Joe is fine.")
        self.when_i_tab_to("Plan the handover")
        self.page.keyboard.press("Enter")
        self.then_i_see("The handover is planned.")
        self.when_i_tab_to("Introduced")
        self.page.keyboard.press("Space")
        self.when_i_tab_to("Record this step")
        self.page.keyboard.press("Enter")
        self.then_i_see("The step is recorded.")
        self.then_the_accessibility_baseline_is_met()
        assert WorkerHandover.objects.get().introduced_on == timezone.localdate()
