"""A person who uses the services, and what they chose to say about themselves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases import search
from casework.common import nhs_number
from casework.common.fields import EncryptedTextField, KeyField
from casework.common.models import BaseModel, ImportedMixin

if TYPE_CHECKING:
    from casework.accounts.models import User


NEVER = dt.date(1, 1, 1)  # stands in for "no date" where a key must treat two blanks as equal


def _or_never(field: str) -> Coalesce:
    return Coalesce(F(field), models.Value(NEVER, output_field=models.DateField()))


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> PersonQuerySet:
        """The people whose record this user has a live reason to open today. Fails closed."""
        from casework.cases import policy

        return policy.visible_people(self, user)

    def with_list_data(self) -> PersonQuerySet:
        """With what a line of a list shows and nothing else: who it is, the sort key, and who
        holds the open case."""
        return (
            self.annotate(
                sort_name=Upper("name"),
                open_case=models.FilteredRelation(
                    "cases", condition=Q(cases__closed_on__isnull=True)
                ),
            )
            .annotate(
                team_name=F("open_case__team__name"),
                key_worker_name=F("open_case__key_worker__name"),
            )
            .only("name", "preferred_name", "local_id", "nhs_number", "birth_date")
        )

    def found_by(self, words: str) -> PersonQuerySet:
        """Those whose names, local id, NHS number or date of birth match what somebody typed.

        Every way of matching has an index of its own, so that "or" between them stays quick.
        """
        return self.matching(search.read(words, timezone.localdate()))

    def matching(self, sought: search.Sought) -> PersonQuerySet:
        """Those whom a text may mean."""
        found = Q(pk__in=[])
        if sought.local_id:
            found |= Q(upper_local_id=Upper(models.Value(sought.local_id)))
        if sought.nhs_number:
            found |= Q(nhs_number=sought.nhs_number)
        described = Q()
        for word in sought.names:
            described &= Q(name__icontains=word) | Q(preferred_name__icontains=word)
        if sought.birth_date:
            described &= Q(birth_date=sought.birth_date)
        if described:
            found |= described
        return self.alias(upper_local_id=Upper("local_id")).filter(found)


class Person(ImportedMixin, BaseModel):
    """Somebody who uses the services. Everything but an id is optional.

    `nhs_number_shared` is true when another person of the same extract has the same number: it
    then identifies neither until somebody decides.
    """

    local_id = KeyField(_("local id"), max_length=20, null=True, blank=True)
    nhs_number = KeyField(_("NHS number"), max_length=10, null=True, blank=True)
    nhs_number_status = KeyField(max_length=4, blank=True)
    nhs_number_shared = models.BooleanField(default=False)
    name = models.CharField(_("full name"), max_length=120, blank=True)
    preferred_name = models.CharField(_("name to use"), max_length=80, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    death_date = models.DateField(_("date of death"), null=True, blank=True)
    language = models.CharField(_("preferred language"), max_length=35, blank=True)
    interpreter = models.CharField(
        _("interpreter"),
        max_length=120,
        blank=True,
        help_text=_("Language and anything that matters about the interpreter, or leave blank."),
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.TextField(_("address"), blank=True)
    letters_safe = models.BooleanField(_("safe to write to this address"), default=False)
    locality = models.ForeignKey(
        "directory.Locality", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = PersonQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "local_id"],
                name="person_once_per_provider",
                violation_error_message=_("There is already a person with this local id."),
            ),
            models.CheckConstraint(
                condition=Q(death_date__isnull=True)
                | Q(birth_date__isnull=True)
                | Q(death_date__gte=F("birth_date")),
                name="person_died_after_birth",
                violation_error_message=_("The date of death is before the date of birth."),
            ),
        ]
        indexes = [
            models.Index(fields=["nhs_number"], name="person_nhs_number"),
            models.Index(fields=["local_id"], name="person_local_id"),
            models.Index(fields=["birth_date", "id"], name="person_birth_date"),
            models.Index(Upper("name"), "id", name="person_upper_name"),
            models.Index(Upper("local_id"), name="person_upper_local_id"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name that they want to be called by, else their name, else the local id."""
        return self.preferred_name or self.name or self.local_id or str(self.pk)

    @property
    def nhs_number_display(self) -> str:
        return nhs_number.display(self.nhs_number)

    def age_on(self, day: dt.date) -> int | None:
        """Age in whole years; nothing when the date of birth is not known."""
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class AboutMe(BaseModel):
    """What a person wants anybody who meets them to read first, in their own words.

    Headings follow the PRSB "About me" standard in words of our own. All optional.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="about_me")
    how_to_be_with_me = models.TextField(_("How to be with me"), blank=True)
    want_you_to_know = models.TextField(_("What I want you to know"), blank=True)
    please_do = models.TextField(_("Please do"), blank=True)
    please_do_not = models.TextField(_("Please don't"), blank=True)
    when_i_struggle = models.TextField(_("What it looks like when I struggle"), blank=True)
    what_helps = models.TextField(_("What helps"), blank=True)
    what_happened = EncryptedTextField(_("What happened to me"), blank=True, default="")
    do_not_ask_again = models.BooleanField(
        _("Please do not ask me to tell it again"), default=False
    )
    diagnosis = models.CharField(_("Diagnosis recorded"), max_length=200, blank=True)
    how_i_see_it = models.TextField(_("How I see it"), blank=True)
    written_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    updated_on = models.DateField(default=timezone.localdate)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("about me")

    def __str__(self) -> str:
        return f"{_('About')} {self.person}"


class ContactPreference(BaseModel):
    """How a person may be reached on one channel, and whether a message may be left there."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("Telephone")
        TEXT = "text", _("Text message")
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit at home")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_preferences")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    may_use = models.BooleanField(_("may be used"), default=True)
    safe_to_leave_message = models.BooleanField(_("safe to leave a message"), default=False)
    ask_for = models.CharField(_("name to ask for"), max_length=80, blank=True)
    note = models.CharField(_("when and how"), max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["channel", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="preference_once"),
            models.CheckConstraint(
                condition=Q(may_use=True) | Q(safe_to_leave_message=False),
                name="no_message_where_not_used",
                violation_error_message=_(
                    "A message cannot be safe on a channel that must not be used."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_channel_display()


class Adjustment(BaseModel):
    """Something that makes meetings and information work for a person.

    Kinds follow the Accessible Information Standard (DAPB1605) and the Reasonable Adjustment
    Digital Flag; `words` are the person's own.
    """

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information I can use")
        COMMUNICATION = "communication", _("Help with communication")
        CONTACT = "contact", _("How to reach me")
        PLACE = "place", _("The room and where I sit")
        PEOPLE = "people", _("Who is in the room")
        TIME = "time", _("Time of day and length")
        OTHER = "other", _("Anything else")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    words = models.CharField(_("what helps"), max_length=300)
    history = HistoricalRecords()

    class Meta:
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return self.words


class IdentityStatement(BaseModel):
    """Something about who a person is, described by themselves, with who may see it."""

    class Audience(models.TextChoices):
        KEY_WORKER = "key_worker", _("Me and my key worker")
        TEAM = "team", _("The team that works with me")
        EVERYONE = "everyone", _("Everybody who has a reason to open my record")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identity")
    aspect = models.CharField(_("what it is about"), max_length=60)
    words = models.CharField(_("in my own words"), max_length=300)
    visible_to = models.CharField(
        _("who may see this"), max_length=15, choices=Audience.choices, default=Audience.KEY_WORKER
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["aspect", "pk"]

    def __str__(self) -> str:
        return self.aspect


class GpRegistration(ImportedMixin, BaseModel):
    """A GP surgery that a person is or was registered with (MHS002)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="gp_registrations")
    practice = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-start", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("person"), F("practice"), _or_never("start"), name="gp_registration_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.practice)


class Accommodation(ImportedMixin, BaseModel):
    """Where a person lives, as recorded on a date (MHS003, list 4.8)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accommodation")
    type_code = KeyField(max_length=4)
    settled = KeyField(max_length=4, blank=True)
    recorded_on = models.DateField(null=True, blank=True)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-recorded_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("person"), _or_never("recorded_on"), name="accommodation_once"
            )
        ]

    def __str__(self) -> str:
        return self.type_code


class Employment(ImportedMixin, BaseModel):
    """Work and occupation, as recorded on a date (MHS004, list 4.8)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employment")
    status_code = KeyField(max_length=4)
    recorded_on = models.DateField(null=True, blank=True)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    weekly_hours = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-recorded_on", "pk"]
        constraints = [
            models.UniqueConstraint(F("person"), _or_never("recorded_on"), name="employment_once")
        ]

    def __str__(self) -> str:
        return self.status_code
