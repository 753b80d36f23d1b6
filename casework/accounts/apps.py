from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out


class AccountsConfig(AppConfig):
    """Who signs in, in which role, and what that role may do."""

    name = "casework.accounts"
    label = "accounts"

    def ready(self) -> None:
        from casework.accounts import sessions, watch

        user_logged_in.connect(sessions.begin, dispatch_uid="session-begins")
        user_logged_out.connect(sessions.ended, dispatch_uid="session-ends")
        watch.connect()
