"""Who can see what and why, in sentences; and staff pages obey at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.kinds import Kind
from careplans.models import SharingChoice
from casework.cases import services as cases
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import own_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    two = Two()
    two.plan_now = two.written()
    two.write(two.plan_now, Kind.SAFETY_SIGNS, "The kettle stands there unfilled", area=None)
    partner = factories.team("Open Door", of=factories.organisation(name="The Open Door"))
    two.partner = factories.member(
        "key_worker",
        team=partner,
        worker=factories.worker("Ola Door", organisation=partner.organisation),
        name="Ola Door",
    )
    cases.allocate(
        person=two.person, worker=two.partner.worker, team=partner, role="support", by=None
    )
    two.place = partner.organisation
    return two


@pytest.fixture
def me(client, two):
    account = own_account(two.person)
    client.force_login(account.user)
    return account


def page(client, name="my_plan:sharing", *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_said_in_sentences_with_what_cannot_be_undone(client, me, two):
    text = page(client)
    assert "The Open Door" in text
    assert "because they work with you" not in text  # that is said once, beside who has looked
    who = page(client, "portal:who")
    assert "because they work with you" in who and reverse("my_plan:sharing") in who
    assert "They read all of your plan. You have not chosen anything else." in text
    assert "They hold your plan and read all of it." in text
    assert "cannot be taken back" in text
    assert "By law, staff may sometimes have to share without asking you." in text
    assert reverse("my_plan:share_with", args=[two.team.organisation_id]) not in text


def test_a_choice_is_obeyed_at_once(client, me, two):
    plan = two.plan_now
    staff_page = reverse("careplans:plan", args=[plan.pk])
    client.force_login(two.partner)
    assert "A door that I can close" in client.get(staff_page).content.decode()
    client.force_login(me.user)
    choose = reverse("my_plan:share_with", args=[two.place.pk])
    client.post(choose, {"areas": ["money"], "rest": ["safety"]})
    text = page(client)
    assert "Of your plan they read:" in text and "your safety plan. Nothing else." in text
    assert "You chose this on" in text
    client.force_login(two.partner)
    answer = client.get(staff_page)
    assert "A door that I can close" not in answer.content.decode()
    assert client.get(reverse("careplans:area", args=[plan.pk, "housing"])).status_code == 404
    person = client.get(reverse("people:detail", args=[two.person.pk])).content.decode()
    assert "A door that I can close" not in person and "To sleep through" not in person
    client.force_login(two.worker)
    assert "A door that I can close" in client.get(staff_page).content.decode()
    client.force_login(me.user)
    client.post(choose, {})
    assert "They read nothing of your plan." in page(client)
    client.force_login(two.partner)
    assert "The kettle" not in client.get(staff_page).content.decode()
    assert SharingChoice.objects.count() == 2  # the earlier one stays on record


def test_only_organisations_around_and_never_the_one_that_holds_it(client, me, two):
    other = factories.organisation()
    for place in (other.pk, two.team.organisation_id):
        assert client.get(reverse("my_plan:share_with", args=[place])).status_code == 404


def test_with_a_worker_beside_it_says_so(client, me, two):
    client.force_login(two.worker)
    client.post(reverse("own_accounts:together", args=[two.person.pk]))
    client.post(reverse("my_plan:share_with", args=[two.place.pk]), {"areas": ["housing"]})
    row = SharingChoice.objects.get()
    assert (row.role, row.by) == ("together", two.worker)
    assert "You chose this with Femi Ade on" in page(client)
    assert "See or change whom I let in" not in page(client)


def test_without_a_plan_it_still_says_who_and_why(client):
    person = factories.person_with_key_worker()
    client.force_login(own_account(person).user)
    assert "There is no plan yet that they could read." in page(client)
    assert "because they work with you" in page(client, "portal:who")


def test_it_costs_the_same_with_many_around(client, me, two):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    cost()
    few = cost()
    for _number in range(12):
        team = factories.team()
        worker = factories.worker(organisation=team.organisation)
        cases.allocate(person=two.person, worker=worker, team=team, role="support", by=None)
    assert cost() == few
