"""The stylesheet as a whole: a bracket that a merge has lost hides every rule after it."""

import re
from pathlib import Path

SHEET = Path(__file__).resolve().parents[3] / "casework/static/casework/casework.css"


def depths(text: str) -> list[int]:
    """How deep in brackets each rule stands."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    depth, found = 0, []
    for sign in re.findall(r"[{}]", bare):
        depth += 1 if sign == "{" else -1
        found.append(depth)
    return found


def test_every_rule_is_closed():
    found = depths(SHEET.read_text(encoding="utf-8"))
    assert found[-1] == 0, "a bracket is missing"
    assert min(found) == 0, "a bracket is closed twice"
    assert max(found) == 2, "a rule stands in another rule: a bracket is missing before it"


def test_a_lost_bracket_is_found():
    assert depths(".a { b: c; .d { e: f; }")[-1] == 1
