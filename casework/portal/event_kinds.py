"""What somebody did through their own account, as the timeline tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.cases.event_kinds import EventKind, EventNoun, event_kinds
from casework.portal.models import ChangeRequest, DiaryEntry


def _about(data: Mapping[str, Any]) -> str:
    return str(dict(ChangeRequest.About.choices).get(str(data.get("about", "")), ""))


def _feeling(data: Mapping[str, Any]) -> str:
    return str(dict(DiaryEntry.Feeling.choices).get(str(data.get("feeling", "")), ""))


event_kinds.register(
    "portal",
    EventNoun(
        _("Their own account"),
        {
            "invited": EventKind(_("Invited to their own account")),
            "let_back": EventKind(_("Given a new code for their own account")),
            "opened": EventKind(_("Opened their own account")),
            "recovered": EventKind(_("Got back into their own account")),
            "closed": EventKind(_("Own account closed")),
            "asked": EventKind(_("They asked for a change"), _about),
            "answered": EventKind(_("They were answered"), _about),
            "withdrew": EventKind(_("They took back what they asked for"), _about),
            "let_in": EventKind(_("They let somebody in to some of their pages")),
            "let_in_changed": EventKind(_("They changed what somebody whom they let in sees")),
            "let_out": EventKind(_("They took away what somebody whom they let in saw")),
            "unsafe": EventKind(_("Their own pages are not safe for them now and show nothing")),
            "safe": EventKind(_("Their own pages are safe for them again")),
            "remarked": EventKind(_("They said something about an entry")),
            "copy_asked": EventKind(_("They asked for a copy of what they can read")),
            "wrote": EventKind(_("They wrote to the team")),
            "replied": EventKind(_("Their message was answered")),
            "carer_wrote": EventKind(_("Somebody whom they let in wrote to the team")),
            "replied_carer": EventKind(_("Somebody whom they let in was answered")),
            "began": EventKind(_("A message was written to them")),
            "kept_quiet": EventKind(_("Hard news was written to them and waits for a talk")),
            "talked": EventKind(_("Somebody talked with them about hard news in a message")),
            "diary_shared": EventKind(
                _("They shared how they were when nobody saw them"), _feeling
            ),
        },
        in_filters=False,
    ),
)
