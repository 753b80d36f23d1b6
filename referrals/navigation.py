"""Where referrals, and what became of them, are found in the service navigation."""

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation

navigation.register(
    "referrals",
    NavigationItem(
        _("Referrals"),
        "referrals:start",
        lambda user: (
            policy.may(user, Permission.REFER) or policy.may(user, Permission.DECIDE_REFERRALS)
        ),
        30,
    ),
)
navigation.register(
    "paths",
    NavigationItem(
        _("Passed on"),
        "paths:bounces",
        lambda user: policy.may(user, Permission.SEE_TEAM_ALERTS),
        42,
    ),
)
