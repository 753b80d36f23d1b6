"""Small wrongs put into the code that decides who sees what; the tests should notice each one.

    make mutants                          (or: python -m tests.mutants [part of a file's name …])

cosmic-ray makes the changes (`or` for `and`, `not` added, a comparison turned round, a decorator
taken off); to them comes one of our own, because a forgotten condition is the mistake that counts
here: each argument of each `filter` and `exclude` is left out once. Nothing is written to the
files: a changed module is only ever imported by the process that runs its tests. cosmic-ray is no
dependency of the project; `make mutants` puts it into `var/tools`.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "var" / "tools"
LONGEST = 900  # seconds for the tests without a change
AT_LEAST = 240  # seconds for the tests of one change; more where they took long without one

POLICIES = "tests/integration/access/test_policies.py"
# What is changed, and the tests that should notice, the quickest first
TARGETS: dict[str, list[str]] = {
    "casework/accounts/policy.py": [POLICIES, "tests/integration/accounts/test_users.py"],
    "casework/cases/policy.py": [POLICIES],
    # of a field's options the tables tell more than the policies do
    "casework/cases/models/access.py": ["tests/meta/test_migrations.py", POLICIES],
    "casework/cases/access/policy.py": [
        POLICIES,
        "tests/integration/access/test_sealed.py",
        "tests/integration/access/test_override.py",
    ],
    "casework/cases/profile/policy.py": [POLICIES, "tests/integration/profile"],
    "casework/cases/team_work/policy.py": [POLICIES, "tests/integration/team_work"],
    "casework/alerts/policy.py": [POLICIES, "tests/integration/alerts"],
    "careplans/policy.py": [POLICIES, "tests/integration/careplans/test_pages.py"],
    "referrals/policy.py": [POLICIES, "tests/integration/referrals/test_matrix.py"],
    "casework/portal/access.py": [POLICIES, "tests/integration/portal/test_walls.py"],
}
OPERATORS = (
    "core/AddNot",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceBinaryOperator_BitOr_BitAnd",
    "core/ReplaceBinaryOperator_BitAnd_BitOr",
    "core/ReplaceComparisonOperator_Eq_NotEq",
    "core/ReplaceComparisonOperator_NotEq_Eq",
    "core/ReplaceComparisonOperator_Is_IsNot",
    "core/ReplaceComparisonOperator_IsNot_Is",
    "core/ReplaceComparisonOperator_Gt_LtE",
    "core/ReplaceComparisonOperator_Gt_GtE",
    "core/NumberReplacer",
    "core/RemoveDecorator",
    "core/ZeroIterationForLoop",
)


@dataclass(frozen=True)
class Mutant:
    """One changed module."""

    file: str
    what: str
    line: int
    was: str
    code: str


def mutants(file: str) -> Iterator[Mutant]:
    """Every change to one file, once."""
    source = (ROOT / file).read_text()
    seen = {source}
    for what, code in [*_by_cosmic_ray(source), *_conditions_left_out(source)]:
        if code in seen or _annotations_only(source, code):
            continue
        seen.add(code)
        line, was = _first_difference(source, code)
        yield Mutant(file, what, line, was, code)


def _by_cosmic_ray(source: str) -> Iterator[tuple[str, str]]:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    for name in OPERATORS:
        operator, occurrence = get_operator(name)(), 0
        while (code := mutate_code(source, operator, occurrence)) is not None:
            yield name.removeprefix("core/"), code
            occurrence += 1


def _conditions_left_out(source: str) -> Iterator[tuple[str, str]]:
    """`filter(a, b=c)` without a, then without b."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def at(row: int, column: int) -> int:
        return starts[row - 1] + len(lines[row - 1].encode()[:column].decode())

    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in {"filter", "exclude"}:
            continue
        for one in [*node.args, *node.keywords]:
            begin = at(one.lineno, one.col_offset)
            end = at(one.end_lineno or 0, one.end_col_offset or 0)
            rest = source[end:].lstrip()
            end = len(source) - len(rest) + 1 if rest.startswith(",") else end
            yield "ConditionLeftOut", source[:begin] + source[end:]


def _annotations_only(source: str, code: str) -> bool:
    """`X | None` in a signature is no decision; nor is code that is not Python any more."""
    try:
        trees = [ast.parse(source), ast.parse(code)]
    except SyntaxError:
        return True
    for tree in trees:
        for node in ast.walk(tree):
            for name in ("annotation", "returns"):
                if getattr(node, name, None) is not None:
                    setattr(node, name, ast.Constant(0))
    return ast.dump(trees[0]) == ast.dump(trees[1])


def _first_difference(source: str, code: str) -> tuple[int, str]:
    before, after = source.splitlines(), code.splitlines()
    for number, (one, other) in enumerate(zip(before, after, strict=False), start=1):
        if one != other:
            return number, f"{one.strip()}  ->  {other.strip()}"
    return len(after), "the end"


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module in its changed form to whoever imports it."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = mutant.file.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        place = str(ROOT / self.mutant.file)
        return importlib.util.spec_from_file_location(fullname, place, loader=self)

    def exec_module(self, module: Any) -> None:
        exec(compile(self.mutant.code, self.mutant.file, "exec"), module.__dict__)  # noqa: S102


def _run(tests: list[str], mutant: Mutant | None, longest: float = LONGEST) -> int:
    """pytest's exit code, from a process of its own that has the libraries already."""
    child = os.fork()
    if child:
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return -signal.SIGKILL
    code = 70
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        if mutant is not None:
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            sys.meta_path.insert(0, Changed(mutant))
        import pytest

        options = ["-x", "-q", "--reuse-db", "-p", "no:randomly", "-p", "no:cacheprovider"]
        code = int(pytest.main([*options, *tests]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _libraries() -> None:
    """What every process needs and no change touches, imported once. (Not what pytest takes as a
    plugin: it would warn that it comes too late for it, and warnings are errors here.)"""
    import django.test
    import jinja2

    assert django.test and jinja2


def main(wanted: list[str]) -> int:
    sys.path.append(str(TOOLS))
    os.chdir(ROOT)
    folder = tempfile.mkdtemp(prefix="alongside-mutants-")
    os.environ.setdefault("TEST_DATABASE_URL", f"sqlite:///{folder}/mutants.sqlite3")
    os.environ["TEST_RUN_DIR"] = folder  # one migrated template for all changes
    _libraries()
    survivors, every = [], 0
    try:
        targets = {f: t for f, t in TARGETS.items() if not wanted or any(w in f for w in wanted)}
        tests = sorted({test for some in targets.values() for test in some})
        began = time.monotonic()
        if code := _run(tests, None):
            late = code == -signal.SIGKILL
            print("The tests take too long." if late else "The tests fail without any change.")
            return 2
        # on a busy machine a change is not "noticed" because its tests were slow
        longest = max(AT_LEAST, 5 * (time.monotonic() - began))
        for file, tests in targets.items():
            for mutant in mutants(file):
                every += 1
                # a module that cannot be imported, or tests that never end, are noticed too
                if _run(tests, mutant, longest) == 0:
                    survivors.append(mutant)
                    line = f"{mutant.file}:{mutant.line}: {mutant.what}: {mutant.was}"
                    print(f"survived  {line}", flush=True)
            print(f"{file}: done", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{every} changes, {every - len(survivors)} noticed, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
