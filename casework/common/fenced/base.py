"""Django's PostgreSQL backend, which tells the connection who asks before each statement.

The marks stay on a pooled connection after it is given back, so nothing is believed of one that
was just taken, nor after a rollback, which takes marks back that were set inside of it.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from casework.common import fence


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that knows what it has told the database last."""

    is_fenced = True
    _told: tuple[str, str] | None = None
    _rolling_back = False

    def init_connection_state(self) -> None:
        self._told = None
        super().init_connection_state()

    def create_cursor(self, name: str | None = None) -> Any:
        self._tell()
        return super().create_cursor(name)

    def _tell(self) -> None:
        marks = fence.asking().marks(len(self.atomic_blocks))
        if marks == self._told or self._rolling_back or self.connection is None:
            return
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('alongside.user', %s, false),"
                " set_config('alongside.reach', %s, false)",
                marks,
            )
        self._told = marks

    def _rollback(self) -> Any:
        self._told = None
        return super()._rollback()

    def _savepoint_rollback(self, sid: str) -> None:
        self._told = None
        self._rolling_back = True  # the transaction takes no other statement now
        try:
            super()._savepoint_rollback(sid)
        finally:
            self._rolling_back = False
