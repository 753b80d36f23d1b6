"""Templates: none is left over."""

import re
from pathlib import Path

from django.template.loader import get_template
from django.template.loaders.app_directories import get_app_template_dirs

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
SOURCES = ("casework", "referrals", "careplans")
BY_CONVENTION = {"400.html", "403.html", "404.html", "500.html", "403_csrf.html", "429.jinja"}
"""Django and allauth ask for these by themselves."""
NAMED = re.compile(r"""["']([\w./{}-]+\.(?:jinja|html|txt))["']""")
"""A template's name in the code; an f-string stands for every name that fits."""


def names() -> list[str]:
    return sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*") if p.is_file())


def overrides(name: str) -> bool:
    """Whether an installed application asks for a template of this name, whatever its ending."""
    stem = name.rsplit(".", 1)[0]
    folders = [Path(folder) for folder in get_app_template_dirs("templates")]
    return any(next(folder.glob(f"{stem}.*"), None) for folder in folders)


def test_every_template_is_used():
    text = "\n".join(
        path.read_text()
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )
    text += "\n".join((TEMPLATES / name).read_text() for name in names())
    named = {
        re.compile(re.sub(r"\\{[^}]*\\}", r"[\\w-]+", re.escape(name)))
        for name in NAMED.findall(text)
    }
    unused = [
        name
        for name in names()
        if not any(pattern.fullmatch(name) for pattern in named)
        and name not in BY_CONVENTION
        and not overrides(name)
    ]
    assert unused == []


def test_every_template_compiles():
    for name in names():
        if name.endswith((".jinja", ".html")):
            assert get_template(name)
