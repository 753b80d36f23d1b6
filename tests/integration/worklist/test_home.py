"""The home page: a day's work, calm when there is little, and the team's beside it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from casework.alerts import ladder
from casework.alerts.models import Alert
from casework.cases.models import AccessEntry, ContactPreference, Note
from casework.cases.services import absences, check_ins, entries, handovers, steps
from casework.cases.services.steps import Promise
from casework.common import dates
from casework.worklist.home import home_path
from casework.worklist.presenters.day import MOST_DUE, MOST_PEOPLE
from casework.worklist.sections import Due, WorklistSection, worklist_sections
from tests import factories
from tests.integration.worklist.conftest import Reader

pytestmark = pytest.mark.django_db
HOME = "home"
MOST_QUERIES = 23


def book(person, worker, day, time=dt.time(10)):
    return entries.book(person=person, workers=[worker], date=day, time=time, by=None)


def promise(person, worker, words, due_on):
    return steps.make_step(person=person, by=None, promise=Promise(words, due_on, worker=worker))


def flag(person, worker, rule="many_faces", step="Plan who comes.", **fields):
    day = dt.date(2026, 11, 1)
    return Alert.objects.create(
        rule=rule,
        subject_key=fields.pop("subject_key", f"person:{person.pk}"),
        person=person,
        worker=worker,
        sentence=f"Said by {rule}.",
        next_step=step,
        opened_on=day,
        updated_on=day,
        **fields,
    )


# A worker's day ----------------------------------------------------------------------------------


def test_an_empty_day_is_calm_and_says_what_will_be_here(reader):
    shown = reader.text(HOME)
    for words in (
        "Nothing is booked today or in the next two weeks.",
        "Nothing is due.",
        "Nothing is waiting for you.",
        "There is nobody here yet.",
    ):
        assert words in shown
    assert "Nobody named" not in shown
    assert not AccessEntry.objects.exists()


def test_todays_meetings_lead_to_the_record_and_back(reader, person, me, today):
    contact = book(person, me, today, dt.time(9, 30))
    book(person, me, today + dt.timedelta(days=1), dt.time(7))
    html = reader.html(HOME)
    assert f'href="{reverse("diary:outcome", args=[contact.pk])}?next=%2F"' in html
    shown = reader.text(HOME)
    assert "9:30am, Ro" in shown
    assert "7am, Ro" not in shown


def test_a_day_without_a_meeting_names_the_next_one(reader, person, me, today):
    day = today + dt.timedelta(days=3)
    book(person, me, day, dt.time(14))
    assert re.search(
        rf"Nothing is booked today\. Next: \w+ {day.day} .*, 2pm, Ro", reader.text(HOME)
    )


def test_what_was_not_recorded_is_mentioned(reader, person, me, today):
    contact = book(person, me, today)
    type(contact).objects.filter(pk=contact.pk).update(date=today - dt.timedelta(days=2))
    assert "1 earlier meeting is not recorded yet" in reader.text(HOME)


@pytest.mark.parametrize("by_team", [False, True], ids=["myself", "team"])
@pytest.mark.parametrize("begins, shown", [(0, True), (-3, True), (1, False)])
def test_alerts_of_somebody_i_cover_are_mine_from_the_first_day(
    client, team, person, me, today, by_team, begins, shown
):
    joe = factories.worker("Joe Hazelwood")
    user = factories.member("key_worker", team=team, worker=joe)
    flag(person, me, team=team)
    cover = {"cover_team": team} if by_team else {"cover_worker": joe}
    start = today + dt.timedelta(days=begins)
    absences.arrange(worker=me, start=start, end=today + dt.timedelta(days=5), by=user, **cover)
    assert ("Said by many_faces." in Reader(client, user).text(HOME)) is shown


def test_meetings_of_somebody_i_cover_are_mine(client, team, person, me, today):
    joe = factories.worker("Joe Hazelwood")
    user = factories.member("key_worker", team=team, worker=joe)
    stand_in = Reader(type(client)(), user)
    book(person, me, today, dt.time(9))
    absences.arrange(worker=me, start=today, end=today, cover_worker=joe, by=user)
    assert "You stand in for Grace Fairweather" in stand_in.text(HOME)


def test_alerts_are_one_line_a_person_with_one_next_step(reader, person, me):
    flag(person, me)
    flag(person, me, "losing_touch", step="Ring them.")
    shown = reader.text(HOME)
    assert shown.count("Next step:") == 1
    assert shown.count("Said by") == 1
    assert "And 1 more alert." in shown


def test_an_alert_of_the_backlog_is_a_link_and_no_flood(reader, person, me):
    flag(person, me, backlog=True)
    shown = reader.text(HOME)
    assert "Already so when we started: 1 person" in shown
    assert "Said by" not in shown


def test_my_people_are_those_who_were_met_longest_ago(reader, team, me):
    for number in range(MOST_PEOPLE + 2):
        one = factories.person_with_key_worker(team=team, worker=me, name=f"Person {number:02}")
        factories.contact(one, factories.worker("Joe Hazelwood"), days_ago=number + 1)
    names = reader.names(HOME)
    assert names == [f"Person {number:02}" for number in range(MOST_PEOPLE + 1, 1, -1)]
    assert "Those who were met longest ago." in reader.text(HOME)
    assert "Joe Hazelwood" in reader.text(HOME)


def test_who_is_named_for_nobody_sees_whose_record_they_may_open(client, team):
    factories.held_person(team=team, name="Bel Example")
    user = factories.member("team_member", team=team, worker=factories.worker())
    other = Reader(client, user)
    assert "People whose record I may open" in other.text(HOME)
    assert other.names(HOME) == ["Bel Example"]


def test_lists_that_are_kept_are_on_the_page(reader, person):
    from casework.worklist import services
    from casework.worklist.filters import Chosen, Show, Which

    services.keep_list(
        user=reader.user, which=Which.MINE, name="To ring", chosen=Chosen(show=Show.QUIET)
    )
    href = reverse("my_people") + "?show=quiet"
    assert f'href="{href}">To ring</a>' in reader.html(HOME)


def test_looking_is_written_down_once(reader, person, me, today):
    book(person, me, today)
    promise(person, me, "Ring", today)
    reader.html(HOME)
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.listed, entry.page) == ("list", [str(person.pk)], HOME)


# What is due -------------------------------------------------------------------------------------


def due(html):
    return html.partition("Due in the next seven days")[2].partition("Alerts for me")[0]


def test_promises_come_by_day_and_lead_to_their_end_and_back(reader, person, me, today):
    promise(person, me, "Far away", today + dt.timedelta(days=8))
    later = promise(person, me, "Ring the council", today + dt.timedelta(days=2))
    promise(person, me, "Post the letter", today)
    promise(person, factories.worker(), "Of somebody else", today)
    type(later).objects.filter(words="Post the letter").update(due_on=today - dt.timedelta(days=1))
    shown = due(reader.text(HOME))
    assert shown.index("Post the letter") < shown.index("Ring the council")
    assert "Promise, yesterday" in shown
    assert shown.count("Still to do") == 1
    assert "Far away" not in shown
    assert "Of somebody else" not in shown
    href = reverse("diary:step", args=[later.pk]) + "?next=/"
    assert href in reader.html(HOME)
    assert reader.client.post(href, {"what_happened": ""})["Location"] == "/"
    assert "Ring the council" not in reader.text(HOME)


def test_check_ins_are_due_when_agreed(reader, person, me, today):
    agreed = check_ins.agree(
        person=person,
        worker=me,
        medium="02",
        every_weeks=2,
        next_on=today + dt.timedelta(days=3),
        agreed_on=today,
        words="A short call",
        by=reader.user,
    )
    assert "Telephone, as agreed Check-in, in 3 days" in due(reader.text(HOME))
    type(agreed).objects.update(next_on=today + dt.timedelta(days=9))
    assert "as agreed" not in due(reader.text(HOME))


def test_a_contact_without_a_note_is_mentioned_for_a_few_days(reader, person, me, today):
    contact = entries.record(
        person=person, workers=[me], date=today, by=reader.user, entry=entries.Entry()
    )
    assert "Nothing is written about this contact yet" in due(reader.text(HOME))
    Note.objects.create(person=person, contact=contact, words="We talked.", author=reader.user)
    assert "Nothing is written" not in due(reader.text(HOME))
    Note.objects.all().delete()
    type(contact).objects.update(date=today - dt.timedelta(days=10))
    assert "Nothing is written" not in due(reader.text(HOME))


def test_a_meeting_that_no_message_announces_is_to_be_said(reader, person, me, today):
    book(person, me, dates.add_working_days(today, 1))
    words = "No message reminds them of the next meeting"
    assert words in due(reader.text(HOME))
    ContactPreference.objects.create(person=person, channel="text", safe_to_leave_message=True)
    assert words in due(reader.text(HOME))  # there is no number to send it to
    person.phone = "07700 900001"
    person.save()
    assert words not in due(reader.text(HOME))


def test_steps_of_a_handover_are_due(reader, person, me, today):
    handovers.plan(
        allocation=person.allocations.get(),
        to=factories.worker("Joe Hazelwood"),
        reason="Moves to another team",
        starts_on=today + dt.timedelta(days=5),
        overlap_until=today + dt.timedelta(days=30),
        by=reader.user,
    )
    shown = due(reader.text(HOME))
    assert "Introduce Joe Hazelwood Handover, in 5 days" in shown
    assert "Meet together" not in shown


def test_nobody_whose_record_i_may_not_open_is_named(reader, person, me, today):
    promise(person, me, "Ring the council", today)
    book(person, me, today)
    flag(person, me)
    person.live_reasons.all().delete()
    shown = reader.text(HOME)
    for words in ("Ring the council", "Ro", "Said by"):
        assert words not in shown.split()


def test_another_app_can_name_what_is_due(reader, today, monkeypatch):
    line = Due("Decide on a referral", "Referral", today, "/x/", "Decide")
    section = WorklistSection(lambda user, on, until: [line])
    worklist_sections["promises"]  # read the registry before it is changed
    entries = {**worklist_sections._entries, "zz": section}
    monkeypatch.setattr(worklist_sections, "_entries", entries)
    assert "Decide on a referral Referral, today Decide" in due(reader.text(HOME))


def test_a_long_list_of_what_is_due_says_that_it_goes_on(reader, person, me, today):
    for number in range(MOST_DUE + 3):
        promise(person, me, f"Promise {number}", today + dt.timedelta(days=1))
    shown = due(reader.text(HOME))
    assert shown.count("Mark as done") == MOST_DUE
    assert "3 more things are due later." in shown


# Who begins where --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("key_worker", "Meetings"),
        ("team_member", "Meetings"),
        ("peer_worker", "Meetings"),
        ("shift_lead", "My team"),
        ("team_lead", "My team"),
        ("network_lead", "The teams of the network"),
        ("partner", "Alerts for me"),
        ("privacy_officer", "Reviews who opened which record"),
        ("records_administrator", "Corrects records"),
    ],
)
def test_the_home_page_is_useful_for_every_role(client, person, role, words):
    reader = Reader(client, factories.member(role))
    assert home_path(reader.user) == reverse(HOME)
    assert words in reader.text(HOME)


def test_an_administrator_begins_with_their_own_pages(client, person):
    user = factories.member("administrator")
    client.force_login(user)
    answer = client.get(reverse(HOME))
    assert answer["Location"] == home_path(user) != reverse(HOME)
    assert client.get(answer["Location"]).status_code == 200


def test_who_leads_and_works_has_both_clearly_parted(client, team, me, person):
    both = Reader(client, factories.member("team_lead", team=team, worker=me))
    shown = both.text(HOME)
    assert shown.index("Meetings") < shown.index("My people") < shown.index("My team Harbour")
    assert "1 person in all" in shown
    assert "0 people without a key worker" in shown
    lead = Reader(type(client)(), factories.member("team_lead", team=team))
    assert "Meetings" not in lead.text(HOME)


def test_the_next_step_leads_to_where_one_acts_and_back(reader, person, me):
    alert = flag(person, me)
    Alert.objects.update(next_step="Book the next meeting")
    place = f"{reverse('alerts:detail', args=[alert.pk])}?next=%2F"
    assert re.search(
        rf'<a href="{re.escape(place)}">Next step: Book the next meeting', reader.html(HOME)
    )
    assert reader.client.get(place).status_code == 200


def test_who_leads_and_is_named_for_nobody_begins_with_the_team(client, team, me, person):
    lead = factories.member("team_lead", team=team, worker=factories.worker("Ann Lead"))
    shown = Reader(client, lead).text(HOME)
    assert shown.index("My team Harbour") < shown.index("Meetings")
    assert "Alerts for me" not in shown
    assert "People whose record I may open" not in shown


def test_a_lead_is_told_what_came_up_to_them(client, team, me, person):
    flag(person, me, team=team)
    reader = Reader(client, factories.member("team_lead", team=team))
    words = "1 person about whom something has come to you to decide"
    assert words not in reader.text(HOME)
    Alert.objects.update(level=Alert.Level.LEAD)
    assert words in reader.text(HOME)
    assert f"{reverse('alerts:team')}?list=raised" in reader.html(HOME)
    Alert.objects.update(backlog=True)
    assert words not in reader.text(HOME), "it was already so"


def test_a_network_lead_is_told_what_came_up_and_may_open_the_record(client, team, me, person):
    flag(person, me, team=team)
    Alert.objects.update(level=Alert.Level.NETWORK)
    network = factories.member("network_lead", worker=factories.worker("Ann Lead"))
    reader = Reader(client, network)
    assert "has come to you" not in reader.text(HOME)
    ladder.climb()
    shown = reader.text(HOME)
    assert "1 person about whom something has come to you to decide" in shown
    assert person.display_name in shown


def test_a_network_lead_sees_numbers_and_no_names(client, team, person, me):
    flag(person, me, team=team)
    factories.held_person(team=team)
    network = Reader(client, factories.member("network_lead"))
    figures = (
        "Harbour Community Team People 1 to 4 Without a key worker 1 to 4 With open alerts 1 to 4"
    )
    assert figures in network.text(HOME)
    assert "Ro" not in network.text(HOME).split()
    assert network.client.get(reverse("my_team")).status_code == 200


def test_the_page_costs_the_same_with_much_and_with_little(client, team, me, today):
    reader = Reader(client, factories.member("team_lead", team=team, worker=me))
    user = reader.user

    def one_more():
        person = factories.person_with_key_worker(team=team, worker=me)
        book(person, me, today)
        book(person, me, dates.add_working_days(today, 1))
        factories.contact(person, factories.worker(), team=team)
        promise(person, me, "Ring", today)
        flag(person, me, team=team)
        entries.record(person=person, workers=[me], date=today, by=user, entry=entries.Entry())

    one_more()
    few = reader.statements(HOME)
    assert few <= MOST_QUERIES
    for _ in range(12):
        one_more()
    assert reader.statements(HOME) == few


# The team ----------------------------------------------------------------------------------------


def test_the_teams_page_names_who_waits(lead, team, person, today):
    waiting = factories.held_person(team=team, name="Waits")
    waiting.cases.update(opened_on=today - dt.timedelta(days=20))
    factories.held_person(name="Elsewhere")
    html = lead.html("my_team")
    assert reverse("team_work:allocate", args=[waiting.pk]) in html
    shown = lead.text("my_team")
    assert "2 people are with you." in shown
    assert re.search(r"Waits With us since .* \(20 days\)", shown)
    assert "Elsewhere" not in shown
    assert "The key worker has left" not in shown


def test_the_teams_page_names_whose_key_worker_has_left(lead, person, me):
    me.active = False
    me.save()
    assert "Ro Grace Fairweather no longer works here" in lead.text("my_team")


def test_cover_that_is_away_too_comes_first(lead, team, person, me, today):
    joe, sam = factories.worker("Joe Hazelwood"), factories.worker("Sam Longacre")
    for worker in (joe, sam):
        factories.person_with_key_worker(team=team, worker=worker)
    by = lead.user
    absences.arrange(worker=sam, start=today, end=None, cover_worker=joe, by=by)
    covered = absences.arrange(
        worker=me, start=today, end=today + dt.timedelta(days=5), cover_worker=joe, by=by
    )
    assert "Nobody covers" not in lead.text("my_team")
    type(covered).objects.filter(pk=covered.pk).update(cover_worker=sam)
    shown = lead.text("my_team")
    assert shown.index("Nobody covers") < shown.index("Away now")
    assert shown.count("Nobody covers") == 1
    joe.active = False
    joe.save()
    assert lead.text("my_team").count("Nobody covers") == 2


def test_what_has_stopped_is_one_line_a_person(lead, team, person, me):
    flag(person, me, "referral_stalled", team=team)
    flag(person, me, "nobody_holding", team=team)
    flag(person, me, "many_faces", team=team)
    shown = lead.text("my_team").split("What has stopped")[1]
    assert "Ro Said by" in shown
    assert "Said by referral_stalled." in shown
    assert "Said by nobody_holding." in shown
    assert "Said by many_faces." not in shown


def test_a_quiet_team_reads_calm(lead):
    shown = lead.text("my_team")
    for words in ("Everybody has a key worker.", "No referral is at a stop.", "Nobody is away"):
        assert words in shown


def test_the_teams_page_costs_the_same_for_one_and_for_many(lead, team, today, me):
    by = lead.user

    def one_more():
        person = factories.held_person(team=team)
        flag(person, None, "referral_stalled", team=team)
        flag(person, None, "referral_bounced", team=team, subject_key=f"referral:{person.pk}")
        worker, cover = factories.worker(), factories.worker()
        factories.person_with_key_worker(team=team, worker=worker)
        factories.person_with_key_worker(team=team, worker=factories.worker())
        absences.arrange(worker=worker, start=today, end=None, cover_worker=cover, by=by)

    one_more()
    few = lead.statements("my_team")
    assert few <= 10
    for _ in range(15):
        one_more()
    assert lead.statements("my_team") == few
