"""Runs of the import, and what they could not settle by themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.accounts import policy
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.common.models import BaseModel
from casework.directory.models import Organisation


class ImportRun(BaseModel):
    """One reading of one folder. `loading` means that a crash left steps undone: the next run of
    the same folder finishes them before anything else."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, not loaded")
        LOADING = "loading", _("Being loaded")
        DONE = "done", _("Loaded")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Stopped by an error")

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="import_runs"
    )
    folder = models.CharField(_("folder"), max_length=255)
    digest = models.CharField(max_length=64, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    counts = models.JSONField(default=dict, blank=True)
    step = models.CharField(max_length=60, blank=True)
    staging = models.CharField(max_length=255, blank=True)
    first_import = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("import")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider"],
                condition=Q(state="loading"),
                name="import_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.folder} ({self.get_state_display()})"


class ImportRequest(BaseModel):
    """Somebody asked in the browser for a folder to be checked, and then perhaps loaded.

    The files lie in a directory of their own below VAR_DIR until the request has ended. `checked`
    waits for somebody's yes; the same job kinds check and load, so that a page never waits.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waits for your decision")
        LOADING = "loading", _("Being loaded")
        DONE = "done", _("Loaded")
        REFUSED = "refused", _("Refused")
        DROPPED = "dropped", _("Not loaded, as you decided")
        FAILED = "failed", _("Stopped by an error")

    name = models.CharField(_("name"), max_length=200)
    place = models.CharField(max_length=255)
    uploaded = models.BooleanField(default=False)
    given_as_of = models.DateField(_("date of the extract"), null=True, blank=True)
    strict = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    stage = models.CharField(max_length=40, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    outcome = models.JSONField(default=dict, blank=True)
    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability

    class Meta:
        verbose_name = _("import in the browser")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class ImportConflictQuerySet(models.QuerySet["ImportConflict"]):
    def visible_to(self, user: User) -> ImportConflictQuerySet:
        """Whoever corrects records sees all; whoever imports sees those of the directory only,
        since an administrator has no access to anything clinical."""
        if policy.may(user, Permission.CORRECT_RECORDS):
            return self
        if policy.may(user, Permission.IMPORT):
            return self.filter(model__startswith="directory.")
        return self.none()


class ImportConflict(BaseModel):
    """A value that was edited here and that a later extract contradicts. The edit stands until
    somebody decides."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="conflicts")
    table = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    record = models.UUIDField()
    model = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    ours = models.CharField(max_length=300, blank=True)
    theirs = models.CharField(max_length=300, blank=True)
    decided = models.CharField(
        max_length=10, blank=True, choices=[("ours", _("Keep ours")), ("theirs", _("Take theirs"))]
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    objects = ImportConflictQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "record", "field"],
                condition=Q(decided=""),
                name="conflict_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.field}"
