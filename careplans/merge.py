"""Two people at one text: what each of them changed is brought together, or both are shown.

Pure. A text is compared field by field and, inside a field, by its lines. Where both changed the
same lines, nobody's words win: the one who came second is shown both and chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Clash:
    """One field that both sides changed, and both ways that it now reads."""

    field: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Merged:
    """What each field shall hold, and the fields that only a person can decide."""

    values: dict[str, str]
    clashes: tuple[Clash, ...] = ()


def plain(text: str) -> str:
    """A text as it is kept: one kind of line end, nothing around it."""
    return "\n".join(text.splitlines()).strip()


def merge(
    *,
    base: Mapping[str, str],
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    texts: frozenset[str],
    keep: Mapping[str, str] | None = None,
) -> Merged:
    """Bring together what somebody wrote from `base` with what is saved now (`theirs`).

    `texts` are the fields whose lines may be brought together one by one; `keep` is what somebody
    chose who has seen both. A choice counts only where `base` is what is saved now: who has not
    seen the latest words has not chosen about them.
    """
    values: dict[str, str] = {}
    clashes = []
    for name, written in mine.items():
        before, now = base.get(name, ""), theirs.get(name, "")
        chosen = (keep or {}).get(name)
        if chosen and before == now:
            values[name] = choose(chosen, now, written)
        elif written == now or written == before:
            values[name] = now
        elif before == now:
            values[name] = written
        else:
            joined = merge_lines(before, written, now) if name in texts else None
            if joined is None:
                clashes.append(Clash(name, now, written))
            else:
                values[name] = joined
    return Merged(values, tuple(clashes))


def choose(chosen: str, theirs: str, mine: str) -> str:
    """What stays after somebody has seen both texts."""
    if chosen == THEIRS:
        return theirs
    if chosen == BOTH:
        return "\n\n".join(part for part in (theirs, mine) if part)
    return mine


_Hunk = tuple[int, int, tuple[str, ...]]


def merge_lines(base: str, mine: str, theirs: str) -> str | None:
    """Both sides' changes to a text, if they changed different lines; None if they did not."""
    old = base.split("\n")
    here, there = _hunks(old, mine.split("\n")), _hunks(old, theirs.split("\n"))
    for one in here:
        for other in there:
            if one[0] <= other[1] and other[0] <= one[1]:
                return None
    result = list(old)
    for start, end, lines in sorted([*here, *there], reverse=True):
        result[start:end] = lines
    return "\n".join(result)


def _hunks(old: list[str], new: list[str]) -> list[_Hunk]:
    """What was changed: from line to line of the old text, and what stands there now."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (i1, i2, tuple(new[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]
