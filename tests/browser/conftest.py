"""Chromium of the machine, driven by Playwright; nothing is downloaded.

Its headless shell where there is one: the same engine without the windows, menus and services of a
whole browser, which cost more than our pages do.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium():
        return
    skip = pytest.mark.skip(reason="no Chromium here: apt-get install chromium, or set CHROMIUM")
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(skip)
