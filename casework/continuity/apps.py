from django.apps import AppConfig


class ContinuityConfig(AppConfig):
    """Facts and rules about how steady the relationships are."""

    name = "casework.continuity"
    label = "continuity"
