"""Pages of administration that ask a few questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Words and where they lead; the page that is shown is marked."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class FormPage:
    """What stands around a form: its heading, why it is asked, its button and the way back."""

    heading: str
    submit: str
    back: Link
    intro: tuple[str, ...] = ()
    is_warning: bool = False
