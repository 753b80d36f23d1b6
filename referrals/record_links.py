"""The rare changes to a record that belong to this app."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.cases.record_links import record_links
from casework.common.pages import Link


def death(person: Person, viewer: User) -> Link | None:
    """Where a death is written down, which ends everything that is open."""
    if person.death_date is not None or not accounts.may(viewer, Permission.EDIT_PEOPLE):
        return None
    return Link(gettext("Record that they have died"), reverse("paths:death", args=[person.pk]))


record_links.register("death", death)
