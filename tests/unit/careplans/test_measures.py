"""Packs are read strictly, and scored as their sources say."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.measures import TOTALS, BadPack, read_pack, score


def life_pack(**changes):
    """The structure of a measure of eleven questions, with words of our own."""
    items = [{"code": str(n), "text": f"Question {n}", "more_help": True} for n in range(1, 12)]
    scores = [
        {"code": "life", "name": "Life", "method": "mean", "items": [str(n) for n in range(1, 9)]},
        {"code": "help", "name": "Help", "method": "mean", "items": ["9", "10", "11"]},
    ]
    return {
        "code": "life",
        "edition": "1",
        "name": "How life goes",
        "notice": "Our own words",
        "scale": {"low": 1, "high": 7, "labels": {"1": "not at all", "7": "very"}},
        "items": items,
        "scores": scores,
        **changes,
    }


def heard_pack(high):
    return read_pack(
        {
            "code": "heard",
            "edition": "1",
            "name": "Heard",
            "notice": "Our own words",
            "scale": {"low": 0, "high": high},
            "items": [{"code": str(n), "text": f"Question {n}"} for n in range(3)],
            "scores": [
                {"code": "share", "name": "Share", "method": "percent"},
                {"code": "top", "name": "All highest", "method": "all_highest"},
            ],
        }
    )


def answered(*values):
    return {str(n): value for n, value in enumerate(values, start=1)}


@pytest.mark.parametrize(
    ("values", "life", "support"),
    [
        ((5, 4, 3, 4, 5, 6, 4, 5, 6, 5, 7), 4.5, 6.0),
        ((1,) * 11, 1.0, 1.0),
        ((7,) * 11, 7.0, 7.0),
    ],
)
def test_two_means(values, life, support):
    assert score(read_pack(life_pack()), answered(*values)) == {"life": life, "help": support}


def test_a_missing_answer_leaves_a_strict_score_out():
    answers = answered(5, 4, 3, 4, 5, 6, 4, 5, 6, 5, 7)
    del answers["3"]
    assert score(read_pack(life_pack()), answers) == {"help": 6.0}
    lenient = life_pack()
    lenient["scores"][0]["needs"] = 6
    assert score(read_pack(lenient), answers) == {"life": 4.714, "help": 6.0}


@pytest.mark.parametrize(
    ("high", "values", "share", "top"),
    [
        (4, (4, 4, 4), 100.0, 1.0),
        (4, (4, 3, 4), 91.667, 0.0),
        (4, (0, 0, 0), 0.0, 0.0),
        (9, (9, 9, 9), 100.0, 1.0),
        (9, (9, 8, 9), 96.296, 0.0),
    ],
)
def test_share_of_the_most_and_all_highest(high, values, share, top):
    answers = {str(n): value for n, value in enumerate(values)}
    assert score(heard_pack(high), answers) == {"share": share, "top": top}


def test_a_sum_of_fewer_answers_is_brought_up_to_all():
    data = life_pack(
        scores=[{"code": "s", "name": "Sum", "method": "sum", "items": ["1", "2", "3"], "needs": 2}]
    )
    pack = read_pack(data)
    assert score(pack, {"1": 2, "2": 4}) == {"s": 9.0}
    assert pack.range_of("s") == (3, 21)


@given(st.dictionaries(st.sampled_from([str(n) for n in range(1, 12)]), st.integers(1, 7)))
def test_a_score_lies_within_its_range_or_is_not_there(answers):
    pack = read_pack(life_pack())
    for code, value in score(pack, answers).items():
        low, high = pack.range_of(code)
        assert low <= value <= high


def _without(name):
    data = life_pack()
    del data[name]
    return data


def _with(path, value):
    data = copy.deepcopy(life_pack())
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        *[_without(name) for name in ("code", "edition", "name", "notice", "scale", "items")],
        _with(["code"], "no good!"),
        _with(["code"], "reqol-10"),
        _with(["scale", "low"], 7),
        _with(["scale", "high"], True),
        _with(["scale", "labels"], {"9": "outside"}),
        _with(["items"], []),
        _with(["items", 0], "a text"),
        _with(["items", 1, "code"], "1"),
        _with(["scores", 0, "method"], "magic"),
        _with(["scores", 0, "items"], ["99"]),
        _with(["scores", 0, "items"], ["1", "1"]),
        _with(["scores", 0, "needs"], 9),
        _with(["scores", 1, "code"], "life"),
        _with(["name"], "x" * 121),
    ],
)
def test_a_file_with_a_fault_is_refused_in_words(data):
    with pytest.raises(BadPack) as fault:
        read_pack(data)
    assert str(fault.value)


def test_choices_carry_their_labels():
    assert read_pack(life_pack()).choices()[:2] == [("1", "1: not at all"), ("2", "2")]


def test_totals_have_a_range_and_no_questions():
    assert all(one.low < Decimal(one.high) for one in TOTALS.values())
