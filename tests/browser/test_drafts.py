"""What somebody writes is kept while they write it: autosave in a real browser."""

import random
import time

import pytest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.test.utils import override_settings
from django.urls import include, path

from casework.accounts import drafts
from casework.accounts.decorators import open_to_signed_in
from casework.common.forms import NHSForm, TextAreaField
from casework.common.http import http_methods
from tests import factories
from tests.browser.base import BrowserStory

KEY = "story"
PAGE = """{% extends "layouts/draft_form.jinja" %}
{% block heading %}Write{% endblock %}"""
A_SECOND_PRESS = 1100  # milliseconds until a button may be pressed again
AT_MOST = 2000  # milliseconds until what was written is on the server


class WordsForm(NHSForm):
    words = TextAreaField(label="Words", missing="Enter words")


@open_to_signed_in
@http_methods(read=["GET"], write=["POST"])
def write(request):
    draft = drafts.DraftForm(request, KEY, WordsForm)
    if draft.is_valid():
        draft.discard()
        return redirect("home")
    page = engines["jinja2"].from_string(PAGE)
    return HttpResponse(page.render({"form": draft.form, "draft": draft}, request))


urlpatterns = [path("write/", write, name="write"), path("", include("casework.urls"))]


class TestDrafts(BrowserStory):
    @pytest.fixture(autouse=True)
    def _writer(self, _story):
        self.user = factories.user(name="Wren Writer")
        self.given_i_am_signed_in(self.user)
        with override_settings(ROOT_URLCONF=__name__):
            yield
            self.page.goto("about:blank")

    def type(self, text, delay=0):
        self.page.get_by_label("Words").press_sequentially(text, delay=delay)

    def kept(self):
        draft = drafts.read(user=self.user, key=KEY)
        return draft.fields["words"][0] if draft else ""

    def until(self, condition, most=AT_MOST + 1000):
        for _step in range(most // 50):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"kept: {self.kept()!r}")

    def test_words_are_kept_while_somebody_writes_and_offered_after_a_crash(self):
        self.when_i_open("/write/")
        self.type("first words ")
        self.until(lambda: self.kept() == "first words ")
        self.then_i_see("Saved at")
        # without a pause, what was written two seconds ago is there
        self.type("and on and on and on and on and on and on", delay=80)
        assert len(self.kept()) >= len("first words ") + 41 - AT_MOST // 80 - 5
        self.until(lambda: self.kept().endswith("and on"))
        crashed, self.page = self.page, self.page.context.new_page()
        crashed.close(run_before_unload=False)
        self.when_i_open("/write/")
        self.then_i_see("You were writing this at")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("button", name="Carry on").click()
        assert self.page.get_by_label("Words").input_value().startswith("first words and on")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save and continue")
        assert self.kept() == ""

    def test_leaving_the_page_keeps_the_last_words(self):
        self.when_i_open("/write/")
        self.type("the very last word")
        self.page.goto(self.address + "/accounts/password/change/")
        self.until(lambda: self.kept() == "the very last word")

    def test_without_a_connection_it_is_tried_again(self):
        self.when_i_open("/write/")
        self.page.wait_for_load_state("networkidle")
        self.page.context.set_offline(True)
        self.type("in the car park")
        self.then_i_see("there is no connection")
        assert self.kept() == ""
        self.page.context.set_offline(False)
        self.until(lambda: self.kept() == "in the car park", 8000)
        self.then_i_see("Saved at")
        self.expect_a_failed_request("/drafts/save/")

    def test_sent_without_a_connection_the_words_stay_on_the_page(self):
        """The browser would show a page of its own in their place."""
        self.when_i_open("/write/")
        self.page.wait_for_load_state("networkidle")
        self.page.context.set_offline(True)
        self.type("in the lift")
        self.page.get_by_role("button", name="Save and continue").click()
        self.then_i_see("nothing was sent. Your words are still here")
        self.then_the_accessibility_baseline_is_met()
        assert self.page.get_by_label("Words").input_value() == "in the lift"
        self.page.context.set_offline(False)
        self.until(lambda: self.kept() == "in the lift", 8000)
        self.then_i_see("Saved at")
        self.page.wait_for_timeout(A_SECOND_PRESS)
        self.when_i_press("Save and continue")
        self.until(lambda: self.kept() == "", 8000)
        self._errors = [e for e in self._errors if "ERR_INTERNET_DISCONNECTED" not in e]

    def test_what_nobody_answered_is_sent_when_somebody_does(self):
        """The machine is connected, and the service was not there: asked again, it is sent."""
        self.when_i_open("/write/")
        self.page.wait_for_load_state("networkidle")
        self.page.route("**/drafts/save/", lambda route: route.abort("connectionrefused"))
        self.type("once more")
        self.then_i_see("Not kept yet")
        self.page.get_by_role("button", name="Save and continue").click()
        self.then_i_see("nothing was sent. Your words are still here")
        assert self.page.get_by_label("Words").input_value() == "once more"
        self.page.unroute("**/drafts/save/")
        self.page.wait_for_timeout(A_SECOND_PRESS)
        self.when_i_press("Save and continue")
        self.until(lambda: "/write/" not in self.page.url, 8000)
        self.expect_a_failed_request("/drafts/save/")

    def test_after_the_session_has_ended_words_are_still_kept(self):
        self.when_i_open("/write/")
        self.page.context.clear_cookies(name="sessionid")
        self.type("signed out meanwhile")
        self.then_i_see("You have been signed out")
        self.until(lambda: self.kept() == "signed out meanwhile")
        self.when_i_press("Save and continue")
        self.then_the_heading_is("Sign in")
        self.when_i_fill("Email address", self.user.email)
        self.when_i_fill("Password", factories.accounts.PASSWORD)
        self.when_i_press("Sign in")
        self.page.get_by_role("button", name="Carry on").click()
        assert self.page.get_by_label("Words").input_value() == "signed out meanwhile"

    def test_start_again(self):
        drafts.save(user=self.user, key=KEY, fields={"words": ["old"]})
        self.given_a_phone()
        self.when_i_open("/write/")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Start again")
        assert self.page.get_by_text("You were writing this").count() == 0
        assert self.kept() == ""

    @pytest.mark.parametrize(
        "moments", [3, pytest.param(200, marks=pytest.mark.deep)], ids=["few", "many"]
    )
    def test_whatever_is_killed_words_older_than_two_seconds_are_offered(self, moments):
        """The browser, the server or the session is gone in the middle of a sentence."""
        chance = random.Random(2026)
        for moment in range(moments):
            drafts.discard(user=self.user, key=KEY)
            self.given_i_am_signed_in(self.user)
            self.when_i_open("/write/")
            killed = ("browser", "server", "session")[moment % 3]
            if killed == "session":
                self.page.context.clear_cookies(name="sessionid")
            typed: list[tuple[float, str]] = []
            until = time.monotonic() + chance.uniform(0.2, 6)
            while time.monotonic() < until:
                word = f"w{len(typed)} "
                self.type(word)
                typed.append((time.monotonic(), word))
                self.page.wait_for_timeout(chance.choice([10, 40, 200, 1100]))
            if killed == "server":
                self.page.context.set_offline(True)
            self.page.close(run_before_unload=False)
            at = time.monotonic()
            self.page.context.set_offline(False)
            self.page = self.page.context.new_page()
            owed = "".join(word for when, word in typed if when < at - AT_MOST / 1000)
            assert self.kept().startswith(owed), (moment, killed, owed, self.kept())
            if owed:
                self.given_i_am_signed_in(self.user)
                self.when_i_open("/write/?carry-on=1")
                assert self.page.get_by_label("Words").input_value().startswith(owed)
        self._errors = [e for e in self._errors if "ERR_INTERNET_DISCONNECTED" not in e]
