"""How a message leaves: e-mail through Django's backend, text messages through a sender to choose.

`TEXT_SENDER` names a function `(to, body) -> None`. Until a service has a text provider, messages
are written to a file, as e-mail is without EMAIL_HOST, or to the log (`to_console`).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from casework.common.ids import uuid7
from casework.outbox.models import Message

log = logging.getLogger(__name__)


def email(message: Message) -> None:
    """Send by e-mail; an error is raised when the server does not take it."""
    EmailMessage(subject=message.subject, body=message.body, to=[message.to]).send()


def text(message: Message) -> None:
    """Send as a text message, through the sender that the settings name."""
    sender: Callable[[str, str], None] = import_string(settings.TEXT_SENDER)
    sender(message.to, message.body)


def to_file(to: str, body: str) -> None:
    """A file per text message in the data folder, for places without a text provider."""
    folder = Path(settings.VAR_DIR) / "texts"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
    (folder / f"{stamp}-{uuid7()}.txt").write_text(f"{to}\n\n{body}\n", encoding="utf-8")


def to_console(to: str, body: str) -> None:
    """Text messages in the log of the worker, while somebody tries the service out."""
    log.info("text message to %s:\n%s", to, body)


CHANNELS: dict[str, Callable[[Message], None]] = {"email": email, "text": text}
