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
        data: bytes = document.write_pdf(pdf_variant=VARIANT)
    except FatalURLFetchingError as error:
        raise Fetched(str(error)) from None
    return Made(data, len(document.pages))


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
