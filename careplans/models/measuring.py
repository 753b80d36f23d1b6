"""What a person answered about how life goes: totals of known scales, and packs of a site's own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from careplans.models.plan import Signed
from casework.cases.models import Person
from casework.cases.models.work import OfVisiblePeople
from casework.common.models import AppendOnlyModel, AppendOnlyQuerySet, BaseModel


class AppendOnlyOfVisiblePeople(AppendOnlyQuerySet, OfVisiblePeople):
    """Rows about a person that are only added."""


class MeasurePack(BaseModel):
    """The questions of one measure in one version, from a file of the site's own.

    Alongside ships none: who owns the words decides who may use them. What was answered stays
    readable by the version that it was answered in.
    """

    code = models.SlugField(_("code"), max_length=30)
    edition = models.CharField(_("version"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    notice = models.TextField(_("whose words these are, and on what terms they are used"))
    content = models.JSONField()
    active = models.BooleanField(_("in use"), default=True)
    added_on = models.DateField(_("added"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("measure")
        ordering = ["name", "code", "added_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="measure_pack_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(active=True), name="measure_pack_active_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Measurement(Signed, AppendOnlyModel):
    """One person's answers to one measure on a day, or the total of a scale filled in elsewhere.

    Nothing here is compared between people, and nothing decides who gets help.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="measurements")
    scale = models.CharField(_("measure"), max_length=30)
    pack = models.ForeignKey(
        MeasurePack, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answers = models.JSONField(default=dict)
    wants_help = models.JSONField(default=list)
    scores = models.JSONField(default=dict)
    total = models.DecimalField(_("total"), max_digits=6, decimal_places=2, null=True, blank=True)
    words = models.TextField(_("in my own words"), blank=True)
    objects = AppendOnlyOfVisiblePeople.as_manager()

    class Meta:
        verbose_name = _("answers to a measure")
        ordering = ["on", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pack__isnull=True, total__isnull=False)
                | Q(pack__isnull=False, total__isnull=True),
                name="measurement_total_or_pack",
            )
        ]
        indexes = [models.Index(fields=["person", "scale", "on"], name="measurement_of_person")]

    def __str__(self) -> str:
        return self.scale
