"""Processes of their own that act at the same time. Each sets the service up before it imports."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django


def contend(user: UUID, keys: Sequence[UUID], wanted: int, done: Any) -> None:
    """Acts that all want the same few referrals, as often as it takes."""
    django.setup()
    from casework.accounts.models import User
    from referrals import services
    from referrals.errors import ChangedMeanwhile
    from referrals.models import Referral

    by = User.objects.get(pk=user)
    made = tried = 0
    at = os.getpid() % len(keys)
    while made < wanted:
        at = (at + 1) % len(keys)
        row = Referral.objects.get(pk=keys[at])
        tried += 1
        try:
            services.change_intensity(
                referral=row,
                by=by,
                intensity="intensive" if row.intensity == "steady" else "steady",
                with_person=True,
                seen_version=row.version,
            )
        except ChangedMeanwhile:
            continue
        made += 1
    done.put((made, tried))


def sweep(on: dt.date, ready: Any, done: Any) -> None:
    """A look by the clock and a sweep, begun when the others are ready too."""
    django.setup()
    from casework.alerts import services
    from referrals.services.stalls import look_at_due

    ready.wait()
    look_at_due()
    done.put(services.sweep(on=on).opened)
