"""Where the day and the team are found in the service navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation


def _works_with_people(user: Any) -> bool:
    return policy.may(user, Permission.SEE_PEOPLE)


def _leads(user: Any) -> bool:
    return bool(policy.teams_where(user, Permission.SEE_TEAM_ALERTS))


navigation.register("home", NavigationItem(_("Today"), "home", _works_with_people, 5))
navigation.register("team", NavigationItem(_("My team"), "my_team", _leads, 25))
