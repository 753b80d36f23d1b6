"""Measures: packs of a site's own, totals, and what a page shows of them."""

import json
import re
from html import unescape
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans import services
from careplans.errors import NotYours
from careplans.kinds import Kind
from careplans.models import Measurement, MeasurePack
from casework.common.errors import Refusal
from tests.factories import accounts
from tests.unit.careplans.test_measures import life_pack


def url(name, *args):
    return reverse(f"careplans:{name}", args=args)


@pytest.fixture
def pack(db):
    return services.add_pack(content=life_pack())


@pytest.fixture
def administrator(db):
    return accounts.member("administrator", name="Ada Admin")


def test_answers_are_scored_and_kept(two, plan, pack):
    answers = {str(n): 5 for n in range(1, 12)} | {"99": 3}
    row = services.answer_pack(
        plan=plan, pack=pack, by=two.themselves, answers=answers, wants_help=["4", "x"]
    )
    assert (row.scores, row.wants_help, row.role) == ({"life": 5.0, "help": 5.0}, ["4"], "person")
    assert "99" not in row.answers


def test_only_the_person_answers(two, plan, pack):
    with pytest.raises(NotYours):
        services.answer_pack(plan=plan, pack=pack, by=two.alone, answers={"1": 5})
    for answers in ({}, {"1": 8}, {"1": 0}):
        with pytest.raises(Refusal):
            services.answer_pack(plan=plan, pack=pack, by=two.together, answers=answers)
    services.use_pack(pack=pack, by=two.lead, active=False)
    pack.refresh_from_db()
    with pytest.raises(Refusal):
        services.answer_pack(plan=plan, pack=pack, by=two.together, answers={"1": 5})
    assert not Measurement.objects.exists()


def test_totals_lie_within_their_scale(two, plan):
    row = services.record_total(plan=plan, scale="reqol-10", total=24, by=two.alone)
    assert row.total == 24
    for scale, total in (("reqol-10", 41), ("honos", -1), ("dialog", 3)):
        with pytest.raises(Refusal):
            services.record_total(plan=plan, scale=scale, total=total, by=two.alone)
    with pytest.raises(NotYours):
        services.record_total(plan=plan, scale="honos", total=3, by=two.reader)


def test_a_newer_version_takes_the_place_of_the_older(two, pack):
    newer = services.add_pack(content=life_pack(edition="2"))
    pack.refresh_from_db()
    assert (pack.active, newer.active) == (False, True)
    with pytest.raises(Refusal):
        services.add_pack(content=life_pack(edition="2"))
    services.use_pack(pack=pack, by=two.lead, active=True)
    assert list(MeasurePack.objects.filter(active=True)) == [pack]


def test_the_command(tmp_path, db):
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(life_pack()))
    out = StringIO()
    call_command("measure_pack", file, stdout=out)
    assert "How life goes, version 1, is in use." in out.getvalue()
    file.write_text("{}")
    with pytest.raises(CommandError, match="This file is no measure"):
        call_command("measure_pack", file)
    with pytest.raises(CommandError):
        call_command("measure_pack", tmp_path / "nothing.json")


def test_uploading(client, administrator):
    client.force_login(administrator)
    address = reverse("plan_lists:add_pack")
    assert client.get(address).status_code == 200

    def post(content, **more):
        file = SimpleUploadedFile("pack.json", content, content_type="application/json")
        return client.post(address, {"file": file, **more})

    assert b"Confirm that you may use" in post(json.dumps(life_pack()).encode()).content
    assert b"cannot be read as JSON" in post(b"nonsense", licensed="on").content
    assert b"This file is no measure" in post(b"{}", licensed="on").content
    assert post(json.dumps(life_pack()).encode(), licensed="on").status_code == 302
    row = MeasurePack.objects.get()
    assert b"Our own words" in client.get(reverse("plan_lists:packs")).content
    client.post(reverse("plan_lists:use_pack", args=[row.pk]))
    row.refresh_from_db()
    assert not row.active


def test_the_page_shows_charts_with_tables(client, two, plan, pack):
    for value in (2, 5):
        services.rate(plan=plan, area=two.area, value=value, by=two.together, words="So so")
        services.answer_pack(
            plan=plan,
            pack=pack,
            by=two.together,
            answers={str(n): value for n in range(1, 12)},
            wants_help=["4"],
        )
    services.record_total(plan=plan, scale="reqol-10", total=24, by=two.alone)
    goal = two.write(plan, Kind.GOAL, "To sleep through")
    services.score(line=goal, value=2, by=two.together)
    services.score(line=goal, value=6, by=two.together)
    client.force_login(two.worker)
    page = client.get(url("measures", plan.pk)).content.decode()
    for words in (
        "+4 since the first time.",
        "+3 since the first time.",
        "How life goes: Life",
        "ReQoL-10",
        "Question 4",
        "Asked once so far.",
        "Answer together: How life goes",
    ):
        assert words in page
    assert page.count('<svg class="app-chart__picture"') == page.count("<table") == 5
    assert b"<svg" in client.get(url("area", plan.pk, "housing")).content


def charts(client, plan):
    page = unescape(client.get(url("measures", plan.pk)).content.decode())
    return re.findall(r'<h4 class="nhsuk-heading-s">([^<]+)</h4>', page), page


def test_a_newer_version_that_counts_alike_goes_on_and_another_stands_for_itself(
    client, two, plan, pack
):
    services.answer_pack(plan=plan, pack=pack, by=two.together, answers={"9": 5, "10": 5, "11": 5})
    same = services.add_pack(content=life_pack(edition="2"))
    services.answer_pack(plan=plan, pack=same, by=two.together, answers={"9": 7, "10": 7, "11": 7})
    client.force_login(two.worker)
    titles, page = charts(client, plan)
    assert titles == ["How life goes: Help"]
    assert "+2 since the first time." in page
    wider = services.add_pack(content=life_pack(edition="3", scale={"low": 0, "high": 10}))
    services.answer_pack(plan=plan, pack=wider, by=two.together, answers={"9": 9, "10": 9, "11": 9})
    titles, page = charts(client, plan)
    assert titles == [
        "How life goes: Help (version 2)",
        "How life goes: Help (version 3)",
    ]
    assert "on a scale from 0 to 10" in page
    assert "+2 since the first time." in page
    assert "+4 since" not in page


def test_a_score_of_fewer_answers_says_so(client, two, plan):
    data = life_pack(edition="lenient")
    data["scores"][0]["needs"] = 6
    row = services.add_pack(content=data)
    answers = {str(n): 4 for n in range(1, 7)}
    services.answer_pack(plan=plan, pack=row, by=two.together, answers=answers, words="Tired")
    client.force_login(two.worker)
    titles, page = charts(client, plan)
    assert titles == ["How life goes: Life"]
    assert "From 6 of 8 answers. Tired" in page
    services.answer_pack(
        plan=plan, pack=row, by=two.together, answers={str(n): 4 for n in range(1, 9)}
    )
    assert charts(client, plan)[1].count("of 8 answers") == 1


def test_answering_on_the_pages(client, two, plan, pack):
    client.force_login(two.worker)
    address = url("measure", plan.pk, pack.pk)
    assert b"Question 11" in client.get(address).content
    assert b"Answer at least one" in client.post(address, {}).content
    client.post(address, {"item_0": "4", "help_0": "on", "words": "Hm"})
    row = Measurement.objects.get()
    assert (row.answers, row.wants_help, row.words, row.role) == ({"1": 4}, ["1"], "Hm", "together")
    total = url("total", plan.pk)
    assert (
        b"lies between 0 and 40" in client.post(total, {"scale": "reqol-10", "total": 50}).content
    )
    client.post(total, {"scale": "reqol-10", "total": "12"})
    assert Measurement.objects.filter(total=12).count() == 1


def test_as_many_queries_with_much_as_with_little(client, two, plan, pack):
    client.force_login(two.worker)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("measures", plan.pk)).status_code == 200
        return len(queries)

    def add(count):
        for _n in range(count):
            services.rate(plan=plan, area=two.area, value=3, by=two.together)
            services.answer_pack(plan=plan, pack=pack, by=two.together, answers={"1": 5})

    add(1)
    asked()
    few = asked()
    add(20)
    assert asked() == few
