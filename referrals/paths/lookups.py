"""Rows that the pages about links need, below a referral that has been fetched in scope."""

from __future__ import annotations

from casework.directory.models import Team
from referrals.models import PartnerAddress, Question, Referral, ReplyLink


def links_of(referral: Referral) -> list[ReplyLink]:
    return list(
        referral.reply_links.select_related(
            "address__team", "made_by", "question", "referral__person"
        )
    )


def open_question(referral: Referral) -> Question | None:
    found: Question | None = (
        referral.questions.filter(settled_on__isnull=True)
        .select_related("asked_team", "asked_worker")
        .first()
    )
    return found


def addresses(team: Team | None) -> list[PartnerAddress]:
    """Checked addresses of the team whose turn it is; without a team, those known last."""
    rows = PartnerAddress.objects.filter(ended_on__isnull=True).select_related("team")
    if team is not None:
        rows = rows.filter(team=team)
    return list(rows.order_by("email", "pk")[:12])
