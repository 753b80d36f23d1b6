"""Codes that the national clock counts, and how far the look at hour limits has come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.common.fields import KeyField
from casework.common.models import BaseModel


class ClockCode(BaseModel):
    """A SNOMED CT code that counts for one leg of the four-week clock.

    A starter list; a site replaces it with the published reference sets. What is not listed
    counts for nothing.
    """

    class Leg(models.TextChoices):
        OUTCOME = "outcome", _("Outcome measure")
        ASSESSMENT = "assessment", _("Assessment")
        INTERVENTION = "intervention", _("Intervention")

    leg = models.CharField(max_length=15, choices=Leg.choices)
    code = KeyField(_("SNOMED CT code"), max_length=18)
    text = models.CharField(max_length=120)
    history = HistoricalRecords()

    class Meta:
        ordering = ["leg", "code"]
        constraints = [models.UniqueConstraint(fields=["leg", "code"], name="clock_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class StallMark(models.Model):
    """Up to when limits in hours, and in days, have been looked at: each is looked at once."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
