"""Several people in one entry."""

import pytest

from casework.cases.models import Contact
from casework.cases.services import entries
from casework.cases.services.entries import Entry
from casework.common.errors import Refusal
from tests import factories
from tests.integration.diary.conftest import day, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(team, me):
    return [
        factories.person_with_key_worker(team=team, worker=me, name=name)
        for name in ("Ada Example", "Bel Example", "Cy Example")
    ]


@pytest.fixture
def query(people):
    return "?" + "&".join(f"person={person.pk}" for person in people)


@pytest.fixture
def meeting(people, me, today):
    ada, bel, cy = (person.pk.hex for person in people)
    return {
        "workers": [str(me.pk)],
        **day("date", today),
        "time": "14:00",
        "minutes": "90",
        "medium": "01",
        "purpose": "therapy",
        "note": "We cooked.",
        f"attendance_{ada}": "5",
        f"note_{ada}": "She led the cooking.",
        f"attendance_{bel}": "6",
        f"attendance_{cy}": "3",
        f"barrier_{cy}": "fear",
        f"promise_{cy}": "Walk there together next week",
    }


def test_people_are_picked_from_those_i_am_with(reader, people, team):
    factories.held_person(team=team, name="Far Away")
    shown = text(reader.get("group"))
    assert "Ada Example" in shown
    assert "Far Away" not in shown


def test_a_search_adds_people_and_keeps_what_is_ticked(reader, people, team):
    far = factories.held_person(team=team, name="Far Away")
    stranger = factories.held_person(name="Far Stranger")
    answer = reader.post("group", words="far", find="1", people=[str(people[0].pk)])
    html = " ".join(answer.content.decode().split())
    assert f'value="{people[0].pk}" checked' in html
    assert f'value="{far.pk}"' in html
    assert str(stranger.pk) not in html


def test_who_was_picked_goes_on_by_id_only(reader, people):
    answer = reader.saves("group", people=[str(one.pk) for one in people[:2]])
    assert answer["Location"].startswith(reader.path("group_record") + "?person=")
    assert "Example" not in answer["Location"]
    assert "Select from 2 to 10 people" in reader.is_refused("group", people=[str(people[0].pk)])


def test_each_person_gets_a_contact_of_their_own(reader, people, me, user, query, meeting):
    answer = reader.saves("group_record", query=query, **meeting)
    found = {one.person.name: one for one in Contact.objects.select_related("person")}
    assert {one.group_id for one in found.values()} == {found["Ada Example"].group_id}
    assert answer["Location"] == reader.path("group_entry", found["Ada Example"].group_id)
    assert [found[name].attendance for name in sorted(found)] == ["5", "6", "3"]
    assert found["Ada Example"].notes.get().words == "We cooked.\n\nShe led the cooking."
    assert found["Bel Example"].notes.get().words == "We cooked."
    assert not found["Cy Example"].notes.exists()
    assert found["Cy Example"].barrier == "fear"
    assert found["Cy Example"].steps.get().words == "Walk there together next week"
    shown = text(reader.get("group_entry", found["Ada Example"].group_id))
    assert "Ada Example Attended Bel Example Came late, and was seen Cy Example Missed" in shown


def test_one_persons_mistake_keeps_the_whole_entry_back(reader, people, query, meeting):
    meeting[f"promise_{people[2].pk.hex}"] = ""
    html = reader.is_refused("group_record", query=query, **meeting)
    assert "Say what we will do about it for Cy Example" in html
    assert "She led the cooking." in html
    assert not Contact.objects.exists()


def test_all_or_none(people, me, user, today):
    people[2].death_date = today.replace(year=today.year - 1)
    people[2].save()
    with pytest.raises(Refusal):
        entries.record_group(
            entries=[(person, Entry()) for person in people], workers=[me], date=today, by=user
        )
    assert not Contact.objects.exists()
    with pytest.raises(Refusal, match="at least two"):
        entries.record_group(entries=[(people[0], Entry())], workers=[me], date=today, by=user)


def test_nobody_elses_person_comes_into_a_group(reader, people, query, meeting):
    stranger = factories.held_person()
    more = f"{query}&person={stranger.pk}"
    assert reader.client.get(reader.path("group_record") + more).status_code == 404
    assert reader.post("group_record", query=more, **meeting).status_code == 404
    assert not Contact.objects.exists()


def test_of_a_group_only_visible_people_are_listed(reader, people, me, user, today):
    stranger = factories.held_person(name="Hidden Example")
    group_id = entries.record_group(
        entries=[(person, Entry()) for person in [*people, stranger]],
        workers=[factories.worker()],
        date=today,
        by=user,
    )
    assert "Hidden" not in reader.get("group_entry", group_id)


@pytest.mark.parametrize("query", ["", "?person=nonsense", "?person=1&person=2"])
def test_too_few_people_lead_back_to_the_choice(reader, query):
    answer = reader.client.get(reader.path("group_record") + query)
    assert answer["Location"] == reader.path("group")


def test_who_came_with_one_of_them_is_said_of_that_one_only(reader, people, meeting, query):
    ada = people[0]
    reader.saves("group_record", query=query, **meeting | {f"who_else_{ada.pk.hex}": "Her mother"})
    found = dict(Contact.objects.values_list("person__name", "who_else"))
    assert found == {"Ada Example": "Her mother", "Bel Example": "", "Cy Example": ""}


def test_a_large_group_stays_light_and_costs_the_same(reader, people, team, me, query):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(7):
        people.append(factories.person_with_key_worker(team=team, worker=me, name=f"More {number}"))
    for number in range(80):
        factories.member("team_member", team=team, worker=factories.worker(f"Colleague {number}"))
    whole = "?" + "&".join(f"person={person.pk}" for person in people)
    counts = []
    for some in (query, whole):
        with CaptureQueriesContext(connection) as queries:
            reader.get("group_record", query=some)
        counts.append(len(queries))
    assert counts[0] == counts[1]
