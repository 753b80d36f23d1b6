"""State fields and the one door through which a state changes.

django-fsm-2 4.2.4 lifts a state field's protection on the *class* while one instance reloads, so
that threads race and a failed reload leaves it lifted. `StateField` keeps that flag per instance.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django_fsm import (
    ConcurrentTransitionMixin,
    FSMField,
    FSMFieldDescriptor,
    FSMFieldMixin,
    FSMModelMixin,
    has_transition_perm,
)


class _StateDescriptor(FSMFieldDescriptor):
    def __set__(self, instance: Any, value: Any) -> None:
        if instance.__dict__.get("_state_reloading"):
            self.field.set_proxy(instance, value)
            self.field.set_state(instance, value)
        else:
            super().__set__(instance, value)


class StateField(FSMField):
    """A state that only a declared transition may change, never an assignment."""

    descriptor_class = _StateDescriptor
    db_returning = False  # an insert that handed a default back would count as an assignment

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("protected", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class StatefulModel(ConcurrentTransitionMixin, models.Model):
    """A row with a `StateField`; two people moving it at once: one wins, the other is told."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_state_reloading"] = True
        try:
            super(FSMModelMixin, self).refresh_from_db(*args, **kwargs)
        finally:
            self.__dict__.pop("_state_reloading", None)
        self._update_initial_state()

    @property
    def state_fields(self) -> tuple[FSMFieldMixin, ...]:
        return _state_fields(type(self))

    def _update_initial_state(self) -> None:
        if any(field.attname not in self.__dict__ for field in self.state_fields):
            return  # deferred
        super()._update_initial_state()


@cache
def _state_fields(model: type[models.Model]) -> tuple[FSMFieldMixin, ...]:
    """Looked for once and not for every row of a list."""
    return tuple(field for field in model._meta.fields if isinstance(field, FSMFieldMixin))


def move(model: type[models.Model], pk: Any, event: str, *, by: Any, reason: str = "", **kw: Any):
    """Lock the row, check that `by` may do `event`, run the transition, save with history.

    Raises PermissionDenied, `django_fsm.TransitionNotAllowed` (wrong state or unmet guard) or
    `django_fsm.ConcurrentTransition`; in each case nothing has changed.
    """
    with transaction.atomic():
        row = model._default_manager.select_for_update().get(pk=pk)
        transition = getattr(row, event)
        if not has_transition_perm(transition, by):
            raise PermissionDenied(event)
        transition(by=by, **kw)
        row._history_user = by
        row._change_reason = reason
        row.save()
        return row
