"""Messages: written with the change, sent afterwards, and what became of them is known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from casework.outbox import services
from casework.outbox.models import Job, Message

NOTICE = {
    "channel": "email",
    "to": "robin@example.org",
    "subject": "Something waits for you",
    "body": "Sign in to see it.",
    "about": "alert",
}


def send(**changes: Any) -> Message:
    with transaction.atomic():
        return services.send(**{**NOTICE, **changes})


def fetched(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def later(minutes: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=minutes)


@pytest.mark.django_db(transaction=True)
def test_a_message_is_written_inside_of_a_transaction():
    with pytest.raises(services.NotInTransaction):
        services.send(**NOTICE)
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_before_the_commit_and_nothing_after_a_rollback():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.send(**NOTICE)
        raise ZeroDivisionError
    services.run_due()
    assert mail.outbox == []
    with transaction.atomic():
        services.send(**NOTICE)
        assert mail.outbox == []
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_an_e_mail_goes_out_once():
    message = send(subject="Something\nwaits")
    services.run_due()
    services.deliver(message=str(message.pk))
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["robin@example.org"],
        "Something waits",
        "Sign in to see it.",
    )
    message = fetched(message)
    assert (message.state, message.attempts, message.error) == (Message.State.SENT, 1, "")
    assert message.sent_at is not None


@pytest.mark.django_db
def test_a_message_for_later_waits():
    send(send_after=later(60))
    services.run_due()
    assert mail.outbox == []
    services.run_due(now=later(61))
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_text_message_goes_through_the_chosen_sender(settings, tmp_path: Path):
    settings.VAR_DIR = tmp_path
    message = send(channel="text", to="07700 900123")
    services.run_due()
    (file,) = (tmp_path / "texts").iterdir()
    assert file.read_text() == "07700 900123\n\nSign in to see it.\n"
    assert fetched(message).state == Message.State.SENT


def broken_sender(to: str, body: str) -> None:
    raise ConnectionError(f"no route for {to}")


@pytest.mark.django_db
def test_what_cannot_be_delivered_is_tried_again_and_then_says_so(settings, caplog):
    settings.TEXT_SENDER = f"{__name__}.broken_sender"
    message = send(channel="text", to="07700 900123")
    services.run_due()
    assert (fetched(message).state, fetched(message).attempts) == (Message.State.WAITING, 1)
    for _ in range(20):
        services.run_due(now=later(10_000))
    message = fetched(message)
    assert (message.state, message.attempts) == (
        Message.State.FAILED,
        services.MESSAGE_ATTEMPTS,
    )
    assert "ConnectionError" in message.error
    assert "900123" not in message.error + caplog.text
    assert Job.objects.get().state == Job.State.FAILED


@pytest.mark.django_db
def test_there_is_no_other_channel():
    with pytest.raises(ValueError, match="channel"):
        send(channel="pigeon")
