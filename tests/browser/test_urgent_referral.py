"""An urgent referral at night, and one that is written together in daylight."""

import pytest
from django.urls import reverse

from casework.cases.models import AboutMe, ContactPreference, Step
from casework.directory.models import Locality
from referrals.asking import services
from referrals.models import Correction, Referral
from referrals.table import State
from tests.browser.base import BrowserStory
from tests.factories.referrals import Network
from tests.unit.referrals.test_sniffing import archive, pdf

SIZES = pytest.mark.parametrize("size", [(1280, 900), (320, 700)], ids=["desk", "phone"])


class TestAskingForHelp(BrowserStory):
    def given_a_network_and_somebody_who_is_known(self, size) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.network = Network()
        here = Locality.objects.create(name="Northside")
        self.network.crisis.localities.add(here)
        self.network.cmht.localities.add(here)
        services.offer(
            team=self.network.cmht,
            by=self.network.lead,
            name="A group for strong feelings",
            needs=["14"],
            for_whom="Adults who live here. No diagnosis is asked for.",
        )
        self.person = self.network.person
        self.person.preferred_name, self.person.phone = "Ro", "0113 496 0000"
        self.person.locality = here
        self.person.save()
        AboutMe.objects.create(person=self.person, when_i_struggle="I laugh too much.")
        ContactPreference.objects.create(person=self.person, channel="phone", ask_for="Ro")
        self.given_i_am_signed_in(self.network.gp)

    def when_i_choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    @SIZES
    def test_urgent_referral_at_night(self, size):
        self.given_a_network_and_somebody_who_is_known(size)
        self.when_i_open(reverse("people:detail", args=[self.person.pk]))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_follow("Urgent: ask now")
        self.then_the_heading_is("Urgent: ask for help for Ro")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Send it now")
        self.expect_validation_error(
            "Write what has happened and what help they want", "Select how soon help is needed"
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What has happened, and what help do they want?", "I cannot be alone.")
        self.when_i_choose("Very urgent: seen within 4 hours")
        self.when_i_press("Send it now")  # how to reach them and the team were there already
        self.then_i_see("Please complete the rest within 24 hours.")
        self.then_i_see("Still to come by")
        self.then_the_accessibility_baseline_is_met()
        row = Referral.objects.get()
        assert (row.state, row.team, row.priority) == (State.SENT, self.network.crisis, "4")
        assert "ask for Ro" in row.reach_words
        self.when_i_follow("Complete it now")
        self.then_the_heading_is("Complete the urgent referral for Ro")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("They want it")
        self.when_i_fill("What support do they get while they wait?", "Their sister stays.")
        self.when_i_press("Save")
        self.then_i_see("The urgent referral is complete.")
        assert Referral.objects.get().rest_by is None
        assert Step.objects.get().done_on is not None

    @SIZES
    def test_a_referral_written_together(self, size):
        self.given_a_network_and_somebody_who_is_known(size)
        self.when_i_open(reverse("asking:start", args=[self.person.pk]))
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("They take over")
        self.page.get_by_label("What is the help for? (optional)").select_option("14")
        self.when_i_press("See who could help")
        self.then_the_heading_is("Who could help Ro")
        self.then_i_see("For whom: Adults who live here. No diagnosis is asked for.")
        self.then_i_see("No figure yet")
        self.then_the_accessibility_baseline_is_met()
        self.page.get_by_role("button", name="Community team").click()
        self.then_the_heading_is("Ask for help with Ro")
        field = self.page.get_by_label("What you may not see when meeting me", exact=True)
        assert field.input_value() == "I laugh too much."
        self.then_the_accessibility_baseline_is_met()
        self.when_i_press("Save and send")
        self.expect_validation_error(
            "Write the reason in the person's own words, or say why you cannot",
            "Say whether the person wants this, is unsure or does not want it",
            "Select how soon help is needed",
            "Say who holds the person meanwhile: name a worker",
            "Say what support the person gets while waiting",
        )
        self.then_the_accessibility_baseline_is_met()
        self.when_i_fill("What I want help with, in my own words", "I want somebody who stays.")
        self.when_i_choose("They are unsure")
        self.page.get_by_role("group", name="About me").get_by_label(
            "Share it: they agree", exact=True
        ).check()
        self.when_i_choose("Routine: the other team's usual wait, as the list of teams shows it")
        self.page.get_by_label("Who holds them meanwhile?").select_option(label="Nurse Nash")
        self.when_i_fill("What support do they get while they wait?", "A call every Tuesday")
        self.when_i_press("Save the draft and read it")
        self.then_i_see("The draft is saved. Nothing has been sent.")
        self.then_i_see("I want somebody who stays.")
        self.then_the_accessibility_baseline_is_met()
        self.and_the_person_puts_something_right()
        self.and_a_letter_goes_with_it()
        self.when_i_press("Send it")
        self.then_i_see("Nurse Nash holds Ro until they have met.")
        assert Referral.objects.get().state == State.SENT
        self.when_i_open(reverse("asking:read", args=[Referral.objects.get().pk]))
        self.then_i_see("Given to Community team on")
        self.then_the_accessibility_baseline_is_met()

    def and_the_person_puts_something_right(self) -> None:
        self.when_i_follow("Write down what is not so, in their words")
        self.then_the_accessibility_baseline_is_met()
        self.when_i_choose("What I want help with")
        self.when_i_fill("How they say it", "Not somebody. The same one.")
        self.when_i_choose("They said it, and somebody typed it")
        self.when_i_press("Save their words")
        self.then_i_see("Not somebody. The same one.")
        self.page.get_by_role("button", name="It stands beside").click()
        self.then_i_see("It stands beside what is written")
        assert Correction.objects.get().answer == "beside"

    def and_a_letter_goes_with_it(self) -> None:
        self.when_i_follow("Add a file")
        self.then_the_accessibility_baseline_is_met()
        self.and_i_choose_a_file("letter.pdf", archive())
        self.when_i_fill("What it is", "A letter")
        self.when_i_press("Add the file")
        self.then_i_see("This kind of file is not taken")
        self.then_the_accessibility_baseline_is_met()
        self.and_i_choose_a_file("letter.pdf", pdf())
        self.when_i_press("Add the file")
        self.then_i_see("The file is added.")
        self.then_the_accessibility_baseline_is_met()
        with self.page.expect_download() as download:
            self.when_i_follow("letter.pdf")
        assert download.value.suggested_filename == "letter.pdf"

    def and_i_choose_a_file(self, name: str, data: bytes) -> None:
        self.page.get_by_label("File", exact=True).set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": data}
        )

    def test_without_script(self, browser):
        """Asking needs nothing but forms."""
        self.given_a_network_and_somebody_who_is_known((1280, 900))
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(self.page.context.cookies())
        page = context.new_page()
        page.goto(self.address + reverse("asking:urgent", args=[self.person.pk]))
        page.get_by_label("What has happened, and what help do they want?").fill("Now")
        page.get_by_label("Urgent: seen within 24 hours", exact=True).check()
        page.get_by_role("button", name="Send it now").click()
        assert page.get_by_text("Please complete the rest within 24 hours.").is_visible()
        context.close()
        self.when_i_open(reverse("asking:offers"))
        self.then_the_accessibility_baseline_is_met()
        assert Referral.objects.get().state == State.SENT
