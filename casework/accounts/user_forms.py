"""Forms of the pages where users are looked after."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.accounts import factors
from casework.accounts.models import Membership, User
from casework.accounts.roles import CHOICES, ROLES, Role, Scope
from casework.common import forms
from casework.directory.models import Organisation, Team


class SearchUsersForm(forms.NHSForm):
    """Find somebody who signs in."""

    mark_optional = False
    words = forms.SearchField(
        label=_("Find a user"),
        hint=_("Name or email address"),
        missing=_("Enter a name or an email address"),
        max_length=120,
    )


class SearchWorkersForm(forms.NHSForm):
    """Find a worker of the directory who has no account."""

    mark_optional = False
    words = forms.SearchField(
        label=_("Find a worker"),
        hint=_("Name or local id"),
        missing=_("Enter a name or a local id"),
        max_length=120,
    )


class UserForm(forms.NHSForm):
    """What a user is called, and where their e-mail goes."""

    name = forms.TextField(
        label=_("Name"), missing=_("Enter a name"), max_length=120, autocomplete="off"
    )
    email = forms.EmailField(
        label=_("Work email address"),
        hint=_("They sign in with it."),
        missing=_("Enter an email address"),
        max_length=254,
        autocomplete="off",
    )


class RoleForm(forms.NHSForm):
    """Which role, each with what it may do."""

    role = forms.RadiosField(
        label=_("Role"),
        missing=_("Select a role"),
        choices=CHOICES,
        choice_hints={role.code: role.description for role in ROLES.values()},
        hide_label=True,
    )


class _TeamField(forms.ModelSelectField):
    def label_from_instance(self, team: Any) -> str:
        return f"{team.name} ({team.organisation.name})"


class GrantForm(forms.NHSForm):
    """Where a role applies, and from when until when."""

    team = _TeamField(label=_("Team"), missing=_("Select the team for this role"), queryset=None)
    organisation = forms.ModelSelectField(
        label=_("Organisation"),
        missing=_("Select the organisation for this role"),
        queryset=None,
    )
    start = forms.SplitDateField(label=_("First day"), noun=_("first day"))
    end = forms.SplitDateField(
        label=_("Last day"),
        hint=_("Leave it empty where no end is planned."),
        noun=_("last day"),
        required=False,
    )

    def __init__(self, role: Role, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].initial = timezone.localdate()
        if role.scope is Scope.TEAM:
            teams = Team.objects.filter(active=True).select_related("organisation")
            self.fields["team"].queryset = teams.order_by("name", "pk")
        else:
            del self.fields["team"]
        if role.scope is Scope.ORGANISATION:
            self.fields["organisation"].queryset = Organisation.objects.order_by("name", "pk")
        else:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day must not be before the first day"))
        return data


class EndForm(forms.NHSForm):
    """When a role ends, and why."""

    end = forms.SplitDateField(
        label=_("Last day"), hint=_("The role lasts until the end of this day."), noun=_("last day")
    )
    reason = forms.TextField(
        label=_("Why"),
        hint=_("For example: moved to another team."),
        missing=_("Enter why the role ends"),
        max_length=200,
    )

    def __init__(self, membership: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["end"]
        field.initial = max(timezone.localdate(), membership.start)
        field.earliest = membership.start


class ReasonForm(forms.NHSForm):
    """Why somebody's access ends or begins again."""

    reason = forms.TextField(
        label=_("Why"),
        hint=_("Do not write anything about a person here."),
        missing=_("Enter why"),
        max_length=200,
    )


class ResetFactorsForm(forms.NHSForm):
    """How an administrator made sure who asks for a new second step, and why it is needed."""

    checked = forms.RadiosField(
        label=_("How did you make sure that it is them?"),
        hint=_("An email or a call from a number that you do not know is not enough."),
        missing=_("Select how you made sure that it is them"),
        choices=factors.CHECKS,
    )
    reason = forms.TextField(
        label=_("What happened"),
        hint=_("For example: lost their telephone. Do not write anything about a person here."),
        missing=_("Enter what happened"),
        max_length=200,
    )


class IdentityForm(forms.NHSForm):
    """By which identifier a provider knows a user."""

    subject = forms.TextField(
        label=_("Identifier there"),
        hint=_("The provider calls it “subject”, “sub” or “object ID”."),
        missing=_("Enter the identifier"),
        max_length=255,
        autocomplete="off",
    )


class NewPasswordForm(forms.NHSForm):
    """A first password, after the letter."""

    password = forms.PasswordField(
        label=_("Password"),
        missing=_("Enter a password"),
        autocomplete="new-password",
        width=20,
    )
    again = forms.PasswordField(
        label=_("Password again"),
        missing=_("Enter the same password again"),
        autocomplete="new-password",
        width=20,
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self._user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", ValidationError(_("Enter the same password in both boxes")))
        return data
