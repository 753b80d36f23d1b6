"""Words for what happens while a referral is written, in the timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.cases.event_kinds import EventKind, EventNoun, event_kinds

event_kinds.register(
    "asking",
    EventNoun(
        _("Writing referrals"),
        {
            "read": EventKind(_("Referral read with the person")),
            "corrected": EventKind(_("The person put something right in a referral")),
            "attached": EventKind(_("File put with a referral")),
            "file_removed": EventKind(_("File taken away from a referral")),
        },
    ),
)
