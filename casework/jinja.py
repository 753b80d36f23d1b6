"""The template environment: NHS macros that may leave things out, own templates that may not."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import django.forms
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader
from jinja2.exceptions import UndefinedError

from casework.common import presenters
from casework.common.forms.errors import page_errors
from casework.common.forms.params import fields_to_place, unscripted
from casework.common.nhs_number import display

LIBRARY = "nhsuk/"  # templates of the design system, whose parameters are all optional
_FRAMES = 12  # how far up the stack a template's own frame can be


def _calling_template() -> str | None:
    """Name of the template whose code is running, or None outside templates."""
    frame = sys._getframe(2)
    for _ in range(_FRAMES):
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return template.name or "<string>"
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None


def _is_own(template: str | None) -> bool:
    return template is not None and not template.startswith(LIBRARY)


class LoudUndefined(ChainableUndefined):
    """A missing value: an error in our own templates, nothing in the design system's.

    A design-system macro asks for dozens of parameters that nobody gave, and must get nothing.
    A value that *our* template looked up and did not find is a mistake wherever it is used:
    printed or looped over by us, or handed to a macro, where it would leave an empty tag. Own
    templates may still ask `if x` and `x is defined`.
    """

    __slots__ = ("_origin",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a macro asks for the block that its caller may have put into it: nobody looked that up
        self._origin = None if self._undefined_name == "caller" else _calling_template()

    def _complain(self, user: str | None) -> None:
        if _is_own(self._origin) or _is_own(user):
            raise UndefinedError(
                f"{self._undefined_message} (looked up in {self._origin}, used in {user})"
            )

    def __str__(self) -> str:
        self._complain(_calling_template())
        return ""

    def __iter__(self) -> Any:
        self._complain(_calling_template())
        return iter(())

    def __len__(self) -> int:
        self._complain(_calling_template())
        return 0

    def __bool__(self) -> bool:
        user = _calling_template()
        if _is_own(self._origin) and user is not None and not _is_own(user):
            self._complain(user)
        return False


@lru_cache(maxsize=10_000)
def _said(catalogue: Any, message: str) -> str:
    return str(catalogue.gettext(message))


def gettext(message: str) -> str:
    """A message of a template in the language of the request.

    A page asks for hundreds, and Django looks for each in five catalogues, one after the other.
    """
    return _said(trans_real.catalog(), message)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Address of a page by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    """The environment that pages, form fields and printed documents share."""
    own = options.pop("loader")
    options |= {
        "undefined": LoudUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "autoescape": True,
        "extensions": ["jinja2.ext.i18n"],
        "loader": ChoiceLoader(
            [
                own,
                PackageLoader("nhsuk_frontend_jinja"),
                FileSystemLoader(Path(django.forms.__file__).parent / "jinja2"),
            ]
        ),
    }
    env = Environment(**options)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals.update(
        url=url,
        static=static,
        page_errors=page_errors,
        fields_to_place=fields_to_place,
    )
    env.filters.update(
        long_date=presenters.long_date,
        short_date=presenters.short_date,
        clock=presenters.clock,
        nhs_number=display,
        unscripted=unscripted,
    )
    return env
