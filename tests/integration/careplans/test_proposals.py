"""What was proposed stays readable with every answer to it, by those who may read the plan."""

import json
import re
from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services
from careplans.kinds import Kind
from careplans.models import ProposalAnswer
from careplans.voices import Role
from careplans.writers import Writer
from casework.cases.models import CaseEvent, LiveReason
from casework.common.models import AppendOnlyError
from casework.portal.pages import news_words
from tests.factories.careplans import area
from tests.factories.portal import own_account


@pytest.fixture
def me(two):
    return own_account(two.person)


def text(answer):
    body = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).replace("\xa0", " ")


def propose(two, plan, words="Damp", by=None, **fields):
    fields.setdefault("area", two.area)
    fields.setdefault("kind", Kind.SHARED_VIEW)
    return services.propose(plan=plan, values={"words": words}, by=by or two.themselves, **fields)


def staff(plan):
    return reverse("careplans:proposals", args=[plan.pk])


def test_the_person_hears_that_something_was_proposed_and_answers_it_alone(client, two, plan, me):
    offer = {"words": "I ring on Sundays", "owner_kind": "carer", "owner_words": "Juno Example"}
    row = services.propose(
        plan=plan, kind=Kind.ACTION, values=offer, by=Writer(carer="Juno Example"), area=two.area
    )
    propose(two, plan, words="Look at the damp together", by=two.alone)
    client.force_login(me.user)
    for name in ("portal:home", "portal:new"):
        page = text(client.get(reverse(name)))
        assert "Somebody whom you let in proposed something for your plan." in page, name
        assert "Your team proposed something for your plan." in page, name
        assert "I ring on Sundays" not in page and "damp" not in page
    assert "2 proposals wait for your answer." in text(client.get(reverse("portal:home")))
    page = reverse("my_plan:proposal", args=[row.pk])
    assert page in client.get(reverse("my_plan:plan")).content.decode()
    shown = text(client.get(page))
    assert "Juno Example proposed something" in shown
    assert "We do not tell Juno Example what you answer. Your team can read it." in shown
    assert client.post(page, {"answer": "accept", "words": ""}).status_code == 302
    assert plan.lines.get().words == "I ring on Sundays"
    assert "1 proposal waits for your answer." in text(client.get(reverse("portal:home")))
    told = [one.kind for one in CaseEvent.objects.filter(kind__endswith="proposed")]
    assert sorted(told) == ["plan.carer_proposed", "plan.proposed"]
    propose(two, plan, words="My own")  # what they do themselves is no news to them
    assert CaseEvent.objects.filter(kind__endswith="proposed").count() == 2


def test_a_worker_reads_whose_answer_it_is(client, two, plan):
    offer = {"words": "I ring on Sundays", "owner_kind": "carer", "owner_words": "Juno Example"}
    juno = Writer(carer="Juno Example")
    theirs = services.propose(plan=plan, kind=Kind.ACTION, values=offer, by=juno, area=two.area)
    shared = propose(two, plan, words="We meet on Fridays", by=juno)
    asked = propose(two, plan, words="Damp")
    client.force_login(two.worker)
    alone, both = "answers this, alone or together with you.", "answer this together."
    for row, said in ((theirs, alone), (shared, both), (asked, "")):
        page = text(client.get(reverse("careplans:proposal", args=[row.pk])))
        assert [one for one in (alone, both) if one in page] == ([said] if said else [])
    listed = text(client.get(staff(plan)))
    assert listed.count(alone) == listed.count(both) == 1
    assert listed.count("Answer this proposal together") == 2
    two_of_them = text(client.get(reverse("careplans:area", args=[plan.pk, "housing"])))
    assert alone in two_of_them and both in two_of_them


def test_talked_about_and_then_declined_both_answers_stay(client, two, plan, me):
    row = propose(two, plan)
    services.discuss(proposal=row, by=two.alone, words="What would help to say it?")
    services.decline(proposal=row, by=two.together, reason="We wrote something else")
    assert [(one.outcome, one.words, one.role) for one in row.said.all()] == [
        ("talking", "What would help to say it?", "worker"),
        ("declined", "We wrote something else", "together"),
    ]
    for user, address in ((two.worker, staff(plan)), (me.user, reverse("my_plan:proposals"))):
        client.force_login(user)
        page = text(client.get(address))
        for words in (
            "Damp",
            "What would help to say it?",
            "Femi Ade",
            "We wrote something else",
            "Femi Ade with Marigold",
        ):
            assert words in page, (words, address)


def test_the_person_is_told_that_their_team_answered(client, two, plan, me):
    row = propose(two, plan)
    services.decline(proposal=row, by=two.alone, reason="We cannot promise that")
    event = CaseEvent.objects.get(kind="plan.proposal_answered")
    assert event.data["outcome"] == "declined"
    assert "plan.proposal_answered" in news_words(me)
    client.force_login(me.user)
    assert "Your team answered what you proposed." in text(client.get(reverse("portal:home")))


def test_no_news_of_what_they_answered_themselves(two, plan):
    services.accept(proposal=propose(two, plan, by=two.alone), by=two.themselves)
    services.accept(proposal=propose(two, plan, "Wet", kind=Kind.OPTION), by=two.together)
    assert not CaseEvent.objects.filter(kind="plan.proposal_answered").exists()


def test_an_answer_is_never_changed(two, plan):
    row = propose(two, plan)
    services.decline(proposal=row, by=two.alone, reason="No")
    said = row.said.get()
    said.words = "Yes"
    for attempt in (said.save, said.delete, ProposalAnswer.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            attempt()


def test_what_was_answered_before_keeps_its_answer(two, plan):
    """By the migration that gave each answer a row: once, and with who said it."""
    migration = import_module("careplans.migrations.0007_keep_answers")
    before, waits, since = (propose(two, plan, words) for words in ("One", "Two", "Three"))
    type(before).objects.filter(pk=before.pk).update(
        outcome="declined",
        answer="We cannot promise that",
        answered_by=two.worker,
        answered_as="worker",
        answered_on=timezone.localdate(),
    )
    services.decline(proposal=since, by=two.alone, reason="No")
    for _twice in range(2):
        migration.keep_answers(apps, None)
    said = before.said.get()
    assert (said.outcome, said.words, said.by, said.role) == (
        "declined",
        "We cannot promise that",
        two.worker,
        "worker",
    )
    assert not waits.said.exists()
    assert since.said.count() == 1


def test_a_part_that_is_closed_stays_closed(client, two, plan):
    partner = two.stranger.memberships.get().team.organisation
    propose(two, plan, "About the flat")
    propose(two, plan, "About the body", area=area("body"))
    propose(two, plan, "A garden", kind=Kind.CHECK_IN, area=None)
    services.choose_sharing(
        plan=plan, organisation=partner, by=two.themselves, areas=["body"], whole=False
    )
    LiveReason.objects.create(
        person=two.person,
        team=two.stranger.memberships.get().team,
        kind="allocation",
        source_key="partner",
        start=timezone.localdate(),
    )
    client.force_login(two.stranger)
    page = text(client.get(staff(plan)))
    assert "About the body" in page
    assert "About the flat" not in page
    assert "A garden" not in page


def test_as_many_queries_with_much_as_with_little(client, two, plan, me):
    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def add(count):
        for number in range(count):
            row = propose(two, plan, f"Words {number}", kind=Kind.OPTION)
            services.discuss(proposal=row, by=two.alone, words="Hm")
            services.decline(proposal=row, by=two.together, reason="No")

    for user, address in ((two.worker, staff(plan)), (me.user, reverse("my_plan:proposals"))):
        client.force_login(user)
        add(1)
        asked(address)
        few = asked(address)
        add(8)
        assert asked(address) == few


def test_a_long_list_goes_on(client, two, plan):
    for number in range(27):
        propose(two, plan, f"Words {number:02}.", kind=Kind.OPTION)
    client.force_login(two.worker)
    page = client.get(staff(plan))
    assert "Words 26." in text(page)
    assert "Words 01." not in text(page)
    (older,) = re.findall(r'href="([^"]+after=[^"]+)"', page.content.decode())
    page = client.get(unescape(older))
    assert "Words 01." in text(page)
    assert "before=" in page.content.decode()


class TestThePersonSaysYesToWhatIsStale:
    @pytest.fixture
    def met(self, two, plan):
        line = two.write(plan, Kind.SHARED_VIEW, "One")
        row = propose(two, plan, "Proposed", by=two.alone, line=line, seen_version=1)
        two.write(plan, Kind.SHARED_VIEW, "Written since", line=line, seen_version=1)
        return line, row

    def test_they_see_both_and_choose(self, client, me, met):
        line, row = met
        client.force_login(me.user)
        address = reverse("my_plan:proposal", args=[row.pk])
        page = client.post(address, {"answer": "accept"})
        assert "Written since" in text(page)
        assert "which words stay" in text(page)
        assert "Select which words stay" not in text(page), "nobody has left that out yet"
        body = page.content.decode()
        hidden = dict(re.findall(r'name="(seen|clashes)" value="([^"]*)"', body))
        posted = {name: unescape(value) for name, value in hidden.items()}
        assert posted["seen"] == "2"
        assert json.loads(posted["clashes"])[0]["mine"] == "Proposed"
        again = client.post(address, {"answer": "accept", **posted})
        assert "Select which words stay" in text(again)
        client.post(address, {"answer": "accept", "keep": "both", **posted})
        line.refresh_from_db()
        row.refresh_from_db()
        assert (line.words, row.outcome) == ("Written since\n\nProposed", "accepted")

    def test_a_choice_about_words_that_changed_again_is_asked_again(self, client, two, me, met):
        line, row = met
        client.force_login(me.user)
        address = reverse("my_plan:proposal", args=[row.pk])
        page = client.post(address, {"answer": "accept"})
        hidden = re.findall(r'name="(seen|clashes)" value="([^"]*)"', page.content.decode())
        posted = {name: unescape(value) for name, value in hidden}
        two.write(row.plan, Kind.SHARED_VIEW, "And once more", line=line, seen_version=2)
        page = client.post(address, {"answer": "accept", "keep": "mine", **posted})
        assert "And once more" in text(page)
        line.refresh_from_db()
        assert line.words == "And once more"

    def test_nonsense_in_its_place_is_no_choice(self, client, me, met):
        line, row = met
        client.force_login(me.user)
        address = reverse("my_plan:proposal", args=[row.pk])
        for clashes in ("{", "[1]", '{"a": 1}', "[{}]"):
            assert client.post(address, {"answer": "accept", "clashes": clashes}).status_code == 200
        line.refresh_from_db()
        assert line.words == "Written since"


class TestToTakeAwayWhatHasChangedSince:
    """Nobody takes away what they have not read: both texts are shown, and they choose."""

    @pytest.fixture
    def line(self, two, plan):
        return two.write(plan, Kind.SHARED_VIEW, "The flat is damp")

    def asked_by(self, two, line, by):
        row = propose(two, line.plan, by=by, line=line, seen_version=1, removes=True)
        two.write(line.plan, Kind.SHARED_VIEW, "Mended since", line=line, seen_version=1)
        return row

    def hidden(self, page):
        (seen,) = re.findall(r'name="seen" value="([^"]*)"', page.content.decode())
        return seen

    @pytest.fixture(params=["team", "person"])
    def answering(self, request, client, two, me, line):
        """Whoever answers, the page on which they do, and the proposal of the other side."""
        team = request.param == "team"
        row = self.asked_by(two, line, two.themselves if team else two.alone)
        client.force_login(two.worker if team else me.user)
        return client, reverse(f"{'careplans' if team else 'my_plan'}:proposal", args=[row.pk]), row

    def test_both_are_there_before_the_answer(self, answering, line):
        client, address, row = answering
        page = client.get(address)
        assert "The flat is damp" in text(page)
        assert "It says now Mended since" in text(page)
        assert "Yes, take it away" in text(page)
        client.post(address, {"answer": "accept", "seen": self.hidden(page)})
        line.refresh_from_db()
        row.refresh_from_db()
        assert (line.removed, row.outcome) == (True, "accepted")
        assert line.revisions.last().before == {"words": "Mended since"}

    def test_what_changes_while_they_read_is_shown_before_it_goes(self, answering, two, line):
        client, address, row = answering
        seen = self.hidden(client.get(address))
        two.write(row.plan, Kind.SHARED_VIEW, "And painted", line=line, seen_version=2)
        page = client.post(address, {"answer": "accept", "seen": seen, "words": "Good news"})
        assert "Read what it says now, and choose again" in text(page)
        assert "Select what you say to it" not in text(page), "they are asked anew, not corrected"
        assert "It says now And painted" in text(page)
        assert "Good news" in page.content.decode(), "what they wrote is still there"
        assert 'value="accept" checked' not in page.content.decode(), "they choose anew"
        line.refresh_from_db()
        assert not line.removed
        client.post(address, {"answer": "accept", "seen": self.hidden(page)})
        line.refresh_from_db()
        assert line.removed

    def test_without_saying_what_was_read_it_stays(self, answering, line):
        client, address, row = answering
        for seen in ("", "1", "nine", "-2"):
            client.post(address, {"answer": "accept", "seen": seen})
        line.refresh_from_db()
        row.refresh_from_db()
        assert (line.removed, row.outcome) == (False, "open")

    def test_it_may_stay_as_it_says_now(self, answering, line):
        client, address, row = answering
        client.post(address, {"answer": "decline", "words": "It is right now", "seen": "2"})
        line.refresh_from_db()
        row.refresh_from_db()
        assert (line.words, line.removed, row.outcome) == ("Mended since", False, "declined")

    def test_the_list_keeps_what_they_had_read(self, client, two, me, answering, line):
        """And not what was written since: nobody proposed to take that away."""
        _client, _address, row = answering
        services.decline(
            proposal=row,
            by=two.alone if row.role == Role.PERSON else two.themselves,
            reason="It stays",
        )
        for user, list_href in ((two.worker, staff(row.plan)), (me.user, "/my/plan/proposals/")):
            client.force_login(user)
            page = text(client.get(list_href))
            assert "ake it away: The flat is damp" in page
            assert "Mended since" not in page

    def test_one_that_was_made_before_that_was_kept_is_readable(self, client, two, me, line):
        row = propose(two, line.plan, by=two.alone, line=line, seen_version=1, removes=True)
        type(row).objects.filter(pk=row.pk).update(values={})
        two.write(line.plan, Kind.SHARED_VIEW, "Mended since", line=line, seen_version=1)
        client.force_login(me.user)
        page = text(client.get(reverse("my_plan:proposal", args=[row.pk])))
        assert "it said The flat is damp It says now Mended since" in page
        assert "to take it away: Mended since" in text(client.get("/my/plan/proposals/"))

    def test_the_same_words_are_not_shown_twice_to_a_worker(self, client, two, line):
        row = self.asked_by(two, line, two.themselves)
        client.force_login(two.worker)
        address = reverse("careplans:proposal", args=[row.pk])
        assert text(client.get(address)).count("The flat is damp") == 1
        type(row).objects.filter(pk=row.pk).update(values={})
        assert "It said then The flat is damp" in text(client.get(address))

    def test_what_has_not_changed_is_shown_once(self, client, two, me, line):
        row = propose(two, line.plan, by=two.alone, line=line, seen_version=1, removes=True)
        client.force_login(me.user)
        address = reverse("my_plan:proposal", args=[row.pk])
        page = client.get(address)
        assert text(page).count("The flat is damp") == 1
        assert "It says now" not in text(page)
        client.post(address, {"answer": "accept"})
        line.refresh_from_db()
        assert line.removed

    def test_what_somebody_else_took_away_meanwhile_is_gone(self, client, two, me, line):
        row = propose(two, line.plan, by=two.alone, line=line, seen_version=1, removes=True)
        services.remove(line=line, by=two.together, seen_version=1)
        client.force_login(me.user)
        address = reverse("my_plan:proposal", args=[row.pk])
        assert "It says now (nothing)" in text(client.get(address))
        client.post(address, {"answer": "accept"})
        row.refresh_from_db()
        assert row.outcome == "accepted"
