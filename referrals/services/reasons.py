"""The teams of an open referral may open the record, and no longer than that."""

from __future__ import annotations

import datetime as dt
from typing import Any

from casework.cases.models import LiveReason
from referrals.models import FurtherTeam, Referral


def source_key(referral: Referral, team_id: object) -> str:
    return f"referral:{referral.pk}:{team_id}"


def sync_reasons(referral: Referral, *, on: dt.date) -> None:
    """Give both teams of an open referral their reason, and end every other."""
    wanted = {}
    if referral.is_open:
        for team_id in (referral.team_id, referral.sender_team_id):
            if team_id is not None:
                wanted[source_key(referral, team_id)] = team_id
        for team_id in _further_teams(referral, on):
            wanted.setdefault(source_key(referral, team_id), team_id)
    for live in LiveReason.objects.select_for_update().filter(
        person_id=referral.person_id, source_key__startswith=f"referral:{referral.pk}"
    ):
        keep = live.source_key in wanted or (
            live.source_key == f"referral:{referral.pk}" and live.team_id in wanted.values()
        )
        if keep:
            wanted = {key: team for key, team in wanted.items() if team != live.team_id}
            if live.end is not None:
                live.end = None
                live.save()
        elif live.end is None or live.end > on:
            live.end = max(on, live.start)
            live.save()
    LiveReason.objects.bulk_create(
        LiveReason(
            person_id=referral.person_id,
            team_id=team_id,
            kind=LiveReason.Kind.REFERRAL,
            source_key=key,
            start=on,
        )
        for key, team_id in wanted.items()
    )


def _further_teams(referral: Referral, on: dt.date) -> list[Any]:
    """Further teams of an imported referral whose part has not ended."""
    if referral.provider_id is None:
        return []
    return [
        row.team_id
        for row in FurtherTeam.objects.filter(referral=referral)
        if (row.rejected_on or row.closed_on or on) >= on
    ]
