"""Thresholds that a rule compares with, where somebody changed them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.common.models import BaseModel
from casework.directory.models import Team


class PolicyValue(BaseModel):
    """A threshold set by the administrator (for all, or for one kind of team) or by a team's lead.

    The narrowest one wins: the team's, then its kind's, then everybody's, then the default that
    the rule declares.
    """

    code = models.CharField(_("threshold"), max_length=60)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="policy_values"
    )
    team_kind = models.CharField(_("kind of team"), max_length=15, blank=True)
    value = models.FloatField(_("value"))
    history = HistoricalRecords()

    class Meta:
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "team"], condition=Q(team__isnull=False), name="policy_of_team"
            ),
            models.UniqueConstraint(
                fields=["code", "team_kind"],
                condition=Q(team__isnull=True),
                name="policy_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(team_kind=""), name="policy_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="policy_not_negative",
                violation_error_message=_("A threshold cannot be below 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"
