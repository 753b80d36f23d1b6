"""Every field in error, every component and the sign-in pages, at any width, for everybody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user_model

from casework.jinja import url
from tests.browser.base import BrowserStory
from tests.unit.ui.gallery import MESSAGES
from tests.unit.ui.lending import lend_gallery

PASSWORD = "correct horse battery staple"


class TestLook(BrowserStory):
    @pytest.fixture(autouse=True)
    def _gallery(self, settings: Any) -> Iterator[None]:
        settings.DEMO = True
        yield from lend_gallery(settings)

    def given_a_narrow_screen(self) -> None:
        self.page.set_viewport_size({"width": 320, "height": 640})

    def given_a_user(self) -> Any:
        return get_user_model().objects.create_user(
            "sam@example.com", PASSWORD, name="Sam Okoro-Featherstonehaugh"
        )

    def when_today_is_rubbed_out(self) -> None:
        for part in ("Day", "Month", "Year"):
            self.when_i_fill(part, "")

    @pytest.mark.parametrize("width", [320, 1280])
    def test_every_field_in_error(self, width: int):
        self.page.set_viewport_size({"width": width, "height": 800})
        self.when_i_open("/gallery/form/")
        self.then_the_accessibility_baseline_is_met()
        self.when_today_is_rubbed_out()
        self.when_i_press("Save")
        self.expect_validation_error(*MESSAGES)
        self.then_the_accessibility_baseline_is_met()

    def test_a_link_of_the_summary_leads_to_its_field(self):
        self.when_i_open("/gallery/form/")
        self.when_today_is_rubbed_out()
        self.when_i_press("Save")
        self.page.get_by_role("link", name="Enter the date of the meeting").click()
        focused = self.page.evaluate("document.activeElement.id")
        assert focused == "id_met_on_day"

    def test_a_choice_reveals_its_question(self):
        self.when_i_open("/gallery/form/")
        question = self.page.get_by_label("What was the reason?")
        assert not question.is_visible()
        self.page.locator("#id_reason-3").check()
        assert question.is_visible()

    @pytest.mark.parametrize("width", [320, 1280])
    def test_components(self, width: int):
        self.page.set_viewport_size({"width": width, "height": 800})
        self.given_i_am_signed_in(self.given_a_user())
        self.when_i_open("/gallery/components/")
        self.then_i_see("The key worker was changed.")
        self.then_the_accessibility_baseline_is_met()

    @pytest.mark.parametrize(
        "path",
        [
            "/accounts/login/",
            "/accounts/logout/",
            "/accounts/signup/",
            "/accounts/password/reset/",
            "/accounts/password/reset/done/",
            "/accounts/password/reset/key/1-broken/",
            "/accounts/password/reset/key/done/",
            "/accounts/inactive/",
            "/accounts/confirm-email/",
            "/accounts/confirm-email/broken/",
        ],
    )
    def test_pages_before_sign_in(self, path: str):
        self.given_a_narrow_screen()
        if path == "/accounts/logout/":
            self.given_i_am_signed_in(self.given_a_user())
        self.when_i_open(path)
        self.then_the_accessibility_baseline_is_met()
        self.then_i_see("116 123")

    def test_a_wrong_password_is_told_and_a_right_one_lets_in(self):
        self.given_a_user()
        self.when_i_open("/accounts/login/")
        self.when_i_press("Sign in")
        self.expect_validation_error("Enter your email address", "Enter your password")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Email address", "sam@example.com")
        self.when_i_fill("Password", PASSWORD)
        self.when_i_press("Sign in")
        self.then_the_heading_is("Every field")
        self.when_i_press("Sign out")
        self.then_the_heading_is("Sign in")

    def when_i_sign_in(self) -> None:
        self.when_i_open("/accounts/login/")
        self.when_i_fill("Email address", "sam@example.com")
        self.when_i_fill("Password", PASSWORD)
        self.when_i_press("Sign in")

    def and_i_confirm_that_it_is_me(self) -> None:
        self.then_the_heading_is("Confirm that it is you")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Password", PASSWORD)
        self.when_i_press("Confirm")

    def test_an_authenticator_app_is_set_up_and_used(self, settings: Any):
        # showing recovery codes notes in the database that they were shown, on a GET
        settings.MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
        settings.MFA_TOTP_TOLERANCE = 1  # the browser may need longer than what is left of a code
        self.given_a_user()
        self.when_i_sign_in()
        self.when_i_open(url("mfa_index"))
        self.then_the_heading_is("How you sign in")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Set up an app")
        self.and_i_confirm_that_it_is_me()
        self.then_the_heading_is("Set up an authenticator app")
        self.then_the_accessibility_baseline_is_met()
        secret = self.page.locator("code").inner_text().strip()
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        self.when_i_fill("Security code", code)
        self.when_i_press("Turn it on")
        self.then_the_heading_is("How you sign in")
        self.then_i_see("Turn off the app")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Sign out")
        self.when_i_sign_in()
        self.then_the_heading_is("Enter your security code")
        self.then_the_accessibility_baseline_is_met()

    def given_a_security_key(self) -> None:
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "usb",
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )

    def test_a_security_key_is_added_and_used(self, settings: Any):
        settings.MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
        self.given_a_user()
        self.given_a_security_key()
        self.when_i_sign_in()
        self.when_i_open(url("mfa_index"))
        self.when_i_follow("Add a key")
        self.and_i_confirm_that_it_is_me()
        self.then_the_heading_is("Add a security key or passkey")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Name").fill("Blue key")
        self.when_i_press("Add it")
        self.when_i_follow("Manage keys")
        self.then_i_see("Blue key")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Sign out")
        self.when_i_sign_in()
        self.then_the_heading_is("Enter your security code")
        self.when_i_press("Use a security key or passkey")
        self.then_i_see("Every field")
        self.then_the_heading_is("Every field")
