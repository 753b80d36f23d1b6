"""HTML into a tagged PDF (PDF/UA-1), from data alone.

The library and its system libraries are loaded by the first document and not by the service: only
the worker process calls this. Nothing is fetched while rendering, neither from the network nor
from a file: a document that asks for something is not made at all.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.checks import CheckMessage, Info, register

VARIANT = "pdf/ua-1"
_DATA = "data"


class Fetched(RuntimeError):
    """The document asked for something that is not in it."""


class NoLibraries(RuntimeError):
    """The system libraries for PDF are not installed."""


@dataclass(frozen=True)
class Made:
    """A finished file and its number of pages."""

    data: bytes
    pages: int


def lay_out(html: str) -> Any:
    """A document laid out in pages, to be counted and then written by `write`."""
    weasyprint = _library()
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class DataOnly(URLFetcher):
        def __init__(self) -> None:
            super().__init__(allowed_protocols={_DATA}, allow_redirects=False, timeout=1)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith(f"{_DATA}:"):
                raise FatalURLFetchingError("a document is made from data alone")
            return super().fetch(url, headers)

    try:
        return weasyprint.HTML(string=html, url_fetcher=DataOnly()).render(pdf_variant=VARIANT)
    except FatalURLFetchingError as error:  # not an Exception: nobody else would catch it
        raise Fetched(str(error)) from None


def write(document: Any) -> Made:
    """The file of a document that was laid out; only here would an attachment be fetched."""
    from weasyprint.urls import FatalURLFetchingError

    try:
        data: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=_margins_aside)
    except FatalURLFetchingError as error:
        raise Fetched(str(error)) from None
    return Made(data, len(document.pages))


def _margins_aside(document: Any, file: Any) -> None:
    """What stands in the margins of every page (whose it is, page x of y) is no part of the text.

    WeasyPrint marks it as content and then leaves it out of the structure, so that it is neither.
    Here it becomes an artifact, which nobody is read again on each page.
    """
    from pydyf import Dictionary

    root = _object(file, file.catalog["StructTreeRoot"])
    inside, ahead = set(), list(root["K"])
    while ahead:
        reference = ahead.pop()
        if isinstance(reference, bytes) and reference not in inside:
            inside.add(reference)
            ahead += _object(file, reference).get("K", [])
    owners = _object(file, root["ParentTree"])["Nums"][1::2]
    for page, owned in zip(file.page_references, owners, strict=False):
        aside = {mcid for mcid, reference in enumerate(owned) if reference not in inside}
        for mcid in aside:
            owned[mcid] = "null"
        steps = _object(file, _object(file, page)["Contents"]).stream
        for at, step in enumerate(steps):
            if isinstance(step, Dictionary) and step.get("MCID") in aside:
                steps[at - 1 : at + 1] = ["/Artifact", Dictionary({"Type": "/Pagination"})]


def _object(file: Any, reference: bytes) -> Any:
    return file.objects[int(reference.split()[0])]


def render(html: str) -> Made:
    """HTML into a finished file."""
    return write(lay_out(html))


def _library() -> Any:
    # it would write signs of a record into the log that no font has
    for name in ("weasyprint", "weasyprint.progress"):
        logging.getLogger(name).disabled = True
    try:
        return import_module("weasyprint")
    except OSError as error:
        raise NoLibraries("the Debian packages of PDF_PACKAGES in the Makefile") from error


@register
def libraries_are_there(**kwargs: Any) -> list[CheckMessage]:
    """Whether documents can be made here; looks for the libraries without loading anything."""
    from ctypes.util import find_library

    missing = [name for name in ("pango-1.0", "pangoft2-1.0") if find_library(name) is None]
    if not missing:
        return []
    return [
        Info(
            f"Documents cannot be made on this machine: {', '.join(missing)} not found.",
            hint="Install the Debian packages of PDF_PACKAGES in the Makefile, at least where the"
            " worker runs.",
            id="common.I001",
        )
    ]
