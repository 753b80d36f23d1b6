"""What a file really is, by what is in it. Neither its name nor the browser is believed. Pure.

The list of what is taken is short: letters as PDF, photographs, plain text. Nothing that can hold
further files is taken, and nothing that is two kinds of file at once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
MOST_NAME = 100


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken, and the ending that its name gets."""

    content_type: str
    ending: str


PDF = FileKind("application/pdf", ".pdf")
PNG = FileKind("image/png", ".png")
JPEG = FileKind("image/jpeg", ".jpg")
TEXT = FileKind("text/plain", ".txt")
KINDS = {kind.content_type: kind for kind in (PDF, PNG, JPEG, TEXT)}

_ZIP_PARTS = (b"PK\x05\x06", b"PK\x06\x07", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ACTIVE_PDF = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|OpenAction\s*<<[^>]*/S\s*/JavaScript)"
    rb"(?![A-Za-z])"
)
_MARK_UP = re.compile(r"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)")


def sniff(data: bytes) -> FileKind | None:
    """The kind of a file, or None if it is not one that is taken."""
    if not data or any(part in data for part in _ZIP_PARTS):
        return None
    for kind, test in ((PDF, _is_pdf), (PNG, _is_png), (JPEG, _is_jpeg), (TEXT, _is_text)):
        if test(data):
            return kind
    return None


def _is_pdf(data: bytes) -> bool:
    """Starts and ends as a PDF and does nothing by itself when it is opened."""
    return (
        re.match(rb"%PDF-[12]\.\d", data) is not None
        and b"%%EOF" in data[-1024:]
        and _ACTIVE_PDF.search(data) is None
    )


def _is_png(data: bytes) -> bool:
    """From the signature through every chunk to the last, and nothing behind it."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        return False
    place = 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            return place == len(data)
    return False


def _is_jpeg(data: bytes) -> bool:
    """From the start marker through its segments to the picture, and to an end marker."""
    if not data.startswith(b"\xff\xd8\xff"):
        return False
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xDA:  # the picture itself follows
            return data.rstrip(b"\x00").endswith(b"\xff\xd9")
        if marker == 0xFF:
            place += 1
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if length < 2:
            return False
        place += 2 + length
    return False


def _is_text(data: bytes) -> bool:
    """Readable words, and not a page or a picture written as text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(unicodedata.category(one) == "Cc" and one not in "\t\n\r\f" for one in text):
        return False
    if text.startswith("%PDF") or "%PDF-" in text[:1024]:
        return False
    return bool(text.strip()) and _MARK_UP.search(text.lower()) is None


def safe_name(name: str, kind: FileKind) -> str:
    """A name to show and to save under: no path, nothing invisible, and the ending that is true."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(
        " " if one.isspace() else one
        for one in unicodedata.normalize("NFC", last)
        if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    stem = re.sub(r"(\.[A-Za-z0-9]{1,5})+$", "", seen.strip())
    stem = re.sub(r"[^\w\- ().,&+']", "_", stem).strip(" .")
    return (stem[:MOST_NAME].strip(" .") or "file") + kind.ending
