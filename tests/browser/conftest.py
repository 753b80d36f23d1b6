"""Chromium of the machine, driven by Playwright; nothing is downloaded.

Its headless shell where there is one: the same engine without the windows, menus and services of a
whole browser, which cost more than our pages do.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import Locator

# Playwright keeps an event loop running in this thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    """The program: CHROMIUM if set, else what is on PATH."""
    names = (
        os.environ.get("CHROMIUM"),
        *("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    )
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": chromium(),
        "args": ARGUMENTS,
        "headless": True,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(autouse=True)
def _whole_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a click the story goes on when the page is complete.

    Playwright waits until the next page has begun; what is counted on it then may not be there yet.
    """
    click = Locator.click

    def click_and_wait(self: Locator, **options: Any) -> None:
        click(self, **options)
        if not self.page.is_closed():
            self.page.wait_for_load_state()

    monkeypatch.setattr(Locator, "click", click_and_wait)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium():
        return
    skip = pytest.mark.skip(reason="no Chromium here: apt-get install chromium, or set CHROMIUM")
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(skip)
