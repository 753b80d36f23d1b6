"""The import pages' places in the service navigation."""

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation

navigation.register(
    "imports",
    NavigationItem(
        label=_("Imports"),
        url_name="imports:list",
        may_see=lambda user: policy.may(user, Permission.IMPORT),
        order=83,
    ),
)
navigation.register(
    "imports.conflicts",
    NavigationItem(
        label=_("Contradicted edits"),
        url_name="imports:conflicts",
        may_see=lambda user: policy.may(user, Permission.CORRECT_RECORDS),
        order=83,
    ),
)
