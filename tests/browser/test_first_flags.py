"""A key worker signs in, sees who keeps meeting different people, and opens one person."""

import datetime as dt
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from casework.alerts import services as alerts
from casework.cases import services
from tests import factories
from tests.browser.base import BrowserStory
from tests.factories.accounts import PASSWORD


class TestFirstFlags(BrowserStory):
    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_from_sign_in_to_the_strip(self, size):
        self.given_a_screen(*size)
        self.given_a_person_who_keeps_meeting_different_people()
        self.when_i_sign_in()
        self.then_my_day_names_the_person()
        self.when_i_follow("All my alerts")
        self.then_my_alerts_name_the_person_and_say_why()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Robin Example")
        self.then_i_see_who_is_with_them_and_since_when()
        self.and_the_strip_shows_the_last_contacts_by_worker()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Timeline")
        self.then_i_see("Contact took place")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Why can I see this?")
        self.then_i_see("Harbour Community Team")
        self.then_the_accessibility_baseline_is_met()

    def given_a_screen(self, width, height):
        self.page.set_viewport_size({"width": width, "height": height})

    def given_a_person_who_keeps_meeting_different_people(self):
        team = factories.team("Harbour Community Team")
        mine = factories.worker("Grace Fairweather", staff_group="02")
        self.user = factories.member("key_worker", team=team, worker=mine, name=mine.name)
        today = timezone.localdate()
        person = factories.held_person(team=team, name="Robin Example")
        services.allocate(person=person, worker=mine, start=today - dt.timedelta(days=200), by=None)
        alerts.sweep()  # from here on, what is found is new
        names = ["Joe Hazelwood", "Ruth Summerfield", "Samir Longacre", "Jo Applegarth"]
        others = [factories.worker(name) for name in names]
        for week in range(14):
            factories.contact(
                person, others[week % 4], days_ago=3 + 7 * week, team=team, medium="01"
            )
        alerts.sweep()

    def when_i_sign_in(self):
        self.when_i_open("/")
        self.then_the_heading_is("Sign in")
        self.when_i_fill("Email address", self.user.email)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.when_i_press("Sign in")

    def then_my_day_names_the_person(self):
        alerts = self.page.get_by_role("region", name="Alerts for me")
        expect(alerts.get_by_role("link", name="Robin Example", exact=True)).to_have_count(1)

    def then_my_alerts_name_the_person_and_say_why(self):
        self.then_the_heading_is("My alerts")
        card = self.page.locator(".app-card").filter(has_text="Robin Example")
        expect(card).to_have_count(1)
        assert "different" in card.inner_text()

    def then_i_see_who_is_with_them_and_since_when(self):
        self.then_the_heading_is("Robin Example")
        company = self.page.get_by_role("region", name="Who is with them").inner_text()
        assert "Grace Fairweather" in company
        assert "Key worker, nurse" in company
        assert "(200 days)" in company

    def and_the_strip_shows_the_last_contacts_by_worker(self):
        strip = self.page.locator(".app-faces__contact")
        expect(strip).to_have_count(12)
        letters = self.page.locator(".app-faces__strip .app-face").all_inner_texts()
        assert len(set(letters)) == 4
        assert "Joe Hazelwood" in self.page.locator(".app-faces__legend").inner_text()

    def test_a_long_column_beside_leaves_no_gap(self):
        self.given_a_screen(1280, 900)
        team = factories.team("Harbour Community Team")
        user = factories.member("key_worker", team=team)
        person = factories.held_person(team=team, name="Robin Example")
        for day in range(7):
            factories.contact(person, factories.worker(), days_ago=day + 1, team=team)
        self.given_i_am_signed_in(user)
        self.when_i_open(reverse("people:detail", args=[person.pk]))
        tops = self.page.evaluate(
            """() => [...document.querySelectorAll('.app-record > *')].map(one => {
                 const box = one.getBoundingClientRect();
                 return [one.className.includes('main'), box.top, box.bottom];
               })"""
        )
        main = [(top, bottom) for is_main, top, bottom in tops if is_main]
        beside = [(top, bottom) for is_main, top, bottom in tops if not is_main]
        assert beside[0][0] == main[0][0], "both columns begin at the top"
        assert beside[0][1] > main[0][1] + 100, "the story needs a long column beside"
        gaps = [below[0] - above[1] for above, below in pairwise(main)]
        assert gaps and max(gaps) < 60
