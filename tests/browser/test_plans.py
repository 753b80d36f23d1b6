"""A plan that two people write: together in a meeting, by proposals, and where they differ."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from careplans import areas, services
from careplans.kinds import Kind
from careplans.models import AreaOfLife, Line, Plan
from careplans.table import State
from casework.directory.models import Locality
from tests.browser.base import BrowserStory
from tests.factories import accounts
from tests.factories.careplans import Two
from tests.factories.portal import own_account
from tests.unit.careplans.test_measures import life_pack


class TestPlans(BrowserStory):
    @pytest.fixture(autouse=True)
    def _plan(self, _story):
        areas.seed(AreaOfLife)  # a story before this one has emptied every table
        self.two = Two()
        self.given_i_am_signed_in(self.two.worker)

    def open(self, name, *args):
        self.when_i_open(reverse(f"careplans:{name}", args=args))

    def test_writing_together_in_a_meeting(self):
        self.when_i_open(reverse("people:detail", args=[self.two.person.pk]))
        self.when_i_follow("Plan")
        self.then_i_see("There is no plan yet")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Begin a plan together")
        self.then_i_see("The plan is begun")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Write together")
        self.then_the_heading_is("Where would you like to begin, Marigold?")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Housing")
        self.page.get_by_label("3: more hard than good").check()
        self.page.get_by_label("Not now", exact=True).check()
        self.when_i_fill("What matters to me here", "A door that I can close")
        self.when_i_fill("One thing that will happen next", "Ring the landlord")
        self.when_i_press("Save what we wrote")
        self.expect_validation_error("Select who sees to it")
        self.page.get_by_label("Femi Ade", exact=True).check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save what we wrote")
        self.then_i_see("written by Femi Ade with Marigold")
        plan = Plan.objects.get()
        assert plan.lines.get(kind=Kind.MATTERS).role == "together"
        self.given_a_phone(320)
        self.open("area", plan.pk, "housing")
        self.then_i_see("A door that I can close")
        self.then_i_see("Femi Ade with Marigold")
        self.then_the_accessibility_baseline_is_met()
        self.open("plan", plan.pk)
        self.then_i_see("3 out of 7, help with this: later, not now")
        self.then_the_accessibility_baseline_is_met()

    def test_proposing_and_accepting(self):
        plan = self.two.written()
        self.open("area", plan.pk, "housing")
        self.when_i_follow("Write how you see it together")
        self.when_i_fill("How we see it together", "The damp keeps Marigold awake.")
        self.page.get_by_label("I am on my own: Marigold is asked first").check()
        self.when_i_press("Save")
        self.then_i_see("It is proposed")
        self.then_i_see("Waiting for an answer")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("link", name="Answer this proposal").click()
        self.then_the_heading_is("A proposal for the plan")
        self.page.get_by_label("Yes, put it into the plan").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send this answer")
        self.then_i_see("The other side answers this, or the two of you together.")
        self.page.get_by_label("Marigold is here, and we answer together").check()
        self.when_i_press("Send this answer")
        self.then_i_see("It is in the plan now")
        self.given_a_phone(320)
        self.then_the_accessibility_baseline_is_met()
        assert Line.objects.get(kind=Kind.SHARED_VIEW).words == "The damp keeps Marigold awake."

    def test_a_no_stays_with_its_reason(self):
        """The person proposes, the worker talks and then declines: both read every answer."""
        plan = self.two.written()
        row = services.propose(
            plan=plan,
            kind=Kind.SHARED_VIEW,
            values={"words": "Femi rings each morning."},
            by=self.two.themselves,
            area=self.two.area,
        )
        address = reverse("careplans:proposal", args=[row.pk])
        self.when_i_open(address)
        self.page.get_by_label("Let us talk about it first").check()
        self.when_i_fill("What there is to talk about, or why not", "Which mornings matter most?")
        self.when_i_press("Send this answer")
        self.then_i_see("It waits until you have talked about it")
        self.when_i_open(address)
        self.then_i_see("Which mornings matter most?")
        self.page.get_by_label("No", exact=True).check()
        self.when_i_fill(
            "What there is to talk about, or why not", "Nobody can promise that each day."
        )
        self.when_i_press("Send this answer")
        self.open("plan", plan.pk)
        self.when_i_follow("What was proposed")
        self.then_i_see("Which mornings matter most?")
        self.then_i_see("Nobody can promise that each day.")
        self.then_the_accessibility_baseline_is_met()
        self.given_a_phone(320)
        self.page.context.clear_cookies()
        self.given_i_am_signed_in(own_account(self.two.person).user)
        self.when_i_open(reverse("portal:home"))
        self.then_i_see("Your team answered what you proposed.")
        self.when_i_open(reverse("my_plan:plan"))
        self.when_i_follow("What was proposed, and the answers")
        self.then_i_see("Which mornings matter most?")
        self.then_i_see("Nobody can promise that each day.")
        self.then_the_accessibility_baseline_is_met()

    def test_a_locality_has_its_own_order(self):
        harbour = Locality.objects.create(name="Harbour")
        self.two.person.locality = harbour
        self.two.person.save()
        self.given_i_am_signed_in(accounts.member("administrator", name="Ada Admin"))
        self.when_i_open(reverse("plan_lists:areas"))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Harbour")
        self.page.get_by_label("Medication").select_option(label="Not in new plans here")
        self.page.get_by_label("Housing").select_option(label="3")
        self.page.get_by_label("People and belonging").select_option(label="1")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save this list")
        self.then_i_see("The list of Harbour is saved")
        self.then_i_see("A list of its own")
        self.then_the_accessibility_baseline_is_met()
        plan = self.two.plan()
        self.given_i_am_signed_in(self.two.worker)
        self.open("plan", plan.pk)
        names = self.page.locator(".app-plan-area__name").all_inner_texts()
        assert names[:3] == ["People and belonging", "Money and benefits", "Housing"]
        assert "Medication" not in names

    def test_two_at_one_line(self):
        plan = self.two.written()
        line = plan.lines.get(kind=Kind.MATTERS)
        self.open("line", line.pk)
        services.write(
            plan=plan,
            kind=Kind.MATTERS,
            values={"words": "Nobody comes in without knocking"},
            by=self.two.themselves,
            area=self.two.area,
            line=line,
            seen_version=1,
        )
        self.when_i_fill("What matters to me here", "A door with a key")
        self.page.get_by_label("Marigold is here: we write it together").check()
        self.when_i_press("Save")
        self.then_i_see("Somebody else changed this while you were writing")
        self.then_i_see("Nobody comes in without knocking")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Both, one after the other").check()
        self.when_i_press("Save")
        self.then_i_see("It is saved")
        line.refresh_from_db()
        assert line.words == "Nobody comes in without knocking\n\nA door with a key"

    def test_disagreeing_and_sharing(self):
        plan = self.two.written()
        self.two.write(plan, Kind.TEAM_VIEW, "We worry about the flat.", by=self.two.alone)
        self.open("area", plan.pk, "housing")
        self.when_i_follow("They see it differently: write how")
        self.when_i_fill("I see it differently", "It is the first place that is mine.")
        self.page.get_by_label("Marigold is here: we write it together").check()
        self.when_i_press("Save")
        self.then_i_see("It is the first place that is mine.")
        self.then_the_accessibility_baseline_is_met()
        self.open("plan", plan.pk)
        self.when_i_follow("Share this version")
        self.then_i_see("Help never depends on agreeing")
        self.page.get_by_label("The team agrees to this version").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Share this version")
        self.then_i_see("The version is shared")
        self.when_i_follow("Record an answer")
        self.page.get_by_label("Marigold", exact=True).check()
        self.page.get_by_label("I agree with part of it").check()
        self.when_i_fill("In their own words", "Not the part about the flat")
        self.page.get_by_label("They signed the printed page").check()
        self.page.get_by_label("The signed page").set_input_files(
            files=[
                {
                    "name": "page.pdf",
                    "mimeType": "application/pdf",
                    "buffer": SimpleUploadedFile("page.pdf", b"%PDF-1.7").read(),
                }
            ]
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Record this answer")
        self.then_i_see("The answer is recorded")
        self.then_i_see("Not the part about the flat")
        self.then_the_accessibility_baseline_is_met()
        assert Plan.objects.get().state == State.SHARED
        self.when_i_follow("Use it although we see it differently")
        self.when_i_fill("Why", "The council needs an answer this week")
        self.when_i_press("Use this plan")
        self.then_i_see("We see this differently.")
        self.then_the_accessibility_baseline_is_met()
        version = plan.versions.get()
        self.open("version", plan.pk, version.number)
        self.then_i_see("It is the first place that is mine.")
        self.then_the_accessibility_baseline_is_met()
        self.given_a_phone(320)
        for name in ("safety", "plan", "share"):
            self.open(name, plan.pk)
            self.then_the_accessibility_baseline_is_met()

    def test_a_reader_finds_nothing_to_write(self):
        plan = self.two.written()
        self.given_i_am_signed_in(self.two.reader)
        self.open("area", plan.pk, "housing")
        assert self.page.get_by_role("link", name="Change").count() == 0
        self.then_the_accessibility_baseline_is_met()

    def test_a_review(self):
        """They ask, look together on one screen, answer a measure, and keep the plan."""
        plan = self.two.written()
        self.two.write(plan, Kind.TEAM_VIEW, "We worry about the flat.", by=self.two.alone)
        version = self.two.shared(plan)
        self.two.agrees(version)
        services.answer_for_team(version=version, by=self.two.alone, answer="agree")
        services.rate(plan=plan, area=self.two.area, value=2, by=self.two.together)
        pack = services.add_pack(content=life_pack())
        self.open("plan", plan.pk)
        self.when_i_follow("Look at it again")
        self.page.get_by_label("A review meeting, with whoever the person wants there").check()
        self.page.get_by_label("Marigold is here and asks for it").check()
        self.when_i_press("Save")
        assert Plan.objects.get().state == State.UNDER_REVIEW
        self.open("meeting_area", plan.pk, "housing")
        self.page.get_by_label("5: more good than hard").check()
        self.when_i_fill("I see it differently", "It is the first place that is mine.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save what we wrote")
        self.then_i_see("written by Femi Ade with Marigold")
        self.open("measures", plan.pk)
        self.when_i_follow("Answer together: How life goes")
        self.page.get_by_role("group", name="Question 1", exact=True).get_by_label("5").check()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save these answers")
        self.then_i_see("+3 since the first time.")
        self.then_the_accessibility_baseline_is_met()
        self.given_a_phone(320)
        self.open("area", plan.pk, "housing")
        self.then_i_see("It is the first place that is mine.")
        self.then_the_accessibility_baseline_is_met()
        self.open("readers", plan.pk)
        self.then_the_accessibility_baseline_is_met()
        self.open("keep", plan.pk)
        self.when_i_fill("What you looked at together", "All of it, aloud")
        self.when_i_press("Keep the plan as it is")
        self.then_i_see("Where the plan stands")
        plan.refresh_from_db()
        assert plan.state != State.UNDER_REVIEW
        assert plan.reviews.get().held_on is not None
        assert pack.active

    def test_two_browsers_at_one_plan(self):
        """A worker in one browser, the person on their own pages in the other: the same line,
        different lines, and one of them offline. No text is lost, and each is told who is there."""
        plan = self.two.written()
        line = plan.lines.get(kind=Kind.MATTERS)
        goal = plan.lines.get(kind=Kind.GOAL)
        worker = self.page
        browser = self.page.context.browser
        assert browser is not None
        context = browser.new_context(viewport={"width": 320, "height": 640})
        me = context.new_page()
        try:
            self.page.context.clear_cookies()
            self.given_i_am_signed_in(own_account(self.two.person).user)
            context.add_cookies(self.page.context.cookies())
            self.given_i_am_signed_in(self.two.worker)

            def both_open(one):
                self.open("line", one.pk)
                me.goto(self.address + reverse("my_plan:line", args=[one.pk]))

            def the_worker_saves():
                worker.get_by_label("Marigold is here: we write it together").check()
                worker.get_by_role("button", name="Save", exact=True).click()

            def i_save():
                me.get_by_role("button", name="Save", exact=True).click()

            # the same line: the loser sees both texts and chooses
            both_open(line)
            expect(me.get_by_text("on this page too")).to_contain_text("Femi Ade")
            self.page.reload()
            expect(worker.get_by_text("on this page too")).to_contain_text("Marigold")
            me.get_by_label("What matters to me here").fill("A door and a bell")
            worker.get_by_label("What matters to me here").fill("A door with a key")
            the_worker_saves()
            expect(worker.get_by_text("It is saved.")).to_be_visible()
            i_save()
            expect(me.get_by_role("main")).to_contain_text("Somebody else changed this")
            expect(me.get_by_role("main")).to_contain_text("A door with a key")
            me.get_by_label("Both, one after the other").check()
            i_save()
            expect(me.get_by_text("It is saved.")).to_be_visible()
            line.refresh_from_db()
            assert line.words == "A door with a key\n\nA door and a bell"
            assert line.role == "person"
            # different lines: both stand
            self.open("line", goal.pk)
            me.goto(self.address + reverse("my_plan:line", args=[line.pk]))
            worker.get_by_label("Goal").fill("To sleep through\nand to wake late")
            me.get_by_label("What matters to me here").fill("A door, a bell and a key")
            the_worker_saves()
            expect(worker.get_by_text("It is saved.")).to_be_visible()
            i_save()
            expect(me.get_by_text("It is saved.")).to_be_visible()
            goal.refresh_from_db()
            line.refresh_from_db()
            assert goal.words == "To sleep through\nand to wake late"
            assert line.words == "A door, a bell and a key"
            # the person is offline while they write: the words wait in the page, then on the server
            both_open(goal)
            context.set_offline(True)
            me.get_by_label("Goal").fill("To sleep all night")
            expect(me.get_by_text("Not kept yet")).to_be_visible(timeout=8000)
            worker.get_by_label("Goal").fill("To sleep through and to wake late")
            the_worker_saves()
            expect(worker.get_by_text("It is saved.")).to_be_visible()
            context.set_offline(False)
            expect(me.get_by_text("Saved at")).to_be_visible(timeout=15000)
            i_save()
            expect(me.get_by_role("main")).to_contain_text("Somebody else changed this")
            me.get_by_label("Both, one after the other").check()
            i_save()
            expect(me.get_by_text("It is saved.")).to_be_visible()
            goal.refresh_from_db()
            assert goal.words == "To sleep through and to wake late\n\nTo sleep all night"
        finally:
            context.close()
