"""A contact is recorded on one screen."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.accounts.models import Draft
from casework.cases.contact_hooks import contact_hooks
from casework.cases.diary import rows
from casework.cases.models import AccessEntry, Contact, Note, Person, Step, Touched
from casework.cases.services import entries
from casework.cases.services.contacts import ChangedMeanwhile
from casework.cases.services.entries import Entry
from casework.cases.services.notes import Words
from casework.common.errors import Refusal
from tests import factories
from tests.integration.diary.conftest import Reader, day, text

pytestmark = pytest.mark.django_db
MISSED = Contact.Attendance.MISSED


@pytest.fixture
def missed(answers, me, today):
    return answers | {
        "attendance": "3",
        "note": "",
        "barrier": "transport",
        "barrier_words": "The bus did not come",
        "promise": "Ring and offer a visit at home",
        "promise_owner": str(me.pk),
        **day("promise_by", today + dt.timedelta(days=2)),
    }


def booked(person, *workers, today, in_days=0, **fields):
    return entries.book(
        person=person,
        workers=workers,
        date=today + dt.timedelta(days=in_days),
        by=None,
        **{"time": dt.time(14), **fields},
    )


# What is there already ----------------------------------------------------------------------------


@time_machine.travel("2026-11-03T14:33:00Z", tick=False)
def test_the_usual_answers_are_there_already(client, team, me):
    person = factories.person_with_key_worker(team=team, worker=me)
    factories.contact(person, me, days_ago=40, medium="11")
    factories.contact(person, me, days_ago=9, medium="02")
    factories.contact(person, me, days_ago=2, medium="09", attendance="3")
    reader = Reader(client, factories.member("key_worker", team=team, worker=me))
    html = reader.get("record", person)
    assert 'name="attendance" type="radio" value="5" checked' in html
    assert f'name="workers" type="checkbox" value="{me.pk}" checked' in html
    for name, value in (("date_day", "3"), ("date_month", "11"), ("time", "14:30")):
        box = next(tag for tag in html.split("<input") if f'name="{name}"' in tag)
        assert f'value="{value}"' in box.split(">")[0]
    assert '<option value="02" selected>Telephone</option>' in html
    assert '<option value="support" selected>Support</option>' in html
    assert 'name="shared" type="radio" value="yes" checked' in html


def test_known_workers_come_first_with_how_often_they_met(reader, person, me, team, today):
    often, once = factories.worker("Joe Hazelwood"), factories.worker("Ruth Summerfield")
    for ago in (3, 10, 17):
        factories.contact(person, often, days_ago=ago)
    factories.contact(person, once, days_ago=5)
    colleague = factories.worker("Aaron Colleague")
    factories.member("team_member", team=team, worker=colleague)
    gone = factories.worker("Gone Away")
    factories.contact(person, gone, days_ago=6)
    gone.active = False
    gone.save()
    shown = text(reader.get("record", person))
    assert "Grace Fairweather (me) Key worker Joe Hazelwood Met 3 times, last on" in shown
    assert "Ruth Summerfield Met once, on" in shown
    assert shown.index("Joe Hazelwood") < shown.index("Ruth Summerfield") < shown.index("Aaron")
    assert "Gone Away" not in shown


def test_what_makes_meetings_work_stands_beside_the_form(reader, person):
    person.interpreter = "Farsi, a woman if possible"
    person.save()
    person.adjustments.create(kind="place", words="A seat near the <door>")
    for name in ("record", "book"):
        html = reader.get(name, person)
        assert "Farsi, a woman if possible" in html
        assert "A seat near the &lt;door&gt;" in html


# Recording ----------------------------------------------------------------------------------------


def test_a_contact_with_its_note_is_recorded(reader, person, me, team, user, today, answers):
    Touched.objects.all().delete()
    answer = reader.saves("record", person, **answers)
    contact = person.contacts.get()
    assert answer["Location"] == reader.path("contact", contact)
    assert (contact.worker, contact.team, contact.recorded_by) == (me, team, user)
    assert (contact.date, contact.time, contact.minutes) == (today, dt.time(10), 45)
    assert (contact.attendance, contact.medium, contact.purpose) == ("5", "01", "support")
    note = contact.notes.get()
    assert (note.words, note.shared, note.author) == ("We went for a walk.", True, user)
    assert note.history.get().history_user == user
    assert person.events.get(kind="contact.attended").by == user
    assert person.live_reasons.filter(kind="contact", worker=me).count() == 1
    assert Touched.objects.filter(person=person).exists()
    assert AccessEntry.objects.get().action == "change"
    assert not Step.objects.exists()


def test_without_words_there_is_no_note(reader, person, answers):
    reader.saves("record", person, **answers | {"note": " "})
    assert person.contacts.count() == 1
    assert not Note.objects.exists()


def test_a_note_that_is_not_shared_says_why(reader, person, answers):
    answers["shared"] = "no"
    html = reader.is_refused("record", person, **answers)
    assert "Say why they may not read this" in html
    assert not Contact.objects.exists()
    reader.saves("record", person, **answers, not_shared_reason="Names a witness")
    note = Note.objects.get()
    assert (note.shared, note.not_shared_reason) == (False, "Names a witness")


def test_what_is_about_somebody_else_is_kept_apart(reader, person, answers):
    reader.saves("record", person, **answers, third_party="Her sister is ill")
    note = Note.objects.get()
    assert (note.words, note.third_party_words) == ("We went for a walk.", "Her sister is ill")


def test_a_reason_left_over_from_a_changed_mind_is_dropped(reader, person, answers):
    reader.saves("record", person, **answers, not_shared_reason="typed before")
    assert Note.objects.get().not_shared_reason == ""


def test_a_next_step_and_a_next_meeting_on_the_same_screen(
    reader, person, me, team, today, answers
):
    later = today + dt.timedelta(days=7)
    reader.saves(
        "record",
        person,
        **answers,
        step="Ask the council about the damp",
        step_owner=str(me.pk),
        **day("step_by", today + dt.timedelta(days=3)),
        **day("next_date", later),
        next_time="2pm",
        next_place="Library",
    )
    step = person.steps.get()
    assert (step.words, step.worker, step.team) == ("Ask the council about the damp", me, None)
    assert step.due_on == today + dt.timedelta(days=3)
    assert step.from_contact.date == today
    following = person.contacts.get(attendance="0")
    assert (following.date, following.time, following.place) == (later, dt.time(14), "Library")
    assert (following.worker, following.medium, following.team) == (me, "01", team)
    assert [e.kind for e in person.events.filter(kind__startswith="step")] == ["step.made"]


def test_a_step_may_be_left_to_whoever_is_there(reader, person, team, today, answers):
    reader.saves(
        "record", person, **answers, step="Ring", step_owner="team", **day("step_by", today)
    )
    step = person.steps.get()
    assert (step.worker, step.team) == (None, team)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"attendance": ""}, "Select what happened"),
        ({"workers": [], "other_worker": ""}, "Select at least one worker"),
        ({"date_day": "31", "date_month": "2"}, "must be a real date"),
        ({"date_year": "2199"}, "A contact in the future is booked, not recorded"),
        ({"time": "9"}, "Enter a time, like 9:30am or 2pm"),
        ({"minutes": "-5"}, "greater than or equal to 0"),
        ({"medium": ""}, "Select how"),
        ({"step": "Ring"}, "Enter the day by which it will be done"),
        ({"next_time": "2pm"}, "Enter the day of the next meeting"),
    ],
)
def test_mistakes_say_what_to_do_and_keep_the_words(reader, person, answers, wrong, message):
    html = reader.is_refused("record", person, **answers | wrong)
    assert message in html
    assert "We went for a walk." in html
    assert not Contact.objects.exists()
    assert Draft.objects.get().key == f"contact:{person.pk}"
    assert "You were writing this" in reader.get("record", person)


def test_words_that_were_saved_are_no_longer_offered(reader, person, answers):
    reader.is_refused("record", person, **answers | {"medium": ""})
    revision = Draft.objects.get().revision
    reader.saves("record", person, **answers, draft_revision=str(revision))
    assert "You were writing this" not in reader.get("record", person)


def test_nobody_outside_the_list_can_be_named(reader, person, answers):
    stranger = factories.worker("Stranger")
    html = reader.is_refused("record", person, **answers | {"workers": [str(stranger.pk)]})
    assert "Select only people who are in the list" in html
    html = reader.is_refused("record", person, **answers | {"other_worker": "nonsense"})
    assert not person.live_reasons.filter(worker=stranger).exists()


def test_a_colleague_and_a_worker_whom_they_know_can_be_named(reader, person, me, team, answers):
    colleague, known = factories.worker("Colleague"), factories.worker("Known")
    factories.member("team_member", team=team, worker=colleague)
    factories.contact(person, known, days_ago=30)
    reader.saves(
        "record",
        person,
        **answers | {"workers": [str(known.pk), str(me.pk)], "other_worker": str(colleague.pk)},
    )
    contact = person.contacts.latest_first().first()
    assert (contact.worker, contact.worker_count) == (me, 3)


def test_somebody_without_a_worker_can_record_for_others(client, team, person, me, answers):
    reader = Reader(client, factories.member("team_lead", team=team))
    reader.get("record", person)
    reader.saves("record", person, **answers)
    assert person.contacts.get().worker == me


def test_somebody_in_two_teams_says_for_which(client, team, person, me, answers):
    from casework.accounts import services as accounts

    user = factories.member("key_worker", team=team, worker=factories.worker("Two Hats"))
    other = factories.team("Second Team")
    accounts.grant(user=user, role="team_member", team=other, by=None)
    reader = Reader(client, user)
    assert "For which team?" in reader.get("record", person)
    assert "Select a team" in reader.is_refused("record", person, **answers)
    reader.saves("record", person, **answers, team=str(other.pk))
    assert person.contacts.get().team == other


def test_after_the_diary_comes_the_diary(reader, person, answers):
    answer = reader.saves("record", person, query="?next=/diary/", **answers)
    assert answer["Location"] == "/diary/"
    answer = reader.saves("record", person, query="?next=https://elsewhere.example/", **answers)
    assert answer["Location"].startswith("/diary/contact/")


# A missed contact ---------------------------------------------------------------------------------


def test_a_missed_contact_creates_what_we_will_do(reader, person, me, today, missed):
    reader.saves("record", person, **missed)
    contact = person.contacts.get()
    assert (contact.attendance, contact.barrier) == ("3", "transport")
    assert contact.barrier_words == "The bus did not come"
    step = contact.steps.get()
    assert (step.words, step.worker) == ("Ring and offer a visit at home", me)
    assert step.due_on == today + dt.timedelta(days=2)
    assert person.events.filter(kind="contact.missed").count() == 1
    assert person.cases.get().closed_on is None


@pytest.mark.parametrize("name", ["barrier", "promise", "promise_owner"])
def test_a_missed_contact_needs_a_barrier_and_a_step_of_ours(reader, person, missed, name):
    reader.is_refused("record", person, **missed | {name: ""})
    assert not Contact.objects.exists()


def test_no_service_records_a_missed_contact_without_a_step(person, me, user, today):
    with pytest.raises(Refusal, match="what we will do"):
        entries.record(
            person=person, workers=[me], date=today, by=user, entry=Entry(attendance=MISSED)
        )
    assert not Contact.objects.exists()


def test_what_was_asked_about_a_missed_contact_is_dropped_when_it_took_place(
    reader, person, missed
):
    reader.saves("record", person, **missed | {"attendance": "5"})
    contact = person.contacts.get()
    assert (contact.barrier, contact.barrier_words) == ("", "")
    assert not Step.objects.exists()


def test_five_missed_contacts_close_nothing(reader, person, missed):
    for _ in range(5):
        reader.saves("record", person, **missed)
    assert person.cases.get().closed_on is None
    assert person.allocations.get().end is None


# From a booking -----------------------------------------------------------------------------------


def test_a_booking_becomes_what_happened(reader, person, me, team, user, today, answers):
    booking = booked(person, me, today=today, team=team, medium="11", purpose="review")
    html = reader.get("outcome", booking)
    assert '<option value="11" selected>' in html
    assert '<option value="review" selected>' in html
    reader.saves("outcome", booking, **answers, version="0")
    contact = person.contacts.get()
    assert (contact.pk, contact.attendance, contact.version) == (booking.pk, "5", 1)
    assert (contact.time, contact.medium, contact.recorded_by) == (dt.time(10), "01", user)
    assert contact.order_key == Contact.make_order_key(dt.time(10), str(contact.pk))
    assert contact.minutes == 45
    assert contact.notes.get().words == "We went for a walk."
    assert list(person.events.values_list("kind", flat=True)).count("contact.attended") == 1


def test_another_worker_came_than_was_booked(reader, person, me, team, today, answers):
    planned = factories.worker("Planned")
    factories.contact(person, planned, days_ago=20)
    booking = booked(person, planned, today=today, team=team)
    reader.saves("outcome", booking, **answers, version="0")
    contact = Contact.objects.get(pk=booking.pk)
    assert (contact.worker, contact.worker_count) == (me, 1)
    assert rows.workers_of(contact) == [me]
    assert person.live_reasons.filter(source_key=f"contact:{contact.pk}:{me.pk}").exists()


def test_a_booking_is_recorded_once_and_the_second_writer_loses_no_word(
    client, reader, person, me, team, today, answers
):
    booking = booked(person, me, today=today, team=team)
    other = factories.worker("Joe Hazelwood")
    factories.contact(person, other, days_ago=9)
    second = Reader(type(client)(), factories.member("team_member", team=team, worker=other))
    reader.saves("outcome", booking, **answers, version="0")
    html = second.is_refused(
        "outcome", booking, **answers | {"note": "Mine was different."}, version="0"
    )
    assert "Somebody has changed this contact since you opened it" in html
    assert "We went for a walk." in html
    assert "Mine was different." in html
    assert Note.objects.count() == 1
    offered = second.get("correct", booking, query="?carry-on=1")
    assert "Mine was different." in offered
    assert second.client.get(second.path("outcome", booking))["Location"] == second.path(
        "contact", booking
    )


def test_a_booking_in_the_future_can_be_cancelled_but_not_attended(
    reader, person, me, team, today, answers
):
    booking = booked(person, me, today=today, in_days=3, team=team)
    later = day("date", today + dt.timedelta(days=3))
    reader.is_refused("outcome", booking, **answers | later, version="0")
    reader.saves("outcome", booking, **answers | later | {"attendance": "2"}, version="0")
    contact = Contact.objects.get(pk=booking.pk)
    assert (contact.attendance, contact.cancelled_on) == ("2", today)


# All or nothing -----------------------------------------------------------------------------------


def test_what_fails_leaves_nothing(person, me, user, today, monkeypatch):
    def fail(**arguments):
        raise RuntimeError("no")

    before = (Contact.objects.count(), Note.objects.count(), person.events.count())
    monkeypatch.setitem(contact_hooks._entries, "zz", fail)
    with pytest.raises(RuntimeError):
        entries.record(
            person=person, workers=[me], date=today, by=user, entry=Entry(note=Words("Words"))
        )
    assert (Contact.objects.count(), Note.objects.count(), person.events.count()) == before
    monkeypatch.undo()
    too_early = entries.NextMeeting(today - dt.timedelta(days=1))
    with pytest.raises(Refusal):
        entries.record(
            person=person,
            workers=[me],
            date=today,
            by=user,
            entry=Entry(note=Words("Words"), following=too_early),
        )
    assert (Contact.objects.count(), Note.objects.count(), person.events.count()) == before


def test_nobody_records_twice_from_a_stale_page(person, me, user, today):
    booking = booked(person, me, today=today)
    entry = Entry()
    entries.record(
        person=person, workers=[me], date=today, by=user, entry=entry, booking=booking, version=0
    )
    with pytest.raises(ChangedMeanwhile):
        entries.record(
            person=person, workers=[me], date=today, by=user, entry=entry, booking=booking
        )


def test_somebody_elses_person_is_not_there(reader, answers):
    stranger = factories.held_person()
    contact = factories.contact(stranger)
    for name, row in (("record", stranger), ("outcome", contact), ("contact", contact)):
        assert reader.client.get(reader.path(name, row)).status_code == 404
    assert reader.post("record", stranger, **answers).status_code == 404
    assert stranger.contacts.count() == 1


def test_a_partner_who_may_see_the_person_records_nothing(client, person, team, answers):
    from casework.cases.models import LiveReason

    shared_with = factories.team("Housing")
    LiveReason.objects.create(
        person=person, team=shared_with, kind="sharing", source_key="s", start=timezone.localdate()
    )
    partner = factories.member("partner", team=shared_with)
    assert Person.objects.visible_to(partner).filter(pk=person.pk).exists()
    client.force_login(partner)
    reader = Reader(client, partner)
    assert reader.post("record", person, **answers).status_code == 403


# What it costs ------------------------------------------------------------------------------------


def test_recording_with_a_note_takes_at_most_12_statements(
    person, me, user, today, team, django_assert_max_num_queries
):
    entry = Entry(note=Words("We went for a walk."), details={"medium": "01"})
    savepoints = 6
    with django_assert_max_num_queries(12 + savepoints):
        entries.record(person=person, workers=[me], date=today, by=user, team=team, entry=entry)


def test_who_else_was_there_is_written_down_and_put_right(reader, person, answers):
    reader.saves("record", person, **answers, who_else="Mum")
    contact = person.contacts.get()
    assert contact.who_else == "Mum"
    assert "Mum" in text(reader.get("contact", contact))
    assert "with Mum" in text(reader.client.get(f"/people/{person.pk}/contacts/").content.decode())
    correction = answers | {"reason": "It was Dad", "version": "0", "note_version": "0"}
    reader.saves("correct", contact, **correction, who_else="Dad")
    contact.refresh_from_db()
    assert contact.who_else == "Dad"


def test_the_whole_request_costs_the_same_however_much_has_happened(reader, person, me, answers):
    reader.saves("record", person, **answers)  # the first click of a minute prolongs the session
    with CaptureQueriesContext(connection) as queries:
        reader.saves("record", person, **answers)
    said = [query["sql"] for query in queries]
    # session, user, person; contact, history, reason, event, mark, hooks, note, history; log
    assert len([sql for sql in said if "SAVEPOINT" not in sql]) <= 12
    assert len(said) <= 12 + 2, "one transaction, and none inside it"
    few = len(said)
    for ago in range(1, 40):
        factories.contact(person, factories.worker(), me, days_ago=ago)
    with CaptureQueriesContext(connection) as queries:
        reader.saves("record", person, **answers)
    assert len(queries) == few


def test_recording_what_was_booked_costs_little_more(reader, person, me, team, today, answers):
    costs = []
    for _time in range(2):
        booking = booked(person, me, today=today, team=team)
        costs.append(reader.statements("outcome", booking, **answers, version="0"))
    assert costs[1] <= 12


def test_the_form_costs_the_same_however_many_there_are(reader, person, me, team):
    factories.contact(person, factories.worker(), days_ago=3)
    few = reader.statements("record", person)
    assert few <= 15
    for ago in range(1, 40):
        factories.contact(person, factories.worker(), me, days_ago=ago)
        factories.member("team_member", team=team, worker=factories.worker())
    assert reader.statements("record", person) == few
