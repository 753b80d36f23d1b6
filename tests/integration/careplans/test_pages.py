"""The pages of a plan: read, written, proposed, answered, shared."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services
from careplans.kinds import Kind
from careplans.models import Agreement, Line, Plan, Proposal, Version
from careplans.table import State
from careplans.voices import Role
from casework.accounts import drafts
from casework.accounts.models import Draft
from casework.cases.models import AccessEntry
from tests.factories.careplans import signed_page


@pytest.fixture
def writer(client, two):
    client.force_login(two.worker)
    return client


def url(name, *args):
    return reverse(f"careplans:{name}", args=args)


def text(answer):
    body = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def told(answer):
    return [str(one) for one in get_messages(answer.wsgi_request)]


class TestBeginning:
    def test_a_person_without_a_plan(self, writer, two):
        page = writer.get(url("person", two.person.pk))
        assert "There is no plan yet" in text(page)
        answer = writer.post(url("start", two.person.pk))
        plan = Plan.objects.get(person=two.person)
        assert answer["Location"] == url("plan", plan.pk)

    def test_a_second_plan_is_refused_in_words(self, writer, two, plan):
        answer = writer.post(url("start", two.person.pk), follow=True)
        assert "has a plan already" in text(answer)
        assert Plan.objects.count() == 1

    def test_a_reader_begins_nothing(self, client, two):
        client.force_login(two.reader)
        assert client.post(url("start", two.person.pk)).status_code == 403


class TestReading:
    def test_the_whole_plan(self, writer, two):
        plan = two.written()
        services.rate(plan=plan, area=two.area, value=2, wants_help="yes", by=two.together)
        page = text(writer.get(url("plan", plan.pk)))
        for words in (
            "Housing",
            "Medication",
            "2 out of 7, help with this: wanted",
            "A door that I can close",
            "1 goal, 1 action",
            "Help never depends on agreeing",
            "Being written",
        ):
            assert words in page
        entry = AccessEntry.objects.filter(page="careplans:plan").get()
        assert (entry.person, entry.record) == (two.person, plan.pk)

    def test_every_page_of_an_empty_plan_and_of_a_full_one(self, writer, two):
        plan = two.written()
        two.write(plan, Kind.TEAM_VIEW, "We worry about the damp", by=two.alone)
        two.write(plan, Kind.DIFFERENTLY, "I like it there", by=two.themselves)
        two.write(plan, Kind.OPTION, "Move", in_favour="Dry", against="Far", choice="not_now")
        two.write(plan, Kind.TRIED, "A fan", helped="bit", keep="no")
        two.write(plan, Kind.SAFETY_ALONE, "Cold water", area=None, likely="likely")
        goal = plan.lines.get(kind=Kind.GOAL)
        services.score(line=goal, value=2, by=two.together)
        services.score(line=goal, value=6, by=two.together)
        services.comment(plan=plan, words="Ask the council", by=two.alone, line=goal)
        services.propose(
            plan=plan,
            kind=Kind.SHARED_VIEW,
            values={"words": "Damp is the problem"},
            by=two.alone,
            area=two.area,
            why="So that we can write to them",
        )
        version = two.shared(plan, team_agrees=True)
        two.agrees(version, "partly")
        area = text(writer.get(url("area", plan.pk, "housing")))
        for words in (
            "We worry about the damp",
            "I see it differently",
            "I like it there",
            "For: Dry",
            "What we decided: Not now",
            "Did it help? It helped a bit",
            "Keep it? Let it go",
            "6 out of 10",
            "Ask the council",
            "Damp is the problem",
            "Femi Ade with Marigold",
        ):
            assert words in area, words
        assert "Nothing is written yet" in text(writer.get(url("area", plan.pk, "money")))
        assert "Cold water" in text(writer.get(url("safety", plan.pk)))
        shown = text(writer.get(url("version", plan.pk, 1)))
        assert "I like it there" in shown
        assert "I agree with part of it" in shown
        assert "Goal" in text(writer.get(url("history", goal.pk)))
        for name in (
            "rank",
            "changes",
            "meeting",
            "share",
            "use",
            "review",
            "keep",
            "end",
            "again",
        ):
            assert writer.get(url(name, plan.pk)).status_code == 200, name
        for name in ("agree", "capacity"):
            assert writer.get(url(name, version.pk)).status_code == 200, name
        for name in ("line", "comment", "score"):
            assert writer.get(url(name, goal.pk)).status_code == 200, name
        for kind in ("goal", "action", "option", "tried", "matters"):
            assert writer.get(url("add", plan.pk, "housing", kind)).status_code == 200, kind
        for kind in ("hope", "check_in", "network", "safety_signs"):
            assert writer.get(url("add_to_plan", plan.pk, kind)).status_code == 200, kind

    @pytest.mark.parametrize("state", State)
    def test_a_plan_in_every_state(self, client, db, state):
        from tests.factories.careplans import Two

        two = Two()
        plan = two.plan_in(state)
        client.force_login(two.worker)
        page = text(client.get(url("plan", plan.pk)))
        assert str(State(state).label) in page
        if state == State.IN_USE:
            assert "The rent is due" in page
            assert "Lena Lead was told" in page

    def test_what_does_not_exist(self, writer, two, plan):
        for path in (
            url("area", plan.pk, "nowhere"),
            url("version", plan.pk, 1),
            url("add", plan.pk, "housing", "hope"),
            url("add", plan.pk, "housing", "nothing"),
            url("add_to_plan", plan.pk, "goal"),
        ):
            assert writer.get(path).status_code == 404

    def test_somebody_without_a_reason_sees_nothing(self, client, two):
        plan = two.written()
        client.force_login(two.stranger)
        assert client.get(url("plan", plan.pk)).status_code == 404
        assert client.get(url("person", two.person.pk)).status_code == 404

    def test_a_reader_reads_and_comments(self, client, two):
        plan = two.written()
        client.force_login(two.reader)
        page = client.get(url("area", plan.pk, "housing"))
        assert "A door that I can close" in text(page)
        assert url("add", plan.pk, "housing", "goal") not in page.content.decode()
        goal = plan.lines.get(kind=Kind.GOAL)
        assert client.get(url("line", goal.pk)).status_code == 403
        client.post(url("comment", goal.pk), {"words": "We could help with the move"})
        assert goal.comments.get().role == Role.READER


def fill(two, plan, times):
    for number in range(times):
        goal = two.write(plan, Kind.GOAL, f"Goal {number}")
        services.score(line=goal, value=3, by=two.together)
        services.comment(plan=plan, words="Words", by=two.alone, line=goal)
        services.propose(
            plan=plan,
            kind=Kind.GOAL,
            values={"words": "Better"},
            by=two.alone,
            line=goal,
            area=two.area,
            seen_version=1,
        )
        two.write(plan, Kind.HOPE, f"Hope {number}", area=None)
        services.rate(plan=plan, area=two.area, value=3, by=two.together)
        version = two.shared(plan)
        two.agrees(version)


@pytest.mark.parametrize("name", ["plan", "area", "safety", "changes"])
def test_the_number_of_queries_is_constant(writer, two, plan, name):
    address = url(name, plan.pk, *(["housing"] if name == "area" else []))
    other = two.worker
    fill(two, plan, 1)
    services.mark_read(plan=plan, user=other, number=1)
    writer.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        writer.get(address)
    fill(two, plan, 6)
    with CaptureQueriesContext(connection) as many:
        writer.get(address)
    assert len(many) == len(one), "\n".join(q["sql"][:150] for q in many.captured_queries)


class TestWriting:
    def post(self, client, path, **data):
        return client.post(path, data)

    def test_together_it_is_theirs(self, writer, two, plan):
        path = url("add", plan.pk, "housing", "matters")
        answer = self.post(writer, path, words="A door", how="together", seen="0")
        assert answer["Location"] == url("area", plan.pk, "housing")
        line = Line.objects.get()
        assert (line.words, line.role, line.by) == ("A door", Role.TOGETHER, two.worker)

    def test_alone_it_is_a_proposal(self, writer, two, plan):
        path = url("add", plan.pk, "housing", "shared_view")
        answer = self.post(writer, path, words="Damp", how="alone", why="To write", seen="0")
        assert not Line.objects.exists()
        proposal = Proposal.objects.get()
        assert (proposal.values, proposal.why) == ({"words": "Damp"}, "To write")
        assert "is proposed" in told(answer)[0]

    def test_the_teams_view_needs_no_question(self, writer, two, plan):
        path = url("add", plan.pk, "housing", "team_view")
        page = writer.get(path)
        assert "How are you writing this" not in text(page)
        self.post(writer, path, words="We worry", seen="0")
        assert Line.objects.get().role == Role.WORKER

    def test_mistakes_are_told_and_words_kept(self, writer, two, plan):
        path = url("add", plan.pk, "housing", "goal")
        page = self.post(writer, path, words="To sleep")
        assert "Select how you are writing this" in text(page)
        assert "There is a problem" in text(page)
        assert Draft.objects.filter(user=two.worker).exists()
        assert "You were writing this" in text(writer.get(path))

    def test_an_action_with_its_owner(self, writer, two, plan):
        path = url("add", plan.pk, "housing", "action")
        data = {
            "words": "Ring the council",
            "owner_kind": "worker",
            "owner_worker": str(two.worker.worker_id),
            "due_on_day": "1",
            "due_on_month": "12",
            "due_on_year": "2027",
            "how": "together",
            "seen": "0",
        }
        writer.post(path, data)
        line = Line.objects.get()
        assert line.owner_worker == two.worker.worker
        assert line.due_on.isoformat() == "2027-12-01"
        page = text(writer.post(path, {**data, "owner_kind": "agency"}))
        assert "Say the name of who sees to it" in page

    def test_after_a_race_both_texts_are_there_and_a_choice(self, writer, two, plan):
        line = two.write(plan, Kind.MATTERS, "One")
        path = url("line", line.pk)
        two.write(plan, Kind.MATTERS, "Theirs", line=line, seen_version=1, by=two.themselves)
        page = self.post(writer, path, words="Mine", how="together", seen="1")
        shown = text(page)
        assert "Somebody else changed this" in shown
        assert "Select which words" not in shown, "nobody has left that out yet"
        link = re.search(r'href="#([^"]+)"[^>]*>\s*Somebody else changed', page.content.decode())
        assert link is not None
        assert f'id="{link.group(1)}"' in page.content.decode(), "it leads to the question"
        assert "Theirs" in shown
        assert "Mine" in shown
        line.refresh_from_db()
        assert line.words == "Theirs"
        data = {"words": "Mine", "how": "together", "seen": "2", "asked": "words"}
        again = self.post(writer, path, **data)
        assert "Select which words" in text(again)
        (revision,) = re.findall(r'name="draft_revision" value="(\d+)"', again.content.decode())
        writer.post(path, {**data, "keep_words": "both", "draft_revision": revision})
        line.refresh_from_db()
        assert line.words == "Theirs\n\nMine"
        rows = Draft.objects.filter(user=two.worker)
        assert not [one for one in rows if drafts.read(user=two.worker, key=one.key)]

    def test_taking_away(self, writer, two, plan):
        line = two.write(plan, Kind.SHARED_VIEW, "Damp")
        writer.post(url("remove", line.pk), {"seen": "1"})
        assert Proposal.objects.get().removes
        line.refresh_from_db()
        assert not line.removed
        writer.post(url("remove", line.pk), {"seen": "0", "together": "1"})
        line.refresh_from_db()
        assert not line.removed
        writer.post(url("remove", line.pk), {"seen": "1", "together": "1"})
        line.refresh_from_db()
        assert line.removed
        assert "Damp" in text(writer.get(url("history", line.pk)))

    def test_rating_scoring_and_reporting(self, writer, two, plan):
        writer.post(url("rate", plan.pk, "housing"), {"value": "3", "wants_help": "not_now"})
        rating = plan.ratings.get()
        assert (rating.value, rating.wants_help, rating.role) == (3, "not_now", Role.TOGETHER)
        assert "Answer at least one" in text(writer.post(url("rate", plan.pk, "housing"), {}))
        goal = two.write(plan, Kind.GOAL, "To sleep")
        writer.post(url("score", goal.pk), {"value": "4"})
        assert goal.scores.get().value == 4
        action = two.write(plan, Kind.ACTION, "Ring", owner_kind="person")
        page = writer.post(url("report", action.pk), {"progress": "done"})
        assert "Say what happened" in text(page)
        writer.post(url("report", action.pk), {"progress": "done", "what_happened": "They came"})
        action.refresh_from_db()
        assert action.what_happened == "They came"
        assert writer.get(url("score", action.pk)).status_code == 404
        assert writer.get(url("report", goal.pk)).status_code == 404

    def test_the_order(self, writer, two, plan):
        path = url("rank", plan.pk)
        page = writer.post(path, {"area_housing": "1", "area_money": "1", "seen": "0"})
        assert "Number 1 is already given to “Housing”" in text(page)
        writer.post(path, {"area_housing": "2", "area_money": "1", "area_work": "not_now"})
        places = {row.area.code: row for row in plan.areas.select_related("area")}
        assert (places["money"].rank, places["housing"].rank) == (1, 2)
        assert places["work"].not_now


class TestProposals:
    @pytest.fixture
    def proposal(self, two, plan):
        return services.propose(
            plan=plan,
            kind=Kind.SHARED_VIEW,
            values={"words": "Damp"},
            by=two.themselves,
            area=two.area,
        )

    def test_yes(self, writer, two, proposal):
        writer.post(url("proposal", proposal.pk), {"answer": "accept"})
        assert Line.objects.get().words == "Damp"
        assert "has been answered" in text(writer.get(url("proposal", proposal.pk)))

    def test_no_with_a_reason(self, writer, two, proposal):
        path = url("proposal", proposal.pk)
        page = writer.post(path, {"answer": "decline"})
        assert "or why not" in text(page)
        writer.post(path, {"answer": "decline", "words": "We cannot say that for sure"})
        proposal.refresh_from_db()
        assert proposal.answer == "We cannot say that for sure"

    def test_one_does_not_answer_ones_own(self, writer, two, plan):
        row = services.propose(
            plan=plan,
            kind=Kind.SHARED_VIEW,
            values={"words": "Damp"},
            by=two.alone,
            area=two.area,
        )
        path = url("proposal", row.pk)
        assert "The other side answers this" in text(writer.post(path, {"answer": "accept"}))
        writer.post(path, {"answer": "accept", "together": "on"})
        assert Line.objects.get().words == "Damp"

    def test_taking_it_back(self, writer, two, plan):
        row = services.propose(
            plan=plan, kind=Kind.HOPE, values={"words": "A garden"}, by=two.alone
        )
        writer.post(url("proposal", row.pk), {"withdraw": "1"})
        row.refresh_from_db()
        assert row.outcome == "withdrawn"

    def test_where_two_texts_meet_a_person_writes_what_stays(self, writer, two, plan):
        line = two.write(plan, Kind.SHARED_VIEW, "One")
        row = services.propose(
            plan=plan,
            kind=Kind.SHARED_VIEW,
            values={"words": "Proposed"},
            by=two.themselves,
            area=two.area,
            line=line,
            seen_version=1,
        )
        two.write(plan, Kind.SHARED_VIEW, "Written since", line=line, seen_version=1)
        answer = writer.post(url("proposal", row.pk), {"answer": "accept"})
        assert answer["Location"] == url("resolve", row.pk)
        page = writer.get(answer["Location"])
        assert "Written since" in text(page)
        assert "Proposed" in page.content.decode()
        writer.post(
            answer["Location"],
            {"words": "Both of it", "how": "together", "seen": "2"},
        )
        line.refresh_from_db()
        row.refresh_from_db()
        assert (line.words, row.outcome) == ("Both of it", "accepted")

    def test_a_comment_is_dealt_with(self, writer, two, plan):
        writer.post(url("comment_area", plan.pk, "housing"), {"words": "Ask them"})
        comment = plan.comments.get()
        assert "Ask them" in text(writer.get(url("area", plan.pk, "housing")))
        writer.post(url("settle", comment.pk))
        assert "Dealt with on" in text(writer.get(url("area", plan.pk, "housing")))


class TestLife:
    def share(self, client, plan, **data):
        day = timezone.localdate() + dt.timedelta(days=90)
        due = {
            "review_due_day": day.day,
            "review_due_month": day.month,
            "review_due_year": day.year,
        }
        return client.post(url("share", plan.pk), {**due, **data})

    def test_shared_answered_and_agreed(self, writer, two):
        plan = two.written()
        self.share(writer, plan, team_agrees="on", together="on")
        version = Version.objects.get()
        assert (version.role, version.agreements.get().party) == (Role.TOGETHER, "13")
        page = text(writer.post(url("agree", version.pk), {"party": "10", "answer": "agree"}))
        assert "Select how the person said so" in page
        told_yes = {"party": "10", "answer": "agree", "means": "told", "words": "Yes"}
        page = text(writer.post(url("agree", version.pk), told_yes))
        assert "Only the person agrees for the person" in page
        writer.post(
            url("agree", version.pk),
            {
                "party": "10",
                "answer": "agree",
                "means": "signature",
                "scan": signed_page(),
                "copy": "paper",
            },
        )
        plan = Plan.objects.get(pk=plan.pk)
        assert plan.state == State.AGREED
        answer = Agreement.objects.get(party="10")
        scan = writer.get(url("scan", answer.pk))
        assert scan["Content-Disposition"].startswith("attachment")
        assert b"".join(scan.streaming_content).startswith(b"%PDF-")
        assert "Marigold: I agree" in text(writer.get(url("plan", plan.pk)))

    def test_a_signed_page_is_for_those_who_may_open_the_record(self, client, two):
        version = two.shared()
        services.record_signature(version=version, by=two.alone, answer="agree", scan=signed_page())
        client.force_login(two.stranger)
        assert client.get(url("scan", Agreement.objects.get().pk)).status_code == 404

    def test_a_carer_by_name(self, writer, two):
        version = two.shared()
        path = url("agree", version.pk)
        page = text(writer.post(path, {"party": "11", "answer": "agree"}))
        assert "Enter the name of who answers" in page
        writer.post(path, {"party": "11", "name": "Juno", "answer": "disagree", "words": "No"})
        assert version.agreements.get().name == "Juno"

    def test_without_agreement(self, writer, two):
        version = two.shared()
        path = url("use", version.plan_id)
        assert "Help never depends on agreeing" in text(writer.get(path))
        assert "Say why" in text(writer.post(path, {}))
        writer.post(path, {"reason": "The rent is due"})
        assert Plan.objects.get().state == State.IN_USE

    def test_a_review_asked_for_and_held(self, writer, two):
        plan = two.plan_in(State.AGREED)
        writer.post(url("review", plan.pk), {"kind": "formal", "asked_by_person": "on"})
        assert Plan.objects.get().state == State.UNDER_REVIEW
        page = text(writer.get(url("plan", plan.pk)))
        assert "Femi Ade with Marigold asked on" in page

    def test_capacity_and_authority(self, writer, two):
        version = two.shared()
        page = text(
            writer.post(
                url("agree", version.pk),
                {"party": "10", "answer": "agree", "means": "authority"},
            )
        )
        assert "Select who has legal authority" in page
        writer.post(
            url("authority", version.plan_id),
            {
                "kind": "attorney",
                "holder": "Juno",
                "scope": "Health",
                "reference": "7000",
                "start_day": "1",
                "start_month": "1",
                "start_year": "2020",
                "seen": "on",
            },
        )
        authority = two.person.legal_authorities.get()
        data = {
            "party": "10",
            "answer": "agree",
            "means": "authority",
            "authority": str(authority.pk),
        }
        assert "First record whether" in text(writer.post(url("agree", version.pk), data))
        writer.post(
            url("capacity", version.pk),
            {"outcome": "cannot_now", "help_given": "Pictures", "why": "Delirium"},
        )
        writer.post(url("agree", version.pk), data)
        assert Agreement.objects.get().means == "authority"

    def test_ending_says_what_comes_next(self, writer, two):
        plan = two.written()
        page = text(writer.post(url("end", plan.pk), {"reason": "Moved away"}))
        assert "Say what comes next" in page
        writer.post(url("end", plan.pk), {"reason": "Moved away", "what_next": "The new team"})
        assert Plan.objects.get().state == State.ENDED

    def test_a_new_plan(self, writer, two):
        plan = two.plan_in(State.AGREED)
        writer.post(url("again", plan.pk), {"reason": "A new start"})
        assert Plan.objects.live().get().follows == plan
        assert "Other plans" in text(writer.get(url("person", two.person.pk)))


class TestChanges:
    def test_what_changed_since_i_last_looked(self, writer, two):
        plan = two.written()
        path = url("changes", plan.pk)
        assert "everything is here" in text(writer.get(path))
        writer.post(path, {"number": str(plan.revisions.count())})
        assert "Nothing has changed" in text(writer.get(path))
        goal = plan.lines.get(kind=Kind.GOAL)
        two.write(
            plan, Kind.GOAL, "To sleep all night", line=goal, seen_version=1, by=two.themselves
        )
        services.rate(plan=plan, area=two.area, value=5, by=two.themselves)
        page = text(writer.get(path))
        assert "Changed: Goal To sleep all night Before: To sleep through" in page
        assert "5 out of 7" in page
        assert "2 things have changed since you last looked: Housing" in text(
            writer.get(url("plan", plan.pk))
        )

    def test_a_look_never_goes_back_or_ahead(self, writer, two):
        plan = two.written()
        for number in ("999999", "1", "x", ""):
            writer.post(url("changes", plan.pk), {"number": number})
        assert plan.looks.get().number == plan.revisions.count()


class TestMeeting:
    def test_what_was_proposed_is_answered_there_by_the_two(self, writer, two, plan):
        """They sit together: neither has to leave the meeting, nor to wait for an answer."""
        line = two.write(plan, Kind.SHARED_VIEW, "Damp")
        beside = services.propose(
            plan=plan,
            kind=Kind.SHARED_VIEW,
            values={"words": "Damp, and loud"},
            by=two.themselves,
            area=two.area,
            line=line,
            seen_version=1,
        )
        services.propose(
            plan=plan,
            kind=Kind.OPTION,
            values={"words": "A fan"},
            by=two.alone,
            area=two.area,
        )
        path = url("meeting_area", plan.pk, "housing")
        page = writer.get(path)
        assert "What was proposed" in text(page)
        assert "Damp, and loud" in text(page)
        assert "A fan" in text(page)
        answer = f"{url('proposal', beside.pk)}?together=1"
        assert f'href="{answer}"' in page.content.decode()
        asked = writer.get(answer)
        assert re.search(r'name="together"[^>]* checked', asked.content.decode())
        assert f'href="{path}"' in asked.content.decode()
        done = writer.post(answer, {"answer": "accept", "together": "on"})
        assert done["Location"] == path
        beside.refresh_from_db()
        line.refresh_from_db()
        assert (line.words, beside.answered_as) == ("Damp, and loud", Role.TOGETHER)

    def test_nothing_is_said_of_proposals_where_there_are_none(self, writer, plan):
        page = writer.get(url("meeting_area", plan.pk, "housing"))
        assert "What was proposed" not in text(page)

    def test_one_screen_for_one_area(self, writer, two, plan):
        assert "Where would you like to begin, Marigold?" in text(
            writer.get(url("meeting", plan.pk))
        )
        path = url("meeting_area", plan.pk, "housing")
        assert "Femi Ade with Marigold" in text(writer.get(path))
        data = {
            "value": "3",
            "wants_help": "yes",
            "matters": "A door",
            "shared_view": "Damp",
            "goal": "To sleep",
            "action": "Ring",
            "seen_matters": "0",
            "seen_shared_view": "0",
        }
        assert "Select who sees to it" in text(writer.post(path, data))
        answer = writer.post(path, {**data, "action_owner": "worker"})
        assert told(answer) == ["It is saved, as written by Femi Ade with Marigold."]
        assert {row.kind: row.role for row in plan.lines.all()} == dict.fromkeys(
            ("matters", "shared_view", "goal", "action"), Role.TOGETHER
        )
        assert plan.lines.get(kind=Kind.ACTION).owner_worker == two.worker.worker
        assert plan.ratings.get().value == 3

    def test_what_somebody_else_wrote_meanwhile_is_shown_and_nothing_saved(self, writer, two, plan):
        line = two.write(plan, Kind.MATTERS, "One")
        path = url("meeting_area", plan.pk, "housing")
        two.write(plan, Kind.MATTERS, "Theirs", line=line, seen_version=1, by=two.themselves)
        data = {"matters": "Mine", "seen_matters": "1", "goal": "To sleep"}
        page = writer.post(path, data)
        assert "It says now: “Theirs”" in text(page)
        assert not plan.lines.filter(kind=Kind.GOAL).exists()
        assert 'name="seen_matters" value="2"' in page.content.decode()
        writer.post(path, {**data, "seen_matters": "2", "matters": "Theirs and mine"})
        line.refresh_from_db()
        assert line.words == "Theirs and mine"
        assert plan.lines.filter(kind=Kind.GOAL).exists()


class TestPanel:
    def test_the_persons_page_leads_to_the_plan_and_the_safety_plan(self, writer, two):
        detail = reverse("people:detail", args=[two.person.pk])
        assert "The plan that you write together" not in text(writer.get(detail))
        plan = two.plan_in(State.IN_USE)
        services.rank(plan=plan, first=[two.area], not_now=[], by=two.together, seen_version=0)
        page = writer.get(detail)
        assert "What comes first: Housing" in text(page)
        assert url("safety", plan.pk) in page.content.decode()
        assert "differently" not in text(page)  # said in the plan, never in passing
        assert "The rent is due" not in text(page)

    def test_crisis_teams_of_where_they_live_come_first(self, writer, two, plan):
        from casework.directory.models import Locality, Team
        from tests import factories

        here, there = (Locality.objects.create(name=name) for name in ("Harbour", "Hill"))
        for name, place in (("Harbour crisis line", here), ("Hill crisis line", there)):
            team = factories.team(
                name, kind=Team.Kind.CRISIS, phone="01632 960001", hours="Every day, 8am to 10pm"
            )
            team.localities.add(place)
        two.person.locality = here
        two.person.save()
        night = factories.team("Dusk line", kind=Team.Kind.CRISIS, phone="01632 960002")
        night.hours, night.details_checked_on = "Every day, 10pm to 8am", dt.date(2026, 3, 2)
        night.save()
        night.localities.add(here)
        with time_machine.travel(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False):
            writer.force_login(two.worker)
            page = text(writer.get(url("safety", plan.pk)))
        assert "Harbour crisis line 01632 960001 Open now Until 10pm. Every day, 8am to 10" in page
        assert "Nobody has written down that this number was checked." in page
        assert "Dusk line 01632 960002 Closed now Opens at 10pm." in page
        assert "Nobody has checked this number since 2 Mar 2026." in page
        assert "Hill crisis line" not in page
        # who is there now comes first, whatever they are called
        order = [page.index(name) for name in ("Harbour crisis line", "Dusk line", "In danger now")]
        assert order == sorted(order)
        with time_machine.travel(dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC), tick=False):
            writer.force_login(two.worker)
            page = text(writer.get(url("safety", plan.pk)))
        assert page.index("Dusk line") < page.index("Harbour crisis line")
