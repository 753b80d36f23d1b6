"""What stops is noticed, said once, and goes to whoever can change it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.alerts import services as alerts
from casework.alerts.models import Alert
from casework.cases.models import Touched
from casework.common.errors import Refusal
from casework.continuity.models import PolicyValue
from casework.continuity.policy_values import Policies
from casework.directory.models import Worker
from referrals import services
from referrals.errors import EventRefused
from referrals.models import Referral, Responsibility
from referrals.rule_sources import Source
from referrals.stall_facts import clock_facts, holding_facts, referral_facts
from referrals.stalls import CLOCK_RULES, HOLDING_RULES, REFERRAL_RULES
from referrals.table import Kind, State
from tests.factories.cases import held_person
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
D = dt.date
SOURCES = (
    Source(REFERRAL_RULES, (), referral_facts),
    Source(HOLDING_RULES, (), holding_facts),
    Source(CLOCK_RULES, (), clock_facts),
)


@pytest.fixture
def net() -> Network:
    with time_machine.travel(START, tick=False):
        return Network()


def at(day: dt.date, hour: int = 12, minute: int = 0) -> Any:
    moment = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=dt.UTC)
    return time_machine.travel(moment, tick=False)


def breaches(net: Network, on: dt.date, people: Any = None) -> dict[str, Any]:
    """The rules in breach in the trust, with their facts."""
    policies = Policies()
    found = {}
    for source in SOURCES:
        for facts in source.facts(organisation_id=net.trust.pk, on=on, people=people):
            for rule in source.rules:
                if rule(facts, policies.for_team(facts.team_id, facts.team_kind)):
                    found[rule.code] = facts
                    for words in (rule.sentence(facts), rule.cause(facts), rule.next_step(facts)):
                        assert "{" not in words and "%(" not in words
                    assert rule.sentence(facts).endswith(".")
                    assert facts.as_json()
    return found


@pytest.mark.parametrize(
    ("state", "last_good", "first_late"),
    [
        # in the state since 2026-06-02 … 06-05; weekends do not count as working days
        (State.SENT, D(2026, 6, 4), D(2026, 6, 5)),
        (State.RECEIVED, D(2026, 6, 10), D(2026, 6, 11)),
        (State.AWAITING_INFORMATION, D(2026, 6, 18), D(2026, 6, 19)),
        (State.DECLINE_PROPOSED, D(2026, 6, 8), D(2026, 6, 9)),
        (State.ASSESSING, D(2026, 6, 24), D(2026, 6, 25)),
        (State.ACCEPTED, D(2026, 6, 18), D(2026, 6, 19)),
        (State.ALLOCATED, D(2026, 6, 19), D(2026, 6, 22)),
    ],
)
def test_the_limit_of_each_state(net, state, last_good, first_late) -> None:
    referral = net.referral_in(state)
    with at(last_good):
        assert "referral_stalled" not in breaches(net, last_good)
    with at(first_late):
        facts = breaches(net, first_late)["referral_stalled"]
        assert facts.subject_key == f"referral:{referral.pk}"
    actor = {
        State.AWAITING_INFORMATION: (net.housing.pk, net.housing_worker.worker.pk),
        State.DECLINE_PROPOSED: (net.gp_team.pk, net.nurse.worker.pk),
        State.ALLOCATED: (net.cmht.pk, net.key_worker.worker.pk),
    }.get(state, (net.cmht.pk, None))
    assert (facts.team_id, facts.worker_id) == actor


def test_work_that_goes_on_and_what_has_ended_does_not_stall(net) -> None:
    net.referral_in(State.IN_SERVICE)
    net.person = held_person(team=net.gp_team)
    net.referral_in(State.DECLINED)
    with at(D(2026, 12, 1)):
        assert not {"referral_stalled", "nobody_holding"} & set(breaches(net, D(2026, 12, 1)))


def test_bank_holidays_do_not_count(net) -> None:
    with at(D(2026, 8, 28)):  # a Friday; Monday 31 August is a bank holiday
        net.sent()
    assert "referral_stalled" not in breaches(net, D(2026, 9, 2))
    assert "referral_stalled" in breaches(net, D(2026, 9, 3))


def test_an_answer_starts_the_timer_again_and_a_snooze_has_an_end(net) -> None:
    referral = net.referral_in(State.RECEIVED)
    with at(D(2026, 6, 11)):
        with pytest.raises(Refusal, match="next two weeks"):
            services.snooze(referral=referral, by=net.lead, until=D(2026, 6, 26), reason="Leave")
        with pytest.raises(EventRefused):
            services.snooze(
                referral=referral, by=net.shift_lead, until=D(2026, 6, 12), reason="Leave"
            )
        services.snooze(referral=referral, by=net.lead, until=D(2026, 6, 15), reason="Leave")
        assert "referral_stalled" not in breaches(net, D(2026, 6, 15))
        assert "referral_stalled" in breaches(net, D(2026, 6, 16))
    with at(D(2026, 6, 16)):
        services.answer_stall(
            referral=referral,
            by=net.lead,
            last_contact="Yesterday by telephone",
            what_next="The team meets on Monday",
            by_when=D(2026, 6, 22),
        )
    assert "referral_stalled" not in breaches(net, D(2026, 6, 23))
    assert "referral_stalled" in breaches(net, D(2026, 6, 24))


def test_urgent_referrals_stall_by_the_hour(net) -> None:
    with at(D(2026, 6, 6), 1, 0):  # a Saturday night
        referral = net.sent(priority="4", reach_words="By telephone")
    with at(D(2026, 6, 6), 1, 59):
        assert "referral_stalled" not in breaches(net, D(2026, 6, 6))
    with at(D(2026, 6, 6), 2, 1):
        assert "referral_stalled" in breaches(net, D(2026, 6, 6))
        assert referral.due_at == dt.datetime(2026, 6, 6, 2, 0, tzinfo=dt.UTC)


def test_nobody_met_face_to_face_in_time(net) -> None:
    with at(D(2026, 10, 24), 22, 30):  # 23:30 summer time; the clocks change in the night
        net.sent(team=net.crisis, kind=Kind.JOINT, priority="4", reach_words="By telephone")
    with at(D(2026, 10, 25), 2, 30):  # 02:30 by the clock on the wall, four hours later
        assert "crisis_overdue" not in breaches(net, D(2026, 10, 25))
    with at(D(2026, 10, 25), 2, 31):
        facts = breaches(net, D(2026, 10, 25))["crisis_overdue"]
        assert (facts.crisis_minutes, facts.crisis_limit) == (241, 240)


def test_a_meeting_face_to_face_ends_the_crisis_clock_and_a_call_does_not(net) -> None:
    with at(D(2026, 6, 6), 10):
        referral = net.sent(
            team=net.crisis, kind=Kind.JOINT, priority="2", reach_words="By telephone"
        )
    with at(D(2026, 6, 7), 9):
        net.meeting(referral, workers=[net.shift_lead.worker], by=net.shift_lead, medium="02")
    with at(D(2026, 6, 7), 11):
        assert "crisis_overdue" in breaches(net, D(2026, 6, 7))
        net.meeting(referral, workers=[net.shift_lead.worker], by=net.shift_lead, medium="01")
        assert "crisis_overdue" not in breaches(net, D(2026, 6, 7))


def test_passed_between_teams(net) -> None:
    with at(D(2026, 6, 2)):
        referral = net.sent()
        services.redirect(referral=referral, by=net.gp, team=net.specialist)
    assert "referral_bounced" not in breaches(net, D(2026, 6, 2))
    with at(D(2026, 6, 3)):
        services.redirect(referral=referral, by=net.gp, team=net.cmht)
    facts = breaches(net, D(2026, 6, 3))["referral_bounced"]
    assert (facts.bounces, facts.teams) == (2, 3)
    assert "referral_bounced" not in breaches(net, D(2027, 6, 20))


def test_a_decline_and_what_followed_it_are_one_need(net) -> None:
    referral = net.referral_in(State.DECLINE_PROPOSED)
    with at(D(2026, 6, 9)):
        services.agree_decline(referral=referral, by=net.gp, onward_team=net.specialist)
        onward = services.send(referral=referral.children.get(), by=net.gp)
        services.redirect(referral=onward, by=net.gp, team=net.crisis)
    facts = breaches(net, D(2026, 6, 9))["referral_bounced"]
    assert (facts.bounces, facts.bounces_12m) == (2, 2)


def test_a_holder_who_left_holds_nobody(net) -> None:
    net.sent()
    assert "nobody_holding" not in breaches(net, D(2026, 6, 2))
    Worker.objects.filter(pk=net.nurse.worker.pk).update(active=False)
    facts = breaches(net, D(2026, 6, 2))["nobody_holding"]
    assert facts.holder_left and facts.subject_key == f"person:{net.person.pk}"
    assert (facts.team_id, facts.worker_id) == (net.gp_team.pk, None)


def test_an_imported_person_whom_nobody_named_holds(net) -> None:
    referral = Referral.objects.create(
        person=net.person, team=net.cmht, received_on=D(2026, 6, 1), from_data=True, state="sent"
    )
    assert not breaches(net, D(2026, 6, 2))["nobody_holding"].held
    services.acknowledge(referral=referral, by=net.member)
    row = Responsibility.objects.get(person=net.person)
    assert (row.team, row.worker, row.imported) == (net.cmht, None, True)
    facts = breaches(net, D(2026, 6, 2))["nobody_holding"]
    assert facts.held and not facts.named


def test_four_weeks_are_said_a_week_before(net) -> None:
    with at(D(2026, 6, 2)):
        net.sent()
    assert "four_weeks" not in breaches(net, D(2026, 6, 22))
    facts = breaches(net, D(2026, 6, 23))["four_weeks"]
    assert (facts.days, facts.missing) == (21, ("contact", "outcome", "assessment", "help"))


def test_nobody_is_hurried_into_agreeing_to_a_plan(net, monkeypatch) -> None:
    """While they are asked, a plan is not called missing; what else is missing still is."""
    with at(D(2026, 6, 2)):
        net.sent()
    monkeypatch.setattr("referrals.stall_facts.asked_among", lambda people, on: {net.person.pk})
    facts = breaches(net, D(2026, 6, 23))["four_weeks"]
    assert facts.missing == ("contact", "outcome", "assessment")
    monkeypatch.setattr("referrals.clocks.Spell.missing", ["help"])
    assert "four_weeks" not in breaches(net, D(2026, 6, 23))
    monkeypatch.setattr("referrals.stall_facts.asked_among", lambda people, on: frozenset())
    assert breaches(net, D(2026, 6, 23))["four_weeks"].missing == ("help",)


def test_the_rest_of_an_urgent_referral_is_asked_for_after_a_day(net) -> None:
    with at(D(2026, 6, 2), 10):
        services.send(
            referral=net.draft(person_view="", priority="2", reach_words="By telephone"),
            by=net.gp,
            holder=net.nurse.worker,
        )
    with at(D(2026, 6, 3), 10):
        assert "referral_incomplete" not in breaches(net, D(2026, 6, 3))
    with at(D(2026, 6, 3), 10, 1):
        assert "referral_incomplete" in breaches(net, D(2026, 6, 3))


def test_some_people_only_gives_the_same_as_everybody(net) -> None:
    referral = net.referral_in(State.RECEIVED)
    person = net.person
    net.person = held_person(team=net.gp_team)
    net.referral_in(State.SENT)
    on = D(2026, 8, 1)
    with at(on):
        for source in SOURCES:
            everybody = list(source.facts(organisation_id=net.trust.pk, on=on))
            some = list(source.facts(organisation_id=net.trust.pk, on=on, people=[person.pk]))
            assert some == [one for one in everybody if one.person_id == person.pk]
            assert not list(source.facts(organisation_id=net.practice.pk, on=on))
    assert referral.person == person


def test_the_number_of_queries_does_not_grow(net) -> None:
    on = D(2026, 8, 1)

    def count() -> int:
        with at(on), CaptureQueriesContext(connection) as captured:
            breaches(net, on)
        return len(captured)

    net.referral_in(State.RECEIVED)
    few = count()
    for _ in range(5):
        net.person = held_person(team=net.gp_team)
        net.referral_in(State.ALLOCATED)
    assert count() == few


def test_limits_in_hours_are_looked_at_once_at_any_time_of_day(net) -> None:
    day = D(2026, 6, 6)

    def stopped() -> set[str]:
        return set(Alert.objects.open().values_list("rule", flat=True))

    with at(day, 1, 0):
        net.sent(priority="4", reach_words="By telephone", team=net.crisis, kind=Kind.JOINT)
        assert services.look_at_due() == 0
        assert not stopped()
    with at(day, 1, 59):
        assert services.look_at_due() == 0
    Alert.objects.create(
        rule="no_named_worker",
        subject_key=f"person:{net.person.pk}",
        person=net.person,
        organisation=net.trust,
        sentence="Nobody is named.",
        opened_on=day,
        updated_on=day,
    )
    with at(day, 2, 1):  # nobody has acknowledged it
        assert services.look_at_due() == 1
        assert services.look_at_due() == 0
        assert stopped() == {"referral_stalled", "no_named_worker"}
    with at(day, 5, 1):  # nobody has met the person
        assert services.look_at_due() == 1
        assert stopped() == {"referral_stalled", "crisis_overdue", "no_named_worker"}
    assert [one.person_id for one in Touched.objects.all()] == [net.person.pk]  # for the sweep


def test_a_look_that_finds_nothing_new_costs_five_queries_and_writes_nothing(net) -> None:
    with at(D(2026, 6, 6)):
        for _ in range(3):
            net.person = held_person(team=net.gp_team)
            net.referral_in(State.RECEIVED)
        services.look_at_due()
        alerts.sweep()
        with CaptureQueriesContext(connection) as captured:
            assert services.look_at_due() == 0
            assert alerts.sweep().opened == 0
    assert [one["sql"].split()[0].strip("(") for one in captured] == ["SELECT"] * 5


def test_limits_in_days_are_looked_at_once_on_the_day_after(net) -> None:
    """By the rules of referrals alone, whatever the limit of the team is, and after a snooze."""
    with at(D(2026, 6, 1)):
        usual = net.sent()
        services.look_at_due()
        net.person = held_person(team=net.gp_team)
        later = net.sent(team=net.specialist)
    PolicyValue.objects.create(code="referral_sent_limit", team=net.specialist, value=4)

    def stopped() -> set[str]:
        return set(Alert.objects.open().values_list("subject_key", flat=True))

    with at(D(2026, 6, 3)):
        services.look_at_due()
        assert not stopped()
    with at(D(2026, 6, 4)):  # two working days have passed
        assert services.look_at_due() == 2  # of one of them the limit is another
        assert stopped() == {f"referral:{usual.pk}"}
        assert services.look_at_due() == 0
        services.snooze(referral=later, by=net.specialist_lead, until=D(2026, 6, 9), reason="Leave")
    with at(D(2026, 6, 6)):  # a Saturday makes nobody late
        assert services.look_at_due() == 0
    with at(D(2026, 6, 9)):  # over the later limit too, and put off until today
        assert services.look_at_due() == 2
        assert stopped() == {f"referral:{usual.pk}"}
    with at(D(2026, 6, 10)):
        assert services.look_at_due() == 1
        assert stopped() == {f"referral:{one.pk}" for one in (usual, later)}
        alert = Alert.objects.open().get(subject_key=f"referral:{later.pk}")
        assert alert.rule == "referral_stalled" and alert.history.count() == 1
        alerts.sweep()
        assert Alert.objects.filter(rule="referral_stalled").count() == 2
