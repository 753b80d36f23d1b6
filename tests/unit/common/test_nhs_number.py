"""NHS numbers: modulus 11, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.common import nhs_number


@pytest.mark.parametrize("number", ["9990000018", "999 000 0026", "999-000-0034", " 9990000018 "])
def test_valid(number):
    assert nhs_number.is_valid(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "9990000019",
        "999000001",
        "99900000180",
        "999000001X",
        "\uff19\uff19\uff190000018",
        "0000000000x",
    ],
)
def test_not_valid(number):
    assert not nhs_number.is_valid(number)


@given(st.integers(min_value=0, max_value=9999))
def test_at_most_one_check_digit_fits(middle):
    nine = f"99900{middle:04d}"
    fitting = [digit for digit in range(10) if nhs_number.is_valid(f"{nine}{digit}")]
    weighted = sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True))
    check = (11 - weighted % 11) % 11
    assert fitting == ([] if check == 10 else [check])


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_noticed(place, change):
    digits = list("9990000018")
    digits[place] = str((int(digits[place]) + change) % 10)
    assert not nhs_number.is_valid("".join(digits))


def test_shown_in_groups_that_do_not_break():
    assert nhs_number.display("9990000018") == "999\u00a0000\u00a00018"
    assert nhs_number.display(None) == ""
