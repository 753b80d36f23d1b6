"""What somebody reads and writes on their own pages."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services as plans
from careplans.kinds import Kind
from careplans.models import Agreement, Proposal
from casework.accounts.models import User
from casework.cases.models import AccessEntry, Contact, LiveReason, Note
from casework.directory.models import Team, Worker
from casework.portal import services
from casework.portal.models import ChangeRequest
from casework.portal.pages import news_words
from casework.portal.presenters import ContactLine, look_lines, reason_lines
from referrals.models import Referral
from referrals.own import is_quiet, proposals_of
from referrals.table import State
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import own_account
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def me(client, two):
    account = own_account(two.person)
    client.force_login(account.user)
    return account


# My plan ------------------------------------------------------------------------------------------


def test_somebody_without_a_plan_begins_one(client, me, two):
    assert "There is none yet" in text_of(client.get(reverse("my_plan:plan")))
    client.post(reverse("my_plan:begin"))
    assert two.person.plans.count() == 1
    assert "still writing it" in text_of(client.get(reverse("my_plan:plan")))


def test_own_words_are_written_and_others_are_proposed(client, me, two):
    plan = two.plan()
    client.post(
        reverse("my_plan:add", args=["housing", "matters"]), {"words": "A quiet room", "seen": "0"}
    )
    line = plan.lines.get()
    assert (line.words, line.role, line.by) == ("A quiet room", "person", None)
    client.post(
        reverse("my_plan:add", args=["housing", "action"]),
        {"words": "Ring the council", "owner_kind": "person", "seen": "0"},
    )
    assert plan.lines.count() == 1
    proposal = plan.proposals.get()
    assert (proposal.role, proposal.outcome) == ("person", "open")
    page = text_of(client.get(reverse("my_plan:plan")))
    assert "A quiet room" in page and "Ring the council" in page


def test_an_answer_to_a_proposal_puts_it_into_the_plan(client, me, two):
    plan = two.plan()
    row = plans.propose(
        plan=plan,
        kind=Kind.ACTION,
        values={"words": "Ring the landlord", "owner_kind": "person"},
        by=two.alone,
        area=two.area,
    )
    page = reverse("my_plan:proposal", args=[row.pk])
    assert "Ring the landlord" in text_of(client.get(page))
    said = text_of(client.post(page, {"answer": "decline", "words": ""}))
    assert "or why not" in said
    client.post(page, {"answer": "accept"})
    assert Proposal.objects.get(pk=row.pk).outcome == "accepted"
    assert plan.lines.get().words == "Ring the landlord"


def test_nobody_answers_their_own_proposal_but_takes_it_back(client, me, two):
    plan = two.plan()
    row = plans.propose(
        plan=plan,
        kind=Kind.ACTION,
        values={"words": "Ring them", "owner_kind": "person"},
        by=two.themselves,
        area=two.area,
    )
    client.post(reverse("my_plan:proposal", args=[row.pk]), {"answer": "accept"})
    assert Proposal.objects.get(pk=row.pk).outcome == "withdrawn"


@pytest.mark.parametrize("answer", Agreement.Answer.values)
def test_what_they_think_of_a_version_is_written_in_their_words(client, me, two, answer):
    version = two.shared()
    client.post(
        reverse("my_plan:answer", args=[version.pk]), {"answer": answer, "words": "Not the rent"}
    )
    row = version.agreements.get()
    assert (row.party, row.answer, row.words, row.means) == (
        "10",
        answer,
        "Not the rent",
        "portal",
    )


def test_a_race_shows_both_texts(client, me, two):
    plan = two.written()
    line = plan.lines.get(kind=Kind.MATTERS)
    two.write(plan, Kind.MATTERS, "Other words", line=line, seen_version=line.version)
    answer = client.post(
        reverse("my_plan:line", args=[line.pk]), {"words": "My words", "seen": str(line.version)}
    )
    page = text_of(answer)
    assert "Other words" in page and "My words" in page


def test_rate_score_comment_rank_and_look_again(client, me, two):
    plan = two.written()
    goal = plan.lines.get(kind=Kind.GOAL)
    client.post(reverse("my_plan:rate", args=["housing"]), {"value": "3", "words": "Loud"})
    client.post(reverse("my_plan:score", args=[goal.pk]), {"value": "4"})
    client.post(reverse("my_plan:comment", args=[goal.pk]), {"words": "Later, please"})
    client.post(reverse("my_plan:rank"), {"area_housing": "1", "seen": "0"})
    client.post(reverse("my_plan:review"), {"kind": "informal"})
    assert plan.ratings.get().value == 3
    assert goal.scores.get().value == 4
    assert plan.comments.get().role == "person"
    assert plan.areas.get(rank=1).area.code == "housing"
    assert plan.reviews.count() == 1
    assert "Later, please" in text_of(client.get(reverse("my_plan:plan")))


def test_i_see_it_differently(client, me, two):
    plan = two.written()
    two.write(plan, Kind.TEAM_VIEW, "She copes", by=two.alone)
    assert "I see this differently" in text_of(
        client.get(reverse("my_plan:area", args=["housing"]))
    )
    client.post(
        reverse("my_plan:add", args=["housing", "differently"]),
        {"words": "I only look as if", "seen": "0"},
    )
    assert plan.lines.get(kind=Kind.DIFFERENTLY).words == "I only look as if"
    assert plan.lines.get(kind=Kind.TEAM_VIEW).words == "She copes"


def test_the_plan_costs_the_same_with_many_lines(client, me, two):
    plan = two.written()

    def cost():
        client.get(reverse("my_plan:plan"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("my_plan:plan"))
        return len(queries)

    few = cost()
    for number in range(20):
        two.write(plan, Kind.GOAL, f"Goal {number}")
    assert cost() == few


# My referrals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [one for one in State if one != State.ENTERED_IN_ERROR])
def test_every_state_has_one_plain_line(client, state):
    with time_machine.travel(START - dt.timedelta(days=1), tick=False):
        network = Network()
    network.referral_in(state)
    account = own_account(network.person)
    client.force_login(account.user)
    for name in ("my_referrals:list", "portal:home"):
        assert not re.search(r"[{}]\w|None", text_of(client.get(reverse(name))).split("<main")[1])


@pytest.mark.parametrize("state", [State.SENT, State.ACCEPTED, State.IN_SERVICE, State.CLOSED])
def test_the_support_meanwhile_is_told_while_somebody_waits_and_by_whom_it_was_written(
    client, state
):
    with time_machine.travel(START - dt.timedelta(days=1), tick=False):
        network = Network()
    referral = network.referral_in(state)
    account = own_account(network.person)
    client.force_login(account.user)
    page = text_of(client.get(reverse("my_referrals:detail", args=[referral.pk])))
    said = f"Meanwhile, as {referral.sender_team} wrote: “{referral.meanwhile_support}”"
    assert referral.meanwhile_support and referral.sender_team
    assert (said in page) is (state in (State.SENT, State.ACCEPTED)), state
    told = news_words(account)["referral.send"]
    assert told({"who": "Elm House"}) == "Your referral (Elm House): it was sent."
    assert told({"who": ""}) == "Your referral: it was sent."


def test_a_meeting_reads_as_one_line():
    contact = Contact(medium="01", place="At home", worker=Worker(name="Ruth Amadi"))
    assert ContactLine(contact).details == "Ruth Amadi, face to face, At home"
    assert ContactLine(Contact(medium="02")).details[:1].isupper()


def test_hard_news_waits_for_the_conversation(client):
    network = Network()
    referral = network.sent()
    from referrals import services as referrals

    referral = referrals.acknowledge(referral=referral, by=network.member)
    referrals.propose_decline(referral=referral, by=network.member, **network.proposal())
    account = own_account(network.person)
    client.force_login(account.user)
    pages = [
        reverse("portal:home"),
        reverse("my_referrals:list"),
        reverse("my_referrals:detail", args=[referral.pk]),
    ]
    for page in pages:
        text = text_of(client.get(page))
        assert "could help more" not in text and "Specialist service" not in text, page
        assert "is deciding" in text
    services.choose_news(account=account, at_once=True)
    assert "could help more" in text_of(client.get(pages[1]))


def test_it_waits_two_working_days_at_most():
    with time_machine.travel(START - dt.timedelta(days=1), tick=False):
        network = Network()
    referral = network.referral_in(State.DECLINE_PROPOSED)
    proposal = proposals_of([referral])[referral.pk]
    assert is_quiet(referral, proposal, at_once=False, on=referral.state_on)
    assert not is_quiet(referral, proposal, at_once=True, on=referral.state_on)
    assert not is_quiet(referral, proposal, at_once=False, on=timezone.localdate())


def test_not_to_go_ahead_needs_no_reason(client):
    network = Network()
    referral = network.sent()
    account = own_account(network.person)
    client.force_login(account.user)
    client.post(reverse("my_referrals:stop", args=[referral.pk]), {"reason": "", "instead": ""})
    assert Referral.objects.get(pk=referral.pk).state == State.WITHDRAWN
    assert "You chose not to go ahead" in text_of(client.get(reverse("my_referrals:list")))


def test_words_are_added_to_a_referral(client):
    network = Network()
    referral = network.sent()
    client.force_login(own_account(network.person).user)
    page = reverse("my_referrals:add", args=[referral.pk])
    client.post(page, {"about": "other", "words": "It was in May"})
    row = referral.corrections.get()
    assert (row.words, row.noted_by, row.told) == ("It was in May", None, "wrote")


# Meetings, asking, looking ------------------------------------------------------------------------


def test_a_note_that_is_not_shared_and_third_party_words_stay_away(client, me, two):
    contact = factories.contact(two.person)
    Note.objects.create(
        person=two.person,
        contact=contact,
        words="We talked about May",
        third_party_words="Her sister says so",
        author=two.worker,
    )
    Note.objects.create(
        person=two.person,
        contact=contact,
        words="Secret",
        shared=False,
        not_shared_reason="Harm",
        author=two.worker,
    )
    page = text_of(client.get(reverse("portal:contacts")))
    assert "We talked about May" in page
    assert "Her sister" not in page and "Secret" not in page and "Harm" not in page
    assert "not shared with you" in page
    client.post(reverse("portal:remark", args=[contact.pk]), {"words": "It was June"})
    assert "It was June" in text_of(client.get(reverse("portal:contacts")))


def test_a_request_has_a_day_and_an_answer(client, me, two):
    client.post(reverse("portal:ask"), {"about": "worker", "words": ""})
    row = ChangeRequest.objects.get()
    assert "owes you an answer by" in text_of(client.get(reverse("portal:changes")))
    client.force_login(two.worker)
    assert "another worker" in text_of(client.get(reverse("people:detail", args=[two.person.pk])))
    page = reverse("own_accounts:answer", args=[row.pk])
    assert "Write the answer" in text_of(client.post(page, {"words": ""}))
    client.post(page, {"words": "Yes. Grace meets you on Monday."})
    client.force_login(me.user)
    assert "Grace meets you on Monday" in text_of(client.get(reverse("portal:changes")))
    assert "You were answered" in text_of(client.get(reverse("portal:home")))


def test_an_answer_that_is_late_says_so(client, me, two):
    services.ask(person=two.person, about="place")
    ChangeRequest.objects.update(answer_by="2026-01-05")
    page = text_of(client.get(reverse("portal:changes")))
    assert "We are late. That is not your fault." in page


def test_turned_away_in_one_tap_and_never_twice(client, me, two):
    client.post(reverse("portal:turned_away"))
    client.post(reverse("portal:turned_away"))
    assert ChangeRequest.objects.get().about == "turned_away"
    client.post(reverse("portal:take_back", args=[ChangeRequest.objects.get().pk]))
    assert ChangeRequest.objects.get().withdrawn_on == timezone.localdate()


def test_another_team_does_not_answer(client, me, two):
    row = services.ask(person=two.person, about="time")
    client.force_login(two.stranger)
    assert client.get(reverse("own_accounts:answer", args=[row.pk])).status_code == 404


def test_who_has_looked_is_said_in_plain_words(client, me, two):
    client.force_login(two.worker)
    client.get(reverse("people:detail", args=[two.person.pk]))
    client.force_login(me.user)
    page = text_of(client.get(reverse("portal:who")))
    assert "Femi Ade (key worker, Harbour Community Team) opened your record." in page
    assert "because this team looks after your care" in page


def test_looks_without_a_break_are_one_line():
    def look(name, *when):
        return AccessEntry(
            user=User(name=name), action="view", created_at=dt.datetime(*when, tzinfo=dt.UTC)
        )

    lines = look_lines(
        [
            look("Femi", 2026, 11, 23, 16, 20),
            look("Femi", 2026, 11, 23, 16, 12),
            look("Femi", 2026, 11, 23, 16, 5),
            look("Priya", 2026, 11, 23, 9, 0),
            look("Femi", 2026, 11, 23, 8, 30),
            look("Femi", 2026, 11, 22, 8, 30),
            look("Femi", 2026, 11, 22, 8, 30),
        ]
    )
    assert [(one.words.split()[0], one.when.replace("\u00a0", " ")) for one in lines] == [
        ("Femi", "23 Nov 2026, from 4:05pm to 4:20pm"),
        ("Priya", "23 Nov 2026 at 9am"),
        ("Femi", "23 Nov 2026 at 8:30am"),
        ("Femi", "22 Nov 2026 at 8:30am"),
    ]


def test_two_reasons_of_one_kind_are_one_sentence():
    ruth = Worker(name="Ruth Amadi")
    kind = LiveReason.Kind.CONTACT

    def lines(*ends):
        return reason_lines(
            LiveReason(kind=kind, worker=ruth, start=dt.date(2026, 3, 1), end=end) for end in ends
        )

    early, late = dt.date(2026, 3, 20), dt.date(2026, 4, 2)
    meeting = "Ruth Amadi, because of a meeting with you"
    assert lines(early) == [f"{meeting} (until 20\u00a0Mar\u00a02026)."]
    assert lines(early, late) == lines(late, early) == lines(late)
    assert lines(early, None, late) == [f"{meeting}."]


def test_two_reasons_of_one_reader_are_one_line():
    ruth, door = Worker(name="Ruth Amadi"), Team(name="Open Door")
    kinds, start, until = LiveReason.Kind, dt.date(2026, 3, 1), dt.date(2026, 4, 2)
    assert reason_lines(
        [
            LiveReason(kind=kinds.SHARING, team=door, start=start),
            LiveReason(kind=kinds.CALL, worker=ruth, start=start, end=until),
            LiveReason(kind=kinds.ALLOCATION, worker=ruth, start=start),
            LiveReason(kind=kinds.CALL, worker=Worker(name="Ruth Amadi"), start=start),
        ]
    ) == [
        "Open Door, because you chose to share with them.",
        "Ruth Amadi, because they work with you, and because of a call from you or about you"
        " (until 2\u00a0Apr\u00a02026).",
        "Ruth Amadi, because of a call from you or about you.",
    ]


def test_every_kind_of_reason_is_said():
    for kind in LiveReason.Kind.values:
        (line,) = reason_lines([LiveReason(kind=kind, team=Team(name="Open Door"))])
        assert line.startswith("Open Door, ") and line.endswith(".")


def test_a_page_that_is_not_there_does_not_talk_to_a_person_as_to_staff(client, me):
    own = client.get("/my/nothing-here/")
    assert own.status_code == 404
    assert "Nothing is wrong with what you did" in own.content.decode()
    assert "reason to see" not in own.content.decode()
    assert "reason to see" in client.get("/nothing-here/").content.decode()


def test_what_is_next_says_with_whom_where_and_how(client, me, two):
    from casework.cases import services as cases

    cases.allocate(person=two.person, worker=two.worker.worker, by=None)
    Contact.objects.create(
        person=two.person,
        worker=two.worker.worker,
        team=two.team,
        date=timezone.localdate(),
        time="23:30",
        order_key="23:30:00|x",
        medium="01",
        place="The allotment",
    )
    page = text_of(client.get(reverse("portal:home")))
    for words in ("11:30pm", "Femi Ade", "The allotment", "Face to face", "Key worker"):
        assert words in page
    assert "Face to face. The allotment." in page
    order = [
        page.index(f'<h2 class="nhsuk-heading-m">{one}')
        for one in ("What is next", "My people", "What changed", "My plan", "My referrals")
    ]
    assert order == sorted(order)


def test_what_was_read_is_not_told_again(client, me, two):
    services.answer(
        request=services.ask(person=two.person, about="way"), by=two.worker, words="Yes"
    )
    assert "You were answered" in text_of(client.get(reverse("portal:home")))
    client.post(reverse("portal:seen"))
    with time_machine.travel(timezone.now(), tick=False):
        assert "Nothing new" in text_of(client.get(reverse("portal:home")))


def test_an_ending_that_was_not_agreed_waits_for_the_conversation():
    referral = Referral(state=State.CLOSED, state_on=dt.date(2026, 9, 1), close_reason="01")
    on = dt.date(2026, 9, 2)
    assert is_quiet(referral, None, at_once=False, on=on, ending_agreed=False)
    assert not is_quiet(referral, None, at_once=False, on=on, ending_agreed=True)
    assert not is_quiet(referral, None, at_once=True, on=on, ending_agreed=False)
    late = dt.date(2026, 9, 4)
    assert not is_quiet(referral, None, at_once=False, on=late, ending_agreed=False)
