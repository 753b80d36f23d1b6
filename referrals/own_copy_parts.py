"""Referrals in the copy that people take away: where each is, and the way so far."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy

from casework.portal.copies import CopyPart, Entry, own_copy_parts
from casework.portal.models import PortalAccount
from referrals import own


def build(account: PortalAccount, on: dt.date) -> list[Entry]:
    """Each referral as the person reads it; hard news waits here too."""
    rows = own.mine(account.person)
    found = []
    for told, row in zip(own.tell(account, rows, on), rows, strict=True):
        steps = [f"{day}: {words}" for day, words in own.way(account, row, on)]
        said = [f"{words} {answer}" for words, answer in own.corrections(row)]
        lines = [told.line, told.late, own.intensity_words(row), *steps, *said]
        found.append(Entry(told.title, [one for one in lines if one]))
    return found


own_copy_parts.register("referrals", CopyPart(40, gettext_lazy("My referrals"), build))
