"""Sealed notes: for few, encrypted, opened on a ground, looked at by a second person."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from casework.cases.access import overrides, sealed
from casework.cases.models import AccessEntry, CaseEvent, Override, SealedGrant, SealedNote
from casework.common.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "He waits for her outside the clinic"


@pytest.fixture
def colleague(place):
    """Somebody of the team that holds the person, to whom nothing is granted."""
    return place.member("key_worker", team=place.ours, name="Joe Hazelwood")


def write(place, *, readers=(), kind="note", **fields):
    return sealed.write(
        person=place.person,
        kind=kind,
        words=WORDS,
        why="She asked me to",
        readers=list(readers),
        by=fields.pop("by", place.holder),
        **fields,
    )


def path(name, row):
    return reverse(f"access:{name}", args=[row.pk])


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def answers(**changes):
    return {
        "kind": "note",
        "words": WORDS,
        "why": "She asked me to",
        "readers": [],
    } | changes


def test_it_is_written_and_read_by_the_few(client, place, colleague):
    client.force_login(place.holder)
    form = text(client.get(path("add_note", place.person)))
    assert "Joe Hazelwood" in form
    assert "Nell Evening" not in form
    done = client.post(path("add_note", place.person), answers(readers=[str(colleague.pk)]))
    assert done["Location"] == path("sealed", place.person)
    note = SealedNote.objects.get()
    client.force_login(colleague)
    html = text(client.get(path("note", note)))
    assert WORDS in html
    assert "Take it back" not in html
    entry = AccessEntry.objects.filter(page="access:note").get()
    assert (entry.record, entry.person, entry.reason) == (note.pk, place.person, "case_team")


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"words": ""}, "Write what only a few may read"),
        ({"why": ""}, "Say why it is sealed"),
        ({"kind": ""}, "Select what it is"),
        ({"suspends": ["plan"]}, "Only a safeguarding concern keeps something back"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_are_kept(client, place, wrong, message):
    client.force_login(place.holder)
    shown = text(client.post(path("add_note", place.person), answers(**wrong)))
    assert message in shown
    assert wrong.get("words") == "" or WORDS in shown
    assert not SealedNote.objects.exists()


def test_nothing_of_it_is_in_the_database_in_clear_nor_in_the_timeline(place):
    events = CaseEvent.objects.count()
    note = write(place)
    sealed.change(note=note, words=WORDS + "!", why="x", suspends=[], version=0, by=place.holder)
    with connection.cursor() as cursor:
        for table in ("cases_sealednote", "cases_historicalsealednote"):
            cursor.execute(f"SELECT words, why FROM {table}")
            rows = cursor.fetchall()
            assert rows
            assert all(value.startswith("f1:") for row in rows for value in row)
    assert [one.words for one in note.history.order_by("history_id")] == [WORDS, WORDS + "!"]
    assert CaseEvent.objects.count() == events


def test_a_colleague_knows_of_it_and_does_not_read_it(client, place, colleague):
    note = write(place)
    client.force_login(colleague)
    page = text(client.get(reverse("people:detail", args=[place.person.pk])))
    assert "There is something that only a few can read" in page
    listed = text(client.get(path("sealed", place.person)))
    assert "Open it on a legal ground" in listed
    assert WORDS not in page + listed
    for name in ("note", "change_note", "readers", "end_note"):
        assert client.get(path(name, note)).status_code == 404


def test_a_peer_worker_or_partner_is_told_nothing(client, place):
    note = write(place)
    for role in ("peer_worker", "partner"):
        client.force_login(place.member(role, team=place.ours))
        page = client.get(reverse("people:detail", args=[place.person.pk]))
        assert "sealed" not in page.content.decode().lower()
        assert client.get(path("note", note)).status_code == 404
        assert client.get(path("open_note", note)).status_code == 403


def test_a_safeguarding_concern_is_told_to_nobody_else(client, place, colleague):
    note = write(place, kind="safeguarding", suspends=["diary"])
    client.force_login(colleague)
    page = text(client.get(reverse("people:detail", args=[place.person.pk])))
    assert "only a few can read" not in page
    assert "There is none that you may know of" in text(client.get(path("sealed", place.person)))
    assert client.get(path("open_note", note)).status_code == 404
    assert client.post(path("open_note", note)).status_code == 404


def test_another_team_with_no_reason_finds_nothing(client, place):
    note = write(place, readers=[place.outsider])
    client.force_login(place.outsider)
    for name in ("note", "open_note", "change_note"):
        assert client.get(path(name, note)).status_code == 404


def ground(**changes):
    return {
        "ground": "public_interest",
        "reason": "He has her keys",
        "tell": "yes",
        "safety_reason": "",
    } | changes


def test_it_opens_on_a_ground_for_an_hour_and_is_looked_at(client, place, colleague):
    note = write(place)
    client.force_login(colleague)
    assert "Select the ground" in text(client.post(path("open_note", note), ground(ground="")))
    assert client.post(path("open_note", note), ground())["Location"] == path("note", note)
    assert WORDS in text(client.get(path("note", note)))
    entry = AccessEntry.objects.get(action="override")
    assert (entry.record, entry.reason_words) == (note.pk, "He has her keys")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        client.force_login(colleague)
        assert client.get(path("note", note)).status_code == 404
    row = Override.objects.visible_to(place.officer).get()
    assert (row.note, row.outcome) == (note, "")
    client.force_login(place.officer)
    shown = text(client.get(path("review", row)))
    assert "Joe Hazelwood opened a sealed note about Robin Example" in shown
    assert WORDS not in shown
    assert client.post(path("review", row), {"outcome": "in_order", "words": ""}).status_code == 302


def test_opening_a_note_opens_no_record(place, colleague):
    note = write(place)
    with pytest.raises(Refusal, match="ground"):
        overrides.open_note(note=note, ground="danger", reason="x", safety_reason="", by=colleague)
    with pytest.raises(Refusal, match="why"):
        overrides.open_note(note=note, ground="law", reason=" ", safety_reason="", by=colleague)
    assert not Override.objects.exists()


def test_readers_come_and_go(client, place, colleague):
    note = write(place)
    client.force_login(place.holder)
    assert "Select somebody" in text(client.post(path("readers", note), {"sent": "1"}))
    client.post(path("readers", note), {"readers": [str(colleague.pk)]})
    assert SealedNote.objects.visible_to(colleague).exists()
    given = SealedGrant.objects.get(user=colleague)
    assert "no longer read" in text(client.get(path("take_back", given)))
    client.post(path("take_back", given))
    assert not SealedNote.objects.visible_to(colleague).exists()
    assert client.post(path("take_back", given)).status_code == 404
    own = SealedGrant.objects.get(user=place.holder)
    assert client.get(path("take_back", own)).status_code == 404
    with pytest.raises(Refusal, match="always"):
        sealed.take_back(grant=own, by=place.holder)


def test_few_are_few(place):
    many = [factories.user() for _ in range(sealed.FEW)]
    with pytest.raises(Refusal, match="At most"):
        write(place, readers=many)
    assert not SealedNote.objects.exists()


def test_it_is_changed_by_its_writer_as_it_was_read(client, place, colleague):
    note = write(place, readers=[colleague])
    client.force_login(place.holder)
    new = {"words": "New words", "why": "Still", "version": "0"}
    assert client.post(path("change_note", note), new)["Location"] == path("note", note)
    stale = text(client.post(path("change_note", note), new | {"words": "Stale words"}))
    assert "has been changed since" in stale
    assert "Stale words" in stale
    client.force_login(colleague)
    assert client.get(path("change_note", note)).status_code == 404
    with pytest.raises(Refusal):
        sealed.change(note=note, words="x", why="x", suspends=[], version=1, by=colleague)


def test_what_is_kept_back_is_kept_back_until_it_is_over(client, place):
    write(place, kind="safeguarding", suspends=["diary"])
    note = write(place, kind="safeguarding", suspends=["plan", "diary", "no such area"])
    assert sealed.suspended_areas(place.person) == {"diary", "plan"}
    client.force_login(place.holder)
    assert "The care plan" in text(client.get(path("note", note)))
    assert client.get(path("end_note", note)).status_code == 200
    client.post(path("end_note", note))
    assert sealed.suspended_areas(place.person) == {"diary"}
    assert client.get(path("change_note", note)).status_code == 404
    with pytest.raises(Refusal, match="ended already"):
        sealed.end(note=note, by=place.holder)


def test_a_reader_whose_reason_ends_reads_no_more(place, colleague):
    note = write(place, readers=[colleague])
    assert SealedNote.objects.visible_to(colleague).exists()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    place.person.live_reasons.update(start=yesterday, end=yesterday)
    assert not SealedNote.objects.visible_to(colleague).filter(pk=note.pk).exists()
