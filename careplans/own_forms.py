"""Questions to the person about their own plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from careplans.kinds import Kind
from careplans.models import Agreement, AreaOfLife
from casework.common import forms


class OwnAnswerForm(forms.NHSForm):
    """What the person says to a version, in their own words."""

    mark_optional = False
    answer = forms.RadiosField(
        label=_("What do you think of this plan?"),
        hint=_("You get the same help, whatever you say."),
        missing=_("Select what you think of this plan"),
        choices=Agreement.Answer.choices,
    )
    words = forms.TextAreaField(
        label=_("In your own words"),
        hint=_("What is right, what is not, what you need first. You may leave this empty."),
        required=False,
        rows=5,
        own_words=True,
    )


class OwnReviewForm(forms.NHSForm):
    """Look at the plan again."""

    mark_optional = False
    kind = forms.RadiosField(
        label=_("How would you like to look at it?"),
        missing=_("Select how you would like to look at it"),
        choices=[
            ("informal", _("Just talk about it with my worker")),
            ("formal", _("A meeting with everybody I want there")),
        ],
    )
    why = forms.TextAreaField(
        label=_("Anything you want to say"),
        hint=_("You need not give a reason."),
        required=False,
        rows=3,
        own_words=True,
    )


class OwnCommentForm(forms.NHSForm):
    """Something to say beside a line."""

    words = forms.TextAreaField(
        label=_("Your comment"),
        hint=_("It stays beside the plan. It is not a message, and nobody is watching for it."),
        missing=_("Write your comment"),
        rows=4,
        own_words=True,
    )


class OwnSharingForm(forms.NHSForm):
    """Which parts of my plan an organisation reads."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        areas: Sequence[AreaOfLife],
        chosen: Sequence[str],
        rest: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"] = forms.CheckboxesField(
            label=_now("Parts of my life"),
            choices=[(one.code, one.name) for one in areas],
            initial=list(chosen),
            required=False,
        )
        self.fields["rest"] = forms.CheckboxesField(
            label=_now("And besides"),
            choices=[
                ("safety", _now("My safety plan")),
                ("whole", _now("My hopes, how I learn and check in, and who does what")),
            ],
            initial=list(rest),
            required=False,
        )


class CarerAnswerForm(forms.NHSForm):
    """What somebody whom the person let in says for themselves."""

    mark_optional = False
    answer = forms.RadiosField(
        label=_("What do you think, for yourself?"),
        missing=_("Select what you think"),
        choices=Agreement.Answer.choices,
    )
    words = forms.TextAreaField(
        label=_("In your own words"),
        hint=_("For example, what you will do. The person and their team read this."),
        required=False,
        rows=4,
        own_words=True,
    )


class CarerProposalForm(forms.NHSForm):
    """What somebody whom the person let in proposes, in their own name."""

    mark_optional = False

    def __init__(self, *args: Any, areas: Sequence[AreaOfLife], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"] = forms.RadiosField(
            label=_now("What is it about?"),
            missing=_now("Select what it is about"),
            choices=[(one.code, one.name) for one in areas],
        )
        self.fields["kind"] = forms.RadiosField(
            label=_now("What do you propose?"),
            missing=_now("Select what you propose"),
            choices=[
                (Kind.ACTION.value, _now("Something that I would do")),
                (Kind.OPTION.value, _now("Something that could be tried")),
            ],
        )
        self.fields["words"] = forms.TextAreaField(
            label=_now("In your own words"),
            missing=_now("Write what you propose"),
            rows=4,
            own_words=True,
        )
