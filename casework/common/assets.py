"""Copies the design system's files into casework/static/vendor: `python -m casework.common.assets`.

Only what the pages use is copied, and nothing in it reaches another host: the font faces go (the
font is licensed and would be fetched), the source map comments go (the maps are not shipped), and
the addresses of images become relative. Logos and icons that carry the NHS identity stay behind.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"
TARGET = ROOT / "casework" / "static" / "vendor" / "nhsuk"
STYLE, SCRIPT = "nhsuk-frontend.min.css", "nhsuk-frontend.min.js"

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
SOURCE_MAP = re.compile(r"/\*#\s*sourceMappingURL=[^*]*\*/|//#\s*sourceMappingURL=.*")
ADDRESS = re.compile(r"url\(\s*['\"]?([^)'\"]*)['\"]?\s*\)")
ASSETS = "/assets/"


def style(css: str) -> str:
    """The style sheet without fonts and source map, its images addressed relatively."""
    css = SOURCE_MAP.sub("", FONT_FACE.sub("", css))
    return css.replace(f"url({ASSETS}", "url(assets/").rstrip() + "\n"


def script(javascript: str) -> str:
    """The script without its source map."""
    return SOURCE_MAP.sub("", javascript).rstrip() + "\n"


def images(css: str) -> list[str]:
    """The files below assets/ that the (changed) style sheet shows; refuses any other address."""
    found = {match for match in ADDRESS.findall(css) if not match.startswith("data:")}
    outside = sorted(address for address in found if not address.startswith("assets/"))
    if outside:
        raise ValueError(f"the style sheet reaches outside its folder: {', '.join(outside)}")
    return sorted(found)


def copy(source: Path = SOURCE, target: Path = TARGET) -> list[Path]:
    """Writes the wanted files, replacing what an earlier version left; returns them."""
    css = style((source / STYLE).read_text(encoding="utf-8"))
    wanted = {STYLE: css, SCRIPT: script((source / SCRIPT).read_text(encoding="utf-8"))}
    pictures = images(css)
    shutil.rmtree(target, ignore_errors=True)
    for name, text in wanted.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")
    for name in pictures:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    return [target / name for name in [*wanted, *pictures]]


if __name__ == "__main__":
    if not SOURCE.is_dir():
        sys.exit("nhsuk-frontend is not installed. Run: make setup")
    copy()
