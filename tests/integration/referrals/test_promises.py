"""What the referral engine promises, story by story."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.cases.models import Allocation, Case, CaseEvent, Contact, LiveReason, Person
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from casework.outbox.models import Job, Message
from referrals import services
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import (
    DeclineProposal,
    HoldingChange,
    Referral,
    Responsibility,
    TeamDuty,
)
from referrals.table import Kind, State
from tests.factories import accounts, directory
from tests.factories.cases import held_person, person_with_key_worker
from tests.factories.referrals import START, Network, by_link, by_person

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def net() -> Network:
    with time_machine.travel(START, tick=False):
        return Network()


def later(days: int) -> Any:
    return time_machine.travel(START + dt.timedelta(days=days), tick=False)


def again(referral: Referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def holder(person: Person) -> tuple[Any, Any]:
    row = Responsibility.objects.get(person=person)
    return row.team, row.worker


# Responsibility ----------------------------------------------------------------------------------


def test_the_sender_holds_until_the_first_contact_and_the_named_worker_after(net) -> None:
    referral = net.referral_in(State.ALLOCATED)
    assert holder(net.person) == (net.gp_team, net.nurse.worker)
    with later(6):
        net.meeting(referral)
    row = again(referral)
    assert row.state == State.IN_SERVICE and row.first_contact_on == D(2026, 6, 7)
    assert holder(net.person) == (net.cmht, net.key_worker.worker)
    case = Case.objects.get(person=net.person)
    assert (case.team, case.key_worker) == (net.cmht, net.key_worker.worker)
    change = HoldingChange.objects.order_by("created_at", "pk").last()
    assert (change.how, change.from_team, change.referral) == (
        "first_contact",
        net.gp_team,
        referral,
    )
    event = CaseEvent.objects.get(kind="referral.first_contact")
    assert (event.on, event.data["from"], event.data["to"]) == (
        D(2026, 6, 7),
        "allocated",
        "in_service",
    )


@pytest.mark.parametrize(
    "contact",
    [
        {"purpose": Contact.Purpose.TRIAGE},
        {"purpose": Contact.Purpose.ASSESSMENT},
        {"attendance": Contact.Attendance.MISSED},
        {"attendance": Contact.Attendance.TOO_LATE},
        {"date": D(2026, 6, 3)},
    ],
)
def test_what_is_no_first_contact(net, contact) -> None:
    referral = net.referral_in(State.ALLOCATED)
    with later(6):
        net.meeting(referral, **contact)
    assert again(referral).state == State.ALLOCATED
    assert holder(net.person) == (net.gp_team, net.nurse.worker)


def test_a_contact_with_another_team_is_no_first_contact(net) -> None:
    referral = net.referral_in(State.ALLOCATED)
    with later(6):
        net.meeting(referral, team=net.specialist, workers=[net.specialist_lead.worker])
    assert again(referral).state == State.ALLOCATED


def test_a_contact_whose_hook_fails_is_not_kept(net, monkeypatch) -> None:
    referral = net.referral_in(State.ALLOCATED)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("referrals.services.responsibility.pass_on", fail)
    with later(6), pytest.raises(RuntimeError), transaction.atomic():
        net.meeting(referral)
    assert again(referral).state == State.ALLOCATED
    assert not Contact.objects.exists()


@pytest.mark.parametrize("kind", [Kind.JOINT, Kind.TRANSFER])
def test_joint_work_and_crisis_teams_leave_the_responsibility_where_it_is(net, kind) -> None:
    if kind == Kind.JOINT:
        referral = net.referral_in(State.IN_SERVICE, kind=kind)
    else:
        with later(1):
            referral = net.sent(team=net.crisis)
            referral = services.acknowledge(referral=referral, by=net.shift_lead)
            referral = services.accept(referral=referral, by=net.shift_lead)
            net.meeting(referral, workers=[net.shift_lead.worker], by=net.shift_lead)
    assert again(referral).state == State.IN_SERVICE
    assert holder(net.person) == (net.gp_team, net.nurse.worker)
    assert Case.objects.get(person=net.person).team == net.gp_team
    assert not HoldingChange.objects.filter(how="first_contact").exists()


def test_the_earlier_key_worker_stops_when_the_new_team_has_met_the_person(net) -> None:
    with later(0):
        net.person = person_with_key_worker(team=net.gp_team, worker=net.nurse.worker)
    referral = net.referral_in(State.ALLOCATED)
    with later(6):
        net.meeting(referral)
    allocations = Allocation.objects.filter(person=net.person, role="key_worker")
    assert [(one.worker, one.end) for one in allocations.order_by("start")] == [
        (net.nurse.worker, D(2026, 6, 7)),
        (net.key_worker.worker, None),
    ]
    with later(7):
        services.undo_first_contact(referral=referral, by=net.member, reason="Another person")
    assert holder(net.person) == (net.gp_team, net.nurse.worker)
    assert again(referral).state == State.ALLOCATED
    assert Case.objects.get(person=net.person).key_worker == net.nurse.worker
    assert {
        one.worker for one in Allocation.objects.filter(person=net.person, end__isnull=True)
    } == {net.nurse.worker}


def test_a_first_contact_is_taken_back_within_a_day_only(net) -> None:
    referral = net.referral_in(State.IN_SERVICE)
    with later(7), pytest.raises(EventRefused, match="within a day"):
        services.undo_first_contact(referral=referral, by=net.member, reason="Another person")


def test_a_first_contact_from_the_waiting_list_goes_back_to_it(net) -> None:
    referral = net.referral_in(State.ACCEPTED)
    with later(5):
        net.meeting(referral)
        assert again(referral).named_worker == net.key_worker.worker
        services.undo_first_contact(referral=referral, by=net.member, reason="Another person")
    row = again(referral)
    assert (row.state, row.named_worker) == (State.ACCEPTED, None)
    assert holder(net.person) == (net.gp_team, net.nurse.worker)


def test_a_peer_worker_is_never_the_one_who_answers(net) -> None:
    referral = net.referral_in(State.ACCEPTED)
    with later(5):
        with pytest.raises(EventRefused, match="peer worker"):
            services.allocate(referral=referral, by=net.lead, worker=net.peer.worker)
        net.meeting(referral, workers=[net.peer.worker], by=net.peer)
    assert again(referral).state == State.IN_SERVICE
    assert holder(net.person) == (net.cmht, net.lead.worker)
    draft = net.draft(person=held_person(team=net.gp_team))
    with pytest.raises(EventRefused, match="peer worker"):
        services.send(referral=draft, by=net.gp, holder=net.peer.worker)


def test_a_person_who_asks_for_themselves_is_held_at_once(net) -> None:
    me = by_person(net.person)
    draft = services.draft(
        person=net.person,
        by=me,
        team=net.cmht,
        priority="3",
        reason_words="I need somebody to talk to.",
        person_view="wants",
        meanwhile_support="The helpline",
    )
    assert (draft.kind, draft.sender) == (Kind.SELF, "person")
    with pytest.raises(EventRefused, match="somebody else's record"):
        services.draft(person=held_person(), by=me)
    TeamDuty.objects.create(team=net.cmht, duty_team=net.crisis)
    sent = services.send(referral=draft, by=me)
    assert holder(net.person) == (net.crisis, net.shift_lead.worker)
    assert HoldingChange.objects.get().how == "duty"
    assert sent.held_id == net.person.pk


def test_an_emergency_department_is_relieved_by_the_receiving_team(net) -> None:
    TeamDuty.objects.create(team=net.gp_team, can_hold=False)
    referral = services.send(referral=net.draft(), by=net.gp)
    assert referral.state == State.SENT
    assert holder(net.person) == (net.cmht, net.lead.worker)


def test_nobody_on_duty_is_said_and_nothing_is_sent(net) -> None:
    lonely = directory.team("Lonely")
    TeamDuty.objects.create(team=net.gp_team, can_hold=False)
    draft = net.draft(team=lonely)
    with pytest.raises(EventRefused, match="Nobody is on duty at Lonely"):
        services.send(referral=draft, by=net.gp)
    assert again(draft).state == State.DRAFT


def test_whoever_holds_the_person_now_is_the_one_to_name(net) -> None:
    net.sent()
    second = net.draft(team=net.specialist)
    with pytest.raises(EventRefused, match="Nurse Nash"):
        services.send(referral=second, by=net.gp, holder=net.gp.worker)
    services.send(referral=second, by=net.gp)
    assert holder(net.person) == (net.gp_team, net.nurse.worker)
    assert HoldingChange.objects.count() == 1


def test_a_handover_needs_the_list_the_person_and_the_new_worker(net) -> None:
    net.referral_in(State.IN_SERVICE)
    with later(7):
        handover = services.propose_handover(
            person=net.person,
            to_team=net.cmht,
            to_worker=net.colleague.worker,
            by=net.key_worker,
            reason="A new post",
            overlap_until=D(2026, 7, 1),
        )
        assert LiveReason.objects.filter(worker=net.colleague.worker, kind="handover").exists()
        with pytest.raises(Refusal, match="Still to do"):
            services.accept_handover(handover=handover, by=net.colleague)
        services.tick_handover(
            handover=handover, by=net.colleague, steps_done=type(handover).Step.values
        )
        with pytest.raises(Refusal, match="with the person"):
            services.accept_handover(handover=handover, by=net.colleague)
        services.tick_handover(
            handover=handover,
            by=net.key_worker,
            steps_done=type(handover).Step.values,
            agreed_on=D(2026, 6, 8),
        )
        with pytest.raises(EventRefused, match="Only Col Cole"):
            services.accept_handover(handover=handover, by=net.key_worker)
        services.accept_handover(handover=handover, by=net.colleague)
        with pytest.raises(Refusal, match="is over"):
            services.stop_handover(handover=handover, by=net.key_worker)
    assert holder(net.person) == (net.cmht, net.colleague.worker)
    current = Allocation.objects.filter(person=net.person, end__isnull=True)
    assert {one.worker for one in current} == {net.key_worker.worker, net.colleague.worker}
    assert Case.objects.get(person=net.person).key_worker == net.colleague.worker


def test_an_override_is_recorded_with_its_reason(net) -> None:
    net.sent()
    with pytest.raises(Refusal, match="allocates"):
        services.override_holder(
            person=net.person,
            team=net.cmht,
            worker=net.key_worker.worker,
            by=net.member,
            reason="Ill",
        )
    change = services.override_holder(
        person=net.person, team=net.cmht, worker=net.key_worker.worker, by=net.lead, reason="Ill"
    )
    assert (change.how, change.reason, change.by) == ("override", "Ill", net.lead)
    assert holder(net.person) == (net.cmht, net.key_worker.worker)


def test_the_database_keeps_the_promise_too(net) -> None:
    person = held_person()
    fields = {"person": person, "team": net.cmht, "received_on": START.date()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(state=State.SENT, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Responsibility.objects.create(person=person, team=net.cmht, since=START.date())
    own = {"team": net.cmht, "worker": net.lead.worker, "since": START.date()}
    Responsibility.objects.create(person=person, **own)
    with pytest.raises(IntegrityError), transaction.atomic():
        Responsibility.objects.create(person=person, **own)
    other = net.sent()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(state=State.SENT, held=other.held, **fields)
    sent = Referral.objects.create(state=State.SENT, held_id=person.pk, **fields)
    with pytest.raises(Exception, match="protected"), transaction.atomic():
        Responsibility.objects.filter(person=person).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=sent.pk).update(state=State.ALLOCATED)


# Sending -----------------------------------------------------------------------------------------


def test_everything_that_is_missing_is_said_at_once(net) -> None:
    bare = services.draft(person=net.person, by=net.gp, sender_team=net.gp_team)
    with pytest.raises(EventRefused) as refused:
        services.send(referral=bare, by=net.gp)
    said = " ".join(refused.value.reasons)
    for words in ("own words", "how soon", "wants this", "support", "receiving team", "who holds"):
        assert words in said
    assert not refused.value.forbidden


def test_an_urgent_referral_needs_three_things_and_the_rest_within_a_day(net) -> None:
    with later(1):
        urgent = services.draft(
            person=net.person,
            by=net.gp,
            sender_team=net.gp_team,
            team=net.crisis,
            priority="4",
            reason_words="I am not safe.",
            kind=Kind.JOINT,
        )
        with pytest.raises(EventRefused) as refused:
            services.send(referral=urgent, by=net.gp)
        assert refused.value.reasons == ("Say how the person can be reached.",)
        sent = services.send(referral=urgent, by=net.gp, reach_words="On the mobile, any time")
        assert sent.rest_by == timezone.now() + dt.timedelta(hours=24)
        assert sent.due_at == timezone.now() + dt.timedelta(hours=1)
        assert holder(net.person) == (net.gp_team, net.gp.worker)
        done = services.edit_draft(
            referral=sent,
            by=net.gp,
            seen_version=sent.version,
            person_view="wants",
            meanwhile_support="The crisis line",
        )
        assert done.rest_by is None
        with pytest.raises(Refusal, match="It has been sent"):
            services.edit_draft(
                referral=done, by=net.gp, seen_version=done.version, reason_words="x"
            )


def test_a_draft_is_written_by_both_and_no_words_are_lost(net) -> None:
    draft = net.draft()
    mine = services.edit_draft(
        referral=draft, by=by_person(net.person), seen_version=0, reason_words="In my words"
    )
    with pytest.raises(ChangedMeanwhile):
        services.edit_draft(referral=draft, by=net.gp, seen_version=0, reason_words="Ours")
    with pytest.raises(EventRefused):
        services.edit_draft(referral=draft, by=net.lead, seen_version=1, reason_words="Theirs")
    assert mine.version == 1 and again(draft).reason_words == "In my words"


def test_a_referral_does_not_go_to_the_own_team(net) -> None:
    with pytest.raises(EventRefused, match="goes to another team"):
        services.send(referral=net.draft(team=net.gp_team), by=net.gp, holder=net.nurse.worker)


def test_a_redirect_keeps_the_clock_the_words_and_both_sides(net) -> None:
    with later(1):
        referral = net.sent()
    with later(5):
        with pytest.raises(EventRefused, match="Ask the sender first"):
            services.redirect(referral=referral, by=net.member, team=net.specialist)
        moved = services.redirect(
            referral=referral, by=net.member, team=net.specialist, sender_agreed="Dr Gill"
        )
    assert (moved.state, moved.team, moved.redirects) == (State.SENT, net.specialist, 1)
    assert (moved.received_on, moved.reason_words) == (D(2026, 6, 2), referral.reason_words)
    reasons = LiveReason.objects.filter(person=net.person, kind="referral", end__isnull=True)
    assert {one.team for one in reasons} == {net.gp_team, net.specialist}
    with later(5), pytest.raises(EventRefused) as refused:
        services.acknowledge(referral=moved, by=net.member)
    assert refused.value.forbidden


# Declining ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason_code": "03"}, "ask for it"),
        ({"grounds": ["diagnosis"]}, "never a reason"),
        ({"grounds": ["self_harm", "not_severe"]}, "never a reason"),
        ({"grounds": []}, "never a reason"),
        ({"instead_team": None}, "who can help instead"),
        ({"explanation": " "}, "Explain it plainly"),
        ({"cannot_offer": ""}, "cannot offer"),
    ],
)
def test_what_a_decline_needs(net, change, words) -> None:
    referral = net.referral_in(State.RECEIVED)
    with pytest.raises(EventRefused, match=words):
        services.propose_decline(referral=referral, by=net.member, **net.proposal(**change))
    assert not DeclineProposal.objects.exists()


def test_an_urgent_referral_is_not_declined_without_a_conversation(net) -> None:
    referral = net.referral_in(State.RECEIVED, priority="2", reach_words="By telephone")
    with pytest.raises(EventRefused, match="talk with the sending team"):
        services.propose_decline(
            referral=referral, by=net.member, **net.proposal(live_conversation="")
        )
    services.propose_decline(referral=referral, by=net.member, **net.proposal())
    assert again(referral).due_at is not None


def test_a_decline_takes_two_and_leads_somewhere(net) -> None:
    referral = net.referral_in(State.DECLINE_PROPOSED)
    with pytest.raises(EventRefused, match="what comes next"):
        services.agree_decline(referral=referral, by=net.gp)
    with pytest.raises(EventRefused, match="another team"):
        services.agree_decline(referral=referral, by=net.gp, onward_team=net.cmht)
    with later(9):
        declined = services.agree_decline(referral=referral, by=net.gp, onward_team=net.specialist)
    assert (declined.state, declined.rejected_on, declined.reject_reason) == (
        State.DECLINED,
        D(2026, 6, 10),
        "02",
    )
    onward = declined.children.get()
    assert (onward.state, onward.team, onward.journey_id) == (
        State.DRAFT,
        net.specialist,
        declined.pk,
    )
    assert (onward.reason_words, onward.asked_on) == (referral.reason_words, None)
    assert holder(net.person) == (net.gp_team, net.nurse.worker)
    with later(9):
        sent = services.send(referral=onward, by=net.gp)
    assert sent.state == State.SENT


def test_the_second_challenge_goes_to_the_network_lead(net) -> None:
    referral = net.referral_in(State.DECLINE_PROPOSED)
    services.challenge(referral=referral, by=net.gp, reason="We have tried that")
    services.propose_decline(referral=referral, by=net.member, **net.proposal())
    services.challenge(referral=referral, by=net.gp, reason="And that")
    events = CaseEvent.objects.filter(kind="referral.challenge").order_by("created_at", "pk")
    assert [event.data["goes_to"] for event in events] == ["receiving_lead", "network_lead"]
    assert set(DeclineProposal.objects.values_list("outcome", flat=True)) == {"challenged"}


def test_a_proposal_that_nobody_answered_is_settled_when_something_else_happens(net) -> None:
    referral = net.referral_in(State.DECLINE_PROPOSED)
    services.withdraw(
        referral=referral, by=net.gp, asked_by="sender", reason="Found help", instead="A group"
    )
    assert DeclineProposal.objects.get().outcome == "overtaken"


# Endings -----------------------------------------------------------------------------------------


def test_an_ending_without_a_plan_or_after_missed_contacts_needs_the_lead(net) -> None:
    referral = net.referral_in(State.ALLOCATED)
    with later(6):
        net.meeting(referral)
    close = {"outcome_words": "Did not come", "close_reason": "05"}
    with later(8):
        with pytest.raises(EventRefused) as refused:
            services.close(referral=referral, by=net.key_worker, **close)
        assert len(refused.value.reasons) == 2
        services.request_sign_off(referral=referral, by=net.key_worker, reason="No answer")
        with pytest.raises(EventRefused, match="asked for already"):
            services.request_sign_off(referral=referral, by=net.key_worker, reason="Again")
        services.sign_off(referral=referral, by=net.lead, granted=True, answer="Yes")
        with pytest.raises(EventRefused, match="what you tried"):
            services.close(referral=referral, by=net.key_worker, **close)
        services.request_sign_off(
            referral=referral,
            by=net.key_worker,
            reason="No answer",
            attempts="Two letters, and a visit: the bus no longer runs",
        )
        services.sign_off(referral=referral, by=net.lead, granted=True, answer="Yes")
        closed = services.close(referral=referral, by=net.key_worker, **close)
    assert (closed.close_reason, closed.discharged_on) == ("05", D(2026, 6, 9))


def test_nobody_signs_their_own_request_off(net) -> None:
    referral = net.referral_in(State.ACCEPTED)
    with later(5):
        referral = services.allocate(referral=referral, by=net.lead, worker=net.lead.worker)
        net.meeting(referral, workers=[net.lead.worker], by=net.lead)
        services.request_sign_off(referral=referral, by=net.lead, reason="No plan")
        with pytest.raises(EventRefused, match="Somebody else"):
            services.sign_off(referral=referral, by=net.lead, granted=True, answer="Yes")


def test_an_ending_plan_is_agreed_before_the_day_of_the_ending(net) -> None:
    referral = net.referral_in(State.ALLOCATED)
    with later(6):
        net.meeting(referral)
        net.ending_plan(referral)
        with pytest.raises(EventRefused, match="before the day of the ending"):
            services.close(
                referral=referral, by=net.key_worker, outcome_words="Well", close_reason="02"
            )
    with later(7):
        closed = services.close(
            referral=referral, by=net.key_worker, outcome_words="Well", close_reason="02"
        )
    assert closed.come_back_until == D(2027, 6, 8)


def test_coming_back_within_a_year_needs_no_triage(net) -> None:
    referral = net.referral_in(State.CLOSED)
    with later(100):
        back = services.reopen(referral=referral, by=by_person(net.person))
    assert (back.state, back.discharged_on, back.named_worker) == (State.ACCEPTED, None, None)
    event = CaseEvent.objects.get(kind="referral.reopen")
    assert event.data["previous_worker"] == str(net.key_worker.worker.pk)
    assert holder(net.person) == (net.cmht, net.key_worker.worker)


def test_coming_back_later_is_looked_at_anew(net) -> None:
    referral = net.referral_in(State.CLOSED)
    with later(500):
        with pytest.raises(EventRefused):
            services.reopen(referral=referral, by=by_person(net.person))
        with pytest.raises(EventRefused, match="Say why it is opened again"):
            services.reopen(referral=referral, by=net.gp)
        back = services.reopen(referral=referral, by=net.gp, note="Asked again")
    assert back.state == State.RECEIVED


def test_a_death_closes_everything_at_once(net) -> None:
    net.referral_in(State.RECEIVED)
    with later(5):
        services.send(referral=net.draft(team=net.specialist), by=net.gp)
        net.draft(team=net.crisis)
        with pytest.raises(Refusal, match="date of death"):
            services.close_at_death(person=net.person, on=D(2026, 6, 6))
        Person.objects.filter(pk=net.person.pk).update(death_date=D(2026, 6, 5))
        assert services.close_at_death(person=net.person, on=D(2026, 6, 6)) == 3
        assert services.close_at_death(person=net.person, on=D(2026, 6, 6)) == 0
    states = Referral.objects.order_by("created_at", "pk").values_list("state", "close_reason")
    assert list(states) == [("closed", "06"), ("closed", "06"), ("withdrawn", "")]
    assert not Responsibility.objects.exists()
    assert HoldingChange.objects.order_by("created_at", "pk").last().how == "ended"
    reasons = LiveReason.objects.filter(kind="referral")
    assert reasons.exists() and not reasons.filter(end__isnull=True).exists()
    net.person.refresh_from_db()
    with pytest.raises(Refusal, match="has died"):
        net.draft()
    for row in Referral.objects.filter(state="closed"):
        with pytest.raises(EventRefused, match="has died"):
            services.reopen(referral=row, by=net.gp, note="Again")


# Advice, links, notices --------------------------------------------------------------------------


def test_a_question_is_answered_or_becomes_a_referral_if_both_agree(net) -> None:
    referral = net.referral_in(State.RECEIVED, kind=Kind.ADVICE)
    with pytest.raises(EventRefused, match="question only"):
        services.accept(referral=referral, by=net.member)
    with pytest.raises(EventRefused, match="both agreed"):
        services.convert(referral=referral, by=net.member, person_agreed=True, sender_agreed=False)
    services.convert(referral=referral, by=net.member, person_agreed=True, sender_agreed=True)
    assert services.accept(referral=referral, by=net.member).kind == Kind.TRANSFER


def test_a_partner_confirms_the_first_contact_by_link(net) -> None:
    referral = net.referral_in(State.ACCEPTED)
    with later(6):
        with pytest.raises(EventRefused, match="after it accepted"):
            services.first_contact(referral=referral, by=by_link(referral), met_on=D(2026, 6, 3))
        after = services.first_contact(
            referral=referral, by=by_link(referral), met_on=D(2026, 6, 6)
        )
    assert (after.state, after.first_contact_on) == (State.IN_SERVICE, D(2026, 6, 6))
    assert CaseEvent.objects.get(kind="referral.first_contact").data["how"] == "link"


def test_whoever_acts_next_is_told_that_something_waits_and_not_what(net, on_commit) -> None:
    with on_commit():
        net.sent()
    outbox.run_due()
    messages = Message.objects.filter(about="referral.send")
    told = {message.to for message in messages}
    assert {net.lead.email, net.member.email, net.key_worker.email} <= told
    assert not told & {net.gp.email, net.peer.email, net.specialist_lead.email}
    for message in messages:
        text = message.subject + message.body
        for secret in (net.person.name, "on my own", "Community", str(net.person.pk)):
            assert secret not in text
    for job in Job.objects.filter(kind="referrals.notice"):
        assert set(job.arguments) == {"referral", "event", "by"}


def test_an_act_costs_a_fixed_number_of_queries(net) -> None:
    referral = net.referral_in(State.SENT)
    user = type(net.member).objects.select_related("worker").get(pk=net.member.pk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        services.acknowledge(referral=referral, by=user, seen_version=referral.version)
    statements = [
        one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(statements) <= 12, "\n".join(statements)


def test_the_administrator_and_the_privacy_officer_are_nothing_to_a_referral(net) -> None:
    referral = net.referral_in(State.SENT)
    for user in (net.administrator, accounts.member("privacy_officer")):
        with pytest.raises(EventRefused) as refused:
            services.acknowledge(referral=referral, by=user)
        assert refused.value.forbidden
