from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    """Tools without a word of the domain in them."""

    name = "casework.common"
    label = "common"

    def ready(self) -> None:
        from casework.common import appendonly, backup_checks, fence, pdf  # noqa: F401  checks

        user_logged_in.connect(fence.signed_in, dispatch_uid="fence")
        connection_created.connect(
            appendonly.register_sqlite_function, dispatch_uid="append-only-function"
        )
        post_migrate.connect(appendonly.install, sender=self, dispatch_uid="append-only-triggers")
