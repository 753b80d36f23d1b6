"""What PDF/UA-1 asks of a file, as far as a machine can tell: rules of their own beside `pdfua`.

Each rule carries its identifier in the public catalogue of machine-checkable rules (`clause-test`,
the 106 identifiers that `pdfua` ships) and, where it answers one, the failure condition of the
Matterhorn Protocol (checkpoint-condition). `NOT_CHECKED` says what is left out and why. A rule
looks at the file alone and knows nothing of how it was made.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from lxml import etree

UA = "http://www.aiim.org/pdfua/ns/id/"
DC = "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LANGUAGE = re.compile(r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$")
STANDARD = frozenset(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4"
    " H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code"
    " Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form".split()
)
PAINTS = frozenset(["f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Tj", "TJ", "'", '"'])
SHOWS = frozenset(["Tj", "TJ", "'", '"'])
CMAPS = frozenset(["/Identity-H", "/Identity-V"])  # of the predefined ones, those that we meet


@dataclass
class Node:
    """One element of the structure tree."""

    row: Any
    parent: Node | None
    kids: list[Node] = field(default_factory=list)
    marks: list[tuple[Any, int]] = field(default_factory=list)
    objects: list[Any] = field(default_factory=list)
    raw: str = ""
    kind: str = ""

    def named(self, *kinds: str) -> list[Node]:
        return [one for one in self.kids if one.kind in kinds]

    def above(self) -> Iterator[Node]:
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def attribute(self, name: str) -> Any:
        found = self.row.get("/A")
        if found is None:
            return None
        for one in found if isinstance(found, pikepdf.Array) else [found]:
            if isinstance(one, pikepdf.Dictionary) and f"/{name}" in one:
                return one[f"/{name}"]
        return None

    @property
    def ident(self) -> str:
        return str(self.row.get("/ID", ""))


@dataclass
class Mark:
    """One piece of marked content, from BMC or BDC to EMC."""

    tag: str
    mcid: int | None
    row: Any
    page: Any
    around: tuple[Mark, ...]


@dataclass
class Shown:
    """One sign on a page: its font and its code."""

    font: Any
    code: bytes


@dataclass
class Painted:
    """Something that is drawn on a page, and the marked content around it."""

    what: str
    page: Any
    around: tuple[Mark, ...]


class Read:
    """A file as its rules look at it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pdf = pikepdf.open(io.BytesIO(data))
        self.root = self.pdf.Root
        self.nodes: list[Node] = []
        self.marks: list[Mark] = []
        self.painted: list[Painted] = []
        self.shown: list[Shown] = []
        self.drawn: Counter[Any] = Counter()
        self.forms: dict[Any, bool] = {}
        self._roles = dict(self.tree.get("/RoleMap", {}).items()) if self.tree is not None else {}
        if self.tree is not None and "/K" in self.tree:
            self._walk(self.tree.K, None, None)
        for page in self.pdf.pages:
            self._content(page, page.obj, page.obj.get("/Resources"), (), {"font": None})

    @property
    def tree(self) -> Any:
        return self.root.get("/StructTreeRoot")

    # The tree ------------------------------------------------------------------------------------

    def role(self, raw: str) -> str:
        """The standard type that a type stands for; itself where nothing says so."""
        seen = set()
        while raw not in STANDARD and f"/{raw}" in self._roles and raw not in seen:
            seen.add(raw)
            raw = str(self._roles[f"/{raw}"])[1:]
        return raw

    def _walk(self, kid: Any, parent: Node | None, page: Any) -> None:
        if isinstance(kid, pikepdf.Array):
            for one in kid:
                self._walk(one, parent, page)
        elif isinstance(kid, int):
            if parent is not None:
                parent.marks.append((page, kid))
        elif isinstance(kid, pikepdf.Dictionary):
            page = _key(kid.Pg) if "/Pg" in kid else page
            if kid.get("/Type") == "/MCR" and parent is not None:
                parent.marks.append((page, int(kid.MCID)))
            elif kid.get("/Type") == "/OBJR" and parent is not None:
                parent.objects.append(kid.Obj)
            elif "/S" in kid:
                node = Node(kid, parent, raw=str(kid.S)[1:])
                node.kind = self.role(node.raw)
                self.nodes.append(node)
                if parent is not None:
                    parent.kids.append(node)
                self._walk(kid.get("/K", pikepdf.Array()), node, page)

    def of(self, *kinds: str) -> list[Node]:
        return [one for one in self.nodes if one.kind in kinds]

    @cached_property
    def tagged(self) -> dict[tuple[Any, int], Node]:
        """The element to which each piece of real content belongs."""
        return {mark: node for node in self.nodes for mark in node.marks}

    @cached_property
    def holders(self) -> dict[Any, Node]:
        """The element in which each annotation stands."""
        return {_key(one): node for node in self.nodes for one in node.objects}

    def is_tagged(self, mark: Mark) -> bool:
        return mark.mcid is not None and (mark.page, mark.mcid) in self.tagged

    # The pages -----------------------------------------------------------------------------------

    def _content(
        self,
        stream: Any,
        page: Any,
        resources: Any,
        around: tuple[Mark, ...],
        state: dict[str, Any],
    ) -> None:
        stack, saved = list(around), []
        resources = resources if resources is not None else pikepdf.Dictionary()
        for step in pikepdf.parse_content_stream(stream):
            operator, operands = str(step.operator), list(step.operands)
            if operator in ("BMC", "BDC"):
                row = operands[1] if len(operands) > 1 else None
                if isinstance(row, pikepdf.Name):
                    row = resources.get("/Properties", {}).get(str(row))
                mcid = int(row.MCID) if row is not None and "/MCID" in row else None
                mark = Mark(str(operands[0])[1:], mcid, row, _key(page), tuple(stack))
                self.marks.append(mark)
                stack.append(mark)
            elif operator == "EMC":
                stack.pop()
            elif operator == "q":
                saved.append(dict(state))
            elif operator == "Q" and saved:
                state = saved.pop()
            elif operator == "Tf":
                state["font"] = resources.get("/Font", {}).get(str(operands[0]))
            elif operator in PAINTS or operator == "INLINE IMAGE":
                self.painted.append(Painted(operator, _key(page), tuple(stack)))
                if operator in SHOWS:
                    self._show(state["font"], operands[-1])
            elif operator == "Do":
                self._draw(resources.XObject[str(operands[0])], page, stack, state)

    def _draw(self, found: Any, page: Any, stack: list[Mark], state: dict[str, Any]) -> None:
        if found.get("/Subtype") != "/Form":
            self.painted.append(Painted("image", _key(page), tuple(stack)))
            return
        self.drawn[_key(found)] += 1
        before = len(self.marks)
        self._content(found, page, found.get("/Resources"), tuple(stack), dict(state))
        self.forms[_key(found)] = any(one.mcid is not None for one in self.marks[before:])

    def _show(self, font: Any, operand: Any) -> None:
        for one in operand if isinstance(operand, pikepdf.Array) else [operand]:
            if isinstance(one, pikepdf.String):
                data = bytes(one)
                wide = font is not None and font.get("/Subtype") == "/Type0"
                width = 2 if wide else 1
                self.shown += [
                    Shown(font, data[at : at + width]) for at in range(0, len(data), width)
                ]

    # What stands beside --------------------------------------------------------------------------

    @cached_property
    def annotations(self) -> list[tuple[Any, Any]]:
        return [(page.obj, one) for page in self.pdf.pages for one in page.obj.get("/Annots", [])]

    @cached_property
    def dictionaries(self) -> list[Any]:
        found: list[Any] = []

        def look(one: Any) -> None:
            if isinstance(one, pikepdf.Stream):
                found.append(one.stream_dict)
            if isinstance(one, pikepdf.Dictionary):
                found.append(one)
            values = one.values() if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)) else ()
            for value in one if isinstance(one, pikepdf.Array) else values:
                if isinstance(value, pikepdf.Object) and not value.is_indirect:
                    look(value)

        for one in self.pdf.objects:
            if isinstance(one, pikepdf.Object):
                look(one)
        return found

    @cached_property
    def fonts(self) -> list[Any]:
        return [
            one
            for one in self.dictionaries
            if one.get("/Type") == "/Font" and "/Subtype" in one and "/BaseFont" in one
        ]

    @cached_property
    def about(self) -> Any:
        """The XMP packet as XML; None where there is none."""
        if "/Metadata" not in self.root:
            return None
        return etree.fromstring(self.root.Metadata.read_bytes().strip())

    def said_about(self, space: str, name: str) -> list[str]:
        if self.about is None:
            return []
        tag = f"{{{space}}}{name}"
        found = [one.get(tag) for one in self.about.iter() if one.get(tag) is not None]
        return found + ["".join(one.itertext()).strip() for one in self.about.iter(tag)]

    @property
    def language(self) -> bool:
        return bool(str(self.root.get("/Lang", "")))

    def speaks(self, node: Node) -> bool:
        """Whether the language of an element is known, by itself or from above."""
        return self.language or any("/Lang" in one.row for one in node.above())


def _key(one: Any) -> Any:
    return one.objgen if one.is_indirect else id(one)


# The rules ----------------------------------------------------------------------------------------

Rule = Callable[[Read], Iterator[str]]
RULES: dict[str, Rule] = {}
MATTERHORN: dict[str, str] = {}
NOT_CHECKED = {
    "7.21.4.2-1": "CharSet of a Type 1 subset: we embed TrueType and OpenType only",
    "7.21.6-1": "the encodings inside a simple TrueType font: ours are composite fonts only",
    "7.21.6-4": "the encodings inside a simple TrueType font: ours are composite fonts only",
}


def rule(*idents: str, matterhorn: str = "") -> Callable[[Rule], Rule]:
    def keep(check: Rule) -> Rule:
        for ident in idents:
            assert ident not in RULES
            RULES[ident] = check
            MATTERHORN[ident] = matterhorn
        return check

    return keep


def complaints(data: bytes) -> dict[str, list[str]]:
    """What each rule has to say about a file; only those that have something to say."""
    read = Read(data)
    said = {ident: list(check(read)) for ident, check in RULES.items()}
    return {ident: words for ident, words in said.items() if words}


# 5 to 7.1: what the file says about itself, and what is real content


@rule("5-1", matterhorn="06-002")
def identified(read: Read) -> Iterator[str]:
    if not read.said_about(UA, "part"):
        yield "the metadata do not say that this is PDF/UA"


@rule("5-2", matterhorn="06-002")
def first_part(read: Read) -> Iterator[str]:
    yield from (f"part {one}" for one in read.said_about(UA, "part") if one != "1")


def _prefix(name: str) -> Rule:
    def check(read: Read) -> Iterator[str]:
        text = read.root.Metadata.read_bytes().decode() if "/Metadata" in read.root else ""
        for prefix in set(re.findall(rf'xmlns:([\w-]+)="{re.escape(UA)}"', text)) - {"pdfuaid"}:
            if re.search(rf"[<\s]{prefix}:{name}\b", text):
                yield f"{prefix}:{name}"

    return check


rule("5-3")(_prefix("part"))
rule("5-4")(_prefix("amd"))
rule("5-5")(_prefix("corr"))


@rule("6.1-1")
def header(read: Read) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\s", read.data):
        yield repr(read.data[:10])


@rule("6.2-1")
def marked(read: Read) -> Iterator[str]:
    if not read.root.get("/MarkInfo", {}).get("/Marked", False):
        yield "Marked is not true"


@rule("7.1-1", matterhorn="01-003")
def artifact_in_content(read: Read) -> Iterator[str]:
    for one in read.marks:
        if one.tag == "Artifact" and any(read.is_tagged(other) for other in one.around):
            yield "an artifact inside tagged content"


@rule("7.1-2", matterhorn="01-004")
def content_in_artifact(read: Read) -> Iterator[str]:
    for one in read.marks:
        if one.mcid is not None and any(other.tag == "Artifact" for other in one.around):
            yield f"tagged content {one.mcid} inside an artifact"


@rule("7.1-3", matterhorn="01-005")
def neither(read: Read) -> Iterator[str]:
    """Everything drawn is an artifact or belongs to an element that the tree leads to."""
    for one in read.painted:
        if not any(other.tag == "Artifact" or read.is_tagged(other) for other in one.around):
            yield f"{one.what} is neither tagged nor an artifact"


@rule("7.1-4", matterhorn="01-007")
def suspects(read: Read) -> Iterator[str]:
    if read.root.get("/MarkInfo", {}).get("/Suspects", False):
        yield "Suspects is true"


@rule("7.1-5", matterhorn="02-001")
def mapped(read: Read) -> Iterator[str]:
    yield from (f"{one.raw} is mapped to nothing" for one in read.nodes if one.kind not in STANDARD)


@rule("7.1-6", matterhorn="02-003")
def circular(read: Read) -> Iterator[str]:
    for start in read._roles:
        seen, at = {start}, start
        while at in read._roles:
            at = str(read._roles[at])
            if at in seen:
                yield f"{start} leads back to {at}"
                break
            seen.add(at)


@rule("7.1-7", matterhorn="02-004")
def remapped(read: Read) -> Iterator[str]:
    yield from (f"{one} is mapped anew" for one in read._roles if one[1:] in STANDARD)


@rule("7.1-8", matterhorn="06-001")
def metadata(read: Read) -> Iterator[str]:
    if "/Metadata" not in read.root:
        yield "no metadata"


@rule("7.1-9", matterhorn="06-003")
def title(read: Read) -> Iterator[str]:
    if not any(read.said_about(DC, "title")):
        yield "no title"


@rule("7.1-10", matterhorn="07-001, 07-002")
def title_shown(read: Read) -> Iterator[str]:
    if not read.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "DisplayDocTitle is not true"


@rule("7.1-11")
def has_tree(read: Read) -> Iterator[str]:
    if read.tree is None:
        yield "no structure tree"


@rule("7.1-12")
def parents(read: Read) -> Iterator[str]:
    for one in read.nodes:
        above = one.parent.row if one.parent is not None else read.tree
        if "/P" not in one.row:
            yield f"{one.raw} does not name its parent"
        elif _key(one.row.P) != _key(above):
            yield f"{one.raw} names another parent"


# 7.2: language


def _only_with_language(found: Callable[[Read], bool]) -> Rule:
    def check(read: Read) -> Iterator[str]:
        if found(read) and not read.language:
            yield "in no known language"

    return check


rule("7.2-2", matterhorn="11-003")(
    _only_with_language(lambda read: "/First" in read.root.get("/Outlines", {}))
)
rule("7.2-24", matterhorn="11-004")(
    _only_with_language(lambda read: any("/Contents" in one for _page, one in read.annotations))
)
rule("7.2-25", matterhorn="11-005")(
    _only_with_language(lambda read: any("/TU" in one for one in read.dictionaries))
)
rule("7.2-33", matterhorn="11-006")(
    _only_with_language(
        lambda read: (
            read.about is not None
            and any(
                one.get("{http://www.w3.org/XML/1998/namespace}lang") == "x-default"
                for one in read.about.iter(f"{{{RDF}}}li")
            )
        )
    )
)


def _words_of(name: str) -> tuple[Rule, Rule]:
    def on_elements(read: Read) -> Iterator[str]:
        for one in read.nodes:
            if f"/{name}" in one.row and not read.speaks(one):
                yield f"{name} of {one.raw} in no known language"

    def on_content(read: Read) -> Iterator[str]:
        for one in read.marks:
            if one.row is not None and f"/{name}" in one.row and not _spoken(read, one):
                yield f"{name} of content in no known language"

    return on_elements, on_content


def _spoken(read: Read, mark: Mark) -> bool:
    if read.language or any(
        one.row is not None and "/Lang" in one.row for one in (*mark.around, mark)
    ):
        return True
    node = read.tagged.get((mark.page, mark.mcid)) if mark.mcid is not None else None
    return node is not None and read.speaks(node)


for _name, _element, _content in (
    ("ActualText", "7.2-21", "7.2-30"),
    ("Alt", "7.2-22", "7.2-31"),
    ("E", "7.2-23", "7.2-32"),
):
    _on_elements, _on_content = _words_of(_name)
    rule(_element, matterhorn="11-002")(_on_elements)
    rule(_content, matterhorn="11-002")(_on_content)


@rule("7.2-29")
def language_tags(read: Read) -> Iterator[str]:
    said = [read.root, *(one.row for one in read.nodes)]
    said += [one.row for one in read.marks if one.row is not None]
    for one in said:
        if "/Lang" in one and not LANGUAGE.match(str(one.Lang)):
            yield f"{str(one.Lang)!r} is no language"


@rule("7.2-34", matterhorn="11-001")
def text_language(read: Read) -> Iterator[str]:
    for one in read.painted:
        real = [mark for mark in one.around if read.is_tagged(mark)]
        if one.what in SHOWS and real and not any(_spoken(read, mark) for mark in real):
            yield "text in no known language"


# 7.2: tables, lists and tables of contents


def _condition(kind: str) -> str:
    if kind.startswith("TOC"):
        return "09-006"
    return "09-005" if kind.startswith("L") else "09-004"


def _within(ident: str, kind: str, *parents: str) -> None:
    @rule(ident, matterhorn=_condition(kind))
    def check(read: Read) -> Iterator[str]:
        for one in read.of(kind):
            if one.parent is None or one.parent.kind not in parents:
                yield f"{kind} stands outside of {' and '.join(parents)}"


def _holds(ident: str, kind: str, *kids: str) -> None:
    @rule(ident, matterhorn=_condition(kind))
    def check(read: Read) -> Iterator[str]:
        for one in read.of(kind):
            yield from (f"{kind} holds {kid.kind}" for kid in one.kids if kid.kind not in kids)
            if one.marks:
                yield f"{kind} holds content"


def _at_most_one(ident: str, kind: str, kid: str) -> None:
    @rule(ident, matterhorn="09-004")
    def check(read: Read) -> Iterator[str]:
        yield from (
            f"{kind} with several {kid}" for one in read.of(kind) if len(one.named(kid)) > 1
        )


def _with_body(ident: str, kid: str) -> None:
    @rule(ident, matterhorn="09-004")
    def check(read: Read) -> Iterator[str]:
        for one in read.of("Table"):
            if one.named(kid) and not one.named("TBody"):
                yield f"{kid} without TBody"


def _caption_first(ident: str, kind: str, *, or_last: bool = False) -> None:
    @rule(ident, matterhorn=_condition(kind))
    def check(read: Read) -> Iterator[str]:
        for one in read.of(kind):
            places = [at for at, kid in enumerate(one.kids) if kid.kind == "Caption"]
            if set(places) - ({0, len(one.kids) - 1} if or_last else {0}):
                yield f"the caption of {kind} stands in the middle"


_holds("7.2-3", "Table", "TR", "THead", "TBody", "TFoot", "Caption")
_within("7.2-4", "TR", "Table", "THead", "TBody", "TFoot")
_within("7.2-5", "THead", "Table")
_within("7.2-6", "TBody", "Table")
_within("7.2-7", "TFoot", "Table")
_within("7.2-8", "TH", "TR")
_within("7.2-9", "TD", "TR")
_holds("7.2-10", "TR", "TH", "TD")
_at_most_one("7.2-11", "Table", "THead")
_at_most_one("7.2-12", "Table", "TFoot")
_with_body("7.2-13", "TFoot")
_with_body("7.2-14", "THead")
_caption_first("7.2-16", "Table", or_last=True)
_within("7.2-17", "LI", "L")
_within("7.2-18", "LBody", "LI")
_holds("7.2-19", "L", "L", "LI", "Caption")
_holds("7.2-20", "LI", "Lbl", "LBody")
_within("7.2-26", "TOCI", "TOC")
_holds("7.2-27", "TOC", "TOC", "TOCI", "Caption")
_caption_first("7.2-28", "TOC")
_holds("7.2-36", "THead", "TR")
_holds("7.2-37", "TBody", "TR")
_holds("7.2-38", "TFoot", "TR")
_at_most_one("7.2-39", "Table", "Caption")
_caption_first("7.2-40", "L")


def _rows(table: Node) -> list[list[Node]]:
    rows = []
    for one in table.kids:
        inside = [one] if one.kind == "TR" else one.named("TR")
        rows += [row.named("TH", "TD") for row in inside]
    return rows


def _grid(table: Node) -> tuple[list[set[int]], bool]:
    """Which columns each row fills, and whether two cells lie on one place."""
    rows = _rows(table)
    filled: list[set[int]] = [set() for _row in rows]
    met = False
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in filled[at]:
                column += 1
            wide, high = (int(cell.attribute(name) or 1) for name in ("ColSpan", "RowSpan"))
            for below in range(at, at + high):
                if below >= len(rows):
                    filled.append(set())
                places = set(range(column, column + wide))
                met = met or bool(filled[below] & places)
                filled[below] |= places
            column += wide
    return filled, met


@rule("7.2-15", matterhorn="09-004")
def cells_meet(read: Read) -> Iterator[str]:
    yield from ("two cells lie on one place" for one in read.of("Table") if _grid(one)[1])


@rule("7.2-41", matterhorn="09-004")
def columns_end(read: Read) -> Iterator[str]:
    """A cell that reaches below the last row makes its column longer than the others."""
    for one in read.of("Table"):
        if len(_grid(one)[0]) > len(_rows(one)):
            yield "a column is longer than the table"


@rule("7.2-42", "7.2-43", matterhorn="09-004")
def rows_end(read: Read) -> Iterator[str]:
    for one in read.of("Table"):
        if len({len(row) for row in _grid(one)[0]}) > 1:
            yield "rows are not equally long"


# 7.3 to 7.9: figures, headings, cells, formulas, notes


def _described(ident: str, kind: str, matterhorn: str) -> None:
    @rule(ident, matterhorn=matterhorn)
    def check(read: Read) -> Iterator[str]:
        for one in read.of(kind):
            if not str(one.row.get("/Alt", "")).strip() and "/ActualText" not in one.row:
                yield f"{kind} without words"


_described("7.3-1", "Figure", "13-004")
_described("7.7-1", "Formula", "17-002")


@rule("7.4.2-1", matterhorn="14-002, 14-003")
def headings(read: Read) -> Iterator[str]:
    last = 0
    for one in read.nodes:
        if re.fullmatch(r"H[1-6]", one.kind):
            level = int(one.kind[1])
            if level > last + 1:
                yield f"{one.kind} after {f'H{last}' if last else 'nothing'}"
            last = level


@rule("7.4.4-1", matterhorn="14-006")
def one_heading(read: Read) -> Iterator[str]:
    yield from (f"several H in {one.kind}" for one in read.nodes if len(one.named("H")) > 1)


@rule("7.4.4-2", "7.4.4-3", matterhorn="14-007")
def one_way_of_heading(read: Read) -> Iterator[str]:
    kinds = {one.kind for one in read.nodes}
    if "H" in kinds and any(re.fullmatch(r"H[1-6]", one) for one in kinds):
        yield "H and H1 in one file"


@rule("7.5-1", matterhorn="15-003")
def cells_have_headers(read: Read) -> Iterator[str]:
    """By Headers on each cell, or by Scope on each header."""
    for table in read.of("Table"):
        cells = [cell for row in _rows(table) for cell in row]
        heads = [one for one in cells if one.kind == "TH"]
        data = [one for one in cells if one.kind == "TD"]
        scoped = all(one.attribute("Scope") is not None for one in heads)
        if heads and not scoped and any(not one.attribute("Headers") for one in data):
            yield "cells without a header"


@rule("7.5-2")
def headers_are_there(read: Read) -> Iterator[str]:
    for table in read.of("Table"):
        cells = [cell for row in _rows(table) for cell in row]
        there = {one.ident for one in cells if one.kind == "TH" and one.ident}
        for one in cells:
            for name in one.attribute("Headers") or []:
                if str(name) not in there:
                    yield f"a cell names {str(name)!r}, and no header is called so"


@rule("7.9-1", matterhorn="19-003")
def notes(read: Read) -> Iterator[str]:
    yield from ("a note without a name" for one in read.of("Note") if not one.ident)


@rule("7.9-2", matterhorn="19-004")
def notes_once(read: Read) -> Iterator[str]:
    names = Counter(one.ident for one in read.of("Note") if one.ident)
    yield from (f"two notes are called {name}" for name, count in names.items() if count > 1)


# 7.10 to 7.20: layers, files, forms, encryption, what is drawn from elsewhere


def _layers(read: Read) -> list[Any]:
    found = read.root.get("/OCProperties")
    return [found.D, *found.get("/Configs", [])] if found is not None else []


@rule("7.10-1", matterhorn="20-001, 20-002")
def layers_named(read: Read) -> Iterator[str]:
    yield from ("layers without a name" for one in _layers(read) if not str(one.get("/Name", "")))


@rule("7.10-2", matterhorn="20-003")
def layers_automatic(read: Read) -> Iterator[str]:
    yield from ("layers with AS" for one in _layers(read) if "/AS" in one)


@rule("7.11-1", matterhorn="21-001")
def files(read: Read) -> Iterator[str]:
    for one in read.dictionaries:
        if "/EF" in one and not ("/F" in one and "/UF" in one):
            yield "an embedded file without F or UF"


@rule("7.15-1", matterhorn="25-001")
def dynamic_forms(read: Read) -> Iterator[str]:
    found = read.root.get("/AcroForm", {}).get("/XFA")
    parts = found if isinstance(found, pikepdf.Array) else [found]
    for one in parts:
        if isinstance(one, pikepdf.Stream) and re.search(
            rb"<dynamicRender>\s*required", one.read_bytes()
        ):
            yield "a form that is drawn by a programme"


@rule("7.16-1", matterhorn="26-001, 26-002")
def encryption(read: Read) -> Iterator[str]:
    found = read.pdf.trailer.get("/Encrypt")
    if found is not None and not int(found.get("/P", 0)) & (1 << 9):
        yield "reading aloud is not permitted"


@rule("7.20-1", matterhorn="30-001")
def reference_objects(read: Read) -> Iterator[str]:
    for one in read.dictionaries:
        if one.get("/Subtype") == "/Form" and "/Ref" in one:
            yield "something drawn from another file"


@rule("7.20-2", matterhorn="30-002")
def drawn_twice(read: Read) -> Iterator[str]:
    for one, count in read.drawn.items():
        if count > 1 and read.forms[one]:
            yield "tagged content that is drawn more than once"


# 7.18: annotations


def _subtype(one: Any) -> str:
    return str(one.get("/Subtype", ""))[1:]


def _seen(one: Any) -> bool:
    return not int(one.get("/F", 0)) & 2


def _inherited(one: Any, name: str) -> Any:
    while one is not None:
        if name in one:
            return one[name]
        one = one.get("/Parent")
    return None


@rule("7.18.1-1", matterhorn="28-002")
def annotations_nested(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) not in ("Link", "Widget", "PrinterMark", "Popup") and _seen(one):
            holder = read.holders.get(_key(one))
            if holder is None or holder.kind != "Annot":
                yield f"{_subtype(one)} outside of Annot"


@rule("7.18.1-2", matterhorn="28-004")
def annotations_described(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) not in ("Link", "Widget", "PrinterMark", "Popup") and _seen(one):
            holder = read.holders.get(_key(one))
            if not str(one.get("/Contents", "")) and (holder is None or "/Alt" not in holder.row):
                yield f"{_subtype(one)} without words"


@rule("7.18.1-3", matterhorn="28-005")
def fields_described(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) == "Widget" and _seen(one):
            holder = read.holders.get(_key(one))
            if not _inherited(one, "/TU") and (holder is None or "/Alt" not in holder.row):
                yield "a form field without words"


@rule("7.18.2-1", matterhorn="28-007")
def trap_nets(read: Read) -> Iterator[str]:
    yield from ("TrapNet" for _page, one in read.annotations if _subtype(one) == "TrapNet")


@rule("7.18.3-1", matterhorn="28-008, 28-009")
def tab_order(read: Read) -> Iterator[str]:
    for page in read.pdf.pages:
        if page.obj.get("/Annots") and page.obj.get("/Tabs") != "/S":
            yield "a page whose tab order is not that of its structure"


@rule("7.18.4-1", matterhorn="28-010")
def widgets(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) == "Widget" and _seen(one):
            holder = read.holders.get(_key(one))
            if holder is None or holder.kind != "Form":
                yield "a form field outside of Form"


@rule("7.18.4-2")
def one_widget(read: Read) -> Iterator[str]:
    for node in read.of("Form"):
        inside = [one for one in node.objects if _subtype(one) == "Widget"]
        if len(inside) > 1 and node.attribute("Role") is None:
            yield "several fields in one Form"


@rule("7.18.5-1", matterhorn="28-011")
def links(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) == "Link" and _seen(one):
            holder = read.holders.get(_key(one))
            if holder is None or holder.kind != "Link":
                yield "a link outside of Link"


@rule("7.18.5-2", matterhorn="28-012")
def links_described(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) == "Link" and _seen(one) and not str(one.get("/Contents", "")):
            yield "a link without words"


@rule("7.18.6.2-1", matterhorn="28-014")
def clips_typed(read: Read) -> Iterator[str]:
    yield from ("a clip without CT" for one in _clips(read) if "/CT" not in one)


@rule("7.18.6.2-2", matterhorn="28-015")
def clips_described(read: Read) -> Iterator[str]:
    yield from ("a clip without Alt" for one in _clips(read) if "/Alt" not in one)


def _clips(read: Read) -> list[Any]:
    return [one for one in read.dictionaries if one.get("/S") == "/MCD"]


@rule("7.18.8-1", matterhorn="28-017")
def printer_marks(read: Read) -> Iterator[str]:
    for _page, one in read.annotations:
        if _subtype(one) == "PrinterMark" and _key(one) in read.holders:
            yield "a printer's mark in the structure"


# 7.21: fonts


def _composite(read: Read) -> Iterator[tuple[Any, Any]]:
    for one in read.fonts:
        if one.Subtype == "/Type0":
            yield one, one.DescendantFonts[0]


def _cmap(one: Any) -> str:
    return one.Encoding.read_bytes().decode("latin-1")


@rule("7.21.3.1-1", matterhorn="31-001")
def collections(read: Read) -> Iterator[str]:
    for one, below in _composite(read):
        if isinstance(one.Encoding, pikepdf.Stream):
            said, there = one.Encoding.get("/CIDSystemInfo"), below.CIDSystemInfo
            if said is None or (str(said.Registry), str(said.Ordering)) != (
                str(there.Registry),
                str(there.Ordering),
            ):
                yield f"{one.BaseFont}: a map of another collection"


@rule("7.21.3.2-1", matterhorn="31-004")
def glyph_maps(read: Read) -> Iterator[str]:
    for one, below in _composite(read):
        if below.Subtype == "/CIDFontType2":
            there = below.get("/CIDToGIDMap")
            if there != "/Identity" and not isinstance(there, pikepdf.Stream):
                yield f"{one.BaseFont} without CIDToGIDMap"


@rule("7.21.3.3-1", matterhorn="31-006")
def maps_inside(read: Read) -> Iterator[str]:
    for one, _below in _composite(read):
        if not isinstance(one.Encoding, pikepdf.Stream) and str(one.Encoding) not in CMAPS:
            yield f"{one.BaseFont}: the map {one.Encoding} is neither embedded nor known"


@rule("7.21.3.3-2", matterhorn="31-007")
def writing_mode(read: Read) -> Iterator[str]:
    for one, _below in _composite(read):
        if isinstance(one.Encoding, pikepdf.Stream):
            inside = re.search(r"/WMode\s+(\d)", _cmap(one))
            if int(one.Encoding.get("/WMode", 0)) != int(inside.group(1) if inside else 0):
                yield f"{one.BaseFont}: two writing modes"


@rule("7.21.3.3-3", matterhorn="31-008")
def maps_of_maps(read: Read) -> Iterator[str]:
    for one, _below in _composite(read):
        if isinstance(one.Encoding, pikepdf.Stream):
            found = re.findall(r"/([\w-]+)\s+usecmap", _cmap(one))
            yield from (f"usecmap {name}" for name in found if f"/{name}" not in CMAPS)


@rule("7.21.4.1-1", matterhorn="31-009")
def embedded(read: Read) -> Iterator[str]:
    for one in read.fonts:
        if one.Subtype in ("/Type0", "/Type3"):
            continue
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(
            one.get("/FontDescriptor", {}).keys()
        ):
            yield f"{one.BaseFont} is not embedded"


class _Fonts:
    """The programs of the composite fonts that are shown, and what is shown of each."""

    def __init__(self, read: Read) -> None:
        self.codes: dict[Any, set[bytes]] = defaultdict(set)
        self.rows: dict[Any, Any] = {}
        for one in read.shown:
            if one.font is not None and one.font.get("/Subtype") == "/Type0":
                self.codes[_key(one.font)].add(one.code)
                self.rows[_key(one.font)] = one.font

    def each(self) -> Iterator[tuple[Any, Any, Any, set[int]]]:
        """Font, the font below it, its program, and the glyphs that are shown of it."""
        for key, font in self.rows.items():
            below = font.DescendantFonts[0]
            file = below.FontDescriptor.get("/FontFile2") or below.FontDescriptor.get("/FontFile3")
            if file is None:
                continue
            program = TTFont(io.BytesIO(file.read_bytes()), lazy=True)
            yield font, below, program, {int.from_bytes(one, "big") for one in self.codes[key]}


@rule("7.21.4.1-2")
def glyphs_inside(read: Read) -> Iterator[str]:
    for font, _below, program, shown in _Fonts(read).each():
        count = program["maxp"].numGlyphs
        yield from (f"{font.BaseFont} has no glyph {one}" for one in shown if one >= count)


@rule("7.21.4.2-2")
def glyph_sets(read: Read) -> Iterator[str]:
    for font, below, program, _shown in _Fonts(read).each():
        listed = below.FontDescriptor.get("/CIDSet")
        if listed is None:
            continue
        bits = listed.read_bytes()
        for one in range(program["maxp"].numGlyphs):
            if one // 8 >= len(bits) or not bits[one // 8] & (0x80 >> one % 8):
                yield f"{font.BaseFont} does not list glyph {one}"
                break


def _widths(below: Any) -> dict[int, float]:
    found: dict[int, float] = {}
    rows = list(below.get("/W", []))
    while rows:
        first = int(rows.pop(0))
        follows = rows.pop(0)
        if isinstance(follows, pikepdf.Array):
            found |= {first + at: float(width) for at, width in enumerate(follows)}
        else:
            width = float(rows.pop(0))
            found |= {at: width for at in range(first, int(follows) + 1)}
    return found


@rule("7.21.5-1")
def widths(read: Read) -> Iterator[str]:
    for font, below, program, shown in _Fonts(read).each():
        said, unit = _widths(below), program["head"].unitsPerEm
        order, metrics = program.getGlyphOrder(), program["hmtx"]
        for one in shown:
            if one < len(order):
                inside = metrics[order[one]][0] * 1000 / unit
                if abs(said.get(one, float(below.get("/DW", 1000))) - inside) > 1:
                    yield f"{font.BaseFont}: glyph {one} is not as wide as it says"


@rule("7.21.6-2")
def plain_encoding(read: Read) -> Iterator[str]:
    for one in read.fonts:
        if one.Subtype == "/TrueType" and int(one.get("/FontDescriptor", {}).get("/Flags", 0)) & 32:
            said = one.get("/Encoding")
            name = said.get("/BaseEncoding") if isinstance(said, pikepdf.Dictionary) else said
            if name not in ("/MacRomanEncoding", "/WinAnsiEncoding"):
                yield f"{one.BaseFont} without a known encoding"


@rule("7.21.6-3")
def symbol_encoding(read: Read) -> Iterator[str]:
    for one in read.fonts:
        flags = int(one.get("/FontDescriptor", {}).get("/Flags", 0))
        if one.Subtype == "/TrueType" and flags & 4 and "/Encoding" in one:
            yield f"{one.BaseFont}: symbols with an encoding"


def _to_unicode(font: Any) -> dict[bytes, str]:
    """What each code stands for, by the ToUnicode map."""
    if "/ToUnicode" not in font:
        return {}
    text = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, flags=re.S):
        for code, words in re.findall(r"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(words).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, flags=re.S):
        three = r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>"
        for first, last, words in re.findall(three, block):
            base = int(words, 16)
            for at in range(int(first, 16), int(last, 16) + 1):
                code = at.to_bytes(len(first) // 2, "big")
                value = (base + at - int(first, 16)).to_bytes(len(words) // 2, "big")
                found[code] = value.decode("utf-16-be", "replace")
    return found


@rule("7.21.7-1", matterhorn="10-001")
def stands_for(read: Read) -> Iterator[str]:
    fonts = _Fonts(read)
    for key, font in fonts.rows.items():
        known = _to_unicode(font)
        missing = [code for code in fonts.codes[key] if not known.get(code)]
        yield from (f"{font.BaseFont}: {code.hex()} stands for nothing" for code in missing)


@rule("7.21.7-2", matterhorn="31-028, 31-029")
def stands_for_something(read: Read) -> Iterator[str]:
    for font, _below in _composite(read):
        for code, words in _to_unicode(font).items():
            if set(words) & {"\0", "\ufeff", "\ufffe"}:
                yield f"{font.BaseFont}: {code.hex()} stands for no sign"


@rule("7.21.8-1", matterhorn="31-030")
def no_boxes(read: Read) -> Iterator[str]:
    for font, _below, _program, shown in _Fonts(read).each():
        if 0 in shown:
            yield f"{font.BaseFont}: a sign that the font does not have"
