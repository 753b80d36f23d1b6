"""The directory: who there is to turn to."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.directory import services
from casework.directory.models import Locality, Organisation, Team, Worker
from tests import factories

pytestmark = pytest.mark.django_db
NOUNS = {"team": "teams", "worker": "workers", "organisation": "organisations"}
EVERY = {**NOUNS, "locality": "localities"}


@pytest.fixture
def office(client):
    client.force_login(factories.member("administrator", name="Ada Admin"))
    return client


def text(answer) -> str:
    html = answer.content.decode().replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def answers(noun, **more):
    given = {
        "team": {"name": "Harbour", "kind": "cmht", "active": "on"},
        "worker": {"name": "Grace Fairweather", "role_words": "nurse", "active": "on"},
        "organisation": {"name": "Harbour Trust", "kind": "trust", "code": "rxx"},
        "locality": {"name": "Old Town"},
    }[noun]
    if noun == "team" and "organisation" not in more:
        more["organisation"] = factories.organisation().pk
    return {**given, **more}


@pytest.mark.parametrize("noun", EVERY)
def test_a_row_is_added_found_and_changed(office, noun):
    done = office.post(reverse(f"directory:{noun}_add"), answers(noun), follow=True)
    name = answers(noun)["name"]
    assert f"{name} was saved" in text(done)
    listed = office.post(reverse(f"directory:{EVERY[noun]}"), {"words": name[:4]}, follow=True)
    (path,) = re.findall(rf'href="([^"]+)">{name}<', listed.content.decode())
    assert office.get(path).status_code == 200
    changed = office.post(path, answers(noun, name=f"New {name}"), follow=True)
    assert f"New {name}" in text(changed)
    model = {"team": Team, "worker": Worker, "organisation": Organisation, "locality": Locality}
    row = model[noun].objects.get(name=f"New {name}")
    assert [one.history_user.name for one in row.history.all()] == ["Ada Admin", "Ada Admin"]


def test_a_team_has_its_places_hours_and_telephone(office):
    town, hill = (Locality.objects.create(name=name) for name in ("Old Town", "Hill"))
    data = answers("team", localities=[town.pk], phone="01632 960000", hours="9am to 5pm")
    data["address"] = "3 Lock Street\nHarbour"
    office.post(reverse("directory:team_add"), data)
    team = Team.objects.get(name="Harbour")
    assert list(team.localities.all()) == [town]
    assert team.phone == "01632 960000"
    assert team.address.splitlines() == ["3 Lock Street", "Harbour"]
    shown = text(office.get(reverse("directory:teams")))
    assert "Old Town" in shown
    assert "9am to 5pm" in shown
    path = reverse("directory:team_edit", args=[team.pk])
    html = office.get(path).content.decode()
    assert re.search(rf'value="{town.pk}" checked', html)
    assert not re.search(rf'value="{hill.pk}" checked', html)
    office.post(path, {**data, "localities": [hill.pk], "active": ""})
    team.refresh_from_db()
    assert list(team.localities.all()) == [hill]
    assert not team.active


def test_somebody_checks_the_number_and_the_hours(office):
    data = answers("team", phone="01632 960000", hours="Ring and see")
    office.post(reverse("directory:team_add"), data)
    team = Team.objects.get(name="Harbour")
    assert team.details_checked_on == timezone.localdate()  # who enters it has just learnt it
    Team.objects.update(details_checked_on=None)
    path = reverse("directory:team_edit", args=[team.pk])
    page = text(office.get(path))
    assert "Nobody has written down yet" in page
    assert "no page says whether somebody is there" in page

    def checked(**changes):
        office.post(path, {**data, "active": "on", **changes})
        return Team.objects.get(pk=team.pk).details_checked_on

    assert checked(name="Harbour Team") is None
    assert checked(checked="on") == timezone.localdate()
    Team.objects.update(details_checked_on=None)
    assert checked(hours="Every day and night") == timezone.localdate()
    assert "were last checked on" in text(office.get(path))


@pytest.mark.parametrize("noun", NOUNS)
def test_a_name_that_is_there_already_is_asked_about(office, noun):
    place = factories.organisation(name="Harbour Trust")
    data = answers(noun) if noun == "organisation" else answers(noun, organisation=place.pk)
    data.pop("code", None)
    add = reverse(f"directory:{noun}_add")
    if noun != "organisation":
        assert office.post(add, data).status_code == 302
    other = office.post(add, {**data, "name": f"  {data['name'].upper()} "})
    assert "There is already" in text(other)
    assert "tick the box if this is another" in text(other)
    assert 'name="same_name_is_right"' in other.content.decode()
    assert office.post(add, {**data, "same_name_is_right": "on"}).status_code == 302
    model = {"team": Team, "worker": Worker, "organisation": Organisation}[noun]
    assert model.objects.filter(name=data["name"]).count() == 2


def test_the_same_name_in_another_organisation_is_no_question(office):
    add = reverse("directory:team_add")
    assert office.post(add, answers("team")).status_code == 302
    assert office.post(add, answers("team")).status_code == 302


def test_a_row_may_keep_its_name(office):
    one, _other = (factories.worker("Jo Same") for _ in range(2))
    path = reverse("directory:worker_edit", args=[one.pk])
    data = {"name": "Jo Same", "role_words": "peer worker", "active": "on"}
    assert office.post(path, data).status_code == 302


def test_a_locality_is_there_once(office):
    Locality.objects.create(name="Old Town")
    answer = office.post(reverse("directory:locality_add"), {"name": "Old Town"})
    assert "Locality with this Name already exists" in text(answer)


@pytest.mark.parametrize("code", ["RX", "R X", "RXX-1", "TOOLONGCODE"])
def test_a_code_has_the_form_of_a_code(office, code):
    answer = office.post(reverse("directory:organisation_add"), answers("organisation", code=code))
    assert "There is a problem" in text(answer)
    assert not Organisation.objects.filter(name="Harbour Trust").exists()


def test_a_code_is_there_once_and_need_not_be_there(office):
    factories.organisation(code="RXX")
    add = reverse("directory:organisation_add")
    assert "already exists" in text(office.post(add, answers("organisation")))
    assert office.post(add, answers("organisation", code="")).status_code == 302
    more = answers("organisation", code="", name="Hill Trust")
    assert office.post(add, more).status_code == 302


# Rows from an extract ----------------------------------------------------------------------------


def test_what_was_changed_here_is_remembered_against_the_next_extract(office):
    provider = factories.organisation(extract_as_of="2026-01-31")
    team = factories.team("CMHT NORTH", of=provider, provider=provider, local_id="T1")
    path = reverse("directory:team_edit", args=[team.pk])
    assert "is kept when the next extract is read" in text(office.get(path))
    office.post(
        path,
        answers("team", name="North Community Team", organisation=provider.pk),
    )
    team.refresh_from_db()
    assert team.name == "North Community Team"
    assert team.local_edits == {"name": "CMHT NORTH"}
    assert "changed here" in text(office.get(reverse("directory:teams")))


def test_what_was_made_here_remembers_nothing():
    team = factories.team("North")
    services.edit(row=team, by=None, name="South")
    team.refresh_from_db()
    assert (team.name, team.local_edits) == ("South", None)


# Lists -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plural", EVERY.values())
def test_lists_ask_as_often_for_one_as_for_many(office, plural):
    def more(number):
        place = factories.organisation()
        town = Locality.objects.create(name=f"Town {number}")
        factories.team(of=place).localities.add(town)
        factories.user(worker=factories.worker(organisation=place))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(f"directory:{plural}")).status_code == 200
        return len(queries)

    more(0)
    asked()
    one = asked()
    for number in range(1, 12):
        more(number)
    assert asked() == one


@pytest.mark.parametrize("noun", EVERY)
def test_what_is_not_there_is_not_found(office, noun):
    assert office.get(reverse(f"directory:{noun}_edit", args=[uuid4()])).status_code == 404
