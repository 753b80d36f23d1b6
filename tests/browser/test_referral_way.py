"""The way of a referral through the pages: declined, challenged, met, accepted, lighter and more
again; and several at once, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from referrals.models import Referral
from referrals.table import State
from tests.browser.base import BrowserStory
from tests.factories.cases import held_person
from tests.factories.referrals import START, Network


class TestReferralWay(BrowserStory):
    @pytest.fixture(autouse=True)
    def _network(self, _story: Any, db: Any) -> None:
        with time_machine.travel(START, tick=False):
            self.net = Network()

    def when_the_gp_asks_for_help(self) -> None:
        """From the person's page, through the list of teams, to a referral that both have read."""
        self.and_i_am(self.net.gp)
        self.when_i_open(reverse("people:detail", args=[self.net.person.pk]))
        self.when_i_follow("Ask for help from another team")
        self.page.get_by_label("They take over").check()
        self.when_i_press("See who could help")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("button", name="Community team").click()
        self.when_i_fill(
            "What I want help with, in my own words", "I cannot go on like this on my own."
        )
        self.page.get_by_label("They want it").check()
        self.page.get_by_label("Routine: the other team's usual wait").check()
        self.when_i_fill("How to reach the person", "A text first")
        self.page.get_by_label("Who holds them meanwhile?").select_option(label="Nurse Nash")
        self.when_i_fill("What support do they get while they wait?", "A call every week")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save the draft and read it")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send it")
        self.then_i_see("Sent to Community team. Nurse Nash holds")
        self.then_the_accessibility_baseline_is_met()
        self.referral = Referral.objects.get()
        self.then_it_is(State.SENT)

    def and_i_am(self, user: Any) -> None:
        self.page.context.clear_cookies()
        self.given_i_am_signed_in(user)

    def when_i_open_it(self) -> None:
        self.when_i_open(reverse("referrals:detail", args=[self.referral.pk]))

    def when_i_choose(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).or_(
            self.page.locator("main").get_by_role("link", name=name, exact=True)
        ).first.click()

    def then_it_is(self, state: State) -> None:
        assert Referral.objects.get(pk=self.referral.pk).state == state

    def when_the_diary_says_that_they_met(self) -> None:
        self.page.get_by_label("Attended", exact=True).check()
        self.page.get_by_label("Time", exact=True).fill("00:05")
        self.page.get_by_label("How long", exact=True).fill("30")
        self.page.get_by_label("How", exact=True).select_option(label="Face to face")
        self.page.get_by_label("What for", exact=True).select_option(label="Support")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save the contact")
        self.then_i_see("The contact is recorded.")

    def enter_today(self) -> None:
        today = timezone.localdate()
        for label, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
            self.page.get_by_label(label, exact=True).fill(str(value))

    @pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])
    def test_declined_challenged_accepted_and_a_lighter_touch(self, size):
        net = self.net
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.when_the_gp_asks_for_help()
        # the community team has it, and thinks that somebody else could help more
        self.and_i_am(net.member)
        self.when_i_open_it()
        self.then_i_see("I cannot go on like this on my own.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("We have it")
        self.then_i_see("It is your team's turn next")
        self.when_i_choose("Propose to decline")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Propose it to the sender")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Why, in plain words").fill("We have no group for this just now.")
        self.page.get_by_label("What your team cannot offer").fill("A group")
        self.page.get_by_label("Another team", exact=True).check()
        self.page.get_by_label("Which team").select_option(label="Specialist service")
        self.page.get_by_label("What would help is something that we do not offer").check()
        self.page.get_by_label("02: not the right place").check()
        self.when_i_press("Propose it to the sender")
        self.then_i_see("Decline proposed. Surgery is told that it is their turn.")
        self.then_it_is(State.DECLINE_PROPOSED)
        self.then_the_accessibility_baseline_is_met()
        # the GP talks with the person, and does not agree
        self.and_i_am(net.gp)
        self.when_i_open_it()
        self.then_i_see("Community team thinks that Specialist service could help more.")
        self.when_i_choose("Agree, and say what comes next")
        self.enter_today()
        self.then_the_accessibility_baseline_is_met()
        self.page.go_back()
        self.when_i_choose("Challenge the decline")
        self.page.get_by_label("Why", exact=True).fill("She knows the team, and wants to be there.")
        self.when_i_press("Challenge the decline")
        self.then_i_see("She knows the team, and wants to be there.")
        self.then_it_is(State.RECEIVED)
        # they meet, say yes, and name somebody
        self.and_i_am(net.lead)
        self.when_i_open_it()
        self.when_i_choose("Offer a meeting")
        self.page.get_by_label("The meeting that was offered").fill("Monday at ten, at home")
        self.when_i_press("Record the offer")
        self.then_it_is(State.ASSESSING)
        self.when_i_choose("Accept")
        self.then_i_see("Accepted. It is your team's turn next")
        self.when_i_choose("Name a worker")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Who", exact=True).select_option(label="Community team: Key Kerr")
        self.when_i_press("Name this worker")
        self.then_i_see("Worker named. Key Kerr is told that it is their turn.")
        # the first meeting, written down in the diary, passes the responsibility on
        self.and_i_am(net.key_worker)
        self.when_i_open_it()
        self.when_i_choose("Record the first meeting")
        self.when_the_diary_says_that_they_met()
        self.then_it_is(State.IN_SERVICE)
        held = Referral.objects.get(pk=self.referral.pk).held
        assert held is not None
        assert (held.team, held.worker) == (net.cmht, net.key_worker.worker)
        for intensity in ("Light touch", "Intensive"):  # and more support later, without triage
            self.when_i_open_it()
            self.when_i_choose("Change the intensity")
            self.page.get_by_label(intensity, exact=True).check()
            self.page.get_by_label("and I have agreed this together").check()
            self.page.get_by_label("No", exact=True).check()
            self.then_the_accessibility_baseline_is_met()
            self.when_i_press("Change it")
            self.then_i_see("Intensity changed.")
            self.then_it_is(State.IN_SERVICE)
        self.then_i_see("Still missing: an outcome measure")  # and no first contact any more
        self.then_the_accessibility_baseline_is_met()
        assert Referral.objects.get(pk=self.referral.pk).intensity == "intensive"

    def test_several_at_once_and_decide_next_by_keyboard(self):
        net = self.net
        people = [held_person(team=net.gp_team, name=f"Robin {n} Example") for n in "ABC"]
        rows = [net.sent(person=person) for person in people]
        self.and_i_am(net.lead)
        self.when_i_open(reverse("referrals:incoming"))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Filter and saved lists")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("How soon").select_option(label="Routine")
        self.when_i_press("Show these")
        self.then_i_see("Filtered.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Show all")
        for box in self.page.get_by_role("checkbox", name="Choose Robin").all():
            box.check()
        self.when_i_press("We have these")
        self.then_i_see("Done for 3 of 3.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("Back to the list")
        # decide, next: by keyboard alone
        self.when_i_reach("Robin A Example")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**?list=incoming")
        self.when_i_reach("Accept")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**done=accept")
        self.then_i_see("Accepted.")
        self.when_i_reach("Next of 2 in this list")
        self.page.keyboard.press("Enter")
        self.then_i_see("Robin B Example: referral to Community team")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("Accept")
        self.then_i_see("Next: the last of this list")
        # one worker for both
        self.when_i_open(reverse("referrals:unallocated"))
        for box in self.page.get_by_role("checkbox", name="Choose Robin").all():
            box.check()
        self.when_i_press("Name a worker for these")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Who", exact=True).select_option(label="Key Kerr")
        self.when_i_press("Name this worker")
        self.then_i_see("Done for 2 of 2.")
        self.then_the_accessibility_baseline_is_met()
        states = [Referral.objects.get(pk=row.pk).state for row in rows]
        assert states == [State.ALLOCATED, State.ALLOCATED, State.RECEIVED]

    def when_i_reach(self, name: str) -> None:
        """Tab until the focus is on what begins so."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate("() => (document.activeElement.innerText || '').trim()")
            if found.startswith(name):
                return
        raise AssertionError(f"{name} is not reached by the Tab key")
