"""No view reads rows without asking whose they are."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("casework", "referrals", "careplans")
FETCH = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
MANAGERS = {"objects", "_default_manager", "_base_manager", "history"}


def view_modules() -> list[Path]:
    found = []
    for source in SOURCES:
        for path in (ROOT / source).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "views" in parts:
                found.append(path)
    return sorted(found)


def unscoped(code: str) -> list[str]:
    """What in a view module reads rows of everybody: lines of `line: code`."""
    tree = ast.parse(code)
    allowed = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "visible_to"
    }
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in MANAGERS
            and isinstance(node.value, ast.Name)
            and id(node) not in allowed
        ):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Call) and node.args and _name(node.func) in FETCH:
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id[:1].isupper():
                found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_there_are_views_to_look_at():
    assert len(view_modules()) >= 3


@pytest.mark.parametrize("path", view_modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_views_scope_before_they_fetch(path):
    assert unscoped(path.read_text()) == [], "ask Model.objects.visible_to(request.user)"


@pytest.mark.parametrize(
    "code",
    [
        "get_object_or_404(Person, pk=pk)",
        "shortcuts.get_object_or_404(Person, pk=pk)",
        "get_list_or_404(Contact)",
        "Person.objects.get(pk=pk)",
        "Person.objects.all().visible_to(user)",
        "get_object_or_404(Person.objects.filter(name=name), pk=pk)",
        "Person._default_manager.get(pk=pk)",
        "Person.history.filter(id=pk)",
        "rows = Person.objects",
    ],
)
def test_the_lint_finds_what_is_unscoped(code):
    assert unscoped(code)


@pytest.mark.parametrize(
    "code",
    [
        "get_object_or_404(Person.objects.visible_to(request.user), pk=pk)",
        "Person.objects.visible_to(request.user).select_related('provider')",
        "found.contacts.all()",
        "get_object_or_404(visible, pk=pk)",
    ],
)
def test_the_lint_lets_what_is_scoped_pass(code):
    assert unscoped(code) == []
