"""Messages from people, and what they say about meetings, in the service navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.navigation import NavigationItem, navigation


def _counts(user: Any) -> bool:
    return policy.may(user, Permission.SEE_NETWORK) or policy.may(user, Permission.SEE_TEAM_ALERTS)


navigation.register(
    "portal.inbox",
    NavigationItem(
        label=_("Messages"),
        url_name="own_accounts:inbox",
        may_see=lambda user: policy.may(user, Permission.RECORD_CONTACTS),
        order=15,
    ),
)
navigation.register(
    "portal.heard",
    NavigationItem(
        label=_("Did people feel heard?"),
        url_name="own_accounts:heard",
        may_see=_counts,
        order=26,
    ),
)
