from django.apps import AppConfig


class ExtractConfig(AppConfig):
    """MHSDS-shaped import and export."""

    name = "casework.extract"
    label = "extract"
