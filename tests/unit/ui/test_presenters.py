"""Words and figures that many pages share."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.common import presenters
from casework.common.navigation import NavigationItem, navigation, service_navigation
from tests.unit.ui import gallery

ON = dt.date(2026, 11, 2)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (-1, "yesterday"),
        (1, "tomorrow"),
        (-3, "3 days ago"),
        (14, "in 14 days"),
        (-60, "60 days ago"),
        (-61, "2\xa0Sep\xa02026"),
        (61, "2\xa0Jan\xa02027"),
    ],
)
def test_days_as_people_say_them(days: int, words: str):
    assert presenters.date_words(ON + dt.timedelta(days=days), ON) == words


def test_an_instant_is_read_in_local_time():
    late = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)  # half past midnight in London
    assert presenters.long_date(late) == "Thursday 2 July 2026"
    assert presenters.clock(late) == "12:30am"
    assert presenters.date_words(late, dt.date(2026, 7, 2)) == "today"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.time(0), "midnight"),
        (dt.time(12), "midday"),
        (dt.time(9), "9am"),
        (dt.time(14, 5), "2:05pm"),
        (dt.time(0, 5), "12:05am"),
    ],
)
def test_times_of_day(time: dt.time, words: str):
    assert presenters.clock(time) == words


def test_since_says_date_and_days():
    assert presenters.since_words(dt.date(2026, 11, 1), ON) == "since 1\xa0Nov\xa02026 (1 day)"
    assert presenters.since_words(ON, ON) == "since 2\xa0Nov\xa02026 (0 days)"


def test_a_tag_has_words_and_a_known_colour():
    assert presenters.tag("Overdue", "red") == {"text": "Overdue", "colour": "red"}
    with pytest.raises(ValueError, match="needs words"):
        presenters.tag(" ")
    with pytest.raises(ValueError, match="not a tag colour"):
        presenters.tag("Overdue", "crimson")


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_letters_stay_with_their_workers(order: list[int]):
    faces = presenters.Faces((key, f"Worker {key}") for key in order)
    later = presenters.Faces((key, f"Worker {key}") for key in [*order, 99])
    letters = {faces[key].letter for key in order}
    assert len(letters) == len(faces) == len(set(order))
    assert all(faces[key] == later[key] for key in order), "a new worker moves nobody's letter"
    assert all(
        1 <= int(faces[key].css_class.removeprefix("worker-")) <= presenters.COLOURS
        for key in order
    )


def test_letters_go_on_after_z():
    faces = presenters.Faces((number, str(number)) for number in range(28))
    assert [faces[n].letter for n in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]
    assert faces[0].css_class == faces[12].css_class
    assert faces[0].letter != faces[12].letter


def test_the_strip_keeps_the_last_twelve_and_counts_who_is_in_them():
    faces = presenters.Faces([("a", "Ada"), ("b", "Ben"), ("c", "Cy")])
    meetings = [
        presenters.Meeting(ON - dt.timedelta(days=20 - n), ("a",) if n < 2 else ("b",), "meeting")
        for n in range(13)
    ]
    meetings.append(presenters.Meeting(ON, ("b", "c"), "crisis visit"))
    meetings.append(presenters.Meeting(ON, ()))
    strip = presenters.faces_strip(meetings, faces)
    assert len(strip.squares) == 12
    assert [(line.face.letter, line.count) for line in strip.legend] == [
        ("B", "11 times"),
        ("C", "1 time"),
    ]
    assert strip.squares[-2].words == "2\xa0Nov\xa02026: crisis visit: Ben, Cy"
    assert strip.squares[-1].words.endswith("nobody recorded")
    assert strip.caption == "The last 12 contacts, oldest first, by who was there"


def test_an_empty_strip_is_empty():
    strip = presenters.faces_strip([], presenters.Faces([]))
    assert strip.squares == strip.legend == ()


def test_summary_rows_say_what_is_missing_and_escape_what_is_there():
    assert presenters.summary_row("Team", None)["value"] == {"text": "Not recorded"}
    row = presenters.summary_row("Team", "<North>", href="/t/1", action=("/t/1/edit", "Change"))
    assert row["value"]["html"] == '<a href="/t/1">&lt;North&gt;</a>'
    assert row["actions"]["items"][0]["visuallyHiddenText"] == "team"


def test_page_links_are_false_when_there_is_nowhere_to_go():
    assert not presenters.PageLinks()
    assert presenters.PageLinks(older="?before=1")
    assert presenters.query_string("/people/", team="a b", q="") == "/people/?team=a+b"
    assert presenters.query_string("/people/", q=None) == "/people/"


@pytest.mark.usefixtures("gallery")
def test_the_innermost_place_is_the_present_one():
    links = service_navigation(object(), "/gallery/form/part/2/")
    assert [(link["text"], link["current"]) for link in links] == [
        ("My alerts", False),
        ("People", True),
        ("Team alerts", False),
    ]
    assert service_navigation(object(), "/")[0]["current"] is True
    assert not any(link["current"] for link in service_navigation(object(), "/gallery/forms/"))


@pytest.mark.usefixtures("gallery")
def test_a_place_is_registered_once():
    with pytest.raises(ValueError, match="registered twice"):
        navigation.register("gallery-home", NavigationItem("Home", "home", lambda user: True, 1))
    assert len(list(navigation)) == len(gallery.ITEMS)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((), ""),
        (("Your turn", ""), "Your turn"),
        (("Your turn", "Expected today"), "Your turn. Expected today"),
        (("She said yes.", "Agreed by Ruth"), "She said yes. Agreed by Ruth"),
        (("Who was it? ", "Ruth", "By telephone."), "Who was it? Ruth. By telephone."),
    ],
)
def test_sentences_are_joined_with_one_full_stop(parts, said):
    assert presenters.in_sentences(parts) == said
