from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.signals import post_migrate


class WordingConfig(AppConfig):
    """Advice on words that hurt, beside what staff write."""

    name = "casework.wording"
    label = "wording"

    def ready(self) -> None:
        post_migrate.connect(_starter, sender=self, dispatch_uid="wording-starter")


def _starter(using: str, **kwargs: Any) -> None:
    """A database without any term gets the starter list."""
    from casework.wording.models import WordingTerm
    from casework.wording.services import seed

    if (
        using == DEFAULT_DB_ALIAS
        and WordingTerm._meta.db_table in connection.introspection.table_names()
    ):
        seed()
