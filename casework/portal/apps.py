from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Sign-in, layout and session rules for people outside staff."""

    name = "casework.portal"
    label = "portal"
