"""How long people stay signed in without a click: not long, on what may be a shared telephone."""

from typing import Any

from casework.accounts.sessions import idle_limits
from casework.portal.access import IDLE, outsider_of


def limit(user: Any) -> int | None:
    return IDLE if outsider_of(user) is not None else None


idle_limits.register("portal", limit)
