"""Somebody is warned before their sign-in ends and comes back to their words; a person sets up a
passkey on their phone."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test.utils import override_settings
from django.urls import reverse
from playwright.sync_api import Browser

from casework.accounts import drafts
from tests import factories
from tests.browser.base import BrowserStory
from tests.factories.accounts import PASSWORD
from tests.factories.portal import invitation


class TestIdle(BrowserStory):
    """The idle time is a few seconds longer than the warning, so that the story is short."""

    @pytest.fixture(autouse=True)
    def _short(self, _story):
        with override_settings(SESSION_COOKIE_AGE=126):
            yield
            self.page.goto("about:blank")

    def test_warned_stayed_and_back_at_the_same_words(self):
        team = factories.team()
        person = factories.person_with_key_worker(team=team)
        user = factories.member("key_worker", team=team)
        page = reverse("profile:about", args=[person.pk])
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.given_i_am_signed_in(user)
        self.when_i_open(page)
        dialog = self.page.locator("#idle")
        assert not dialog.is_visible()
        box = self.page.locator("textarea").first
        box.fill("Sits by the door")
        dialog.wait_for(state="visible", timeout=20_000)
        self.then_i_see("we will sign you out in 2 minutes")
        self.then_the_accessibility_baseline_is_met()
        with self.page.expect_response(lambda answer: answer.url.endswith("/stay/")) as extended:
            self.page.keyboard.press("Enter")  # the button has the focus
        assert extended.value.json()["left"] > 120
        assert not dialog.is_visible()
        assert box.input_value() == "Sits by the door"
        Session.objects.all().delete()  # the time is over
        dialog.wait_for(state="detached", timeout=20_000)
        self.page.wait_for_url("**/accounts/login/?next=**")
        assert drafts.read(user=user, key=f"about:{person.pk}") is not None
        self.when_i_fill("Email address", user.email)
        self.when_i_fill("Password", PASSWORD)
        self.when_i_press("Sign in")
        self.page.wait_for_url(f"**{page}")
        self.when_i_follow_the_offer()
        assert self.page.locator("textarea").first.input_value() == "Sits by the door"

    def when_i_follow_the_offer(self):
        self.page.get_by_role("button", name="Carry on", exact=True).click()

    def test_without_script_there_is_a_line_and_a_link(self, browser: Browser):
        self.given_i_am_signed_in(factories.member("team_lead"))
        self.when_i_open(reverse("signed_in:list"))
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 320, "height": 640}
        )
        context.add_cookies(self.page.context.cookies())
        page = context.new_page()
        page.goto(self.address + reverse("signed_in:list"))
        assert "you are signed out at" in page.inner_text("body")
        with context.expect_page() as opened:
            page.get_by_role("link", name="Stay signed in (opens a new tab)").click()
        assert "You stay signed in until" in opened.value.inner_text("main")
        context.close()


class TestPasskey(BrowserStory):
    def given_a_phone_with_a_lock(self):
        """A virtual authenticator of the browser: it answers as a phone's lock would."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def test_a_passkey_as_second_step_from_the_first_minute(self, settings):
        settings.STRONG_SIGN_IN = True
        self.address = self.address.replace("127.0.0.1", "localhost")  # a key needs a name
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.given_a_phone_with_a_lock()
        _row, code = invitation(factories.held_person())
        self.when_i_open(reverse("portal:start"))
        self.when_i_fill("Your code", code)
        self.when_i_press("Go on")
        self.when_i_fill("Your email address", "me@people.example")
        self.when_i_fill("A password", PASSWORD)
        self.when_i_fill("The same password again", PASSWORD)
        self.when_i_press("Go on")
        self.then_the_heading_is("One more step to keep it private")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Use a passkey instead")
        self.when_i_fill("A name for it", "My phone")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Add it")
        self.then_i_see("From now on we ask for it each time.")
        self.when_i_press("Sign out")
        self.when_i_open(reverse("account_login"))
        self.when_i_fill("Email address", "me@people.example")
        self.when_i_fill("Password", PASSWORD)
        self.when_i_press("Sign in")
        self.page.get_by_role("button", name="Use a security key or passkey").click()
        self.page.wait_for_url("**/my/**")
        self.when_i_open(reverse("portal:account"))
        self.then_i_see("Passkey: My phone")
        self.then_i_see("(here)")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Add an app that shows 6 numbers")
        self.then_i_see("Enter the 6 numbers that the app shows")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("portal:confirm"))
        self.then_the_accessibility_baseline_is_met()
