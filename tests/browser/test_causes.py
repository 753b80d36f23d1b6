"""A lead's review of causes: what came to them, why, since when, and from which point on."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.alerts import acting
from casework.alerts.models import Alert, AlertAction
from casework.continuity.models import PolicyValue
from tests import factories
from tests.browser.base import BrowserStory

DAY = dt.timedelta(days=1)
CAUSES = ("crisis_rota", "vacancy", "joint", "")


class TestCauses(BrowserStory):
    def given_a_team_in_which_things_came_up(self) -> None:
        self.team = factories.team("Harbour Community Team")
        self.lead = factories.member("team_lead", team=self.team, name="Lena Marsh")
        self.grace = factories.worker("Grace Fairweather")
        self.holder = factories.member(
            "key_worker", team=self.team, worker=self.grace, name="Grace Fairweather"
        )
        self.person = factories.person_with_key_worker(
            team=self.team, worker=self.grace, name="Alex Samplewell"
        )
        today = timezone.localdate()
        for n in range(18):
            self._alert(
                cause_kind=CAUSES[n % 4],
                opened_on=today - (10 * n + 40) * DAY,
                resolved_on=today - 10 * n * DAY,
            )
        self.alert = self._alert(
            cause_kind="crisis_rota",
            opened_on=today,
            next_step="Name somebody the person already knows.",
        )
        acting.answer(
            alert=self.alert, by=self.holder, choice="not_ours", words="The rota is not ours."
        )

    def _alert(self, **fields: Any) -> Alert:
        return Alert.objects.create(
            rule="many_faces",
            subject_key=f"person:{Alert.objects.count()}",
            person=self.person,
            team=self.team,
            worker=self.grace,
            organisation=self.team.organisation,
            sentence="5 different people in the last 6 meetings, 4 of them in crisis.",
            cause="Crisis visits by whoever is on shift: 4 of the last 6 meetings.",
            updated_on=timezone.localdate(),
            **fields,
        )

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_a_lead_s_review_of_causes(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_team_in_which_things_came_up()
        self.given_i_am_signed_in(self.lead)
        self.when_i_open(reverse("alerts:team"))
        self.when_i_follow("Come to you to decide: 1 person")
        self.then_i_see("It has come to the team lead.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_put_it_off_by_keyboard()
        self.then_i_see("It is put off.")
        self.when_i_open(reverse("alerts:causes"))
        self.then_i_see("19 alerts came up in the last 12 months.")
        self.then_i_see("Crisis shifts")
        assert "Grace" not in self.page.content()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("By team")
        self.then_the_accessibility_baseline_is_met()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Table for a spreadsheet (CSV)").click()
        assert "Harbour Community Team" in download.value.path().read_text()
        self.when_i_open(reverse("alerts:thresholds"))
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Different workers in the last six meetings").click()
        self.when_i_fill("Threshold (workers)", "many")
        self.when_i_press("Save")
        self.expect_validation_error("Enter a whole number, like 12", "Enter why it is changed")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Threshold (workers)", "5")
        self.when_i_press("See how many would be flagged")
        self.then_i_see("Nothing has been saved yet.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Why", "Two shifts a day meet everybody")
        self.when_i_press("Save")
        self.then_i_see("Saved. It counts from the next look at everybody.")
        self.then_i_see("Two shifts a day meet everybody")
        assert PolicyValue.objects.get().value == 5

    def test_the_review_by_keyboard(self):
        """From the lead's day to what came up, the causes by team, and a threshold tried out."""
        self.given_a_team_in_which_things_came_up()
        self.given_i_am_signed_in(self.lead)
        self.when_i_open(reverse("home"))
        self.when_i_tab_to("1 person about whom something has come to you to decide")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/alerts/team/**")
        self.when_i_put_it_off_by_keyboard()
        self.when_i_tab_to("Causes")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/alerts/causes/**")
        self.when_i_tab_to("By team")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/causes/?by=team")
        self.when_i_open(reverse("alerts:thresholds"))
        self.when_i_tab_to("Different workers in the last six meetings")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/thresholds/many_faces.staff/**")
        self.when_i_tab_to_the_field("value")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type("5")
        self.when_i_tab_to("See how many would be flagged")
        self.page.keyboard.press("Enter")
        self.then_i_see("Nothing has been saved yet.")
        assert not PolicyValue.objects.exists()

    def when_i_put_it_off_by_keyboard(self) -> None:
        self.when_i_tab_to("Answer, put off or done")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/alerts/*-*/**")
        self.then_i_see("The rota is not ours.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_tab_to("I have seen it and I am on it")
        self.when_i_arrow_to("Put it off")
        until = timezone.localdate() + 3 * DAY
        for text in ("The rota changes next week", str(until.day), str(until.month), "year"):
            self.page.keyboard.press("Tab")
            self.page.keyboard.type(text if text != "year" else str(until.year))
        self.when_i_tab_to("Save")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/alerts/team/**")
        said = AlertAction.objects.get(kind="snoozed")
        assert (said.words, said.until) == ("The rota changes next week", until)
