"""Somebody lets a carer in and takes it away, reads in their language, and asks for more again."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from casework.common import catalogues
from casework.portal.models import CarerAccess, ChangeRequest, PortalAccount
from referrals import services as referrals
from referrals.models import Offer, Referral
from referrals.table import State
from tests.browser.base import BrowserStory
from tests.factories.careplans import Two
from tests.factories.portal import own_account
from tests.factories.referrals import START, Network

PAGES = (
    "portal:home",
    "portal:account",
    "portal:carers",
    "portal:ask",
    "my_plan:plan",
    "my_plan:sharing",
    "my_referrals:list",
)


class TestSharing(BrowserStory):
    def given_a_person_with_a_plan(self):
        self.two = Two()
        self.version = self.two.shared()
        self.me = own_account(self.two.person)

    def test_a_carer_is_let_in_and_taken_away(self, settings):
        settings.DEMO = True  # the second step is tested without a browser
        settings.QUICK_EXIT_URL = "/accounts/login/"  # nothing leaves the host in a story
        self.given_a_phone()
        self.given_a_person_with_a_plan()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("my_plan:sharing"))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("See or change whom I let in")
        self.page.get_by_role("button", name="Let somebody in").click()
        self.when_i_press("Go on")
        self.expect_validation_error("Select whether you are alone and safe to decide this")
        self.page.get_by_label("Yes. I am alone").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Go on")
        self.when_i_fill("Their name", "Juno")
        self.page.get_by_label("When and where my meetings are").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Let them in")
        self.then_the_heading_is("The code for Juno")
        code = self.page.locator(".app-code").inner_text().strip()
        self.then_the_accessibility_baseline_is_met()

        self.page.context.clear_cookies()
        self.when_i_open(reverse("portal:carer_start"))
        self.when_i_fill("Your code", code)
        self.when_i_press("Go on")
        self.when_i_fill("Your email address", "juno@people.example")
        self.when_i_fill("A password", "soup-on-a-sunday-evening")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Go on")
        self.then_i_see("No meeting is booked.")
        self.then_the_accessibility_baseline_is_met()
        theirs = self.page.context.cookies()

        self.page.context.clear_cookies()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("portal:carers"))
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("button", name="Take it away").click()
        self.then_i_see("You have let nobody in.")
        assert CarerAccess.objects.get().removed_at is not None

        self.page.context.clear_cookies()
        self.page.context.add_cookies(theirs)
        self.when_i_open(reverse("portal:carer_home"))
        self.then_i_see("There is nothing here at the moment.")
        assert "Marigold" not in self.page.inner_text("body")
        for _press in range(3):
            self.page.keyboard.press("Shift")
        self.page.wait_for_url("**/accounts/login/**")

    @pytest.mark.parametrize("language", ["cy", catalogues.PSEUDO])
    def test_in_another_language_large_and_with_contrast(self, language, settings, tmp_path):
        place = tmp_path / "en_XA" / "LC_MESSAGES" / "django.mo"
        catalogues.write_mo(place, catalogues.pseudo_catalogue())
        settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
        settings.LANGUAGES = [*settings.LANGUAGES, (catalogues.PSEUDO, "Pseudo")]
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.given_a_person_with_a_plan()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("portal:shown"))
        self.page.locator(f"input[value='{language}']").check()
        self.page.get_by_label("Bigger letters").check()
        self.page.get_by_label("Stronger contrast").check()
        self.when_i_press("Save")
        self.page.wait_for_url("**/account/")
        assert self.page.locator("html").get_attribute("lang") == language
        for name in PAGES:
            self.when_i_open(reverse(name))
            assert self.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
                "rgb(0, 0, 0)"
            )
            self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("my_plan:add", args=["housing", "matters"]))
        self.page.locator("textarea[name=words]").fill("Ystafell dawel")
        self.then_the_accessibility_baseline_is_met()
        self.page.locator("main form button[type=submit]:visible").last.click()
        self.page.wait_for_url("**/area/housing/")
        assert "Ystafell dawel" in self.page.inner_text("main")
        self.when_i_open(reverse("portal:ask"))
        self.page.locator("input[value=worker]").check()
        self.page.locator("main form button[type=submit]:visible").last.click()
        self.page.wait_for_url("**/changes/")
        assert ChangeRequest.objects.get().about == "worker"
        assert PortalAccount.objects.get().language == language

    def test_without_script(self, browser: Browser, live_server):
        """Light touch, more support again with the same worker, a service asked, pages emptied."""
        with time_machine.travel(START - dt.timedelta(days=1), tick=False):
            network = Network()
        referral = network.referral_in(State.IN_SERVICE)
        referral = referrals.change_intensity(
            referral=referral,
            by=referral.named_worker.user,
            intensity="light_touch",
            with_person=True,
        )
        offer = Offer.objects.create(team=network.specialist, name="Thursday", self_referral=True)
        self.given_i_am_signed_in(own_account(network.person).user)
        self.when_i_open(reverse("portal:home"))
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 320, "height": 640}
        )
        context.add_cookies(self.page.context.cookies())
        page = context.new_page()
        page.goto(self.address + reverse("my_referrals:detail", args=[referral.pk]))
        assert "You stay in touch now and then." in page.inner_text("main")
        page.get_by_role("link", name="I need more support for a while").click()
        page.get_by_role("button", name="Send").click()
        assert "owes you an answer" in page.inner_text("main")
        assert ChangeRequest.objects.get().about == "more"
        referrals.change_intensity(
            referral=Referral.objects.get(pk=referral.pk),
            by=referral.named_worker.user,
            intensity="intensive",
            with_person=True,
        )
        page.goto(self.address + reverse("my_referrals:detail", args=[referral.pk]))
        text = page.inner_text("main")
        assert "You get more support" in text and referral.named_worker.name in text
        page.goto(self.address + reverse("my_referrals:ask_service", args=[offer.pk]))
        page.get_by_label("What do you want help with?").fill("Company on Thursdays")
        page.get_by_role("button", name="Send it").click()
        assert "It is sent." in page.inner_text("main")
        page.goto(self.address + reverse("portal:carer_alone"))
        page.get_by_label("Yes. I am alone").check()
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Their name").fill("Juno")
        page.get_by_label("My safety plan").check()
        page.get_by_role("button", name="Let them in").click()
        assert "It is shown this once" in page.inner_text("main")
        page.goto(self.address + reverse("portal:not_safe"))
        page.get_by_role("button", name="Empty these pages now").click()
        assert "There is nothing here at the moment." in page.inner_text("main")
        assert page.get_by_role("link", name="Leave this page now").is_visible()
        assert network.person.display_name not in page.inner_text("body")
        context.close()
        account = PortalAccount.objects.get()
        assert account.unsafe_at is not None and account.unsafe_at <= timezone.now()
