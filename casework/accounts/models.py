"""Who signs in, and the abilities that a membership gives them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.accounts import roles
from casework.common.fields import EncryptedTextField
from casework.common.models import BaseModel
from casework.directory.models import Organisation, Team, Worker


class UserManager(BaseUserManager["User"]):
    """Makes users; there is no sign-up."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class User(BaseModel, AbstractBaseUser):
    """Somebody who can sign in as staff. Never deleted, only made inactive."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    worker = models.OneToOneField(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="user"
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    digest = models.BooleanField(_("daily e-mail that says how many alerts wait"), default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("user")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("There is already a user with this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    known_memberships: list[Membership] | None = None  # those in force, once `policy` has read them

    # Permissions are asked of `policy`, never of the user; these two answer third-party code.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: dt.date | None = None) -> MembershipQuerySet:
        """Memberships in force on a day (today if not said)."""
        day = day or timezone.localdate()
        return self.filter(start__lte=day).filter(Q(end__isnull=True) | Q(end__gte=day))


class Membership(BaseModel):
    """Gives a User the abilities of a role, in one team or organisation or in the whole network,
    from a date to a date (both included)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=30, choices=roles.CHOICES)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    start = models.DateField(_("from"), default=timezone.localdate)
    end = models.DateField(_("until"), null=True, blank=True)
    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("membership")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="membership_end_after_start",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=~(Q(team__isnull=False) & Q(organisation__isnull=False)),
                name="membership_one_scope",
                violation_error_message=_("Choose a team or an organisation, not both."),
            ),
        ]
        indexes = [models.Index(fields=["user", "start"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Draft(BaseModel):
    """Words that somebody is writing and has not yet saved, kept on the server.

    They survive a crash of the browser or the server and the end of a session, and are offered
    again to the same user at the same form. `key` names the form and what it is about.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=200)
    body = EncryptedTextField()
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_once")]

    def __str__(self) -> str:
        return self.key


class Invitation(BaseModel):
    """A letter that lets a new user choose a password, once, within a few days.

    Only a digest of its secret is kept.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["digest"])

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return str(self.user)


class ProviderIdentity(BaseModel):
    """Says that whoever a sign-in provider knows by this identifier is this user.

    A name, an e-mail address or an NHS number never says so: an administrator enters the
    identifier, or its owner signs in at both ends. `issuer` and `subject` are OpenID Connect's
    `iss` and `sub`.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="provider_identities")
    issuer = models.CharField(_("provider"), max_length=200)
    subject = models.CharField(_("identifier there"), max_length=255)
    bound_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sign-in with a provider")
        verbose_name_plural = _("sign-ins with a provider")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=Q(ended_at__isnull=True),
                name="provider_identity_one_user",
                violation_error_message=_("This identifier belongs to another user already."),
            ),
            models.UniqueConstraint(
                fields=["user", "issuer"],
                condition=Q(ended_at__isnull=True),
                name="provider_identity_once_a_user",
                violation_error_message=_("This user already signs in with the provider."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
