"""Catalogues: what there is to translate, the pseudo-locale, and the Welsh that is there."""

import gettext
import io
from pathlib import Path

import pytest

from casework.common import catalogues
from casework.common.catalogues import Message

CY = Path(catalogues.ROOT) / "casework" / "locale" / "cy" / "LC_MESSAGES" / "django.po"


def test_messages_are_found_whatever_the_function_is_called():
    code = (
        "from django.utils.translation import gettext as _now, ngettext, pgettext\n"
        '_now("One")\nngettext("a day", "%(n)d days", 2)\npgettext("clock", "am")\nprint("No")\n'
    )
    assert set(catalogues.of_code(code)) == {
        Message("One"),
        Message("a day", "%(n)d days"),
        Message("am", context="clock"),
    }
    page = (
        '{{ _("Hello %(name)s", name=x) }}{{ _("Bye") }}{{ ngettext("%(num)s a", "%(num)s b", n) }}'
    )
    assert set(catalogues.of_template(page)) == {
        Message("Hello %(name)s"),
        Message("Bye"),
        Message("%(num)s a", "%(num)s b"),
    }


@pytest.mark.parametrize(
    "text", ["Hello %(name)s", "%(n)d days", "{team} has it", "100 %%", "a\nb"]
)
def test_the_pseudo_locale_keeps_what_is_filled_in(text):
    said = catalogues.pseudo(text)
    assert said.startswith("⟦") and said.endswith("⟧")
    assert catalogues.holes(said) == catalogues.holes(text)


def test_a_catalogue_is_what_gettext_reads():
    made = {"": catalogues.header("cy", "nplurals=2; plural=(n != 1);"), "One": "Un"}
    made["a\0b"] = "un\0dau"
    made["clock\x04am"] = "yb"
    read = gettext.GNUTranslations(io.BytesIO(catalogues.mo_bytes(made)))
    assert read.gettext("One") == "Un"
    assert (read.ngettext("a", "b", 1), read.ngettext("a", "b", 5)) == ("un", "dau")
    assert read.pgettext("clock", "am") == "yb"


def test_the_welsh_is_made_from_what_people_edit_and_says_that_it_needs_review():
    assert "NEEDS REVIEW BY A WELSH SPEAKER" in CY.read_text(encoding="utf-8")
    catalogue = catalogues.read_po(CY)
    assert len(catalogue) > 80
    made = catalogues.mo_bytes(catalogue)
    assert CY.with_suffix(".mo").read_bytes() == made, "run manage.py catalogues"


def test_every_welsh_message_is_still_said_and_fills_in_the_same():
    known = {one.key for one in catalogues.messages()}
    catalogue = catalogues.read_po(CY)
    assert [key for key in catalogue if key and key not in known] == []
    for key, said in catalogue.items():
        if key:
            asked = set(catalogues.holes(key.split("\0")[0].split("\x04")[-1]))
            for form in said.split("\0"):
                assert set(catalogues.holes(form)) == asked, key
