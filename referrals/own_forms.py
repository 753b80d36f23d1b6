"""Questions to the person about their own referrals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.common import forms
from referrals.models import Correction


class OwnCorrectionForm(forms.NHSForm):
    """What is not so, or what is missing."""

    mark_optional = False
    about = forms.RadiosField(
        label=_("What is it about?"),
        missing=_("Select what it is about"),
        choices=Correction.About.choices,
    )
    words = forms.TextAreaField(
        label=_("What do you want to add or put right?"),
        missing=_("Write what you want to add or put right"),
        rows=5,
        own_words=True,
    )


class OwnWithdrawForm(forms.NHSForm):
    """Not to go ahead. No reason is needed."""

    mark_optional = False
    reason = forms.TextAreaField(
        label=_("Anything you want to say about it"),
        hint=_("You need not give a reason."),
        required=False,
        rows=3,
        own_words=True,
    )
    instead = forms.TextAreaField(
        label=_("What would help you instead?"),
        hint=_("You may leave this empty. Your worker asks you."),
        required=False,
        rows=3,
        own_words=True,
    )


class OwnComeBackForm(forms.NHSForm):
    """To come back, without being referred again."""

    mark_optional = False
    note = forms.TextAreaField(
        label=_("Anything they should know"),
        hint=_("You may leave this empty."),
        required=False,
        rows=3,
        own_words=True,
    )


class OwnSelfReferralForm(forms.NHSForm):
    """To ask a service for help oneself."""

    mark_optional = False
    words = forms.TextAreaField(
        label=_("What do you want help with?"),
        hint=_("In your own words. It need not be long, and you need not tell everything."),
        missing=_("Write what you want help with"),
        rows=5,
        own_words=True,
    )
    reach_words = forms.TextField(
        label=_("How and when can they reach you?"),
        hint=_("For example, by text message, in the afternoon. You may leave this empty."),
        required=False,
        max_length=200,
    )


class OwnQuestionForm(forms.NHSForm):
    """To ask what is happening."""

    words = forms.TextAreaField(
        label=_("What do you want to know?"),
        hint=_("It is not for when you need help now. For that, use the numbers below."),
        missing=_("Write what you want to know"),
        rows=4,
        own_words=True,
    )
