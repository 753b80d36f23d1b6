from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What stalled or changed too often, who should know, until it is mended."""

    name = "casework.alerts"
    label = "alerts"
