"""Catalogues of translations: read, written and checked without any program from outside.

The words of the pages stand in the code and the templates, in English. A catalogue is a `.po` file
that people edit and a `.mo` file that is made from it. The pseudo-locale is made from the words
alone: every one in brackets and with accents, so that a word which cannot be translated stands out.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("casework", "referrals", "careplans")
PSEUDO = "en-xa"
CONTEXT_END = "\x04"
_SIMPLE = {"gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_TRANSLATION = "django.utils.translation"
_HOLES = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|&\w+;|\n)")
_ACCENTS = str.maketrans("aeiouyAEIOUYncs", "áéíóúýÁÉÍÓÚÝñçš")


@dataclass(frozen=True)
class Message:
    """Something to translate: its context, if it has one, its English, and the English of many."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        """How a catalogue names it."""
        start = f"{self.context}{CONTEXT_END}" if self.context else ""
        return start + self.text + (f"\0{self.plural}" if self.plural else "")


# What there is to translate -----------------------------------------------------------------------


def messages() -> set[Message]:
    """Every message of the code and the templates."""
    found: set[Message] = set()
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= set(of_code(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".jinja", ".html", ".txt"):
            found |= set(of_template(path.read_text(encoding="utf-8")))
    return found


def of_code(code: str) -> Iterator[Message]:
    """The messages of a module, whatever names it gives to the functions of translation."""
    tree = ast.parse(code)
    known = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == _TRANSLATION
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = known.get(node.func.id, "") if isinstance(node.func, ast.Name) else ""
        words = [
            one.value
            for one in node.args
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if name in _SIMPLE and words:
            yield Message(words[0])
        elif name in _PLURAL and len(words) == 2:
            yield Message(words[0], words[1])
        elif name in _CONTEXT and len(words) == 2:
            yield Message(words[1], context=words[0])


def of_template(source: str) -> Iterator[Message]:
    """The messages of a template."""
    env = Environment(  # only read, never filled in
        autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )
    for _line, name, words in env.extract_translations(source):  # type: ignore[attr-defined]
        if name == "ngettext" and isinstance(words, tuple) and words[0] and words[1]:
            yield Message(words[0], words[1])
        else:
            text = words if isinstance(words, str) else words[0]
            if text:
                yield Message(text)


# Pseudo-locale ------------------------------------------------------------------------------------


def pseudo(text: str) -> str:
    """A text as the pseudo-locale says it: accents, a third longer, in brackets; what is filled in
    stays as it is."""
    parts = _HOLES.split(text)
    words = "".join(
        part if number % 2 else part.translate(_ACCENTS) for number, part in enumerate(parts)
    )
    return f"⟦{words}{' ~~~' * (len(text) // 12)}⟧"


def pseudo_catalogue() -> dict[str, str]:
    """The whole pseudo-locale."""
    found = {"": header(PSEUDO, "nplurals=2; plural=(n != 1);")}
    for one in messages():
        said = pseudo(one.text)
        found[one.key] = f"{said}\0{pseudo(one.plural)}" if one.plural else said
        if one.plural:  # a template may ask for the single one alone
            found.setdefault(one.text, said)
    return found


def header(language: str, plural: str) -> str:
    """What every catalogue begins with."""
    return (
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        f"Content-Transfer-Encoding: 8bit\nLanguage: {language}\nPlural-Forms: {plural}\n"
    )


# Files --------------------------------------------------------------------------------------------

_STRING = re.compile(r'^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"(.*)"\s*$')


def read_po(path: Path) -> dict[str, str]:
    """The catalogue of a `.po` file. What is fuzzy or empty is left out."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        fields: dict[str, str] = {}
        name = ""
        fuzzy = False
        for line in block.splitlines():
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            match = _STRING.match(line)
            if match is None:
                continue
            name = match[1] or name
            fields[name] = fields.get(name, "") + ast.literal_eval(f'"{match[2]}"')
        if fuzzy or "msgid" not in fields:
            continue
        said = [fields[key] for key in sorted(fields) if key.startswith("msgstr")]
        one = Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
        if said and all(said):
            found[one.key] = "\0".join(said)
    return found


def mo_bytes(catalogue: Mapping[str, str]) -> bytes:
    """A catalogue in the binary form that gettext reads."""
    pairs = sorted((key.encode(), said.encode()) for key, said in catalogue.items())
    keys = b"".join(key + b"\0" for key, _said in pairs)
    start = 7 * 4 + 16 * len(pairs)
    key_table, said_table = [], []
    key_at, said_at = start, start + len(keys)
    for key, said in pairs:
        key_table += [len(key), key_at]
        said_table += [len(said), said_at]
        key_at += len(key) + 1
        said_at += len(said) + 1
    head = [0x950412DE, 0, len(pairs), 7 * 4, 7 * 4 + 8 * len(pairs), 0, 0]
    numbers = [*head, *key_table, *said_table]
    texts = b"".join(said + b"\0" for _key, said in pairs)
    return struct.pack(f"<{len(numbers)}I", *numbers) + keys + texts


def write_mo(path: Path, catalogue: Mapping[str, str]) -> None:
    """Write a catalogue where Django looks for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mo_bytes(catalogue))


def holes(text: str) -> list[str]:
    """What is filled into a text: a translation has the same."""
    return sorted(one for one in _HOLES.findall(text) if one != "\n")
