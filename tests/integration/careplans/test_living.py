"""The life of a plan, its versions, and who agreed."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from careplans import services
from careplans.clock_legs import plans_of_ours
from careplans.errors import ActRefused
from careplans.kinds import Kind
from careplans.models import Agreement, ConfirmationCode, Plan, Version
from careplans.table import FINAL, TABLE, State
from careplans.writers import Writer
from casework.cases.models import CaseEvent, LiveReason
from casework.cases.services import profile
from casework.common.errors import Refusal
from casework.common.models import AppendOnlyError
from casework.outbox.models import Message
from tests.factories.careplans import Two, signed_page


def fresh(plan):
    return Plan.objects.get(pk=plan.pk)


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_those_whose_turn_it_was(db, state):
    assert Two().plan_in(state).state == state


ACTS = {
    "share": lambda two, plan: services.share(plan=plan, by=two.alone),
    "use": lambda two, plan: services.use_without_agreement(plan=plan, by=two.alone, reason="r"),
    "review": lambda two, plan: services.ask_for_review(plan=plan, by=two.themselves),
    "supersede": lambda two, plan: services.begin_again(plan=plan, by=two.alone, reason="r"),
    "end": lambda two, plan: services.end(plan=plan, by=two.alone, reason="r", what_next="n"),
}


@pytest.mark.parametrize("event", ACTS)
@pytest.mark.parametrize("state", State)
def test_the_table_is_what_the_services_do(db, state, event):
    two = Two()
    plan = two.plan_in(state)
    (row,) = (one for one in TABLE if one.event == event)
    if state not in FINAL:
        two.write(plan, Kind.HOPE, "A garden", area=None)  # something new to share
    before = CaseEvent.objects.count(), plan.history.count()
    if state in row.sources:
        ACTS[event](two, plan)
        assert fresh(plan).state in row.targets
        assert CaseEvent.objects.filter(kind=f"plan.{event}", about=plan.pk).exists()
        return
    if event == "review" and state == State.DRAFT:
        ACTS[event](two, plan)  # an informal look: the plan stays what it is
        assert fresh(plan).state == State.DRAFT
        return
    with pytest.raises(Refusal):
        ACTS[event](two, plan)
    assert (CaseEvent.objects.count(), plan.history.count()) == before
    assert fresh(plan).state == state


def test_one_plan_at_a_time(two, plan):
    with pytest.raises(Refusal, match="already"):
        services.start(person=two.person, by=two.together)


def test_every_area_is_there_and_none_comes_first(two, plan):
    assert plan.areas.count() == 11
    assert not plan.areas.filter(rank__isnull=False).exists()


def test_a_state_is_never_assigned(plan):
    with pytest.raises(AttributeError):
        plan.state = State.AGREED


class TestVersions:
    def test_a_version_says_what_was_said_then(self, two):
        plan = two.written()
        services.rate(plan=plan, area=two.area, value=2, words="Cold", by=two.together)
        version = two.shared(plan)
        line = plan.lines.get(kind=Kind.MATTERS)
        two.write(plan, Kind.MATTERS, "Something else", line=line, seen_version=1)
        version.refresh_from_db()
        (housing,) = (one for one in version.content["areas"] if one["code"] == "housing")
        said = {one["kind"]: one for one in housing["lines"]}
        assert said["matters"]["values"]["words"] == "A door that I can close"
        assert said["matters"]["written"] == "Femi Ade with Marigold"
        assert said["matters"]["voice"] == "person"
        assert said["action"]["progress"] == "to_do"
        assert housing["rating"]["value"] == 2

    def test_nothing_new_is_not_shared_again(self, two):
        plan = two.written()
        two.shared(plan)
        with pytest.raises(ActRefused, match="Nothing has changed"):
            two.shared(plan)
        two.write(plan, Kind.HOPE, "A garden", area=None)
        assert two.shared(plan).number == 2

    def test_an_empty_plan_is_not_shared(self, two, plan):
        with pytest.raises(ActRefused, match="Nothing is written"):
            two.shared(plan)

    def test_it_is_looked_at_again_within_six_months(self, two):
        plan = two.written()
        today = timezone.localdate()
        for due in (today, today + dt.timedelta(days=184)):
            with pytest.raises(Refusal, match="six months"):
                two.shared(plan, review_due=due)
        version = two.shared(plan, review_due=today + dt.timedelta(days=30))
        assert fresh(plan).review_due == version.review_due

    def test_the_person_shares_what_they_wrote(self, two):
        plan = two.written()
        assert services.share(plan=plan, by=two.themselves).role == "person"

    def test_a_reader_shares_nothing(self, two):
        with pytest.raises(ActRefused):
            services.share(plan=two.written(), by=Writer(user=two.reader))

    @pytest.mark.usefixtures("append_only")
    def test_no_path_changes_a_version_or_an_answer(self, two):
        plan = two.written()
        version = two.shared(plan)
        two.agrees(version)
        answer = version.agreements.get()
        for row, change in ((version, {"content": {}}), (answer, {"answer": "disagree"})):
            rows = type(row).objects.all()
            name, value = next(iter(change.items()))
            setattr(row, name, value)
            for attempt in (
                row.save,
                row.delete,
                rows.delete,
                lambda rows=rows, change=change: rows.update(**change),
                lambda rows=rows, row=row, name=name: rows.bulk_update([row], [name]),
            ):
                with pytest.raises(AppendOnlyError):
                    attempt()
            table = row._meta.db_table
            for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
                with (
                    pytest.raises((IntegrityError, Error), match="append-only"),
                    transaction.atomic(),
                    connection.cursor() as cursor,
                ):
                    cursor.execute(sql)
        assert Version.objects.get().content["areas"]
        assert Agreement.objects.get().answer == "agree"

    def test_there_is_no_admin_to_change_one_in(self):
        from django.apps import apps

        assert not apps.is_installed("django.contrib.admin")


class TestAgreement:
    def test_a_plan_is_agreed_when_both_have_said_so(self, two):
        version = two.shared()
        two.agrees(version)
        assert fresh(version.plan).state == State.SHARED
        services.answer_for_team(version=version, by=two.alone, answer="agree")
        assert fresh(version.plan).state == State.AGREED
        assert CaseEvent.objects.filter(kind="plan.settle").count() == 1

    def test_agreeing_to_a_part_is_no_agreement_to_the_whole(self, two):
        version = two.shared(team_agrees=True)
        two.agrees(version, "partly")
        assert fresh(version.plan).state == State.SHARED

    def test_somebody_may_change_their_mind(self, two):
        version = two.shared(team_agrees=True)
        two.agrees(version)
        assert fresh(version.plan).state == State.AGREED
        two.agrees(version, "disagree")
        assert fresh(version.plan).state == State.SHARED
        answers = list(version.agreements.filter(party="10").values_list("answer", flat=True))
        assert answers == ["agree", "disagree"]

    @pytest.mark.parametrize("answer", ["agree", "partly"])
    def test_nobody_else_agrees_for_the_person(self, two, answer):
        version = two.shared()
        for attempt in (
            lambda: services.record_told(
                version=version, by=two.together, answer=answer, words="Yes"
            ),
            lambda: services.answer_as_person(version=version, by=two.together, answer=answer),
            lambda: services.answer_as_person(
                version=version, by=Writer(carer="Juno"), answer=answer
            ),
            lambda: services.answer_for_oneself(
                version=version, by=Writer(carer="Juno"), party="10", name="", answer=answer
            ),
            lambda: services.answer_for_oneself(
                version=version, by=two.alone, party="10", name="Marigold", answer=answer
            ),
            lambda: services.record_signature(
                version=version, by=two.alone, answer=answer, scan=None
            ),
            lambda: services.record_code(
                version=version, by=two.alone, answer=answer, code="000000"
            ),
        ):
            with pytest.raises(Refusal):
                attempt()
        assert not Agreement.objects.exists()

    @pytest.mark.parametrize("means", ["told", "own", "signature"])
    def test_the_database_knows_that_too(self, two, means):
        version = two.shared()
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.create(
                version=version,
                party="10",
                name="Marigold",
                answer="agree",
                means=means,
                on=timezone.localdate(),
            )

    def test_what_they_told_a_worker_short_of_agreeing(self, two):
        version = two.shared()
        row = services.record_told(
            version=version, by=two.alone, answer="need_time", words="Let me read it at home"
        )
        assert (row.means, row.words) == ("told", "Let me read it at home")
        with pytest.raises(Refusal):
            services.record_told(version=version, by=two.alone, answer="disagree", words=" ")

    def test_a_signed_page(self, two, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        version = two.shared(team_agrees=True)
        row = services.record_signature(
            version=version, by=two.alone, answer="agree", scan=signed_page("Marigold plan.pdf")
        )
        assert fresh(version.plan).state == State.AGREED
        assert "Marigold" not in row.scan.name
        assert row.copy == "paper"

    @pytest.mark.parametrize(
        ("name", "body"),
        [("a.exe", b"%PDF-"), ("a.pdf", b"<html>"), ("a", b"%PDF-"), ("a.svg", b"<svg>")],
    )
    def test_a_signed_page_is_a_picture_or_a_pdf(self, two, name, body):
        version = two.shared()
        with pytest.raises(Refusal, match="PDF"):
            services.record_signature(
                version=version,
                by=two.alone,
                answer="agree",
                scan=SimpleUploadedFile(name, body),
            )

    def test_a_carer_agrees_for_themselves(self, two):
        version = two.shared(team_agrees=True)
        row = services.answer_for_oneself(
            version=version, by=Writer(carer="Juno"), party="11", name="x", answer="agree"
        )
        assert (row.party, row.name) == ("11", "Juno")
        assert fresh(version.plan).state == State.SHARED

    def test_an_answer_is_about_the_latest_version(self, two):
        plan = two.written()
        old = two.shared(plan)
        two.write(plan, Kind.HOPE, "A garden", area=None)
        two.shared(plan)
        with pytest.raises(Refusal, match="newer version"):
            two.agrees(old)


class TestCode:
    def reachable(self, two):
        person = two.person
        person.email = "marigold@example.org"
        person.save()
        profile.set_contact_preferences(
            person=person,
            channels={"email": {"may_use": True, "safe_to_leave_message": True}},
            by=two.worker,
        )

    def code(self):
        body = Message.objects.filter(about="plan.code").latest("created_at").body
        return next(word.strip(".") for word in body.split() if word.strip(".").isdigit())

    def test_with_the_code_that_was_sent_to_them(self, two):
        self.reachable(two)
        version = two.shared(team_agrees=True)
        row = services.send_code(version=version, by=two.alone)
        code = self.code()
        assert code not in row.digest
        agreement = services.record_code(
            version=version, by=two.alone, answer="agree", code=code, words="Yes"
        )
        assert agreement.means == "code"
        assert fresh(version.plan).state == State.AGREED
        with pytest.raises(Refusal):
            services.record_code(version=version, by=two.alone, answer="disagree", code=code)

    def test_it_goes_only_where_a_message_is_safe(self, two):
        version = two.shared()
        with pytest.raises(Refusal, match="safe"):
            services.send_code(version=version, by=two.alone)
        assert not Message.objects.filter(about="plan.code").exists()

    def test_it_cannot_be_guessed(self, two):
        self.reachable(two)
        version = two.shared()
        services.send_code(version=version, by=two.alone)
        code = self.code()
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _attempt in range(5):
            with pytest.raises(Refusal):
                services.record_code(version=version, by=two.alone, answer="agree", code=wrong)
        with pytest.raises(Refusal):
            services.record_code(version=version, by=two.alone, answer="agree", code=code)
        assert ConfirmationCode.objects.get().attempts == 5

    def test_an_earlier_code_no_longer_counts(self, two):
        self.reachable(two)
        version = two.shared()
        services.send_code(version=version, by=two.alone)
        first = self.code()
        services.send_code(version=version, by=two.alone)
        if first != self.code():
            with pytest.raises(Refusal):
                services.record_code(version=version, by=two.alone, answer="agree", code=first)


class TestSomebodyElseDecides:
    def authority(self, two, **fields):
        fields = {
            "kind": "attorney",
            "holder": "Juno Example",
            "scope": "Health and welfare",
            "reference": "7000-1",
            "start": dt.date(2020, 1, 1),
            **fields,
        }
        return services.record_legal_authority(person=two.person, by=two.worker, **fields)

    def capacity(self, two, version, outcome="cannot_now"):
        return services.record_capacity(
            version=version, by=two.alone, outcome=outcome, help_given="Pictures", why="Delirium"
        )

    def test_with_an_authority_in_force_and_a_record_about_this_decision(self, two):
        version = two.shared(team_agrees=True)
        row = services.record_authority(
            version=version,
            by=two.alone,
            answer="agree",
            authority=self.authority(two),
            capacity=self.capacity(two, version),
        )
        assert (row.party, row.name) == ("10", "Juno Example")
        assert fresh(version.plan).state == State.AGREED

    def test_capacity_is_about_one_decision(self, two):
        plan = two.written()
        old = two.shared(plan)
        capacity = self.capacity(two, old)
        two.write(plan, Kind.HOPE, "A garden", area=None)
        version = two.shared(plan)
        for one in (capacity, self.capacity(two, version, "can")):
            with pytest.raises(Refusal):
                services.record_authority(
                    version=version,
                    by=two.alone,
                    answer="agree",
                    authority=self.authority(two),
                    capacity=one,
                )

    def test_who_can_decide_by_now_is_asked(self, two):
        version = two.shared()
        before = self.capacity(two, version)
        self.capacity(two, version, "can")
        with pytest.raises(Refusal, match="since been able"):
            services.record_authority(
                version=version,
                by=two.alone,
                answer="agree",
                authority=self.authority(two),
                capacity=before,
            )

    def test_an_authority_that_is_over_or_anothers_counts_for_nothing(self, two):
        version = two.shared()
        capacity = self.capacity(two, version)
        for authority in (self.authority(two, end=dt.date(2021, 1, 1)), self.authority(Two())):
            with pytest.raises(Refusal, match="not in force"):
                services.record_authority(
                    version=version,
                    by=two.alone,
                    answer="agree",
                    authority=authority,
                    capacity=capacity,
                )


class TestInUseWithoutAgreement:
    def test_the_lead_is_told_and_the_plan_says_why(self, two):
        version = two.shared()
        plan = services.use_without_agreement(
            plan=version.plan, by=two.alone, reason="The landlord needs an answer today"
        )
        assert plan.state == State.IN_USE
        assert plan.leads_told == "Lena Lead"
        message = Message.objects.get(about="plan.use")
        assert message.to == two.lead.email
        assert "Marigold" not in message.body + message.subject
        assert "landlord" not in message.body

    def test_without_anybody_who_leads_it_does_not_happen(self, two):
        two.lead.is_active = False
        two.lead.save()
        version = two.shared()
        with pytest.raises(ActRefused, match="leads"):
            services.use_without_agreement(plan=version.plan, by=two.alone, reason="r")

    def test_not_where_the_person_agrees(self, two):
        version = two.shared()
        two.agrees(version)
        with pytest.raises(ActRefused, match="agrees"):
            services.use_without_agreement(plan=version.plan, by=two.alone, reason="r")

    def test_agreeing_later_is_agreeing(self, two):
        version = two.shared(team_agrees=True)
        services.use_without_agreement(plan=version.plan, by=two.alone, reason="r")
        two.agrees(version)
        assert fresh(version.plan).state == State.AGREED


class TestReviews:
    def test_the_person_needs_no_reason(self, two):
        plan = two.plan_in(State.AGREED)
        review = services.ask_for_review(plan=plan, by=two.themselves)
        assert (review.role, fresh(plan).state) == ("person", State.UNDER_REVIEW)
        with pytest.raises(Refusal, match="already"):
            services.ask_for_review(plan=plan, by=two.alone)

    def test_an_informal_look_leaves_the_plan_as_it_stands(self, two):
        plan = two.plan_in(State.AGREED)
        services.ask_for_review(plan=plan, by=two.themselves, formal=False)
        assert fresh(plan).state == State.AGREED
        services.keep_after_review(plan=plan, by=two.together, words="All is well")
        review = plan.reviews.get()
        assert (review.kind, review.words) == ("informal", "All is well")
        assert review.held_on == timezone.localdate()

    @pytest.mark.parametrize("state", [State.AGREED, State.IN_USE, State.SHARED])
    def test_what_is_kept_stands_as_it_stood(self, db, state):
        two = Two()
        plan = two.plan_in(state)
        services.ask_for_review(plan=plan, by=two.alone)
        with pytest.raises(Refusal):
            services.keep_after_review(plan=plan, by=two.together, words=" ")
        kept = services.keep_after_review(plan=plan, by=two.together, words="We read it")
        assert kept.state == state
        assert kept.review_due == timezone.localdate() + dt.timedelta(days=183)

    def test_a_new_version_ends_the_review(self, two):
        plan = two.plan_in(State.UNDER_REVIEW)
        two.write(plan, Kind.HOPE, "A garden", area=None)
        two.shared(plan)
        assert fresh(plan).state == State.SHARED
        assert plan.reviews.get().held_on == timezone.localdate()


def test_a_new_plan_takes_the_words_and_their_writers_with_it(two):
    old = two.plan_in(State.AGREED)
    services.rank(plan=old, first=[two.area], not_now=[], by=two.themselves, seen_version=0)
    new = services.begin_again(plan=old, by=Writer(user=two.lead), reason="A new team")
    assert fresh(old).state == State.SUPERSEDED
    assert (new.follows, new.state) == (old, State.DRAFT)
    line = new.lines.get(kind=Kind.MATTERS)
    assert (line.words, line.by, line.role) == ("A door that I can close", two.worker, "together")
    assert new.areas.get(area=two.area).rank == 1
    assert old.versions.count() == 1


def test_an_agreed_plan_stops_the_clock_and_one_of_the_team_alone_does_not(two):
    version = two.shared(team_agrees=True)
    assert list(plans_of_ours(people=None)) == []
    two.agrees(version, "partly")
    today = timezone.localdate()
    assert list(plans_of_ours(people=[two.person.pk])) == [(two.person.pk, today, today)]
    assert list(plans_of_ours(people=[Two().person.pk])) == []


class TestTheFiveTests:
    """They are answered from the version that was shared, and never from what was written since."""

    def whole(self, two):
        plan = two.written()
        two.write(plan, Kind.NETWORK, "Rings on Mondays", area=None, owner_kind="person")
        return plan

    def met(self, client, name, *args):
        page = client.get(reverse(f"careplans:{name}", args=args)).content.decode()
        part = page[page.index('id="tests-heading"') :]
        part = part[: part.index("</section>")]
        return [tag.strip() == "Yes" for tag in re.findall(r">\s*(Yes|Not yet)\s*<", part)], part

    def test_from_draft_to_agreed(self, client, two):
        client.force_login(two.worker)
        plan = self.whole(two)
        met, page = self.met(client, "plan", plan.pk)
        assert met == [False, True, False, False, False]
        assert "what is written so far" in page
        version = two.shared(plan)
        assert self.met(client, "plan", plan.pk)[0] == [False, True, False, False, True]
        two.agrees(version)
        met, page = self.met(client, "plan", plan.pk)
        assert met == [True] * 5
        assert "Answered from version 1." in page
        assert self.met(client, "version", plan.pk, 1)[0] == [True] * 5

    def test_what_was_written_since_is_agreed_by_nobody(self, client, two):
        client.force_login(two.worker)
        plan = self.whole(two)
        two.agrees(two.shared(plan))
        two.write(plan, Kind.GOAL, "To move")
        met, page = self.met(client, "plan", plan.pk)
        assert met == [True] * 5
        assert "1 goal, and the person agreed to the version they are in." in page
        two.shared(plan)
        met, page = self.met(client, "plan", plan.pk)
        assert met == [False, True, False, False, True]
        assert "2 goals, and the person has not agreed to them." in page
        assert self.met(client, "version", plan.pk, 1)[0] == [True] * 5

    def test_whoever_reads_a_part_is_told_nothing_about_the_whole(self, client, two):
        plan = self.whole(two)
        two.shared(plan)
        team = two.stranger.memberships.get().team
        services.choose_sharing(
            plan=plan, organisation=team.organisation, by=two.themselves, areas=["housing"]
        )
        LiveReason.objects.create(
            person=two.person,
            team=team,
            kind="allocation",
            source_key="partner",
            start=timezone.localdate(),
        )
        client.force_login(two.stranger)
        for name, args in (("plan", [plan.pk]), ("version", [plan.pk, 1])):
            page = client.get(reverse(f"careplans:{name}", args=args))
            assert page.status_code == 200
            assert b"tests-heading" not in page.content
