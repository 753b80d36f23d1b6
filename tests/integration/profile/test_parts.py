"""Adjustments, who a person is, and how to reach them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases import services as cases
from casework.cases.models import Adjustment, ContactPreference, IdentityStatement, Person
from casework.cases.profile import policy
from casework.cases.services import profile
from casework.common.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
Audience = IdentityStatement.Audience


@pytest.fixture
def key_worker(person, team):
    worker = factories.worker("Joe Hazelwood")
    cases.allocate(person=person, worker=worker, by=None)
    return factories.member("key_worker", team=team, worker=worker)


@pytest.fixture
def elsewhere(person):
    """Somebody of another team who is to meet the person."""
    worker = factories.worker("Samir Longacre")
    factories.contact(person, worker)
    return factories.member("team_member", worker=worker)


@pytest.fixture
def therapist(person):
    """Named for the person, in another team, and not their key worker."""
    worker = factories.worker("Ruth Summerfield")
    cases.allocate(person=person, worker=worker, by=None, role="therapist")
    return factories.member("team_member", worker=worker)


def state(person, editor, audience):
    return profile.add_statement(
        person=person,
        aspect="Faith",
        words=f"For {audience}",
        visible_to=audience,
        by=editor,
    )


READERS = {
    Audience.KEY_WORKER: {"key_worker"},
    Audience.TEAM: {"key_worker", "editor", "therapist"},
    Audience.EVERYONE: {"key_worker", "editor", "therapist", "elsewhere"},
}


@pytest.mark.parametrize("audience", Audience.values)
@pytest.mark.parametrize("reader", ["key_worker", "editor", "therapist", "elsewhere", "stranger"])
def test_a_statement_is_read_by_those_whom_they_chose(
    client, request, person, editor, key_worker, elsewhere, therapist, audience, reader
):
    made = state(person, editor, audience)
    users = {
        "key_worker": key_worker,
        "editor": editor,
        "elsewhere": elsewhere,
        "therapist": therapist,
    }
    user = users.get(reader) or factories.member("key_worker")
    client.force_login(user)
    page = client.get(reverse("profile:edit", args=[person.pk]))
    own = client.get(reverse("profile:statement", args=[made.pk]))
    if reader in READERS[audience]:
        assert f"For {audience}" in page.content.decode()
        assert own.status_code == 200
    else:
        assert "For " + audience not in page.content.decode()
        assert own.status_code == 404
        assert page.status_code == (404 if reader == "stranger" else 200)


def test_a_former_key_worker_reads_no_more(person, editor, key_worker):
    made = state(person, editor, Audience.KEY_WORKER)
    assert policy.statement_for(key_worker, made.pk) == made
    other = factories.worker()
    cases.change_worker(allocation=person.allocations.get(), to=other, by=None, end_reason="other")
    with_today = policy.statement_for(key_worker, made.pk)
    import time_machine
    from django.utils import timezone

    with time_machine.travel(timezone.now() + timezone.timedelta(days=1), tick=False):
        assert policy.statement_for(key_worker, made.pk) is None
    assert with_today, "the last day still counts"


def test_statements_and_adjustments_can_be_taken_away(writer, person, editor):
    statement = state(person, editor, Audience.EVERYONE)
    helps = profile.add_adjustment(person=person, kind="place", words="By the door", by=editor)
    writer.post(reverse("profile:statement", args=[statement.pk]), {"remove": "1"})
    writer.post(reverse("profile:adjustment", args=[helps.pk]), {"remove": "1"})
    assert not IdentityStatement.objects.exists()
    assert not Adjustment.objects.exists()
    assert Adjustment.history.filter(history_type="-", history_user=editor).exists()


def test_an_adjustment_is_added_and_changed(writer, person):
    path = reverse("profile:add_adjustment", args=[person.pk])
    assert writer.post(path, {"kind": "place", "words": "By the door"}).status_code == 302
    made = Adjustment.objects.get()
    path = reverse("profile:adjustment", args=[made.pk])
    writer.post(path, {"kind": "people", "words": "A woman, please"})
    made = Adjustment.objects.get()
    assert (made.kind, made.words) == ("people", "A woman, please")


def test_ways_to_reach_somebody(writer, person):
    path = reverse("profile:channels", args=[person.pk])
    answers = {"phone_use": "yes", "phone_safe": "on", "text_use": "no", "phone_ask_for": "Ro"}
    assert writer.post(path, answers).status_code == 302
    phone = ContactPreference.objects.get(channel="phone")
    assert (phone.may_use, phone.safe_to_leave_message, phone.ask_for) == (True, True, "Ro")
    assert not ContactPreference.objects.get(channel="text").may_use
    assert set(person.contact_preferences.values_list("channel", flat=True)) == {"phone", "text"}


def test_a_message_is_not_safe_where_the_channel_is_not_used(writer, person, editor):
    path = reverse("profile:channels", args=[person.pk])
    answer = writer.post(path, {"text_use": "no", "text_safe": "on"})
    assert "Say yes to text message first" in answer.content.decode()
    with pytest.raises(Refusal):
        profile.set_contact_preferences(
            person=person,
            channels={"text": {"may_use": False, "safe_to_leave_message": True}},
            by=editor,
        )
    assert not ContactPreference.objects.exists()


def test_an_imported_person_keeps_what_was_edited_here(person, editor, team):
    person.provider = team.organisation
    person.save()
    fields = {"preferred_name": "Robbie"}
    profile.change_details(
        person=person, fields=fields, seen=profile.marks(person, fields), by=editor
    )
    row = Person.objects.get(pk=person.pk)
    assert row.preferred_name == "Robbie"
    assert row.local_edits == {"preferred_name": "Ro"}


@pytest.mark.parametrize(
    "name",
    [
        "edit",
        "meet",
        "about",
        "happened",
        "details",
        "channels",
        "add_adjustment",
        "add_statement",
    ],
)
def test_pages_are_small_and_cost_the_same(writer, person, editor, name):
    path = reverse(f"profile:{name}", args=[person.pk])
    writer.get(path)
    counts = []
    for more in (1, 10):
        for n in range(more):
            profile.add_adjustment(person=person, kind="place", words=f"Seat {n}", by=editor)
            state(person, editor, Audience.EVERYONE)
        with CaptureQueriesContext(connection) as queries:
            answer = writer.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
    assert len(answer.content) < 60_000


def test_who_may_not_edit_may_read(client, person, team):
    worker = factories.worker()
    cases.allocate(person=person, worker=worker, by=None, role="peer")
    client.force_login(factories.member("peer_worker", team=team, worker=worker))
    page = client.get(reverse("profile:edit", args=[person.pk]))
    assert page.status_code == 200
    assert reverse("profile:about", args=[person.pk]) not in page.content.decode()
    assert client.get(reverse("profile:about", args=[person.pk])).status_code == 403
