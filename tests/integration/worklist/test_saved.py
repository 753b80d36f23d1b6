"""Lists that somebody keeps under a name: kept, opened, renamed, removed, and nobody else's."""

import pytest
from django.urls import reverse

from casework.worklist import services
from casework.worklist.filters import Chosen, Show, Sort, Which, from_query
from casework.worklist.models import SavedFilter
from tests import factories
from tests.integration.worklist.conftest import Reader, text

pytestmark = pytest.mark.django_db


def keep(reader, name, query="page=team&show=quiet&sort=name"):
    return reader.client.post(f"{reverse('keep_list')}?{query}", {"name": name})


def test_a_list_is_kept_with_its_filters_and_opens_from_the_list(lead, person):
    query = "?show=unallocated&sort=name"
    html = lead.html("team_people", query)
    href = reverse("keep_list") + "?page=team&amp;show=unallocated&amp;sort=name"
    assert f'href="{href}"' in html
    assert "Nobody named yet, in this order: Name." in lead.text(
        "keep_list", "?page=team&show=unallocated&sort=name"
    )
    answer = keep(lead, "  To  name ", "page=team&show=unallocated&sort=name")
    assert answer["Location"] == reverse("team_people") + query
    kept = SavedFilter.objects.get()
    assert (kept.user, kept.page, kept.name) == (lead.user, "team", "To name")
    assert kept.query == "show=unallocated&sort=name"
    assert kept.history.get().history_user == lead.user
    shown = lead.html("team_people", query)
    assert 'aria-current="page">To name</a>' in shown
    assert "The list is kept." in shown


def test_only_what_is_valid_is_kept(lead):
    keep(lead, "Odd", "page=team&show=nonsense&sort=-pk&worker=Grace&team=x&name=Ro&after=1")
    assert SavedFilter.objects.get().query == ""
    for query in ("?page=nonsense", ""):
        answer = lead.client.post(reverse("keep_list") + query, {"name": "Lost"})
        assert answer["Location"] == reverse("saved_lists")
    assert SavedFilter.objects.count() == 1


def test_an_old_query_shows_more_and_never_fails(lead, person):
    SavedFilter.objects.create(user=lead.user, page="team", name="Old", query="show=gone&x=1")
    assert lead.names("team_people", "?show=gone&x=1") == ["Ro"]
    assert from_query("show=gone&sort=name&worker=%00") == Chosen(sort=Sort.NAME)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter a name for the list"),
        ("   ", "Enter a name for the list"),
        ("x" * 61, "60 characters"),
        ("Mine", "You already have a list with this name"),
    ],
)
def test_a_list_needs_a_name_of_its_own(lead, name, message):
    keep(lead, "Mine")
    answer = keep(lead, name)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "There is a problem" in html
    assert message in html
    assert SavedFilter.objects.count() == 1


def test_not_too_many(lead):
    for number in range(services.MOST):
        keep(lead, f"List {number}")
    assert "Remove one that you no longer use" in text(keep(lead, "More").content.decode())
    assert SavedFilter.objects.count() == services.MOST


def test_renamed_and_removed(lead):
    keep(lead, "Mine")
    keep(lead, "Other")
    kept = SavedFilter.objects.get(name="Mine")
    rename, remove = (reverse(f"{verb}_list", args=[kept.pk]) for verb in ("rename", "remove"))
    shown = lead.html("saved_lists")
    assert rename in shown
    assert remove in shown
    assert 'value="Mine"' in lead.client.get(rename).content.decode()
    assert lead.client.post(rename, {"name": "Other"}).status_code == 200
    assert lead.client.post(rename, {"name": "Fridays"}).status_code == 302
    assert "Fridays" in lead.text("saved_lists")
    assert lead.client.get(remove).status_code == 200
    assert SavedFilter.objects.count() == 2
    assert lead.client.post(remove).status_code == 302
    assert "Fridays" not in lead.text("saved_lists").replace("removed", "")
    assert SavedFilter.history.filter(id=kept.pk).count() == 3


def test_nobody_elses_list_is_there(client, lead, reader):
    keep(lead, "Mine")
    kept = SavedFilter.objects.get()
    for verb in ("rename", "remove"):
        path = reverse(f"{verb}_list", args=[kept.pk])
        assert reader.client.get(path).status_code == 404
        assert reader.client.post(path, {"name": "Taken"}).status_code == 404
    assert "Mine" not in reader.text("saved_lists")
    assert "You keep no list yet." in reader.text("saved_lists")
    assert SavedFilter.objects.get().name == "Mine"


def test_two_people_may_use_the_same_name(client, lead, reader):
    for who in (lead, reader):
        services.keep_list(user=who.user, which=Which.MINE, name="Mine", chosen=Chosen())
    assert SavedFilter.objects.filter(name="Mine").count() == 2


def test_a_privacy_officer_keeps_no_lists(client):
    client.force_login(factories.member("privacy_officer"))
    assert client.get(reverse("saved_lists")).status_code == 403


def test_the_search_box_is_on_every_page_but_the_one_that_is_a_search(client, reader, person):
    box = 'id="find-a-person"'
    for name in ("home", "my_people", "saved_lists", "diary:mine", "alerts:mine"):
        html = reader.html(name)
        assert box in html
        assert f'action="{reverse("people:list")}"' in html
    assert box not in reader.html("people:list")
    nobody = Reader(type(client)(), factories.member("privacy_officer"))
    assert box not in nobody.html("home")


def test_choices_survive_the_way_through_an_address():
    for show in Show:
        for sort in Sort:
            choice = Chosen(show=show, sort=sort)
            assert from_query(choice.query) == choice
