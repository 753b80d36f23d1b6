"""Where administrators find their pages in the service navigation."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation


def _may(permission: Permission) -> Callable[[Any], bool]:
    return lambda user: policy.may(user, permission)


navigation.register(
    "users", NavigationItem(_("Users"), "users:list", _may(Permission.MANAGE_USERS), 80)
)
navigation.register(
    "directory",
    NavigationItem(_("Directory"), "directory:index", _may(Permission.MANAGE_DIRECTORY), 82),
)
navigation.register(
    "who_has_access",
    NavigationItem(
        _("Who has access"),
        "users:access",
        lambda user: (
            policy.may(user, Permission.REVIEW_ACCESS)
            and not policy.may(user, Permission.MANAGE_USERS)
        ),
        81,
    ),
)
navigation.register("jobs", NavigationItem(_("Jobs"), "jobs:list", _may(Permission.SEE_JOBS), 84))
