"""The sign-in library's forms, in the words of this service."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

EMAIL = (_("Email address"), _("Enter your email address"))
PASSWORD = (_("Password"), _("Enter your password"))
NEW_PASSWORD = (_("New password"), _("Enter a new password"))
SAME_AGAIN = (_("New password again"), _("Enter the new password again"))


class _Worded:
    """A form whose fields have our labels and, when left empty, our instructions."""

    words: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, missing) in self.words.items():
            field = self.fields[name]  # type: ignore[attr-defined]
            field.label = label
            field.error_messages["required"] = missing


class SignInForm(_Worded, forms.LoginForm):
    """Who it is, and their password."""

    words = {"login": EMAIL, "password": PASSWORD}


class ResetPasswordForm(_Worded, forms.ResetPasswordForm):
    """Where the link to a new password should go."""

    words = {"email": EMAIL}


class ResetPasswordKeyForm(_Worded, forms.ResetPasswordKeyForm):
    """A new password, after the link."""

    words = {"password1": NEW_PASSWORD, "password2": SAME_AGAIN}


class ChangePasswordForm(_Worded, forms.ChangePasswordForm):
    """A new password, for somebody who knows the present one."""

    words = {
        "oldpassword": (_("Present password"), _("Enter your present password")),
        "password1": NEW_PASSWORD,
        "password2": SAME_AGAIN,
    }


class SetPasswordForm(_Worded, forms.SetPasswordForm):
    """A first password."""

    words = {"password1": NEW_PASSWORD, "password2": SAME_AGAIN}


class ReauthenticateForm(_Worded, forms.ReauthenticateForm):
    """The password once more, before a change to one's own sign-in."""

    words = {"password": PASSWORD}
