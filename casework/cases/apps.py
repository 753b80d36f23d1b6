from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CasesConfig(AppConfig):
    """People, their cases, who is with whom, contacts and the three records."""

    name = "casework.cases"
    label = "cases"

    def ready(self) -> None:
        """Its own packages plug into its registries as other apps do."""
        from casework.cases.access import banner, fence_checks  # noqa: F401
        from casework.cases.access import kinds as access_kinds  # noqa: F401
        from casework.cases.access import panels as access_panels  # noqa: F401
        from casework.cases.profile import kinds as profile_kinds  # noqa: F401
        from casework.cases.profile import panels as profile_panels  # noqa: F401
        from casework.cases.team_work import hooks, jobs, kinds, moves, panels  # noqa: F401

        user_logged_in.connect(banner.on_sign_in, dispatch_uid="override-banner")
