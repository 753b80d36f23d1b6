"""What somebody means by the words that they type to find a person."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.search import MOST_WORDS, read

TODAY = dt.date(2026, 11, 23)
BORN = dt.date(1984, 3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "12/03/1984",
        "12/3/1984",
        "12/3/84",
        "12.03.1984",
        "12-03-1984",
        "1984-03-12",
        "12 Mar 1984",
        "12 march 1984",
        "12th March, 1984",
        "12-Mar-84",
        "  12\u00a0Mar\u00a01984 ",
    ],
)
def test_a_date_of_birth_is_recognised(text):
    sought = read(text, TODAY)
    assert sought.birth_date == BORN
    assert sought.names == ()


@pytest.mark.parametrize(
    "text", ["30/02/1984", "12/13/1984", "12 Foo 1984", "112/03/1984", "0/0/0"]
)
def test_what_is_no_date_is_none(text):
    assert read(text, TODAY).birth_date is None


def test_a_name_beside_a_date_narrows():
    for text in ("Robin 12/03/1984", "12 Mar 1984 Robin"):
        sought = read(text, TODAY)
        assert (sought.birth_date, sought.names) == (BORN, ("Robin",))


@pytest.mark.parametrize(
    "text",
    ["9990000018", "999 000 0018", "999-000-0018", " 999  000 0018 ", "999\u00a0000\u00a00018"],
)
def test_ten_digits_are_an_nhs_number(text):
    sought = read(text, TODAY)
    assert sought.nhs_number == "9990000018"
    assert sought.names == ()


def test_an_id_is_kept_whole_and_may_be_a_name():
    assert read(" L-17 ", TODAY).local_id == "L-17"
    assert read("123456", TODAY).names == ()
    assert read("Robin  Example", TODAY).names == ("Robin", "Example")


def test_nobody_is_born_in_the_future():
    assert read("1/1/27", TODAY).birth_date == dt.date(1927, 1, 1)
    assert read("1/1/26", TODAY).birth_date == dt.date(2026, 1, 1)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2026, 11, 23)), st.sampled_from("/.-"))
def test_every_date_is_read_back(date, mark):
    for text in (
        f"{date.day}{mark}{date.month}{mark}{date.year}",
        f"{date:%d %b %Y}",
        f"{date:%d %B %Y}",
        date.isoformat(),
    ):
        assert read(text, TODAY).birth_date == date


@given(st.text(max_size=200))
def test_no_text_is_too_much(text):
    sought = read(text, TODAY)
    assert len(sought.names) <= MOST_WORDS
    assert not sought.nhs_number or len(sought.nhs_number) == 10
