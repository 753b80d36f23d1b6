"""A working day in the diary: a contact is recorded, one is missed, and a visit at night."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.cases.models import AboutMe, Contact, LiveReason, Note, Step
from casework.cases.services import entries
from tests import factories
from tests.browser.base import BrowserStory

SIZES = [(1280, 900), (320, 740)]


class DiaryStory(BrowserStory):
    """Grace is Ro's key worker in the Harbour Community Team."""

    def given_a_screen(self, size):
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def given_grace_is_ros_key_worker(self):
        self.team = factories.team("Harbour Community Team", phone="01632 960 001")
        self.grace = factories.worker("Grace Fairweather", staff_group="02")
        self.user = factories.member(
            "key_worker", team=self.team, worker=self.grace, name=self.grace.name
        )
        self.person = factories.person_with_key_worker(
            team=self.team,
            worker=self.grace,
            since=timezone.localdate() - dt.timedelta(days=200),
            name="Robin Example",
            preferred_name="Ro",
        )
        for ago, name in ((9, "Joe Hazelwood"), (16, "Ruth Summerfield")):
            factories.contact(self.person, factories.worker(name), days_ago=ago, team=self.team)
        for ago in (23, 30, 37):
            factories.contact(self.person, self.grace, days_ago=ago, team=self.team)
        colleague = factories.worker("Samir Longacre")
        factories.member("team_member", team=self.team, worker=colleague)
        self.person.adjustments.create(kind="place", words="A seat near the door, blinds half down")
        AboutMe.objects.create(
            person=self.person,
            how_to_be_with_me="Say hello and wait a moment. I need time before I can talk.",
            please_do_not="Do not ask three things at once.",
            when_i_struggle="I go quiet and stop answering my phone.",
            what_helps="Tea, the kitchen light, and somebody who stays calm.",
        )

    def and_a_meeting_is_booked_for_today(self):
        self.booking = entries.book(
            person=self.person,
            workers=[self.grace],
            date=timezone.localdate(),
            time=dt.time(0, 5),
            team=self.team,
            by=self.user,
            medium="01",
            purpose="support",
            place="Library, small room",
        )

    def given_a_crisis_worker_with_a_referral(self):
        crisis = factories.team("Crisis Team", kind="crisis", phone="01632 960 900")
        ada = factories.worker("Ada Nightingale")
        self.nurse = factories.member("team_member", team=crisis, worker=ada, name=ada.name)
        LiveReason.objects.create(
            person=self.person,
            team=crisis,
            kind=LiveReason.Kind.REFERRAL,
            source_key="referral:story",
            start=timezone.localdate(),
        )

    def and_i_am_signed_in(self, user=None):
        self.given_i_am_signed_in(user or self.user)

    def when_i_open_my_diary(self):
        self.when_i_open(reverse("diary:mine"))
        self.then_the_heading_is("My diary")

    def and_i_record_todays_meeting(self):
        self.page.get_by_role("link", name="Record how it went").first.click()
        self.then_the_heading_starts("Record a contact with Ro")

    def then_the_heading_starts(self, text):
        assert self.page.get_by_role("heading", level=1).inner_text().startswith(text)

    def when_i_choose(self, name):
        self.page.get_by_role("radio", name=name, exact=True).check()


@pytest.mark.parametrize("size", SIZES, ids=str)
class TestDay(DiaryStory):
    def test_a_contact_is_recorded_from_a_booking(self, size):
        self.given_a_screen(size)
        self.given_grace_is_ros_key_worker()
        self.and_a_meeting_is_booked_for_today()
        self.and_i_am_signed_in()
        self.when_i_open_my_diary()
        self.then_the_accessibility_baseline_is_met()
        self.and_i_record_todays_meeting()
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What was said and agreed", "We looked at the letter together.")
        self.page.get_by_text("A next step", exact=True).click()
        self.when_i_fill("What will be done?", "Ring the council about the letter")
        self.when_i_press("Save the contact")
        self.expect_validation_error("Enter the day by which it will be done")
        self.then_the_accessibility_baseline_is_met()
        self.and_i_say_by_when()
        self.when_i_press("Save the contact")
        self.then_the_heading_is("My diary")
        self.then_i_see("The contact is recorded.")
        self.then_i_see("Attended")
        self.then_i_see("Ro: Ring the council about the letter")
        self.then_the_accessibility_baseline_is_met()
        self.page.locator(".app-line__title a").first.click()
        self.then_the_heading_is("Contact with Ro")
        self.then_i_see("We looked at the letter together.")
        self.then_i_see("Shared with the person")
        self.then_the_accessibility_baseline_is_met()
        note = Note.objects.get()
        assert note.contact.pk == self.booking.pk
        assert note.shared

    def and_i_say_by_when(self):
        by = timezone.localdate() + dt.timedelta(days=2)
        group = self.page.get_by_role("group", name="By what day?")
        for part in ("Day", "Month", "Year"):
            value = getattr(by, part.lower())
            group.get_by_label(part, exact=True).fill(str(value))

    def test_a_missed_contact(self, size):
        self.given_a_screen(size)
        self.given_grace_is_ros_key_worker()
        self.and_a_meeting_is_booked_for_today()
        self.and_i_am_signed_in()
        self.when_i_open_my_diary()
        self.and_i_record_todays_meeting()
        assert not self.page.get_by_label("What will we do about it?").is_visible()
        self.when_i_choose("Missed")
        self.then_i_see("It never counts against anybody.")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save the contact")
        self.expect_validation_error(
            "Select what got in the way, as far as you know",
            "Say what we will do about it, for example ring and offer another time",
        )
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("What got in the way?").select_option("transport")
        self.when_i_fill("In their words, if you have spoken", "The bus did not come.")
        self.when_i_fill("What will we do about it?", "Ring and offer to meet at home")
        self.when_i_press("Save the contact")
        self.then_the_heading_is("My diary")
        self.then_i_see("Ro: Ring and offer to meet at home")
        self.then_the_accessibility_baseline_is_met()
        contact = Contact.objects.get(pk=self.booking.pk)
        assert (contact.attendance, contact.barrier) == ("3", "transport")
        assert contact.steps.get().worker == self.grace

    def test_a_meeting_is_booked_moved_and_cancelled(self, size):
        self.given_a_screen(size)
        self.given_grace_is_ros_key_worker()
        self.and_i_am_signed_in()
        self.when_i_open(reverse("diary:book", args=[self.person.pk]))
        self.then_the_accessibility_baseline_is_met()
        day = timezone.localdate() + dt.timedelta(days=3)
        self.and_something_else_is_booked_that_day(day)
        for part in ("Day", "Month", "Year"):
            self.page.get_by_label(part, exact=True).fill(str(getattr(day, part.lower())))
        self.when_i_fill("Time", "2pm")
        self.when_i_press("Book the meeting")
        self.then_i_see("Grace Fairweather has another booking at 2:30pm.")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_label("Book it all the same").check()
        self.when_i_press("Book the meeting")
        self.then_the_heading_is("Meeting with Ro")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Change the booking")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("Time", "11am")
        self.when_i_press("Change the booking")
        self.then_i_see("The booking is changed.")
        self.when_i_follow("Cancel it")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("The person")
        self.when_i_press("Cancel the meeting")
        self.then_i_see("Cancelled by the person")
        self.then_the_accessibility_baseline_is_met()

    def and_something_else_is_booked_that_day(self, day):
        entries.book(
            person=factories.held_person(team=self.team),
            workers=[self.grace],
            date=day,
            time=dt.time(14, 30),
            by=None,
        )

    def test_a_group_in_one_entry(self, size):
        self.given_a_screen(size)
        self.given_grace_is_ros_key_worker()
        factories.person_with_key_worker(team=self.team, worker=self.grace, name="Bel Example")
        self.and_i_am_signed_in()
        self.when_i_open(reverse("diary:group"))
        self.then_the_accessibility_baseline_is_met()
        for name in ("Ro", "Bel Example"):
            self.page.get_by_role("checkbox", name=name, exact=True).check()
        self.when_i_press("Continue")
        self.then_the_heading_is("Record a group")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What the group did", "We cooked soup.")
        self.when_i_press("Save the contacts")
        self.then_i_see("The contacts are recorded.")
        self.then_the_accessibility_baseline_is_met()
        assert [note.words for note in Note.objects.all()] == ["We cooked soup."] * 2

    def test_an_entry_is_corrected_and_another_was_a_mistake(self, size):
        self.given_a_screen(size)
        self.given_grace_is_ros_key_worker()
        contact = entries.record(
            person=self.person,
            workers=[self.grace],
            date=timezone.localdate(),
            by=self.user,
            entry=entries.Entry(note=entries.Words("We talked.")),
        )
        self.and_i_am_signed_in()
        self.when_i_open(reverse("diary:correct", args=[contact.pk]))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What was said and agreed", "We talked about work.")
        self.when_i_fill("Why is it corrected?", "I had left half of it out")
        self.when_i_press("Save the correction")
        self.then_i_see("We talked about work.")
        self.then_i_see("I had left half of it out")
        self.when_i_follow("It was entered in error")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What went wrong?", "It was another person")
        self.when_i_press("Mark as entered in error")
        self.then_i_see("Nothing of it is gone.")


@pytest.mark.parametrize("size", SIZES, ids=str)
class TestNight(DiaryStory):
    def test_a_crisis_workers_night_visit(self, size):
        self.given_a_screen(size)
        self.given_grace_is_ros_key_worker()
        self.given_a_crisis_worker_with_a_referral()
        self.and_i_am_signed_in(self.nurse)
        self.when_i_open(reverse("diary:crisis", args=[self.person.pk]))
        self.then_the_heading_starts("Crisis visit: Ro")
        for words in (
            "Tea, the kitchen light, and somebody who stays calm.",
            "Key worker",
            "No meeting is booked.",
        ):
            self.then_i_see(words)
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What happened", "Ro rang at one and was very frightened.")
        self.when_i_fill("What helped", "Sitting in the kitchen.")
        self.when_i_press("Save the visit")
        self.then_the_heading_is("Contact with Ro")
        self.then_i_see("Get in touch after the crisis contact")
        self.then_the_accessibility_baseline_is_met()
        step = Step.objects.get()
        assert step.worker == self.grace
        assert step.due_on == entries.next_working_day()
        assert self.person.cases.get().key_worker == self.grace


class TestByKeyboard(DiaryStory):
    def test_a_contact_is_recorded_without_a_mouse(self):
        self.given_grace_is_ros_key_worker()
        self.and_a_meeting_is_booked_for_today()
        self.and_i_am_signed_in()
        self.when_i_open_my_diary()
        self.when_i_tab_to("Record how it went")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/record/**")
        self.when_i_tab_to_the_field("note")
        self.page.keyboard.type("We walked by the harbour.")
        self.when_i_tab_to("Save the contact")
        self.page.keyboard.press("Enter")
        self.then_i_see("The contact is recorded.")
        assert Note.objects.get().words == "We walked by the harbour."

    def test_a_missed_contact_is_recorded_without_a_mouse(self):
        self.given_grace_is_ros_key_worker()
        self.and_a_meeting_is_booked_for_today()
        self.and_i_am_signed_in()
        self.when_i_open_my_diary()
        self.when_i_tab_to("Record how it went")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/record/**")
        self.when_i_tab_to_the_field("attendance")
        self.when_i_arrow_to("Missed")
        self.when_i_tab_to_the_field("barrier")
        self.page.keyboard.type("Getting")
        self.when_i_tab_to("What will we do about it?")
        self.page.keyboard.type("Ring and offer to meet at home")
        self.when_i_tab_to("Save the contact")
        self.page.keyboard.press("Enter")
        self.then_i_see("Ro: Ring and offer to meet at home")
        contact = Contact.objects.get(pk=self.booking.pk)
        assert (contact.attendance, contact.barrier) == ("3", "transport")

    def test_a_night_visit_is_written_without_a_mouse(self):
        self.given_grace_is_ros_key_worker()
        self.given_a_crisis_worker_with_a_referral()
        self.and_i_am_signed_in(self.nurse)
        self.when_i_open(reverse("people:detail", args=[self.person.pk]))
        self.when_i_tab_to("Crisis visit")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/crisis/**")
        self.when_i_tab_to("What happened")
        self.page.keyboard.type("Ro rang at one and was very frightened.")
        self.when_i_tab_to("What helped")
        self.page.keyboard.type("Sitting in the kitchen.")
        self.when_i_tab_to("Save the visit")
        self.page.keyboard.press("Enter")
        self.then_i_see("Get in touch after the crisis contact")
        assert Step.objects.get().worker == self.grace


class TestWithoutScript(DiaryStory):
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_a_missed_contact_is_recorded(self):
        self.given_grace_is_ros_key_worker()
        self.and_a_meeting_is_booked_for_today()
        self.and_i_am_signed_in()
        self.when_i_open_my_diary()
        self.and_i_record_todays_meeting()
        self.when_i_choose("Missed")
        self.page.get_by_label("What got in the way?").select_option("fear")
        self.when_i_fill("What will we do about it?", "Write a card and offer a walk")
        self.when_i_press("Save the contact")
        self.then_i_see("Ro: Write a card and offer a walk")
