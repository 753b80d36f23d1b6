"""The design system's files as they are served."""

import re
from pathlib import Path

import pytest

from casework.common import assets

CSS = (
    '@charset "UTF-8";a{color:red}'
    '@font-face{font-family:F;src:url(https://assets.example.org/f.woff2) format("woff2")}'
    "@font-face{font-family:G;src:url(/assets/g.woff)}"
    "b{background:url(/assets/images/tick.svg)}c{background:url(data:image/png;base64,AA)}\n"
    "/*# sourceMappingURL=nhsuk-frontend.min.css.map */\n"
)


@pytest.fixture
def package(tmp_path):
    """The part of the npm package that is read."""
    folder = tmp_path / "package"
    (folder / "assets" / "images").mkdir(parents=True)
    (folder / assets.STYLE).write_text(CSS)
    (folder / assets.SCRIPT).write_text("export{a};//# sourceMappingURL=x.min.js.map")
    (folder / "assets" / "images" / "tick.svg").write_text("<svg/>")
    (folder / "assets" / "images" / "favicon.svg").write_text("<svg>logo</svg>")
    return folder


def test_style_has_no_fonts_no_map_and_relative_images():
    assert assets.style(CSS) == (
        '@charset "UTF-8";a{color:red}'
        "b{background:url(assets/images/tick.svg)}c{background:url(data:image/png;base64,AA)}\n"
    )


def test_script_has_no_map():
    assert assets.script("export{a};//# sourceMappingURL=x.js.map") == "export{a};\n"


def test_only_images_that_the_style_shows_are_copied(package, tmp_path):
    target = tmp_path / "vendor"
    (target / "assets").mkdir(parents=True)
    (target / "assets" / "from-an-earlier-version.svg").write_text("old")

    written = assets.copy(package, target)

    files = {path for path in target.rglob("*") if path.is_file()}
    assert files == set(written)
    assert {str(path.relative_to(target)) for path in files} == {
        assets.STYLE,
        assets.SCRIPT,
        "assets/images/tick.svg",
    }


def test_a_style_that_reaches_outside_is_refused(package, tmp_path):
    (package / assets.STYLE).write_text("a{background:url(https://example.org/x.png)}")
    target = tmp_path / "vendor"
    with pytest.raises(ValueError, match=re.escape("https://example.org/x.png")):
        assets.copy(package, target)
    assert not target.exists()


@pytest.mark.skipif(not assets.SOURCE.is_dir(), reason="npm packages are not installed: make setup")
def test_the_installed_package_becomes_self_contained(tmp_path):
    written = assets.copy(target=tmp_path)
    css = (tmp_path / assets.STYLE).read_text()
    assert "@font-face" not in css
    assert "sourceMappingURL" not in css + (tmp_path / assets.SCRIPT).read_text()
    assert not re.findall(r"https?://", css)
    assert {path.suffix for path in written} == {".css", ".js", ".svg"}
    assert not [path.name for path in written if "logo" in path.name or "favicon" in path.name]


def test_every_block_of_the_style_sheet_is_closed():
    """A brace that went missing nests every rule after it under another."""
    text = (
        Path(__file__).resolve().parents[2] / "casework/static/casework/casework.css"
    ).read_text()
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        top = depth == 0 or not line or line[0] in " \t}" or line.startswith(("/*", "@"))
        assert top, f"line {number} stands inside the block before it: {line}"
        depth += line.count("{") - line.count("}")
    assert depth == 0
