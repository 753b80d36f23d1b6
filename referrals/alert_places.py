"""Where the referral is read that an alert is about."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts.models import User
from casework.alerts.places import alert_places
from casework.common.pages import Link
from referrals.models import Referral


def referrals(user: User, idents: Collection[UUID]) -> dict[UUID, Link]:
    """The referrals that the user may open, each with the team it went to."""
    rows = Referral.objects.visible_to(user).filter(pk__in=list(idents))
    return {
        ident: Link(
            gettext("The referral to %(team)s") % {"team": team} if team else gettext("The draft"),
            reverse("referrals:detail", args=[ident]),
        )
        for ident, team in rows.order_by("pk").values_list("pk", "team__name")
    }


alert_places.register("referral", referrals)
