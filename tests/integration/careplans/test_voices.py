"""Voice x role x state over the services: nobody changes another's words by any of them."""

import pytest

from careplans import services
from careplans.errors import ActRefused, NotYours
from careplans.kinds import KINDS, Kind, Voice
from careplans.models import Line, Proposal, Revision
from careplans.table import FINAL, State
from careplans.voices import Role, Way, way
from careplans.writers import Writer
from casework.common.errors import Refusal
from tests.factories.careplans import Two

OF_VOICE = {
    Voice.PERSON: Kind.MATTERS,
    Voice.OURS: Kind.SHARED_VIEW,
    Voice.TEAM: Kind.TEAM_VIEW,
}


@pytest.mark.parametrize("state", State)
def test_the_whole_matrix(db, state):
    two = Two()
    plan = two.plan_in(state)
    for voice, kind in OF_VOICE.items():
        for role in Role:
            before = list(Line.objects.order_by("pk").values())
            how = way(role, voice, state)
            common = {"plan": plan, "kind": kind, "values": {"words": f"{role} {voice}"}}
            here = {"by": two.writer(role), "area": two.area}
            here["line"] = plan.lines.filter(kind=kind, area=two.area).first()
            here["seen_version"] = here["line"].version if here["line"] else 0
            if how == Way.WRITE:
                line = services.write(**common, **here)
                assert (line.words, line.role) == (f"{role} {voice}", role)
                continue
            with pytest.raises((NotYours, ActRefused)):
                services.write(**common, **here)
            if here["line"]:
                with pytest.raises((NotYours, ActRefused)):
                    services.remove(
                        line=here["line"], by=here["by"], seen_version=here["seen_version"]
                    )
            if how == Way.PROPOSE:
                proposal = services.propose(**common, **here)
                assert proposal.outcome == Proposal.Outcome.OPEN
            else:
                with pytest.raises((NotYours, ActRefused)):
                    services.propose(**common, **here)
            assert list(Line.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("state", FINAL)
def test_what_is_over_takes_no_more_words(db, state):
    two = Two()
    plan = two.plan_in(state)
    line = plan.lines.filter(kind=Kind.ACTION).get()
    for attempt in (
        lambda: services.comment(plan=plan, words="w", by=two.together, area=two.area),
        lambda: services.rate(plan=plan, area=two.area, value=3, by=two.together),
        lambda: services.report(line=line, progress="done", what_happened="w", by=two.together),
        lambda: services.share(plan=plan, by=two.together),
        lambda: services.end(plan=plan, by=two.together, reason="r", what_next="n"),
    ):
        with pytest.raises(ActRefused):
            attempt()


def test_somebody_without_a_reason_to_open_the_record_writes_nothing(two, plan):
    stranger = Writer(user=two.stranger, together=True)
    for attempt in (
        lambda: two.write(plan, Kind.MATTERS, by=stranger),
        lambda: services.comment(plan=plan, words="w", by=stranger),
        lambda: services.start(person=two.person, by=stranger),
    ):
        with pytest.raises(NotYours):
            attempt()


def test_another_person_is_nobody_here(two, plan):
    other = Writer(person_id=Two().person.pk)
    with pytest.raises(NotYours):
        two.write(plan, Kind.MATTERS, by=other)


def test_nobody_at_all_is_nobody_here(two, plan):
    with pytest.raises(NotYours):
        two.write(plan, Kind.MATTERS, by=Writer())


def test_who_writes_for_the_person_is_named(two, plan):
    line = two.write(plan, Kind.MATTERS, "A door that I can close")
    assert (line.by, line.role) == (two.worker, Role.TOGETHER)
    revision = line.revisions.get()
    assert (revision.by, revision.role, revision.what) == (two.worker, Role.TOGETHER, "written")


def test_only_the_person_rates_and_ranks(two, plan):
    goal = two.write(plan, Kind.GOAL, "To sleep")
    for role in (Role.WORKER, Role.CARER, Role.READER):
        by = two.writer(role)
        for attempt in (
            lambda by=by: services.rate(plan=plan, area=two.area, value=3, by=by),
            lambda by=by: services.score(line=goal, value=3, by=by),
            lambda by=by: services.rank(
                plan=plan, first=[two.area], not_now=[], by=by, seen_version=0
            ),
        ):
            with pytest.raises(NotYours):
                attempt()
    assert Revision.objects.filter(plan=plan).count() == 1


def test_the_answer_to_the_teams_view_stays_beside_it(two, plan):
    with pytest.raises(Refusal, match="team has not written"):
        two.write(plan, Kind.DIFFERENTLY, "I was not angry", by=two.themselves)
    view = two.write(plan, Kind.TEAM_VIEW, "She was angry", by=two.alone)
    answer = two.write(plan, Kind.DIFFERENTLY, "I was losing my home", by=two.themselves)
    two.write(plan, Kind.TEAM_VIEW, "She was upset", by=two.alone, line=view, seen_version=1)
    answer.refresh_from_db()
    assert (answer.words, answer.removed) == ("I was losing my home", False)
    with pytest.raises(NotYours):
        services.remove(line=answer, by=two.alone, seen_version=answer.version)


class TestProposals:
    def proposal(self, two, plan, by, kind=Kind.SHARED_VIEW, words="Proposed", **fields):
        return services.propose(
            plan=plan, kind=kind, values={"words": words}, by=by, area=two.area, **fields
        )

    def test_nothing_changes_until_the_other_side_says_yes(self, two, plan):
        proposal = self.proposal(two, plan, two.alone)
        assert not plan.lines.exists()
        with pytest.raises(NotYours):
            services.accept(proposal=proposal, by=two.alone)
        line = services.accept(proposal=proposal, by=two.themselves)
        proposal.refresh_from_db()
        assert (line.words, proposal.outcome, proposal.line) == ("Proposed", "accepted", line)
        assert line.revisions.get().proposal == proposal

    def test_the_worker_answers_the_person(self, two, plan):
        proposal = self.proposal(two, plan, two.themselves)
        with pytest.raises(NotYours):
            services.accept(proposal=proposal, by=two.themselves)
        assert services.accept(proposal=proposal, by=two.alone).words == "Proposed"

    def test_it_may_be_said_better_while_saying_yes(self, two, plan):
        proposal = self.proposal(two, plan, two.alone)
        line = services.accept(proposal=proposal, by=two.together, values={"words": "Said better"})
        assert line.words == "Said better"
        proposal.refresh_from_db()
        assert proposal.values == {"words": "Proposed"}

    def test_no_needs_a_reason(self, two, plan):
        proposal = self.proposal(two, plan, two.alone)
        with pytest.raises(Refusal):
            services.decline(proposal=proposal, by=two.themselves, reason="  ")
        declined = services.decline(proposal=proposal, by=two.themselves, reason="Not true")
        assert (declined.outcome, declined.answer) == ("declined", "Not true")
        assert not plan.lines.exists()
        with pytest.raises(Refusal, match="already"):
            services.accept(proposal=proposal, by=two.themselves)

    def test_it_may_be_talked_about_first(self, two, plan):
        proposal = self.proposal(two, plan, two.alone)
        services.discuss(proposal=proposal, by=two.themselves, words="What do you mean?")
        proposal.refresh_from_db()
        assert proposal.waits
        assert services.accept(proposal=proposal, by=two.together).words == "Proposed"

    def test_only_who_proposed_it_takes_it_back(self, two, plan):
        proposal = self.proposal(two, plan, two.alone)
        for by in (two.themselves, Writer(user=two.lead)):
            with pytest.raises(NotYours):
                services.withdraw(proposal=proposal, by=by)
        assert services.withdraw(proposal=proposal, by=two.alone).outcome == "withdrawn"

    def test_words_that_were_written_since_are_not_lost(self, two, plan):
        line = two.write(plan, Kind.SHARED_VIEW, "one\ntwo\nthree")
        proposal = self.proposal(
            two, plan, two.alone, words="one\ntwo\nTHREE", line=line, seen_version=1
        )
        two.write(plan, Kind.SHARED_VIEW, "ONE\ntwo\nthree", line=line, seen_version=1)
        accepted = services.accept(proposal=proposal, by=two.themselves)
        assert accepted.words == "ONE\ntwo\nTHREE"

    def test_what_meets_at_one_place_is_shown_to_who_accepts(self, two, plan):
        from careplans.errors import Stale

        line = two.write(plan, Kind.SHARED_VIEW, "one")
        proposal = self.proposal(two, plan, two.alone, words="mine", line=line, seen_version=1)
        two.write(plan, Kind.SHARED_VIEW, "theirs", line=line, seen_version=1)
        with pytest.raises(Stale) as caught:
            services.accept(proposal=proposal, by=two.themselves)
        proposal.refresh_from_db()
        assert proposal.waits
        accepted = services.accept(
            proposal=proposal,
            by=two.themselves,
            seen_version=caught.value.version,
            keep={"words": "both"},
        )
        assert accepted.words == "theirs\n\nmine"

    def test_taking_away_is_proposed_too(self, two, plan):
        line = two.write(plan, Kind.SHARED_VIEW, "one")
        proposal = self.proposal(two, plan, two.themselves, line=line, seen_version=1, removes=True)
        services.accept(proposal=proposal, by=two.alone)
        line.refresh_from_db()
        assert line.removed
        assert line.revisions.last().before == {"words": "one"}

    @pytest.mark.parametrize(
        ("kind", "owner"),
        [(Kind.ACTION, "carer"), (Kind.ACTION, "person"), (Kind.OPTION, "")],
    )
    def test_a_carers_offer_the_person_answers_alone(self, two, plan, kind, owner):
        values = {"words": "I ring on Sundays"}
        if owner:
            values |= {"owner_kind": owner, "owner_words": "Juno" if owner == "carer" else ""}

        def offer():
            return services.propose(
                plan=plan, kind=kind, values=values, by=two.writer(Role.CARER), area=two.area
            )

        for by in (two.alone, two.writer(Role.CARER)):
            with pytest.raises(NotYours):
                services.accept(proposal=offer(), by=by)
        assert services.accept(proposal=offer(), by=two.themselves).words == "I ring on Sundays"
        declined = services.decline(proposal=offer(), by=two.themselves, reason="Not this year")
        assert (declined.outcome, declined.answer) == ("declined", "Not this year")

    def test_what_a_carer_would_have_the_team_do_is_answered_together(self, two, plan):
        proposal = services.propose(
            plan=plan,
            kind=Kind.ACTION,
            values={
                "words": "Visit every day",
                "owner_kind": "worker",
                "owner_worker": two.worker.worker,
            },
            by=two.writer(Role.CARER),
            area=two.area,
        )
        with pytest.raises(NotYours):
            services.accept(proposal=proposal, by=two.themselves)
        assert services.accept(proposal=proposal, by=two.together).words == "Visit every day"

    def test_a_carers_proposal_is_answered_by_the_two_together(self, two, plan):
        proposal = self.proposal(two, plan, two.writer(Role.CARER))
        for by in (two.alone, two.themselves):
            with pytest.raises(NotYours):
                services.accept(proposal=proposal, by=by)
        assert services.accept(proposal=proposal, by=two.together).words == "Proposed"


def test_an_action_belongs_to_whoever_sees_to_it(two, plan):
    worker = two.worker.worker
    for owner in (
        {"owner_kind": "person"},
        {"owner_kind": "worker", "owner_worker": worker},
        {"owner_kind": "agency", "owner_words": "The council"},
        {"owner_kind": "carer", "owner_words": "Juno"},
    ):
        line = two.write(plan, Kind.ACTION, f"By {owner}", due_on="2026-12-01", **owner)
        assert line.owner_kind == owner["owner_kind"]
        assert line.progress == "to_do"
    for wrong in ({}, {"owner_kind": "worker"}, {"owner_kind": "agency"}, {"owner_kind": "nobody"}):
        with pytest.raises(Refusal):
            two.write(plan, Kind.ACTION, "By nobody", **wrong)


def test_what_is_over_says_what_happened(two, plan):
    line = two.write(plan, Kind.ACTION, "Ring", owner_kind="person")
    with pytest.raises(Refusal):
        services.report(line=line, progress="done", what_happened="", by=two.alone)
    done = services.report(line=line, progress="done", what_happened="They answered", by=two.alone)
    assert (done.progress, done.words) == ("done", "Ring")
    assert line.revisions.last().after["what_happened"] == "They answered"


def test_a_comment_is_dealt_with_and_stays(two, plan):
    reader = two.writer(Role.READER)
    comment = services.comment(plan=plan, words="Could we help?", by=reader, area=two.area)
    with pytest.raises(NotYours):
        services.settle_comment(comment=comment, by=reader)
    settled = services.settle_comment(comment=comment, by=two.alone)
    assert settled.settled_by == two.worker
    assert settled.words == "Could we help?"


def test_lines_belong_in_their_place(two, plan):
    for kind, area in ((Kind.HOPE, two.area), (Kind.GOAL, None)):
        with pytest.raises(Refusal):
            two.write(plan, kind, area=area)
    assert KINDS[Kind.HOPE].in_area is False


def test_the_order_is_the_persons(two, plan):
    areas = [row.area for row in plan.areas.select_related("area")]
    first, second, third = areas[:3]
    services.rank(
        plan=plan, first=[second, first], not_now=[third], by=two.themselves, seen_version=0
    )
    ranks = {row.area_id: (row.rank, row.not_now) for row in plan.areas.all()}
    assert ranks[second.pk] == (1, False)
    assert ranks[first.pk] == (2, False)
    assert ranks[third.pk] == (None, True)
    with pytest.raises(Refusal, match="changed while"):
        services.rank(plan=plan, first=[], not_now=[], by=two.together, seen_version=0)
    with pytest.raises(Refusal, match="one place"):
        services.rank(plan=plan, first=[first], not_now=[first], by=two.together, seen_version=1)
    services.rank(plan=plan, first=[first, second], not_now=[], by=two.together, seen_version=1)
    assert plan.areas.get(area=first).rank == 1


def test_earlier_answers_stay(two, plan):
    services.rate(plan=plan, area=two.area, value=2, words="Cold", by=two.themselves)
    services.rate(plan=plan, area=two.area, wants_help="not_now", by=two.together)
    assert list(plan.ratings.values_list("value", "wants_help")) == [(2, ""), (None, "not_now")]
    with pytest.raises(Refusal):
        services.rate(plan=plan, area=two.area, by=two.themselves)
    with pytest.raises(Refusal):
        services.rate(plan=plan, area=two.area, value=8, by=two.themselves)
    goal = two.write(plan, Kind.GOAL, "To sleep")
    for value in (2, 6):
        services.score(line=goal, value=value, by=two.themselves)
    assert list(goal.scores.values_list("value", flat=True)) == [2, 6]
