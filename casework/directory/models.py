"""Organisations, teams, localities and the people who work in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.common.fields import KeyField
from casework.common.models import BaseModel, ImportedMixin


class Locality(BaseModel):
    """A part of the area that the network serves. What help exists depends on it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("locality")
        verbose_name_plural = _("localities")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Organisation(BaseModel):
    """A Trust, a GP practice, a charity: a controller of its own records.

    `code` is its ODS code. One known only from extracts (`live` is false) is looked at as of
    `as_of`, the date of its latest extract, and never as of today.
    """

    class Kind(models.TextChoices):
        TRUST = "trust", _("NHS trust")
        GP = "gp", _("GP surgery")
        VOLUNTARY = "voluntary", _("Voluntary organisation")
        COMMISSIONER = "commissioner", _("Commissioner")
        COUNCIL = "council", _("Council")
        OTHER = "other", _("Other")

    code = KeyField(_("organisation code"), max_length=8, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.OTHER)
    live = models.BooleanField(
        _("uses Alongside from day to day"),
        default=False,
        help_text=_("If not, its figures are as of the date of its latest extract."),
    )
    as_of = models.DateField(_("date of the latest extract"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organisation")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Team(ImportedMixin, BaseModel):
    """A team that meets people. `mhsds_type` is kept as received, known or not (list 4.1)."""

    class Kind(models.TextChoices):
        GP = "gp", _("GP surgery")
        PRIMARY = "primary", _("Primary care mental health")
        CMHT = "cmht", _("Community mental health team")
        CRISIS = "crisis", _("Crisis team")
        SPECIALIST = "specialist", _("Specialist service")
        VOLUNTARY = "voluntary", _("Voluntary sector")
        SINGLE_POINT = "single_point", _("Single point of access")
        INPATIENT = "inpatient", _("Inpatient or day service")
        OTHER = "other", _("Other")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    local_id = KeyField(_("local id"), max_length=20, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.OTHER)
    mhsds_type = KeyField(_("MHSDS team type"), max_length=4, blank=True)
    age_group = KeyField(_("MHSDS age group"), max_length=4, blank=True)
    localities = models.ManyToManyField(Locality, blank=True, related_name="teams")
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    address = models.TextField(_("postal address"), blank=True, default="", db_default="")
    details_checked_on = models.DateField(
        _("telephone and hours last checked"), null=True, blank=True
    )
    active = models.BooleanField(_("open"), default=True)
    placeholder = models.BooleanField(
        _("named in an extract but not described there"), default=False
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("team")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "local_id"], name="team_once_per_provider")
        ]

    def __str__(self) -> str:
        return self.name


class Worker(ImportedMixin, BaseModel):
    """A person at work: a member of staff or a peer worker, known from an extract or not.

    A `User` signs in and may be linked to a worker; many workers never sign in.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="workers", null=True, blank=True
    )
    local_id = KeyField(_("local id"), max_length=20, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    staff_group = KeyField(_("MHSDS staff group"), max_length=4, blank=True)
    role_words = models.CharField(_("what I do, in plain words"), max_length=120, blank=True)
    active = models.BooleanField(_("still works here"), default=True)
    placeholder = models.BooleanField(
        _("named in an extract but not described there"), default=False
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("worker")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "local_id"], name="worker_once_per_provider"
            )
        ]

    def __str__(self) -> str:
        return self.name
