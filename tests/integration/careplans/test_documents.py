"""Documents: asked for, corrected, approved, made by the worker, given, fetched."""

import datetime as dt
import re
from html import unescape

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans.documents import rendering, services
from careplans.documents.kinds import TEXT_KINDS, Approval, DocumentKind
from careplans.documents.prefill import SAFETY
from careplans.documents.prints import TextPrint
from careplans.errors import NotYours
from careplans.kinds import Kind
from careplans.models import Document, DocumentGiven, DocumentText
from casework.cases.models import AccessEntry, CaseEvent
from casework.common.errors import Refusal
from casework.common.pdf import Made
from casework.common.presenters import full_date
from casework.outbox import services as outbox
from casework.outbox.models import Job
from tests.factories.documents import approved, asked_for, begun, full_plan, with_request
from tests.factories.portal import own_account

State = Document.State


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """What a file looks like is tested with the files; here it is enough that there is one."""
    monkeypatch.setattr(rendering, "make", lambda kind, content: Made(b"%PDF-1.7 made", 2))


@pytest.fixture
def later(monkeypatch):
    """The worker process is busy: what waits for it waits."""
    monkeypatch.setattr(outbox, "_nudge", lambda: None)


@pytest.fixture
def writer(client, two):
    client.force_login(two.worker)
    return client


def url(name, *args):
    return reverse(f"careplans:documents:{name}", args=args)


def text(answer):
    body = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def fresh(document):
    return Document.objects.get(pk=document.pk)


def stored(name):
    with default_storage.open(name) as file:
        return file.read()


def closed(answer):
    """A file that was read to its end: it is closed then."""
    assert b"".join(answer.streaming_content)
    return answer


def work():
    return outbox.run_due(now=timezone.now() + dt.timedelta(hours=9))


class TestMaking:
    def test_it_is_fixed_when_it_is_asked_for(self, two):
        plan = full_plan(two)
        document = asked_for(two, plan, DocumentKind.PLAN)
        two.write(plan, Kind.HOPE, "A later hope", area=None)
        assert "A later hope" not in str(fresh(document).content)
        work()
        row = fresh(document)
        assert (row.state, row.pages, row.size) == (State.READY, 2, 13)
        assert stored(row.file.name) == b"%PDF-1.7 made"
        assert str(two.person.pk) not in row.file.name
        assert re.fullmatch(r"documents/[0-9a-f]{2}/[0-9a-f]{64}", row.file.name)

    def test_a_version_is_printed_as_it_was_shared(self, two):
        plan = full_plan(two)
        two.shared(plan)
        two.write(plan, Kind.HOPE, "A later hope", area=None)
        document = asked_for(two, plan, DocumentKind.LARGE, shared=True)
        assert document.content["version"] == 1
        assert "A later hope" not in str(document.content)

    def test_twice_is_once(self, two, monkeypatch):
        document = asked_for(two, full_plan(two), DocumentKind.PLAN)
        services.make(document=str(document.pk))
        first = fresh(document).file.name
        services.make(document=str(document.pk))
        assert fresh(document).file.name == first

    def test_of_two_workers_one_keeps_its_file(self, two, monkeypatch):
        document = asked_for(two, full_plan(two), DocumentKind.PLAN)

        def slow(kind, content):
            monkeypatch.setattr(rendering, "make", lambda kind, content: Made(b"quick", 1))
            services.make(document=str(document.pk))
            return Made(b"slow", 1)

        monkeypatch.setattr(rendering, "make", slow)
        services.make(document=str(document.pk))
        row = fresh(document)
        assert stored(row.file.name) == b"quick"
        folder = row.file.name.rsplit("/", 2)[0]
        kept = [
            f"{folder}/{two_signs}/{name}"
            for two_signs in default_storage.listdir(folder)[0]
            for name in default_storage.listdir(f"{folder}/{two_signs}")[1]
        ]
        assert [name for name in kept if stored(name) == b"slow"] == []

    def test_a_failure_is_tried_again_then_shown_then_retried(self, two, monkeypatch):
        document = asked_for(two, full_plan(two), DocumentKind.PLAN)

        def broken(kind, content):
            raise OSError("no libraries")

        monkeypatch.setattr(rendering, "make", broken)
        for _attempt in range(3):
            assert fresh(document).state == State.MAKING
            Job.objects.filter(state="waiting").update(due_at=timezone.now())
            outbox.run_due()
        assert (fresh(document).state, fresh(document).trouble) == (State.FAILED, "other")
        assert Job.objects.get().state == Job.State.FAILED
        monkeypatch.setattr(rendering, "make", lambda kind, content: Made(b"%PDF", 1))
        services.retry(document=document, by=two.alone)
        work()
        assert fresh(document).state == State.READY
        with pytest.raises(Refusal, match="has not failed"):
            services.retry(document=document, by=two.alone)

    def test_a_summary_that_is_too_long_is_written_again(self, two, monkeypatch):
        def too_long(kind, content):
            raise rendering.TooLong

        monkeypatch.setattr(rendering, "make", too_long)
        document = approved(two, full_plan(two), DocumentKind.SUMMARY)
        work()
        assert (fresh(document).state, fresh(document).trouble) == (State.FAILED, "too_long")
        services.write_again(document=document, by=two.alone)
        row = fresh(document)
        assert (row.state, row.approved_how, row.approved_on) == (State.WRITING, "", None)

    def test_nothing_is_written_where_the_job_is_not(self, two, monkeypatch):
        plan = full_plan(two)
        events = CaseEvent.objects.count()

        def refuse(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(outbox, "enqueue", refuse)
        with pytest.raises(RuntimeError), transaction.atomic():
            asked_for(two, plan, DocumentKind.PLAN)
        document = begun(two, plan, DocumentKind.HOUSING)
        services.correct(document=document, fields=with_request(document), seen=1, by=two.together)
        with pytest.raises(RuntimeError), transaction.atomic():
            services.approve(document=document, seen=2, how=Approval.READ, by=two.alone)
        assert fresh(document).state == State.WRITING
        assert Document.objects.count() == 1
        assert CaseEvent.objects.count() == events + 1

    def test_no_safety_plan_no_card(self, two, plan):
        with pytest.raises(Refusal, match="Nothing is written"):
            asked_for(two, plan, DocumentKind.CARD)

    def test_the_job_holds_an_id_and_nothing_else(self, two):
        document = asked_for(two, full_plan(two), DocumentKind.PLAN)
        assert Job.objects.get().arguments == {"document": str(document.pk)}


class TestTexts:
    @pytest.mark.parametrize("kind", TEXT_KINDS)
    def test_only_what_was_chosen_is_in_it(self, two, kind):
        plan = full_plan(two)
        two.person.address, two.person.nhs_number = "1 Pier Road", "9990000018"
        two.person.birth_date = dt.date(1985, 3, 4)
        two.person.save()
        nothing = begun(two, plan, kind, parts=["money"], recipient="Ms Ito")
        words = str(services.last_text(nothing).fields).replace("\\xa0", " ")
        for private in ("A door that", "Mine about", "1 Pier Road", "999 000", "4 Mar 1985"):
            assert private not in words
        chosen = begun(
            two, plan, kind, parts=["housing", SAFETY], identify=["address", "nhs_number"]
        )
        words = str(services.last_text(chosen).fields).replace("\\xa0", " ")
        for wanted in ("A door that", "Mine about safety_signs", "1 Pier Road", "999 000 0018"):
            assert wanted in words
        for at_home in ("We worry about the flat", "3 out of 7", "A fan", "The wall is wet"):
            assert at_home not in words

    def test_every_wording_stays_with_whose_it_is(self, two):
        document = begun(two, full_plan(two), DocumentKind.HOUSING)
        fields = with_request(document)
        services.correct(document=document, fields=fields, seen=1, by=two.together)
        services.correct(document=document, fields=fields, seen=2, by=two.themselves)
        assert [one.role for one in document.texts.all()] == ["together", "together", "person"]
        with pytest.raises(Refusal, match="changed the text"):
            services.correct(document=document, fields=fields, seen=1, by=two.alone)

    def test_it_is_printed_exactly_as_they_said_yes_to_it(self, two):
        document = begun(two, full_plan(two), DocumentKind.HOUSING)
        services.correct(document=document, fields=with_request(document), seen=1, by=two.together)
        with pytest.raises(Refusal, match="changed the text"):
            services.approve(document=document, seen=1, how=Approval.READ, by=two.alone)
        row = services.approve(document=document, seen=2, how=Approval.READ, by=two.alone)
        assert row.content["text"] == with_request(document)
        assert row.content["approved_how"] == Approval.READ
        with pytest.raises(Refusal, match="no longer"):
            services.correct(
                document=document, fields=with_request(document, "More"), seen=2, by=two.alone
            )

    def test_the_person_says_yes_themselves(self, two):
        document = begun(two, full_plan(two), DocumentKind.SUMMARY)
        with pytest.raises(NotYours):
            services.approve(document=document, seen=1, how=Approval.PORTAL, by=two.alone)
        with pytest.raises(NotYours):
            services.approve(document=document, seen=1, how=Approval.READ, by=two.themselves)
        row = services.approve(document=document, seen=1, how=Approval.PORTAL, by=two.themselves)
        assert (row.approval_by, row.state) == (None, State.MAKING)

    def test_a_letter_asks_for_something(self, two):
        document = begun(two, full_plan(two), DocumentKind.GP)
        with pytest.raises(Refusal, match="what you ask"):
            services.approve(document=document, seen=1, how=Approval.READ, by=two.alone)

    @pytest.mark.parametrize("state", [State.MAKING, State.READY, State.FAILED])
    def test_without_a_yes_no_table_holds_it(self, two, state):
        document = begun(two, full_plan(two), DocumentKind.EMPLOYER)
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(
                state=state, file="x", ready_at=timezone.now()
            )

    def test_thrown_away(self, two):
        document = begun(two, full_plan(two), DocumentKind.GP)
        services.drop(document=document, by=two.alone)
        assert fresh(document).state == State.DROPPED
        with pytest.raises(Refusal):
            services.approve(document=document, seen=1, how=Approval.READ, by=two.alone)

    def test_somebody_with_nothing_to_do_here(self, two):
        plan = full_plan(two)
        document = begun(two, plan, DocumentKind.GP)
        for stranger in (two.stranger, two.reader):
            with pytest.raises(NotYours):
                asked_for_by = services.ask_for
                asked_for_by(plan=plan, kind=DocumentKind.PLAN, version=None, by=stranger)
            with pytest.raises(NotYours):
                services.drop(document=document, by=stranger)
        other = type(two)(team=two.team)
        with pytest.raises(NotYours):
            services.approve(document=document, seen=1, how=Approval.PORTAL, by=other.themselves)


class TestGiving:
    def given(self, two, document, **fields):
        options = {"party": "person", "how": "hand", "on": timezone.localdate(), **fields}
        return services.give(document=document, by=two.worker, **options)

    def test_who_got_it(self, two):
        document = asked_for(two, full_plan(two), DocumentKind.EASY)
        with pytest.raises(Refusal, match="not made yet"):
            self.given(two, document)
        work()
        self.given(two, document)
        self.given(two, document, party="service", name="Harbour Surgery", how="secure")
        assert [one.name for one in document.given.all()] == ["", "Harbour Surgery"]
        for wrong in (
            {"on": timezone.localdate() + dt.timedelta(days=1)},
            {"on": timezone.localdate() - dt.timedelta(days=1)},
            {"party": "carer", "name": " "},
        ):
            with pytest.raises(Refusal):
                self.given(two, document, **wrong)
        assert DocumentGiven.objects.count() == 2
        event = CaseEvent.objects.filter(kind="document.given").latest("created_at")
        assert event.data == {"document": "easy_read", "how": "secure", "party": "service"}


class TestPages:
    def test_asked_for_waited_for_and_fetched(self, writer, two, later):
        plan = full_plan(two)
        two.shared(plan)
        page = text(writer.get(url("list", plan.pk)))
        assert "Easy read, with pictures" in page
        assert "Nothing has been made yet" in page
        path = url("new", plan.pk, "easy_read")
        assert "Select which words shall be printed" in text(writer.post(path, {}))
        answer = writer.post(path, {"version": "1"})
        document = Document.objects.get()
        assert answer["Location"] == url("document", document.pk)
        page = writer.get(answer["Location"])
        assert "It is being made" in text(page)
        assert f'data-waits="{url("status", document.pk)}"' in page.content.decode()
        assert writer.get(url("file", document.pk)).status_code == 404
        work()
        assert writer.get(url("status", document.pk)).json() == {"making": False}
        page = text(writer.get(url("document", document.pk)))
        assert "PDF, 2 pages" in page
        assert "Ask before you post anything" in page
        answer = writer.get(url("file", document.pk))
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 made"
        assert answer["Content-Disposition"] == 'attachment; filename="easy-read.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store, private"
        taken = AccessEntry.objects.filter(page="careplans:documents:file")
        entry = taken.exclude(action="refused").get()  # it was not there yet the first time
        assert (entry.action, entry.person, entry.record) == ("print", two.person, document.pk)
        assert entry.reason == "document.easy_read"
        assert entry.reason_words == "Easy read, with pictures, version 1"

    def test_no_page_renders(self, writer, two, later, monkeypatch):
        def refuse(*args):
            raise AssertionError("a page waits for a document")

        monkeypatch.setattr(rendering, "make", refuse)
        plan = full_plan(two)
        writer.post(url("new", plan.pk, "plan"), {"version": "now"})
        assert Document.objects.get().state == State.MAKING

    def test_a_letter_from_the_first_wording_to_the_file(self, writer, two, later):
        plan = full_plan(two)
        path = url("new", plan.pk, "housing")
        page = text(writer.post(path, {}))
        assert "Enter who it is for" in page
        assert "Select which parts may go into it" in page
        writer.post(path, {"recipient": "Mr Landlord", "parts": ["housing"]})
        document = Document.objects.get()
        page = text(writer.get(url("document", document.pk)))
        assert "A door that I can close" in page
        assert "Marigold has not said yes to it yet" in page
        correct = url("correct", document.pk)
        form = writer.get(correct).content.decode()
        assert "What we ask of you" in form
        data = {
            "seen": "1",
            "recipient": "Mr Landlord",
            "about": "Marigold",
            "section_opening": "We work together.",
            "section_said": "I want a dry wall.",
            "section_ask": "Please mend the wall.",
            "signed": "Femi",
        }
        assert "Select who has corrected it" in text(writer.post(correct, data))
        answer = writer.post(correct, {**data, "who": "together"})
        assert answer["Location"] == url("document", document.pk)
        assert DocumentText.objects.get(number=2).role == "together"
        approve = url("approve", document.pk)
        page = text(writer.get(approve))
        assert "I want a dry wall." in page
        assert "Select how Marigold said yes" in text(writer.post(approve, {"seen": "2"}))
        writer.post(approve, {"seen": "2", "how": "read", "words": "Send it soon"})
        work()
        page = text(writer.get(url("document", document.pk)))
        assert "They read it and said yes" in page
        assert "Send it soon" in page
        assert closed(writer.get(url("file", document.pk))).status_code == 200
        entry = AccessEntry.objects.filter(page="careplans:documents:file").get()
        assert entry.action == "export"
        give = url("give", document.pk)
        today = timezone.localdate()
        data = {
            "party": "service",
            "service_name": "",
            "how": "post",
            "on_day": str(today.day),
            "on_month": str(today.month),
            "on_year": str(today.year),
        }
        assert "Say who got it" in text(writer.post(give, data))
        writer.post(give, {**data, "service_name": "Harbour Housing"})
        assert "Harbour Housing (A service or a worker): by post" in text(
            writer.get(url("list", plan.pk))
        )

    def test_failure_and_retry(self, writer, two, later):
        document = asked_for(two, full_plan(two), DocumentKind.PLAN)
        services.gave_up(document=str(document.pk))
        page = text(writer.get(url("document", document.pk)))
        assert "could not be made. Nothing is lost" in page
        writer.post(url("retry", document.pk))
        assert fresh(document).state == State.MAKING
        answer = writer.post(url("retry", document.pk), follow=True)
        assert "has not failed" in text(answer)

    def test_a_summary_that_is_too_long_says_so(self, writer, two, later, monkeypatch):
        def too_long(kind, content):
            raise rendering.TooLong

        document = approved(two, full_plan(two), DocumentKind.SUMMARY)
        monkeypatch.setattr(rendering, "make", too_long)
        work()
        page = text(writer.get(url("document", document.pk)))
        assert "does not fit on one page" in page
        assert "Try again" not in page
        writer.post(url("again", document.pk))
        assert fresh(document).state == State.WRITING
        writer.post(url("drop", document.pk))
        assert fresh(document).state == State.DROPPED

    def test_a_file_that_is_gone(self, writer, two):
        document = asked_for(two, full_plan(two), DocumentKind.PLAN)
        work()
        row = fresh(document)
        row.file.storage.delete(row.file.name)
        assert writer.get(url("file", document.pk)).status_code == 404

    def test_a_reader_reads_and_makes_nothing(self, client, two):
        plan = full_plan(two)
        document = asked_for(two, plan, DocumentKind.PLAN)
        work()
        client.force_login(two.reader)
        page = text(client.get(url("list", plan.pk)))
        assert "Print the plan for" not in page
        assert client.get(url("document", document.pk)).status_code == 200
        assert closed(client.get(url("file", document.pk))).status_code == 200
        assert client.get(url("new", plan.pk, "plan")).status_code == 403
        assert client.post(url("give", document.pk)).status_code == 403

    def test_somebody_without_a_reason_finds_nothing(self, client, two):
        plan = full_plan(two)
        document = asked_for(two, plan, DocumentKind.PLAN)
        work()
        client.force_login(two.stranger)
        for path in (
            url("list", plan.pk),
            url("new", plan.pk, "plan"),
            url("document", document.pk),
            url("file", document.pk),
            url("status", document.pk),
            url("give", document.pk),
        ):
            assert client.get(path).status_code == 404

    def test_what_there_is_not(self, writer, two, plan):
        assert writer.get(url("new", plan.pk, "poster")).status_code == 404
        assert writer.get(url("new", plan.pk, "safety_card")).status_code == 404
        document = asked_for(two, plan, DocumentKind.PLAN)
        for name in ("correct", "approve"):
            assert writer.get(url(name, document.pk)).status_code == 404

    def test_the_number_of_queries_is_constant(self, writer, two, later):
        plan = full_plan(two)
        document = begun(two, plan, DocumentKind.GP)

        def more():
            one = asked_for(two, plan, DocumentKind.PLAN)
            services.make(document=str(one.pk))
            for _time in range(3):
                services.give(
                    document=one,
                    party="person",
                    how="hand",
                    on=timezone.localdate(),
                    by=two.worker,
                )
            text_now = services.last_text(document)
            services.correct(
                document=document, fields=text_now.fields, seen=text_now.number, by=two.alone
            )

        more()
        for path in (url("list", plan.pk), url("document", document.pk)):
            writer.get(path)
            with CaptureQueriesContext(connection) as few:
                writer.get(path)
            for _time in range(5):
                more()
            with CaptureQueriesContext(connection) as many:
                writer.get(path)
            assert len(many) == len(few)
            assert len(few) <= 15


class TestLetters:
    """What a reader outside needs: who writes, how to ring them, to whom, and what is asked."""

    @pytest.fixture
    def team(self, two):
        two.team.phone = "0113 496 0002"
        two.team.save()
        return two.team

    def printed(self, document):
        return TextPrint(fresh(document).content)

    def test_who_writes_can_be_rung(self, two, team):
        shown = self.printed(approved(two, full_plan(two), DocumentKind.HOUSING))
        assert shown.sender == [
            "Harbour Community Team",
            team.organisation.name,
            "Telephone: 0113 496 0002",
        ]
        assert shown.signed.split("\n") == ["Yours sincerely,", "Femi Ade", team.name]

    def test_it_can_be_answered_by_post(self, client, two, team):
        """The team's address stands above it: in the preview, and on paper as it was then."""
        team.address = "3 Lock Street\r\n Harbour\r\n"
        team.save()
        document = approved(two, full_plan(two), DocumentKind.HOUSING)
        lines = ["Harbour Community Team", team.organisation.name, "3 Lock Street", "Harbour"]
        assert self.printed(document).sender == [*lines, "Telephone: 0113 496 0002"]
        team.address = "Elsewhere"
        team.save()
        assert self.printed(document).sender[2] == "3 Lock Street"
        client.force_login(two.worker)
        page = client.get(f"/plans/documents/{document.pk}/").content.decode()
        assert "3 Lock Street" in page
        assert "Elsewhere" not in page

    def test_a_letter_from_before_there_were_addresses_is_made_as_it_was(self, two, team):
        content = fresh(approved(two, full_plan(two), DocumentKind.GP)).content
        del content["address"]
        assert "Telephone: 0113 496 0002" in TextPrint(content).sender

    def test_there_is_space_to_sign_it_and_its_days_are_written_out(self, two):
        shown = self.printed(approved(two, full_plan(two), DocumentKind.GP, identify=["born"]))
        assert shown.farewell == "Yours sincerely,"
        assert shown.writer.split("\n")[0] == "Femi Ade"
        today = full_date(timezone.localdate())
        assert shown.date == today
        assert shown.approved.endswith(f"agreed to it on {today}.")
        assert re.search(r"Date of birth: \d+\xa0[A-Z][a-z]+\xa0\d{4}", shown.about)

    @pytest.mark.parametrize(
        ("signed", "farewell", "writer"),
        [
            ("Yours sincerely,\nFemi Ade\nTeam", "Yours sincerely,", "Femi Ade\nTeam"),
            ("With best wishes\nFemi Ade", "", "With best wishes\nFemi Ade"),
            ("Yours sincerely,", "", "Yours sincerely,"),
            ("", "", ""),
        ],
    )
    def test_only_a_farewell_has_space_below_it(self, signed, farewell, writer):
        shown = TextPrint({"kind": "gp", "text": {"signed": signed}})
        assert (shown.farewell, shown.writer) == (farewell, writer)

    @pytest.mark.parametrize(
        ("recipient", "greeting"),
        [
            ("Mr Landlord", "Dear Mr Landlord,"),
            ("Ms Ito, Harbour Housing", "Dear Ms Ito,"),
            ("The decision maker", "Dear decision maker,"),
        ],
    )
    def test_it_greets_whom_it_is_for(self, two, recipient, greeting):
        document = begun(two, full_plan(two), DocumentKind.BENEFITS, recipient=recipient)
        (opening, *_rest) = services.last_text(document).fields["sections"]
        assert opening["words"].split("\n\n") == [
            greeting,
            "Harbour Community Team works alongside Marigold, who asked us to write to you about"
            " the help they can get.",
        ]

    def test_a_summary_is_no_letter(self, two):
        fields = services.last_text(begun(two, full_plan(two), DocumentKind.SUMMARY)).fields
        assert "Dear" not in str(fields)
        assert "Yours sincerely" not in str(fields)

    def test_what_stands_above_it_is_read_before_they_say_yes(self, client, two, team):
        """Who writes says something about the person: it is in the preview of both."""
        plan = full_plan(two)
        document = begun(two, plan, DocumentKind.EMPLOYER)
        account = own_account(two.person)
        for user, address in (
            (two.worker, url("document", document.pk)),
            (two.worker, url("approve", document.pk)),
            (account.user, reverse("my_plan:paper", args=[document.pk])),
        ):
            client.force_login(user)
            page = text(client.get(address))
            for words in (team.name, team.organisation.name, "Telephone: 0113 496 0002"):
                assert words in page, address
