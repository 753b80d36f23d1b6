"""The demonstration network in a real browser: how much it takes to write a contact down, and a
walk over every page as every role."""

import re
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from casework.accounts.models import User
from casework.cases.models import Contact
from casework.demo import accounts, build
from casework.demo.stories import PARTS
from tests.browser.base import BrowserStory

SIZE = build.Size(towns=1, people=len(PARTS) + 20, told=1)
MOST_INTERACTIONS = 8
MOST_BYTES = 60_000
SAMPLE = ("key_worker", "team_lead", "administrator")
SAMPLED = 25  # pages of each of them; all pages of everybody in the long run
IDENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NEEDS_SCRIPT = """() => {
  const seen = one => one.checkVisibility();
  const found = [...document.querySelectorAll("button[type=button], a[href='#']")]
    .filter(seen).map(one => "does nothing: " + one.outerHTML.slice(0, 120));
  for (const form of document.forms) {
    const asks = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];
    const sends = form.querySelector("button:not([type=button]), input[type=submit]");
    if (asks.some(seen) && !(sends && seen(sends))) found.push("cannot be sent: " + form.action);
  }
  if ([...document.querySelectorAll("h1")].filter(seen).length !== 1) found.push("no one heading");
  return found;
}"""
LEFT_OUT = re.compile(r"/accounts/logout/|/static/|\.(zip|json|csv|pdf|ics)$")


class TestDemonstration(BrowserStory):
    """Everybody's accounts, diaries and people, with fewer people in the background.

    The network takes longer to build than to be walked through, so each test does several things.
    """

    @pytest.fixture(autouse=True)
    def _network(self, _story, settings):
        settings.DEMO = True
        build.build(SIZE)
        self.rows = accounts.rows()
        self.heavy: dict[str, int] = {}
        self.page.on("response", self._weigh)

    def _weigh(self, response):
        document = response.request.resource_type == "document"
        if document and response.ok and "html" in response.headers.get("content-type", ""):
            size = len(response.body())
            if size >= MOST_BYTES:
                self.heavy[urlsplit(response.url).path] = size

    def then_no_page_was_heavy(self):
        assert not self.heavy, f"pages of {MOST_BYTES} bytes and more: {self.heavy}"

    def test_a_working_day(self):
        """The browser starts with a cold cache; then once more without script."""
        self.sign_in_and_record_a_contact()
        self.page.context.clear_cookies()
        with self.no_script():
            self.sign_in_and_record_a_contact()
        walked = {}
        for row in self.rows:
            if row.role in SAMPLE and row.role not in walked:
                walked[row.role] = self.walk(row, SAMPLED)
        print("\npages walked:", walked)
        assert min(walked.values()) >= 5

    @pytest.mark.deep
    def test_every_page_as_everybody(self):
        """Everything that is wrong anywhere is told at once; the walk takes long."""
        walked, wrong = {}, []
        for row in self.rows:
            try:
                walked[row.email] = self.walk(row, 1000)
            except AssertionError as error:
                wrong.append(f"{row.email}: {error}")
        print("\npages walked:", walked)
        with self.no_script():
            for row in self.rows:
                wrong += [f"{row.email}, no script: {one}" for one in self.walk_bare(row)]
        assert not wrong, "\n".join(wrong)
        assert min(walked.values()) >= 3

    @contextmanager
    def no_script(self):
        """The same browser, in which no script runs."""
        with_script = self.page
        context = with_script.context.browser.new_context(
            java_script_enabled=False, locale="en-GB", timezone_id="Europe/London"
        )
        self.page = context.new_page()
        self.page.on("response", self._weigh)
        yield
        context.close()
        self.page = with_script

    # From the sign-in page to a recorded contact

    def act(self, work):
        work()
        self.interactions += 1

    def sign_in_and_record_a_contact(self):
        """Counts what somebody has to do: to fill in, to follow, to press."""
        row = next(row for row in self.rows if row.role == "key_worker")
        before = Contact.objects.filter(attendance="5").count()
        self.interactions, began = 0, time.monotonic()
        self.when_i_open(reverse("account_login"))
        self.act(lambda: self.when_i_fill("Email address", row.email))
        self.act(lambda: self.when_i_fill("Password", row.password))
        self.act(lambda: self.when_i_press("Sign in"))
        self.page.wait_for_load_state()
        record = self.page.get_by_role("link", name="Record how it went")
        if not record.count():
            self.act(lambda: self.page.get_by_role("link", name="Diary", exact=True).click())
        self.act(lambda: record.first.click())
        self.page.wait_for_url("**/record/**")
        self.act(lambda: self.when_i_fill("What was said and agreed", "We went through the post."))
        self.act(lambda: self.when_i_press("Save the contact"))
        self.then_i_see("The contact is recorded.")
        assert Contact.objects.filter(attendance="5").count() == before + 1
        took = time.monotonic() - began
        print(
            f"\nfrom sign-in to a recorded contact: {self.interactions} interactions, {took:.1f} s"
        )
        assert self.interactions <= MOST_INTERACTIONS
        self.then_no_page_was_heavy()

    # Every page that is linked from a page that a role can reach

    def walk(self, row, most):
        """One page for each kind of address (the ids in it make no new kind): every page answers,
        nothing in the console, no request to another host, and none is heavy."""
        self.heavy.clear()
        self._errors.clear()
        visited, wrong = self.pages(row, most, lambda path: [])
        wrong += [f"{path} has {size} bytes" for path, size in self.heavy.items()]
        wrong += self._errors
        self._errors = []
        assert not wrong, "\n".join(wrong)
        self.then_nothing_left_the_host()
        return visited

    def walk_bare(self, row):
        """The same walk where no script runs: what stands in the way on any page."""
        visited, wrong = self.pages(row, 1000, self.what_needs_script)
        assert visited >= 3
        return wrong

    def what_needs_script(self, path):
        """Controls that do nothing without script, and forms that cannot be sent."""
        return [f"{path}: {one}" for one in self.page.evaluate(NEEDS_SCRIPT)]

    def pages(self, row, most, look):
        """How many pages were opened, and what was wrong with them."""
        self.page.context.clear_cookies()
        self.given_i_am_signed_in(User.objects.get(email=row.email))
        waiting, seen = [row.home], {IDENT.sub(":id", row.home)}
        visited, wrong = 0, []
        while waiting and visited < most:
            path = waiting.pop(0)
            answer = self.page.goto(self.address + path)
            if answer is None or not answer.ok:
                wrong.append(f"{path} answered {answer and answer.status}")
            visited += 1
            wrong += look(path)
            for href in self.page.eval_on_selector_all(
                "a[href]", "links => links.map(link => link.getAttribute('href'))"
            ):
                parts = urlsplit(href)
                kind = IDENT.sub(":id", parts.path)
                if parts.netloc or not parts.path.startswith("/") or kind in seen:
                    continue
                seen.add(kind)
                if not LEFT_OUT.search(parts.path):
                    waiting.append(href)
        return visited, wrong
