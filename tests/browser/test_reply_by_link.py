"""A team without accounts answers by a link; forwarding it opens nothing."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from casework.outbox import services as outbox
from referrals.models import Referral, ReplyLink
from referrals.table import State
from tests.browser.base import BrowserStory
from tests.factories.referrals import Network


class TestReplyByLink(BrowserStory):
    def given_a_referral_to_a_team_without_accounts(self) -> None:
        self.net = Network()
        self.net.housing.phone = "01632 960 001"
        self.net.housing.save()
        self.referral = self.net.sent(team=self.net.housing)

    def when_i_send_a_link(self) -> None:
        self.given_i_am_signed_in(self.net.gp)
        self.when_i_open(reverse("paths:reply_link", args=[self.referral.pk]))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send a reply link")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send the link")
        self.expect_validation_error(
            "Enter the e-mail address",
            "Say how you checked that the address is theirs",
            "Say what the person knows about this",
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("E-mail address", "desk@housing.example")
        self.when_i_fill("How did you check that it is theirs?", "Rang the number on their site")
        self.when_i_fill("What does the person know about this?", "They know that Housing reads it")
        self.when_i_press("Send the link")
        self.then_i_see("Now ring them and say the code.")
        self.then_the_accessibility_baseline_is_met()
        self.code = self.page.locator(".app-code").inner_text()
        outbox.run_due()
        letter = next(one for one in mail.outbox if one.to == ["desk@housing.example"])
        found = re.search(r"http\S+", letter.body)
        assert found
        self.link = found.group().removeprefix(settings.SITE_URL)
        assert self.net.person.name not in letter.body

    def when_somebody_opens_it_in_another_browser(self) -> None:
        """A browser that has never been here."""
        self.page.context.clear_cookies()

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_from_the_letter_to_yes(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.given_a_referral_to_a_team_without_accounts()
        self.when_i_send_a_link()
        self.when_somebody_opens_it_in_another_browser()
        self.when_i_open(self.link)
        self.then_the_heading_is("Enter your code")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Code", "0000 0000")
        self.when_i_press("Continue")
        self.expect_validation_error(
            "This code is not right. Check it with the team, and try again"
        )
        self.when_i_fill("Code", self.code)
        self.when_i_press("Continue")
        self.then_the_heading_is("A referral to your team")
        self.then_i_see(self.referral.reason_words)
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Yes, we take it on").check()
        self.when_i_press("Send your answer")
        self.then_the_heading_is("Thank you")
        self.then_the_accessibility_baseline_is_met()
        assert Referral.objects.get().state == State.ACCEPTED
        assert ReplyLink.objects.get().used_at
        self.when_somebody_opens_it_in_another_browser()
        self.page.goto(self.address + self.link)
        self.then_the_heading_is("This link does not work any more")
        self.expect_a_failed_request("410")
        self.then_the_accessibility_baseline_is_met()
