"""A state changes through a transition and through nothing else, in every thread."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.test.utils import isolate_apps
from django_fsm import ConcurrentTransition, TransitionNotAllowed, transition

from casework.common.state import StateField, StatefulModel, move

pytestmark = pytest.mark.django_db(transaction=True)
ALLOWED = object()  # who may do it


@pytest.fixture(scope="module")
def door_model() -> Iterator[type[models.Model]]:
    with isolate_apps("casework.common"):

        class Door(StatefulModel):
            state = StateField(default="open")
            note = models.CharField(max_length=20, default="")

            class Meta:
                app_label = "common"

            @transition(
                field=state, source="open", target="shut", permission=lambda row, by: by is ALLOWED
            )
            def shut(self, *, by: object) -> None:
                self.note = "by hand"

        yield Door


@pytest.fixture
def Door(transactional_db: None, door_model: type[models.Model]) -> Iterator[type[models.Model]]:
    with connection.schema_editor() as editor:
        editor.create_model(door_model)
    yield door_model
    with connection.schema_editor() as editor:
        editor.delete_model(door_model)


def test_a_state_is_not_assigned(Door):
    door = Door.objects.create()
    with pytest.raises(AttributeError):
        door.state = "shut"
    assert Door.objects.get().state == "open"


def test_a_transition_moves_it(Door):
    door = Door.objects.create()
    moved = move(Door, door.pk, "shut", by=ALLOWED)
    assert (moved.state, moved.note) == ("shut", "by hand")
    assert Door.objects.get().state == "shut"


def test_whoever_may_not_is_told_and_nothing_has_changed(Door):
    door = Door.objects.create()
    with pytest.raises(PermissionDenied):
        move(Door, door.pk, "shut", by=object())
    assert Door.objects.get().state == "open"


def test_from_another_state_nothing_moves(Door):
    door = Door.objects.create()
    move(Door, door.pk, "shut", by=ALLOWED)
    with pytest.raises((TransitionNotAllowed, PermissionDenied)):
        move(Door, door.pk, "shut", by=ALLOWED)


def test_of_two_who_move_it_at_once_one_wins(Door):
    Door.objects.create()
    first, second = Door.objects.get(), Door.objects.get()
    first.shut(by=ALLOWED)
    first.save()
    second.shut(by=ALLOWED)
    with pytest.raises(ConcurrentTransition):
        second.save()


def test_reading_again_sees_what_others_did(Door):
    door = Door.objects.create()
    move(Door, door.pk, "shut", by=ALLOWED)
    door.refresh_from_db()
    assert door.state == "shut"
    with pytest.raises(AttributeError):
        door.state = "open"


def test_a_failed_reading_keeps_the_protection(Door):
    door, other = Door.objects.create(), Door.objects.create()
    Door.objects.filter(pk=door.pk).delete()
    with pytest.raises(Door.DoesNotExist):
        door.refresh_from_db()
    for one in (door, other):
        with pytest.raises(AttributeError):
            one.state = "shut"


def test_threads_that_read_again_do_not_disturb_each_other(Door):
    rows = [Door.objects.create().pk for _ in range(8)]

    def reread(pk):
        try:
            door = Door.objects.get(pk=pk)
            for _ in range(60):
                door.refresh_from_db()
                with pytest.raises(AttributeError):
                    door.state = "shut"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(reread, rows))
    assert set(Door.objects.values_list("state", flat=True)) == {"open"}


def test_a_list_without_the_state_is_one_query(Door, django_assert_num_queries):
    for _ in range(3):
        Door.objects.create()
    with django_assert_num_queries(1):
        assert len([door.note for door in Door.objects.only("note")]) == 3
