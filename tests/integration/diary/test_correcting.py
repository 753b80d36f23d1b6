"""Entries are put right; nothing that was written is lost."""

import datetime as dt

import pytest

from casework.cases.contact_hooks import contact_hooks
from casework.cases.models import ActivityWorker, Contact, Note
from casework.cases.services import contacts, entries, notes
from casework.cases.services.contacts import ChangedMeanwhile
from casework.cases.services.entries import Entry
from casework.cases.services.notes import Words
from casework.common.errors import Refusal
from tests import factories
from tests.integration.diary.conftest import Reader, day, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(person, me, user, today, team):
    return entries.record(
        person=person,
        workers=[me],
        date=today,
        time=dt.time(10),
        team=team,
        by=user,
        entry=Entry(note=Words("We talked."), details={"medium": "02", "purpose": "support"}),
    )


@pytest.fixture
def correction(answers):
    return answers | {
        "note": "We talked and laughed.",
        "reason": "I had forgotten half of it",
        "version": "0",
        "note_version": "0",
    }


def test_facts_and_words_are_put_right_with_a_reason(reader, contact, user, correction, today):
    html = reader.get("correct", contact)
    assert "We talked." in html
    yesterday = today - dt.timedelta(days=1)
    reader.saves("correct", contact, **correction | day("date", yesterday))
    now = Contact.objects.get()
    assert (now.date, now.medium, now.minutes, now.version) == (yesterday, "01", 45, 1)
    versions = now.history.all()
    assert (versions[0].history_change_reason, versions[0].history_user) == (
        "I had forgotten half of it",
        user,
    )
    assert (versions[1].date, versions[1].medium) == (today, "02")
    note = now.notes.get()
    assert (note.words, note.version) == ("We talked and laughed.", 1)
    assert [row.words for row in note.history.all()] == ["We talked and laughed.", "We talked."]
    event = now.person.events.get(kind="contact.corrected")
    assert event.data["changed"] == ["date", "medium", "minutes"]
    shown = text(reader.get("contact", contact))
    assert "Corrected" in shown
    assert "I had forgotten half of it" in shown


def test_a_correction_needs_a_reason(reader, contact, correction):
    assert "Say why it is corrected" in reader.is_refused(
        "correct", contact, **correction | {"reason": ""}
    )
    with pytest.raises(Refusal):
        contacts.correct_contact(contact=contact, by=None, reason=" ", medium="01")
    assert Contact.objects.get().medium == "02"


def test_a_stale_correction_shows_both_texts_and_can_be_saved_knowingly(
    client, reader, contact, person, team, correction, me
):
    reader.saves("correct", contact, **correction)
    html = reader.is_refused("correct", contact, **correction | {"note": "Another memory."})
    assert "What is saved now" in html
    assert "We talked and laughed." in html
    assert "Another memory." in html
    assert Note.objects.get().words == "We talked and laughed."
    fresh = html.split('name="version"')[1].split('value="')[1].split('"')[0]
    assert fresh == "1"
    reader.saves(
        "correct",
        contact,
        **correction | {"note": "Another memory.", "version": fresh, "note_version": "1"},
    )
    assert Note.objects.get().words == "Another memory."
    assert Note.objects.get().history.count() == 3


def test_a_stale_note_undoes_the_whole_correction(reader, contact, user, correction):
    note = contact.notes.get()
    notes.correct_note(note=note, by=user, words=Words("Meanwhile."), reason="again")
    html = reader.is_refused("correct", contact, **correction)
    assert "Meanwhile." in html
    assert Contact.objects.get().medium == "02"


def test_only_who_wrote_a_note_changes_it_and_others_add_their_own(
    client, reader, contact, team, correction, person
):
    joe = factories.worker("Joe Hazelwood")
    other = Reader(type(client)(), factories.member("team_member", team=team, worker=joe))
    html = other.get("correct", contact)
    assert "Add a note" in html
    assert "We talked." not in html
    other.saves("correct", contact, **correction | {"note": "I was there too."})
    written = contact.notes.order_by("created_at").values_list("words", "author__worker__name")
    assert list(written) == [
        ("We talked.", "Grace Fairweather"),
        ("I was there too.", "Joe Hazelwood"),
    ]
    with pytest.raises(Refusal, match="Only the person who wrote"):
        notes.correct_note(
            note=contact.notes.get(words="We talked."),
            by=other.user,
            words=Words("x"),
            reason="because",
        )


def test_a_note_is_not_emptied(reader, contact, correction):
    assert "A note is not emptied" in reader.is_refused(
        "correct", contact, **correction | {"note": ""}
    )
    assert Note.objects.get().words == "We talked."


def test_a_contact_that_took_place_after_all_does_what_one_does(
    person, me, user, today, monkeypatch
):
    seen = []
    contact = factories.contact(person, me, attendance="3")
    monkeypatch.setitem(contact_hooks._entries, "zz", lambda *, contact, by: seen.append(contact))
    contacts.correct_contact(contact=contact, by=user, reason="Wrong box", attendance="5")
    assert [one.pk for one in seen] == [contact.pk]
    contacts.correct_contact(contact=contact, by=user, reason="Length", minutes=30)
    assert len(seen) == 1


def test_other_workers_were_there(reader, contact, me, team, correction, person):
    joe = factories.worker("Joe Hazelwood")
    factories.member("team_member", team=team, worker=joe)
    reader.saves(
        "correct", contact, **correction | {"workers": [str(me.pk)], "other_worker": str(joe.pk)}
    )
    now = Contact.objects.get()
    assert (now.worker, now.worker_count) == (me, 2)
    assert set(
        ActivityWorker.objects.filter(activity__contact=now).values_list("worker_id", flat=True)
    ) == {me.pk, joe.pk}
    assert person.live_reasons.filter(worker=joe, kind="contact").count() == 1


def test_who_was_there_stays_named_even_if_they_have_left(
    reader, person, me, user, today, correction
):
    gone = factories.worker("Gone Away")
    contact = factories.contact(person, gone, me, days_ago=3)
    gone.active = False
    gone.save()
    html = reader.get("correct", contact)
    ticked = [box for box in html.split("<input") if 'name="workers"' in box and "checked" in box]
    assert len(ticked) == 2
    reader.saves("correct", contact, **correction | {"workers": [str(me.pk), str(gone.pk)]})
    now = Contact.objects.get(pk=contact.pk)
    assert (now.worker, now.worker_count) == (me, 2)
    other = factories.contact(person, me, days_ago=4)
    with pytest.raises(Refusal, match="no longer works here"):
        contacts.correct_contact(contact=other, by=user, reason="x", workers=[me, gone])


def test_what_is_booked_is_changed_and_not_corrected(reader, person, me, today):
    booking = entries.book(person=person, workers=[me], date=today, by=None)
    assert reader.client.get(reader.path("correct", booking)).status_code == 302
    with pytest.raises(Refusal, match="still booked"):
        contacts.correct_contact(contact=booking, by=None, reason="x", medium="01")


# Entered in error ---------------------------------------------------------------------------------


def test_an_entry_made_in_error_counts_no_more_and_nothing_is_gone(
    reader, contact, person, user, today
):
    contact.notes.update(shared=True)
    reader.saves("mistake", contact, reason="It was another person", version="0")
    now = Contact.objects.get()
    assert (now.attendance, now.attended) == ("", False)
    assert now.history.count() == 2
    assert now.history.first().history_change_reason == "It was another person"
    note = now.notes.get()
    assert (note.words, note.shared) == ("We talked.", False)
    assert not person.live_reasons.filter(kind="contact", end__gt=today).exists()
    assert person.events.filter(kind="contact.entered_in_error").count() == 1
    assert "Entered in error" in text(reader.get("contact", contact))


def test_an_entry_is_marked_once_and_with_a_reason(reader, contact, user):
    assert "Say what went wrong" in reader.is_refused("mistake", contact, reason="", version="0")
    contacts.mark_mistaken(contact=contact, by=user, reason="Twice")
    with pytest.raises(ChangedMeanwhile):
        contacts.mark_mistaken(contact=contact, by=user, reason="Twice")
    html = reader.is_refused("mistake", contact, reason="Twice", version="0")
    assert "What is saved now" in html


def test_an_error_about_an_error_is_put_right(contact, user):
    contacts.mark_mistaken(contact=contact, by=user, reason="Twice")
    contacts.correct_contact(contact=contact, by=user, reason="It was right", attendance="5")
    assert Contact.objects.get().attended


def test_somebody_elses_entry_is_not_there(reader, correction):
    stranger = factories.contact(factories.held_person())
    for name in ("correct", "mistake"):
        assert reader.client.get(reader.path(name, stranger)).status_code == 404
        assert reader.post(name, stranger, **correction).status_code == 404
    assert Contact.objects.get(pk=stranger.pk).version == 0


def test_the_pages_cost_the_same_however_much_there_is(reader, contact, person, user, me):
    factories.contact(person, factories.worker(), days_ago=9)
    few = {name: reader.statements(name, contact) for name in ("contact", "correct", "mistake")}
    for number in range(12):
        notes.write_note(person=person, by=user, words=Words(f"{number}"), contact=contact)
        factories.contact(person, factories.worker(), me, days_ago=number)
    for name, number in few.items():
        assert reader.statements(name, contact) == number <= 15
