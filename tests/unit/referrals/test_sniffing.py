"""Files are what is in them, whatever they are called, and hostile ones are not taken."""

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.asking.sniffing import JPEG, PDF, PNG, TEXT, safe_name, sniff


def pdf(inside=b""):
    return b"%PDF-1.7\n1 0 obj <<" + inside + b">> endobj\ntrailer <<>>\n%%EOF\n"


def png(behind=b""):
    def chunk(name, data):
        check = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + check

    header = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"") + behind


def jpeg(behind=b""):
    segment = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return b"\xff\xd8" + segment + b"\xff\xda\x00\x02" + b"\x12\x34" * 9 + b"\xff\xd9" + behind


def archive(name="a.txt"):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr(name, "words")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf(), PDF),
        (png(), PNG),
        (jpeg(), JPEG),
        (b"Dear colleague,\r\nthank you.\n", TEXT),
        ("\ufeffD\u0175r".encode(), TEXT),
        (b"if a < b then c > d", TEXT),
    ],
)
def test_what_is_taken(data, kind):
    assert sniff(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"MZ\x90\x00" + b"\0" * 60,
        b"\x7fELF" + b"\0" * 60,
        b"#!/bin/sh\nrm -r \x00",
        archive(),
        archive("word/document.xml"),  # a Word document is an archive
        pdf() + archive(),  # two files at once
        png() + archive(),
        jpeg() + archive(),
        b"Rar!\x1a\x07\x01\x00",
        b"\x1f\x8b\x08" + b"\0" * 30,
        b"GIF89a" + b"\0" * 30,
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\n\n  <HTML><body>",
        b"words <script src=x></script>",
        b'<?xml version="1.0"?><svg onload="alert(1)"/>',
        b"\xef\xbb\xbf<svg/>",
        b"words and %PDF-1.7 later",
        pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        pdf(b"/Launch"),
        pdf(b"/EmbeddedFile"),
        pdf(b"/XFA"),
        b"x" + pdf(),
        pdf()[:-20],
        png(b"behind the end"),
        png()[:-4],
        b"\x89PNG\r\n\x1a\n<html>",
        jpeg(b"<?php echo 1 ?>"),
        b"\xff\xd8\xff<html>",
        b"\xff\xd8\xff\xe0\x00\x00\xff\xd9",
        "words\u0000".encode(),
        b"caf\xe9",
    ],
)
def test_what_is_not_taken(data):
    assert sniff(data) is None


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(data):
    kind = sniff(data)
    assert kind is None or kind in (PDF, PNG, JPEG, TEXT)


@given(st.binary(min_size=1, max_size=80))
def test_nothing_hides_behind_a_picture(behind):
    assert sniff(png(behind)) is None


@given(st.text(max_size=300))
def test_a_name_is_safe_to_show_and_to_save_under(name):
    found = safe_name(name, PDF)
    assert found.endswith(".pdf") and found != ".pdf"
    assert len(found) <= 110
    assert not set(found) & set('/\\"<>:|?*\r\n\t\x00;')
    assert found.isprintable()
    assert not found.startswith(".")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\letters\\may.docx", "may.pdf"),
        ("photo.pdf.exe", "photo.pdf"),
        ("lette\u202efdp.exe", "lettefdp.pdf"),
        ("", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ('a"; b.pdf', "a__ b.pdf"),
    ],
)
def test_known_names(name, safe):
    assert safe_name(name, PDF) == safe
