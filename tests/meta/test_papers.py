"""What the papers name is there: every control in the code, every test that proves it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests import mutants

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "casework" / "docs"
NAMED = re.compile(r"`([\w/.-]+\.py)::(\w+)`")
PAPERS = ("hazards", "threats", "asvs", "data-protection", "accessibility", "logs", "mutants")
LEAST_HAZARDS = 25


@cache
def names_in(file: str) -> frozenset[str]:
    """Functions and classes of a file, those inside of classes too."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(
        node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)
    )


def paper(name: str) -> str:
    return (DOCS / f"{name}.md").read_text()


@pytest.mark.parametrize("name", PAPERS)
def test_what_it_names_is_there(name):
    gone = [(file, what) for file, what in NAMED.findall(paper(name)) if what not in names_in(file)]
    assert gone == []


@pytest.mark.parametrize("name", PAPERS)
def test_it_claims_no_compliance(name):
    text = paper(name)
    assert re.search(r"claims? no ", text)
    assert not re.search(r"\b(?:is|are|fully) (?:compliant|certified|accredited)\b", text)


def hazards() -> list[str]:
    return re.findall(r"^## H\d\d .*?(?=^## |\Z)", paper("hazards"), re.M | re.S)


def test_every_hazard_has_its_fields_a_control_and_a_test():
    every = hazards()
    assert len(every) >= LEAST_HAZARDS
    numbers = [int(one[4:6]) for one in every]
    assert numbers == list(range(1, len(every) + 1))
    for one in every:
        fields = dict(re.findall(r"^- ([^:]+): (.+)$", one, re.M))
        assert set(fields) == {
            "Cause", "Effect", "Severity", "Control", "Test", "Left to people",
        }  # fmt: skip
        controls = NAMED.findall(fields["Control"])
        tests = NAMED.findall(fields["Test"])
        assert controls and not any(file.startswith("tests/") for file, _name in controls)
        assert tests
        for file, name in tests:
            assert file.startswith("tests/") and name.startswith("test_")


def test_every_met_requirement_names_a_test_and_every_other_one_says_why():
    rows = re.findall(r"^\| V(.+?) \| (.+?) \| (.+?) \| (.+?) \|$", paper("asvs"), re.M)
    assert len(rows) >= 60
    assert len({row[0] for row in rows}) == len(rows)
    for number, _what, how, proof in rows:
        if proof == "open":
            assert len(how) > 10, number
        else:
            assert NAMED.search(proof) or proof == "looked at", number


# Of each section that is answered by requirement: how many of levels 1 and 2 there are
BY_REQUIREMENT = {
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip


def test_what_is_answered_by_requirement_is_whole():
    wanted = {f"{part}.{n}" for part, many in BY_REQUIREMENT.items() for n in range(1, many + 1)}
    found = set(re.findall(r"^\| V((?:6|7|8|9|14|16)\.\S+) \|", paper("asvs"), re.M))
    assert found == wanted


def test_the_paper_counts_its_own_rows():
    rows = re.findall(r"^\| V.+\| (.+?) \|$", paper("asvs"), re.M)
    assert f"{len(rows)} rows; {rows.count('open')} open." in paper("asvs")


def test_survivors_name_code_that_is_there_and_say_why():
    rows = re.findall(
        r"^\| `([\w/]+\.py)` \| `(.+?)` \| (.+?) \| (.+?) \|$", paper("mutants"), re.M
    )
    assert rows
    for file, code, change, why in rows:
        assert file in mutants.TARGETS
        assert code in (ROOT / file).read_text(), (file, code)
        assert change and len(why) > 20
    ran = re.findall(r"^\| `([\w/]+\.py)` \| \d+ \|", paper("mutants"), re.M)
    assert ran and set(ran) <= set(mutants.TARGETS)


def test_every_threat_names_a_control_or_is_said_to_be_open():
    rows = re.findall(r"^\| ([STRIDE]) \| (.+?) \| (.+?) \| (.+?) \|$", paper("threats"), re.M)
    assert {row[0] for row in rows} == set("STRIDE")
    for _letter, threat, _control, proof in rows:
        assert NAMED.search(proof) or proof.startswith("open"), threat


def test_the_check_notices_what_is_gone():
    assert "QuietFormatter" in names_in("casework/common/quiet_log.py")
    assert "no_such_thing" not in names_in("casework/common/quiet_log.py")
    assert names_in("casework/no_such_file.py") == frozenset()
