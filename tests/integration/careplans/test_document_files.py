"""The files: tagged, with their fonts, from data alone, whatever somebody wrote."""

import io
import logging
import re
import subprocess
import sys

import pikepdf
import pytest
from pdfua import Severity, validate

from careplans import services as acts
from careplans.documents import rendering, services
from careplans.documents.kinds import SAFETY_KINDS, DocumentKind
from careplans.kinds import Kind
from careplans.models import Document
from casework.common import pdf
from tests.factories.documents import HOSTILE, asked_for, full_plan
from tests.pdf_ua import complaints

NO_GLYPH = "7.21.4.1-2"


def made(document):
    """The file of a document, in memory."""
    return rendering.make(DocumentKind(document.kind), document.content)


def problems(data, tmp_path):
    path = tmp_path / "checked.pdf"
    path.write_bytes(data)
    return [
        f"{one.rule_id} {one.message}"
        for one in validate(str(path)).findings
        if one.severity == Severity.ERROR
    ]


def fonts_outside(data):
    """Fonts that a reader's machine would have to have."""
    with pikepdf.open(io.BytesIO(data)) as file:
        found = []
        for item in file.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                embedded = {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys())
                found.append((str(item.FontName), bool(embedded)))
        assert found
        return [name for name, embedded in found if not embedded]


def accepted(data, tmp_path, *, boxes=False):
    """Nothing to complain of. Where `boxes` are printed for signs that no font here has, the rule
    about those says so, and no other."""
    assert problems(data, tmp_path) == []
    assert set(complaints(data)) == ({NO_GLYPH} if boxes else set())
    assert fonts_outside(data) == []
    with pikepdf.open(io.BytesIO(data)) as file:
        root = file.Root
        assert str(root.Lang).lower() == "en-gb"
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.MarkInfo.Marked
        assert "/EmbeddedFiles" not in root.get("/Names", {})
        assert "/Outlines" in root
        with file.open_metadata() as data_about:
            assert data_about["pdfuaid:part"] == "1"
            assert data_about["dc:title"]


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_full_plan(two, tmp_path, kind):
    plan = full_plan(two)
    two.agrees(two.shared(plan, team_agrees=True), "partly")
    file = made(asked_for(two, plan, kind, shared=True))
    accepted(file.data, tmp_path)
    assert file.pages >= 1


@pytest.mark.one_engine
@pytest.mark.parametrize("kind", [kind for kind in DocumentKind if kind not in SAFETY_KINDS])
def test_an_empty_plan(two, plan, tmp_path, kind):
    accepted(made(asked_for(two, plan, kind)).data, tmp_path)


@pytest.mark.one_engine
@pytest.mark.parametrize("kind", DocumentKind)
def test_hostile_words(two, tmp_path, kind, caplog):
    plan = full_plan(two, words=HOSTILE)
    document = asked_for(two, plan, kind)
    with caplog.at_level(logging.DEBUG):
        if kind == DocumentKind.SUMMARY:
            with pytest.raises(rendering.TooLong):
                made(document)
            return
        file = made(document)
    accepted(file.data, tmp_path, boxes=True)
    assert "漢" not in caplog.text, "no word of a record goes to the log"


@pytest.mark.one_engine
def test_every_word_of_a_safety_plan_is_printed_however_long(two):
    """What fits no fold is printed on whole pages: nothing is cut off."""
    plan = full_plan(two, words="Walk to the lighthouse and back. " * 60)
    for kind in SAFETY_KINDS:
        file = made(asked_for(two, plan, kind))
        assert file.pages > 1


def test_a_card_whose_words_do_not_fit_is_the_larger_fold(two, monkeypatch):
    plan = full_plan(two, words="Walk to the lighthouse and back. " * 9)
    tried = []
    honest = rendering.FoldedPrint

    def noting(content, fold, size, **options):
        tried.append(fold)
        return honest(content, fold, size, **options)

    monkeypatch.setattr(rendering, "FoldedPrint", noting)
    assert made(asked_for(two, plan, DocumentKind.CARD)).pages == 1
    assert tried[-1] is rendering.SHEET


@pytest.mark.parametrize(
    "wanted",
    [
        "<img src='http://other.example/x.png' alt='x'>",
        "<link rel=stylesheet href='file:///etc/hostname'>",
        "<style>@import url('https://other.example/a.css');</style>",
        "<p style='background: url(ftp://other.example/x)'>x</p>",
        "<object data='file:///etc/passwd'></object>",
        "<link rel=attachment href='file:///etc/hostname'>",
        "<style>@font-face { font-family: x; src: url(file:///etc/hostname) }</style>",
    ],
)
def test_a_document_that_asks_for_something_is_not_made(wanted):
    with pytest.raises(pdf.Fetched):
        pdf.render(f"<html lang=en><title>t</title>{wanted}<p style='font-family: x'>x</p></html>")


def test_the_words_are_those_of_the_plan(two):
    plan = full_plan(two)
    html = rendering.html(DocumentKind.EASY, asked_for(two, plan, DocumentKind.EASY).content)
    ideas = re.findall(r"<p(?: class=\"own\")?>([^<]+)</p>", html)
    assert "A door that I can close." in ideas
    assert "Nobody comes in." in ideas
    assert "Who: Marigold." in ideas
    assert "I get help even if I do not agree with it." in ideas


def pages_of(html):
    """What is drawn on each page, margins and all, in the order in which it is drawn."""

    def texts(box):
        if getattr(box, "text", None):
            yield box.text
        for child in getattr(box, "children", ()):
            yield from texts(child)

    return [" ".join(texts(page._page_box)) for page in pdf.lay_out(html).pages]


def test_a_page_that_begins_within_a_part_says_which(two):
    plan = two.plan()
    for number in range(14):
        two.write(plan, Kind.GOAL, f"Goal {number:02}. " + "Far. " * 60)
    for number in range(3):
        owner = {"owner_kind": "agency", "owner_words": "Harbour Housing"}
        two.write(plan, Kind.NETWORK, f"Part {number}. " + "Near. " * 300, area=None, **owner)
    document = asked_for(two, plan, DocumentKind.PLAN)
    pages = pages_of(rendering.html(DocumentKind.PLAN, document.content))
    assert "continued" not in pages[0]
    assert "Housing, continued" in pages[1]
    within = [page for page in pages if "Who does what, continued" in page]
    assert within
    assert all("Housing, continued" not in page for page in within)
    begins = next(page for page in pages if "Nothing is written yet about" in page)
    assert "Nothing is written yet about, continued" not in begins


def test_only_the_persons_words_are_marked_as_theirs(two):
    plan = full_plan(two)
    version = two.shared(plan)
    acts.answer_as_person(version=version, by=two.themselves, answer="partly", words="Mine it is.")
    acts.answer_for_team(version=version, by=two.alone, answer="agree", words="Ours too.")
    document = services.ask_for(plan=plan, kind=DocumentKind.PLAN, version=version, by=two.alone)
    html = rendering.html(DocumentKind.PLAN, document.content)
    assert '<p class="own">Mine it is.</p>' in html
    assert '<p class="team">Ours too.</p>' in html
    html = rendering.html(DocumentKind.EASY, document.content)
    assert '<p class="own">Mine it is.</p>' in html
    assert "<p>Ours too.</p>" in html


def test_a_number_to_ring_is_never_broken(two):
    document = asked_for(two, full_plan(two), DocumentKind.EASY)
    contacts = [{"name": "The night line", "number": "0113 496 0001", "hours": ""}]
    html = rendering.html(DocumentKind.EASY, {**document.content, "contacts": contacts})
    assert "The night line: 0113\xa0496\xa00001" in html


def test_nobody_signs_on_a_page_of_its_own(two):
    """However long a letter is, something that it asks stands above the signature."""
    plan = full_plan(two)
    document = asked_for(two, plan, DocumentKind.GP)
    content = document.content
    seen = set()
    for lines in range(14, 34):
        sections = [
            {"key": "said", "title": "", "words": "\n\n".join(["A line of its own."] * lines)},
            {"key": "ask", "title": "What we ask of you", "words": "Please ring us."},
        ]
        text = {**content["text"], "sections": sections}
        pages = pages_of(rendering.html(DocumentKind.GP, {**content, "text": text}))
        seen.add(len(pages))
        (last,) = (page for page in pages if "Yours sincerely" in page)
        assert "Please ring us." in last
        assert "What we ask of you" in last
        assert "read this and agreed" in last
    assert seen == {1, 2}


def test_a_plan_that_they_see_differently_says_so_with_both_views(two):
    plan = full_plan(two)
    two.shared(plan)
    acts.use_without_agreement(plan=plan, by=two.alone, reason="The council wants an answer")
    plan = type(plan).objects.get(pk=plan.pk)
    document = services.ask_for(
        plan=plan, kind=DocumentKind.PLAN, version=plan.versions.get(), by=two.alone
    )
    html = rendering.html(DocumentKind.PLAN, document.content)
    assert "We see this differently" in html
    assert "The council wants an answer" in html
    assert html.index("We worry about the flat.") < html.index("It is the first place that is mine")
    assert "Marigold sees it differently" in html


def test_the_service_starts_without_the_library():
    """Neither the settings nor the addresses load it: only the first document does."""
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings';"
        "django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "from casework.outbox.handlers import job_handlers; 'careplans.document' in job_handlers;"
        "sys.exit('weasyprint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_but_the_state_is_told_to_the_page_that_waits(client, two):
    document = asked_for(two, full_plan(two), DocumentKind.CARD)
    client.force_login(two.worker)
    answer = client.get(f"/plans/documents/{document.pk}/status/")
    assert answer.json() == {"making": True}
    assert Document.objects.get().state == Document.State.MAKING
