"""Lists that a user wants to see again."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.accounts.models import User
from casework.common.models import BaseModel


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: Any) -> SavedFilterQuerySet:
        """The user's own: nobody sees what somebody else keeps an eye on."""
        return self.filter(user_id=user.pk)


class SavedFilter(BaseModel):
    """A list with its filters, under a name of the user's own.

    `page` is which list (`casework.worklist.filters.Which`), `query` its filters as they stand in
    an address: codes and ids, never a name.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_filters")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, blank=True)
    objects = SavedFilterQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="saved_filter_once",
                violation_error_message=_("You already have a list with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
