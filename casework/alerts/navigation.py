"""The places of alerts in the service navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation


def _leads_a_team(user: Any) -> bool:
    return bool(policy.teams_where(user, Permission.SEE_TEAM_ALERTS))


def _leads_the_network(user: Any) -> bool:
    return policy.may_in_network(user, Permission.SEE_TEAM_ALERTS)


navigation.register(
    "alerts.mine",
    NavigationItem(
        label=_("My alerts"),
        url_name="alerts:mine",
        may_see=lambda user: policy.may(user, Permission.SEE_OWN_ALERTS),
        order=10,
    ),
)
navigation.register(
    "alerts.team",
    NavigationItem(
        label=_("My team's alerts"), url_name="alerts:team", may_see=_leads_a_team, order=20
    ),
)
navigation.register(
    "alerts.network",
    NavigationItem(
        label=_("Alerts from the teams"),
        url_name="alerts:team",
        may_see=lambda user: _leads_the_network(user) and not _leads_a_team(user),
        order=20,
    ),
)
navigation.register(
    "alerts.causes",
    NavigationItem(
        label=_("Causes"),
        url_name="alerts:causes",
        may_see=lambda user: (
            policy.may(user, Permission.SEE_NETWORK) or policy.may(user, Permission.SEE_TEAM_ALERTS)
        ),
        order=25,
    ),
)
navigation.register(
    "alerts.thresholds",
    NavigationItem(
        label=_("Thresholds"),
        url_name="alerts:thresholds",
        may_see=lambda user: policy.may(user, Permission.SET_THRESHOLDS),
        order=85,
    ),
)
