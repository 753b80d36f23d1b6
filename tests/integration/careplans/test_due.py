"""What plans put on the home page; what is the person's own is on nobody's list."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services
from careplans.kinds import Kind
from careplans.worklist_sections import actions, proposals, reviews
from casework.cases.models import Case
from tests.factories.careplans import area


@pytest.fixture
def mine(two):
    """The plan of a person whose key worker is the user."""
    Case.objects.filter(person=two.person).update(key_worker=two.worker.worker)
    return two.written()


def due(section, user, days=7):
    today = timezone.localdate()
    return section(user, today, today + dt.timedelta(days=days))


def act(two, plan, words, days, **owner):
    return two.write(
        plan, Kind.ACTION, words, due_on=timezone.localdate() + dt.timedelta(days=days), **owner
    )


def test_actions_of_the_worker_and_of_nobody_else(two, mine):
    row = act(two, mine, "Ring the council", 3, owner_kind="worker", owner_worker=two.worker.worker)
    act(two, mine, "Later", 20, owner_kind="worker", owner_worker=two.worker.worker)
    act(two, mine, "My own walk", -30, owner_kind="person")
    act(two, mine, "The form", -30, owner_kind="agency", owner_words="Council")
    (one,) = due(actions, two.worker)
    assert (one.what, one.person, one.kind) == ("Ring the council", "Marigold", "Action in a plan")
    assert one.href == reverse("careplans:report", args=[row.pk])
    services.report(line=row, by=two.alone, progress="done", what_happened="Rang")
    assert due(actions, two.worker) == []
    assert due(actions, two.stranger) == []


def test_a_review_is_due_by_its_day_or_when_somebody_asks(two, mine):
    assert due(reviews, two.worker) == []
    two.shared(mine, review_due=timezone.localdate() + dt.timedelta(days=5))
    (one,) = due(reviews, two.worker)
    assert one.what == "Look at the plan again together"
    services.ask_for_review(plan=mine, by=two.themselves, formal=False)
    (one,) = due(reviews, two.worker)
    assert (one.what, one.due_on) == ("They asked to look at the plan again", timezone.localdate())
    services.keep_after_review(plan=mine, by=two.together, words="We read it aloud")
    assert due(reviews, two.worker) == []


def test_the_persons_proposal_waits_for_an_answer(two, mine):
    row = services.propose(
        plan=mine,
        kind=Kind.SHARED_VIEW,
        values={"words": "Damp"},
        by=two.themselves,
        area=area("housing"),
    )
    (one,) = due(proposals, two.worker)
    assert one.due_on == row.on + dt.timedelta(days=7)
    services.accept(proposal=row, by=two.alone)
    assert due(proposals, two.worker) == []


def test_they_are_on_the_home_page_and_cost_three_queries(client, two, mine):
    act(two, mine, "Ring the council", 0, owner_kind="worker", owner_worker=two.worker.worker)
    client.force_login(two.worker)
    assert b"Ring the council" in client.get("/").content
    with CaptureQueriesContext(connection) as asked:
        for section in (actions, reviews, proposals):
            due(section, two.worker)
    assert len(asked) == 3


def test_what_the_service_did_not_do_is_never_said_of_the_person(client, two, mine):
    act(two, mine, "Ring the council", -40, owner_kind="worker", owner_worker=two.worker.worker)
    client.force_login(two.worker)
    pages = [
        client.get(reverse("careplans:plan", args=[mine.pk])),
        client.get(reverse("careplans:area", args=[mine.pk, "housing"])),
    ]
    for page in pages:
        words = page.content.decode().lower()
        for never in ("marigold has not", "marigold did not", "overdue", "missed by"):
            assert never not in words


def test_one_click_to_the_safety_plan(client, two, mine):
    client.force_login(two.worker)
    address = reverse("careplans:person_safety", args=[two.person.pk])
    assert client.get(address)["Location"] == reverse("careplans:safety", args=[mine.pk])
    client.force_login(two.stranger)
    assert client.get(address).status_code == 404


def test_a_safety_plan_that_is_old_says_so(client, two, mine):
    two.write(mine, Kind.SAFETY_SIGNS, "I go quiet", area=None)
    page = reverse("careplans:safety", args=[mine.pk])
    with time_machine.travel(timezone.now() + dt.timedelta(days=184), tick=False):
        client.force_login(two.worker)
        assert b"ask before you rely on" in client.get(page).content
        services.keep_after_review(plan=mine, by=two.together, words="Still right")
        assert b"ask before you rely on" not in client.get(page).content
