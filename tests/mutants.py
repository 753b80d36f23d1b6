"""Small wrongs put into the code that decides who sees what; the tests should notice each one.

    make mutants                          (or: python -m tests.mutants [part of a file's name …])

cosmic-ray makes the changes (`or` for `and`, `not` added, a comparison turned round, a decorator
taken off); to them come our own, because a forgotten condition is the mistake that counts here:
each argument of each `filter` and `exclude` is left out once, and where `visible_to` asks a policy,
the policy is. Nothing is written to the files: a changed module is only ever imported by the
process that runs its tests. cosmic-ray is no dependency of the project; `make mutants` puts it into
`var/tools`.

Of a file that does other things too, only the functions in `ONLY` are changed, and of any other
module every `visible_to`: `tests/meta/test_mutants.py` sees to it that none is forgotten.
"""

from __future__ import annotations

import ast
import gc
import importlib.abc
import importlib.util
import inspect
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "var" / "tools"
LONGEST = 900  # seconds for the tests without a change
AT_LEAST = 240  # seconds for the tests of one change; more where they took long without one

POLICIES = "tests/integration/access/test_policies.py"
ROWS = "tests/integration/access/test_policies_of_rows.py"
TEAM_WORK = "tests/integration/team_work/test_policies.py"
PLANS = "tests/integration/careplans/test_policies.py"
REFERRALS = "tests/integration/referrals/test_policies.py"
ASKING = "tests/integration/asking/test_policies.py"
REACH = "tests/integration/referral_work/test_policies.py"
PORTAL = "tests/integration/portal/test_policies.py"
VISIBLE_TO = frozenset({"visible_to"})
# The functions that decide, in files that do other things too
ONLY: dict[str, frozenset[str]] = {
    "casework/alerts/models.py": VISIBLE_TO,
    "casework/cases/models/contact.py": VISIBLE_TO,
    "casework/cases/models/person.py": VISIBLE_TO,
    "casework/cases/models/privacy.py": VISIBLE_TO,
    "casework/cases/models/work.py": VISIBLE_TO,
    "casework/extract/models.py": VISIBLE_TO,
    "casework/portal/carer_models.py": VISIBLE_TO,
    "casework/portal/carers.py": frozenset(
        {"is_shut", "opened", "may_read", "may_do", "accesses_of"}
    ),
    "casework/portal/talk/diary.py": frozenset({"readable_by"}),
    "casework/portal/talk/questions.py": frozenset({"readable_by"}),
    "casework/worklist/models.py": VISIBLE_TO,
    "careplans/documents/services.py": frozenset({"may_share"}),
    "careplans/models/agreeing.py": VISIBLE_TO,
    "careplans/models/lines.py": VISIBLE_TO,
    "careplans/models/plan.py": VISIBLE_TO,
    "careplans/models/recorded.py": VISIBLE_TO,
    "careplans/writers.py": frozenset({"may_write", "may_decide", "role_at", "who_at"}),
    "referrals/models/handover.py": VISIBLE_TO,
    "referrals/models/paths.py": VISIBLE_TO,
    "referrals/models/referral.py": VISIBLE_TO,
    "referrals/work/ended.py": frozenset({"may_come_back"}),
}
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
    "casework/cases/team_work/policy.py": [
        TEAM_WORK,
        "tests/integration/team_work/test_absences.py",
        "tests/integration/team_work/test_pages.py",
    ],
    "casework/alerts/policy.py": [POLICIES, "tests/integration/alerts"],
    "careplans/policy.py": [PLANS, "tests/integration/careplans/test_pages.py"],
    "referrals/policy.py": [REFERRALS, "tests/integration/referrals/test_matrix.py"],
    "referrals/asking/policy.py": [ASKING, "tests/integration/asking/test_pages.py"],
    "referrals/paths/policy.py": [REFERRALS, "tests/integration/referrals/test_paths.py"],
    "referrals/work/scope.py": [REACH, "tests/meta/test_fence.py"],
    "casework/portal/access.py": [PORTAL, POLICIES, "tests/integration/portal/test_walls.py"],
    "casework/portal/carers.py": [PORTAL],
    "casework/portal/talk/diary.py": [PORTAL],
    "casework/portal/talk/questions.py": [PORTAL],
    "careplans/documents/services.py": [PLANS],
    "careplans/sharing.py": [PLANS],
    "careplans/writers.py": [PLANS],
    "referrals/work/ended.py": [REACH],
    **{file: [ROWS] for file, functions in ONLY.items() if functions is VISIBLE_TO},
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
    """Every change to one file, or to its functions in `ONLY`, once."""
    source = (ROOT / file).read_text()
    seen, lines = {source}, decisive_lines(source, ONLY.get(file))
    own = (*_conditions_left_out(source), *_scoping_left_out(source))
    for what, code in (*_by_cosmic_ray(source), *own):
        if code in seen or _annotations_only(source, code):
            continue
        seen.add(code)
        line, was = _first_difference(source, code)
        if line in lines:
            yield Mutant(file, what, line, was, code)


def decisive_lines(source: str, only: frozenset[str] | None) -> frozenset[int]:
    """The lines of some functions; of the whole source where none are named."""
    if only is None:
        return frozenset(range(1, source.count("\n") + 2))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [n for n in ast.walk(ast.parse(source)) if isinstance(n, kinds) and n.name in only]
    return frozenset(line for n in found for line in range(n.lineno, (n.end_lineno or 0) + 1))


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


def _scoping_left_out(source: str) -> Iterator[tuple[str, str]]:
    """Where `visible_to` asks a policy: everything, without asking."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == "visible_to":
            answer = node.body[-1]
            told = ast.get_source_segment(source, answer) or ""
            if told.startswith("return policy."):
                yield "ScopingLeftOut", source.replace(told, "return self", 1)


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


OPTIONS = ("-x", "-q", "--reuse-db", "-p", "no:randomly", "-p", "no:cacheprovider")


def _ended(child: int, longest: float) -> int:
    """The exit code of a process of ours, which is ended where it takes too long."""
    deadline = time.monotonic() + longest
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


def _quietly() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _run(tests: list[str], mutant: Mutant, longest: float) -> int:
    """pytest's exit code, from a process of its own that has the libraries already."""
    child = os.fork()
    if child:
        return _ended(child, longest)
    code = 70
    try:
        _quietly()
        sys.meta_path.insert(0, Changed(mutant))
        import pytest

        code = int(pytest.main([*OPTIONS, *tests]))
    finally:
        os._exit(code)


# The quick way -----------------------------------------------------------------------------------

TESTS_FAILED = 1
NOTICED = (TESTS_FAILED, -signal.SIGKILL)  # tests that never end notice it too


class Quickly:
    """A plugin: the tests of one file are collected once, and run for each change in a process of
    their own, in which the changed functions have their other code. What survives that, or stands
    outside of functions, is left to `_run`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.survived: list[Mutant] = []
        self.every = 0
        self.sound = False
        self.longest: float = LONGEST

    def pytest_runtestloop(self, session: Any) -> bool:
        import casework.urls

        assert casework.urls
        began = time.monotonic()
        self.sound = self._noticed(session, None) == 0
        # on a busy machine a change is not "noticed" because its tests were slow
        self.longest = max(AT_LEAST, 5 * (time.monotonic() - began))
        if self.sound:
            for mutant in mutants(self.file):
                self.every += 1
                changed = other_code((ROOT / self.file).read_text(), mutant.code)
                if changed is None or self._noticed(session, changed) not in NOTICED:
                    self.survived.append(mutant)
        return True

    def _noticed(self, session: Any, changed: dict[str, CodeType] | None) -> int:
        """Zero where every test passes."""
        sys.stdout.flush()
        child = os.fork()
        if child:
            code = _ended(child, self.longest)
            for left in Path(os.environ["TEST_RUN_DIR"]).glob(f"{child}.sqlite3*"):
                left.unlink()
            return code
        code = 70
        try:
            _database_of_its_own()
            if changed is not None:
                session.config.pluginmanager.unregister(name="terminalreporter")
                put_in_place(str(ROOT / self.file), changed)
            for item, after in zip(session.items, [*session.items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                if session.testsfailed:
                    break
            code = TESTS_FAILED if session.testsfailed else 0
        finally:
            sys.stdout.flush()
            os._exit(code)


def _database_of_its_own() -> None:
    """On SQLite, since a process that ends at the first failure leaves its file as it is."""
    from django.db import connection

    from tests import databases

    if connection.vendor == "sqlite":
        databases.use(f"{os.environ['TEST_RUN_DIR']}/{os.getpid()}.sqlite3")


def other_code(source: str, code: str) -> dict[str, CodeType] | None:
    """The functions that a change gives another code, by name; None where it is not in one."""
    before, after = (compile(text, "x", "exec", dont_inherit=True) for text in (source, code))
    if not _same_outside(before, after):
        return None
    old, new = (dict(_functions(one)) for one in (before, after))
    if set(old) != set(new):
        return None
    changed = {name: new[name] for name in old if old[name] != new[name]}
    same_cells = all(old[name].co_freevars == one.co_freevars for name, one in changed.items())
    return changed if changed and same_cells else None


def _functions(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_flags & inspect.CO_NEWLOCALS and one.co_name.isidentifier():
                yield one.co_qualname, one
            yield from _functions(one)


def _same_outside(before: CodeType, after: CodeType) -> bool:
    """Do a module and its classes do the same, whatever their functions do?"""

    def outside(code: CodeType) -> tuple[Any, ...]:
        rest = tuple(
            outside(one) if not one.co_flags & inspect.CO_NEWLOCALS else one.co_qualname
            for one in code.co_consts
            if isinstance(one, CodeType)
        )
        plain = tuple(repr(one) for one in code.co_consts if not isinstance(one, CodeType))
        return code.co_code, code.co_names, plain, rest

    return outside(before) == outside(after)


def put_in_place(file: str, changed: dict[str, CodeType]) -> None:
    """Every function of a file that is there, decorated ones too, does what its new code says."""
    for one in gc.get_objects():
        # asked of the type itself: a lazy object would be woken
        if type(one) is FunctionType and one.__code__.co_filename == file:
            if one.__code__.co_qualname in changed:
                one.__code__ = changed[one.__code__.co_qualname]


def _libraries() -> None:
    """What every process needs and no change touches, imported once. (Not what pytest takes as a
    plugin: it would warn that it comes too late for it, and warnings are errors here.)"""
    import django.test
    import jinja2

    assert django.test and jinja2


class WithoutAnyChange(Exception):
    """The tests of a file fail, or take too long, as the file is."""


def _of_file(file: str, tests: list[str]) -> tuple[int, list[Mutant]]:
    """How many changes there are to a file, and those that no test notices."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        quickly = Quickly(file)
        try:
            import pytest

            pytest.main([*OPTIONS, *tests], plugins=[quickly])
            told = (quickly.sound, quickly.every, quickly.longest, quickly.survived)
            os.write(writing, pickle.dumps(told))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    sound, every, longest, maybe = pickle.loads(told) if told else (False, 0, 0, [])  # noqa: S301
    if not sound:
        raise WithoutAnyChange(file)
    survivors = []
    for mutant in maybe:
        # a module that cannot be imported, or tests that never end, are noticed too
        if _run(tests, mutant, longest) == 0:
            survivors.append(mutant)
            line = f"{mutant.file}:{mutant.line}: {mutant.what}: {mutant.was}"
            print(f"survived  {line}", flush=True)
    print(f"{file}: {every} changes, {len(survivors)} survived", flush=True)
    return every, survivors


def main(wanted: list[str]) -> int:
    sys.path.append(str(TOOLS))
    os.chdir(ROOT)
    folder = tempfile.mkdtemp(prefix="alongside-mutants-")
    os.environ.setdefault("TEST_DATABASE_URL", f"sqlite:///{folder}/mutants.sqlite3")
    os.environ["TEST_RUN_DIR"] = folder  # one migrated template for all changes
    _libraries()
    survivors, every = [], 0
    try:
        for file, tests in TARGETS.items():
            if wanted and not any(one in file for one in wanted):
                continue
            count, found = _of_file(file, tests)
            every += count
            survivors += found
    except WithoutAnyChange as error:
        print(f"The tests of {error} fail, or take too long, without any change.")
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{every} changes, {every - len(survivors)} noticed, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
