"""What the parts of referrals do for each other: home page, contacts, named workers, ended work,
several teams, second challenges, words that wait."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.accounts import drafts
from casework.accounts import services as account_services
from casework.cases import services as cases
from casework.cases.models import Allocation
from casework.common.rules import cause_kind
from referrals import notices, services
from referrals.models import DeclineProposal, MissingOffer, Referral, ReferralContact, SharedPart
from referrals.models import ReplyLink as Link
from referrals.paths import bounced
from referrals.paths.presenters import ReplyPage
from referrals.spell_facts import spells_of
from referrals.table import State
from referrals.worklist_sections import handovers, sign_offs, turns
from tests.factories.cases import held_person
from tests.factories.referrals import Network

WEEK = dt.timedelta(days=7)


def due(user: Any, section: Any = turns) -> list[tuple[str, str]]:
    today = timezone.localdate()
    return [(one.kind, one.what) for one in section(user, today, today + WEEK)]


# Home --------------------------------------------------------------------------------------------


def test_decisions_wait_for_those_who_decide(net):
    net.referral_in(State.RECEIVED)
    assert due(net.member) == [("Referral", "Decide, or ask for what is missing")]
    assert due(net.gp) == due(net.shift_lead) == due(net.administrator) == []


def test_naming_a_worker_waits_for_those_who_name(net):
    net.referral_in(State.ACCEPTED)
    assert due(net.lead) == [("Referral", "Name a worker")]
    assert due(net.member) == []


def test_the_first_meeting_waits_for_the_named_worker_alone(net):
    referral = net.referral_in(State.ALLOCATED)
    named = {net.key_worker, net.colleague}
    mine = {user for user in named if user.worker_id == referral.named_worker_id}
    assert len(mine) == 1
    for user in named:
        assert bool(due(user)) is (user in mine)


def test_a_proposed_decline_waits_for_the_sender(net):
    net.referral_in(State.DECLINE_PROPOSED)
    assert due(net.gp) == [("Referral", "Talk with the person, then agree or challenge")]
    assert due(net.lead) == []


def test_a_question_waits_at_once_although_there_is_time(net):
    with time_machine.travel(timezone.now(), tick=False):
        referral = services.acknowledge(referral=net.sent(), by=net.lead)
        services.ask(
            referral=referral,
            by=net.lead,
            question="When can you come?",
            asked_worker=net.worker(net.gp),
        )
        assert due(net.gp) == [("Question", "Answer the question")]
        assert due(net.nurse) == []


def test_a_sign_off_waits_for_the_lead(net):
    referral = net.referral_in(State.IN_SERVICE)
    named = next(u for u in (net.key_worker, net.colleague) if u.worker == referral.named_worker)
    services.request_sign_off(referral=referral, by=named, reason="No plan is wanted", attempts="")
    assert due(net.lead, sign_offs) == [("Sign-off", "Say whether this work may end as asked")]
    assert due(named, sign_offs) == due(net.specialist_lead, sign_offs) == []


def test_the_home_section_costs_the_same_for_many(net):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            turns(net.member, timezone.localdate(), timezone.localdate() + WEEK)
        return len(seen)

    net.referral_in(State.RECEIVED)
    turns(net.member, timezone.localdate(), timezone.localdate())  # what is kept on the user
    one = cost()
    for _n in range(8):
        net.referral_in(State.RECEIVED, person=held_person(team=net.gp_team))
    assert cost() == one
    assert handovers(net.administrator, timezone.localdate(), timezone.localdate()) == []


# Contacts and clocks -----------------------------------------------------------------------------


def test_a_contact_in_the_diary_counts_for_the_clock(net):
    referral = net.referral_in(State.ALLOCATED)
    met = net.meeting(referral, medium="01")
    assert ReferralContact.objects.get().contact == met
    assert Referral.objects.get(pk=referral.pk).state == State.IN_SERVICE
    place = referral.team.organisation_id
    (found,) = spells_of(timezone.localdate(), people=[referral.person_id], provider_id=place)
    assert found.spells[-1].first_contact == met.date


def test_an_assessment_counts_for_the_clock_and_moves_nothing(net):
    referral = net.referral_in(State.ASSESSING)
    met = net.meeting(referral, medium="01", purpose="assessment")
    assert ReferralContact.objects.get().referral == referral
    assert Referral.objects.get(pk=referral.pk).state == State.ASSESSING
    assert met.attended


def test_contacts_of_others_belong_to_no_referral(net):
    referral = net.referral_in(State.RECEIVED)
    net.meeting(referral, team=net.gp_team, workers=[net.worker(net.gp)], by=net.gp)
    net.meeting(referral, attendance="7")  # missed
    net.meeting(referral, date=referral.received_on - WEEK)
    assert not ReferralContact.objects.exists()


# Who is named ------------------------------------------------------------------------------------


def test_the_work_names_whoever_is_key_worker_now(net):
    referral = net.referral_in(State.IN_SERVICE)
    other = next(u for u in (net.key_worker, net.colleague) if u.worker != referral.named_worker)
    before = referral.history.count()
    for one in Allocation.objects.filter(person=referral.person, end__isnull=True):
        cases.end_allocation(
            allocation=one, by=net.lead, reason=Allocation.EndReason.TEAM_CHANGE, planned=None
        )
    cases.allocate(person=referral.person, worker=net.worker(other), team=net.cmht, by=net.lead)
    row = Referral.objects.get(pk=referral.pk)
    assert row.named_worker == other.worker
    assert row.held.worker == other.worker
    assert row.history.count() == before + 1


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"state": State.ALLOCATED, "worker_left": True}, "left"),
        ({"state": State.ACCEPTED}, "vacancy"),
        ({"state": State.SENT, "worker_left": True}, ""),
    ],
)
def test_causes_say_who_can_change_them(changes, kind):
    from types import SimpleNamespace

    from referrals.stalls import stalled_cause

    facts: Any = SimpleNamespace(**{"worker_left": False, **changes})
    assert cause_kind(stalled_cause(facts)) == kind


# Ended work --------------------------------------------------------------------------------------


def test_ended_work_is_found_as_long_as_the_person_can_come_back(net, client):
    referral = net.referral_in(State.CLOSED)
    until = referral.come_back_until
    day = dt.datetime.combine(until, dt.time(12), tzinfo=dt.UTC)
    for user, there in ((net.lead, True), (net.gp, True), (net.shift_lead, False)):
        with time_machine.travel(day, tick=False):
            client.force_login(user)
            page = client.get(reverse("referrals:ended")).content.decode()
        link = reverse("referrals:detail", args=[referral.pk])
        assert (link in page) is there
    with time_machine.travel(day + dt.timedelta(days=1), tick=False):
        client.force_login(net.lead)
        assert link not in client.get(reverse("referrals:ended")).content.decode()


# Several teams -----------------------------------------------------------------------------------


def test_several_teams_are_named_for_one_after_the_other(net, client):
    account_services.grant(user=net.lead, role="team_lead", team=net.specialist, by=None)
    here = net.referral_in(State.ACCEPTED)
    there = services.acknowledge(
        referral=net.sent(team=net.specialist, person=held_person(team=net.gp_team)),
        by=net.specialist_lead,
    )
    there = services.accept(referral=there, by=net.specialist_lead)
    client.force_login(net.lead)
    chosen = {"act": "allocate", "list": "unallocated", "chosen": [here.pk, there.pk]}
    page = client.post(reverse("referrals:bulk"), chosen).content.decode()
    assert "1 of them is with another of your teams" in page
    assert f'value="{there.pk}"' not in page
    client.post(reverse("referrals:bulk"), {**chosen, "worker": net.worker(net.colleague).pk})
    assert Referral.objects.get(pk=here.pk).named_worker == net.colleague.worker
    assert Referral.objects.get(pk=there.pk).state == State.ACCEPTED


# Second challenges -------------------------------------------------------------------------------


def challenged(net: Network, times: int) -> Referral:
    referral = net.referral_in(State.RECEIVED)
    for n in range(times):
        services.propose_decline(referral=referral, by=net.member, **net.proposal())
        referral = services.challenge(referral=referral, by=net.gp, reason=f"No, {n}")
    return referral


def test_a_second_challenge_reaches_the_network_lead(net, client):
    referral = challenged(net, 1)
    assert net.network_lead not in notices.next_users(referral, "challenge")
    services.propose_decline(referral=referral, by=net.member, **net.proposal())
    referral = services.challenge(referral=referral, by=net.gp, reason="Again no")
    assert DeclineProposal.objects.order_by("-created_at", "-pk")[0].level == 2
    told = notices.next_users(referral, "challenge")
    assert net.network_lead in told
    assert net.lead in told
    assert net.gp not in told
    client.force_login(net.network_lead)
    page = client.get(reverse("paths:bounces")).content.decode()
    assert "Community team: 1 referral" in page
    assert reverse("referrals:detail", args=[referral.pk]) not in page  # no live reason
    assert client.get(reverse("referrals:detail", args=[referral.pk])).status_code == 404


def test_a_lead_sees_second_challenges_of_their_own_team(net, client):
    referral = challenged(net, 2)
    client.force_login(net.lead)
    page = client.get(reverse("paths:bounces")).content.decode()
    assert reverse("referrals:detail", args=[referral.pk]) in page
    client.force_login(net.specialist_lead)
    assert "Community team: 1" not in client.get(reverse("paths:bounces")).content.decode()
    services.accept(referral=referral, by=net.member)
    assert bounced.challenged_twice(Referral.objects.all()) == []


# Words -------------------------------------------------------------------------------------------


def test_words_of_an_act_wait_when_it_cannot_be_done(net, client):
    referral = net.referral_in(State.DECLINE_PROPOSED)
    href = reverse("referrals:act", args=[referral.pk, "challenge"])
    client.force_login(net.gp)
    version = referral.version
    services.challenge(referral=referral, by=net.nurse, reason="I was first")
    posted = {
        "version": version,
        "reason": "My long words",
        "draft_token": drafts.sign(net.gp, f"referral.challenge:{referral.pk}"),
    }
    page = client.post(href, posted)
    assert "My long words" in page.content.decode()
    kept = drafts.read(user=net.gp, key=f"referral.challenge:{referral.pk}")
    assert kept is not None
    assert kept.fields["reason"] == ["My long words"]


def test_words_of_an_act_are_forgotten_when_it_is_done(net, client):
    referral = net.referral_in(State.DECLINE_PROPOSED)
    key = f"referral.challenge:{referral.pk}"
    drafts.save(user=net.gp, key=key, fields={"reason": ["Half a"]}, writer="w", sequence=1)
    client.force_login(net.gp)
    href = reverse("referrals:act", args=[referral.pk, "challenge"])
    assert "Half a" in client.get(href).content.decode()
    posted = {
        "version": referral.version,
        "reason": "Half a sentence, and the rest",
        "draft_token": drafts.sign(net.gp, key),
        "draft_revision": "1",
        "draft_writer": "w",
    }
    assert client.post(href, posted).status_code == 302
    assert drafts.read(user=net.gp, key=key) is None


def test_a_partner_reads_the_parts_that_were_given_to_them_and_no_others(net):
    referral = net.sent(team=net.housing)
    today = timezone.localdate()
    rows = [
        ("helps", "agreed", net.housing, "A quiet room", today),
        ("about", "agreed", net.cmht, "For the community team", today),
        ("reach", "agreed", net.housing, "", None),
        ("happened", "kept", None, "", None),
    ]
    for part, decision, team, content, shared_on in rows:
        SharedPart.objects.create(
            referral=referral,
            part=part,
            decision=decision,
            team=team,
            content=content,
            shared_on=shared_on,
        )
    link = Link(referral=referral, purpose="decide", expires_at=timezone.now() + WEEK)
    page = ReplyPage(link)
    assert page.shared == [("What helps: adjustments and interpreter", "A quiet room")]
    link.purpose = "first_contact"
    assert ReplyPage(link).shared == []


# Pages -------------------------------------------------------------------------------------------


def test_what_was_looked_for_in_vain_is_counted(net, client):
    for _n in range(6):
        MissingOffer.objects.create(need="home", words="A room", noted_by=net.gp)
    MissingOffer.objects.create(need="12", words="A table", noted_by=net.gp)
    client.force_login(net.network_lead)
    page = client.get(reverse("paths:figures")).content.decode()
    assert "Somewhere to live" in page
    assert "A room" not in page


def test_the_ending_page_leads_to_the_sign_off(net, client):
    referral = net.referral_in(State.IN_SERVICE)
    named = next(u for u in (net.key_worker, net.colleague) if u.worker == referral.named_worker)
    ending = reverse("paths:ending", args=[referral.pk])
    ask = reverse("referrals:act", args=[referral.pk, "request_sign_off"])
    answer = reverse("referrals:act", args=[referral.pk, "sign_off"])

    def page(user: Any) -> str:
        client.force_login(user)
        return client.get(ending).content.decode()

    assert ask in page(named)
    assert ask not in page(net.lead)
    services.request_sign_off(referral=referral, by=named, reason="Not wanted", attempts="")
    assert ask not in page(named)
    assert answer in page(net.lead)
    services.sign_off(referral=referral, by=net.lead, granted=True, answer="Yes")
    shown = page(named)
    assert "Signed off by the lead: Yes" in shown
    assert "Plan the ending with the person first" not in shown


def test_a_surgery_does_not_stand_before_those_who_can_help(net, client):
    from casework.accounts.models import User
    from referrals.asking import services as asking
    from tests import factories

    factories.team("A surgery of another place", kind="gp")
    by: User = net.gp
    referral = asking.begin(person=net.person, by=by, sender_team=net.gp_team)
    client.force_login(by)
    page = client.get(reverse("asking:teams", args=[referral.pk])).content.decode()
    assert page.index("Community team") < page.index("A surgery of another place")


def test_who_answers_a_question_reads_it(net, client):
    from referrals.asking import services as asking

    referral = asking.begin(person=net.person, by=net.gp, sender_team=net.gp_team, kind="advice")
    referral = asking.choose_team(
        referral=referral, by=net.gp, team=net.specialist, seen_version=referral.version
    )
    referral = asking.save(
        referral=referral,
        by=net.gp,
        seen_version=referral.version,
        story={
            "reason_words": "I want to understand myself.",
            "priority": "3",
            "person_view": "wants",
            "meanwhile_support": "A call",
        },
        question="Would one worker for two years fit?",
        view_words="Because I start again and again",
        holder=net.worker(net.gp),
        shared={},
    )
    referral = asking.send(referral=referral, by=net.gp)
    SharedPart.objects.create(
        referral=referral,
        part="helps",
        decision="agreed",
        team=net.specialist,
        content="Quiet",
        shared_on=timezone.localdate(),
    )
    client.force_login(net.specialist_lead)
    page = client.get(reverse("referrals:detail", args=[referral.pk])).content.decode()
    assert "Would one worker for two years fit?" in page
    assert "Because I start again and again" in page
    assert "What helps: adjustments and interpreter: with Specialist service" in page
    assert "How far help has come" not in page
    services.acknowledge(referral=referral, by=net.specialist_lead)
    answer = reverse("referrals:act", args=[referral.pk, "give_advice"])
    assert "Would one worker for two years fit?" in client.get(answer).content.decode()
