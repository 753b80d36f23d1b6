"""The browser stories notice what must not happen."""

import pytest

from tests.browser.base import BrowserStory


class TestWatchfulness(BrowserStory):
    def test_the_sign_in_page_meets_the_baseline_on_desk_and_phone(self):
        self.when_i_open("/accounts/login/")
        self.then_the_accessibility_baseline_is_met()
        self.given_a_phone()
        self.when_i_open("/accounts/login/")
        self.then_the_accessibility_baseline_is_met()

    def test_a_request_to_another_host_is_noticed(self):
        self.page.context.route("**/*.invalid/**", lambda route: route.abort())
        self.page.goto("data:text/html,<img src='http://elsewhere.invalid/pixel.png'>")
        with pytest.raises(AssertionError, match=r"elsewhere\.invalid"):
            self.then_nothing_left_the_host()
        with pytest.raises(AssertionError, match="Failed to load resource"):
            self.then_the_console_is_quiet()
        self._requests, self._errors = [self.address], []

    def test_a_violation_of_the_security_policy_is_noticed(self):
        self.when_i_open("/accounts/login/")
        self.page.evaluate("document.body.setAttribute('style', 'color: red')")
        self.page.wait_for_timeout(100)
        with pytest.raises(AssertionError, match="policy: style-src"):
            self.then_the_console_is_quiet()
        self._errors = []

    def test_what_assistive_technology_cannot_use_is_noticed(self):
        self.when_i_open("/accounts/login/")
        self.page.evaluate("document.querySelector('main').append(new Image())")
        with pytest.raises(AssertionError, match="image-alt"):
            self.then_the_accessibility_baseline_is_met()
