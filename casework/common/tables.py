"""Tables of administration pages, as parameters of the design system's table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

Cell = dict[str, Any]
EMPTY = "\N{EN DASH}"


def cell(
    text: object, *, href: str = "", tag: dict[str, str] | None = None, note: object = ""
) -> Cell:
    """One cell: words, perhaps a link, a status and a second line. An empty one has a dash."""
    words = str(text) if str(text or "").strip() else EMPTY
    main = format_html('<a href="{}">{}</a>', href, words) if href else format_html("{}", words)
    if tag:
        main = format_html("{} {}", main, _tag(tag)) if text else _tag(tag)
    if str(note or "").strip():
        main = format_html('{}<br><span class="app-note">{}</span>', main, note)
    return {"html": main}


def _tag(tag: dict[str, str]) -> SafeString:
    return format_html(
        '<strong class="nhsuk-tag nhsuk-tag--{}">{}</strong>', tag["colour"], tag["text"]
    )


def table(
    caption: object, head: Sequence[object], rows: Iterable[Sequence[Cell]]
) -> dict[str, Any]:
    """A table that becomes a list of cards on a phone; the caption is for screen readers."""
    return {
        "caption": {"text": str(caption), "classes": "nhsuk-u-visually-hidden"},
        "responsive": True,
        "head": [{"text": str(one)} for one in head],
        "rows": [list(row) for row in rows],
    }


def safe_cell(cell: str) -> str:
    """Text that a spreadsheet does not run as a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else cell
