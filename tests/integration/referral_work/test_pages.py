"""The page of one referral and each act as a form, for each of those around it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services as plans
from careplans.kinds import Kind as LineKind
from careplans.writers import Writer
from casework.cases.models import CaseEvent
from casework.common.presenters import short_date
from casework.directory.models import Team
from casework.outbox.models import Job
from referrals import services
from referrals.models import DeclineProposal, Question, Referral
from referrals.table import EVENTS, Kind, State
from referrals.work.acts import ACTS, BY_EVENT
from referrals.work.fields import FIELDS
from tests.factories.referrals import Network

pytestmark = pytest.mark.one_engine


def href(referral: Referral) -> str:
    return reverse("referrals:detail", args=[referral.pk])


def act_href(referral: Referral, event: str) -> str:
    return reverse("referrals:act", args=[referral.pk, event])


def main(answer: Any) -> str:
    """What stands on the page itself."""
    text: str = answer.content.decode()
    return text.split("<main", 1)[1].split("</main", 1)[0]


def post(client: Any, user: Any, referral: Referral, event: str, **data: Any) -> Any:
    client.force_login(user)
    referral = Referral.objects.get(pk=referral.pk)
    return client.post(act_href(referral, event), {"version": referral.version, **data})


def state_of(referral: Referral) -> str:
    return str(Referral.objects.get(pk=referral.pk).state)


def day(name: str, on: dt.date) -> dict[str, str]:
    return {
        f"{name}_day": str(on.day),
        f"{name}_month": str(on.month),
        f"{name}_year": str(on.year),
    }


# The page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_page_in_plain_words(client, net, state):
    referral = net.referral_in(state)
    reader = net.key_worker if state == State.CLOSED else net.gp
    client.force_login(reader)
    answer = client.get(href(referral))
    assert answer.status_code == 200
    text = main(answer)
    assert net.person.display_name in text
    assert "{" not in text and "None" not in text
    assert str(state.label) in text or state == State.DRAFT


def test_the_story_is_for_those_with_a_reason(client, net):
    referral = net.referral_in(State.RECEIVED)
    client.force_login(net.member)
    text = main(client.get(href(referral)))
    assert "I cannot go on like this on my own." in text
    assert "Nurse Nash, Surgery" in text  # who holds the person now
    assert "Your turn" in text
    client.force_login(net.specialist_lead)
    assert client.get(href(referral)).status_code == 404
    client.force_login(net.network_lead)
    assert client.get(href(referral)).status_code == 404
    client.force_login(net.administrator)
    assert client.get(href(referral)).status_code == 403


def test_a_draft_leads_to_where_it_is_written(client, net):
    referral = net.referral_in(State.DRAFT)
    client.force_login(net.gp)
    text = main(client.get(href(referral)))
    path = reverse("asking:write", args=[referral.pk])
    assert f'href="{path}"' in text
    assert client.get(path).status_code == 200


def test_whoever_is_asked_reads_the_question_and_nothing_else(client, net):
    referral = net.referral_in(State.AWAITING_INFORMATION)
    client.force_login(net.housing_worker)
    text = main(client.get(href(referral)))
    assert "Which benefits?" in text
    assert "I cannot go on like this" not in text
    assert client.get(act_href(referral, "withdraw")).status_code == 404
    assert post(client, net.housing_worker, referral, "answer", answer="None").status_code == 302
    assert state_of(referral) == State.RECEIVED
    assert client.get(href(referral)).status_code == 404  # it is over for them


def test_a_records_administrator_corrects_without_the_story(client, net):
    referral = net.referral_in(State.RECEIVED)
    client.force_login(net.records)
    text = main(client.get(href(referral)))
    assert "I cannot go on like this" not in text
    assert "Mark as recorded by mistake" in text
    client.force_login(net.other_records)
    assert client.get(href(referral)).status_code == 404
    assert (
        post(client, net.records, referral, "mark_in_error", reason="Wrong person").status_code
        == 302
    )
    assert state_of(referral) == State.ENTERED_IN_ERROR


def test_a_team_whose_part_is_over_can_open_it_again(client, net):
    referral = net.referral_in(State.WITHDRAWN)
    client.force_login(net.member)
    text = main(client.get(href(referral)))
    assert "I cannot go on like this" not in text
    assert "Open again" in text
    answer = post(client, net.member, referral, "reopen", note="")
    assert "Say why it is opened again" in main(answer)
    assert post(client, net.member, referral, "reopen", note="They rang").status_code == 302
    assert state_of(referral) == State.RECEIVED


def test_the_page_costs_the_same_whatever_has_happened(client, net):
    referral = net.referral_in(State.RECEIVED)
    client.force_login(net.member)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(href(referral)).status_code == 200
        return len(queries)

    client.get(href(referral))
    before = count()
    for number in range(6):
        row = Referral.objects.get(pk=referral.pk)
        services.ask(referral=row, by=net.member, question=f"{number}?", asked_team=net.gp_team)
        row = Referral.objects.get(pk=referral.pk)
        services.answer(referral=row, by=net.gp, answer="Yes")
    assert count() == before
    assert before <= 40


def test_the_four_ticks_and_whether_the_person_agreed(client, net):
    referral = net.referral_in(State.IN_SERVICE)
    client.force_login(net.key_worker)
    text = main(client.get(href(referral)))
    assert "How far help has come" in text
    assert "Still missing: " in text
    assert "It is not recorded that the person agreed to a plan." in text


def test_nothing_about_the_clock_while_the_person_is_asked(client, net, monkeypatch):
    from casework.reports import plan_agreements

    referral = net.referral_in(State.IN_SERVICE)
    client.force_login(net.key_worker)
    since = timezone.localdate() - dt.timedelta(days=3)
    asked = plan_agreements.PlanAgreement(being_asked=True, asked_since=since)
    monkeypatch.setattr("referrals.work.clock.agreement_of", lambda person_id, on: asked)
    text = main(client.get(href(referral)))
    assert "How far help has come" not in text
    assert "Four weeks" not in text


def test_a_question_without_an_answer_hides_the_wait_for_a_time_and_not_for_ever(client, net):
    """The same plan, a fortnight after it was shared and a day later."""
    referral = net.referral_in(State.IN_SERVICE)
    shared = timezone.localdate()
    two = Writer(user=net.key_worker, together=True)
    plan = plans.start(person=referral.person, by=two)
    plans.write(plan=plan, kind=LineKind.HOPE, values={"words": "A garden"}, by=two)
    plans.share(plan=plan, by=two)
    for days, hidden in ((0, True), (14, True), (15, False)):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False):
            client.force_login(net.key_worker)
            text = main(client.get(href(referral)))
            assert ("How far help has come" not in text) is hidden, days
    assert f"They have been asked since {short_date(shared)}." in text
    assert "no reason for them to say yes" in text


def test_what_is_not_possible_says_why(client, net):
    with_plan = net.referral_in(State.IN_SERVICE)
    with_plan.ending_plans.all().delete()
    client.force_login(net.key_worker)
    text = main(client.get(href(with_plan)))
    assert "Agree an ending plan with the person before the day of the ending" in text
    answer = client.get(act_href(with_plan, "close"))
    assert "Agree an ending plan" in main(answer)


# The acts ----------------------------------------------------------------------------------------


def test_every_event_that_people_do_here_has_a_form():
    elsewhere = {"send", "first_contact"}  # the referral form; the diary
    assert {act.event for act in ACTS} == set(EVENTS) - elsewhere
    assert {name for act in BY_EVENT.values() for name in act.fields} <= set(FIELDS)


def test_every_question_of_a_form_is_asked_somewhere():
    asked = {name for act in BY_EVENT.values() for name in act.fields}
    assert asked == set(FIELDS)


def _filled(net: Network, event: str) -> dict[str, Any]:
    today = timezone.localdate()
    specialist = str(net.specialist.pk)
    found: dict[str, dict[str, Any]] = {
        "assess": {"meeting_words": "Monday at ten"},
        "ask": {"question": "Which benefits?", "whom": "team", "asked_team": str(net.housing.pk)},
        "answer": {"answer": "None"},
        "proceed_without_answer": {"tried": "Rang twice"},
        "propose_decline": {
            "reason_code": "02",
            "grounds": ["other_need"],
            "explanation": "Another team could help more.",
            "cannot_offer": "Long-term therapy",
            "instead": "team",
            "instead_team": specialist,
        },
        "agree_decline": {"next": "plan", "holding_plan": "A call", **day("talked_on", today)},
        "challenge": {"reason": "We have tried that"},
        "redirect": {"team": specialist, "sender_agreed": "Dr Gill"},
        "allocate": {"worker": str(net.key_worker.worker_id)},
        "reallocate": {"worker": str(net.colleague.worker_id), "reason": "A new post"},
        "undo_first_contact": {"reason": "It was somebody else"},
        "change_intensity": {"intensity": "light_touch", "with_person": "on", "extra": "no"},
        "request_sign_off": {"reason": "Moved without a word"},
        "sign_off": {"granted": "yes", "answer": "Seen"},
        "close": {"outcome_words": "Well", "close_reason": "02"},
        "give_advice": {"advice": "Try this first."},
        "convert": {"person_agreed": "on", "sender_agreed_too": "on"},
        "end_early": {
            "cause": "moved",
            **day("happened_on", today),
            "who_keeps_contact": "The new team",
            "confirmed_by": "The team there",
        },
        "withdraw": {"asked_by": "person", "reason": "Not now", "instead_of_it": "A call"},
        "reopen": {"note": "Asked again"},
        "mark_in_error": {"reason": "Wrong person"},
    }
    return found.get(event, {})


PLACES = [
    ("acknowledge", State.SENT, "member"),
    ("assess", State.RECEIVED, "member"),
    ("ask", State.RECEIVED, "member"),
    ("answer", State.AWAITING_INFORMATION, "housing_worker"),
    ("proceed_without_answer", State.AWAITING_INFORMATION, "member"),
    ("accept", State.RECEIVED, "member"),
    ("propose_decline", State.RECEIVED, "member"),
    ("agree_decline", State.DECLINE_PROPOSED, "gp"),
    ("challenge", State.DECLINE_PROPOSED, "gp"),
    ("redirect", State.RECEIVED, "member"),
    ("allocate", State.ACCEPTED, "lead"),
    ("reallocate", State.ALLOCATED, "lead"),
    ("change_intensity", State.IN_SERVICE, "key_worker"),
    ("request_sign_off", State.IN_SERVICE, "key_worker"),
    ("close", State.IN_SERVICE, "key_worker"),
    ("end_early", State.RECEIVED, "nurse"),
    ("withdraw", State.RECEIVED, "gp"),
    ("reopen", State.CLOSED, "key_worker"),
    ("mark_in_error", State.RECEIVED, "records"),
]


@pytest.mark.parametrize(("event", "state", "who"), PLACES, ids=lambda one: str(one))
def test_an_act_by_form_for_whose_turn_it_is_and_for_nobody_else(client, net, event, state, who):
    referral = net.referral_in(state)
    before = (state_of(referral), Referral.history.filter(id=referral.pk).count())
    filled = _filled(net, event)
    for wrong, codes in (
        (net.specialist_lead, {404}),
        (net.housing_worker if who != "housing_worker" else net.peer, {404, 403}),
        (net.administrator, {403}),
    ):
        assert post(client, wrong, referral, event, **filled).status_code in codes
    assert (state_of(referral), Referral.history.filter(id=referral.pk).count()) == before
    user = getattr(net, who)
    client.force_login(user)
    assert client.get(act_href(referral, event)).status_code == 200
    events = CaseEvent.objects.filter(about=referral.pk).count()
    answer = post(client, user, referral, event, **filled)
    assert answer.status_code == 302, main(answer)
    assert CaseEvent.objects.filter(about=referral.pk).count() == events + 1
    assert Referral.history.filter(id=referral.pk).count() == before[1] + 1


@pytest.mark.parametrize(("event", "state", "who"), PLACES, ids=lambda one: str(one))
def test_an_empty_form_says_at_its_questions_what_is_missing(client, net, event, state, who):
    act = BY_EVENT[event]
    if not act.fields:
        pytest.skip("nothing is asked")
    referral = net.referral_in(state)
    if event == "reopen":
        return  # within the come-back window nothing has to be said
    answer = post(client, getattr(net, who), referral, event)
    assert answer.status_code == 200
    form = answer.context["form"] if answer.context else None
    text = answer.content.decode()
    assert "There is a problem" in text
    assert 'class="nhsuk-error-message"' in text, "the sentence stands at a question"
    assert state_of(referral) == state
    assert form is None or "__all__" not in form.errors


def test_who_may_not_is_told_so(client, net):
    referral = net.referral_in(State.ACCEPTED)
    answer = post(client, net.gp, referral, "allocate", worker=str(net.key_worker.worker_id))
    assert answer.status_code == 403
    assert state_of(referral) == State.ACCEPTED


def test_a_diagnosis_alone_is_no_reason(client, net):
    referral = net.referral_in(State.RECEIVED)
    filled = {**_filled(net, "propose_decline"), "grounds": ["diagnosis", "not_severe"]}
    text = main(post(client, net.member, referral, "propose_decline", **filled))
    assert "NICE CG78" in text
    assert "Another team could help more." in text  # nothing that was written is lost
    assert not DeclineProposal.objects.exists()


def test_urgent_declines_need_a_live_conversation(client, net):
    referral = net.sent(priority="2", reach_words="Ring in the morning")
    services.acknowledge(referral=referral, by=net.member)
    filled = _filled(net, "propose_decline")
    text = main(post(client, net.member, referral, "propose_decline", **filled))
    assert "talk with the sending team first" in text
    filled["live_conversation"] = "Dr Gill and Mem Moss by telephone"
    assert post(client, net.member, referral, "propose_decline", **filled).status_code == 302


def test_agreeing_with_another_team_begins_the_referral_to_it(client, net):
    referral = net.referral_in(State.DECLINE_PROPOSED)
    filled = {"next": "team", "onward_team": str(net.specialist.pk)}
    assert post(client, net.gp, referral, "agree_decline", **filled).status_code == 302
    onward = Referral.objects.get(parent=referral)
    assert (onward.state, onward.team, onward.reason_words) == (
        State.DRAFT,
        net.specialist,
        referral.reason_words,
    )


def test_a_question_can_go_to_whoever_asked(client, net):
    referral = net.referral_in(State.RECEIVED)
    answer = post(client, net.member, referral, "ask", question="Which?", whom="sender")
    assert answer.status_code == 302
    assert Question.objects.get().asked_team == net.gp_team


def test_extra_help_needs_somebody_and_an_end(client, net):
    referral = net.referral_in(State.IN_SERVICE)
    filled = {
        "intensity": "intensive",
        "with_person": "on",
        "extra": "yes",
        "extra_words": "A group on Fridays",
    }
    text = main(post(client, net.key_worker, referral, "change_intensity", **filled))
    assert "Say who sees to the extra help and until when" in text
    filled |= {
        "extra_owner": str(net.colleague.worker_id),
        **day("extra_until", timezone.localdate() + dt.timedelta(days=30)),
    }
    assert post(client, net.key_worker, referral, "change_intensity", **filled).status_code == 302
    row = Referral.objects.get(pk=referral.pk)
    assert (row.intensity, row.extra_owner) == ("intensive", net.colleague.worker)


def test_questions_only_are_answered_or_become_a_referral(client, net):
    referral = net.referral_in(State.RECEIVED, kind=Kind.ADVICE)
    text = main(post(client, net.member, referral, "convert"))
    assert "Only when the person and the sender have both agreed" in text
    filled = _filled(net, "convert")
    assert post(client, net.member, referral, "convert", **filled).status_code == 302
    assert Referral.objects.get(pk=referral.pk).kind == Kind.TRANSFER


def test_a_lead_signs_off(client, net):
    referral = net.referral_in(State.IN_SERVICE)
    services.request_sign_off(referral=referral, by=net.key_worker, reason="Moved")
    text = main(post(client, net.lead, referral, "sign_off"))
    assert "Select yes or no" in text
    filled = _filled(net, "sign_off")
    assert post(client, net.lead, referral, "sign_off", **filled).status_code == 302
    assert referral.sign_offs.get().granted is True


def test_saying_how_it_goes_on(client, net):
    referral = net.referral_in(State.RECEIVED)
    text = main(post(client, net.member, referral, "progress", last_contact="", what_next=""))
    assert "There is a problem" in client.get(href(referral)).content.decode() or text
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    filled = {
        "last_contact": "Rang on Monday",
        "what_next": "The team talks on Friday",
        **day("by_when", tomorrow),
    }
    assert post(client, net.member, referral, "progress", **filled).status_code == 302
    assert referral.stall_answers.get().by_when == tomorrow
    filled = {"later_because": "She is away", **day("until", tomorrow)}
    assert post(client, net.member, referral, "snooze", **filled).status_code == 302


def test_the_message_says_who_is_told(client, net):
    referral = net.referral_in(State.RECEIVED)
    client.force_login(net.member)
    answer = client.post(
        act_href(referral, "propose_decline"),
        {"version": referral.version, **_filled(net, "propose_decline")},
        follow=True,
    )
    assert "Decline proposed. Surgery is told that it is their turn." in answer.content.decode()
    assert Job.objects.filter(kind="referrals.notice").exists()


def test_workers_whom_the_person_knows_come_first(client, net):
    from tests import factories

    referral = net.referral_in(State.ACCEPTED)
    factories.contact(net.person, net.worker(net.member), team=net.cmht, days_ago=300)
    client.force_login(net.lead)
    text = main(client.get(act_href(referral, "allocate")))
    assert text.index("Mem Moss (met once)") < text.index("Col Cole")
    assert "Peer Page" not in text


# Several people at once --------------------------------------------------------------------------


def test_somebody_else_was_quicker_and_nothing_written_is_lost(client, net):
    referral = net.referral_in(State.RECEIVED)
    shown = referral.version
    services.ask(referral=referral, by=net.lead, question="Which?", asked_team=net.gp_team)
    client.force_login(net.member)
    answer = client.post(
        act_href(referral, "propose_decline"),
        {"version": shown, **_filled(net, "propose_decline")},
    )
    assert answer.status_code == 200
    text = main(answer)
    assert "This referral changed while you were writing" in text
    assert "Question asked" in text and "Lead Lane" in text
    assert "Another team could help more." in text
    assert state_of(referral) == State.AWAITING_INFORMATION


def test_what_is_still_possible_is_sent_again_after_a_look(client, net):
    referral = net.referral_in(State.RECEIVED)
    shown = referral.version
    services.answer_stall(
        referral=referral,
        by=net.lead,
        last_contact="Today",
        what_next="We decide",
        by_when=timezone.localdate(),
    )
    client.force_login(net.member)
    answer = client.post(
        act_href(referral, "assess"), {"version": shown, "meeting_words": "Monday at ten"}
    )
    text = main(answer)
    assert "Answer about progress" in text and "Monday at ten" in text
    now = Referral.objects.get(pk=referral.pk).version
    assert f'name="version" value="{now}"' in text
    answer = client.post(
        act_href(referral, "assess"), {"version": now, "meeting_words": "Monday at ten"}
    )
    assert answer.status_code == 302


# Its cost ----------------------------------------------------------------------------------------

COSTLY = [one for one in PLACES if one[0] in ("acknowledge", "accept", "allocate", "ask")]


@pytest.mark.parametrize(("event", "state", "who"), COSTLY, ids=lambda one: str(one))
def test_an_act_by_form_costs_fifteen_queries_at_most(net, event, state, who):
    """Permission, event, history, outbox and the way back; what waits for the commit is work of
    another process, and savepoints are no queries."""
    referral = net.referral_in(state)
    user = getattr(net, who)
    client = Client()
    client.force_login(user)
    client.get(href(referral))
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(
            act_href(referral, event), {"version": referral.version, **_filled(net, event)}
        )
    assert answer.status_code == 302
    asked = [
        one["sql"]
        for one in queries
        if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(asked) <= 15, "\n".join(one[:160] for one in asked)
    assert Team.objects.exists()
