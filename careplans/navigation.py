"""Where those who look after the lists behind plans find them."""

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation

navigation.register(
    "plan_lists",
    NavigationItem(
        _("Areas of life"),
        "plan_lists:areas",
        lambda user: policy.may(user, Permission.MANAGE_DIRECTORY),
        84,
    ),
)
