"""A meeting is booked, changed and cancelled, and the person is reminded of it."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from casework.cases.models import Absence, Contact, ContactPreference
from casework.cases.services import entries, reminders
from casework.cases.services.contacts import ChangedMeanwhile
from casework.outbox import services as outbox
from casework.outbox.models import Job, Message
from tests import factories
from tests.integration.diary.conftest import day, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(me, today):
    return {
        "workers": [str(me.pk)],
        **day("date", today + dt.timedelta(days=3)),
        "time": "2pm",
        "medium": "01",
        "purpose": "support",
        "place": "Library, ground floor",
    }


@pytest.fixture
def booking(person, me, team, today):
    return entries.book(
        person=person,
        workers=[me],
        date=today + dt.timedelta(days=3),
        time=dt.time(14),
        team=team,
        by=None,
        medium="01",
        purpose="support",
    )


def test_a_meeting_is_booked(reader, person, me, team, user, today, plan):
    answer = reader.saves("book", person, **plan)
    contact = person.contacts.get()
    assert answer["Location"] == reader.path("contact", contact)
    assert (contact.date, contact.time) == (today + dt.timedelta(days=3), dt.time(14))
    assert (contact.worker, contact.team, contact.recorded_by) == (me, team, user)
    assert (contact.attendance, contact.place) == ("0", "Library, ground floor")
    assert person.events.get(kind="contact.booked").about == contact.pk
    assert person.live_reasons.filter(worker=me, kind="contact").exists()


def test_who_else_will_be_there_is_shown_and_can_be_changed(reader, person, plan, today):
    reader.saves("book", person, **plan, who_else="Her mother")
    contact = person.contacts.get()
    for page in (("contact", contact), ("mine",)):
        assert "Her mother" in reader.get(*page)
    assert 'value="Her mother"' in reader.get("change", contact)
    reader.saves("change", contact, **plan, who_else="Her sister", version="0")
    contact.refresh_from_db()
    assert contact.who_else == "Her sister"
    assert contact.history.count() == 2


def test_the_interpreter_is_asked_about_where_the_person_has_one(reader, person, plan):
    assert "Interpreter" not in reader.get("book", person)
    person.interpreter = "Farsi"
    person.save()
    html = reader.is_refused("book", person, **plan)
    assert "Select whether the interpreter is booked" in html
    reader.saves("book", person, **plan, interpreter="no")
    contact = person.contacts.get()
    assert not contact.interpreter_booked
    assert "Interpreter Not booked yet" in text(reader.get("contact", contact))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"date_year": "2020"}, "The day of the meeting must be today or later"),
        ({"time": ""}, "Enter a time, like 9:30am or 2pm"),
        ({"workers": []}, "Select at least one worker"),
    ],
)
def test_mistakes_say_what_to_do(reader, person, plan, wrong, message):
    assert message in reader.is_refused("book", person, **plan | wrong)
    assert not Contact.objects.exists()


# Clashes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "warned"), [(0, True), (59, True), (60, False), (-59, True)])
def test_a_clash_within_the_hour_is_shown_and_may_be_confirmed(
    reader, person, me, today, plan, minutes, warned
):
    other = factories.held_person(name="Somebody Secret")
    at = dt.datetime.combine(today, dt.time(14)) + dt.timedelta(minutes=minutes)
    entries.book(
        person=other,
        workers=[factories.worker(), me],
        date=today + dt.timedelta(days=3),
        time=at.time(),
        by=None,
    )
    answer = reader.post("book", person, **plan)
    assert (answer.status_code == 200) == warned
    assert person.contacts.exists() != warned
    if warned:
        html = answer.content.decode()
        assert "Grace Fairweather has another booking at" in html
        assert "Secret" not in html
        reader.saves("book", person, **plan, anyway="on")
        assert person.contacts.count() == 1


def test_the_persons_own_other_booking_is_a_clash(reader, person, plan, today):
    entries.book(
        person=person,
        workers=[factories.worker()],
        date=today + dt.timedelta(days=3),
        time=dt.time(14, 30),
        by=None,
    )
    assert (
        "Ro has another booking at 2:30pm" in reader.post("book", person, **plan).content.decode()
    )


def test_a_worker_who_is_away_is_a_clash(reader, person, me, team, user, plan, today):
    Absence.objects.create(
        worker=me, start=today + dt.timedelta(days=2), cover_team=team, made_by=user
    )
    shown = reader.post("book", person, **plan).content.decode()
    assert "Grace Fairweather is away that day" in shown
    assert not person.contacts.exists()


def test_what_was_cancelled_or_has_no_time_does_not_clash(person, me, today, booking):
    on = booking.date
    entries.book(person=person, workers=[me], date=on, by=None)
    found = entries.clashes(person=person, workers=[me], date=on, time=dt.time(14, 30))
    assert [(clash.time, clash.worker) for clash in found] == [
        (dt.time(14), None),
        (dt.time(14), me),
    ]
    assert not entries.clashes(
        person=person, workers=[me], date=on, time=dt.time(14, 30), other_than=booking
    )
    Contact.objects.filter(pk=booking.pk).update(attendance="4")
    assert not entries.clashes(person=person, workers=[me], date=on, time=dt.time(14, 30))
    assert not entries.clashes(person=person, workers=[me], date=on, time=None)


# Changing and cancelling --------------------------------------------------------------------------


def test_a_booking_is_moved(reader, person, me, user, booking, plan, today):
    later = today + dt.timedelta(days=5)
    html = reader.get("change", booking)
    assert 'value="14:00"' in html
    reader.saves("change", booking, **plan | day("date", later) | {"time": "9:30am"}, version="0")
    contact = person.contacts.get()
    assert (contact.date, contact.time, contact.version) == (later, dt.time(9, 30), 1)
    assert contact.order_key.startswith("09:30:00|")
    event = person.events.get(kind="contact.moved")
    assert event.data["from"] == f"{booking.date.isoformat()} 14:00"
    reason = person.live_reasons.get(kind="contact")
    assert reason.end == later + dt.timedelta(days=28)


def test_a_booking_that_changed_meanwhile_shows_what_is_saved(reader, booking, plan, person):
    reader.saves("change", booking, **plan | {"place": "Kitchen"}, version="0")
    html = reader.is_refused("change", booking, **plan | {"place": "Garden"}, version="0")
    assert "What is saved now" in html
    assert "Kitchen" in html
    assert "Garden" in html
    assert person.contacts.get().place == "Kitchen"


@pytest.mark.parametrize("code", ["2", "4"])
def test_a_booking_is_cancelled_by_whom(reader, person, booking, today, code):
    assert "never counts against the person" in reader.get("cancel", booking)
    assert "Select who cancelled" in reader.is_refused("cancel", booking, version="0")
    reader.saves("cancel", booking, attendance=code, version="0")
    contact = person.contacts.get()
    assert (contact.attendance, contact.cancelled_on, contact.version) == (code, today, 1)
    kind = {"2": "contact.cancelled_by_person", "4": "contact.cancelled_by_service"}[code]
    assert person.events.filter(kind=kind).count() == 1
    for name in ("cancel", "change", "outcome"):
        answer = reader.client.get(reader.path(name, contact))
        assert answer["Location"] == reader.path("contact", contact)


def test_what_is_no_longer_booked_is_not_cancelled(booking):
    from casework.cases.services import contacts

    contacts.cancel_booking(contact=booking, by=None, attendance="2")
    with pytest.raises(ChangedMeanwhile):
        contacts.cancel_booking(contact=booking, by=None, attendance="4")
    with pytest.raises(ChangedMeanwhile):
        contacts.move_booking(contact=booking, by=None, date=booking.date)


def test_somebody_elses_booking_is_not_there(reader, plan):
    stranger = factories.held_person()
    booking = entries.book(
        person=stranger, workers=[factories.worker()], date=timezone.localdate(), by=None
    )
    for name in ("change", "cancel", "contact"):
        assert reader.client.get(reader.path(name, booking)).status_code == 404
    assert reader.post("cancel", booking, attendance="2", version="0").status_code == 404
    assert Contact.objects.get(pk=booking.pk).attendance == "0"


# Reminders ----------------------------------------------------------------------------------------

MONDAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


def safe(person, channel, **fields):
    return ContactPreference.objects.create(
        person=person, channel=channel, **{"safe_to_leave_message": True, **fields}
    )


def reached(person):
    person.phone, person.email = "07700 900 123", "ro@alongside.example"
    person.save()


def book_for(person, me, team, days, time=dt.time(14)):
    return entries.book(
        person=person,
        workers=[me],
        date=timezone.localdate() + dt.timedelta(days=days),
        time=time,
        team=team,
        by=None,
    )


def test_the_day_before_a_reminder_goes_where_it_is_safe(person, me, team, on_commit):
    with time_machine.travel(MONDAY, tick=False) as clock, on_commit():
        reached(person)
        safe(person, "text", ask_for="Alex")
        safe(person, "email", safe_to_leave_message=False)
        safe(person, "phone")
        book_for(person, me, team, days=4)
        job = Job.objects.get(kind=reminders.JOB)
        assert job.due_at == dt.datetime(2026, 11, 5, 10, 0, tzinfo=dt.UTC)
        outbox.run_due()
        assert not Message.objects.exists()
        clock.move_to(dt.datetime(2026, 11, 5, 10, 1, tzinfo=dt.UTC))
        outbox.run_due(limit=1)
        message = Message.objects.get()
        assert (message.channel, message.to) == ("text", "07700 900 123")
        assert message.body.splitlines() == [
            "Hello Alex,",
            "you have a meeting tomorrow at 2pm.",
            "If you want another time, ring 01632 960 001 and ask for Grace Fairweather.",
        ]


def test_a_reminder_tells_a_stranger_nothing(person, me, team):
    with time_machine.travel(MONDAY, tick=False):
        contact = book_for(person, me, team, days=1)
        body = reminders.words_for(contact)
    for word in ("Harbour", "Robin", "Ro,", "therapy", "support", "mental", "team"):
        assert word not in body


@pytest.mark.parametrize(
    ("at", "days", "planned"),
    [
        (dt.time(9), 0, False),
        (dt.time(9), 1, True),
        (dt.time(12), 1, True),
        (dt.time(19, 59), 1, True),
        (dt.time(20), 1, False),
        (dt.time(23), 1, False),
        (dt.time(23), 2, True),
    ],
)
def test_nobody_is_reminded_at_night_or_of_today(person, me, team, at, days, planned):
    with time_machine.travel(MONDAY.replace(hour=at.hour, minute=at.minute), tick=False):
        book_for(person, me, team, days=days, time=dt.time(23, 30))
    assert Job.objects.filter(kind=reminders.JOB).exists() == planned


def test_what_was_moved_or_cancelled_reminds_of_the_new_time_only(person, me, team):
    with time_machine.travel(MONDAY, tick=False) as clock:
        reached(person)
        safe(person, "email")
        contact = book_for(person, me, team, days=2)
        entries.move(
            contact=contact, by=None, date=contact.date + dt.timedelta(days=1), time=dt.time(9)
        )
        cancelled = book_for(person, me, team, days=2, time=dt.time(18))
        from casework.cases.services import contacts

        contacts.cancel_booking(contact=cancelled, by=None, attendance="2")
        clock.move_to(MONDAY + dt.timedelta(days=1, hours=5))
        outbox.run_due()
        assert not Message.objects.exists()
        clock.move_to(MONDAY + dt.timedelta(days=2, hours=5))
        outbox.run_due()
        message = Message.objects.get()
        assert "tomorrow at 9am" in message.body


def test_a_channel_that_is_no_longer_safe_is_not_used(person, me, team):
    with time_machine.travel(MONDAY, tick=False) as clock:
        reached(person)
        preference = safe(person, "text")
        book_for(person, me, team, days=2)
        preference.safe_to_leave_message = False
        preference.save()
        clock.move_to(MONDAY + dt.timedelta(days=1, hours=5))
        outbox.run_due()
    assert not Message.objects.exists()


def test_a_reminder_that_runs_twice_sends_once(person, me, team):
    with time_machine.travel(MONDAY, tick=False) as clock:
        reached(person)
        safe(person, "text")
        safe(person, "email")
        book_for(person, me, team, days=2)
        clock.move_to(MONDAY + dt.timedelta(days=1, hours=5))
        arguments = Job.objects.get(kind=reminders.JOB).arguments
        reminders.remind(**arguments)
        reminders.remind(**arguments)
        assert sorted(Message.objects.values_list("channel", flat=True)) == ["email", "text"]


def test_an_address_that_is_missing_sends_nothing(person, me, team):
    with time_machine.travel(MONDAY, tick=False):
        safe(person, "text")
        book_for(person, me, team, days=2)
        arguments = Job.objects.get(kind=reminders.JOB).arguments
        reminders.remind(**arguments)
    assert not Message.objects.exists()


# What it costs ------------------------------------------------------------------------------------


def test_the_page_costs_the_same_however_many_there_are(reader, person, me, team, booking):
    factories.contact(person, factories.worker(), days_ago=3)
    few = {
        name: reader.statements(name, row)
        for name, row in (("book", person), ("change", booking), ("contact", booking))
    }
    for ago in range(1, 30):
        factories.contact(person, factories.worker(), me, days_ago=ago)
        factories.member("team_member", team=team, worker=factories.worker())
    for name, row in (("book", person), ("change", booking), ("contact", booking)):
        assert reader.statements(name, row) == few[name] <= 15
