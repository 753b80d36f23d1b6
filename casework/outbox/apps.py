from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages and jobs written in the caller's transaction, delivered afterwards."""

    name = "casework.outbox"
    label = "outbox"
