"""NHS numbers: how they are checked and shown."""

from __future__ import annotations

import re

import nhs_number

_SEPARATORS = re.compile(r"[\s\-]+")


def normalise(text: str) -> str:
    """The ten digits of a number typed with or without spaces and dashes."""
    return _SEPARATORS.sub("", text)


def is_valid(text: str) -> bool:
    """Ten digits with a right check digit (modulus 11, weights 10 to 2, NHS Data Dictionary)."""
    digits = normalise(text)
    return (
        len(digits) == 10
        and digits.isascii()
        and digits.isdigit()
        and bool(nhs_number.is_valid(digits))
    )


def display(digits: str | None) -> str:
    """3-3-4 with no-break spaces, as the NHS style guide shows it; nothing stays nothing."""
    return f"{digits[:3]}\u00a0{digits[3:6]}\u00a0{digits[6:]}" if digits else ""
