"""Browser stories: one per user need, each ending with `then_the_accessibility_baseline_is_met`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REPORT_POLICY_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => console.error(
  `policy: ${event.violatedDirective} blocked ${event.blockedURI || 'inline'}`));
"""
# Every rule runs; what is told of one that passed is that it did. To name all the places where
# nothing is wrong takes longer than to look for what is.
RUN_AXE = """async tags => {
  const options = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']};
  const {violations, passes} = await axe.run(document, options);
  return {violations, passes: passes.length};
}"""


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


@pytest.mark.django_db(transaction=True)
class BrowserStory:
    """given_, and_, when_, then_ methods over one page. After each story: no request has left the
    host, nothing went wrong in the console, and no security policy was violated.
    """

    page: Page
    address: str

    @pytest.fixture(autouse=True)
    def _story(self, page: Page, live_server: Any) -> Iterator[None]:
        self.page = page
        self.address = live_server.url
        self._requests: list[str] = []
        self._errors: list[str] = []
        page.add_init_script(REPORT_POLICY_VIOLATIONS)
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        yield
        self.then_nothing_left_the_host()
        self.then_the_console_is_quiet()

    def _note_request(self, request: Request) -> None:
        self._requests.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._errors.append(f"{message.text} ({message.location.get('url', '')})")

    # Given -------------------------------------------------------------------------------------

    def given_i_am_signed_in(self, user: Any) -> None:
        """Signs the user in without the sign-in pages (which have a story of their own)."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.address}]
        )

    def given_a_phone(self, width: int = 360) -> None:
        self.page.set_viewport_size({"width": width, "height": 740})

    def without_script(self, browser: Browser) -> tuple[Page, Callable[[], None]]:
        """A phone without script, signed in as here; and what closes it."""
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 320, "height": 640}
        )
        context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]
        return context.new_page(), context.close

    # When --------------------------------------------------------------------------------------

    def when_i_open(self, path: str) -> None:
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.ok, f"{path} answered {response.status}"

    def when_i_follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def when_i_press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def when_i_fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)

    # By keyboard -------------------------------------------------------------------------------

    def when_i_tab_to(self, words: str) -> None:
        """On with the Tab key until the focus is on what is called so."""
        self._tab_until(
            """words => {
              const e = document.activeElement;
              const called = e.labels && e.labels.length ? e.labels[0].innerText : e.innerText;
              return (called || '').trim().startsWith(words);
            }""",
            words,
        )

    def when_i_tab_to_the_field(self, name: str) -> None:
        """On with the Tab key until the focus is in a field of the form."""
        self._tab_until("name => document.activeElement.name === name", name)

    def when_i_arrow_to(self, label: str) -> None:
        """Among the choices of which one has the focus, until it is on this one."""
        keys = self.page.keyboard
        called = "document.activeElement.labels[0].innerText.trim()"
        for _ in range(30):
            if self.page.evaluate(called) == label:
                keys.press("Space")
                assert self.page.evaluate("document.activeElement.checked")
                return
            keys.press("ArrowDown")
        raise AssertionError(f"{label} is not reached by the arrow keys")

    def when_i_type_a_day(self, name: str, day: dt.date) -> None:
        """In the three fields of a day."""
        self.when_i_tab_to_the_field(f"{name}_day")
        for value in (day.day, day.month, day.year):
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(str(value))
            self.page.keyboard.press("Tab")

    def _tab_until(self, test: str, argument: str) -> None:
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(test, argument):
                self.then_the_focus_is_seen()
                return
        raise AssertionError(f"{argument} is not reached by the Tab key")

    def then_the_focus_is_seen(self) -> None:
        shown = self.page.evaluate(
            """() => {
              const e = document.activeElement;
              const styles = [getComputedStyle(e)];  // a choice shows it on what is drawn beside it
              for (const one of e.labels || []) styles.push(getComputedStyle(one, '::before'));
              return styles.map(style => style.outlineStyle + style.boxShadow);
            }"""
        )
        assert any(one != "nonenone" for one in shown), "focus cannot be seen"

    def expect_a_failed_request(self, part: str) -> None:
        """A story about a refusal: Chromium logs the answer itself as an error."""
        expected = [e for e in self._errors if "Failed to load resource" in e and part in e]
        assert expected, f"no request for {part} failed"
        self._errors = [e for e in self._errors if e not in expected]

    # Then --------------------------------------------------------------------------------------

    def then_the_heading_is(self, text: str) -> None:
        heading = self.page.get_by_role("heading", level=1)
        assert heading.inner_text().strip() == text

    def then_i_see(self, text: str) -> Locator:
        found = self.page.get_by_text(text).first
        found.wait_for(state="visible", timeout=5000)
        return found

    def expect_validation_error(self, *messages: str) -> None:
        """The error summary names every message, and its links lead to the fields."""
        summary = self.page.locator(".nhsuk-error-summary")
        summary.wait_for(state="visible", timeout=5000)
        assert self.page.title().startswith("Error: ")
        links = summary.get_by_role("link")
        assert links.all_inner_texts() == list(messages)
        for link in links.all():
            target = link.get_attribute("href") or ""
            assert self.page.locator(target).count() == 1, f"{target} is not one field"

    def then_the_accessibility_baseline_is_met(self) -> None:
        """WCAG 2.2 AA by axe, one h1, no text twice as a link to different places, no sideways
        scrolling."""
        self.page.wait_for_load_state()  # a page that has only begun has no heading yet
        self.page.evaluate(axe_source())
        result = self.page.evaluate(RUN_AXE, WCAG)
        found = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: "
            + "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            for violation in result["violations"]
        ]
        assert not found, "\n".join([self.page.url, *found])
        assert result["passes"], "axe checked nothing"
        assert self.page.locator("h1").count() == 1, "a page has one main heading"
        self._then_links_are_told_apart()
        assert self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), "the page scrolls sideways"

    def _then_links_are_told_apart(self) -> None:
        pairs = self.page.evaluate(
            """Array.from(document.querySelectorAll('main a[href]')).map(a =>
                 [(a.getAttribute('aria-label') || a.innerText).trim(), a.href])"""
        )
        counts = Counter(text for text, _address in {(text, address) for text, address in pairs})
        twice = [text for text, count in counts.items() if count > 1]
        assert not twice, f"the same link text leads to different places: {twice}"
        assert all(text for text, _address in pairs), "a link without text"

    def then_nothing_left_the_host(self) -> None:
        own = urlsplit(self.address).netloc
        outside = [
            url
            for url in self._requests
            if urlsplit(url).scheme not in {"data", "blob", "about"} and urlsplit(url).netloc != own
        ]
        assert not outside, f"requests left the host: {outside}"
        assert self._requests, "the story opened no page"

    def then_the_console_is_quiet(self) -> None:
        assert not self._errors, "\n".join(self._errors)
