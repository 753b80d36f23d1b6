from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.signals import post_migrate


class ReferralsConfig(AppConfig):
    """Referrals between teams and who holds the person meanwhile."""

    name = "referrals"
    label = "referrals"

    def ready(self) -> None:
        from referrals.asking import kinds, navigation, panels  # noqa: F401

        post_migrate.connect(_start_codes, sender=self, dispatch_uid="clock-codes")


def _start_codes(using: str, **kwargs: Any) -> None:
    """A database without any code for the clocks gets the starter list."""
    from referrals import clock_codes
    from referrals.models import ClockCode

    if (
        using == DEFAULT_DB_ALIAS
        and ClockCode._meta.db_table in connection.introspection.table_names()
    ):
        clock_codes.seed(ClockCode)
