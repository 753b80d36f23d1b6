"""A partner organisation reads what the person chose, by no address more."""

import datetime as dt
import re
import time

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from careplans import services, sharing
from careplans.documents.kinds import DocumentKind
from careplans.documents.prefill import SAFETY
from careplans.documents.services import ask_for, begin_text
from careplans.errors import NotYours
from careplans.kinds import Kind
from careplans.models import Presence, SharingChoice
from casework.accounts.models import User
from casework.cases.models import LiveReason
from casework.common.errors import Refusal
from tests.factories import accounts, directory
from tests.factories.careplans import area


def url(name, *args):
    return reverse(f"careplans:{name}", args=args)


@pytest.fixture
def partner(two):
    """Somebody of a charity who works with the person."""
    team = directory.team("Open Door")
    worker = directory.worker("Bill Tanglewood", organisation=team.organisation)
    user = accounts.member("key_worker", team=team, worker=worker, name=worker.name)
    LiveReason.objects.create(
        person=two.person,
        worker=worker,
        kind="allocation",
        source_key="test:partner",
        start="2026-01-01",
    )
    return user


def home(user: User):
    return user.memberships.get().team.organisation


@pytest.fixture
def full(two):
    plan = two.written()
    two.write(plan, Kind.MATTERS, "Only for the team", area=area("body"))
    two.write(plan, Kind.HOPE, "A stall of my own", area=None)
    two.write(plan, Kind.SAFETY_SIGNS, "I go quiet", area=None)
    services.comment(plan=plan, words="A word beside it", by=two.alone, area=area("body"))
    return plan


def choose(two, plan, partner, **options):
    return services.choose_sharing(
        plan=plan, organisation=home(partner), by=two.together, **options
    )


def test_nothing_chosen_is_all_of_it(client, two, full, partner):
    client.force_login(partner)
    assert b"Only for the team" in client.get(url("area", full.pk, "body")).content


def test_a_part_is_a_part_at_every_address(client, two, full, partner):
    version = two.shared(full)
    choose(two, full, partner, areas=["housing"])
    client.force_login(partner)
    page = client.get(url("plan", full.pk)).content.decode()
    assert "A door that I can close" in page
    assert "has chosen which part of the plan your organisation reads" in page
    hidden = ("Only for the team", "A stall of my own", "I go quiet", "A word beside it")
    pages = [
        page,
        client.get(url("changes", full.pk)).content.decode(),
        client.get(url("version", full.pk, version.number)).content.decode(),
        client.get(url("measures", full.pk)).content.decode(),
        client.get(url("meeting", full.pk)).content.decode(),
        client.get(reverse("people:detail", args=[two.person.pk])).content.decode(),
    ]
    for words in hidden:
        assert not any(words in one for one in pages), words
    lines = {row.words: row.pk for row in full.lines.all()}
    comment = full.comments.get()
    for address in (
        url("area", full.pk, "body"),
        url("safety", full.pk),
        url("meeting_area", full.pk, "body"),
        url("rate", full.pk, "body"),
        url("add", full.pk, "body", "goal"),
        url("add_to_plan", full.pk, "hope"),
        *(url(name, lines["Only for the team"]) for name in ("line", "history", "comment")),
        *(url(name, lines["I go quiet"]) for name in ("line", "history")),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(url("settle", comment.pk)).status_code == 404
    assert client.get(url("line", lines["A door that I can close"])).status_code == 200


def test_those_who_hold_the_plan_read_all_of_it(client, two, full, partner):
    choose(two, full, partner, areas=[])
    client.force_login(two.worker)
    assert b"Only for the team" in client.get(url("area", full.pk, "body")).content


def test_the_latest_choice_counts_and_the_earlier_stays(two, full, partner):
    choose(two, full, partner, areas=["housing", "not-an-area"], safety=True)
    choose(two, full, partner, areas=["body"])
    assert SharingChoice.objects.count() == 2
    part = sharing.open_to(full, partner)
    assert (part.areas, part.safety, part.whole) == (frozenset({"body"}), False, False)


def test_somebody_of_two_organisations_reads_what_either_may(two, full, partner):
    part = sharing.together(
        [
            sharing.Part(False, frozenset({"body"}), False, True),
            sharing.Part(False, frozenset({"work"}), True, False),
        ]
    )
    assert (part.areas, part.safety, part.whole) == (frozenset({"body", "work"}), True, True)
    assert not part.everything


def test_only_the_person_chooses(two, full, partner):
    with pytest.raises(NotYours):
        services.choose_sharing(plan=full, organisation=home(partner), by=two.alone, areas=[])
    with pytest.raises(Refusal):
        services.choose_sharing(
            plan=full, organisation=two.team.organisation, by=two.together, areas=[]
        )
    services.choose_sharing(
        plan=full, organisation=home(partner), by=two.themselves, areas=["housing"]
    )
    assert SharingChoice.objects.get().role == "person"


def test_choosing_on_the_page(client, two, full, partner):
    client.force_login(two.worker)
    assert b"All of it: nothing was chosen." in client.get(url("readers", full.pk)).content
    address = url("choose", full.pk, home(partner).pk)
    assert client.get(address).status_code == 200
    client.post(address, {"areas": ["housing"], "rest": ["safety"]})
    choice = SharingChoice.objects.get()
    assert (choice.areas, choice.safety, choice.whole) == (["housing"], True, False)
    page = client.get(url("readers", full.pk)).content.decode()
    assert "Housing; the safety plan" in page
    client.force_login(partner)
    assert client.get(address).status_code == 200  # they could write, and are told only the person
    elsewhere = directory.team("Else").organisation
    assert client.post(url("choose", full.pk, elsewhere.pk)).status_code == 404


# Who has it open ----------------------------------------------------------------------------------


def test_who_else_is_here(client, two, full, partner):
    client.force_login(partner)
    assert client.post(url("here", full.pk), headers={"X-Background": "1"}).json() == {"text": ""}
    client.force_login(two.worker)
    answer = client.post(url("here", full.pk), headers={"X-Background": "1"})
    assert answer.json() == {"text": "Bill Tanglewood is on this page too."}
    assert b"Bill Tanglewood is on this page too." in client.get(url("plan", full.pk)).content
    services.here(plan=full, by=two.themselves)
    assert services.also_here(full, two.worker) == ["Bill Tanglewood", "Marigold"]
    assert Presence.objects.count() == 3


def test_presence_is_soon_over_and_keeps_no_sign_in(client, two, full):
    client.force_login(two.worker)
    session = client.session
    session["seen"] = a_while_ago = int(time.time()) - 300
    session.save()
    client.post(url("here", full.pk), headers={"X-Background": "1"})
    assert client.session["seen"] == a_while_ago
    services.here(plan=full, by=two.themselves)
    later = timezone.now() + dt.timedelta(seconds=80)
    with time_machine.travel(later, tick=False):
        assert services.also_here(full, two.worker) == []
    with time_machine.travel(later + dt.timedelta(hours=1), tick=False):
        services.here(plan=full, by=two.themselves)
    assert Presence.objects.count() == 1


def test_nobody_is_here_without_a_reason(client, two, full):
    client.force_login(two.stranger)
    assert client.post(url("here", full.pk)).status_code == 404
    assert not Presence.objects.exists()


def test_documents_are_for_those_who_read_all_of_it(client, two, full, partner):
    client.force_login(partner)
    addresses = [url("documents:list", full.pk), url("documents:new", full.pk, "plan")]
    assert [client.get(one).status_code for one in addresses] == [200, 200]
    document = ask_for(plan=full, kind=DocumentKind.PLAN, version=None, by=two.together)
    addresses.append(url("documents:document", document.pk))
    choose(two, full, partner, areas=["housing"])
    assert [client.get(one).status_code for one in addresses] == [404, 404, 404]
    page = client.get(url("plan", full.pk)).content.decode()
    assert "Print and letters" not in page


# A page for a partner -----------------------------------------------------------------------------


def test_a_summary_begins_with_what_may_be_shared_and_goes_no_further(client, two, full, partner):
    reader = home(partner)
    client.force_login(two.worker)
    address = url("documents:new", full.pk, "summary")
    page = client.get(address).content.decode()
    assert "Who is it for?" in page and "Marigold has not chosen what it reads." in page
    chosen = f"{address}?reader={reader.pk}"
    form = client.get(chosen).content.decode()
    assert f'value="{reader.name}"' in form and "checked" not in form  # nothing chosen, none ticked
    choose(two, full, partner, areas=["housing"], safety=True)
    assert "May be shared: Housing; the safety plan" in client.get(address).content.decode()
    form = client.get(chosen).content.decode()
    ticked = re.findall(r'name="parts"[^>]*value="([\w.]+)"[^>]*checked', form)
    assert ticked == ["housing", SAFETY]
    assert 'value="body"' not in form
    client.post(chosen, {"recipient": "Open Door", "parts": ["housing", "body"]})
    assert not full.documents.exists()
    with pytest.raises(Refusal, match="does not read all of this"):
        begin_text(
            plan=full,
            kind=DocumentKind.SUMMARY,
            recipient="Open Door",
            parts=["body"],
            reader=reader,
            by=two.together,
        )
    client.post(chosen, {"recipient": "Open Door", "parts": ["housing"]})
    words = str(full.documents.get().texts.get().fields)
    assert "A door that I can close" in words
    assert "Only for the team" not in words and "I go quiet" not in words
    choose(two, full, partner)
    assert "Nothing of it." in client.get(address).content.decode()
    assert client.get(chosen).status_code == 404
    other = client.get(f"{address}?reader=other").content.decode()
    assert 'value="body"' in other  # for somebody else they choose the parts together


def test_a_summary_without_partners_asks_at_once(client, two):
    plan = two.written()
    client.force_login(two.worker)
    form = client.get(url("documents:new", plan.pk, "summary")).content.decode()
    assert "Which parts of the plan may go into it?" in form
