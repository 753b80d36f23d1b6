"""Somebody new comes; somebody who looks alike is here; their words are written down with them."""

import datetime as dt

import pytest
from django.urls import reverse

from casework.cases.models import AboutMe, MergeSuspect, Person
from tests import factories
from tests.browser.base import BrowserStory


class TestAddPerson(BrowserStory):
    def given_a_key_worker_and_somebody_who_is_here(self) -> None:
        team = factories.team("Harbour Community Team")
        worker = factories.worker("Grace Fairweather")
        self.user = factories.member("key_worker", team=team, worker=worker, name=worker.name)
        factories.held_person(
            team=team, name="Alexander Samplewell", birth_date=dt.date(1988, 5, 3)
        )

    def when_i_enter_a_date_of_birth(self, day: str, month: str, year: str) -> None:
        self.when_i_fill("Day", day)
        self.when_i_fill("Month", month)
        self.when_i_fill("Year", year)

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_somebody_new(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_key_worker_and_somebody_who_is_here()
        self.given_i_am_signed_in(self.user)
        self.when_i_open(reverse("profile:add"))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("NHS number (optional)", "999 000 0019")
        self.when_i_press("Add this person")
        self.expect_validation_error(
            "Enter a name, or the name they want to be called by",
            "Enter an NHS number that is 10 digits long and correct, like 999 000 0018",
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("NHS number (optional)", "")
        self.when_i_fill("Full name (optional)", "Alex Samplewell")
        self.when_i_enter_a_date_of_birth("3", "5", "1988")
        self.when_i_press("Add this person")
        self.then_i_see("Somebody like this is here already")
        self.then_i_see("Alexander Samplewell")
        assert Person.objects.count() == 1
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("I am not sure: add them, and let somebody decide later").check()
        self.when_i_press("Add this person")
        self.then_the_heading_is("Alex Samplewell")
        self.then_i_see("This person may be recorded twice.")
        self.when_i_follow("Decide whether they are one person")
        self.then_the_heading_is("One person, or two?")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("No, two different people").check()
        self.when_i_press("Record the decision")
        self.then_i_see("The decision is recorded.")
        self.then_the_accessibility_baseline_is_met()
        assert MergeSuspect.objects.get().decision == "different"

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_their_own_words(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_key_worker_and_somebody_who_is_here()
        self.given_i_am_signed_in(self.user)
        person = Person.objects.get()
        self.when_i_open(reverse("profile:edit", args=[person.pk]))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Write About me with them")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Please do", exact=True).fill("Ring before you come")
        self.and_somebody_else_saves(person)
        self.page.get_by_label("Theirs: they wrote or said them, I typed").check()
        self.when_i_press("Save")
        self.then_i_see("Which words stay?")
        self.then_i_see("Knock twice")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Both, one after the other").check()
        self.when_i_press("Save")
        self.then_i_see("Their words are saved.")
        assert AboutMe.objects.get().please_do == "Knock twice\n\nRing before you come"
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("profile:meet", args=[person.pk]))
        self.then_i_see("Knock twice")
        self.then_the_accessibility_baseline_is_met()
        for name in ("happened", "details", "channels", "add_adjustment", "add_statement"):
            self.when_i_open(reverse(f"profile:{name}", args=[person.pk]))
            self.then_the_accessibility_baseline_is_met()

    def and_somebody_else_saves(self, person: Person) -> None:
        AboutMe.objects.create(person=person, please_do="Knock twice", version=1)

    def test_without_script(self, browser):
        """The duplicate warning and the words need nothing but forms."""
        self.given_a_key_worker_and_somebody_who_is_here()
        self.given_i_am_signed_in(self.user)
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(self.page.context.cookies())
        page = context.new_page()
        page.goto(self.address + reverse("profile:add"))
        page.get_by_label("Full name (optional)").fill("Alex Samplewell")
        for label, value in (("Day", "3"), ("Month", "5"), ("Year", "1988")):
            page.get_by_label(label, exact=True).fill(value)
        page.get_by_role("button", name="Add this person").click()
        assert page.get_by_text("Somebody like this is here already").is_visible()
        page.get_by_label("No, this is somebody else").check()
        page.get_by_role("button", name="Add this person").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Alex Samplewell"
        context.close()
        self.when_i_open(reverse("people:list"))
        assert Person.objects.count() == 2
