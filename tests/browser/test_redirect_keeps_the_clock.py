"""A referral moves on to another team: nothing is written again, and the clock keeps running."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from casework.cases.models import Person
from casework.common.presenters import short_date
from referrals import services
from referrals.models import Referral
from referrals.table import State
from tests.browser.base import BrowserStory
from tests.factories.referrals import Network

WEEKS = dt.timedelta(weeks=5)


class TestRedirect(BrowserStory):
    def given_a_referral_that_is_passed_on_twice(self) -> None:
        start = timezone.now() - WEEKS
        with time_machine.travel(start, tick=False):
            self.net = Network()
            Person.objects.filter(pk=self.net.person.pk).update(preferred_name="Robin")
            self.referral = self.net.sent()
        with time_machine.travel(start + dt.timedelta(days=9), tick=False):
            services.redirect(
                referral=self.referral, by=self.net.gp, team=self.net.specialist, reason="More time"
            )
        self.start = timezone.localdate(start)
        self.given_i_am_signed_in(self.net.gp)
        self.when_i_open(reverse("referrals:detail", args=[self.referral.pk]))
        self.page.get_by_role("link", name="Pass on to another team").click()
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("To which team").select_option(label="Crisis team")
        self.page.get_by_label("Why", exact=False).first.fill("Sooner")
        self.when_i_press("Pass it on")
        self.then_i_see("Passed on to another team.")
        self.then_i_see(f"since {short_date(self.start)}".replace("\xa0", " "))
        self.then_the_accessibility_baseline_is_met()
        self.page.context.clear_cookies()

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_one_clock_through_three_teams(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_referral_that_is_passed_on_twice()
        row = Referral.objects.get()
        assert (row.state, row.redirects) == (State.SENT, 2)
        assert (row.asked_on, row.received_on) == (self.start, self.start)
        assert row.reason_words == "I cannot go on like this on my own."
        self.given_i_am_signed_in(self.net.shift_lead)
        self.when_i_open(reverse("people:detail", args=[self.net.person.pk]))
        self.when_i_follow("Journey between teams")
        self.then_the_heading_is("Robin")
        self.then_i_see("Passed on 2 times.")
        self.then_the_accessibility_baseline_is_met()
        rows = self.page.get_by_role("table").first.locator("tbody tr")
        teams = ["Surgery", "Community team", "Specialist service", "Crisis team"]
        expect(rows).to_have_count(len(teams))
        for n, team in enumerate(teams):
            assert team in rows.nth(n).inner_text()
        picture = self.page.locator("svg[role=img]")
        assert picture.get_attribute("aria-labelledby") == "title-1 desc-1"
        self.page.get_by_role("link", name="Plan a short joint meeting").click()
        self.then_the_heading_is("Plan a joint meeting about Robin")
        self.then_the_accessibility_baseline_is_met()
        day = timezone.localdate() + dt.timedelta(days=3)
        self.when_i_fill("Day", str(day.day))
        self.when_i_fill("Month", str(day.month))
        self.when_i_fill("Year", str(day.year))
        self.when_i_fill("Who is asked to come", "Surgery, crisis team and Robin")
        self.when_i_press("Plan the meeting")
        self.then_i_see("The meeting is planned.")
        self.then_i_see("Surgery, crisis team and Robin")
        self.then_the_accessibility_baseline_is_met()
