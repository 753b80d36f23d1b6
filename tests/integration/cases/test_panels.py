"""What other apps show on a person's page."""

import datetime as dt

import pytest

from careplans import panels as plans
from careplans.models import RecordedAgreement, RecordedPlan
from casework.alerts import panels as alerts
from casework.alerts.models import Alert
from casework.cases.panels import panels_for, person_panels
from referrals import panels as referrals
from tests import factories

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 10, 31)


@pytest.fixture
def person():
    return factories.held_person()


def test_each_app_has_its_panel():
    assert {name for name, _panel in person_panels.items()} >= {
        "alerts",
        "careplans",
        "continuity",
        "referrals",
    }


def test_a_panel_with_nothing_to_show_is_left_out(person):
    templates = {placed.template for placed in panels_for(person, factories.user(), ON)}
    assert "people/panels/careplans.jinja" not in templates
    assert "people/panels/alerts.jinja" not in templates


def test_panels_come_in_their_order(person):
    RecordedPlan.objects.create(person=person, kind="10", created_day=ON)
    alert_about(person)
    templates = [placed.template for placed in panels_for(person, factories.user(), ON)]
    orders = {panel.template: panel.order for panel in person_panels}
    assert templates == sorted(templates, key=orders.__getitem__)
    assert templates[0] == "people/panels/alerts.jinja"


def alert_about(person, **fields):
    said = {
        "rule": "many_faces",
        "subject_key": f"person:{person.pk}",
        "sentence": "Six different people in the last six meetings.",
        "opened_on": ON - dt.timedelta(days=3),
        "updated_on": ON,
    }
    return Alert.objects.create(person=person, **{**said, **fields})


def test_open_alerts_say_why_and_what_next(person):
    alert_about(person, cause="The crisis team's shifts", next_step="Name one worker")
    alert_about(person, rule="closed", resolved_on=ON)
    (notice,) = alerts.open_alerts(person, factories.user(), ON)
    assert notice.sentence == "Six different people in the last six meetings."
    assert notice.cause == "Likely cause: The crisis team's shifts"
    assert notice.next_step == "Next step: Name one worker"
    assert notice.since.replace("\u00a0", " ") == "Open since 28 Oct 2026 (3 days)"


def test_what_was_so_before_is_said(person):
    alert_about(person, backlog=True)
    (notice,) = alerts.open_alerts(person, factories.user(), ON)
    assert notice.since == "Already so when we started"
    assert (notice.cause, notice.next_step) == ("", "")


def agreement(plan, who, on):
    return RecordedAgreement(plan=plan, agreed_by=who, agreed_on=on)


def test_a_plan_says_who_agreed():
    plan = RecordedPlan(kind="12", created_day=dt.date(2026, 7, 1), updated_day=ON)
    shown = plans.line(plan, [agreement(plan, "10", ON), agreement(plan, "77", None)])
    assert shown.kind == "Crisis plan"
    assert shown.dates.replace("\u00a0", " ") == "Written 1 Jul 2026, updated 31 Oct 2026"
    assert [words.replace("\u00a0", " ") for words in shown.agreed] == [
        "Agreed by: the person or their proxy, 31 Oct 2026",
        "Agreed by: somebody else, date not recorded",
    ]


def test_a_plan_that_nobody_agreed_to_says_so():
    shown = plans.line(RecordedPlan(kind="99", created_day=ON), [])
    assert shown.kind == "Plan of another kind (99)"
    assert shown.agreed == ("Nobody is recorded as agreeing to it",)


@pytest.mark.parametrize(
    ("fields", "state", "outcome"),
    [
        ({}, "Open", "Open since 1 May 2026 (183 days)"),
        (
            {"rejected_on": dt.date(2026, 5, 9), "reject_reason": "03"},
            "Declined",
            "Declined 9 May 2026: incomplete",
        ),
        (
            {"discharged_on": dt.date(2026, 6, 1), "close_reason": "08"},
            "Ended",
            "Ended 1 Jun 2026: referred elsewhere",
        ),
        (
            {"discharged_on": dt.date(2026, 6, 1), "close_reason": "ZZ"},
            "Ended",
            "Ended 1 Jun 2026",
        ),
        ({"discharged_on": dt.date(2026, 11, 5)}, "Open", "Open since 1 May 2026 (183 days)"),
    ],
)
def test_a_referral_in_plain_words(fields, state, outcome):
    from referrals.models import Referral

    referral = Referral(
        received_on=dt.date(2026, 5, 1), source="A1", from_data=True, state="received", **fields
    )
    shown = referrals.line(referral, ON)
    assert str(referral.pk) in shown.href
    assert shown.tag["text"] == state
    assert shown.outcome.replace("\u00a0", " ") == outcome
    assert shown.received.replace("\u00a0", " ") == "Received 1 May 2026 from: GP"
    assert shown.team == "No team recorded"


def test_a_referral_that_is_worked_with_here_says_where_it_stands():
    from referrals.models import Referral

    referral = Referral(
        received_on=dt.date(2026, 5, 1), state="accepted", state_on=dt.date(2026, 10, 1)
    )
    shown = referrals.line(referral, ON)
    assert shown.tag["text"] == "Accepted"
    assert shown.outcome.replace("\u00a0", " ") == "Accepted since 1 Oct 2026 (30 days)"
