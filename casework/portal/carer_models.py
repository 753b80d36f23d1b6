"""Family, friends and carers whom a person lets in, to what they chose and until when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import Person
from casework.common.fields import KeyField
from casework.common.models import BaseModel
from casework.portal.models import ShownAs

if TYPE_CHECKING:
    from casework.accounts.models import User


class Carer(ShownAs, BaseModel):
    """The account of somebody whom people let in. By itself it opens nothing.

    It is never an account for work, and never the account of the person.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="carer"
    )
    name = models.CharField(_("name"), max_length=120)
    since = models.DateField(_("since"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("account of a carer")
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return self.name


class CarerAccessQuerySet(models.QuerySet["CarerAccess"]):
    def visible_to(self, user: User) -> CarerAccessQuerySet:
        """Those whom people let in whose record this user has a live reason to open."""
        return self.filter(person__in=Person.objects.visible_to(user))

    def standing(self) -> CarerAccessQuerySet:
        """Not taken away by the person."""
        return self.filter(removed_at__isnull=True)

    def on(self, day: dt.date) -> CarerAccessQuerySet:
        """In force on a day, by a carer who has come in with the code."""
        return self.standing().filter(carer__isnull=False, start__lte=day, end__gte=day)


class CarerAccess(BaseModel):
    """What a person lets one carer see: some areas of the plan, meetings, the safety plan, and
    nothing else; until a day, or until the person takes it away.

    `scope` are codes such as "meetings", "safety", "area:housing". `alone_at` is when the person
    said, on a page before, that they were alone and safe to decide this.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="carer_accesses")
    carer = models.ForeignKey(
        Carer, on_delete=models.PROTECT, null=True, blank=True, related_name="accesses"
    )
    name = models.CharField(_("name"), max_length=120)
    relation = models.CharField(_("who they are to the person"), max_length=80, blank=True)
    scope = models.JSONField(_("what they see"), default=list)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    alone_at = models.DateTimeField(_("said to be alone and safe"))
    removed_at = models.DateTimeField(_("taken away"), null=True, blank=True)
    digest = KeyField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    objects = CarerAccessQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["digest"])

    class Meta:
        verbose_name = _("what a carer sees")
        verbose_name_plural = _("what carers see")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="carer_access_end_after_start",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(carer__isnull=True, used_at__isnull=True)
                | Q(carer__isnull=False, used_at__isnull=False),
                name="carer_access_used_by_carer",
            ),
        ]
        indexes = [models.Index(fields=["carer", "end"], name="access_of_carer")]

    def __str__(self) -> str:
        return self.name
