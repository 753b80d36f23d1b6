from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Waits, continuity, co-production and equity."""

    name = "casework.reports"
    label = "reports"
