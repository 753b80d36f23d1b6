from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Organisations, teams, localities and the people who work in them."""

    name = "casework.directory"
    label = "directory"
