"""Help that does not exist here, in the words of those who had to say so."""

from __future__ import annotations

from django.db.models import QuerySet

from referrals.models import DeclineProposal, Referral

SHOWN = 50


def named(visible: QuerySet[Referral]) -> list[DeclineProposal]:
    """The latest, of referrals that may be seen."""
    rows = DeclineProposal.objects.filter(nothing_exists=True, referral__in=visible)
    rows = rows.select_related("referral__team", "referral__person__locality")
    return list(rows.order_by("-created_at", "-pk")[:SHOWN])
