"""What a list of alerts says, without a database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from casework.accounts.models import User
from casework.alerts.handling import USUAL
from casework.alerts.listing import Bundle, Listing
from casework.alerts.models import Alert, AlertAction
from casework.alerts.presenters import AlertsPage, action_entry, status_words
from casework.cases.models import Person
from casework.common.presenters import TimelineEntry
from casework.directory.models import Organisation, Team, Worker

TODAY = dt.date(2026, 11, 20)


def alert(**fields: Any) -> Alert:
    said = {
        "rule": "many_faces",
        "sentence": "6 different people in the last 7 meetings.",
        "opened_on": dt.date(2026, 11, 2),
        "updated_on": TODAY,
        "organisation": Organisation(name="Trust", live=True),
    }
    return Alert(**{**said, **fields})


def page(*alerts: Alert, **options: Any) -> AlertsPage:
    person = Person(name="Ada Example")
    counts = {"new": 1, "backlog": 0} | {
        name: options.pop(name) for name in ("new", "backlog_people") if name in options
    }
    listing = Listing(
        (Bundle(person, alerts),) if alerts else (),
        after=options.pop("after", ""),
        new=counts["new"],
        backlog=counts.get("backlog_people", counts["backlog"]),
    )
    return AlertsPage(
        listing,
        **{
            "path": "/alerts/",
            "heading": "My alerts",
            "nothing": "Nothing is waiting for you.",
            "show_worker": False,
            "backlog": False,
            "first": True,
            "today": TODAY,
            **options,
        },
    )


def test_since_when_is_counted_to_today():
    (notice,) = page(alert()).cards[0].notices
    assert notice.since == "Open since 2\xa0Nov\xa02026 (18 days)"


def test_of_an_extract_since_when_is_counted_to_its_day():
    extract = Organisation(name="Trust", live=False, as_of=dt.date(2026, 11, 5))
    (notice,) = page(alert(organisation=extract)).cards[0].notices
    assert notice.since.endswith("(3 days)")


def test_one_next_step_a_person():
    notices = (
        page(
            alert(),
            alert(next_step="Plan who comes next"),
            alert(next_step="Something else"),
        )
        .cards[0]
        .notices
    )
    assert [notice.next_step for notice in notices] == ["", "Next step: Plan who comes next", ""]


def test_a_cause_only_where_there_is_one():
    first, second = page(alert(cause="crisis shifts"), alert()).cards[0].notices
    assert (first.cause, second.cause) == ("Likely cause: crisis shifts", "")


@pytest.mark.parametrize(
    "fields, show_worker, words",
    [
        ({"team": Team(name="North")}, False, "North"),
        ({"team": Team(name="North"), "worker": Worker(name="Robin")}, True, "North, Robin"),
        ({"team": Team(name="North")}, True, "North, no named worker"),
        ({}, False, "No team holds this person"),
    ],
)
def test_who_holds_the_person(fields, show_worker, words):
    assert page(alert(**fields), show_worker=show_worker).cards[0].detail == words


def test_the_backlog_is_marked_outside_of_its_own_list():
    (notice,) = page(alert(backlog=True)).cards[0].notices
    assert notice.tag == {"text": "Already so when we started", "colour": "grey"}
    (notice,) = page(alert(backlog=True), backlog=True).cards[0].notices
    assert notice.tag is None


def test_the_lists_that_have_somebody_in_them_and_the_one_that_is_shown():
    assert [(one.text, one.href, one.current) for one in page(new=0).tabs] == [
        ("Today: 0 people", "/alerts/?list=today", True)
    ]
    assert [(one.text, one.href, one.current) for one in page(backlog_people=1).tabs][1:] == [
        ("Already so when we started: 1 person", "/alerts/?list=backlog", False)
    ]
    both = page(backlog=True, new=2, backlog_people=3).tabs
    assert [one.current for one in both] == [False, True]
    assert page(backlog=True).heading == "My alerts: already so when we started"


def test_only_a_lead_has_a_list_of_what_came_to_them():
    def texts(show_worker: bool) -> list[str]:
        found = Listing((), after="", new=1, backlog=0, later=2, raised=3)
        shown = AlertsPage(
            found,
            path="/alerts/",
            heading="",
            nothing="",
            show_worker=show_worker,
            backlog=False,
            first=True,
            today=TODAY,
        )
        return [one.text for one in shown.tabs]

    assert texts(True) == [
        "Today: 1 person",
        "Come to you to decide: 3 people",
        "Put off or done for now: 2 people",
    ]
    assert "Come to you to decide: 3 people" not in texts(False)


@pytest.mark.parametrize(
    "fields, words",
    [
        ({}, ""),
        ({"status": "seen"}, "Robin is on it."),
        (
            {"status": "snoozed", "hidden_until": dt.date(2026, 11, 25)},
            "Robin put it off until 25 Nov 2026.",
        ),
        (
            {"status": "done", "hidden_until": dt.date(2026, 12, 2)},
            "Robin has done something; looked at again on 2 Dec 2026.",
        ),
        ({"status": "done", "hidden_until": TODAY}, ""),
        ({"level": 1}, "It has come to the team lead."),
        ({"status": "seen", "level": 2}, "Robin is on it. It has come to the network lead."),
    ],
)
def test_how_an_alert_stands(fields, words):
    told = status_words(alert(acted_by=User(name="Robin"), **fields), TODAY)
    assert told.replace("\xa0", " ") == words


def test_what_is_open_can_be_said_seen_to_at_once_and_what_is_seen_not_again():
    (card,) = page(alert(version=4), alert(status="seen", acted_by=User(name="Robin"))).cards
    assert [one.partition(":")[2] for one in card.unseen] == ["4"]


def said(kind: str, **fields: Any) -> TimelineEntry:
    action = AlertAction(
        kind=kind, created_at=dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC), **fields
    )
    return action_entry(action, USUAL)


@pytest.mark.parametrize("kind", AlertAction.Kind.values)
def test_every_kind_of_action_is_told(kind):
    entry = said(kind, by=User(name="Robin"), words="My words", until=TODAY, level=1)
    assert entry.title
    assert entry.by == "Robin"
    assert entry.when.replace("\xa0", " ") == "20 Nov 2026, 9:30am"


def test_an_answer_is_told_in_the_words_of_then():
    entry = said("answered", choice="planned", words="A visit.", until=TODAY)
    assert entry.title == "Answered: The next step is planned"
    assert entry.text.replace("\xa0", " ") == "A visit. By 20 Nov 2026."
    assert said("answered", choice="no longer offered").title == "Answered: no longer offered"
    assert said("raised", choice="routed", level=2).title == "Went to the network lead"


def test_the_links_keep_to_the_list():
    links = page(backlog=True, first=False, after="2026-11-02_x").links
    assert links.newer == "/alerts/?list=backlog"
    assert links.older == "/alerts/?list=backlog&after=2026-11-02_x"
    assert not page().links
