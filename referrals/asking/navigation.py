"""Where those who keep it up to date find what teams offer."""

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation

navigation.register(
    "offers",
    NavigationItem(
        _("Offers"),
        "asking:offers",
        lambda user: (
            policy.may(user, Permission.SIGN_OFF) or policy.may(user, Permission.MANAGE_DIRECTORY)
        ),
        60,
    ),
)
