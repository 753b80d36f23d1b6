"""From the fixed content of a document to its file. Only the worker process comes here."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from careplans.documents.kinds import SAFETY_KINDS, TEXT_KINDS, DocumentKind
from careplans.documents.prints import (
    CARD,
    SHEET,
    EasyPrint,
    Fold,
    FoldedPrint,
    LargePrint,
    PlanPrint,
    Print,
    Printed,
    SafetyPrint,
    TextPrint,
)
from casework.common import pdf
from casework.common.pdf import Made

PANELS = 4
SUMMARY_SIZES = (11, 10, 9.5, 9)


class TooLong(RuntimeError):
    """More words than fit on the one page that was asked for."""


def make(kind: DocumentKind, content: Printed) -> Made:
    """The file of a document."""
    if kind in SAFETY_KINDS:
        return _folded(content, [CARD, SHEET] if kind == DocumentKind.CARD else [SHEET])
    if kind == DocumentKind.SUMMARY:
        return _one_page(content)
    return pdf.render(html(kind, content))


def html(kind: DocumentKind, content: Printed) -> str:
    """The page that is printed, in its usual size of letters."""
    template, page = _page(kind, content)
    return render_to_string(template, {"doc": page})


def _page(kind: DocumentKind, content: Printed) -> tuple[str, Print]:
    if kind in TEXT_KINDS:
        return "pdf/letter.jinja", TextPrint(content)
    if kind == DocumentKind.EASY:
        return "pdf/easy_read.jinja", EasyPrint(content)
    if kind == DocumentKind.LARGE:
        return "pdf/plan.jinja", LargePrint(content)
    return "pdf/plan.jinja", PlanPrint(content)


def _one_page(content: Printed) -> Made:
    """A summary in the largest letters in which it is one page."""
    for size in SUMMARY_SIZES:
        laid_out = _lay_out("pdf/letter.jinja", TextPrint(content, size=size))
        if len(laid_out.pages) == 1:
            return pdf.write(laid_out)
    raise TooLong


def _folded(content: Printed, folds: list[Fold]) -> Made:
    """A safety plan on the smallest fold that was asked for and holds all its words. Words are
    never cut off: what fits no fold is printed on whole pages."""
    for fold in folds:
        for size in fold.sizes:
            probe = FoldedPrint(content, fold, size, probe=True)
            if len(_lay_out("pdf/folded.jinja", probe).pages) == PANELS:
                return pdf.write(_lay_out("pdf/folded.jinja", FoldedPrint(content, fold, size)))
    return pdf.write(_lay_out("pdf/safety.jinja", SafetyPrint(content)))


def _lay_out(template: str, page: Print) -> Any:
    return pdf.lay_out(render_to_string(template, {"doc": page}))
