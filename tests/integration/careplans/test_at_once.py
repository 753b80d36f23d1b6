"""Two writers at the very same moment: one after the other, and nothing goes under."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection

from careplans import areas, services
from careplans.errors import Stale
from careplans.kinds import Kind
from careplans.models import AreaOfLife, Line, Plan
from casework.common.errors import Refusal
from tests.factories.careplans import Two


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or refused, all begun at the same moment."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        close_old_connections()
        try:
            start.wait(timeout=10)
            results[number] = acts[number]()
        except Refusal as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_begin_a_plan_and_write_its_first_line_at_once():
    areas.seed(AreaOfLife)
    two = Two()
    begun = at_once(
        lambda: services.start(person=two.person, by=two.together),
        lambda: services.start(person=two.person, by=two.themselves),
    )
    plan = Plan.objects.get()
    assert sorted(type(one).__name__ for one in begun) == ["Plan", "Refusal"]
    assert plan.areas.count() == AreaOfLife.objects.count()

    written = at_once(
        lambda: two.write(plan, Kind.MATTERS, "Theirs", by=two.themselves),
        lambda: two.write(plan, Kind.MATTERS, "Written together", by=two.together),
    )
    line = Line.objects.get()
    (stale,) = (one for one in written if isinstance(one, Stale))
    (clash,) = stale.clashes
    assert {clash.theirs, clash.mine} == {"Theirs", "Written together"}
    assert line.words == clash.theirs

    goals = at_once(
        *[
            lambda number=number: two.write(plan, Kind.GOAL, f"Goal {number}", by=two.themselves)
            for number in range(4)
        ]
    )
    assert len({one.pk for one in goals}) == 4
    numbers = list(plan.revisions.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5]
