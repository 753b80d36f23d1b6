"""Somebody new, and somebody who may be here already."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.models import AccessEntry, Case, CaseEvent, MergeSuspect, Person
from casework.cases.panels import panels_for
from casework.cases.profile.names import alike
from casework.cases.services import profile
from casework.common.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
BORN = dt.date(1988, 5, 3)
ADD = "profile:add"


def answers(team, **fields):
    return {
        "name": "Alex Samplewell",
        "birth_date_day": "3",
        "birth_date_month": "5",
        "birth_date_year": "1988",
        "team": str(team.pk),
        **fields,
    }


def test_a_name_is_enough(writer, team, editor):
    answer = writer.post(reverse(ADD), {"preferred_name": "Al", "team": str(team.pk)})
    made = Person.objects.get(preferred_name="Al")
    assert answer["Location"] == reverse("people:detail", args=[made.pk])
    assert Case.objects.get(person=made).team == team
    assert made.history.get().history_user == editor


def test_a_wrong_check_digit(writer, team):
    answer = writer.post(reverse(ADD), answers(team, nhs_number="999 000 0019"))
    assert "10 digits long and correct" in answer.content.decode()
    assert not Person.objects.exists()


def test_without_any_name(writer, team):
    answer = writer.post(reverse(ADD), {"team": str(team.pk)})
    assert "Enter a name" in answer.content.decode()


def test_only_in_a_team_of_ones_own(writer, team):
    other = factories.team()
    assert writer.post(reverse(ADD), answers(other)).status_code == 200
    assert not Person.objects.exists()


def test_who_looks_alike_is_shown_before_anything_is_saved(writer, team, editor):
    known = factories.held_person(team=team, name="Alexander Samplewell", birth_date=BORN)
    html = writer.post(reverse(ADD), answers(team)).content.decode()
    assert "Alexander Samplewell" in html
    assert reverse("people:detail", args=[known.pk]) in html
    assert Person.objects.count() == 1
    assert AccessEntry.objects.filter(user=editor, listed=[str(known.pk)]).exists()


def test_somebody_whose_record_is_closed_to_the_user_is_not_named(writer, team):
    hidden = factories.held_person(
        team=factories.team("Valley Team", phone="01632 960123"),
        name="Alexander Samplewell",
        birth_date=BORN,
    )
    html = writer.post(reverse(ADD), answers(team)).content.decode()
    assert "Valley Team" in html
    assert "01632 960123" in html
    assert "Alexander" not in html
    assert str(hidden.pk) not in html


def test_it_has_to_be_said_whether_it_is_one_of_them(writer, team):
    factories.held_person(team=team, name="Alexander Samplewell", birth_date=BORN)
    html = writer.post(reverse(ADD), answers(team, decision_asked="1")).content.decode()
    assert "Select whether this is one of the people above" in html
    assert Person.objects.count() == 1


@pytest.mark.parametrize(("decision", "waits"), [("new", 0), ("unsure", 1)])
def test_added_after_looking(writer, team, decision, waits):
    factories.held_person(team=team, name="Alexander Samplewell", birth_date=BORN)
    writer.post(reverse(ADD), answers(team, decision_asked="1", decision=decision))
    assert Person.objects.count() == 2
    assert MergeSuspect.objects.filter(decision="").count() == waits


def test_the_same_number_always_waits_for_a_decision(writer, team):
    known = factories.held_person(team=team, name="Quite Another", birth_date=None)
    posted = answers(team, nhs_number=known.nhs_number)
    assert "The same NHS number" in writer.post(reverse(ADD), posted).content.decode()
    writer.post(reverse(ADD), {**posted, "decision_asked": "1", "decision": "new"})
    suspect = MergeSuspect.objects.get()
    assert {suspect.person.nhs_number_shared, suspect.other.nhs_number_shared} == {True}


def test_somebody_who_appears_between_the_pages_is_shown_too(writer, team):
    """The question is asked again with whoever was added meanwhile."""
    html = writer.post(reverse(ADD), answers(team, name="", preferred_name="")).content.decode()
    assert "Enter a name" in html
    factories.held_person(team=team, name="Alex Samplewell", birth_date=BORN)
    html = writer.post(reverse(ADD), answers(team)).content.decode()
    assert "Somebody like this is here already" in html


# Deciding -----------------------------------------------------------------------------------------


@pytest.fixture
def pair(team, editor):
    one = factories.held_person(team=team, name="Alex Samplewell", birth_date=BORN)
    two = factories.held_person(team=team, name="Alexander Samplewell", birth_date=BORN)
    return profile.suspect(person=one, other=two, why="The same date of birth", by=editor)


def test_a_pair_waits_once(pair, editor):
    again = profile.suspect(person=pair.other, other=pair.person, why="Again", by=editor)
    assert again == pair


@pytest.mark.parametrize("decision", ["same", "different"])
def test_a_decision_moves_no_data(writer, pair, editor, decision):
    before = list(Person.objects.order_by("pk").values("name", "nhs_number", "birth_date"))
    path = reverse("profile:suspect", args=[pair.pk])
    assert "Alexander Samplewell" in writer.get(path).content.decode()
    assert writer.post(path, {"decision": decision}).status_code == 302
    row = MergeSuspect.objects.get()
    assert (row.decision, row.decided_by) == (decision, editor)
    assert list(Person.objects.order_by("pk").values("name", "nhs_number", "birth_date")) == before
    for one in (pair.person, pair.other):
        assert CaseEvent.objects.filter(person=one, kind=f"profile.decided_{decision}").exists()
    with pytest.raises(Refusal):
        profile.decide(suspect=pair, decision="same", by=editor)


def test_the_same_person_leads_to_the_other_record(pair, editor):
    profile.decide(suspect=pair, decision="same", by=editor)
    on = dt.date.today()
    panels = {one.template: one.content for one in panels_for(pair.person, editor, on)}
    (notice,) = panels["profile/twins.jinja"]
    assert notice.href == reverse("people:detail", args=[pair.other.pk])
    stranger = factories.member("key_worker")
    panels = {one.template: one.content for one in panels_for(pair.person, stranger, on)}
    (notice,) = panels["profile/twins.jinja"]
    assert (notice.href, notice.link) == ("", "")


def test_different_people_have_no_notice(pair, editor):
    profile.decide(suspect=pair, decision="different", by=editor)
    panels = {one.template for one in panels_for(pair.person, editor, dt.date.today())}
    assert "profile/twins.jinja" not in panels


def test_the_list_is_for_those_who_may_open_one_of_the_two(client, pair, editor):
    client.force_login(editor)
    html = client.get(reverse("profile:suspects")).content.decode()
    assert "Alex Samplewell and Alexander Samplewell" in html
    client.force_login(factories.member("key_worker"))
    assert "Samplewell" not in client.get(reverse("profile:suspects")).content.decode()
    assert client.get(reverse("profile:suspect", args=[pair.pk])).status_code == 404


def test_a_corrected_number_no_longer_belongs_to_two(team, editor):
    one, two = factories.held_person(team=team), factories.held_person(team=team)
    fields = {"nhs_number": one.nhs_number}
    seen = profile.marks(two, fields)
    two = profile.change_details(person=two, fields=fields, seen=seen, by=editor)
    assert MergeSuspect.objects.filter(why="The same NHS number").count() == 1
    assert Person.objects.get(pk=one.pk).nhs_number_shared
    fields = {"nhs_number": factories.nhs_number()}
    two = Person.objects.get(pk=two.pk)
    seen = profile.marks(two, fields)
    profile.change_details(person=two, fields=fields, seen=seen, by=editor)
    assert not Person.objects.filter(nhs_number_shared=True).exists()


# Names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("Alex Samplewell", "SAMPLEWELL, Alex", True),
        ("Zoë Hart-Lane", "Zoe Hart Lane", True),
        ("Alex Samplewell", "Alexander Samplewell", True),
        ("Alex", "Alex Samplewell", True),
        ("Jon Fieldhouse", "John Fieldhouse", True),
        ("Alex Samplewell", "Bo Quarrington", False),
        ("", "Alex", False),
        ("123", "456", False),
    ],
)
def test_names_that_may_be_one_persons(one, other, answer):
    assert alike(one, other) is answer
    assert alike(other, one) is answer


@given(st.text(alphabet="abcdefgh -'", min_size=1).filter(lambda name: name.strip(" -'")))
def test_a_name_is_like_itself_however_it_is_written(name):
    assert alike(name, name.upper())
    assert alike(name, " ".join(reversed(name.split())))


@pytest.mark.parametrize("first", [True, False])
def test_a_pair_with_a_closed_record_is_decided_without_its_name(writer, team, editor, first):
    """Whichever of the two came first: the open one is named, of the other the team."""
    open_one = factories.held_person(team=team, name="Alex Samplewell", birth_date=BORN)
    closed = factories.held_person(
        team=factories.team("Valley Team"), name="Alexander Otherwise", birth_date=BORN
    )
    one, two = (open_one, closed) if first else (closed, open_one)
    pair = profile.suspect(person=one, other=two, why="The same date of birth", by=editor)
    listed = writer.get(reverse("profile:suspects")).content.decode()
    path = reverse("profile:suspect", args=[pair.pk])
    asked = writer.get(path).content.decode()
    for html in (listed, asked):
        assert "Alex Samplewell" in html
        assert "Otherwise" not in html
        assert str(closed.pk) not in html
    assert "Valley Team" in asked
    assert writer.post(path, {"decision": "same"}).status_code == 302
    page = writer.get(reverse("people:detail", args=[open_one.pk])).content.decode()
    assert "Otherwise" not in page
    assert str(closed.pk) not in page
    assert "This person is also recorded elsewhere" in page
