"""Handovers, endings, journeys, bounces and figures: who may do what, and what the pages say."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.cases.models import AccessEntry, CaseEvent
from casework.common.errors import Refusal
from casework.directory.models import Locality
from referrals import services
from referrals.errors import EventRefused
from referrals.models import (
    BounceMeeting,
    EndingPlan,
    Handover,
    HoldingChange,
    Referral,
    Responsibility,
)
from referrals.paths.journey import journeys_of
from referrals.services import bounces
from referrals.table import State
from tests import factories
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
NOW = START + dt.timedelta(days=10)
DAY = dt.timedelta(days=1)


@pytest.fixture
def net():
    with time_machine.travel(START, tick=False):
        made = Network()
    with time_machine.travel(NOW, tick=False):
        yield made


def text(answer):
    html = answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def dated(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def holder(person):
    row = Responsibility.objects.get(person=person)
    return row.team, row.worker


def again(row):
    return type(row).objects.get(pk=row.pk)


def cost(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# Handovers ----------------------------------------------------------------------------------------


def begun(net, to=None):
    """From the key worker to a colleague, with a referral in work."""
    referral = net.referral_in(State.IN_SERVICE)
    to = to or net.colleague
    return services.propose_handover(
        person=referral.person,
        to_team=net.cmht,
        to_worker=to.worker,
        by=net.key_worker,
        reason="A new post",
    )


def ready(handover, by):
    return services.tick_handover(
        handover=handover,
        by=by,
        steps_done=Handover.Step.values,
        agreed_on=timezone.localdate(),
        person_words="I would rather keep Key, but Col is all right.",
    )


def test_from_the_first_question_to_the_new_holder(net, client):
    referral = net.referral_in(State.IN_SERVICE)
    client.force_login(net.key_worker)
    start = client.get(reverse("paths:handover", args=[referral.pk]))
    assert start["Location"] == reverse("paths:handover_begin", args=[net.person.pk])
    posted = {"to_team": str(net.cmht.pk), "to_worker": str(net.colleague.worker.pk), "reason": ""}
    assert "Say why the worker changes" in text(client.post(start["Location"], posted))
    answer = client.post(start["Location"], {**posted, "reason": "A new post"})
    handover = Handover.objects.get()
    assert handover.referral == referral
    path = reverse("paths:handover_steps", args=[handover.pk])
    assert answer["Location"] == path
    assert client.get(reverse("paths:handover", args=[referral.pk]))["Location"] == path
    today = timezone.localdate()
    posted = {
        "steps_done": Handover.Step.values,
        "person_words": "All right.",
        **dated("agreed_on", today),
        **dated("introduced_on", today),
        **dated("joint_meeting_on", today),
    }
    assert client.post(path, posted).status_code == 302
    assert (again(handover).introduced_on, again(handover).goodbye_on) == (today, None)
    client.post(reverse("paths:handover_accept", args=[handover.pk]))
    assert holder(net.person)[1] == net.key_worker.worker  # only the new worker accepts
    client.force_login(net.colleague)
    assert "Waits for you" in text(client.get(reverse("paths:handovers")))
    client.post(reverse("paths:handover_accept", args=[handover.pk]))
    assert holder(net.person) == (net.cmht, net.colleague.worker)
    change = HoldingChange.objects.order_by("created_at", "pk").last()
    assert (change.how, change.referral) == ("handover", referral)
    assert "Accepted" in text(client.get(path))


WHO = ("key_worker", "colleague", "lead", "member", "gp", "network_lead")
DO = {
    "tick": lambda row, by: services.tick_handover(handover=row, by=by, steps_done=["story"]),
    "accept": lambda row, by: services.accept_handover(handover=row, by=by),
    "decline": lambda row, by: services.decline_handover(handover=row, by=by, reason="Full"),
    "stop": lambda row, by: services.stop_handover(handover=row, by=by, reason="No"),
}


def everything():
    return (
        list(Handover.objects.values()),
        CaseEvent.objects.count(),
        list(Responsibility.objects.values()),
        Handover.history.count(),
    )


@pytest.mark.parametrize("stage", ["begun", "ready", "accepted", "stopped"])
def test_who_may_do_what_at_which_stage(net, stage):
    handover = begun(net)
    if stage in ("ready", "accepted"):
        handover = ready(handover, net.colleague)
    if stage == "accepted":
        services.accept_handover(handover=handover, by=net.colleague)
    if stage == "stopped":
        services.stop_handover(handover=handover, by=net.lead, reason="No")
    may = {
        "tick": {"key_worker", "colleague", "lead"},
        "stop": {"key_worker", "colleague", "lead"},
        "decline": {"colleague"},
        "accept": {"colleague"} if stage == "ready" else set(),
    }
    before = everything()
    for act, do in DO.items():
        for who in WHO:
            with transaction.atomic():
                if stage in ("begun", "ready") and who in may[act]:
                    do(handover, getattr(net, who))
                    assert Handover.history.count() == before[3] + 1, (act, who)
                else:
                    with pytest.raises(Refusal):
                        do(handover, getattr(net, who))
                    assert everything() == before, (act, who)
                transaction.set_rollback(True)


def test_declined_nothing_changes_for_the_person(net, client):
    handover = begun(net)
    before = holder(net.person)
    client.force_login(net.colleague)
    path = reverse("paths:handover_decline", args=[handover.pk])
    assert "Say why" in text(client.post(path, {"reason": ""}))
    client.post(path, {"reason": "I have no room before May."})
    row = again(handover)
    assert row.declined and row.stop_reason == "I have no room before May."
    assert holder(net.person) == before
    shown = text(client.get(reverse("paths:handover_steps", args=[handover.pk])))
    assert "Not taken on" in shown and "I have no room before May." in shown


def test_a_handover_to_another_team_opens_the_record_to_the_new_worker_only(net, client):
    referral = net.referral_in(State.IN_SERVICE)
    handover = services.propose_handover(
        person=referral.person,
        to_team=net.specialist,
        to_worker=net.specialist_lead.worker,
        by=net.key_worker,
        reason="More help",
    )
    path = reverse("paths:handover_steps", args=[handover.pk])
    client.force_login(net.specialist_lead)
    assert client.get(path).status_code == 200
    client.force_login(net.shift_lead)
    assert client.get(path).status_code == 404
    client.force_login(net.specialist_lead)
    ready(handover, net.specialist_lead)
    client.post(reverse("paths:handover_accept", args=[handover.pk]))
    assert holder(net.person) == (net.specialist, net.specialist_lead.worker)


def test_accepting_is_whole_or_not_at_all(net, monkeypatch):
    handover = ready(begun(net), net.colleague)
    before = holder(net.person)

    def fails(*args, **kwargs):
        raise Refusal("Not now.")

    monkeypatch.setattr("referrals.services.handovers._record", fails)
    with pytest.raises(Refusal):
        services.accept_handover(handover=handover, by=net.colleague)
    assert holder(net.person) == before
    assert again(handover).accepted_on is None


def test_days_in_the_future_are_refused(net):
    handover = begun(net)
    for dates in ({"goodbye_on": timezone.localdate() + DAY}, {"accepted_on": NOW.date()}):
        with pytest.raises(Refusal):
            services.tick_handover(
                handover=handover, by=net.lead, steps_done=["story"], dates=dates
            )


def test_somebody_who_does_not_hold_cannot_begin(net, client):
    net.referral_in(State.IN_SERVICE)
    client.force_login(net.member)
    path = reverse("paths:handover_begin", args=[net.person.pk])
    posted = {
        "to_team": str(net.cmht.pk),
        "to_worker": str(net.colleague.worker.pk),
        "reason": "Me",
    }
    assert client.post(path, posted).status_code == 403
    assert not Handover.objects.exists()


def test_the_list_of_handovers_costs_the_same_with_fifty(net, client):
    client.force_login(net.key_worker)
    path = reverse("paths:handovers")

    def more(n):
        for _n in range(n):
            person = factories.person_with_key_worker(team=net.cmht, worker=net.key_worker.worker)
            services.propose_handover(
                person=person,
                to_team=net.cmht,
                to_worker=net.colleague.worker,
                by=net.key_worker,
                reason="A new post",
            )

    more(1)
    one = cost(client, path)
    more(49)
    assert cost(client, path) == one
    entry = AccessEntry.objects.filter(user=net.key_worker, action="list").latest("pk")
    assert len(entry.listed) == 25


# Endings ------------------------------------------------------------------------------------------

PLAN = {
    "what_next": "The surgery",
    "if_hard": "First the walk, then a call to Ada",
    "who_to_ask": "The crisis line",
    "coming_back": "Ring us",
    "person_words": "I am a bit scared and a bit proud.",
}


def test_an_ending_with_its_plan_and_the_way_back(net, client):
    referral = net.referral_in(State.IN_SERVICE)
    EndingPlan.objects.all().delete()
    client.force_login(net.key_worker)
    page = reverse("paths:ending", args=[referral.pk])
    assert "There is no ending plan yet" in text(client.get(page))
    end = {"outcome_words": "Feels able to go on", "close_reason": "02"}
    assert "Agree an ending plan" in text(client.post(page, end))
    path = reverse("paths:ending_plan", args=[referral.pk])
    missing = text(client.post(path, {**PLAN, "if_hard": "", **dated("agreed_on", NOW)}))
    assert "Write what to do if things get hard" in missing
    client.post(path, {**PLAN, **dated("agreed_on", NOW)})
    shown = text(client.get(page))
    assert PLAN["if_hard"] in shown and PLAN["person_words"] in shown
    assert "can end from tomorrow on" in shown
    with time_machine.travel(NOW + DAY, tick=False):
        client.force_login(net.key_worker)
        assert client.post(page, end).status_code == 302
        assert "come back without a new referral and without triage until" in text(client.get(page))
    assert again(referral).state == State.CLOSED


def test_light_touch_instead_and_more_support_later_without_triage(net, client):
    referral = net.referral_in(State.IN_SERVICE)
    client.force_login(net.key_worker)
    page = client.get(reverse("paths:ending", args=[referral.pk]))
    path = reverse("paths:intensity", args=[referral.pk])
    assert f"{path}?to=light_touch" in page.content.decode()
    posted = {"intensity": "light_touch", "with_person": "yes", "extra": "no", "reason": "Well"}
    assert "Say why" in text(client.post(path, {**posted, "reason": ""}))
    assert "Agree it with the person first" in text(
        client.post(path, {**posted, "with_person": "no"})
    )
    assert client.post(path, posted).status_code == 302
    assert again(referral).intensity == "light_touch"
    event = CaseEvent.objects.filter(kind="referral.change_intensity").latest("created_at")
    assert (event.data["before"], event.data["reason"]) == ("steady", "Well")
    more = {
        "intensity": "intensive",
        "with_person": "yes",
        "reason": "A hard month",
        "extra": "yes",
        "extra_words": "A call every evening",
        "extra_owner": str(net.key_worker.worker.pk),
        **dated("extra_until", NOW + 20 * DAY),
    }
    assert client.post(path, more).status_code == 302
    assert again(referral).state == State.IN_SERVICE
    assert again(referral).extra_words == "A call every evening"


@pytest.mark.parametrize("who", ["lead", "gp", "colleague"])
def test_only_the_named_worker_ends_with_the_person(net, client, who):
    referral = net.referral_in(State.IN_SERVICE)
    client.force_login(getattr(net, who))
    page = reverse("paths:ending", args=[referral.pk])
    assert client.get(page).status_code == 200
    end = {"outcome_words": "Feels able to go on", "close_reason": "02"}
    assert client.post(page, end).status_code == 403
    for name in ("ending_plan", "intensity"):
        assert client.get(reverse(f"paths:{name}", args=[referral.pk])).status_code == 403
    assert again(referral).state == State.IN_SERVICE


# Journeys -----------------------------------------------------------------------------------------


def declined_twice(net):
    """A journey: declined by one team, passed on by the next."""
    first = net.referral_in(State.DECLINE_PROPOSED)
    services.agree_decline(referral=first, by=net.gp, onward_team=net.specialist)
    onward = Referral.objects.get(parent=first)
    onward = services.send(referral=onward, by=net.gp, holder=net.nurse.worker)
    services.redirect(referral=onward, by=net.gp, team=net.crisis, reason="They know Robin")
    return first


def test_a_journey_keeps_every_step_and_who_held(net, client):
    first = declined_twice(net)
    (journey,) = journeys_of(net.person, timezone.localdate())
    assert (journey.root, journey.declines, journey.redirects) == (first, 1, 1)
    assert [(stay.name, stay.state) for stay in journey.stays] == [
        ("Surgery", "draft"),
        ("Community team", "sent"),
        ("Community team", "received"),
        ("Community team", "decline_proposed"),
        ("Community team", "declined"),
        ("Surgery", "draft"),
        ("Specialist service", "sent"),
        ("Crisis team", "sent"),
    ]
    assert [held.name for held in journey.holdings] == ["", "Nurse Nash, Surgery"]
    client.force_login(net.gp)
    answer = client.get(reverse("paths:journey", args=[first.pk]))
    shown = text(answer)
    assert "Declined 1 time and passed on 1 time." in shown and "Sent on 2 times" in shown
    assert "Nobody is recorded as holding" in shown and "(1 day)" in shown
    html = answer.content.decode()
    assert re.search(r'<svg[^>]*aria-labelledby="title-1 desc-1"', html)
    assert '<title id="title-1">' in html and '<desc id="desc-1">' in html
    assert "style=" not in html.split("<svg")[1].split("</svg>")[0]
    by_person = client.get(reverse("paths:journeys", args=[net.person.pk]))
    assert text(by_person) == shown


def test_the_page_of_a_person_leads_to_the_journey(net, client):
    net.referral_in(State.IN_SERVICE)
    client.force_login(net.key_worker)
    page = client.get(reverse("people:detail", args=[net.person.pk])).content.decode()
    assert reverse("paths:journeys", args=[net.person.pk]) in page
    assert reverse("paths:handover_begin", args=[net.person.pk]) in page


def test_a_journey_costs_the_same_with_fifty_referrals(net, client):
    client.force_login(net.gp)
    path = reverse("paths:journeys", args=[net.person.pk])
    net.sent()
    one = cost(client, path)
    for _n in range(49):
        net.sent()
    assert cost(client, path) == one


# Bounces ------------------------------------------------------------------------------------------


def test_a_meeting_is_planned_and_held(net, client):
    first = declined_twice(net)
    client.force_login(net.shift_lead)
    assert "Nobody was declined" not in text(client.get(reverse("paths:bounces")))
    path = reverse("paths:meeting_plan", args=[first.pk])
    who = "Surgery, crisis team and Robin"
    past = client.post(path, {"who": who, **dated("planned_on", NOW - DAY)})
    assert "cannot be in the past" in text(past)
    client.post(path, {"who": who, **dated("planned_on", NOW + 2 * DAY)})
    meeting = BounceMeeting.objects.get()
    assert meeting.journey == first
    again_planned = client.post(path, {"who": who, **dated("planned_on", NOW + 2 * DAY)})
    assert "A meeting is planned already" in text(again_planned)
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        client.force_login(net.shift_lead)
        held = {"person_there": "yes", "agreed_words": "Crisis stays until the specialist starts"}
        client.post(
            reverse("paths:meeting", args=[meeting.pk]),
            {**held, **dated("held_on", NOW + 2 * DAY)},
        )
        shown = text(client.get(reverse("paths:bounces")))
    assert "with the person: Crisis stays until" in shown and "Meeting held" in shown
    kinds = CaseEvent.objects.filter(kind__startswith="bounce_meeting").values_list(
        "kind", flat=True
    )
    assert set(kinds) == {"bounce_meeting.planned", "bounce_meeting.held"}


def test_a_meeting_that_did_not_take_place_says_so(net, client):
    first = declined_twice(net)
    meeting = bounces.plan_meeting(
        journey=first, planned_on=NOW.date(), who="All", by=net.shift_lead
    )
    client.force_login(net.shift_lead)
    client.post(reverse("paths:meeting_call_off", args=[meeting.pk]), {"reason": "Two were ill"})
    assert "Did not take place: Two were ill" in text(client.get(reverse("paths:bounces")))
    bounces.plan_meeting(journey=first, planned_on=NOW.date(), who="All", by=net.shift_lead)


def test_only_leads_of_the_teams_that_were_asked(net, client):
    first = declined_twice(net)
    for user in (net.gp, net.member, net.housing_worker):
        with pytest.raises(EventRefused):
            bounces.plan_meeting(journey=first, planned_on=NOW.date(), who="All", by=user)
    stranger = factories.member("team_lead")
    client.force_login(stranger)
    assert client.get(reverse("paths:meeting_plan", args=[first.pk])).status_code == 404
    assert net.person.display_name not in text(client.get(reverse("paths:bounces")))


def test_one_bounce_is_not_listed_and_the_list_costs_the_same(net, client):
    client.force_login(net.shift_lead)
    path = reverse("paths:bounces")
    once = net.sent(team=net.specialist)
    services.redirect(referral=once, by=net.gp, team=net.crisis, reason="Nearer")
    assert "Nobody was declined or passed on twice" in text(client.get(path))
    other = net.sent(team=net.specialist)  # another need: two in twelve months
    services.redirect(referral=other, by=net.gp, team=net.crisis, reason="Nearer")
    shown = text(client.get(path))
    assert shown.count("Passed on: 1. In the last 12 months, for whatever need: 2.") >= 2

    def more(n):
        for _n in range(n):
            row = net.sent(team=net.specialist, person=factories.held_person(team=net.gp_team))
            row = services.redirect(referral=row, by=net.gp, team=net.cmht, reason="Nearer")
            services.redirect(referral=row, by=net.gp, team=net.crisis, reason="Nearer")

    more(1)
    one = cost(client, path)
    more(30)
    assert cost(client, path) == one
    assert client.get(path).content.decode().count("app-line__title") == 25


# Figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declines", "redirects", "said"),
    [
        (0, 0, "Nobody declined it or passed it on."),
        (2, 0, "Declined 2 times."),
        (0, 1, "Passed on 1 time."),
        (1, 2, "Declined 1 time and passed on 2 times."),
    ],
)
def test_what_did_not_happen_is_not_counted(declines, redirects, said):
    from referrals.paths.presenters import JourneyPicture

    picture = JourneyPicture.__new__(JourneyPicture)
    picture._journey = SimpleNamespace(declines=declines, redirects=redirects)
    assert picture.counts == said


def test_no_day_and_one_day_read_as_such():
    from referrals.paths.presenters import _within

    assert [_within(days) for days in (0, 1, 9)] == ["the same day", "1 day", "9 days"]


def test_figures_hide_what_is_small_and_name_only_ones_own(net, client):
    bank = Locality.objects.create(name="Northbank")
    for n in range(6):
        person = factories.held_person(team=net.gp_team, locality=bank)
        row = net.referral_in(State.RECEIVED, person=person)
        proposal = net.proposal(instead_team=None, nothing_exists=True)
        proposal["cannot_offer"] = f"Help number {n}"
        row = services.propose_decline(referral=row, by=net.member, **proposal)
        if n < 3:
            services.agree_decline(referral=row, by=net.gp, holding_plan="A call")
    with time_machine.travel(NOW + DAY, tick=False):
        client.force_login(net.lead)
        shown = text(client.get(reverse("paths:figures")))
    declines, rest = shown.split("First meetings and waits", 1)
    team = "Community mental health team"
    assert f"Northbank {team} hidden All hidden" in declines
    assert f"Northbank {team} 6 All 6" in rest and "Help number 5" in rest
    assert "Help number 1" not in rest  # declined: no reason to see it any more
    client.force_login(net.network_lead)
    shown = text(client.get(reverse("paths:figures")))
    assert f"Northbank {team} 6 All 6" in shown and "Help number" not in shown
    client.force_login(net.administrator)
    assert f"Northbank {team} 6 All 6" in text(client.get(reverse("paths:figures")))


# Questions ----------------------------------------------------------------------------------------


def test_a_question_ends_with_what_it_was_about_and_can_be_asked_anew(net):
    referral = net.referral_in(State.AWAITING_INFORMATION)
    services.withdraw(
        referral=referral, by=net.gp, asked_by="person", reason="No", instead="A call"
    )
    assert not referral.questions.filter(settled_on__isnull=True).exists()
    services.reopen(referral=referral, by=net.gp, note="After all")
    services.ask(
        referral=referral, by=net.member, question="Which benefits?", asked_team=net.housing
    )
    assert referral.questions.filter(settled_on__isnull=True).count() == 1


def test_a_referral_of_which_only_its_state_is_known_has_a_picture(net, client):
    person = factories.held_person(team=net.cmht)
    today = timezone.localdate()
    Referral.objects.create(person=person, team=net.cmht, received_on=today)
    (journey,) = journeys_of(person, today)
    assert (journey.start, journey.end) == (today, today)
    assert len(journey.stays) == 1
