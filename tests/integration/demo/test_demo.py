"""The demonstration network: whoever tries it finds people, stories, diaries and alerts."""

import datetime as dt
import json
from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from careplans.models import Agreement
from casework.accounts import policy
from casework.accounts.models import User
from casework.accounts.roles import ROLES, Permission
from casework.alerts import listing
from casework.alerts.handling import FOR_THE_LEAD
from casework.alerts.models import Alert
from casework.alerts.policy import visible_alerts
from casework.cases.models import (
    Absence,
    ActivityWorker,
    Allocation,
    Case,
    CaseEvent,
    CheckIn,
    Contact,
    LiveReason,
    Note,
    Person,
    Step,
    WorkerHandover,
)
from casework.common import nhs_number
from casework.demo import accounts, build, network, own_accounts
from casework.demo.stories import PARTS
from casework.directory.models import Organisation, Team, Worker
from casework.outbox.models import Job, Message
from casework.portal.models import ChangeRequest, DiaryEntry, TeamMessage
from referrals.models import DeclineProposal, Referral, Responsibility, SharedPart
from referrals.table import OPEN
from tests.integration.demo.lexicon import found_in

PLANNED = ("contact.booked", "cover.arranged")  # events that stand on the day that they are for
REDUCED = build.Size(towns=1, people=len(PARTS) + 20, told=1)


class DemonstrationTests(TestCase):
    """One demonstration with every story and few people in the background."""

    @classmethod
    def setUpTestData(cls) -> None:
        build.build(REDUCED)

    def rules_about(self, part: object) -> set[str]:
        alerts = Alert.objects.open().filter(person__name=part.name)
        return set(alerts.values_list("rule", flat=True))

    def test_something_has_come_up_to_the_leads_whom_one_can_be(self):
        for address in ("team.lead", "network.lead"):
            lead = User.objects.get(email=f"{address}@riversmeet.example")
            page = listing.open_alerts(listing.MY_TEAMS, lead, which=listing.RAISED)
            assert page.raised, address
            assert page.bundles, address

    def test_alerts_are_with_whom_they_belong(self):
        """Each is with the worker who can act, with the lead where that worker cannot, and with
        the network's lead where no lead is; somebody can read and answer each of them."""
        today, levels = timezone.localdate(), Alert.Level
        users = User.objects.filter(is_active=True, worker__isnull=False)
        network_lead = User.objects.get(email="network.lead@riversmeet.example")
        readers = {user: set(self.visible(user)) for user in users}
        led = {user: policy.teams_where(user, Permission.SEE_TEAM_ALERTS) for user in users}
        fresh = Alert.objects.open().filter(backlog=False, opened_on__lt=today)
        where = Counter()
        for alert in fresh.select_related("worker", "team"):
            own = [user for user in users if alert.worker_id and user.worker_id == alert.worker_id]
            leads = [user for user in users if alert.team_id in led[user]]
            told = f"{alert.person}: {alert.rule} ({alert.cause_kind})"
            where[levels(alert.level)] += 1
            if alert.level == levels.HOLDER:
                assert alert.worker_id and alert.cause_kind not in FOR_THE_LEAD, told
                wanted = own
            elif alert.level == levels.LEAD:
                wanted = leads
            else:
                wanted = [network_lead]
            assert wanted and any(alert.pk in readers[user] for user in wanted), told
            assert not leads or alert.level < levels.NETWORK or self.waited(alert), told
        assert where[levels.LEAD] and where[levels.NETWORK], where
        for user in users:
            for alert in Alert.objects.filter(pk__in=readers[user]):
                mine = alert.worker_id == user.worker_id or alert.team_id in led[user]
                covers = Absence.objects.on().filter(
                    worker=alert.worker_id, cover_worker=user.worker_id
                )
                up = user == network_lead and alert.level == levels.NETWORK
                assert mine or up or covers.exists(), f"{user} reads {alert} of somebody else"

    def visible(self, user):
        return visible_alerts(Alert.objects.open(), user).values_list("pk", flat=True)

    def waited(self, alert):
        """It went up because nobody had answered in time."""
        return alert.actions.filter(kind="raised", choice="unanswered").exists()

    def test_a_group_is_named_as_the_cause_of_many_faces(self):
        about = Alert.objects.open().filter(cause_kind="group")
        assert {"many_faces"} <= set(about.values_list("rule", flat=True))
        together = Contact.objects.filter(person__in=about.values("person")).exclude(group_id=None)
        assert together.values("group_id").distinct().count() == build.GROUP_WEEKS

    # stories

    def test_every_story_raises_its_flags(self):
        for part in PARTS:
            missing = set(part.flags) - self.rules_about(part)
            assert not missing, f"{part.key}: {missing}"

    def test_what_goes_well_raises_none(self):
        quiet = {part.key: self.rules_about(part) for part in PARTS if part.quiet}
        assert len(quiet) > 10
        assert not {key: rules for key, rules in quiet.items() if rules}

    def test_alerts_opened_on_different_days(self):
        days = set(Alert.objects.open().values_list("opened_on", flat=True))
        assert len(days) >= 5
        assert max(days) < timezone.localdate()
        assert Alert.objects.exclude(resolved_on=None).exists()

    def test_a_planned_change_ended_as_planned_and_the_other_did_not(self):
        orlando = Allocation.objects.get(person__name="Orlando Brightmere", end__isnull=False)
        nerys = Allocation.objects.get(person__name="Nerys Haythorn", end__isnull=False)
        assert (orlando.planned_ending, nerys.planned_ending) == (True, False)
        handover = WorkerHandover.objects.get(person__name="Orlando Brightmere")
        assert handover.introduced_on < handover.joint_meeting_on < handover.goodbye_on

    def test_the_one_who_was_passed_on_has_one_journey(self):
        rufus = Referral.objects.filter(person__name="Rufus Sparrowgate")
        assert rufus.count() == 3
        assert len({referral.journey_id for referral in rufus}) == 1
        assert DeclineProposal.objects.filter(referral__in=rufus, outcome="agreed").count() == 2

    def test_missed_meetings_say_what_got_in_the_way_and_what_we_do(self):
        missed = Contact.objects.filter(attendance=Contact.Attendance.MISSED)
        assert missed.count() >= 4
        assert not missed.filter(barrier="").exists()
        assert all(contact.steps.exists() for contact in missed)

    def test_the_one_who_died_has_nothing_open(self):
        died = Person.objects.get(death_date__isnull=False)
        assert not Referral.objects.filter(person=died, state__in=OPEN).exists()
        assert not Allocation.objects.filter(person=died, end__isnull=True).exists()
        assert not Responsibility.objects.filter(person=died).exists()
        assert not Contact.objects.filter(person=died, attendance="0").exists()

    def test_other_things_there_are_to_see(self):
        assert CheckIn.objects.filter(ended_on=None).exists()
        assert Absence.objects.on().filter(leaving=False).exists()
        assert Absence.objects.filter(leaving=True, start__gt=timezone.localdate()).exists()
        assert Person.objects.filter(about_me__do_not_ask_again=True).exists()
        assert Contact.objects.filter(interpreter_booked=True).exists()
        assert Note.objects.exclude(words="").count() > 200

    def test_a_referral_was_passed_on_with_what_the_person_lets_the_next_team_read(self):
        (event,) = CaseEvent.objects.filter(kind="referral.redirect")
        yewande = event.person
        assert yewande.name == "Yewande Starflower"
        part = SharedPart.objects.get(referral__person=yewande, part="about")
        assert part.team == Referral.objects.get(person=yewande).team
        assert "Ask me one thing at a time." in part.content

    def test_whoever_may_pass_a_referral_on_meets_the_question_who_may_read(self):
        self.client.force_login(User.objects.get(email="therapist@riversmeet.example"))
        for name in ("Sanjay Meadowbrook", "Rufus Sparrowgate"):
            referral = Referral.objects.get(person__name=name, state__in=OPEN)
            page = self.client.get(
                reverse("referrals:act", args=[referral.pk, "redirect"])
            ).content.decode()
            asked = "agrees that the other team reads what was shared with Hillside"
            assert f"{name} {asked}" in page, name

    def test_timelines_tell_what_the_service_noticed(self):
        self.client.force_login(User.objects.get(email="key.worker@riversmeet.example"))
        femi = Worker.objects.get(name="Femi Adebrook")
        told = CaseEvent.objects.filter(
            kind="alert.opened", person__cases__key_worker=femi
        ).order_by("-on", "-pk")
        assert told.exists()
        page = self.client.get(reverse("people:timeline", args=[told[0].person_id]))
        assert "The service noticed" in page.content.decode()

    def test_sanjay_wrote_in_his_own_words_and_waits_for_an_answer(self):
        own_accounts.ensure()
        sanjay = Person.objects.get(name="Sanjay Meadowbrook")
        asked = ChangeRequest.objects.get(person=sanjay)
        assert "Telephone instead of the room" in asked.words
        written = TeamMessage.objects.get(person=sanjay)
        assert written.answered_at is None
        assert DiaryEntry.objects.filter(person=sanjay, shared_on__isnull=False).exists()
        self.client.force_login(User.objects.get(email="sanjay@people.example"))
        with self.settings(DEMO=True):
            assert "Nobody has rung about Hillside" in self.read("portal:messages")
            assert "Telephone instead of the room" in self.read("portal:changes")

    def read(self, name: str) -> str:
        page = self.client.get(reverse(name))
        assert page.status_code == 200, name
        return page.content.decode()

    def test_nobody_did_anything_on_their_own_pages_before_they_had_them(self):
        own_accounts.ensure()
        for one in own_accounts.ACCOUNTS:
            person = Person.objects.get(name=one.person)
            began = CaseEvent.objects.get(person=person, kind="case.opened").on
            opened = CaseEvent.objects.get(person=person, kind="portal.opened").on
            assert began < opened, one.person
            did = Agreement.objects.filter(version__plan__person=person, means="portal")
            assert all(row.on >= opened for row in did.filter(party="10")), one.person
            others = CaseEvent.objects.filter(person=person, kind__startswith="portal.")
            assert not others.filter(on__lt=opened).exists(), one.person

    def test_marigold_meets_somebody_next_and_reads_who_has_looked(self):
        own_accounts.ensure()
        marigold = Person.objects.get(name="Marigold Quillfeather")
        coming = marigold.contacts.filter(attendance="0", date__gt=timezone.localdate())
        assert [one.worker.name for one in coming] == ["Femi Adebrook"]
        self.client.force_login(User.objects.get(email="marigold@people.example"))
        with self.settings(DEMO=True):
            assert "Femi Adebrook (key worker, Riversmeet Community Mental Health Team) opened" in (
                self.read("portal:who")
            )
            assert "We have not checked this number lately" not in self.read("my_plan:safety")
            assert "Nothing is booked" not in self.read("portal:home")

    # records

    def test_every_nhs_number_is_valid_and_kept_for_tests(self):
        numbers = list(Person.objects.values_list("nhs_number", flat=True))
        assert len(numbers) == REDUCED.people
        assert len(set(numbers)) == len(numbers)
        for number in numbers:
            assert number.startswith("999") and nhs_number.is_valid(number)

    def test_telephones_are_reserved_for_drama(self):
        for phone in Person.objects.values_list("phone", flat=True):
            assert phone.startswith("07700 900")
        for phone in Team.objects.values_list("phone", flat=True):
            assert phone.startswith("0113 496 0")

    def test_staff_write_with_respect(self):
        texts = [
            *Note.objects.values_list("words", flat=True),
            *Note.objects.values_list("third_party_words", flat=True),
            *Step.objects.values_list("words", flat=True),
            *Step.objects.values_list("what_happened", flat=True),
            *Allocation.objects.values_list("reason", flat=True),
            *WorkerHandover.objects.values_list("reason", flat=True),
            *DeclineProposal.objects.values_list("explanation", flat=True),
            *Referral.objects.values_list("meanwhile_support", flat=True),
            *Referral.objects.values_list("outcome_words", flat=True),
        ]
        assert not {text: found for text in texts if (found := found_in(text))}

    def test_the_checker_of_words_finds_some(self):
        assert found_in("She refused and was very angry.") == ["refuse", "angry"]
        assert found_in('He said "I am not manipulative".') == []

    def test_all_organisations_are_live_and_nothing_is_imported(self):
        assert not Organisation.objects.filter(live=False).exists()
        for model in (Person, Contact, Referral, Allocation, Case):
            assert not model.objects.filter(provider__isnull=False).exists()

    def test_nothing_happened_in_the_future(self):
        today = timezone.localdate()
        assert not Contact.objects.filter(date__gt=today).exclude(attendance="0").exists()
        assert not Allocation.objects.filter(start__gt=today).exists()
        assert not CaseEvent.objects.filter(on__gt=today).exclude(kind__in=PLANNED).exists()
        assert not Note.objects.filter(created_at__gt=timezone.now()).exists()
        oldest = Contact.objects.order_by("date").first().date
        assert today - dt.timedelta(days=760) < oldest < today - dt.timedelta(days=600)

    def test_the_pointer_is_to_whom_was_named_last(self):
        for case in Case.objects.filter(closed_on=None):
            named = Allocation.objects.filter(
                person=case.person, role="key_worker", end__isnull=True
            )
            newest = named.order_by("-start", "-pk").first()
            assert case.key_worker_id == (newest.worker_id if newest else None), case.person

    def test_contacts_name_their_workers_and_are_told(self):
        contacts = Contact.objects.values_list("pk", "worker_id", "worker_count")
        there = Counter(ActivityWorker.objects.values_list("activity__contact_id", flat=True))
        together = {pk: count for pk, _worker, count in contacts if count > 1}
        assert together == {pk: count for pk, count in there.items() if count > 1}
        assert all(worker for _pk, worker, _count in contacts)
        told = set(
            CaseEvent.objects.filter(kind__startswith="contact.").values_list("about", flat=True)
        )
        assert {pk for pk, _worker, _count in contacts} == told

    def test_an_open_referral_is_a_reason_to_open_the_record(self):
        for referral in Referral.objects.filter(state__in=OPEN):
            live = LiveReason.objects.filter(
                person=referral.person, kind="referral", team=referral.team, end=None
            )
            assert live.exists(), referral
            assert referral.held_id == referral.person_id

    def test_nobody_is_written_to_about_what_is_long_ago(self):
        assert not Message.objects.exists()
        waiting = Job.objects.filter(state=Job.State.WAITING)
        assert waiting.exists()
        assert not waiting.filter(due_at__lte=timezone.now()).exists()

    def test_everybody_with_people_has_a_diary_today(self):
        today = Contact.objects.filter(attendance="0", date=timezone.localdate())
        for key in ("femi", "bronwyn", "saoirse", "arjun", "gwen", "efua", "robin", "owen"):
            name = next(one.name for one in network.STAFF if one.key == key)
            worker = Worker.objects.get(name=name)
            assert today.filter(worker=worker).exists(), name
        kofi = Worker.objects.get(name="Kofi Penhallow")
        assert not today.filter(worker=kofi).exists()  # on leave

    # accounts

    def test_there_is_an_account_for_every_role(self):
        assert {account.role for account in network.ACCOUNTS} == set(ROLES)
        for account in network.ACCOUNTS:
            user = User.objects.get(email=network.account_email(account))
            assert user.memberships.on().filter(role=account.role).exists()

    def test_every_account_signs_in_and_comes_home(self):
        rows = accounts.rows()
        assert len(rows) == len(network.ACCOUNTS)
        for row in rows:
            self.client.logout()
            self.client.post(
                reverse("account_login"), {"login": row.email, "password": row.password}
            )
            arrived = self.client.get(settings.LOGIN_REDIRECT_URL, follow=True)
            assert arrived.status_code == 200, row.email
            assert arrived.request["PATH_INFO"] == row.home, row.email
            assert arrived.wsgi_request.user.email == row.email

    def test_the_others_cannot_sign_in(self):
        listed = {row.email for row in accounts.rows()}
        others = User.objects.exclude(email__in=listed)
        assert others.count() > 10
        assert not any(user.has_usable_password() for user in others)


@pytest.fixture
def few(monkeypatch, settings):
    """The command, with a few people and none of the stories."""
    settings.DEMO = True
    monkeypatch.setitem(build.SIZES, "small", build.Size(towns=1, people=12, told=0))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] != "django"]
    return {model._meta.label: model._base_manager.count() for model in ours}


@pytest.mark.django_db
def test_a_second_run_changes_nothing_and_prints_the_accounts(few):
    first = run()
    before = counts()
    listed = json.loads(run("--json"))
    assert counts() == before
    assert [set(row) for row in listed] == [{"role", "name", "email", "password", "home"}] * len(
        listed
    )
    for row in listed:
        assert row["email"].endswith(".example")
        assert row["email"] in first and row["password"] in first
    assert {row["role"] for row in listed} == set(ROLES)


@pytest.mark.django_db
def test_the_sample_extract_stands_beside_it(few):
    run()
    assert Organisation.objects.get(code="X0001").live is False
    assert Alert.objects.filter(organisation__code="X0001").exists()
    assert Person.objects.filter(provider=None).count() == 12
    numbers = Person.objects.exclude(nhs_number=None).filter(provider=None)
    taken = Person.objects.exclude(provider=None).values("nhs_number")
    assert not numbers.filter(nhs_number__in=taken).exists()


@pytest.mark.django_db
def test_refuses_outside_a_demonstration():
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_several_towns_have_other_names():
    build.build(build.Size(towns=2, people=3, told=0))
    assert Person.objects.count() == 6
    assert Team.objects.count() == 2 * len(network.SITES)
    names = list(Worker.objects.values_list("name", flat=True))
    assert len(set(names)) == len(names)
    assert User.objects.exclude(email__endswith="riversmeet.example").count() == len(network.STAFF)
