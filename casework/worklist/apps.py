from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """What waits for me and for my team."""

    name = "casework.worklist"
    label = "worklist"
