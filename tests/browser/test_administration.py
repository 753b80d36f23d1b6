"""An administrator's pages: users, directory, jobs. Each at a desk and on a phone."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from casework.accounts import invitations
from casework.outbox import services as outbox
from casework.outbox.models import Heartbeat, Job
from tests import factories
from tests.browser.base import BrowserStory


class TestAdministration(BrowserStory):
    @pytest.fixture(autouse=True)
    def _office(self, _story):
        self.administrator = factories.member("administrator", name="Ada Admin")
        self.team = factories.team("Harbour Community Team")
        self.given_i_am_signed_in(self.administrator)

    def when_i_press_the_link(self, name):
        """A link that looks like a button is announced as one."""
        self.page.get_by_role("button", name=name).click()

    def test_a_new_user_is_added_given_a_role_and_their_access_ended(self):
        self.when_i_open(reverse("users:list"))
        self.when_i_press_the_link("Add a user")
        self.then_the_heading_is("Add a user")
        self.when_i_press("Add and send the link")
        self.expect_validation_error("Enter a name", "Enter an email address")
        self.when_i_fill("Name", "Ned New")
        self.when_i_fill("Work email address", "ned@alongside.example")
        self.when_i_press("Add and send the link")
        self.then_the_heading_is("Ned New")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press_the_link("Give a role")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Key worker", exact=True).check()
        self.when_i_press("Continue")
        self.page.get_by_label("Team").select_option(str(self.team.pk))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Give this role")
        self.then_i_see("Key worker, Harbour Community Team")
        self.when_i_follow("End this user's access")
        self.when_i_fill("Why", "Did not start")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("End access now")
        self.then_i_see("Let this user sign in again")

    def test_a_link_leads_to_a_password(self):
        user = invitations.add_user(
            email="ned@alongside.example", name="Ned New", by=self.administrator
        )
        self.page.context.clear_cookies()
        secret = invitations.secret_of(user.invitations.get().pk)
        self.when_i_open(reverse("invitations:open", args=[secret]))
        self.then_the_heading_is("Choose a password")
        assert secret not in self.page.url
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Password", "a-new-invented-password")
        self.when_i_fill("Password again", "a-new-invented-password")
        self.when_i_press("Set this password")
        self.then_i_see("Your password is set")

    @pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
    def test_every_page_meets_the_baseline(self, phone):
        user = factories.member("key_worker", team=self.team, name="Grace Fairweather")
        factories.worker("Grace Fairweather", role_words="Nurse")
        with transaction.atomic():
            outbox.send(channel="email", to="ro@alongside.example", body="x", about="digest")
        Job.objects.update(state=Job.State.FAILED, finished_at=timezone.now(), attempts=8)
        Heartbeat.objects.create(name="worker", at=timezone.now())
        Heartbeat.objects.create(name="slot:outbox.tidy", at=timezone.now())
        if phone:
            self.given_a_phone()
        for name, arguments in (
            ("users:list", []),
            ("users:access", []),
            ("users:detail", [user.pk]),
            ("users:role", [user.pk]),
            ("users:worker", [user.pk]),
            ("users:end", [user.memberships.get().pk]),
            ("directory:teams", []),
            ("directory:workers", []),
            ("directory:organisations", []),
            ("directory:localities", []),
            ("directory:team_edit", [self.team.pk]),
            ("directory:organisation_edit", [self.team.organisation_id]),
            ("jobs:list", []),
            ("jobs:messages", []),
        ):
            self.when_i_open(reverse(name, args=arguments))
            self.then_the_accessibility_baseline_is_met()
