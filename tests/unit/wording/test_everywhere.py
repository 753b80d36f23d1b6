"""Advice stands beside every text that staff write, on whichever page they write it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[3] / "templates"
# A person's own pages, and whoever answers by a link: these are their own words.
OWN = ("layouts/portal.jinja", "paths/reply/layout.jinja")
# Lists that are narrowed and forms of a few short answers: nothing is told in them.
SHORT = {
    "account/reauthenticate.jinja",
    "alerts/causes.jinja",
    "alerts/thresholds.jinja",
    "asking/teams.jinja",
    "directory/list.jinja",
    "mfa/reauthenticate.jinja",
    "people/list.jinja",
    "referrals/list.jinja",
    "users/list.jinja",
    "users/worker.jinja",
}
_FORM = re.compile(r"\{\{ form(\.as_\w+\(\))? \}\}")
_EXTENDS = re.compile(r'\{% extends "([^"]+)"')


def chain(name: str) -> list[str]:
    """A template and those of ours that it extends."""
    found = [name]
    while above := _EXTENDS.search((TEMPLATES / found[-1]).read_text(encoding="utf-8")):
        if not (TEMPLATES / above[1]).exists():
            break
        found.append(above[1])
    return found


def pages() -> list[str]:
    return sorted(
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.jinja")
        if _FORM.search(path.read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize("name", pages())
def test_a_page_with_a_form_can_give_advice(name: str) -> None:
    above = chain(name)
    if name in SHORT or set(OWN) & set(above) or name.startswith("forms/"):
        return
    told = any(
        "advice_on_wording(" in (TEMPLATES / one).read_text(encoding="utf-8") for one in above
    )
    assert told, above
