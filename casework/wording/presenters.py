"""What the pages about wording show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from casework.wording.checking import Finding
from casework.wording.models import WordingTerm
from casework.wording.services import TermReport

BESIDE = 30  # characters shown on either side of the words


@dataclass(frozen=True)
class Advice:
    """One piece of advice beside a text."""

    code: str
    words: str
    before: str
    after: str
    suggestion: str
    reason: str
    question: str


def advice(text: str, findings: Sequence[Finding]) -> list[Advice]:
    """Each entry once, at the first place where it stands."""
    told: dict[str, Advice] = {}
    for one in findings:
        told.setdefault(
            one.term.code,
            Advice(
                code=one.term.code,
                words=one.words,
                before=_shortened(text[: one.start])[0],
                after=_shortened(text[one.end :])[1],
                suggestion=one.term.suggestion,
                reason=one.term.reason,
                question=_("What did you see and hear, and what was happening for them?")
                if one.term.behaviour
                else "",
            ),
        )
    return list(told.values())


def _shortened(text: str) -> tuple[str, str]:
    """The last and the first stretch of a text, whole words only."""
    flat = " ".join(text.split())
    if len(flat) <= BESIDE:
        padded_end = f"{flat} " if text[-1:].isspace() else flat
        padded_start = f" {flat}" if text[:1].isspace() else flat
        return padded_end, padded_start
    last = flat[-BESIDE:].split(" ", 1)[-1] + (" " if text[-1:].isspace() else "")
    first = (" " if text[:1].isspace() else "") + flat[:BESIDE].rsplit(" ", 1)[0]
    return f"… {last}", f"{first} …"


def term_table(terms: Sequence[WordingTerm]) -> dict[str, Any]:
    """The list of entries for whoever looks after it."""
    return {
        "head": [{"text": _("Words")}, {"text": _("Could be written")}, {"text": _("For")}],
        "rows": [
            [
                {
                    "html": _link(one.phrases, reverse("wording:term", args=[one.pk])),
                },
                {"text": one.suggestion if one.active else _("Not in use")},
                {"text": str(one.organisation) if one.organisation_id else _("Everybody")},
            ]
            for one in terms
        ],
        "responsive": True,
    }


def _link(words: str, href: str) -> str:
    return format_html('<a href="{}">{}</a>', href, words)


def report_table(rows: Sequence[TermReport], words: dict[str, str]) -> dict[str, Any]:
    """What writers answered, entry by entry."""
    numeric = {"format": "numeric"}
    return {
        "caption": _("Answers of the last 12 months"),
        "head": [
            {"text": _("Words")},
            {"text": _("Changed"), **numeric},
            {"text": _("Kept"), **numeric},
            {"text": _("Did not fit"), **numeric},
            {"text": _("Share that did not fit"), **numeric},
        ],
        "rows": [
            [
                {"text": words.get(row.code, row.code)},
                {"text": row.changed, **numeric},
                {"text": row.kept, **numeric},
                {"text": row.wrong, **numeric},
                {"text": f"{row.false_alarms:.0%}", **numeric},
            ]
            for row in rows
        ],
        "responsive": True,
    }
