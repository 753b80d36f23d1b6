"""Advice on wording stands beside what a worker writes, and stays out of their way."""

import pytest
from django.urls import reverse

from careplans import areas
from careplans.models import AreaOfLife
from casework.wording.models import WordingAnswer
from tests import factories
from tests.browser.base import BrowserStory
from tests.factories.careplans import Two


class TestWording(BrowserStory):
    @pytest.mark.parametrize("width", [1280, 320])
    def test_a_worker_thinks_again(self, width):
        self.page.set_viewport_size({"width": width, "height": 800})
        member = factories.member("key_worker")
        person = factories.held_person(team=member.memberships.get().team)
        self.given_i_am_signed_in(member)
        self.when_i_open(reverse("diary:record", args=[person.pk]))
        note = self.page.locator("textarea[name=note]")
        note.fill("She was non-compliant and refused x3.")
        advice = self.page.locator("[data-advice]")
        advice.nth(1).wait_for()
        assert "decided not to" in advice.nth(0).inner_text()
        self.then_the_accessibility_baseline_is_met()
        advice.nth(1).get_by_role("button", name="Does not fit here").click()
        advice.nth(1).wait_for(state="detached")
        assert note.input_value() == "She was non-compliant and refused x3."
        note.fill("She decided not to take it, and refused x3.")
        advice.first.wait_for(state="detached")
        self.page.wait_for_timeout(300)  # the answer is on its way
        answers = set(WordingAnswer.objects.values_list("code", "answer"))
        assert answers == {("refused", "wrong"), ("non-compliant", "changed")}

    def test_the_persons_own_words_get_no_advice_and_words_put_to_them_do(self):
        areas.seed(AreaOfLife)  # a story before this one has emptied every table
        two = Two()
        plan = two.plan()
        self.given_i_am_signed_in(two.worker)
        self.when_i_open(reverse("careplans:add", args=[plan.pk, "housing", "goal"]))
        self.when_i_fill("Goal", "To stop being so needy")
        self.page.get_by_label("Marigold is here: we write it together").check()
        advice = self.page.locator("[data-advice]")
        self.page.wait_for_timeout(2000)  # longer than the pause after which advice comes
        assert advice.count() == 0
        self.page.get_by_label("I am on my own: Marigold is asked first").check()
        advice.first.wait_for()
        assert "needy" in advice.first.inner_text()
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Marigold is here: we write it together").check()
        advice.first.wait_for(state="detached")

    def test_a_letter_is_looked_at_without_script(self):
        self.given_i_am_signed_in(factories.member("key_worker"))
        self.when_i_open(reverse("wording:check"))
        self.page.get_by_label("What you have written").fill("He claims he is fine.")
        self.page.get_by_role("button", name="Look at it").click()
        self.then_i_see("says; told me")
        self.then_the_accessibility_baseline_is_met()
