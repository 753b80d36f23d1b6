"""A person lets somebody in after a private moment, and takes it away without a word."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from casework.cases.models import AccessEntry
from casework.common.errors import Refusal
from casework.portal import carers
from casework.portal.models import Carer, CarerAccess
from tests import factories
from tests.factories.accounts import PASSWORD
from tests.factories.careplans import Two
from tests.factories.portal import carer_of, own_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def me(client, two):
    account = own_account(two.person)
    client.force_login(account.user)
    return account


def form(**fields):
    end = timezone.localdate() + dt.timedelta(days=30)
    parts = {"end_day": end.day, "end_month": end.month, "end_year": end.year}
    return {"name": "Juno", "relation": "my sister", "scope": ["meetings"], **parts, **fields}


def test_nobody_is_let_in_without_the_private_moment(client, me):
    page = reverse("portal:carer_add")
    assert client.get(page)["Location"] == reverse("portal:carer_alone")
    assert client.post(page, form())["Location"] == reverse("portal:carer_alone")
    answer = client.post(reverse("portal:carer_alone"), {"alone": "no"})
    assert answer["Location"] == reverse("portal:home")
    assert client.get(page).status_code == 302
    assert not CarerAccess.objects.exists()
    with pytest.raises(Refusal):
        carers.let_in(
            person=me.person,
            name="Juno",
            relation="",
            scope=["meetings"],
            end=timezone.localdate(),
            alone_at=None,
        )


def test_the_private_moment_passes(client, me):
    client.post(reverse("portal:carer_alone"), {"alone": "yes"})
    assert client.get(reverse("portal:carer_add")).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert client.get(reverse("portal:carer_add")).status_code == 302


def test_from_the_code_to_the_page_and_away_again(client, me, settings):
    client.post(reverse("portal:carer_alone"), {"alone": "yes"})
    wrong = client.post(reverse("portal:carer_add"), form(scope=[])).content.decode()
    assert "Select what they may see" in wrong
    shown = client.post(reverse("portal:carer_add"), form()).content.decode()
    code = shown.split('class="app-code">')[1].split("<")[0].strip()
    access = CarerAccess.objects.get()
    assert (access.name, access.scope, access.carer) == ("Juno", ["meetings"], None)
    assert code not in access.digest
    listed = client.get(reverse("portal:carers")).content.decode()
    assert "They have not used their code yet" in listed and "my sister" in listed

    client.logout()
    client.post(reverse("portal:carer_start"), {"code": code})
    page = reverse("portal:carer_come_in")
    client.post(page, {"email": "juno@example.org", "password": PASSWORD})
    carer = Carer.objects.get()
    assert client.get(reverse("portal:carer_home"))["Location"] == reverse(
        "portal:carer_second_step"
    )
    assert client.get(reverse("portal:carer_second_step")).status_code == 200
    settings.DEMO = True
    assert "Marigold" in client.get(reverse("portal:carer_home")).content.decode()
    assert AccessEntry.objects.filter(person=me.person, user=carer.user).count() == 1
    assert carers.find(code) is None  # it works once

    client.force_login(me.user)
    looks = client.get(reverse("portal:who")).content.decode()
    assert "Juno, whom you let in, read what you show them." in looks
    client.post(reverse("portal:carer_take_away", args=[access.pk]))
    assert "You have let nobody in." in client.get(reverse("portal:carers")).content.decode()
    client.force_login(carer.user)
    assert "Marigold" not in client.get(reverse("portal:carer_home")).content.decode()
    assert client.post(reverse("portal:carer_leave")).status_code == 302


def test_one_account_for_two_people_and_nobody_elses(two):
    access = carer_of(two.person, "meetings", name="Juno")
    other = own_account(factories.held_person(name="Robin Example"))
    _row, code = carers.let_in(
        person=other.person,
        name="Juno",
        relation="",
        scope=["meetings"],
        end=timezone.localdate(),
        alone_at=timezone.now(),
    )
    for email, password in (
        (access.carer.user.email, "a-wrong-long-password"),
        (other.user.email, PASSWORD),
        (two.worker.email, PASSWORD),
    ):
        with pytest.raises(Refusal):
            carers.come_in(code=code, email=email, password=password)
    assert carers.come_in(code=code, email=access.carer.user.email, password=PASSWORD) == (
        access.carer
    )
    assert len(carers.accesses_of(access.carer, timezone.localdate())) == 2
    with pytest.raises(Refusal):
        carers.come_in(code=code, email="x@example.org", password=PASSWORD)


def test_what_somebody_sees_is_changed_after_another_private_moment(client, me):
    access = carer_of(me.person, "meetings")
    page = reverse("portal:carer_change", args=[access.pk])
    assert client.get(page)["Location"] == reverse("portal:carer_alone_for", args=[access.pk])
    client.post(reverse("portal:carer_alone_for", args=[access.pk]), {"alone": "yes"})
    client.post(page, form(scope=["safety", "no such thing"]))
    assert CarerAccess.objects.get().scope == ["meetings"]
    client.post(page, form(scope=["safety"]))
    assert CarerAccess.objects.get().scope == ["safety"]
    assert CarerAccess.history.count() == 3  # let in, came in, changed


@pytest.mark.parametrize("days", [-1, 400])
def test_it_ends_within_a_year(two, days):
    with pytest.raises(Refusal):
        carer_of(two.person, "meetings", end=timezone.localdate() + dt.timedelta(days=days))


def test_a_carer_agrees_for_themselves_only(client, two):
    version = two.shared()
    access = carer_of(two.person, "area:housing", name="Juno")
    client.force_login(access.carer.user)
    assert "for yourself" in client.get(reverse("portal:carer_home")).content.decode()
    page = reverse("my_plan:carer_answer", args=[access.pk])
    assert "Only Marigold agrees for Marigold" in client.get(page).content.decode()
    client.post(page, {"answer": "agree", "words": "I ring on Sundays"})
    row = version.agreements.get()
    assert (row.party, row.name, row.answer, row.means) == ("11", "Juno", "agree", "portal")
    assert two.person.plans.get().state == "shared"
    assert client.post(reverse("my_plan:answer", args=[version.pk])).status_code == 404


def test_only_meetings_give_no_say_about_the_plan(client, two):
    two.shared()
    access = carer_of(two.person, "meetings")
    client.force_login(access.carer.user)
    assert client.get(reverse("my_plan:carer_answer", args=[access.pk])).status_code == 404


def test_staff_see_whom_the_person_let_in(client, two):
    access = carer_of(two.person, "area:housing", name="Juno Sister")
    client.force_login(two.worker)
    page = reverse("own_accounts:detail", args=[two.person.pk])
    assert "Juno Sister" in client.get(page).content.decode()
    carers.take_away(access=access)
    assert "Juno Sister" not in client.get(page).content.decode()
