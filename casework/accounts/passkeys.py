"""A passkey that does not fit is told of, as a wrong code is; the library is silent about it, and
breaks on an answer that no passkey gives."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError

TOO_MANY = "too_many_login_attempts"  # refused before it was looked at, as with codes


class _Told:
    """Tells of every answer of a passkey that was looked at and did not fit."""

    user: Any
    reauthenticated: bool

    def clean_credential(self) -> Authenticator:
        try:
            return self._fitting()
        except ValidationError as error:
            if error.code != TOO_MANY and self.user is not None:
                signals.authentication_failed.send(
                    sender=Authenticator,
                    request=context.request,
                    user=self.user,
                    authenticator=None,  # which one it was meant to be is not known
                    reauthentication=self.reauthenticated,
                )
            raise

    def _fitting(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(_Told, forms.AuthenticateWebAuthnForm):
    """After the password."""


class PasskeyAgainForm(_Told, forms.ReauthenticateWebAuthnForm):
    """Where it is asked for once more."""
