"""One idea a line: every word stays, in its order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.documents.easy import AREA_SYMBOLS, face_of, ideas, symbol_of


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("A door.", ["A door."]),
        ("A door. A key!  Who knocks? Me", ["A door.", "A key!", "Who knocks?", "Me"]),
        ("One\ntwo\n\nthree", ["One", "two", "three"]),
        ("Dr. Hill rings. I answer.", ["Dr. Hill rings.", "I answer."]),
        ("It is 3.5 miles. Far.", ["It is 3.5 miles.", "Far."]),
        ("I eat; I sleep.", ["I eat;", "I sleep."]),
        ("“I said no.” Nobody heard.", ["“I said no.”", "Nobody heard."]),
        ("Wait… then go", ["Wait…", "then go"]),
    ],
)
def test_sentences(text, lines):
    assert ideas(text) == lines


@given(st.text())
def test_no_word_is_lost(text):
    assert "".join(ideas(text)).replace(" ", "") == "".join(text.split())


def test_every_area_has_a_picture():
    assert symbol_of("housing") == "house"
    assert symbol_of("gardening") == "dots"
    assert len(set(AREA_SYMBOLS.values())) == len(AREA_SYMBOLS)
    assert [face_of(value) for value in (None, 1, 4, 7)] == [
        "face_middle",
        "face_low",
        "face_middle",
        "face_good",
    ]
