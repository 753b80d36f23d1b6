"""A plan on paper in easy read, and a letter that the person corrects."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from careplans import areas
from careplans.documents.kinds import DocumentKind
from careplans.models import AreaOfLife, Document, DocumentGiven
from casework.outbox import services as outbox
from tests.browser.base import BrowserStory
from tests.factories.careplans import Two
from tests.factories.documents import begun, full_plan
from tests.factories.portal import own_account


class TestDocuments(BrowserStory):
    @pytest.fixture(autouse=True)
    def _plan(self, _story, monkeypatch):
        areas.seed(AreaOfLife)  # a story before this one has emptied every table
        # the worker process is another process: here it works when the story says so
        monkeypatch.setattr(outbox, "_nudge", lambda: None)
        self.two = Two()
        self.plan = full_plan(self.two)
        self.version = self.two.shared(self.plan)
        self.given_i_am_signed_in(self.two.worker)
        self.when_i_open(reverse("careplans:plan", args=[self.plan.pk]))
        self.when_i_follow("Print and letters")

    def when_the_worker_process_works(self):
        assert outbox.run_due(now=timezone.now() + dt.timedelta(minutes=5))

    def test_printing_easy_read(self):
        self.then_i_see("Nothing has been made yet.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Easy read, with pictures")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Make it")
        self.then_i_see("It is being made. This usually takes a few seconds.")
        self.then_the_accessibility_baseline_is_met()
        self.when_the_worker_process_works()
        self.then_i_see("Save or print the file")  # the page has looked by itself
        self.then_the_accessibility_baseline_is_met()
        with self.page.expect_download() as saved:
            self.page.get_by_role("link", name="Save or print the file").click()
        assert saved.value.suggested_filename == "easy-read.pdf"
        assert saved.value.path().read_bytes().startswith(b"%PDF-1.")
        self.when_i_follow("Write down who got it")
        self.page.get_by_label("Marigold", exact=True).check()
        self.page.get_by_label("Given in person").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Write it down")
        self.then_i_see("Marigold: given in person")
        self.given_a_phone(320)
        self.when_i_follow("All documents of this plan")
        self.then_i_see("Marigold: given in person")
        self.then_the_accessibility_baseline_is_met()
        assert DocumentGiven.objects.get().party == "person"

    def test_at_home_the_person_saves_their_plan_and_answers_a_letter(self):
        """On an old phone: a plan in easy read, and a letter in words that are theirs."""
        begun(self.two, self.plan, DocumentKind.HOUSING)
        self.page.context.clear_cookies()
        self.given_i_am_signed_in(own_account(self.two.person).user)
        self.given_a_phone(320)
        self.when_i_open(reverse("portal:home"))
        self.then_i_see("1 letter about you waits for your yes or no.")
        self.when_i_follow("My plan on paper, and letters")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Letter about housing").click()
        self.then_i_see("Nobody gets it until you say yes.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Change the words")
        self.when_i_fill("What Marigold says", "The wall has been wet for a year.")
        self.when_i_fill("What we ask of you", "Please mend the wall before Christmas.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save these words")
        self.when_i_follow("I say yes to it")
        self.then_i_see("The wall has been wet for a year.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Yes, make it")
        self.then_i_see("You said yes. It is being made.")
        self.when_the_worker_process_works()
        self.then_i_see("Save or print it")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_open(reverse("my_plan:papers"))
        self.when_i_follow("Easy read, with pictures")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Make it")
        self.when_the_worker_process_works()
        with self.page.expect_download() as saved:
            self.page.get_by_role("link", name="Save or print it").click()
        assert saved.value.suggested_filename == "easy-read.pdf"
        self.page.reload()
        self.then_i_see("You saved it on")
        assert Document.objects.get(kind="housing").approved_how == "portal"

    def test_a_letter_that_the_person_corrects(self):
        self.when_i_follow("Letter about housing")
        self.when_i_press("Write the first wording")
        self.expect_validation_error("Enter who it is for")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Who is it for?", "Harbour Housing")
        self.when_i_press("Write the first wording")
        self.then_i_see("Marigold has not said yes to it yet.")
        self.then_i_see("A door that I can close")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Correct the text")
        self.when_i_fill("What Marigold says", "The wall has been wet for a year.")
        self.when_i_fill("What we ask of you", "Please mend the wall before Christmas.")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Marigold and I, together").check()
        self.when_i_press("Save this wording")
        self.then_i_see("The wording is saved.")
        self.then_i_see("Femi Ade with Marigold")
        self.when_i_follow("Marigold says yes to it")
        self.then_i_see("The wall has been wet for a year.")
        self.when_i_press("They say yes: make it")
        self.expect_validation_error("Select how Marigold said yes")
        self.page.get_by_label("They read it and said yes").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("They say yes: make it")
        self.then_i_see("It is approved and is being made.")
        self.when_the_worker_process_works()
        self.then_i_see("Save or print the file")
        self.given_a_phone(320)
        self.then_the_accessibility_baseline_is_met()
        document = Document.objects.get()
        assert (document.pages, document.approved_how) == (1, "read")
        printed = [one["words"] for one in document.content["text"]["sections"]]
        assert "Please mend the wall before Christmas." in printed
