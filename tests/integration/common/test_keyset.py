"""Long lists by position."""

import datetime as dt

import pytest

from casework.cases.models import Contact
from casework.common import keyset
from tests import factories

pytestmark = pytest.mark.django_db
ORDER = ("-date", "-order_key", "-pk")


@pytest.fixture
def rows():
    person = factories.held_person()
    worker = factories.worker()
    days = [1, 1, 1, 2, 3, 3, 5, 8, 8, 9, 9]
    for number, ago in enumerate(days):
        factories.contact(person, worker, days_ago=ago, time=dt.time(9 + number % 2))
    return person.contacts.all()


def forwards(rows, size):
    pages, cursor = [], ""
    while True:
        page = keyset.page(rows, order=ORDER, size=size, after=cursor)
        pages.append(page)
        if not page.after:
            return pages
        cursor = page.after


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10, 11, 12])
def test_every_row_once_and_in_order(rows, size):
    pages = forwards(rows, size)
    shown = [row.pk for page in pages for row in page.rows]
    assert shown == list(rows.order_by(*ORDER).values_list("pk", flat=True))
    assert all(len(page.rows) == size for page in pages[:-1])


@pytest.mark.parametrize("size", [1, 3, 4, 10])
def test_the_way_back_shows_the_same_pages(rows, size):
    pages = forwards(rows, size)
    for page, before in zip(pages[:0:-1], pages[-2::-1], strict=True):
        back = keyset.page(rows, order=ORDER, size=size, before=page.before)
        assert [row.pk for row in back.rows] == [row.pk for row in before.rows]
        assert bool(back.before) == bool(before.before)
        assert back.after == before.after


def test_a_cursor_of_another_list_leads_to_the_first_page(rows):
    other = factories.contact(factories.held_person())
    first = keyset.page(rows, order=ORDER, size=3)
    for cursor in (str(other.pk), "nonsense", "' OR 1=1"):
        assert keyset.page(rows, order=ORDER, size=3, after=cursor) == first


def test_a_page_costs_two_queries_wherever_it_is(rows, django_assert_num_queries):
    deep = forwards(rows, 3)[2].after
    with django_assert_num_queries(2):
        keyset.page(rows, order=ORDER, size=3, after=deep)


def test_an_empty_list(db):
    assert keyset.page(Contact.objects.all(), order=ORDER) == keyset.Page([])
