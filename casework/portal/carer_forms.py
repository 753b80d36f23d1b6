"""Questions about letting somebody in, about how the pages look, and about safety."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from casework.common import forms
from casework.portal.look import languages
from casework.portal.models import CarerAccess, PortalInvitation

USUAL_DAYS = 183  # half a year, then the person decides again


class AloneForm(forms.NHSForm):
    """The private moment before somebody is let in."""

    mark_optional = False
    alone = forms.RadiosField(
        label=_("Are you alone, and safe to decide this?"),
        hint=_("Nobody should be looking at this with you, and nobody should be making you do it."),
        missing=_("Select whether you are alone and safe to decide this"),
        choices=[
            ("yes", _("Yes. I am alone, and this is what I want")),
            ("no", _("No, or I am not sure")),
        ],
    )


class LetInForm(forms.NHSForm):
    """Whom the person lets in, to what, and until when."""

    name = forms.TextField(label=_("Their name"), missing=_("Enter their name"), max_length=120)
    relation = forms.TextField(
        label=_("Who they are to you"),
        hint=_("For example, my sister, or a friend."),
        required=False,
        max_length=80,
    )

    def __init__(
        self,
        *args: Any,
        choices: Sequence[tuple[str, str]],
        access: CarerAccess | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if access is not None:
            del self.fields["name"], self.fields["relation"]
        self.fields["scope"] = forms.CheckboxesField(
            label=_now("What they may see and do"),
            hint=_now(
                "They get what you tick, and nothing else. They cannot change your words, and"
                " never write or agree as you."
            ),
            missing=_now("Select what they may see"),
            choices=list(choices),
            initial=list(access.scope) if access is not None else [],
        )
        day = access.end if access is not None else timezone.localdate() + dt.timedelta(USUAL_DAYS)
        self.fields["end"] = forms.SplitDateField(
            label=_now("Until which day"),
            hint=_now("Within the next year. You can end it at any time before."),
            missing=_now("Enter the last day"),
            initial=day,
        )


class ComeInForm(forms.NHSForm):
    """How a carer will sign in from now on."""

    email = forms.EmailField(
        label=_("Your email address"),
        hint=_("You sign in with it. If you have such an account already, enter the same one."),
        missing=_("Enter your email address"),
        max_length=254,
        autocomplete="email",
    )
    password = forms.PasswordField(
        label=_("A password"),
        hint=_("At least 12 letters. Or the one that you have."),
        missing=_("Enter a password"),
        autocomplete="new-password",
        width=20,
    )


class LookForm(forms.NHSForm):
    """Language, bigger letters, stronger contrast."""

    mark_optional = False
    large_print = forms.CheckboxField(label=_("Bigger letters"), required=False)
    high_contrast = forms.CheckboxField(
        label=_("Stronger contrast: white letters on black"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.RadiosField(
            label=_now("Language"),
            hint=_now("What your team writes stays in the language in which they wrote it."),
            missing=_now("Select a language"),
            choices=languages(),
        )
        self.order_fields(["language", "large_print", "high_contrast"])


class SafeAgainForm(forms.NHSForm):
    """How a worker made sure that somebody's pages are safe for them again."""

    check_how = forms.RadiosField(
        label=_("How do you know who they are?"),
        missing=_("Select how you know who they are"),
        choices=PortalInvitation.Check.choices,
    )
    check_words = forms.TextField(
        label=_("When and where did you meet them alone?"),
        missing=_("Enter when and where you met them alone"),
        max_length=150,
    )


class MoreForm(forms.NHSForm):
    """Where somebody was turned away, and how."""

    mark_optional = False
    subject = forms.TextField(
        label=_("Which service was it?"),
        hint=_("Any service: a GP surgery, a crisis line, a charity. You may leave this empty."),
        required=False,
        max_length=160,
    )
    words = forms.TextAreaField(
        label=_("What did they say?"),
        hint=_("You may leave this empty."),
        required=False,
        rows=4,
        own_words=True,
    )
