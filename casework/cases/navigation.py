"""Where people and the diary are found in the service navigation."""

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation

navigation.register(
    "diary",
    NavigationItem(
        _("Diary"), "diary:mine", lambda user: policy.may(user, Permission.RECORD_CONTACTS), 15
    ),
)
navigation.register(
    "people",
    NavigationItem(
        _("People"),
        "people:list",
        lambda user: policy.may(user, Permission.SEE_PEOPLE),
        20,
        finds=True,
    ),
)
navigation.register(
    "team_work",
    NavigationItem(
        _("Cover"),
        "team_work:handovers",
        lambda user: policy.may(user, Permission.SEE_PEOPLE),
        40,
    ),
)
navigation.register(
    "access_review",
    NavigationItem(
        _("Overrides"),
        "access:review_list",
        lambda user: policy.may(user, Permission.REVIEW_ACCESS),
        60,
    ),
)
