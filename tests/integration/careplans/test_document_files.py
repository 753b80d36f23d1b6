"""The files: tagged, with their fonts, from data alone, whatever somebody wrote."""

import io
import logging
import re
import subprocess
import sys

import pikepdf
import pytest
from pdfua import Severity, validate

from careplans.documents import rendering, services
from careplans.documents.kinds import SAFETY_KINDS, DocumentKind
from careplans.models import Document
from casework.common import pdf
from tests.factories.documents import HOSTILE, asked_for, full_plan


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


def accepted(data, tmp_path):
    assert problems(data, tmp_path) == []
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


@pytest.mark.parametrize("kind", [kind for kind in DocumentKind if kind not in SAFETY_KINDS])
def test_an_empty_plan(two, plan, tmp_path, kind):
    accepted(made(asked_for(two, plan, kind)).data, tmp_path)


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
    accepted(file.data, tmp_path)
    assert "漢" not in caplog.text, "no word of a record goes to the log"


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


def test_a_plan_that_they_see_differently_says_so_with_both_views(two):
    plan = full_plan(two)
    from careplans import services as acts

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
