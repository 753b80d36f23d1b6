"""Whether two names may be one person's. Pure: words in, an answer out."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

CLOSE = 0.8  # share of letters in common that two spellings of one name usually have
_NOT_LETTERS = re.compile(r"[^a-z ]+")


def plain(name: str) -> list[str]:
    """The words of a name without case, accents and signs, in alphabetical order."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    return sorted(_NOT_LETTERS.sub("", letters.replace("-", " ")).split())


def alike(one: str, other: str) -> bool:
    """The same words in any order, one name within the other, or nearly the same spelling."""
    first, second = plain(one), plain(other)
    if not first or not second:
        return False
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    if set(first) & set(second) and min(len(first), len(second)) > 1:
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= CLOSE
