"""A copy of everything that somebody may read about themselves, to take away."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans.kinds import Kind
from casework.cases.access import sealed
from casework.cases.models import AccessEntry, CaseEvent
from casework.cases.services import notes
from casework.common import backup
from casework.common.errors import Refusal
from casework.outbox.models import Job
from casework.portal import copies, keeping_safe, services
from casework.portal.models import OwnCopy, PortalAccount
from casework.portal.talk import diary, messages, questions
from referrals.table import State
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import carer_of, own_account
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
THEIRS = {
    "plan": "A door that I can close",
    "notes": "We talked about May",
    "message": "The kettle is broken",
    "answer": "I bring one on Tuesday",
    "diary": "Awake since two",
    "people": "Juno Sister",
    "log": "opened your record.",
}
NOT_THEIRS = ("Her brother rang", "Secret among staff", "Nobody has told her yet")


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def two():
    """A person with something of every kind, and with what they may not read."""
    two = Two()
    plan = two.shared().plan
    two.write(plan, Kind.HOPE, "=HYPERLINK(1)", area=None)
    contact = factories.contact(two.person, two.worker.worker)
    words = notes.Words(words=THEIRS["notes"], third_party_words=NOT_THEIRS[0])
    notes.write_note(person=two.person, contact=contact, by=two.worker, words=words)
    two.me = own_account(two.person)
    row = messages.write(person=two.person, words=THEIRS["message"])
    messages.answer(message=row, by=two.worker, words=THEIRS["answer"])
    messages.begin(person=two.person, by=two.worker, words=NOT_THEIRS[2], hard="waits")
    diary.write(person=two.person, on=timezone.localdate(), words=THEIRS["diary"])
    questions.answer(person=two.person, heard="yes", audience="only_me")
    services.ask(person=two.person, about="worker")
    carer_of(two.person, "meetings", name=THEIRS["people"])
    AccessEntry.objects.create(
        person=two.person, user=two.worker, action="view", page="people:detail", role="key_worker"
    )
    return two


def sealed_note(two, *suspends):
    return sealed.write(
        person=two.person,
        kind="safeguarding",
        words=NOT_THEIRS[1],
        why="x",
        readers=[],
        suspends=list(suspends),
        by=two.worker,
    )


def made(two):
    """A copy asked for and made, as the worker process does it."""
    row = copies.ask_for(account=PortalAccount.objects.get(pk=two.me.pk))
    copies.make(copy=str(row.pk))
    return OwnCopy.objects.get(pk=row.pk)


def files(row):
    with row.file.open("rb") as content, zipfile.ZipFile(content) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name).decode("utf-8-sig") for name in pack.namelist()}


def test_from_asking_to_the_file(client, two):
    client.force_login(two.me.user)
    page = reverse("portal:copy")
    assert "The file has no password" in client.get(page).content.decode()
    assert reverse("portal:copy") in client.get(reverse("portal:account")).content.decode()
    row = copies.ask_for(account=two.me)
    assert Job.objects.get(kind=copies.JOB).arguments == {"copy": str(row.pk)}
    status = reverse("portal:copy_status", args=[row.pk])
    address = reverse("portal:copy_file", args=[row.pk])
    assert client.get(status).json() == {"making": True}
    assert "It is being made" in client.get(page).content.decode()
    assert client.get(address).status_code == 404
    client.post(reverse("portal:copy_ask"))  # one at a time
    assert OwnCopy.objects.count() == 1
    copies.make(copy=str(row.pk))
    copies.make(copy=str(row.pk))  # a second run finds it made
    assert client.get(status).json() == {"making": False}
    assert "It is ready" in client.get(page).content.decode()
    answer = client.get(address)
    data = b"".join(answer.streaming_content)
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Disposition"] == 'attachment; filename="copy.zip"'
    assert zipfile.is_zipfile(io.BytesIO(data))
    entry = AccessEntry.objects.get(record=row.pk, action="export")
    assert (entry.user, entry.person) == (two.me.user, two.person)
    looks = client.get(reverse("portal:who")).content.decode()
    assert "You took a copy of what you can read here." in looks
    assert CaseEvent.objects.filter(kind="portal.copy_asked", about=row.pk).exists()
    assert "Marigold" not in row.file.name
    client.post(reverse("portal:copy_throw_away", args=[row.pk]))
    row = OwnCopy.objects.get()
    assert row.state == "gone" and not row.file and client.get(address).status_code == 404
    assert "Make a copy" in client.get(page).content.decode()


def test_it_holds_what_the_pages_show_and_nothing_else(two):
    found = files(made(two))
    assert sorted(found) == ["everything.csv", "everything.html", "everything.json"]
    for name, text in found.items():
        for words in THEIRS.values():
            assert words in text, (name, words)
        for words in NOT_THEIRS:
            assert words not in text, (name, words)
    parts = {one["part"] for one in json.loads(found["everything.json"])}
    assert {"My plan", "My referrals", "My meetings", "Messages", "My diary"} <= parts
    rows = list(csv.reader(io.StringIO(found["everything.csv"])))
    assert {len(row) for row in rows} == {3}
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells and "=HYPERLINK(1)" not in cells
    page = found["everything.html"]
    for outside in ("<script", "<link", "<img", "http://", "https://", "url("):
        assert outside not in page  # it needs nothing beside it, and calls nobody


@pytest.mark.parametrize(
    ("area", "gone"),
    [
        ("plan", ("plan",)),
        ("diary", ("notes",)),
        ("notes", ("notes",)),
        ("people", ("people",)),
        ("log", ("log",)),
    ],
)
def test_what_a_concern_keeps_back_is_not_in_it(two, area, gone):
    sealed_note(two, area)
    text = files(made(two))["everything.json"]
    for part, words in THEIRS.items():
        assert (words in text) is (part not in gone), part
    assert NOT_THEIRS[1] not in text and "safeguarding" not in text.lower()


def told_of_referrals(me):
    parts = dict(copies.gathered(PortalAccount.objects.get(pk=me.pk), timezone.localdate()))
    return str(parts["My referrals"])


def test_hard_news_of_a_referral_waits_here_too():
    with time_machine.travel(START, tick=False):
        network = Network()
        referral = network.referral_in(State.DECLINE_PROPOSED)
        me = own_account(referral.person)
        calm = told_of_referrals(me)
        assert "could help more" not in calm and "is deciding" in calm
        services.choose_news(account=me, at_once=True)
        assert "could help more" in told_of_referrals(me)


def test_the_password_is_asked_for_before_it_is_saved(client, two, settings):
    row = made(two)
    client.force_login(two.me.user)
    settings.STRONG_SIGN_IN = True
    session = client.session
    session["second_factor"] = True
    session.save()
    answer = client.get(reverse("portal:copy_file", args=[row.pk]))
    assert answer.status_code == 302 and reverse("portal:confirm") in answer["Location"]
    assert not AccessEntry.objects.filter(record=row.pk).exists()


def test_it_is_kept_shortly(two, django_capture_on_commit_callbacks):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        row = made(two)
        storage, name = row.file.storage, row.file.name
        clock.shift(dt.timedelta(hours=47))
        assert copies.tidy() == 0 and storage.exists(name)
        clock.shift(dt.timedelta(hours=2))
        with django_capture_on_commit_callbacks(execute=True):
            assert (copies.tidy(), copies.tidy()) == (1, 0)
        assert not storage.exists(name)
        assert OwnCopy.objects.get().state == "gone"


def test_no_backup_keeps_it_on_and_a_lost_file_is_not_offered(two):
    row = made(two)
    assert not backup._media_files()
    row.file.storage.delete(row.file.name)
    assert (copies.tidy(), copies.tidy()) == (1, 0)
    assert OwnCopy.objects.get().state == "gone"


def shut(two):
    services.close_account(account=two.me, by=two.worker, why="Not wanted")


def unsafe(two):
    keeping_safe.not_safe(account=two.me, by=two.worker)


def dead(two):
    two.person.death_date = timezone.localdate()
    two.person.save()


@pytest.mark.parametrize("what", [shut, unsafe, dead])
def test_nothing_is_kept_or_made_for_pages_that_are_shut(two, what):
    row = copies.ask_for(account=two.me)
    what(two)
    copies.make(copy=str(row.pk))
    assert OwnCopy.objects.get().state == "gone"


def test_not_where_the_pages_are_not_safe(client, two, django_capture_on_commit_callbacks):
    row = made(two)
    storage, name = row.file.storage, row.file.name
    client.force_login(two.me.user)
    unsafe(two)
    for page in ("copy", "copy_file", "copy_status"):
        args = [] if page == "copy" else [row.pk]
        text = client.get(reverse(f"portal:{page}", args=args)).content.decode()
        assert "There is nothing here at the moment." in text
        assert "zip" not in text and "take away" not in text and "password" not in text
    client.post(reverse("portal:copy_ask"))
    assert not AccessEntry.objects.filter(record=row.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert copies.tidy() == 1
    assert not storage.exists(name)


def test_nobody_elses(client, two):
    row = made(two)
    other = own_account(factories.held_person())
    access = carer_of(two.person, "meetings", "messages")
    for user in (other.user, access.carer.user):
        client.force_login(user)
        for name, ask in (
            ("copy_file", client.get),
            ("copy_status", client.get),
            ("copy_throw_away", client.post),
        ):
            assert ask(reverse(f"portal:{name}", args=[row.pk])).status_code == 404
    assert OwnCopy.objects.get().state == "ready"


def test_what_could_not_be_made_can_be_asked_for_again(client, two):
    row = copies.ask_for(account=two.me)
    with pytest.raises(Refusal):
        copies.ask_for(account=two.me)
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnCopy.objects.create(
            person=two.person, asked_at=timezone.now(), keep_until=timezone.now()
        )
    copies.gave_up(copy=str(row.pk))
    client.force_login(two.me.user)
    assert "could not be made" in client.get(reverse("portal:copy")).content.decode()
    client.post(reverse("portal:copy_ask"))  # the worker process makes it at once
    assert sorted(OwnCopy.objects.values_list("state", flat=True)) == ["failed", "ready"]


def test_making_it_costs_the_same_whatever_there_is(two):
    def cost():
        account = PortalAccount.objects.select_related("person", "user").get(pk=two.me.pk)
        with CaptureQueriesContext(connection) as queries:
            copies.packed(account, timezone.localtime())
        return len(queries)

    few = cost()
    for _number in range(6):
        factories.contact(two.person, two.worker.worker)
        row = messages.write(person=two.person, words="More")
        messages.mark_read(message=row, by=two.worker)
        diary.write(person=two.person, on=timezone.localdate(), words="More", shared=True)
        services.ask(person=two.person, about="other", words="More")
        carer_of(two.person, "meetings")
    assert cost() == few
