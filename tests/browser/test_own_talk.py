"""Somebody on an old phone writes to their team, keeps a diary, and says how meetings were; their
worker reads and answers."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Browser

from casework.portal.models import TeamMessage
from tests import factories
from tests.browser.base import BrowserStory
from tests.factories.careplans import Two
from tests.factories.portal import own_account


class TestOwnTalk(BrowserStory):
    def given_somebody_with_an_account(self):
        self.two = Two()
        factories.contact(self.two.person, self.two.worker.worker)
        self.me = own_account(self.two.person)

    def test_write_read_and_answer(self, settings):
        settings.DEMO = True  # the second step is tested without a browser
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.given_somebody_with_an_account()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("portal:message_write"))
        self.then_i_see("Not for emergencies")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send my message")
        self.expect_validation_error("Write what you want to say")
        self.when_i_fill("Your message", "The kettle is broken")
        self.when_i_press("Send my message")
        self.then_i_see("Nobody has read it yet.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("portal:questions_answer"))
        self.page.get_by_role("group", name="Did you feel heard?").get_by_label("In part").check()
        self.page.get_by_label("My team, and counted in the numbers").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save my answers")
        self.then_i_see("Did you feel heard? In part.")
        for name in ("portal:new", "portal:notices", "portal:diary", "portal:home"):
            self.when_i_open(reverse(name))
            self.then_the_accessibility_baseline_is_met()

        self.page.context.clear_cookies()
        self.given_i_am_signed_in(self.two.worker)
        self.when_i_open(reverse("own_accounts:inbox"))
        self.then_the_accessibility_baseline_is_met()
        message = TeamMessage.objects.get()
        self.when_i_open(reverse("own_accounts:message", args=[message.pk]))
        assert "kettle" not in self.page.inner_text("main")
        self.page.get_by_role("button", name="Read it").click()
        self.then_i_see("The kettle is broken")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Your answer").fill("I bring one on Tuesday")
        self.when_i_press("Send the answer")
        self.then_i_see("I bring one on Tuesday")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("own_accounts:shared", args=[self.two.person.pk]))
        self.then_i_see("Did you feel heard? In part.")
        self.then_the_accessibility_baseline_is_met()

    def test_a_worker_begins_and_the_person_answers(self, settings):
        settings.DEMO = True  # the second step is tested without a browser
        self.given_a_phone()
        self.given_somebody_with_an_account()
        self.given_i_am_signed_in(self.two.worker)
        self.when_i_open(reverse("people:detail", args=[self.two.person.pk]))
        self.when_i_follow("Write to them on their own pages")
        self.then_i_see("Never for emergencies")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send it")
        self.expect_validation_error(
            "Write what you want to say", "Select whether there is hard news in it"
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Your message", "The kettle is on its way")
        self.page.get_by_role("radio", name="No", exact=True).check()
        self.when_i_press("Send it")
        self.then_i_see("They have not said that they read it.")
        self.then_the_accessibility_baseline_is_met()

        self.page.context.clear_cookies()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("portal:home"))
        self.then_i_see("There is 1 message for you to read.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("portal:messages"))
        self.then_i_see("The kettle is on its way")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Answer this").click()
        self.then_i_see("Not for emergencies")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Your message", "Good. I am in on Tuesday")
        self.when_i_press("Send my answer")
        self.then_i_see("Good. I am in on Tuesday")
        self.then_i_see("You have read it.")
        assert TeamMessage.objects.get(in_reply_to__isnull=False).waits

    def test_a_worker_begins_without_script(self, browser: Browser, live_server, settings):
        settings.DEMO = True
        self.given_somebody_with_an_account()
        self.given_i_am_signed_in(self.two.worker)
        self.when_i_open(reverse("home"))
        page, leave = self.without_script(browser)
        page.goto(self.address + reverse("own_accounts:write_to", args=[self.two.person.pk]))
        page.get_by_label("Your message").fill("The place is gone")
        page.get_by_label("Yes, and nobody has talked with them yet").check()
        page.get_by_role("button", name="Send it").click()
        assert "Waits for a talk" in page.inner_text("main")
        page.get_by_role("button", name="I have talked with them about it").click()
        assert "They have not said that they read it." in page.inner_text("main")
        leave()

        self.page.context.clear_cookies()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("portal:home"))
        page, leave = self.without_script(browser)
        page.goto(self.address + reverse("portal:messages"))
        assert "The place is gone" in page.inner_text("main")
        page.get_by_role("button", name="I have read it").click()
        assert "You have read it." in page.inner_text("main")
        page.get_by_role("link", name="Answer this").click()
        page.get_by_label("Your message").fill("Ring me then")
        page.get_by_role("button", name="Send my answer").click()
        assert "Ring me then" in page.inner_text("main")
        leave()

    def test_a_diary_without_script(self, browser: Browser, live_server, settings):
        settings.DEMO = True
        self.given_somebody_with_an_account()
        self.given_i_am_signed_in(self.me.user)
        self.when_i_open(reverse("portal:home"))
        page, leave = self.without_script(browser)
        page.goto(self.address + reverse("portal:diary_write"))
        page.get_by_label("How were you?").fill("Awake since two")
        page.get_by_role("button", name="Save").click()
        assert "Only you can read it" in page.inner_text("main")
        page.get_by_role("button", name="Let my team read it").click()
        assert "My team can read it" in page.inner_text("main")
        page.get_by_role("button", name="Stop sharing it").click()
        page.get_by_role("link", name="Take it away").click()
        page.get_by_role("button", name="Take it away").click()
        assert "You have not written anything yet" in page.inner_text("main")
        leave()
