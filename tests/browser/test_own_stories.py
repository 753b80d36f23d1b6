"""What people do on their own pages, each from its beginning to its end, on a phone: with script
and axe, with script off, in Welsh as far as it is translated, and in the pseudo-locale.

The stories know fields and addresses, not words, so that one telling serves every language.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from careplans.kinds import Kind
from casework.common import catalogues
from casework.portal.models import CarerAccess, ChangeRequest, PortalAccount
from referrals import services as referrals
from referrals.models import Referral
from referrals.table import State
from tests.browser.base import BrowserStory
from tests.factories.accounts import PASSWORD
from tests.factories.careplans import Two
from tests.factories.portal import invitation, own_account
from tests.factories.referrals import START, Network

PHONE, NO_SCRIPT, WELSH, PSEUDO = "phone", "no-script", "cy", catalogues.PSEUDO
FORMS = [
    PHONE,
    NO_SCRIPT,
    pytest.param(WELSH, marks=pytest.mark.deep),
    pytest.param(PSEUDO, marks=pytest.mark.deep),
]
SUBMIT = "main form:not([action*='/drafts/']) button[type=submit]:visible"


@pytest.mark.parametrize("form", FORMS)
class TestOwnStories(BrowserStory):
    @pytest.fixture(autouse=True)
    def _phone(self, _story, form, browser, settings, tmp_path):
        settings.DEMO = True  # the second step is tested without a browser
        settings.QUICK_EXIT_URL = "/accounts/login/"  # nothing leaves the host in a story
        self.form, self.language = form, form if form in (WELSH, PSEUDO) else ""
        if form == PSEUDO:
            place = tmp_path / "en_XA" / "LC_MESSAGES" / "django.mo"
            catalogues.write_mo(place, catalogues.pseudo_catalogue())
            settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
            settings.LANGUAGES = [*settings.LANGUAGES, (PSEUDO, "Pseudo")]
        context = browser.new_context(
            java_script_enabled=form != NO_SCRIPT,
            viewport={"width": 360, "height": 740},
            locale=self.language or "en-GB",
        )
        self.page = context.new_page()
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self._errors.append(str(error)))
        yield
        context.close()

    # What a hand does -------------------------------------------------------------------------

    def given(self, account: PortalAccount) -> PortalAccount:
        PortalAccount.objects.filter(pk=account.pk).update(language=self.language)
        self.given_i_am_signed_in(account.user)
        return account

    def open(self, name: str, *args: object) -> None:
        self.when_i_open(reverse(name, args=args))
        self.look()

    def look(self) -> None:
        if self.form != NO_SCRIPT:  # axe is a script
            self.then_the_accessibility_baseline_is_met()
        if self.language:
            assert self.page.locator("html").get_attribute("lang") == self.language

    def write(self, name: str, words: str) -> None:
        self.page.locator(f"[name={name}]:visible").fill(words)

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"input[name={name}][value='{value}']").check()

    def send(self, where: str = SUBMIT) -> None:
        with self.page.expect_navigation():
            self.page.locator(where).last.click()

    def reads(self, words: str) -> bool:
        return words in self.page.inner_text("main")

    # The stories ------------------------------------------------------------------------------

    def test_from_the_invitation_to_the_first_proposal(self):
        two = Two()
        plan = two.shared().plan
        _row, code = invitation(two.person, by=two.worker)
        self.open("portal:start")
        self.write("code", code)
        self.send()
        self.look()
        self.write("email", "me@people.example")
        self.write("password", PASSWORD)
        self.write("again", PASSWORD)
        self.send()
        account = PortalAccount.objects.get()
        PortalAccount.objects.update(language=self.language)
        self.open("portal:home")
        self.open("my_plan:add", "housing", "action")
        self.write("words", "Ask the council together")
        self.choose("owner_kind", "person")
        self.send()
        self.open("my_plan:plan")
        assert self.reads("Ask the council together")
        row = plan.proposals.get()
        assert (row.role, row.values["words"]) == ("person", "Ask the council together")
        assert account.person == two.person

    def test_a_referral_that_is_declined_stays_calm_until_the_talk(self):
        now = timezone.now()
        with time_machine.travel(now - dt.timedelta(days=5), tick=False):
            network = Network()
        referral = network._go(State.DECLINE_PROPOSED, now - dt.timedelta(days=4))
        self.given(own_account(network.person))
        explained = network.proposal()["explanation"]
        instead = network.specialist.name
        for name, args in (
            ("portal:home", ()),
            ("my_referrals:list", ()),
            ("my_referrals:detail", (referral.pk,)),
        ):
            self.open(name, *args)
            assert not self.reads(instead) and not self.reads(explained)
        referrals.agree_decline(
            referral=Referral.objects.get(pk=referral.pk),
            by=network.gp,
            holding_plan="A call every week",
            talked_on=timezone.localdate(),
        )
        before = self.page.inner_text("main")
        self.open("my_referrals:detail", referral.pk)
        assert self.page.inner_text("main") != before

    def test_disagreeing_with_a_line_of_the_plan(self):
        two = Two()
        plan = two.written()
        two.write(plan, Kind.TEAM_VIEW, "You cope well on your own", by=two.alone)
        version = two.shared(plan)
        self.given(own_account(two.person))
        self.open("my_plan:area", "housing")
        assert self.reads("You cope well on your own")
        address = reverse("my_plan:add", args=["housing", Kind.DIFFERENTLY.value])
        with self.page.expect_navigation():
            self.page.locator(f"a[href='{address}']").click()
        self.look()
        self.write("words", "I only look as if I did")
        self.send()
        assert self.reads("I only look as if I did") and self.reads("You cope well on your own")
        self.open("my_plan:answer", version.pk)
        self.choose("answer", "disagree")
        self.write("words", "Not this line")
        self.send()
        assert version.agreements.get().answer == "disagree"
        line = plan.lines.get(kind=Kind.DIFFERENTLY)
        assert (line.role, line.words) == ("person", "I only look as if I did")

    def test_asking_for_another_worker(self):
        two = Two()
        self.given(own_account(two.person))
        self.open("portal:ask")
        self.choose("about", "worker")
        self.send()
        self.look()
        row = ChangeRequest.objects.get()
        assert row.about == "worker" and row.waits and not row.words
        self.open("portal:home")

    def test_a_carer_is_let_in_and_taken_away_again(self):
        two = Two()
        two.shared()
        me = self.given(own_account(two.person))
        self.open("portal:carers")
        self.open("portal:carer_alone")
        self.choose("alone", "yes")
        self.send()
        self.look()
        self.write("name", "Juno")
        for scope in ("area:housing", "messages", "proposals"):
            self.choose("scope", scope)
        self.send()
        self.look()
        code = self.page.locator(".app-code").inner_text().strip()

        mine = self.page.context.cookies()
        self.page.context.clear_cookies()
        self.open("portal:carer_start")
        self.write("code", code)
        self.send()
        self.write("email", "juno@people.example")
        self.write("password", "soup-on-a-sunday-evening")
        self.send()
        assert self.reads("A door that I can close")
        access = CarerAccess.objects.get()
        self.when_i_open(reverse("portal:carer_write", args=[access.pk]))
        self.write("words", "She does not sleep")
        self.send()
        assert self.reads("She does not sleep")
        self.when_i_open(reverse("my_plan:carer_propose", args=[access.pk]))
        self.choose("area", "housing")
        self.choose("kind", "action")
        self.write("words", "I drive you on Mondays")
        self.send()
        theirs = self.page.context.cookies()

        self.page.context.clear_cookies()
        self.page.context.add_cookies(mine)
        self.open("portal:messages")
        assert self.reads("She does not sleep")
        self.open("my_plan:plan")
        assert self.reads("I drive you on Mondays")
        self.open("portal:carers")
        self.send(f"form[action$='{access.pk}/take-away/'] button")
        assert CarerAccess.objects.get().removed_at is not None
        self.open("portal:carers")  # once more: the banner named her
        assert not self.reads("Juno")
        assert me.person.plans.get().proposals.get().carer == "Juno"

        self.page.context.clear_cookies()
        self.page.context.add_cookies(theirs)
        self.when_i_open(reverse("portal:carer_home"))
        for words in ("Marigold", "A door that I can close", "She does not sleep"):
            assert words not in self.page.inner_text("body")

    def test_leaving_at_once(self):
        two = Two()
        two.shared()
        self.given(own_account(two.person))
        self.open("my_plan:plan")
        with self.page.expect_navigation():
            self.page.locator("[data-exit]").click()
        self.page.wait_for_url(re.compile("/accounts/login/|/my/"))
        assert "A door that I can close" not in self.page.inner_text("body")
        if self.form != NO_SCRIPT:  # without script a plain link leads out; with it one signs out
            self.page.wait_for_timeout(300)
            self.when_i_open(reverse("my_plan:plan"))
            assert "/accounts/login/" in self.page.url

    def test_the_sign_in_ends_while_somebody_writes_and_no_word_is_lost(self):
        two = Two()
        me = self.given(own_account(two.person, second_step=False))
        words = "The kettle is broken, and I am too tired to ring"
        self.open("portal:message_write")
        self.write("words", words)
        Session.objects.all().delete()
        self.page.context.clear_cookies(name="sessionid")
        self.send()
        assert "/accounts/login/" in self.page.url
        assert not me.person.team_messages.exists()
        self.write("login", me.user.email)
        self.write("password", PASSWORD)
        self.send()
        self.page.wait_for_url(re.compile(reverse("portal:message_write")))
        carry_on = self.page.locator(".app-draft a.nhsuk-button")
        with self.page.expect_navigation():
            carry_on.click()
        assert self.page.locator("[name=words]").input_value() == words
        self.send()
        assert me.person.team_messages.get().words == words
        assert self.reads(words)

    def test_taking_a_copy_away(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path / "media"
        two = Two()
        two.shared()
        self.given(own_account(two.person))
        self.open("portal:account")
        self.open("portal:copy")
        self.send()
        self.open("portal:copy")  # made meanwhile
        row = two.person.own_copies.get()
        with self.page.expect_download() as waiting:
            self.page.locator(f"a[href$='{row.pk}/']").click()
        with zipfile.ZipFile(waiting.value.path()) as pack:
            assert "A door that I can close" in pack.read("everything.html").decode()
        self.send(f"form[action$='{row.pk}/throw-away/'] button")
        self.look()
        assert two.person.own_copies.get().state == "gone"

    def test_well_now_a_light_touch_and_later_more_from_the_same_worker(self):
        with time_machine.travel(START - dt.timedelta(days=1), tick=False):
            network = Network()
        referral = network.referral_in(State.IN_SERVICE)
        worker = referral.named_worker

        def change(to: str) -> None:
            referrals.change_intensity(
                referral=Referral.objects.get(pk=referral.pk),
                by=worker.user,
                intensity=to,
                with_person=True,
            )

        change("light_touch")
        self.given(own_account(network.person))
        self.open("my_referrals:detail", referral.pk)
        light = self.page.inner_text("main")
        with self.page.expect_navigation():
            self.page.locator("a[href$='about=more']").click()
        self.look()
        assert self.page.locator("input[name=about][value=more]").is_checked()
        self.send()
        assert ChangeRequest.objects.get().about == "more"
        change("intensive")
        self.open("my_referrals:detail", referral.pk)
        assert self.page.inner_text("main") != light and self.reads(worker.name)
        assert Referral.objects.get(pk=referral.pk).named_worker == worker
