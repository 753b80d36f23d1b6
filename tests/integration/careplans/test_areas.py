"""The list of areas is looked after in the browser; a new one reaches the plans that go on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans import services
from careplans.areas import STARTER
from careplans.content import content_of
from careplans.errors import NotYours
from careplans.models import AreaOfLife, LocalArea, PlanArea
from casework.common.errors import Refusal
from casework.directory.models import Locality
from tests.factories import accounts
from tests.factories.careplans import Two
from tests.factories.portal import own_account


@pytest.fixture
def administrator(db):
    return accounts.member("administrator", name="Ada Admin")


def test_a_new_area_reaches_plans_that_go_on(client, two, administrator):
    plan = two.written()
    version = two.shared(plan)
    revisions = plan.revisions.count()
    client.force_login(administrator)
    assert b"Medication" in client.get(reverse("plan_lists:areas")).content
    address = reverse("plan_lists:add_area")
    assert client.get(address).status_code == 200
    assert b"Enter a name" in client.post(address, {"order": "5"}).content
    assert (
        b"with this name already" in client.post(address, {"name": "housing", "order": "5"}).content
    )
    assert client.post(address, {"name": "Pets", "order": "5"}).status_code == 302
    area = AreaOfLife.objects.get(code="pets")
    assert plan.areas.filter(area=area).count() == 1
    assert plan.revisions.count() == revisions
    version.refresh_from_db()
    assert "Pets" not in str(version.content)
    client.force_login(two.worker)
    assert b"Pets" in client.get(reverse("careplans:plan", args=[plan.pk])).content


def test_plans_that_are_over_stay_as_they_were(two, administrator):
    plan = services.end(plan=two.written(), by=two.alone, reason="Done", what_next="Come back")
    services.add_area(by=administrator, name="Pets")
    assert not plan.areas.filter(area__code="pets").exists()


def test_an_area_leaves_new_plans_only_and_can_come_back(client, two, administrator):
    plan = two.plan()
    area = AreaOfLife.objects.get(code="medication")
    client.force_login(administrator)
    address = reverse("plan_lists:edit_area", args=[area.pk])
    assert b"Medication" in client.get(address).content
    client.post(address, {"name": "Tablets", "order": "80"})
    area.refresh_from_db()
    assert (area.name, area.active, area.history.count()) == ("Tablets", False, 2)
    assert plan.areas.filter(area=area).exists()
    PlanArea.objects.filter(plan=plan, area=area).delete()
    services.edit_area(area=area, by=administrator, name="Tablets", active=True)
    assert plan.areas.filter(area=area).exists()


def test_two_names_that_read_alike_get_two_codes(administrator):
    first = services.add_area(by=administrator, name="Pets!")
    second = services.add_area(by=administrator, name="Pets?")
    assert (first.code, second.code) == ("pets", "pets-2")


def test_only_an_administrator(client, two):
    with pytest.raises(NotYours):
        services.add_area(by=two.lead, name="Pets")
    client.force_login(two.lead)
    assert client.get(reverse("plan_lists:areas")).status_code == 403


class TestInALocality:
    """The order of the areas, and which of them there are, by where somebody lives."""

    @pytest.fixture
    def harbour(self, db):
        return Locality.objects.create(name="Harbour")

    @pytest.fixture
    def lives_there(self, two, harbour):
        two.person.locality = harbour
        two.person.save()
        return two

    def named(self, *codes):
        found = {one.code: one for one in AreaOfLife.objects.filter(code__in=codes)}
        return [found[code] for code in codes]

    def codes(self, plan):
        return [one["code"] for one in content_of(plan)["areas"]]

    def test_a_plan_that_begins_there_has_its_areas_in_its_order(
        self, lives_there, harbour, administrator
    ):
        services.arrange(
            locality=harbour, by=administrator, used=self.named("people", "work", "housing")
        )
        assert self.codes(lives_there.plan()) == ["people", "work", "housing"]
        assert self.codes(Two().plan()) == [code for code, _name, _hint in STARTER]

    def test_a_plan_that_goes_on_follows_the_order_and_loses_no_area(
        self, lives_there, harbour, administrator
    ):
        plan = lives_there.written()
        version = lives_there.shared(plan)
        before = version.content
        revisions = plan.revisions.count()
        services.arrange(locality=harbour, by=administrator, used=self.named("safety", "people"))
        after = self.codes(plan)
        assert after[:3] == ["safety", "people", "housing"]
        assert sorted(after) == sorted(code for code, _name, _hint in STARTER)
        assert plan.revisions.count() == revisions
        version.refresh_from_db()
        assert version.content == before

    def test_everywhere_that_a_plan_is_shown_the_order_is_the_same(
        self, client, lives_there, harbour, administrator
    ):
        plan = lives_there.plan()
        services.arrange(
            locality=harbour, by=administrator, used=self.named("therapy", "money", "housing")
        )
        account = own_account(lives_there.person)
        pages = [
            (lives_there.worker, reverse("careplans:plan", args=[plan.pk])),
            (lives_there.worker, reverse("careplans:rank", args=[plan.pk])),
            (lives_there.worker, reverse("careplans:meeting", args=[plan.pk])),
            (account.user, reverse("my_plan:rank")),
        ]
        for user, address in pages:
            client.force_login(user)
            page = client.get(address).content.decode()
            places = [page.index(name) for name in ("Therapy and", "Money and benefits", "Housing")]
            assert places == sorted(places), address

    def test_an_area_that_is_only_there(self, client, lives_there, harbour, administrator):
        plan, elsewhere = lives_there.plan(), Two().plan()
        client.force_login(administrator)
        posted = {"name": "Boats", "order": "25", "locality": str(harbour.pk)}
        assert client.post(reverse("plan_lists:add_area"), posted).status_code == 302
        assert "boats" in self.codes(plan)
        assert "boats" not in self.codes(elsewhere)
        assert "boats" not in self.codes(Two().plan())
        another = Two()
        another.person.locality = harbour
        another.person.save()
        assert self.codes(another.plan())[2] == "boats"

    def test_what_is_taken_in_again_reaches_the_plans_there(
        self, lives_there, harbour, administrator
    ):
        services.arrange(locality=harbour, by=administrator, used=self.named("people"))
        plan = lives_there.plan()
        services.arrange(locality=harbour, by=administrator, used=self.named("people", "money"))
        assert self.codes(plan) == ["people", "money"]
        services.add_area(by=administrator, name="Pets", order=120)
        assert self.codes(plan) == ["people", "money", "pets"]
        home = AreaOfLife.objects.get(code="housing")
        services.edit_area(area=home, by=administrator, name="Home", order=10, active=False)
        services.edit_area(area=home, by=administrator, name="Home", order=10, active=True)
        assert "housing" not in self.codes(plan)  # it was left out there
        services.as_everywhere(locality=harbour, by=administrator)
        assert "housing" in self.codes(plan)
        assert not LocalArea.objects.exists()
        assert LocalArea.history.filter(history_type="-").exists()

    def test_the_page(self, client, lives_there, harbour, administrator):
        client.force_login(administrator)
        address = reverse("plan_lists:local_areas", args=[harbour.pk])
        page = client.get(address).content.decode()
        assert "Areas of life in Harbour" in page
        assert "Use the list of everybody again" not in page
        twice = {"area_people": "1", "area_work": "1"}
        assert "already given" in client.post(address, twice).content.decode()
        assert (
            "at least one area a number"
            in client.post(address, {"area_people": ""}).content.decode()
        )
        posted = {"area_work": "3", "area_people": "1"}
        assert client.post(address, posted)["Location"] == reverse("plan_lists:areas")
        assert self.codes(lives_there.plan()) == ["people", "work"]
        assert "A list of its own" in client.get(reverse("plan_lists:areas")).content.decode()
        page = client.get(address).content.decode()
        assert page.count("selected>Not in new plans here") == 9
        client.post(address, {"as_everywhere": "1"})
        assert not LocalArea.objects.exists()

    def test_only_an_administrator(self, client, lives_there, harbour):
        with pytest.raises(NotYours):
            services.arrange(locality=harbour, by=lives_there.lead, used=self.named("people"))
        with pytest.raises(NotYours):
            services.as_everywhere(locality=harbour, by=lives_there.lead)
        client.force_login(lives_there.lead)
        address = reverse("plan_lists:local_areas", args=[harbour.pk])
        assert client.get(address).status_code == 403

    def test_an_empty_list_and_a_list_with_one_twice_are_refused(self, harbour, administrator):
        for used in ([], self.named("people") * 2):
            with pytest.raises(Refusal):
                services.arrange(locality=harbour, by=administrator, used=used)

    def test_as_many_queries_with_a_list_of_its_own(
        self, client, lives_there, harbour, administrator
    ):
        plan = lives_there.written()
        client.force_login(lives_there.worker)
        address = reverse("careplans:plan", args=[plan.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as before:
            client.get(address)
        services.arrange(locality=harbour, by=administrator, used=self.named("people", "money"))
        with CaptureQueriesContext(connection) as after:
            client.get(address)
        assert len(after) == len(before)
