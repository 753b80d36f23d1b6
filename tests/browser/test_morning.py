"""A coordinator's morning: the day, a meeting recorded, a promise kept, a list kept, a search."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from casework.alerts.models import Alert
from casework.cases.models import Note, Step
from casework.cases.services import entries, steps
from casework.cases.services.steps import Promise
from casework.worklist.models import SavedFilter
from tests import factories
from tests.browser.base import BrowserStory

SIZES = [(1280, 900), (320, 740)]


class MorningStory(BrowserStory):
    """Grace coordinates: she is the key worker of Ro and of Bel."""

    def given_a_screen(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def given_grace_has_a_working_day(self):
        today = timezone.localdate()
        self.team = factories.team("Harbour Community Team", phone="01632 960 001")
        self.grace = factories.worker("Grace Fairweather", staff_group="02")
        self.user = factories.member(
            "key_worker", team=self.team, worker=self.grace, name=self.grace.name
        )
        self.ro, self.bel = (
            factories.person_with_key_worker(
                team=self.team, worker=self.grace, since=today - dt.timedelta(days=200), **names
            )
            for names in (
                {"name": "Robin Example", "preferred_name": "Ro"},
                {"name": "Bel Example", "birth_date": dt.date(1984, 3, 12)},
            )
        )
        factories.contact(self.ro, factories.worker("Joe Hazelwood"), days_ago=9, team=self.team)
        factories.contact(self.bel, self.grace, days_ago=50, team=self.team)
        self.bel.cases.update(opened_on=today - dt.timedelta(days=200))
        entries.book(
            person=self.ro,
            workers=[self.grace],
            date=today,
            time=dt.time(0, 5),
            team=self.team,
            by=self.user,
            medium="01",
        )
        promise = Promise("Ring the council", today, worker=self.grace)
        self.step = steps.make_step(person=self.bel, by=self.user, promise=promise)
        Alert.objects.create(
            rule="losing_touch",
            subject_key=f"person:{self.bel.pk}",
            person=self.bel,
            worker=self.grace,
            team=self.team,
            sentence="Nobody has met them for 50 days.",
            next_step="Offer a meeting.",
            opened_on=today,
            updated_on=today,
        )

    def then_i_am_at_my_day(self):
        heading = self.page.get_by_role("heading", level=1).inner_text()
        assert heading.startswith("Today")

    def then_it_is_light(self):
        assert len(self.page.content()) < 60_000


@pytest.mark.parametrize("size", SIZES, ids=str)
class TestMorning(MorningStory):
    def test_a_coordinators_morning(self, size):
        self.given_a_screen(size)
        self.given_grace_has_a_working_day()
        self.given_i_am_signed_in(self.user)
        self.when_i_open(reverse("home"))
        self.then_i_am_at_my_day()
        for words in ("12:05am, Ro", "Ring the council", "Nobody has met them for 50 days."):
            self.then_i_see(words)
        self.then_the_accessibility_baseline_is_met()
        self.then_it_is_light()
        self.when_i_follow_an_alert_to_the_person_and_return()
        self.and_i_record_todays_meeting()
        self.and_i_keep_the_promise()
        self.and_i_keep_a_list_of_those_not_met()
        self.and_i_search_from_the_header()

    def when_i_follow_an_alert_to_the_person_and_return(self):
        self.page.get_by_role("link", name="Next step: Offer a meeting.").click()
        self.then_i_see("Nobody has met them for 50 days.")
        self.page.get_by_role("link", name="Bel Example").first.click()
        self.then_the_heading_is("Bel Example")
        self.page.get_by_role("link", name="Alongside", exact=True).click()
        self.then_i_am_at_my_day()

    def and_i_record_todays_meeting(self):
        self.page.get_by_role("link", name="Record how it went").click()
        self.when_i_fill("What was said and agreed", "We looked at the letter together.")
        self.when_i_press("Save the contact")
        self.then_i_see("The contact is recorded.")
        self.then_i_am_at_my_day()
        self.then_i_see("Attended")
        self.then_the_accessibility_baseline_is_met()
        assert Note.objects.get().words == "We looked at the letter together."

    def and_i_keep_the_promise(self):
        self.page.get_by_role("link", name="Mark as done").click()
        self.when_i_fill("What happened (optional)", "They will come on Monday.")
        self.when_i_press("Mark as done")
        self.then_i_am_at_my_day()
        self.then_i_see("Nothing is due.")
        assert Step.objects.get().done_by == self.user

    def and_i_keep_a_list_of_those_not_met(self):
        self.when_i_follow("All my people")
        self.then_the_heading_is("My people")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Show", exact=True).select_option("quiet")
        self.when_i_press("Show the list")
        expect(self.page.locator(".app-people tbody tr")).to_have_count(1)
        self.when_i_follow("Keep this list under a name")
        self.when_i_press("Keep the list")
        self.expect_validation_error("Enter a name for the list")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Name of the list", "To see soon")
        self.when_i_press("Keep the list")
        self.then_i_see("The list is kept.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Rename or remove a list")
        self.then_the_heading_is("My lists")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Rename To see soon").click()
        self.when_i_fill("Name of the list", "To see this week")
        self.when_i_press("Save")
        self.then_i_see("The list has a new name.")
        self.when_i_follow("To see this week")
        expect(self.page.locator(".app-people tbody tr")).to_have_count(1)
        assert SavedFilter.objects.get().query == "show=quiet"

    def and_i_search_from_the_header(self):
        for words in ("bel", "12 Mar 1984", self.bel.nhs_number_display):
            box = self.page.get_by_role("searchbox").first
            box.fill(words)
            box.press("Enter")
            self.page.wait_for_url("**/people/?found=1")
            self.then_i_see("People who match")
            expect(self.page.locator(".app-people tbody tr")).to_have_count(1)
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Bel Example")
        self.then_the_heading_is("Bel Example")


class TestByKeyboard(MorningStory):
    def test_the_day_is_worked_without_a_mouse(self):
        self.given_grace_has_a_working_day()
        self.given_i_am_signed_in(self.user)
        self.when_i_open(reverse("home"))
        self.page.keyboard.press("Tab")
        assert self.the_focus_says("Skip to main content")
        self.page.keyboard.press("Enter")
        order = [self.after_a_tab() for _ in range(4)]
        assert order[0].startswith("12:05am, Ro")
        assert order[1].startswith("Record how it went")
        assert order[2:] == ["My diary", "Bel Example"]
        assert self.after_a_tab().startswith("Next step: Offer a meeting.")
        assert [self.after_a_tab() for _ in range(2)] == ["All my alerts", "Bel Example"]
        assert self.after_a_tab().startswith("Mark as done")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/step/**")
        self.page.go_back()
        while not self.page.evaluate("document.activeElement.id === 'find-a-person'"):
            self.page.keyboard.press("Shift+Tab")
        self.page.keyboard.type("robin")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/people/?found=1")
        self.then_i_see("People who match")

    def the_focus_says(self, words):
        return self.page.evaluate("document.activeElement.innerText").strip() == words

    def after_a_tab(self):
        self.page.keyboard.press("Tab")
        focus = self.page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle"
            " + getComputedStyle(document.activeElement).boxShadow"
        )
        assert focus != "nonenone", "focus cannot be seen"
        return self.page.evaluate("document.activeElement.innerText").strip()


class TestTeam(MorningStory):
    @pytest.mark.parametrize("size", SIZES, ids=str)
    def test_a_lead_looks_at_the_team(self, size):
        self.given_a_screen(size)
        self.given_grace_has_a_working_day()
        factories.held_person(team=self.team, name="Nobody Named")
        self.given_i_am_signed_in(factories.member("team_lead", team=self.team))
        self.when_i_open(reverse("home"))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Who is away, who waits, what has stopped")
        self.then_i_see("Name a key worker")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Everybody, longest since a contact first")
        self.then_the_heading_is("My team's people")
        expect(self.page.locator(".app-people tbody tr")).to_have_count(3)
        self.then_the_accessibility_baseline_is_met()


class TestWithoutScript(MorningStory):
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_a_list_is_filtered_and_a_person_found(self):
        self.given_grace_has_a_working_day()
        self.given_i_am_signed_in(self.user)
        self.when_i_open(reverse("my_people"))
        self.page.get_by_label("Show", exact=True).select_option("alerts")
        self.when_i_press("Show the list")
        expect(self.page.locator(".app-people tbody tr")).to_have_count(1)
        self.page.get_by_role("searchbox").first.fill("Robin")
        self.page.get_by_role("button", name="Find", exact=True).click()
        self.then_i_see("People who match")
