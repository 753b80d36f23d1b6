"""Every way of matching what somebody typed has an index of its own.

Without the choice of reading everybody, the planner shows whether it could do otherwise.
"""

import pytest
from django.db import connection

from casework.cases.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize(
    "words",
    ["Robin", "Robin Example", "L-17", "999 000 0018", "12/03/1984", "Robin 12 Mar 1984"],
)
def test_a_search_can_be_answered_from_indexes(words):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Person.objects.found_by(words).order_by().explain()
    assert "Seq Scan" not in plan


def test_the_test_would_see_a_seq_scan():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "Seq Scan" in Person.objects.filter(pronouns="they").order_by().explain()
