"""What a password may not be made of: the words that everybody here would try first."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OF_THE_SERVICE = ("alongside", "password", "welcome", "changeme", "letmein")
OWN = 8  # characters that are left when those words are taken out
SHORTEST_WORD = 4


def words_in_use() -> list[str]:
    """Words of the service and of the organisation's name, the longest first."""
    name = re.findall(r"\w+", settings.ORGANISATION_NAME.lower())
    words = {*OF_THE_SERVICE, *(word for word in name if len(word) >= SHORTEST_WORD)}
    return sorted(words, key=lambda word: (-len(word), word))


class NotTheWordsInUse:
    """Refuses a password of which little is left without the words that are in use here."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower()
        for word in words_in_use():
            left = left.replace(word, "")
        if left != password.lower() and len(left) < OWN:
            raise ValidationError(self.get_help_text(), code="password_words_in_use")

    def get_help_text(self) -> str:
        return _(
            "Your password must be more than the name of this service or of your organisation."
        )
