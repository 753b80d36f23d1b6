"""Somebody on an old phone: gets in, reads, writes, disagrees, and leaves at once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from casework.portal.models import ChangeRequest
from tests.browser.base import BrowserStory
from tests.factories.accounts import PASSWORD
from tests.factories.careplans import Two
from tests.factories.portal import invitation, own_account


class TestOwnPages(BrowserStory):
    def given_a_person_with_a_plan(self):
        self.two = Two()
        self.version = self.two.shared()

    def test_from_the_code_to_the_first_proposal(self, settings):
        settings.DEMO = True  # the second step is tested without a browser
        self.given_a_phone()
        self.given_a_person_with_a_plan()
        _row, code = invitation(self.two.person, by=self.two.worker)
        self.when_i_open(reverse("portal:start"))
        self.when_i_fill("Your code", code)
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Go on")
        self.when_i_fill("Your email address", "me@people.example")
        self.when_i_fill("A password", PASSWORD)
        self.when_i_fill("The same password again", PASSWORD)
        self.when_i_press("Go on")
        self.when_i_open(reverse("portal:home"))
        self.then_the_heading_is("Hello Marigold")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("my_plan:add", args=["housing", "action"]))
        self.page.get_by_label("Action", exact=True).fill("Ask the council together")
        self.page.get_by_label("Me", exact=True).check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Propose it")
        self.then_i_see("It is proposed. Your team answers you.")
        self.when_i_open(reverse("my_plan:plan"))
        self.then_i_see("Ask the council together")
        self.then_the_accessibility_baseline_is_met()

    def test_leaving_at_once(self, settings):
        settings.QUICK_EXIT_URL = "/accounts/login/"  # nothing leaves the host in a story
        self.given_a_person_with_a_plan()
        self.given_i_am_signed_in(own_account(self.two.person).user)
        self.when_i_open(reverse("my_plan:plan"))
        for _press in range(3):
            self.page.keyboard.press("Shift")
        self.page.wait_for_url("**/accounts/login/**")
        self.then_the_heading_is("Sign in")

    @pytest.mark.parametrize("script", [False])
    def test_without_script(self, script, browser: Browser, live_server):
        self.given_a_person_with_a_plan()
        self.given_i_am_signed_in(own_account(self.two.person).user)
        self.when_i_open(reverse("portal:home"))
        context = browser.new_context(
            java_script_enabled=script, viewport={"width": 320, "height": 640}
        )
        context.add_cookies(self.page.context.cookies())
        page = context.new_page()
        page.goto(self.address + reverse("my_plan:answer", args=[self.version.pk]))
        page.get_by_label("I do not agree").check()
        page.get_by_label("In your own words").fill("The rent comes first")
        page.get_by_role("button", name="Send my answer").click()
        assert "in your words" in page.inner_text("main")
        page.goto(self.address + reverse("portal:ask"))
        page.get_by_label("I would like another worker").check()
        page.get_by_role("button", name="Send").click()
        assert "owes you an answer" in page.inner_text("main")
        context.close()
        assert self.version.agreements.get().answer == "disagree"
        assert ChangeRequest.objects.get().about == "worker"
