"""Where those who look after the list of words find it."""

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation

navigation.register(
    "wording",
    NavigationItem(
        _("Wording"),
        "wording:terms",
        lambda user: policy.may(user, Permission.MANAGE_DIRECTORY),
        83,
    ),
)
