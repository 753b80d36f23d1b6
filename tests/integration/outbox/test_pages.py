"""Jobs and messages as an administrator sees them."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.outbox import presenters, services
from casework.outbox.handlers import job_handlers
from casework.outbox.models import Heartbeat, Job, Message
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "robin.example@alongside.example"


@pytest.fixture
def office(client):
    client.force_login(factories.member("administrator"))
    return client


def text(answer) -> str:
    html = answer.content.decode().replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def failing(monkeypatch):
    """A message whose every attempt fails."""

    def refuse(message):
        raise ConnectionRefusedError(f"no route for {message.to}")

    monkeypatch.setitem(services.CHANNELS, "email", refuse)
    with transaction.atomic():
        message = services.send(
            channel="email", to=ADDRESS, subject="Private", body="Quite secret", about="notice"
        )
    for _attempt in range(services.MESSAGE_ATTEMPTS):
        Job.objects.update(due_at=timezone.now())
        services.run_due()
    monkeypatch.undo()
    return message


def test_a_failed_message_is_shown_without_its_words_and_tried_again(office, monkeypatch):
    message = failing(monkeypatch)
    answer = office.get(reverse("jobs:messages"))
    shown = text(answer)
    assert "E-mail to ro…@alongside.example" in shown
    assert "ConnectionRefusedError" in shown
    assert f"{services.MESSAGE_ATTEMPTS} attempts" in shown
    for secret in (ADDRESS, "Private", "secret"):
        assert secret not in answer.content.decode()
    done = office.post(reverse("jobs:send_again", args=[message.pk]), follow=True)
    assert "tried again" in text(done)
    services.run_due()
    assert [one.to for one in mail.outbox] == [[ADDRESS]]
    message.refresh_from_db()
    assert message.state == Message.State.SENT


def test_a_failed_job_is_tried_again_with_all_its_attempts(office, monkeypatch):
    failing(monkeypatch)
    job = Job.objects.get()
    shown = text(office.get(reverse("jobs:list")))
    assert "Deliver a message" in shown
    assert "8 of 8 attempts" in shown
    office.post(reverse("jobs:retry", args=[job.pk]))
    job.refresh_from_db()
    assert job.attempts == 1  # the nudge after the commit has done it
    assert job.state == Job.State.DONE
    assert len(mail.outbox) == 1


def test_only_what_failed_is_tried_again(office):
    with transaction.atomic():
        message = services.send(channel="email", to=ADDRESS, body="x")
    job = Job.objects.get()
    assert office.post(reverse("jobs:retry", args=[job.pk])).status_code == 404
    assert office.post(reverse("jobs:send_again", args=[message.pk])).status_code == 404
    with pytest.raises(services.Refusal):
        services.retry(job=job)
    with pytest.raises(services.Refusal):
        services.send_again(message=message)


def test_work_that_waits_already_is_not_doubled(office):
    with transaction.atomic():
        failed = services.enqueue("outbox.tidy", key="one")
    Job.objects.update(state=Job.State.FAILED)
    with transaction.atomic():
        services.enqueue("outbox.tidy", key="one")
    answer = office.post(reverse("jobs:retry", args=[failed.pk]), follow=True)
    assert "The same work is waiting already" in text(answer)
    assert Job.objects.filter(state=Job.State.WAITING).count() == 1


def test_nothing_is_tried_again_by_a_get(office, monkeypatch):
    failing(monkeypatch)
    assert office.get(reverse("jobs:retry", args=[Job.objects.get().pk])).status_code == 405


@pytest.mark.parametrize(
    ("ago", "words"),
    [(None, "has never reported"), (1, "Running The worker last"), (9, "Silent The worker last")],
)
def test_the_workers_pulse(office, ago, words):
    if ago is not None:
        at = timezone.now() - dt.timedelta(minutes=ago)
        Heartbeat.objects.create(name="worker", at=at)
    assert words in text(office.get(reverse("jobs:list")))


@pytest.mark.parametrize("state", Job.State.values)
def test_each_state_has_its_list(office, state):
    with transaction.atomic():
        services.enqueue("outbox.tidy")
    Job.objects.update(state=state, started_at=timezone.now(), finished_at=timezone.now())
    for other in Job.State.values:
        shown = text(office.get(reverse("jobs:list") + f"?state={other}"))
        assert ("Tidy jobs that were done" in shown) == (other == state)


@pytest.mark.parametrize("name", ["jobs:list", "jobs:messages"])
def test_lists_ask_as_often_for_one_as_for_many(office, name):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(name) + "?state=waiting").status_code == 200
        return len(queries)

    with transaction.atomic():
        services.send(channel="email", to=ADDRESS, body="x")
    asked()
    one = asked()
    with transaction.atomic():
        for _number in range(12):
            services.send(channel="email", to=ADDRESS, body="x")
    assert asked() == one


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("robin@example.org", "ro…@example.org"),
        ("r@example.org", "r…@example.org"),
        ("07700 900123", "…123"),
    ],
)
def test_an_address_is_shortened(address, short):
    assert presenters.shortened(address) == short


def test_every_kind_of_job_is_in_words():
    kinds = [kind for kind, _handler in job_handlers.items()]
    assert len(kinds) > 15
    assert not [kind for kind in kinds if presenters.work_of(kind) == kind]


def test_what_a_message_is_about_is_in_words():
    assert presenters.about_of("plan.code") == "A code for a plan"
    assert presenters.about_of("referral.accept") == "A referral"
    assert presenters.about_of("Daily alerts") == "Daily alerts"
    sent = Message(channel="text", to="07700 900123", about="plan.use", attempts=1)
    sent.created_at = sent.send_after = timezone.now()
    facts = presenters.message_line(sent).facts
    assert facts[0] == "A plan in use without agreement" and facts[-1] == "1 attempt"
