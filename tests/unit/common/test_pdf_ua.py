"""Each rule of PDF/UA-1 is kept by what we make, and speaks up over a file that breaks it."""

import io
import re
from functools import cache

import pikepdf
import pytest
from pdfua.catalog import pdfua1_rule_identifiers
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Stream, String

from casework.common import pdf as printing
from tests.pdf_ua import MATTERHORN, NOT_CHECKED, RULES, Read, complaints

PAGE = """<html lang="en-gb"><head><title>Words</title><style>
@page { @bottom-left { content: "Whose it is" } @bottom-right { content: counter(page) } }
p.box { border: 1pt solid #005eb8; background: #eee }
</style></head><body>
<h1 id="top">One</h1>
<p class="box">Words <em>with</em> <a href="#top">a way up</a> and <a href="https://nhs.uk/">out</a></p>
<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>
<h2>Two</h2>
<table><caption>Days</caption><thead><tr><th>Day</th><th>How</th></tr></thead>
<tbody><tr><td>Monday</td><td>Well</td></tr></tbody></table>
<svg viewBox="0 0 48 48" width="48" height="48"><title>Picture: a door</title>
<rect x="3" y="3" width="20" height="20"/></svg>
<p style="break-before: page">The next page</p></body></html>"""


@cache
def sound():
    """A file with something of every kind that we print, as the worker process makes it."""
    return printing.render(PAGE).data


def elements(file, kind):
    found = []

    def look(one):
        if isinstance(one, Array):
            for kid in one:
                look(kid)
        elif isinstance(one, Dictionary) and "/S" in one:
            if one.S == f"/{kind}":
                found.append(one)
            look(one.get("/K", Array()))

    look(file.Root.StructTreeRoot.K)
    return found


def element(file, kind):
    return elements(file, kind)[0]


def put(file, into, kind, **fields):
    """A new element, at the end of another one."""
    if isinstance(into, str):
        into = element(file, into)
    rows = {f"/{name}": value for name, value in fields.items()}
    new = file.make_indirect(
        Dictionary({"/Type": Name.StructElem, "/S": Name(f"/{kind}"), "/P": into, **rows})
    )
    into.K.append(new)
    return new


def keep(file, one):
    """Something that stands nowhere else."""
    file.Root["/Kept"] = file.make_indirect(one)
    return file.Root["/Kept"]


def about(file, old, new):
    said = file.Root.Metadata.read_bytes()
    changed = re.sub(old, new, said, flags=re.S)
    assert changed != said
    file.Root.Metadata.write(changed)


def step(operator, *operands):
    return ContentStreamInstruction(list(operands), Operator(operator))


def redraw(file, change):
    page = file.pages[0]
    steps = list(pikepdf.parse_content_stream(page))
    page.Contents = file.make_stream(pikepdf.unparse_content_stream(change(steps)))


def first_tagged(steps):
    start = next(
        at
        for at, one in enumerate(steps)
        if str(one.operator) == "BDC" and "/MCID" in one.operands[1]
    )
    end = next(at for at in range(start, len(steps)) if str(steps[at].operator) == "EMC")
    return start, end


def inside_first(*added):
    def change(steps):
        start, _end = first_tagged(steps)
        return [*steps[: start + 1], *added, *steps[start + 1 :]]

    return change


def around_first(before, after):
    def change(steps):
        start, end = first_tagged(steps)
        return [*steps[:start], before, *steps[start : end + 1], after, *steps[end + 1 :]]

    return change


def shown_too(code):
    """A sign more, in the font that is written with."""

    def change(steps):
        at = next(at for at, one in enumerate(steps) if str(one.operator) == "Tf")
        return [*steps[: at + 1], step("TJ", Array([String(code)])), *steps[at + 1 :]]

    return change


def mute(file):
    del file.Root["/Lang"]


def spoken(name):
    def doctor(file):
        element(file, "P")[f"/{name}"] = String("words")
        mute(file)

    return doctor


def spoken_beside(name):
    def doctor(file):
        row = Dictionary({f"/{name}": String("words")})
        redraw(file, around_first(step("BDC", Name.Span, row), step("EMC")))
        mute(file)

    return doctor


def outside(kind):
    return lambda file: put(file, "Document", kind)


def holding(kind, inside="P"):
    return lambda file: put(file, kind, inside)


def twice(doctor):
    def both(file):
        doctor(file)
        doctor(file)

    return both


def foot_for_body(file):
    element(file, "TBody").S = Name.TFoot


def cell(file, kind, at, **attributes):
    row = elements(file, kind)[at].A
    for name, value in attributes.items():
        row[f"/{name}"] = value


def meeting_cells(file):
    cell(file, "TH", 1, RowSpan=2)
    cell(file, "TD", 0, ColSpan=2)


def caption_in_the_middle(kind):
    def doctor(file):
        kids = element(file, kind).K
        caption = next(one for one in kids if one.S == "/Caption")
        others = [one for one in kids if one.S != "/Caption"]
        element(file, kind).K = Array([others[0], caption, *others[1:]])

    return doctor


def contents(*kinds):
    def doctor(file):
        into = put(file, "Document", "TOC", K=Array())
        for kind in kinds:
            put(file, into, kind)

    return doctor


def foot_with_words(file):
    put(file, put(file, "Table", "TFoot", K=Array()), "P")


def annotation(subtype, holder="", **fields):
    """One more annotation, in an element of its own where that is named."""

    def doctor(file):
        rows = {f"/{name}": value for name, value in fields.items()}
        one = file.make_indirect(
            Dictionary(
                {
                    "/Type": Name.Annot,
                    "/Subtype": Name(f"/{subtype}"),
                    "/Rect": Array([0, 0, 9, 9]),
                    **rows,
                }
            )
        )
        file.pages[0].obj.Annots.append(one)
        if subtype == "Widget":
            fields_there = file.Root.get("/AcroForm", Dictionary(Fields=Array()))
            fields_there.Fields.append(one)
            file.Root.AcroForm = fields_there
        if holder:
            names = [one.S for one in element(file, "Document").K]
            there = f"/{holder}" in names and holder == "Form"
            into = element(file, holder) if there else put(file, "Document", holder, K=Array())
            into.K.append(Dictionary(Type=Name.OBJR, Obj=one))

    return doctor


def drawn_twice(file):
    form = Stream(file, b"/Span <</MCID 0>> BDC EMC")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    resources = file.pages[0].obj.Resources
    resources["/XObject"] = Dictionary(Twice=file.make_indirect(form))
    drawn = step("Do", Name.Twice)
    redraw(file, lambda steps: [*steps, drawn, drawn])


def from_elsewhere(file):
    form = Stream(file, b"")
    form.Type, form.Subtype, form.Ref = Name.XObject, Name.Form, Dictionary()
    keep(file, form)


def dynamic(file):
    xfa = file.make_stream(b"<config><dynamicRender> required </dynamicRender></config>")
    file.Root.AcroForm = Dictionary(Fields=Array(), XFA=xfa)


def layers(**fields):
    def doctor(file):
        rows = {f"/{name}": value for name, value in fields.items()}
        file.Root.OCProperties = Dictionary(OCGs=Array(), D=Dictionary(rows))

    return doctor


def silent(file):
    """Encrypted, and a screen reader may not have its words."""
    made = io.BytesIO()
    permissions = pikepdf.Permissions(accessibility=False)
    locked = pikepdf.Encryption(
        owner="x", user="", R=3, aes=False, metadata=False, allow=permissions
    )
    file.save(made, encryption=locked)
    return made.getvalue()


def font(file):
    fonts = [one for one in file.objects if isinstance(one, Dictionary)]
    return next(one for one in fonts if one.get("/Subtype") == "/Type0")


def below(file):
    return font(file).DescendantFonts[0]


def mapped_by(data, **fields):
    def doctor(file):
        made = file.make_stream(data)
        for name, value in fields.items():
            made[f"/{name}"] = value
        font(file).Encoding = made

    return doctor


def one_width(file):
    del below(file)["/W"]
    below(file).DW = 7


def plain_font(flags, **fields):
    def doctor(file):
        rows = {f"/{name}": value for name, value in fields.items()}
        descriptor = Dictionary(Type=Name.FontDescriptor, Flags=flags)
        row = {"/Type": Name.Font, "/Subtype": Name.TrueType, "/BaseFont": Name.Plain, **rows}
        keep(file, Dictionary({**row, "/FontDescriptor": descriptor}))

    return doctor


OTHER = Dictionary(Registry=String("Adobe"), Ordering=String("Japan1"), Supplement=0)
ELSEWHERE = rb' xmlns:ua="http://www.aiim.org/pdfua/ns/id/" ua:'
PART = rb'pdfuaid:part="1"'


def without(where, name):
    def doctor(file):
        del where(file)[name]

    return doctor


def as_if(where, name, value):
    def doctor(file):
        where(file)[name] = value

    return doctor


def root(file):
    return file.Root


def the(kind):
    return lambda file: element(file, kind)


def link(file):
    return next(one for one in file.pages[0].obj.Annots if one.Subtype == "/Link")


DOCTORED = {
    "5-1": lambda file: about(file, PART, b""),
    "5-2": lambda file: about(file, PART, rb'pdfuaid:part="2"'),
    "5-3": lambda file: about(file, b"pdfuaid", b"ua"),
    "5-4": lambda file: about(file, PART, PART + ELSEWHERE + b'amd="1"'),
    "5-5": lambda file: about(file, PART, PART + ELSEWHERE + b'corr="1"'),
    "6.1-1": lambda file: sound().replace(b"%PDF-1.7", b"%PDF-2.0", 1),
    "6.2-1": without(root, "/MarkInfo"),
    "7.1-1": lambda file: redraw(file, inside_first(step("BMC", Name.Artifact), step("EMC"))),
    "7.1-2": lambda file: redraw(file, around_first(step("BMC", Name.Artifact), step("EMC"))),
    "7.1-3": lambda file: redraw(file, lambda steps: [*steps, step("re", 0, 0, 9, 9), step("f")]),
    "7.1-4": lambda file: file.Root.MarkInfo.update({"/Suspects": True}),
    "7.1-5": as_if(the("P"), "/S", Name.Verse),
    "7.1-6": lambda file: file.Root.StructTreeRoot.update(
        {"/RoleMap": Dictionary(Verse=Name.Stanza, Stanza=Name.Verse)}
    ),
    "7.1-7": lambda file: file.Root.StructTreeRoot.update({"/RoleMap": Dictionary(P=Name.H1)}),
    "7.1-8": without(root, "/Metadata"),
    "7.1-9": lambda file: about(file, rb"<dc:title>.*</dc:title>", b""),
    "7.1-10": without(root, "/ViewerPreferences"),
    "7.1-11": without(root, "/StructTreeRoot"),
    "7.1-12": without(the("P"), "/P"),
    "7.2-2": mute,
    "7.2-3": holding("Table"),
    "7.2-4": outside("TR"),
    "7.2-5": outside("THead"),
    "7.2-6": outside("TBody"),
    "7.2-7": outside("TFoot"),
    "7.2-8": outside("TH"),
    "7.2-9": outside("TD"),
    "7.2-10": holding("TR"),
    "7.2-11": holding("Table", "THead"),
    "7.2-12": twice(holding("Table", "TFoot")),
    "7.2-13": foot_for_body,
    "7.2-14": foot_for_body,
    "7.2-15": meeting_cells,
    "7.2-16": caption_in_the_middle("Table"),
    "7.2-17": outside("LI"),
    "7.2-18": outside("LBody"),
    "7.2-19": holding("L"),
    "7.2-20": holding("LI"),
    "7.2-21": spoken("ActualText"),
    "7.2-22": spoken("Alt"),
    "7.2-23": spoken("E"),
    "7.2-24": mute,
    "7.2-25": lambda file: (keep(file, Dictionary(TU=String("Your name"))), mute(file))[1],
    "7.2-26": outside("TOCI"),
    "7.2-27": contents("P"),
    "7.2-28": contents("TOCI", "Caption"),
    "7.2-29": as_if(root, "/Lang", String("plain English!")),
    "7.2-30": spoken_beside("ActualText"),
    "7.2-31": spoken_beside("Alt"),
    "7.2-32": spoken_beside("E"),
    "7.2-33": mute,
    "7.2-34": mute,
    "7.2-36": holding("THead"),
    "7.2-37": holding("TBody"),
    "7.2-38": foot_with_words,
    "7.2-39": holding("Table", "Caption"),
    "7.2-40": holding("L", "Caption"),
    "7.2-41": lambda file: [cell(file, "TD", at, RowSpan=2) for at in (0, 1)] and None,
    "7.2-42": holding("TR", "TH"),
    "7.2-43": lambda file: cell(file, "TD", 1, ColSpan=2),
    "7.3-1": without(the("Figure"), "/Alt"),
    "7.4.2-1": as_if(the("H2"), "/S", Name.H3),
    "7.4.4-1": twice(outside("H")),
    "7.4.4-2": outside("H"),
    "7.4.4-3": outside("H"),
    "7.5-1": without(lambda file: element(file, "TD").A, "/Headers"),
    "7.5-2": lambda file: cell(file, "TD", 0, Headers=Array([String("nobody")])),
    "7.7-1": outside("Formula"),
    "7.9-1": outside("Note"),
    "7.9-2": twice(lambda file: put(file, "Document", "Note", ID=String("one"))),
    "7.10-1": layers(),
    "7.10-2": layers(Name=String("Layers"), AS=Array()),
    "7.11-1": lambda file: keep(file, Dictionary(F=String("a.txt"), EF=Dictionary())) and None,
    "7.15-1": dynamic,
    "7.16-1": silent,
    "7.18.1-1": annotation("Text", Contents=String("words")),
    "7.18.1-2": annotation("Text", "Annot"),
    "7.18.1-3": annotation("Widget", "Form"),
    "7.18.2-1": annotation("TrapNet", "Annot", Contents=String("words")),
    "7.18.3-1": without(lambda file: file.pages[0].obj, "/Tabs"),
    "7.18.4-1": annotation("Widget", TU=String("words")),
    "7.18.4-2": twice(annotation("Widget", "Form", TU=String("words"))),
    "7.18.5-1": as_if(the("Link"), "/S", Name.Span),
    "7.18.5-2": without(link, "/Contents"),
    "7.18.6.2-1": lambda file: keep(file, Dictionary(S=Name.MCD, Alt=Array())) and None,
    "7.18.6.2-2": lambda file: keep(file, Dictionary(S=Name.MCD, CT=String("a/b"))) and None,
    "7.18.8-1": annotation("PrinterMark", "Annot"),
    "7.20-1": from_elsewhere,
    "7.20-2": drawn_twice,
    "7.21.3.1-1": mapped_by(b"", CIDSystemInfo=OTHER),
    "7.21.3.2-1": without(below, "/CIDToGIDMap"),
    "7.21.3.3-1": as_if(font, "/Encoding", Name("/Verse-H")),
    "7.21.3.3-2": mapped_by(b"/WMode 0 def", WMode=1),
    "7.21.3.3-3": mapped_by(b"/Verse-H usecmap"),
    "7.21.4.1-1": without(lambda file: below(file).FontDescriptor, "/FontFile2"),
    "7.21.4.1-2": lambda file: redraw(file, shown_too(b"\xff\xf0")),
    "7.21.4.2-2": lambda file: below(file).FontDescriptor.update(
        {"/CIDSet": file.make_stream(b"\x80")}
    ),
    "7.21.5-1": one_width,
    "7.21.6-2": plain_font(32),
    "7.21.6-3": plain_font(4, Encoding=Name.WinAnsiEncoding),
    "7.21.7-1": without(font, "/ToUnicode"),
    "7.21.7-2": lambda file: font(file).update(
        {"/ToUnicode": file.make_stream(b"1 beginbfchar <0001> <0000> endbfchar")}
    ),
    "7.21.8-1": lambda file: redraw(file, shown_too(b"\x00\x00")),
}


def test_what_we_make_keeps_every_rule():
    assert complaints(sound()) == {}


def test_there_is_a_broken_file_for_every_rule():
    assert set(DOCTORED) == set(RULES)


@pytest.mark.parametrize("ident", sorted(RULES))
def test_a_rule_speaks_up_over_a_file_that_breaks_it(ident):
    with pikepdf.open(io.BytesIO(sound())) as file:
        made = DOCTORED[ident](file)
        if not isinstance(made, bytes):
            saved = io.BytesIO()
            file.save(saved)
            made = saved.getvalue()
    assert ident in complaints(made)


def test_a_file_that_was_only_saved_anew_breaks_none():
    """What the rules say of a doctored file comes from what was done to it."""
    with pikepdf.open(io.BytesIO(sound())) as file:
        saved = io.BytesIO()
        file.save(saved)
    assert complaints(saved.getvalue()) == {}


def test_how_many_of_the_catalogue_are_looked_at():
    """The figure that the papers name; what is left out has a reason."""
    catalogue = {f"{one['clause']}-{one['test']}" for one in pdfua1_rule_identifiers()}
    assert len(catalogue) == 106
    assert set(RULES) | set(NOT_CHECKED) == catalogue
    assert not set(RULES) & set(NOT_CHECKED)
    assert len(RULES) == 103
    numbers = {one for said in MATTERHORN.values() for one in said.split(", ") if one}
    assert all(re.fullmatch(r"\d\d-\d\d\d", one) for one in numbers)


def test_margins_are_no_content_and_everything_else_is():
    """Whose it is and which page: on every page, and in no sentence that is read."""
    read = Read(sound())
    aside = [one for one in read.marks if one.row is not None and one.row.get("/Type")]
    assert {(one.tag, str(one.row.Type)) for one in aside} == {("Artifact", "/Pagination")}
    assert len(aside) == 4, "two on each of two pages"
    bare = re.sub("@page .*\n", "", PAGE)
    assert len(read.tagged) == len(Read(printing.render(bare).data).tagged)
