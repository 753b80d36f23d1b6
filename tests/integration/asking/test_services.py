"""Asking another team: begun from the record, shared part by part, sent whole or not at all."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from casework.cases.models import AboutMe, CaseEvent, LiveReason, Step
from casework.common.errors import Refusal
from referrals import services as engine
from referrals.asking import services
from referrals.asking.services import Shared
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import (
    Ask,
    Correction,
    MissingOffer,
    Offer,
    Referral,
    Responsibility,
    SharedPart,
)
from referrals.table import State
from tests import factories
from tests.factories.referrals import by_person
from tests.integration.asking.conftest import save

pytestmark = pytest.mark.django_db


# Begun from the record ----------------------------------------------------------------------------


def test_nothing_that_the_record_holds_is_typed_again(draft):
    assert draft.state == State.DRAFT
    assert draft.may_not_see == "I laugh too much."
    assert draft.reach_words == (
        "Telephone: 0113 496 0000, ask for Ro, please leave no message\n"
        "Interpreter: Polish, a woman please"
    )
    assert (draft.primary_reason, Ask.objects.get().need) == ("14", "14")


def test_their_words_of_before_are_there_where_they_asked_for_the_same(network, ready):
    engine.send(referral=ready, by=network.gp, holder=network.worker(network.nurse))
    same = services.begin(
        person=ready.person, by=network.gp, sender_team=network.gp_team, need="14"
    )
    other = services.begin(
        person=ready.person, by=network.gp, sender_team=network.gp_team, need="home"
    )
    assert same.reason_words == "I want somebody who stays."
    assert (other.reason_words, other.primary_reason) == ("", "")  # no near code is made up


def test_for_another_team_nobody_begins(network, person):
    with pytest.raises(EventRefused):
        services.begin(person=person, by=network.gp, sender_team=network.cmht)
    assert not Referral.objects.exists() and not Ask.objects.exists()


def test_an_answered_question_becomes_a_referral_without_writing_it_again(network, ready):
    row = save(network, ready, kind="advice", shared={"about": Shared("agreed")})
    Ask.objects.filter(referral=row).update(question="What would you try?")
    row = services.send(referral=row, by=network.gp)
    row = engine.acknowledge(referral=row, by=network.member)
    with pytest.raises(Refusal, match="still under way"):
        services.follow_on(referral=row, by=network.gp, sender_team=network.gp_team)
    row = engine.give_advice(referral=row, by=network.member, advice="A group.")
    found = services.follow_on(referral=row, by=network.gp, sender_team=network.gp_team)
    assert (found.kind, found.state, found.team) == ("transfer", State.DRAFT, network.cmht)
    assert (found.parent, found.journey_id) == (row, row.pk)
    assert found.reason_words == row.reason_words
    (part,) = found.shared_parts.all()
    assert (part.part, part.decision, part.shared_on) == ("about", "agreed", None)


# Written ------------------------------------------------------------------------------------------


def test_who_saves_second_is_told_and_nothing_is_overwritten(network, draft):
    save(network, draft, by=network.nurse, reason_words="Hers")
    with pytest.raises(ChangedMeanwhile):
        save(network, draft, reason_words="His", shared={"about": Shared("agreed")})
    assert Referral.objects.get().reason_words == "Hers"
    assert not SharedPart.objects.exists()


def test_against_their_wish_only_with_a_reason(network, draft):
    with pytest.raises(Refusal, match="why"):
        save(network, draft, reason_words="New", shared={"about": Shared("against", "  ")})
    with pytest.raises(Refusal, match="agreement"):
        save(network, draft, reason_words="New", shared={"happened": Shared("against", "Must")})
    fresh = Referral.objects.get()
    assert (fresh.reason_words, fresh.version) == ("", 0)  # all of it or nothing


def test_who_changes_what_they_read_has_not_had_it_read(network, draft):
    today = timezone.localdate()
    services.read_together(referral=draft, by=network.gp, how="together", on=today)
    assert Ask.objects.get().read_on == today
    save(network, draft)
    assert Ask.objects.get().read_on is None
    with pytest.raises(Refusal, match="past"):
        services.read_together(
            referral=draft, by=network.gp, how="aloud", on=today + dt.timedelta(days=1)
        )


# Sent ---------------------------------------------------------------------------------------------


def test_sent_it_is_held_and_shared_as_it_read_that_day(network, ready):
    row = save(
        network,
        ready,
        shared={"about": Shared("agreed"), "reach": Shared("kept"), "helps": Shared("agreed")},
    )
    assert not LiveReason.objects.filter(team=network.cmht).exists()
    row = services.send(referral=row, by=network.gp, seen_version=row.version)
    assert row.state == State.SENT
    assert Responsibility.objects.get().worker == network.worker(network.nurse)
    assert LiveReason.objects.filter(team=network.cmht, end=None).exists()
    AboutMe.objects.update(please_do="Something else")
    given = {one.part: one for one in row.shared_parts.all()}
    assert "Please do: Ring first" in given["about"].content
    assert "A seat by the door" in given["helps"].content
    assert (given["about"].team, given["about"].shared_on) == (network.cmht, timezone.localdate())
    assert (given["reach"].content, given["reach"].shared_on) == ("", None)


@pytest.mark.parametrize("agreed", [True, False])
def test_passed_on_the_other_team_reads_what_the_person_agrees_to(network, ready, agreed):
    said = {
        "about": Shared("agreed"),
        "helps": Shared("against", "They need to know"),
        "reach": Shared("kept"),
    }
    row = save(network, ready, shared=said)
    row = services.send(referral=row, by=network.gp, seen_version=row.version)
    given = row.shared_parts.get(part="about").content
    AboutMe.objects.update(please_do="Something else")
    other = network.specialist
    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False):
        row = engine.redirect(referral=row, by=network.gp, team=other, parts_agreed=agreed)
        today = timezone.localdate()
    parts = {one.part: one for one in row.shared_parts.all()}
    assert parts["about"].team == (other if agreed else network.cmht)
    assert (parts["about"].content, parts["about"].shared_on == today) == (given, agreed)
    assert parts["helps"].team == network.cmht  # against their wish: for that team only
    assert (parts["reach"].team, parts["reach"].shared_on) == (None, None)
    told = CaseEvent.objects.get(kind="referral.redirect").data
    assert told.get("parts") == (["about"] if agreed else None)


def test_what_happened_is_never_copied(network, ready):
    AboutMe.objects.update(please_do="")
    about = AboutMe.objects.get()
    about.what_happened = "Told once"
    about.save()
    row = save(network, ready, shared={"happened": Shared("agreed")})
    row = services.send(referral=row, by=network.gp)
    (part,) = row.shared_parts.all()
    assert (part.content, part.shared_on) == ("", timezone.localdate())


def test_two_send_at_once_and_one_is_told(network, ready):
    services.send(referral=ready, by=network.nurse, seen_version=ready.version)
    with pytest.raises(ChangedMeanwhile) as caught:
        services.send(referral=ready, by=network.gp, seen_version=ready.version)
    assert [one.by for one in caught.value.events][:1] == [network.nurse]
    assert CaseEvent.objects.filter(kind="referral.send").count() == 1


def test_a_question_without_a_question_is_not_sent(network, ready):
    row = save(network, ready, kind="advice")
    assert ("question", "Write the question to the other team.") in services.missing(
        referral=row, by=network.gp
    )
    with pytest.raises(Refusal, match="question"):
        services.send(referral=row, by=network.gp)
    assert Referral.objects.get().state == State.DRAFT


def test_everything_that_is_missing_is_said_at_once(network, draft):
    codes = [code for code, _ in services.missing(referral=draft, by=network.gp)]
    assert codes == [
        "reason_words_or_reason_why_not",
        "priority",
        "person_view",
        "meanwhile_support",
        "team_chosen",
        "somebody_holds",
    ]


def test_nothing_stays_when_the_snapshot_fails(network, ready, monkeypatch):
    row = save(network, ready, shared={"about": Shared("agreed")})

    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr("referrals.asking.services.writing._give_parts", broken)
    with pytest.raises(RuntimeError):
        services.send(referral=row, by=network.gp)
    assert Referral.objects.get().state == State.DRAFT
    assert not Responsibility.objects.exists()
    assert not CaseEvent.objects.filter(kind="referral.send").exists()


# Urgent -------------------------------------------------------------------------------------------


@pytest.fixture
def urgent(network, person):
    return services.ask_urgently(
        person=person,
        by=network.gp,
        sender_team=network.gp_team,
        team=network.crisis,
        priority="4",
        reason_words="I cannot get through the night.",
        reach_words="Ring now",
    )


def test_three_answers_are_enough_and_the_rest_is_due_tomorrow(network, urgent):
    assert (urgent.state, urgent.kind) == (State.SENT, "joint")
    assert urgent.may_not_see == "I laugh too much."
    step = Step.objects.get()
    assert (step.worker, step.due_on) == (
        network.worker(network.gp),
        timezone.localdate(urgent.rest_by),
    )
    assert dt.timedelta(hours=23) < urgent.rest_by - timezone.now() <= dt.timedelta(hours=24)
    assert "Crisis team" in step.words


def test_the_rest_is_complete_with_their_view_and_the_support(network, urgent):
    late = {"reason_words": urgent.reason_words, "may_not_see": "", "reach_words": "Ring"}
    row = services.save(
        referral=urgent,
        by=network.gp,
        seen_version=urgent.version,
        story={**late, "person_view": "wants"},
        shared={"about": Shared("agreed")},
    )
    assert row.rest_by is not None and Step.objects.get().done_on is None
    assert row.shared_parts.get().shared_on == timezone.localdate()
    row = services.save(
        referral=row,
        by=network.gp,
        seen_version=row.version,
        story={**late, "person_view": "wants", "meanwhile_support": "A call at nine"},
    )
    assert row.rest_by is None
    assert Step.objects.get().done_on == timezone.localdate()


def test_nothing_is_left_of_an_urgent_one_that_cannot_be_sent(network, person):
    network.crisis.active = False
    network.crisis.save()
    with pytest.raises(EventRefused):
        services.ask_urgently(
            person=person,
            by=network.gp,
            sender_team=network.gp_team,
            team=network.crisis,
            priority="4",
            reason_words="Now",
            reach_words="Ring",
        )
    assert not Referral.objects.exists() and not Step.objects.exists()


# What the person says is not so -------------------------------------------------------------------


def test_their_correction_stays_theirs(network, draft):
    said = services.correct(
        referral=draft, by=network.gp, about="reason", words="I never said that.", told="said"
    )
    done = services.answer_correction(correction=said, by=network.nurse, answer="beside")
    assert (done.words, done.noted_by, done.answered_by) == (
        "I never said that.",
        network.gp,
        network.nurse,
    )
    with pytest.raises(Refusal, match="already"):
        services.answer_correction(correction=said, by=network.gp, answer="changed")
    kinds = CaseEvent.objects.values_list("kind", flat=True)
    assert "asking.corrected" in kinds


def test_they_can_say_it_themselves(draft):
    said = services.correct(
        referral=draft, by=by_person(draft.person), about="view", words="No.", told="wrote"
    )
    assert said.noted_by is None


@pytest.mark.parametrize("who", ["member", "housing_worker", "network_lead"])
def test_others_put_nothing_right(network, draft, who):
    with pytest.raises(EventRefused):
        services.correct(
            referral=draft, by=getattr(network, who), about="view", words="No.", told="said"
        )
    with pytest.raises(Refusal):
        services.correct(referral=draft, by=network.gp, about="view", words=" ", told="said")
    assert not Correction.objects.exists()


# The directory ------------------------------------------------------------------------------------


def test_the_lead_says_what_a_team_offers(network):
    offer = services.offer(
        team=network.cmht, by=network.lead, name="A group", needs=["14", "15", "nonsense"]
    )
    assert sorted(offer.needs.values_list("need", flat=True)) == ["14", "15"]
    services.edit_offer(
        offer=offer, by=network.lead, name="A group", needs=["15", "home"], active=False
    )
    offer = Offer.objects.get()
    assert sorted(offer.needs.values_list("need", flat=True)) == ["15", "home"]
    assert not offer.active and offer.history.count() == 2


@pytest.mark.parametrize("who", ["key_worker", "specialist_lead", "housing_worker", "network_lead"])
def test_nobody_else_does(network, who):
    with pytest.raises(Refusal):
        services.offer(team=network.cmht, by=getattr(network, who), name="A", needs=["14"])
    assert not Offer.objects.exists()


def test_an_offer_helps_with_something_and_has_a_name_of_its_own(network):
    with pytest.raises(Refusal, match="helps with"):
        services.offer(team=network.cmht, by=network.lead, name="A", needs=[])
    services.offer(team=network.cmht, by=network.administrator, name="A", needs=["14"])
    with pytest.raises(Refusal, match="already"):
        services.offer(team=network.cmht, by=network.lead, name="A", needs=["15"])
    assert Offer.objects.count() == 1


def test_that_nothing_exists_is_kept(network, person):
    services.note_missing(
        need="home", by=network.gp, words="A crisis house", locality=person.locality, person=person
    )
    assert MissingOffer.objects.get().need == "home"
    for need, words in (("nonsense", "A"), ("home", " ")):
        with pytest.raises(Refusal):
            services.note_missing(need=need, by=network.gp, words=words)


def test_a_peer_worker_is_not_offered_as_the_one_who_holds(network):
    from referrals.asking import policy

    found = policy.could_hold(network.cmht)
    assert network.worker(network.key_worker) in found
    assert network.worker(network.peer) not in found
    gone = network.worker(network.colleague)
    gone.active = False
    gone.save()
    assert gone not in policy.could_hold(network.cmht)
    assert not policy.could_hold(None).exists()
    assert factories.worker() not in found
