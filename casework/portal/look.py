"""How people's own pages look and which language they speak, kept with the account; and the page
that looks ordinary and holds nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from casework.common.errors import Refusal
from casework.portal.models import Carer, PortalAccount, ShownAs

OWN_PATH = "/my/"  # where somebody who is not signed in yet reads the language of their browser


def languages() -> list[tuple[str, str]]:
    """The languages to choose from, each by its own name."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def language_of(shown: ShownAs) -> str:
    """The language that somebody chose, as far as it is still there."""
    return shown.language if shown.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def speak(request: HttpRequest, shown: PortalAccount | Carer | None) -> None:
    """Use the language that the account keeps. The pages of staff are in one language only, so
    that a half-translated page never stands between a worker and a record."""
    if shown is None and not request.user.is_authenticated and request.path.startswith(OWN_PATH):
        return
    code = language_of(shown) if shown is not None else settings.LANGUAGE_CODE
    translation.activate(code)
    request.LANGUAGE_CODE = code  # type: ignore[attr-defined]


def chosen(shown: ShownAs) -> dict[str, Any]:
    """What somebody chose so far."""
    return {
        "language": language_of(shown),
        "large_print": shown.large_print,
        "high_contrast": shown.high_contrast,
    }


def html_classes(shown: ShownAs | None) -> str:
    """Classes by which the whole page has bigger letters or a stronger contrast."""
    if shown is None:
        return ""
    chosen = {"app-large": shown.large_print, "app-contrast": shown.high_contrast}
    return " ".join(name for name, on in chosen.items() if on)


@transaction.atomic
def choose_look(
    *, shown: PortalAccount | Carer, language: str, large_print: bool, high_contrast: bool
) -> None:
    """Keep how the pages look to somebody, wherever they sign in."""
    if language not in dict(settings.LANGUAGES):
        raise Refusal(_("Select a language."))
    row: Any = type(shown).objects.select_for_update(of=("self",)).get(pk=shown.pk)
    row.language, row.large_print, row.high_contrast = language, large_print, high_contrast
    row._history_user = row.user
    row.save()


def nothing(request: HttpRequest) -> HttpResponse:
    """While somebody's pages are not safe for them: an ordinary page without anything on it.
    What is posted changes nothing."""
    from casework.portal.pages import PortalFrame

    if request.method not in ("GET", "HEAD"):
        return redirect("portal:home")
    frame = PortalFrame(request)
    here = next((link.text for link in frame.links if link.current), "")
    return render(request, "portal/nothing.jinja", {"portal": frame, "heading": here or _("Home")})
