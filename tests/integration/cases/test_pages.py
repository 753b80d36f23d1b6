"""The pages about a person, as somebody of their team reads them."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.cases import services
from casework.cases.models import (
    AboutMe,
    AccessEntry,
    Adjustment,
    CaseEvent,
    Contact,
    IdentityStatement,
)
from casework.cases.services import steps
from tests import factories

pytestmark = pytest.mark.django_db
MOST_QUERIES = 14
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.I)


@pytest.fixture
def team():
    return factories.team("Harbour Community Team")


@pytest.fixture
def reader(client, team):
    """A client of somebody who works in the team."""
    client.force_login(factories.member("key_worker", team=team))
    return client


@pytest.fixture
def worker():
    return factories.worker("Grace Fairweather", staff_group="02")


@pytest.fixture
def person(team, worker):
    return factories.person_with_key_worker(
        team=team,
        worker=worker,
        since=timezone.localdate() - dt.timedelta(days=40),
        name="Robin Example",
        preferred_name="Ro",
        pronouns="they/them",
    )


def page(client, name: str, person=None, query: str = "") -> str:
    path = reverse(f"people:{name}", args=[person.pk] if person else [])
    answer = client.get(path + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def statements(client, name: str, person=None) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client, name, person)
    return sum(bool(STATEMENT.match(query["sql"])) for query in queries)


# One person --------------------------------------------------------------------------------------


def test_the_heading_says_who_it_is(reader, person):
    shown = text(page(reader, "detail", person))
    assert "Ro they/them" in shown
    assert "Full name Robin Example" in shown
    number = person.nhs_number
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in shown
    assert f"1 Apr 1990 (age {person.age_on(timezone.localdate())})" in shown


def test_who_is_with_them_and_since_when(reader, person, worker):
    other = factories.worker("Joe Hazelwood", role_words="Peer worker")
    factories.contact(person, other, days_ago=3)
    long_ago = factories.worker("Ruth Summerfield")
    factories.contact(person, long_ago, days_ago=120)
    shown = text(page(reader, "detail", person))
    assert "Grace Fairweather Key worker, nurse Harbour Community Team, since" in shown
    assert "(40 days)" in shown
    also = shown.split("Also met in the last 90 days")[1].split("Next meeting")[0]
    assert "Joe Hazelwood Peer worker last contact" in also
    assert "Ruth Summerfield" not in also
    assert "Grace Fairweather" not in also


def test_nobody_named_is_said(reader, team):
    assert "No key worker is named" in page(reader, "detail", factories.held_person(team=team))


def test_what_to_read_first_comes_first(reader, person):
    person.interpreter = "Farsi, a woman if possible"
    person.save()
    Adjustment.objects.create(person=person, kind="place", words="A seat near the door")
    AboutMe.objects.create(
        person=person,
        how_to_be_with_me="Say hello & wait <a moment>",
        what_happened="I have told it often",
        do_not_ask_again=True,
    )
    html = page(reader, "detail", person)
    assert "Say hello &amp; wait &lt;a moment&gt;" in html
    shown = text(html)
    for words in (
        "Farsi, a woman if possible",
        "A seat near the door",
        "Please do not ask me to tell it again.",
    ):
        assert shown.index(words) < shown.index("Who is with them")
    # what happened has a page of its own, where each reading is written down
    assert "I have told it often" not in shown


def test_where_nothing_is_written_yet_it_says_whom_to_ask(reader, person):
    shown = text(page(reader, "detail", person))
    assert "Nothing is written here yet. When you meet Ro, ask what would help." in shown
    for heading in ("Who I am", "How to reach me", "Diagnosis", "What happened to me"):
        assert heading not in shown


def test_a_diagnosis_stands_beside_how_they_see_it_and_is_never_a_headline(reader, person):
    AboutMe.objects.create(person=person, diagnosis="F60.3", how_to_be_with_me="Slowly")
    html = page(reader, "detail", person)
    shown = text(html)
    assert shown.index("Slowly") < shown.index("How I see it") < shown.index("F60.3")
    assert "They have not said yet. You could ask." in shown
    assert not re.search(r"<h\d[^>]*>[^<]*(F60|iagnosis)", html)
    assert "F60.3" not in text(html.partition("</title>")[0])


def test_the_parts_stand_in_the_order_in_which_they_help(reader, person, worker):
    AboutMe.objects.create(person=person, how_to_be_with_me="Slowly")
    factories.contact(person, worker, days_ago=3)
    html = page(reader, "detail", person)
    wanted = [
        "About me",
        "Who is with them",
        "Next meeting",
        "Latest contacts",
        "Meeting the same people",
        "What happened, by kind",
    ]
    headings = [one.strip() for one in re.findall(r"<h2[^>]*>([^<]+)</h2>", html)]
    assert [one for one in headings if one in wanted] == wanted
    if "Referrals" in headings:
        assert "Next meeting" in headings[: headings.index("Referrals")]
        assert "Latest contacts" in headings[headings.index("Referrals") :]


@pytest.mark.parametrize(
    ("audience", "role", "seen"),
    [
        ("everyone", "team_member", True),
        ("team", "team_member", True),
        ("key_worker", "team_member", False),
        ("key_worker", "key_worker", True),
    ],
)
def test_who_they_are_is_shown_to_those_whom_they_tell(
    client, person, team, worker, audience, role, seen
):
    IdentityStatement.objects.create(
        person=person, aspect="Faith", words="Friday is for prayer", visible_to=audience
    )
    own = {"worker": worker} if role == "key_worker" else {}
    client.force_login(factories.member(role, team=team, **own))
    html = page(client, "detail", person)
    assert ("Friday is for prayer" in html) is seen


def test_how_they_are_reached_safely_is_said(reader, person):
    person.contact_preferences.create(channel="phone", may_use=True, ask_for="Sam")
    shown = text(page(reader, "detail", person))
    assert "Telephone May be used; NOT safe to leave a message; ask for Sam" in shown


def test_an_extract_says_its_date(reader, team):
    source = factories.organisation(extract_as_of=dt.date(2026, 10, 31), name="Harbour Trust")
    person = factories.held_person(team=team, provider=source)
    shown = page(reader, "detail", person)
    assert "As of 31 October 2026, from the extract of Harbour Trust." in shown
    assert "(age 36)" in shown


def test_a_live_record_has_no_such_date(reader, person):
    assert "As of" not in page(reader, "detail", person)


def test_a_shared_nhs_number_is_doubted(reader, person):
    person.nhs_number_shared = True
    person.save()
    assert "Another record has the same NHS number" in page(reader, "detail", person)


def test_the_next_and_the_latest_contacts(reader, person, worker):
    today = timezone.localdate()
    for days in (20, 6):
        services.book_contact(
            person=person, workers=[worker], date=today + dt.timedelta(days=days), by=None
        )
    for ago in range(1, 8):
        factories.contact(person, worker, days_ago=ago, medium="02")
    shown = page(reader, "detail", person).split("Next meeting")[1]
    following = (today + dt.timedelta(days=6)).isoformat()
    assert shown.count("<time") == 1 + 5
    assert shown.index(following) < shown.index((today - dt.timedelta(days=1)).isoformat())
    assert "Telephone" in shown


def test_the_page_costs_the_same_however_much_has_happened(reader, person, worker, team):
    factories.contact(person, worker, days_ago=100)
    few = statements(reader, "detail", person)
    assert few <= MOST_QUERIES
    for ago in range(1, 80):
        factories.contact(person, worker, factories.worker(), days_ago=ago, team=team)
    assert statements(reader, "detail", person) == few


def test_looking_is_written_down(reader, person):
    page(reader, "detail", person)
    entry = AccessEntry.objects.get()
    assert (entry.person, entry.action, entry.page) == (person, "view", "people:detail")
    assert entry.role == "key_worker"


def test_somebody_elses_person_is_not_there_and_that_it_was_tried_is_written_down(reader):
    stranger = factories.held_person()
    assert reader.get(reverse("people:detail", args=[stranger.pk])).status_code == 404
    refused = AccessEntry.objects.get()
    assert (refused.action, refused.person, refused.record) == ("refused", None, stranger.pk)


# Contacts ----------------------------------------------------------------------------------------


def test_contacts_are_listed_latest_first_in_pages(reader, person, worker):
    for ago in range(1, 61):
        factories.contact(person, worker, days_ago=ago)
    first = page(reader, "contacts", person)
    assert first.count("<time") == 25
    older = re.search(r'href="([^"]*after=[^"]*)"', first).group(1)
    second = reader.get(older).content.decode()
    assert second.count("<time") == 25
    assert "before=" in second
    days = re.findall(r'datetime="([^"]+)"', first + second)
    assert days == sorted(days, reverse=True)
    assert len(set(days)) == 50


def test_a_contact_is_told_in_words(reader, person, worker):
    factories.contact(
        person,
        worker,
        factories.worker(),
        days_ago=2,
        time=dt.time(14, 30),
        minutes=45,
        medium="01",
        purpose="review",
    )
    factories.contact(person, days_ago=5, attendance="3", minutes=45)
    Contact.objects.create(
        person=person, date=dt.date(2026, 1, 5), order_key="0", attendance="Q", medium="ZZ"
    )
    shown = text(page(reader, "contacts", person))
    assert "Attended" in shown
    assert "2:30pm" in shown
    assert "Grace Fairweather and 1 other" in shown
    assert "Face to face, Review, 45 minutes" in shown
    assert "Missed" in shown
    assert "Not known" in shown
    assert "Nobody recorded" in shown


@pytest.mark.parametrize("name", ["contacts", "timeline"])
def test_long_lists_cost_the_same_for_one_row_and_for_many(reader, person, worker, name):
    factories.contact(person, worker)
    few = statements(reader, name, person)
    for ago in range(2, 30):
        factories.contact(person, factories.worker(), worker, days_ago=ago)
    assert statements(reader, name, person) == few <= 10


# Timeline ----------------------------------------------------------------------------------------


def test_the_timeline_tells_what_happened_and_can_be_narrowed(reader, person, worker):
    factories.contact(person, worker, days_ago=2, attendance="3", barrier="transport")
    everything = text(page(reader, "timeline", person))
    for words in ("Contact missed", "Getting there", "Worker named", "Time with the network began"):
        assert words in everything
    narrowed = text(page(reader, "timeline", person, "?kind=allocation"))
    assert "Worker named" in narrowed
    assert "Contact missed" not in narrowed
    assert "Worker named" in text(page(reader, "timeline", person, "?kind=nonsense"))


def test_the_timeline_says_what_was_promised_and_leads_to_the_contact(reader, person, worker):
    contact = factories.contact(person, worker, days_ago=2)
    promise = steps.Promise("Ring about the flat", timezone.localdate(), worker)
    steps.make_step(person=person, by=None, promise=promise)
    html = page(reader, "timeline", person)
    assert "Ring about the flat" in text(html)
    assert reverse("diary:contact", args=[contact.pk]) in html


def test_an_event_of_a_kind_that_nobody_knows_is_still_told(reader, person):
    CaseEvent.objects.create(person=person, kind="visit.long_awaited", on=dt.date(2026, 5, 1))
    assert "visit: long awaited" in page(reader, "timeline", person)


# Why ---------------------------------------------------------------------------------------------


def test_why_can_i_see_this(reader, person):
    shown = text(page(reader, "why", person))
    assert "Your team, Harbour Community Team, holds Ro, since" in shown


# The list ----------------------------------------------------------------------------------------


def test_the_list_holds_the_people_of_my_team_and_nobody_else(reader, person, worker):
    stranger = factories.held_person(name="Stranger Example")
    shown = page(reader, "list")
    assert reverse("people:detail", args=[person.pk]) in shown
    assert "Grace Fairweather" in shown
    assert "Stranger" not in shown
    assert AccessEntry.objects.get().listed == [str(person.pk)]
    assert reader.post(reverse("people:list"), {"words": stranger.name}).status_code == 302
    found = page(reader, "list", query="?found=1")
    assert "Nobody whose record you may open matches" in found
    assert reverse("people:detail", args=[stranger.pk]) not in found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("robin", True),
        ("ROBIN EXAM", True),
        ("ro", True),
        ("example robin", True),
        ("L-17", True),
        ("l-17", True),
        ("999 000 9999", False),
        ("Nobody", False),
        ("%", False),
    ],
)
def test_search(reader, person, team, words, found):
    person.local_id = "L-17"
    person.save()
    factories.held_person(team=team, name="Quentin Sample")
    answer = reader.post(reverse("people:list"), {"words": words})
    assert answer["Location"] == reverse("people:list") + "?found=1"
    shown = page(reader, "list", query="?found=1")
    assert (reverse("people:detail", args=[person.pk]) in shown) == found
    assert "Quentin" not in shown


def test_search_by_nhs_number_with_and_without_spaces(reader, person):
    for words in (person.nhs_number, person.nhs_number_display, f" {person.nhs_number} "):
        reader.post(reverse("people:list"), {"words": words})
        assert "Ro</a>" in page(reader, "list", query="?found=1")


def test_an_empty_search_says_what_to_do(reader, person):
    answer = reader.post(reverse("people:list"), {"words": ""})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Enter a name, an NHS number, a local id or a date of birth" in html
    assert "<title>Error: " in " ".join(html.split()).replace("<title> ", "<title>")


def test_no_name_stands_in_an_address(reader, team):
    for number in range(55):
        factories.held_person(team=team, name=f"Findable Example {number:02d}")
    reader.post(reverse("people:list"), {"words": "findable"})
    shown = page(reader, "list", query="?found=1")
    addresses = re.findall(r'(?:href|action)="([^"]*)"', shown)
    assert not [one for one in addresses if "indable" in one]
    following = next(one for one in addresses if "after=" in one)
    rest = reader.get(following.replace("&amp;", "&")).content.decode()
    assert len(re.findall(r"Findable Example \d\d</a>", shown + rest)) == 55


def test_the_list_costs_the_same_for_one_row_and_for_many(reader, team):
    factories.person_with_key_worker(team=team)
    few = statements(reader, "list")
    for _ in range(20):
        factories.person_with_key_worker(team=team)
    assert statements(reader, "list") == few <= 10
