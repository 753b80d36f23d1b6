"""Whatever decides who sees what is changed by `make mutants`; none of it is forgotten."""

import ast
from pathlib import Path

import pytest

from tests import mutants

ROOT = Path(__file__).resolve().parents[2]
OURS = ("casework", "careplans", "referrals")


def functions(file: str) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_policy_and_every_visible_to_is_changed():
    files = [
        str(file.relative_to(ROOT))
        for part in OURS
        for file in (ROOT / part).rglob("*.py")
        if "migrations" not in file.parts
    ]
    decides = {file for file in files if file.endswith("/policy.py")}
    decides |= {file for file in files if "visible_to" in functions(file)}
    assert len(decides) > 20
    assert decides <= set(mutants.TARGETS)


@pytest.mark.parametrize("file", mutants.TARGETS)
def test_a_target_is_there_with_its_tests(file):
    assert (ROOT / file).is_file()
    assert mutants.TARGETS[file]
    for test in mutants.TARGETS[file]:
        assert (ROOT / test).exists()
        # pytest runs what is named twice with its folder, and not as early as it is named
        assert not any(test.startswith(f"{other}/") for other in mutants.TARGETS[file])
    only = mutants.ONLY.get(file, frozenset())
    assert only <= functions(file)
    if "visible_to" in functions(file):
        assert not only or "visible_to" in only


SOURCE = """
class Rows:
    def visible_to(self, user):
        return policy.readable(self, user)

    def other(self):
        return self.filter(a=1, b=2)
"""


def test_only_the_lines_of_the_functions_that_decide():
    assert mutants.decisive_lines(SOURCE, frozenset({"other"})) == {6, 7}
    assert mutants.decisive_lines(SOURCE, None) >= {1, 7}


def test_a_scoping_that_only_asks_is_left_out_too():
    ((what, code),) = mutants._scoping_left_out(SOURCE)
    assert what == "ScopingLeftOut"
    assert "return policy" not in code and "return self\n" in code


def test_each_condition_is_left_out_once():
    found = [code for _what, code in mutants._conditions_left_out(SOURCE)]
    assert ["a=1" in code for code in found] == [False, True]
    assert ["b=2" in code for code in found] == [True, False]


def test_a_change_in_a_function_is_put_in_place_and_any_other_starts_anew():
    before = (
        "LIMIT = 1\ndef may(user):\n    return user > LIMIT\n@staticmethod\ndef other(): pass\n"
    )
    for old, new, names in (
        ("user > LIMIT", "user >= LIMIT", {"may"}),
        ("LIMIT = 1", "LIMIT = 2", None),
        ("@staticmethod\n", "", None),
        ("def other", "def another", None),
    ):
        found = mutants.other_code(before, before.replace(old, new))
        assert (set(found) if found is not None else None) == names, new


def test_functions_that_others_hold_already_do_what_their_new_code_says():
    before = (
        "def outer(view):\n"
        "    def inner(user):\n"
        "        return view(user) and user > 1\n"
        "    return inner\n"
    )
    here: dict = {}
    exec(compile(before, "/nowhere/made_up.py", "exec"), here)  # noqa: S102
    held = here["outer"](lambda user: True)
    assert [held(n) for n in (0, 1, 2)] == [False, False, True]
    changed = mutants.other_code(before, before.replace("user > 1", "not user > 1"))
    assert set(changed) == {"outer", "outer.<locals>.inner"}
    mutants.put_in_place("/nowhere/made_up.py", changed)
    assert [held(n) for n in (0, 1, 2)] == [True, True, False]
    assert here["outer"](lambda user: True)(2) is False
