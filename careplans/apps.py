from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.signals import post_migrate


class CareplansConfig(AppConfig):
    """Plans that two people write."""

    name = "careplans"
    label = "careplans"

    def ready(self) -> None:
        post_migrate.connect(_start_areas, sender=self, dispatch_uid="areas-of-life")


def _start_areas(using: str, **kwargs: Any) -> None:
    """A database without any area of life gets the starter list."""
    from careplans import areas
    from careplans.models import AreaOfLife

    tables = connection.introspection.table_names()
    wanted = {AreaOfLife._meta.db_table, AreaOfLife.history.model._meta.db_table}
    if using == DEFAULT_DB_ALIAS and wanted <= set(tables):
        areas.seed(AreaOfLife)
