"""Messages, notices, three questions and a diary: what passes between a person and their team."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.alerts import digest
from casework.alerts import services as alerts
from casework.alerts.models import Alert
from casework.cases import services as cases
from casework.cases.due import due_for
from casework.cases.models import CaseEvent, ContactPreference, WorkerHandover
from casework.cases.services import absences, notes
from casework.common.errors import Refusal
from casework.continuity.models import PolicyValue
from casework.outbox.models import Message
from casework.portal import carers, keeping_safe, services
from casework.portal.models import DiaryEntry, HeardAnswer, MessageRead, NewsMark
from casework.portal.talk import diary, messages, news, questions
from tests import factories
from tests.factories.portal import carer_of, own_account

pytestmark = pytest.mark.django_db
FRIDAY = dt.datetime(2026, 8, 28, 10, 0, tzinfo=dt.UTC)  # before a bank holiday
WORDS = "The kettle is broken and I am too tired to ring"


class Held:
    """Somebody with a key worker, both with an account."""

    def __init__(self):
        self.team = factories.team(name="Elm House")
        self.worker = factories.worker(name="Femi Adeyemi")
        self.user = factories.member(
            "key_worker", team=self.team, worker=self.worker, name="Femi Adeyemi"
        )
        self.person = factories.person_with_key_worker(
            team=self.team,
            worker=self.worker,
            preferred_name="Marigold",
            phone="07700 900123",
            email="marigold@home.example",
        )
        self.me = own_account(self.person, by=self.user)

    def safe(self, *channels):
        for channel in channels:
            ContactPreference.objects.create(
                person=self.person, channel=channel, may_use=True, safe_to_leave_message=True
            )


@pytest.fixture
def held():
    return Held()


def page(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


# Messages -----------------------------------------------------------------------------------------


def test_a_message_says_who_reads_it_and_when_to_expect_an_answer(client):
    with time_machine.travel(FRIDAY, tick=False):
        held = Held()
        client.force_login(held.me.user)
        before = page(client, "portal:message_write")
        assert "Femi Adeyemi, your key worker, reads it first" in before
        assert "Elm House" in before and "Nobody watches this page" in before and "999" in before
        assert "expect an answer by 2 Sep 2026" in before  # Monday is a bank holiday
        sent = client.post(reverse("portal:message_write"), {"words": WORDS}, follow=True)
        text = sent.content.decode().replace("\xa0", " ")
        assert "Expect an answer by 2 Sep 2026" in text and "Nobody has read it yet" in text
        row = held.person.team_messages.get()
        assert (row.team, row.answer_by) == (held.team, dt.date(2026, 9, 2))
        # the team sets how long it takes
        PolicyValue.objects.create(code="message_answer_days", team=held.team, value=4)
        assert "expect an answer by 4 Sep 2026" in page(client, "portal:message_write")


def test_the_team_reads_with_a_mark_and_answers_once(client, held):
    row = messages.write(person=held.person, words=WORDS)
    client.force_login(held.user)
    address = reverse("own_accounts:message", args=[row.pk])
    assert WORDS not in client.get(address).content.decode()  # reading leaves a mark
    assert not MessageRead.objects.exists()
    opened = client.post(reverse("own_accounts:read_message", args=[row.pk]), follow=True)
    assert WORDS in opened.content.decode()
    client.post(reverse("own_accounts:read_message", args=[row.pk]))
    assert row.reads.count() == 1
    client.post(address, {"words": "I bring one on Tuesday"})
    row = held.person.team_messages.get()
    assert (row.answer, row.answered_by) == ("I bring one on Tuesday", held.user)
    with pytest.raises(Refusal):
        messages.answer(message=row, by=held.user, words="Again")
    assert CaseEvent.objects.filter(kind="portal.replied", about=row.pk, by=held.user).exists()
    assert WORDS not in str(list(CaseEvent.objects.values_list("data", flat=True)))
    theirs = page(client, "own_accounts:messages", held.person.pk)
    assert WORDS in theirs and "have not said that they read it" in theirs

    client.force_login(held.me.user)
    text = page(client, "portal:messages")
    assert "Femi Adeyemi (your key worker) read it on" in text
    assert "I bring one on Tuesday" in text
    assert "There is 1 answer for you to read" in page(client, "portal:home")
    assert "Your team answered your message" in page(client, "portal:new")
    client.post(reverse("portal:message_read", args=[row.pk]))
    assert "for you to read" not in page(client, "portal:home")
    assert not news.unread(held.me, timezone.localdate()).exists()


def test_right_role_wrong_person(client, held):
    row = messages.write(person=held.person, words=WORDS)
    client.force_login(factories.member("key_worker", worker=factories.worker()))
    for name, ident in (
        ("message", row.pk),
        ("read_message", row.pk),
        ("messages", held.person.pk),
        ("shared", held.person.pk),
    ):
        method = client.post if name == "read_message" else client.get
        assert method(reverse(f"own_accounts:{name}", args=[ident])).status_code == 404
    assert WORDS not in page(client, "own_accounts:inbox", of="team")
    assert not MessageRead.objects.exists()


def test_whoever_stands_in_reads_it_first(client, held):
    other = factories.worker(name="Arjun Mehta")
    cover = factories.member("key_worker", team=held.team, worker=other)
    row = messages.write(person=held.person, words=WORDS)
    today = timezone.localdate()
    assert not messages.open_for_staff(cover).filter(messages.first_for(cover, today)).exists()
    assert messages.open_for_staff(held.user).filter(messages.first_for(held.user, today)).exists()
    absences.arrange(
        worker=held.worker,
        start=today,
        end=today + dt.timedelta(days=5),
        by=held.user,
        cover_worker=other,
        note="",
    )
    due = [one for one in due_for(cover, today) if one.person_id == held.person.pk]
    assert [one.kind for one in due] == ["Message"]
    assert due[0].href == reverse("own_accounts:message", args=[row.pk])
    client.force_login(cover)
    assert "They wrote and wait for an answer" in page(client, "home")
    assert "Marigold" in page(client, "own_accounts:inbox")
    client.force_login(held.me.user)
    assert "Arjun Mehta reads it first" in page(client, "portal:messages")


def test_without_a_team_nobody_would_read_it(client):
    me = own_account(factories.held_person())
    me.person.cases.update(closed_on=timezone.localdate())
    with pytest.raises(Refusal):
        messages.write(person=me.person, words=WORDS)
    client.force_login(me.user)
    assert "nobody would read a message" in page(client, "portal:messages")


def test_a_message_that_needs_no_answer_is_only_to_be_read(held):
    row = messages.write(person=held.person, words="Thank you", wants_answer=False)
    assert row.answer_by is None
    mine = messages.open_for_staff(held.user)
    assert mine.exists()
    messages.mark_read(message=row, by=held.user)
    assert not mine.all().exists()


def test_what_is_late_raises_one_alert_for_a_person_and_an_answer_ends_it():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        held = Held()
        held.team.organisation.live = True
        held.team.organisation.save()
        alerts.sweep()
        first = messages.write(person=held.person, words=WORDS)
        second = messages.write(person=held.person, words="And the lamp")
        messages.write(person=held.person, words="Thank you", wants_answer=False)
        asked = services.ask(person=held.person, about="time")
        codes = ["asking_unanswered", "message_unanswered"]
        wanted = Alert.objects.open().filter(rule__in=codes).order_by("rule")
        clock.move_to(FRIDAY + dt.timedelta(days=5))  # Wednesday, the day that was said
        alerts.sweep()
        assert not wanted.exists()
        clock.move_to(FRIDAY + dt.timedelta(days=6))
        alerts.sweep()
        alerts.sweep()
        late = wanted.get()
        assert (late.rule, late.person, late.worker) == (codes[1], held.person, held.worker)
        assert late.sentence.startswith("2 messages") and "2 September 2026" in late.sentence
        assert WORDS not in str(late.facts) + late.sentence
        assert digest.waiting(held.user, timezone.localdate()).mine == 1
        messages.answer(message=first, by=held.user, words="On Tuesday")
        alerts.sweep()
        assert wanted.get().sentence.startswith("A message to the team has no answer")
        messages.answer(message=second, by=held.user, words="And a lamp")
        alerts.sweep()
        assert not wanted.exists()
        clock.move_to(FRIDAY + dt.timedelta(days=12))
        alerts.sweep()
        assert wanted.get().rule == codes[0]
        services.answer(request=asked, by=held.user, words="Mornings, from next week")
        alerts.sweep()
        assert not wanted.exists()


def test_what_is_asked_waits_on_the_home_page(held):
    services.ask(person=held.person, about="worker")
    due = due_for(held.user, timezone.localdate())
    assert [one.what for one in due] == ["They asked: I would like another worker"]
    other = factories.member("key_worker", team=held.team, worker=factories.worker())
    assert not due_for(other, timezone.localdate())


def test_lists_cost_the_same_whatever_their_length(client, held):
    access = carer_of(held.person, "messages")
    names = (
        ("portal:messages", held.me.user, ()),
        ("portal:diary", held.me.user, ()),
        ("portal:new", held.me.user, ()),
        ("own_accounts:inbox", held.user, ()),
        ("own_accounts:messages", held.user, (held.person.pk,)),
        ("own_accounts:shared", held.user, (held.person.pk,)),
        ("portal:carer_home", access.carer.user, ()),
    )

    def one_more():
        row = messages.write(person=held.person, words=WORDS)
        messages.mark_read(message=row, by=held.user)
        row = messages.write(person=held.person, words=WORDS)
        messages.answer(message=row, by=held.user, words="Yes")
        row = messages.begin(person=held.person, by=held.user, words=WORDS, hard="talked")
        messages.write(person=held.person, words=WORDS, in_reply_to=row)
        row = messages.write_as_carer(access=access, words=WORDS)
        messages.answer(message=row, by=held.user, words="Yes")
        diary.write(person=held.person, on=timezone.localdate(), words=WORDS, shared=True)

    def counts():
        found = []
        for name, user, args in names:
            client.force_login(user)
            page(client, name, *args)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page(client, name, *args)
            found.append(len(queries))
        return found

    one_more()
    few = counts()
    for _number in range(12):
        one_more()
    assert counts() == few


# A worker begins ----------------------------------------------------------------------------------

NEWS = "We have a place for you from March"


def begun(held, hard="no", words=NEWS, by=None):
    return messages.begin(person=held.person, by=by or held.user, words=words, hard=hard)


def test_a_worker_begins_and_the_person_reads_and_answers(client, held):
    client.force_login(held.user)
    address = reverse("own_accounts:write_to", args=[held.person.pk])
    assert address in client.get(reverse("people:detail", args=[held.person.pk])).content.decode()
    text = page(client, "own_accounts:write_to", held.person.pk)
    assert "Never for emergencies" in text and "They get no note of it" in text
    assert "People of Elm House who work with Marigold can read it too" in text
    assert client.post(address, {"words": NEWS}).status_code == 200  # is there hard news in it?
    client.post(address, {"words": NEWS, "hard": "no"})
    row = held.person.team_messages.get()
    assert (row.begun_by, row.answer_by, row.hard) == (held.user, None, False)
    assert "They have not said that they read it" in page(
        client, "own_accounts:messages", held.person.pk
    )
    assert not messages.open_for_staff(held.user).exists()  # nobody of the team owes an answer
    with pytest.raises(Refusal):
        messages.answer(message=row, by=held.user, words="To myself")

    client.force_login(held.me.user)
    assert "There is 1 message for you to read" in page(client, "portal:home")
    assert "Femi Adeyemi wrote to you." in page(client, "portal:new")
    text = page(client, "portal:messages")
    assert NEWS in text and "Femi Adeyemi (your key worker) wrote to you on" in text
    reply = reverse("portal:message_reply", args=[row.pk])
    assert NEWS in client.get(reply).content.decode()
    client.post(reply, {"words": "I would like that"})
    answer = held.person.team_messages.get(in_reply_to=row)
    assert answer.waits and held.person.team_messages.get(begun_by=held.user).read_at is not None
    assert "for you to read" not in page(client, "portal:home")
    assert not news.unread(held.me, timezone.localdate()).exists()
    assert NEWS not in str(list(CaseEvent.objects.values_list("data", flat=True)))
    client.force_login(held.user)
    assert list(messages.open_for_staff(held.user)) == [answer]
    text = page(client, "own_accounts:messages", held.person.pk)
    assert "They answered Femi Adeyemi on" in text and "They read it by" in text


def test_saying_that_one_has_read_it_is_enough(client, held):
    row = begun(held)
    client.force_login(held.me.user)
    client.post(reverse("portal:message_read", args=[row.pk]))
    assert held.person.team_messages.get().read_at is not None
    assert not news.unread(held.me, timezone.localdate()).exists()
    assert "You have read it." in page(client, "portal:messages")


def test_only_with_a_live_reason_and_to_pages_that_are_safe(client, held):
    stranger = factories.member("key_worker", worker=factories.worker())
    client.force_login(stranger)
    address = reverse("own_accounts:write_to", args=[held.person.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"words": NEWS, "hard": "no"}).status_code == 404
    with pytest.raises(Refusal):
        begun(held, by=stranger)
    with pytest.raises(Refusal):  # may open records, and answers nobody
        begun(held, by=factories.member("administrator", team=held.team))
    row = begun(held, hard="waits")
    assert client.post(reverse("own_accounts:talked", args=[row.pk])).status_code == 404
    client.force_login(held.user)
    keeping_safe.not_safe(account=held.me, by=held.user)
    assert "not safe for them now" in client.get(address, follow=True).content.decode()
    with pytest.raises(Refusal):
        begun(held)
    person = client.get(reverse("people:detail", args=[held.person.pk])).content.decode()
    assert address not in person
    assert held.person.team_messages.count() == 1
    services.close_account(account=held.me, by=held.user, why="Not wanted")
    assert "no pages of their own" in client.get(address, follow=True).content.decode()
    with pytest.raises(Refusal):
        begun(held)


def test_hard_news_waits_for_the_talk(client, held):
    row = begun(held, hard="waits")
    client.force_login(held.me.user)
    for name in ("portal:home", "portal:new", "portal:messages"):
        assert NEWS not in page(client, name) and "wrote to you" not in page(client, name)
    for name in ("message_reply", "message_read"):
        ask = client.post if name == "message_read" else client.get
        assert ask(reverse(f"portal:{name}", args=[row.pk])).status_code == 404
    due = [one for one in due_for(held.user, timezone.localdate()) if one.kind == "Talk"]
    assert [one.person_id for one in due] == [held.person.pk]
    client.force_login(held.user)
    assert "Waits for a talk" in page(client, "own_accounts:messages", held.person.pk)
    for _once in range(2):
        client.post(reverse("own_accounts:talked", args=[row.pk]))
    assert not [one for one in due_for(held.user, timezone.localdate()) if one.kind == "Talk"]
    client.force_login(held.me.user)
    assert NEWS in page(client, "portal:messages")
    assert page(client, "portal:new").count("Femi Adeyemi wrote to you.") == 1


def test_hard_news_that_was_talked_about_or_asked_for_is_read_at_once(client, held):
    begun(held, hard="talked", words="As we said")
    client.force_login(held.me.user)
    assert "As we said" in page(client, "portal:messages")
    held.person.team_messages.update(read_at=timezone.now())
    begun(held, hard="waits")
    assert NEWS not in page(client, "portal:messages")
    services.choose_news(account=held.me, at_once=True)
    assert NEWS in page(client, "portal:messages")
    assert page(client, "portal:new").count("Femi Adeyemi wrote to you.") == 2
    assert not messages.to_talk_about(held.user).exists()


def test_the_notice_of_it_keeps_to_safe_ways_and_quiet_hours(noon):
    held = Held()
    held.safe("text")
    news.choose(account=held.me, by_text=True, rhythm="soon")
    begun(held, hard="waits")
    assert tell() == 0
    begun(held)
    assert tell() == 1
    sent = Message.objects.get(about=news.ABOUT)
    assert sent.channel == "text" and NEWS not in sent.body and "Femi" not in sent.body
    noon.move_to(dt.datetime(2026, 9, 8, 22, 30, tzinfo=dt.UTC))
    begun(held)
    assert tell() == 0  # quiet
    noon.move_to(dt.datetime(2026, 9, 9, 10, 0, tzinfo=dt.UTC))
    held.person.contact_preferences.update(safe_to_leave_message=False)
    assert tell() == 0
    held.person.contact_preferences.update(safe_to_leave_message=True)
    assert tell() == 1


# Somebody whom they let in writes -----------------------------------------------------------------


def test_a_carer_writes_in_their_own_name_and_both_read_the_answer(client, held):
    access = carer_of(held.person, "meetings", "messages", name="Juno", relation="my sister")
    client.force_login(access.carer.user)
    address = reverse("portal:carer_write", args=[access.pk])
    text = client.get(address).content.decode()
    assert "You write in your own name, never for Marigold" in text and "999" in text
    client.post(address, {"words": "She does not sleep"})
    row = held.person.team_messages.get()
    assert (row.let_in, row.waits) == (access, True)
    client.force_login(held.user)
    due = [one for one in due_for(held.user, timezone.localdate()) if one.kind == "Message"]
    assert [one.what for one in due] == ["Juno, whom they let in, wrote"]
    client.post(reverse("own_accounts:read_message", args=[row.pk]))
    text = page(client, "own_accounts:message", row.pk)
    assert "Juno (my sister), whom they let in, wrote on" in text
    assert "Juno reads your answer, and so does Marigold" in text
    assert "When and where my meetings are" in text
    client.post(reverse("own_accounts:message", args=[row.pk]), {"words": "Thank you for telling"})
    client.force_login(access.carer.user)
    assert "Thank you for telling" in page(client, "portal:carer_home")
    client.force_login(held.me.user)
    text = page(client, "portal:messages")
    assert "Juno (my sister), whom you let in, wrote on" in text and "Thank you for telling" in text
    assert "for you to read" not in page(client, "portal:home")  # it was no answer to them
    assert "Your team answered somebody whom you let in." in page(client, "portal:new")
    assert client.post(reverse("portal:message_read", args=[row.pk])).status_code == 404


def test_the_person_is_told_that_a_carer_wrote_and_not_what(client, held, noon):
    access = carer_of(held.person, "messages", name="Juno")
    held.safe("text")
    news.choose(account=held.me, by_text=True, rhythm="soon")
    messages.write_as_carer(access=access, words="She does not sleep")
    client.force_login(held.me.user)
    for name in ("portal:home", "portal:new"):
        text = page(client, name)
        assert "Somebody whom you let in wrote to your team." in text, name
        assert "She does not sleep" not in text
    assert tell() == 1
    sent = Message.objects.get(about=news.ABOUT)
    assert "sleep" not in sent.body and "Juno" not in sent.body and "let in" not in sent.body
    client.post(reverse("portal:new_read"))
    assert not news.unread(held.me, timezone.localdate()).exists()


def test_what_the_person_did_themselves_is_no_news(held):
    messages.write(person=held.person, words="I cannot come on Thursday")
    services.ask(person=held.person, about="time")
    assert not news.unread(held.me, timezone.localdate()).exists()


def test_an_answer_to_who_is_let_in_no_more_says_who_reads_it(client, held):
    access = carer_of(held.person, "messages", name="Juno")
    row = messages.write_as_carer(access=access, words="She does not sleep")
    messages.mark_read(message=row, by=held.user)
    carers.take_away(access=access)
    client.force_login(held.user)
    text = page(client, "own_accounts:message", row.pk)
    assert "Juno is not let in any more: only Marigold reads your answer" in text


# Notices ------------------------------------------------------------------------------------------


@pytest.fixture
def noon():
    with time_machine.travel(dt.datetime(2026, 9, 8, 11, 0, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def tell():
    return news.tell_all(now=timezone.now())


def test_a_notice_says_nothing_and_goes_only_where_it_is_safe(client, noon):
    held = Held()
    client.force_login(held.me.user)
    assert "not marked as safe" in page(client, "portal:notices")
    held.safe("text")
    form = {
        "ways": ["text"],
        "topics": ["answers", "meetings"],
        "rhythm": "soon",
        "daily_at": "10:00",
        "quiet_from": "20:00",
        "quiet_until": "09:00",
        "asks": "yes",
    }
    assert client.post(reverse("portal:notices"), form).status_code == 302
    row = messages.write(person=held.person, words=WORDS)
    assert tell() == 0  # what they did themselves is no news
    messages.answer(message=row, by=held.user, words="On Tuesday, dear Marigold")
    factories.contact(held.person, held.worker)
    assert (tell(), tell()) == (1, 0)
    sent = Message.objects.get(about=news.ABOUT)
    assert (sent.channel, sent.to) == ("text", "07700 900123")
    for word in (WORDS, "Tuesday", "Marigold", "Femi", "Elm House", "message", "health"):
        assert word.lower() not in f"{sent.subject} {sent.body}".lower()
    # one notice for all within the hour, and none where the way is no longer safe
    row = messages.write(person=held.person, words=WORDS)
    messages.answer(message=row, by=held.user, words="Yes")
    assert tell() == 0
    held.person.contact_preferences.update(safe_to_leave_message=False)
    noon.shift(dt.timedelta(hours=2))
    assert tell() == 0
    held.person.contact_preferences.update(safe_to_leave_message=True)
    assert tell() == 1
    services.close_account(account=held.me, by=held.user, why="Not safe now")
    row = messages.write(person=held.person, words=WORDS)
    messages.answer(message=row, by=held.user, words="Yes")
    noon.shift(dt.timedelta(hours=2))
    assert tell() == 0


def test_quiet_hours_and_once_a_day(noon):
    held = Held()
    held.safe("text", "email")
    news.choose(account=held.me, by_email=True, rhythm="daily", daily_at=dt.time(10))
    services.ask(person=held.person, about="time")

    def answered():
        row = messages.write(person=held.person, words=WORDS)
        messages.answer(message=row, by=held.user, words="Yes")

    answered()
    assert tell() == 1
    assert Message.objects.get(about=news.ABOUT).channel == "email"
    answered()
    noon.shift(dt.timedelta(hours=4))
    assert tell() == 0  # once a day
    noon.move_to(dt.datetime(2026, 9, 9, 8, 30, tzinfo=dt.UTC))
    assert tell() == 0  # not before ten
    noon.move_to(dt.datetime(2026, 9, 9, 9, 5, tzinfo=dt.UTC))
    assert tell() == 1
    news.choose(account=held.me, rhythm="soon", about_answers=False)
    answered()
    noon.shift(dt.timedelta(hours=2))
    assert tell() == 0  # they do not want to hear about answers
    news.choose(account=held.me, about_answers=True)
    noon.move_to(dt.datetime(2026, 9, 9, 21, 30, tzinfo=dt.UTC))
    assert tell() == 0  # the night is theirs
    noon.move_to(dt.datetime(2026, 9, 10, 9, 30, tzinfo=dt.UTC))
    assert tell() == 1


@pytest.mark.parametrize(
    ("start", "end", "time", "quiet"),
    [
        (20, 9, 21, True),
        (20, 9, 8, True),
        (20, 9, 9, False),
        (20, 9, 12, False),
        (13, 15, 14, True),
        (13, 15, 15, False),
        (9, 9, 9, False),
    ],
)
def test_quiet_time_may_run_over_midnight(start, end, time, quiet):
    choice = news.NoticeChoice(quiet_from=dt.time(start), quiet_until=dt.time(end))
    assert news.is_quiet_time(choice, dt.time(time)) is quiet


def test_a_change_of_worker_waits_for_the_conversation(client, noon):
    held = Held()
    client.force_login(held.me.user)
    other = factories.worker(name="Saoirse Byrne")
    lead = factories.member("team_lead", team=held.team)
    was = held.person.allocations.get()
    cases.end_allocation(allocation=was, by=lead, reason=was.EndReason.values[0])
    cases.allocate(person=held.person, worker=other, by=lead)
    today = timezone.localdate()

    def told():
        return {one.kind for one in news.unread(held.me, today)}

    assert not told()
    services.mark_seen(account=held.me)  # they press "I have read this" meanwhile
    services.choose_news(account=held.me, at_once=True)
    held.me.refresh_from_db()
    assert told() == {"allocation.started", "allocation.ended"}
    services.choose_news(account=held.me, at_once=False)
    held.me.refresh_from_db()
    assert not told()
    WorkerHandover.objects.create(
        person=held.person,
        role="key_worker",
        from_worker=held.worker,
        to_worker=other,
        reason="Femi moves",
        agreed_with_person_on=today,
        starts_on=today,
        overlap_until=today,
        made_by=lead,
    )
    assert told() == {"allocation.started", "allocation.ended"}
    assert "Saoirse Byrne is now there for you" in page(client, "portal:new")
    client.post(reverse("portal:new_read"))
    assert not told()
    assert NewsMark.objects.filter(account=held.me, kind="read").count() == 2
    WorkerHandover.objects.all().delete()
    noon.shift(dt.timedelta(days=3))
    assert not news.unsaid_changes(held.me, timezone.localdate())  # two working days at most


# Three questions ----------------------------------------------------------------------------------


def test_questions_come_once_a_month_and_can_be_refused(client, held):
    client.force_login(held.me.user)
    assert "How were your meetings?" not in page(client, "portal:home")
    factories.contact(held.person, held.worker)
    assert "How were your meetings?" in page(client, "portal:home")
    nothing = client.post(reverse("portal:questions_answer"), {"audience": "team"})
    assert "Answer at least one of the questions" in nothing.content.decode()
    client.post(reverse("portal:questions_not_now"))
    assert "How were your meetings?" not in page(client, "portal:home")
    assert not questions.readable_by(held.user, held.person).exists()
    with pytest.raises(Refusal):
        questions.answer(person=held.person, heard="yes")
    HeardAnswer.objects.update(on=timezone.localdate() - dt.timedelta(days=31))
    assert questions.is_time(held.me, timezone.localdate())
    news.choose(account=held.me, asks=False)
    assert not questions.is_time(held.me, timezone.localdate())


@pytest.mark.parametrize(
    ("audience", "key_worker", "team_member", "counted"),
    [
        ("only_me", False, False, False),
        ("key_worker", True, False, False),
        ("team", True, True, True),
        ("numbers", False, False, True),
    ],
)
def test_the_person_chooses_who_reads_their_answers(
    client, held, audience, key_worker, team_member, counted
):
    colleague = factories.member("team_member", team=held.team, worker=factories.worker())
    client.force_login(held.me.user)
    client.post(
        reverse("portal:questions_answer"),
        {"heard": "no", "words": "She looked at the screen", "audience": audience},
    )
    row = held.person.heard_answers.get()
    for user, reads in ((held.user, key_worker), (colleague, team_member)):
        client.force_login(user)
        text = page(client, "own_accounts:shared", held.person.pk)
        assert ("looked at the screen" in text) is reads, user
    found = questions.numbers(None, timezone.localdate())
    assert bool(found) is counted
    questions.change_audience(row=row, audience="only_me")
    assert not questions.readable_by(held.user, held.person).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM portal_heardanswer")
        assert "screen" not in str(cursor.fetchall())


def test_numbers_are_by_team_and_small_ones_are_held_back(client):
    small, large = factories.team(name="Ash"), factories.team(name="Birch")
    for team, replies in ((small, ["no"] * 4), (large, ["yes"] * 8 + ["no"] * 3)):
        for reply in replies:
            questions.answer(
                person=factories.held_person(team=team), heard=reply, audience="numbers"
            )
    ash, birch = questions.numbers(None, timezone.localdate())
    assert (ash.name, ash.people, ash.replies) == ("Ash", "Under 5", {})
    assert birch.people == "10"
    assert birch.replies == {"heard": {"yes": "10", "partly": "Under 5", "no": "Under 5"}}
    lead = factories.member("team_lead", team=small, worker=factories.worker())
    client.force_login(lead)
    text = page(client, "own_accounts:heard")
    assert "Ash" in text and "Birch" not in text and "nothing is shown" in text
    client.force_login(factories.member("network_lead"))
    text = page(client, "own_accounts:heard")
    assert text.index("Ash") < text.index("Birch")
    client.force_login(factories.member("key_worker", team=small))
    assert client.get(reverse("own_accounts:heard")).status_code == 403


# A diary ------------------------------------------------------------------------------------------


def test_a_private_entry_is_read_by_nobody_else_and_can_go(client, held):
    client.force_login(held.me.user)
    today = timezone.localdate()
    form = {
        "on_day": str(today.day),
        "on_month": str(today.month),
        "on_year": str(today.year),
        "feeling": "hard",
        "words": WORDS,
        "shared": "private",
    }
    assert client.post(reverse("portal:diary_write"), form).status_code == 302
    entry = held.person.diary_entries.get()
    assert not CaseEvent.objects.filter(kind="portal.diary_shared").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM portal_diaryentry")
        assert "kettle" not in str(cursor.fetchall())
    text = page(client, "portal:diary")
    assert WORDS in text and "Nobody watches this diary" in text and "A court can order" in text
    change = reverse("portal:diary_change", args=[entry.pk])
    client.post(change, {**form, "words": "Better now"})
    assert held.person.diary_entries.get().words == "Better now"
    client.force_login(held.user)
    for address in ("own_accounts:shared", "people:detail", "people:timeline"):
        assert "Better now" not in page(client, address, held.person.pk)
    client.force_login(held.me.user)
    remove = reverse("portal:diary_remove", args=[entry.pk])
    assert "nobody can bring it back" in client.get(remove).content.decode()
    client.post(remove)
    assert not DiaryEntry.objects.exists()


def test_a_shared_entry_is_read_beside_the_record(client, held):
    on = timezone.localdate() - dt.timedelta(days=2)
    row = diary.write(person=held.person, on=on, words=WORDS, feeling="hard", shared=True)
    event = CaseEvent.objects.get(kind="portal.diary_shared")
    assert (event.on, event.data) == (on, {"feeling": "hard"})
    client.force_login(held.user)
    assert WORDS in page(client, "people:detail", held.person.pk)
    assert WORDS in page(client, "own_accounts:shared", held.person.pk)
    assert "They shared how they were" in page(client, "people:timeline", held.person.pk)
    with pytest.raises(Refusal):
        diary.write(person=held.person, on=on, words="Other", entry=row)
    with pytest.raises(Refusal):
        diary.take_away(entry=row)
    with pytest.raises(Refusal):
        diary.write(person=held.person, on=timezone.localdate() + dt.timedelta(days=1), words="x")
    client.force_login(held.me.user)
    assert client.get(reverse("portal:diary_change", args=[row.pk])).status_code == 404
    client.post(reverse("portal:diary_private", args=[row.pk]))
    client.force_login(held.user)
    assert WORDS not in page(client, "people:detail", held.person.pk)
    assert WORDS not in page(client, "own_accounts:shared", held.person.pk)


# What stands beside an entry ----------------------------------------------------------------------


def test_a_remark_stays_beside_the_note_and_staff_read_it(client, held):
    contact = factories.contact(held.person, held.worker)
    notes.write_note(
        person=held.person, contact=contact, words=notes.Words("She was angry"), by=held.user
    )
    services.remark(contact=contact, person=held.person, words="I was frightened, not angry")
    client.force_login(held.user)
    text = page(client, "diary:contact", contact.pk)
    assert "She was angry" in text and "I was frightened, not angry" in text
    assert contact.notes.get().words == "She was angry"
