"""A look that was refused is in the access log, alike whether or not there was anything."""

from uuid import uuid4

import pytest
from django.urls import reverse

from casework.cases.models import AccessEntry
from tests import factories

pytestmark = pytest.mark.django_db


def entries():
    rows = AccessEntry.objects.order_by("created_at", "pk")
    return [(row.action, row.user, row.record, row.person_id, row.page) for row in rows]


def test_somebody_elses_row_and_one_that_is_nowhere(place, client):
    client.force_login(place.outsider)
    nowhere = uuid4()
    for pk in (place.person.pk, nowhere):
        assert client.get(reverse("people:detail", args=[pk])).status_code == 404
    assert entries() == [
        ("refused", place.outsider, pk, None, "people:detail") for pk in (place.person.pk, nowhere)
    ]


def test_a_page_of_another_role(place, client):
    client.force_login(place.holder)
    user = factories.user()
    assert client.post(reverse("users:deactivate", args=[user.pk])).status_code == 403
    assert entries() == [("refused", place.holder, user.pk, None, "users:deactivate")]


def test_what_is_open_is_not_called_refused_and_nobody_is_not_written_down(place, client):
    assert client.get(reverse("people:detail", args=[place.person.pk])).status_code == 302
    assert entries() == []
    client.force_login(place.holder)
    client.get(reverse("people:detail", args=[place.person.pk]))
    client.get(reverse("users:list"))  # refused, and about no row
    assert [action for action, *_rest in entries()] == ["view"]
