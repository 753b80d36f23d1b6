"""Questions to the person, and to the worker who lets them in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.common import forms
from casework.portal.models import ChangeRequest, PortalInvitation


class InviteForm(forms.NHSForm):
    """How a worker made sure who it is, and how the person gets their code."""

    check_how = forms.RadiosField(
        label=_("How do you know who they are?"),
        missing=_("Select how you know who they are"),
        choices=PortalInvitation.Check.choices,
    )
    check_words = forms.TextField(
        label=_("When and where was that?"),
        missing=_("Enter when and where you made sure who they are"),
        max_length=200,
    )
    way = forms.RadiosField(
        label=_("How do they get the code?"),
        hint=_("Never by a way that somebody else could read."),
        missing=_("Select how they get the code"),
        choices=PortalInvitation.Way.choices,
    )


class CloseForm(forms.NHSForm):
    """Why an account is closed."""

    why = forms.TextField(label=_("Why"), missing=_("Enter why"), max_length=200)


class AnswerForm(forms.NHSForm):
    """What the team answers."""

    words = forms.TextAreaField(
        label=_("Your answer"),
        hint=_("They read it as you write it. Say what will happen, and by when."),
        missing=_("Write the answer"),
        rows=5,
    )


class CodeForm(forms.NHSForm):
    """The code that the person was given."""

    code = forms.TextField(
        label=_("Your code"),
        hint=_("It has 12 letters and numbers."),
        missing=_("Enter the code that you were given"),
        max_length=40,
        width=20,
        autocomplete="off",
    )


class EmailForm(forms.NHSForm):
    """Where the account is known by."""

    email = forms.EmailField(
        label=_("Your email address"),
        hint=_("Choose one that only you can read."),
        missing=_("Enter your email address"),
        max_length=254,
        autocomplete="email",
    )

    def __init__(self, *args: Any, own: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip()
        taken = User.objects.filter(email__iexact=email)
        if self._own is not None:
            taken = taken.exclude(pk=self._own.pk)
        if taken.exists():
            raise ValidationError(_now("Choose another email address: this one is in use"))
        return email


class SignInForm(EmailForm):
    """How they will sign in from now on."""

    password = forms.PasswordField(
        label=_("A password"),
        hint=_("At least 12 letters. Three words that only you would put together are good."),
        missing=_("Enter a password"),
        autocomplete="new-password",
        width=20,
    )
    again = forms.PasswordField(
        label=_("The same password again"),
        missing=_("Enter the same password again"),
        autocomplete="new-password",
        width=20,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("again")
        if password and again and password != again:
            self.add_error("again", _now("The two passwords are not the same"))
        if password:
            try:
                validate_password(password, self._own or User(email=data.get("email", "")))
            except ValidationError as error:
                self.add_error("password", " ".join(error.messages))
        return data


class ConfirmForm(forms.NHSForm):
    """The password once more."""

    mark_optional = False
    password = forms.PasswordField(
        label=_("Your password"),
        missing=_("Enter your password"),
        autocomplete="current-password",
        width=20,
    )

    def __init__(self, *args: Any, own: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self._own.check_password(password):
            raise ValidationError(_now("This is not your password. Try again."))
        return password


class ChangeForm(forms.NHSForm):
    """What somebody would like to be different."""

    mark_optional = False
    about = forms.RadiosField(
        label=_("What would you like?"),
        missing=_("Select what you would like"),
        choices=[
            one for one in ChangeRequest.About.choices if one[0] != ChangeRequest.About.REFERRAL
        ],
    )
    words = forms.TextAreaField(
        label=_("Anything you want to say"),
        hint=_("You need not give a reason."),
        required=False,
        rows=5,
        own_words=True,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("about") == ChangeRequest.About.OTHER and not data.get("words"):
            self.add_error("words", _now("Write what you would like"))
        return data


class RemarkForm(forms.NHSForm):
    """What the person says about an entry."""

    words = forms.TextAreaField(
        label=_("What do you want to say?"),
        hint=_("What is not right, what is missing, or how you saw it."),
        missing=_("Write what you want to say"),
        rows=6,
        own_words=True,
    )


class NewsForm(forms.NHSForm):
    """When hard news is shown."""

    at_once = forms.RadiosField(
        label=_("If there is hard news, when do you want to read it here?"),
        hint=_("For example, when a team says no, or a worker is leaving."),
        missing=_("Select when you want to read it"),
        choices=[
            ("wait", _("After somebody has talked with me about it")),
            ("at_once", _("At once, even if nobody has talked with me yet")),
        ],
    )
