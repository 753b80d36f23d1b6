"""Breaking the glass: asked for by identifier and reason, written down first, ends by itself."""

import datetime as dt

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.cases import policy
from casework.cases.access import overrides, patterns
from casework.cases.models import (
    AccessEntry,
    CaseEvent,
    ContactPreference,
    LiveReason,
    Override,
    Person,
)
from casework.common.errors import Refusal
from casework.outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
START = "/access/override/"
UNKNOWN = "999 999 9999"
HOUR = dt.timedelta(hours=1)


def answers(number, **changes):
    return {
        "identifier": number,
        "category": "crisis",
        "reason": "Rang us from the bridge",
        "tell": "yes",
        "safety_reason": "",
    } | changes


def ask(place, identifier="", **changes):
    fields = {"category": "danger", "reason": "Rang us", "safety_reason": ""} | changes
    return overrides.ask(
        identifier=identifier or place.person.nhs_number,
        by=fields.pop("by", place.outsider),
        **fields,
    )


def opened(place, **changes):
    by = changes.get("by", place.outsider)
    return overrides.open_record(override=ask(place, **changes), by=by)


def page_of(person):
    return reverse("people:detail", args=[person.pk])


@pytest.fixture
def outsider(client, place):
    client.force_login(place.outsider)
    return client


@pytest.fixture
def officer(client, place):
    client.force_login(place.officer)
    return client


# The way in --------------------------------------------------------------------------------------


def test_from_the_identifier_to_the_record_and_the_banner(outsider, place):
    assert outsider.get(page_of(place.person)).status_code == 404
    asked = outsider.post(START, answers(place.person.nhs_number))
    assert asked.status_code == 302
    shown = outsider.get(asked["Location"]).content.decode()
    assert "Robin" not in shown
    assert "Rang us from the bridge" in shown
    landed = outsider.post(asked["Location"])
    assert landed["Location"] == page_of(place.person)
    for name in ("people:detail", "people:contacts", "people:timeline", "people:why"):
        html = outsider.get(reverse(name, args=[place.person.pk])).content.decode()
        assert "You opened this record by override." in html, name
    assert "by override" not in outsider.get(reverse("people:list")).content.decode()


def test_a_local_id_is_an_identifier_and_a_name_is_not(place):
    assert ask(place, "RM-77").person == place.person
    assert ask(place, "rm-7").person is None
    assert ask(place, "Robin Example").person is None


def test_an_identifier_of_two_records_leads_to_neither(place):
    factories.held_person(nhs_number=place.person.nhs_number)
    assert ask(place).person is None


def test_it_is_written_down_before_anything_is_looked_up(outsider, place, monkeypatch):
    def fails(identifier):
        assert AccessEntry.objects.filter(action="override").exists()
        raise RuntimeError("the look-up broke")

    monkeypatch.setattr(overrides, "_find", fails)
    with pytest.raises(RuntimeError):
        outsider.post(START, answers(place.person.nhs_number))
    entry = AccessEntry.objects.get()
    assert (entry.user, entry.action, entry.reason) == (place.outsider, "override", "crisis")
    assert (entry.reason_words, entry.person) == ("Rang us from the bridge", None)
    assert entry.team == place.theirs


def test_the_answer_and_its_cost_are_the_same_for_an_unknown_identifier(outsider, place):
    said, now = [], timezone.now()
    for identifier in (place.person.nhs_number, UNKNOWN, "RM-77", "nobody"):
        with time_machine.travel(now, tick=False):  # pages say when the sign-in ends
            with CaptureQueriesContext(connection) as asked:
                answer = outsider.post(START, answers(identifier))
            with CaptureQueriesContext(connection) as looked:
                html = outsider.get(answer["Location"]).content.decode()
        body = html.replace(answer["Location"], "")
        for mark in ("nonce=", "csrfmiddlewaretoken", "data-over="):
            body = "\n".join(line for line in body.splitlines() if mark not in line)
        said.append((answer.status_code, len(asked), len(looked), body))
    assert len(set(said)) == 1


def test_an_unknown_identifier_opens_nothing_and_stays_in_the_queue(outsider, place):
    asked = outsider.post(START, answers(UNKNOWN))
    back = outsider.post(asked["Location"])
    assert back["Location"] == START
    assert "No single record" in str(next(iter(get_messages(back.wsgi_request))))
    row = Override.objects.visible_to(place.officer).get()
    assert (row.person, row.opened_at) == (None, None)


@pytest.mark.parametrize(
    "missing, message",
    [
        ({"identifier": ""}, "Enter an NHS number or a local id"),
        ({"category": ""}, "Select why you need it now"),
        ({"reason": " "}, "Say what has happened"),
        ({"tell": ""}, "Select whether the person may be told"),
        ({"tell": "no"}, "Say why it would not be safe to tell the person"),
    ],
)
def test_what_is_left_out_is_asked_for(outsider, place, missing, message):
    html = outsider.post(START, answers(place.person.nhs_number, **missing)).content.decode()
    assert message in html
    assert not Override.objects.exists()


def test_only_a_few_in_an_hour_found_or_not(outsider, place):
    for _ in range(overrides.MOST_AN_HOUR):
        assert outsider.post(START, answers(UNKNOWN)).status_code == 302
    refused = outsider.post(START, answers(place.person.nhs_number))
    assert "many records in a short time" in refused.content.decode()
    with time_machine.travel(timezone.now() + 2 * HOUR):
        assert overrides.may_ask(by=place.outsider) is None


def test_somebody_elses_request_cannot_be_used(outsider, place):
    other = place.member("team_member")
    asked = ask(place, by=other)
    path = reverse("access:confirm", args=[asked.pk])
    assert outsider.get(path).status_code == outsider.post(path).status_code == 404
    with pytest.raises(Refusal):
        overrides.open_record(override=asked, by=place.outsider)


def test_a_request_is_good_for_ten_minutes_and_once(outsider, place):
    asked = ask(place)
    path = reverse("access:confirm", args=[asked.pk])
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert outsider.post(path).status_code == 404
    assert outsider.post(path).status_code == 302
    assert outsider.post(path).status_code == 404


def test_who_has_a_reason_needs_no_override(place):
    asked = ask(place, by=place.holder)
    with pytest.raises(Refusal, match="already"):
        overrides.open_record(override=asked, by=place.holder)
    assert not LiveReason.objects.filter(kind="override").exists()


def test_an_account_without_a_worker_is_told_what_to_do(place):
    lone = factories.member("team_member", team=place.theirs)
    with pytest.raises(Refusal, match="not linked to a worker"):
        ask(place, by=lone)


# The hour ----------------------------------------------------------------------------------------


def test_it_ends_by_itself(place):
    opened(place)
    assert policy.can_see_person(place.outsider, place.person)
    with time_machine.travel(timezone.now() + HOUR - dt.timedelta(seconds=30)):
        assert Person.objects.visible_to(place.outsider).exists()
    with time_machine.travel(timezone.now() + HOUR + dt.timedelta(seconds=1)):
        assert not Person.objects.visible_to(place.outsider).exists()
        assert policy.why(place.outsider, place.person) == []


def test_it_lasts_over_midnight(place):
    with time_machine.travel(dt.datetime(2030, 12, 2, 23, 40, tzinfo=dt.UTC), tick=False):
        opened(place)
    with time_machine.travel(dt.datetime(2030, 12, 3, 0, 20, tzinfo=dt.UTC), tick=False):
        assert policy.can_see_person(place.outsider, place.person)
    with time_machine.travel(dt.datetime(2030, 12, 3, 0, 41, tzinfo=dt.UTC), tick=False):
        assert not policy.can_see_person(place.outsider, place.person)


def test_a_colleague_sees_nothing_of_it(place):
    opened(place)
    assert not policy.can_see_person(place.member("team_lead"), place.person)


def test_it_can_be_closed_before(outsider, place):
    asked = outsider.post(START, answers(place.person.nhs_number))
    outsider.post(asked["Location"])
    assert outsider.post("/access/override/finish/").status_code == 302
    assert outsider.get(page_of(place.person)).status_code == 404
    assert outsider.post("/access/override/finish/").status_code == 302


def test_the_banner_survives_a_new_sign_in(client, place):
    opened(place)
    client.force_login(place.outsider)
    assert (
        "You opened this record by override." in client.get(page_of(place.person)).content.decode()
    )


# Telling the person ------------------------------------------------------------------------------


def text_me(person):
    Person.objects.filter(pk=person.pk).update(phone="07700 900001")
    ContactPreference.objects.create(
        person=person, channel="text", may_use=True, safe_to_leave_message=True, ask_for="Ro"
    )


def test_the_person_is_told_where_it_is_safe(place):
    text_me(place.person)
    with time_machine.travel(dt.datetime(2030, 12, 2, 12, 0, tzinfo=dt.UTC), tick=False):
        assert opened(place).telling == "told"
    message = Message.objects.get()
    assert message.body.startswith("Hello Ro,")
    assert "01632 960001" in message.body
    for word in ("record", "mental", "team", "Nell", "crisis"):
        assert word not in message.body.lower()
    assert CaseEvent.objects.filter(person=place.person, kind="override.opened").exists()


def test_nobody_is_sent_a_message_at_night(place):
    text_me(place.person)
    with time_machine.travel(dt.datetime(2030, 12, 2, 23, 0, tzinfo=dt.UTC), tick=False):
        opened(place)
    assert Message.objects.get().send_after == dt.datetime(2030, 12, 3, 8, 0, tzinfo=dt.UTC)


def test_without_a_safe_way_it_stands_in_their_list(place):
    assert opened(place).telling == "portal"
    assert not Message.objects.exists()


@pytest.mark.parametrize("agreed, telling", [("yes", "withheld"), ("no", "told")])
def test_not_telling_needs_a_second_person(officer, place, agreed, telling):
    text_me(place.person)
    row = opened(place, safety_reason="He reads her telephone")
    assert row.telling == "waits"
    assert not Message.objects.exists()
    assert not CaseEvent.objects.filter(kind="override.opened").exists()
    path = reverse("access:review", args=[row.pk])
    assert "He reads her telephone" in officer.get(path).content.decode()
    assert "Select yes or no" in officer.post(path, {"outcome": "in_order"}).content.decode()
    answer = officer.post(path, {"outcome": "in_order", "words": "", "not_told": agreed})
    assert answer.status_code == 302
    row = Override.objects.get()
    assert (row.telling, row.outcome, row.reviewed_by) == (telling, "in_order", place.officer)
    assert Message.objects.exists() is (telling == "told")


# The privacy officer -----------------------------------------------------------------------------


def test_the_queue_and_the_outcome(officer, place):
    row = opened(place)
    shown = officer.get("/access/review/").content.decode()
    assert "Nell Evening opened the record of Robin Example" in shown
    path = reverse("access:review", args=[row.pk])
    assert "Say in a few words" in officer.post(path, {"outcome": "breach"}).content.decode()
    assert officer.post(path, {"outcome": "breach", "words": "Reported"}).status_code == 302
    assert "Robin Example" not in officer.get("/access/review/").content.decode()
    assert "Robin Example" in officer.get("/access/review/done/").content.decode()
    again = officer.post(path, {"outcome": "in_order"}).content.decode()
    assert "looked at already" in again
    listed = AccessEntry.objects.filter(action="list").first()
    assert listed.listed == [str(place.person.pk)]


def test_another_organisations_officer_sees_nothing(client, place):
    row = opened(place)
    client.force_login(factories.member("privacy_officer"))
    assert "Robin" not in client.get("/access/review/").content.decode()
    assert client.get(reverse("access:review", args=[row.pk])).status_code == 404


def test_nobody_reviews_themselves(place):
    row = opened(place)
    with pytest.raises(Refusal, match="Somebody else"):
        overrides.review(
            override=row, outcome="in_order", words="", not_told=False, by=place.outsider
        )


def test_the_queue_costs_the_same_for_many(officer, place):
    opened(place)
    officer.get("/access/review/")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            officer.get("/access/review/")
        return len(queries)

    few = cost()
    for _ in range(20):
        other = factories.held_person(team=place.ours)
        ask(place, other.nhs_number, by=place.member("team_member"))
    assert cost() == few


# Unusual patterns --------------------------------------------------------------------------------


def signs(place, now=None):
    now = now or timezone.now()
    rows = patterns.with_signs(Override.objects.visible_to(place.officer))
    return {code for row in rows for code in patterns.signs_of(row, now)}


def test_nothing_unusual(place):
    opened(place)
    assert signs(place) == set()


def test_their_own_name_and_a_colleagues(place):
    Person.objects.filter(pk=place.person.pk).update(name="NELL evening")
    opened(place)
    assert signs(place) == {"own_name"}
    Person.objects.filter(pk=place.person.pk).update(name="Grace Fairweather")
    assert signs(place) == {"colleague"}


def test_nobody_met_the_person_after(place):
    opened(place)
    later = timezone.now() + dt.timedelta(days=8)
    assert signs(place, later) == {"nobody_met"}
    rows = Override.objects.visible_to(place.officer)
    assert [one.person_name for one in patterns.nobody_met(rows, now=later)] == ["Robin Example"]
    factories.contact(place.person, place.outsider.worker, days_ago=0)
    assert signs(place, later) == set()
    assert patterns.nobody_met(rows, now=later) == []


def test_a_contact_of_somebody_else_does_not_explain_the_override(place):
    opened(place)
    factories.contact(place.person, place.holder.worker, days_ago=0)
    later = timezone.now() + dt.timedelta(days=8)
    assert patterns.nobody_met(Override.objects.visible_to(place.officer), now=later)


def test_patterns_in_ordinary_looking(client, officer, place, monkeypatch):
    monkeypatch.setattr(patterns, "MANY", 3)
    Person.objects.filter(pk=place.person.pk).update(name="Grace Fairweather")
    others = [factories.held_person(team=place.ours) for _ in range(3)]
    client.force_login(place.holder)
    for person in (place.person, *others):
        client.get(page_of(person))
    client.force_login(place.officer)
    html = client.get("/access/review/patterns/").content.decode()
    assert [one.user_name for one in patterns.own_names(place.officer)] == ["Grace Fairweather"]
    assert [one.times for one in patterns.many_records(place.officer)] == [4]
    assert html.count("Grace Fairweather") >= 3
    assert patterns.own_names(factories.member("privacy_officer")) == []


def test_a_record_of_a_colleague(client, place):
    Person.objects.filter(pk=place.person.pk).update(name="Nell Evening")
    client.force_login(place.holder)
    client.get(page_of(place.person))
    assert [one.person_name for one in patterns.colleagues(place.officer)] == ["Nell Evening"]
