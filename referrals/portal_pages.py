"""Referrals in people's own pages: in the menu, on the home page, and among what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.portal.models import PortalAccount
from casework.portal.pages import PortalPage, portal_pages
from referrals import own
from referrals.own import Told, way_words


@dataclass(frozen=True)
class ReferralsSection:
    """What goes on, one line each."""

    referrals: list[Told]
    href: str


def section(account: PortalAccount, on: dt.date) -> ReferralsSection:
    """My referrals, on the home page: those that go on."""
    told = own.tell(account, own.mine(account.person), on)
    return ReferralsSection([one for one in told if one.open], reverse("my_referrals:list"))


def quiet(account: PortalAccount) -> set[Any]:
    """Hard news waits for the conversation."""
    return own.quiet_referrals(account, timezone.localdate())


def _words(kind: str) -> Any:
    def told(data: Mapping[str, Any]) -> str:
        words = way_words()[kind]
        what = words[:1].lower() + words[1:]
        if not data["who"]:
            return _("Your referral: %(what)s.") % {"what": what}
        return _("Your referral (%(who)s): %(what)s.") % {"who": data["who"], "what": what}

    return told


portal_pages.register(
    "referrals",
    PortalPage(
        50,
        gettext_lazy("My referrals"),
        "my_referrals:list",
        template="referrals/own/section.jinja",
        build=section,
        news={kind: _words(kind) for kind in way_words() if kind not in own.HARD},
        news_at_once={kind: _words(kind) for kind in own.HARD},
        quiet=quiet,
    ),
)
