"""Somebody has lost their telephone: an administrator helps, and the privacy officer sees it."""

import pytest
from django.urls import reverse

from casework.cases.models import AccessEntry
from tests import factories
from tests.browser.base import BrowserStory
from tests.integration.accounts.test_strong import app_of


class TestLostSecondStep(BrowserStory):
    @pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
    def test_from_the_users_page_to_the_officers_list(self, phone):
        if phone:
            self.given_a_phone(320)
        user = factories.member("key_worker", name="Grace Fairweather")
        app_of(user)
        self.given_i_am_signed_in(factories.member("administrator", name="Ada Admin"))
        self.when_i_open(reverse("users:detail", args=[user.pk]))
        self.then_i_see("Authenticator app")
        self.then_i_see("Sign them out everywhere")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Lost it").click()
        self.then_the_heading_is("Take away the second step of Grace Fairweather")
        self.when_i_press("Take it away")
        self.expect_validation_error(
            "Select how you made sure that it is them", "Enter what happened"
        )
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("I rang them on the number in our own directory").check()
        self.when_i_fill("What happened", "Lost their telephone on the bus")
        self.when_i_press("Take it away")
        self.then_i_see("sets up a new second step")
        self.then_i_see("Not set up")
        AccessEntry.objects.create(
            action="not_let_in", reason="password", page="account_login", ip="192.0.2.7"
        )
        self.given_i_am_signed_in(factories.member("privacy_officer", name="Pat Lamplight"))
        self.when_i_open(reverse("access:sign_ins"))
        self.then_the_heading_is("Signing in")
        self.then_i_see("Took away a lost second step")
        self.then_i_see("For Grace Fairweather")
        self.then_i_see("Nobody's account")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("users:access"))
        self.page.get_by_role("link", name="Grace Fairweather").click()
        self.then_i_see("Only Grace Fairweather")
        self.then_i_see("Took away a lost second step")
        assert self.page.get_by_text("Nobody's account").count() == 0
        self.then_the_accessibility_baseline_is_met()
