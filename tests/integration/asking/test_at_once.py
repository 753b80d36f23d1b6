"""Two people at one referral at the same moment."""

import io

import pytest

from casework.cases.models import CaseEvent
from casework.common.errors import Refusal
from referrals.asking import services, sniffing
from referrals.errors import ChangedMeanwhile
from referrals.models import Attachment, Referral, Responsibility
from referrals.table import State
from tests.factories.referrals import Network
from tests.integration.asking.conftest import save
from tests.integration.referrals.test_several_actors import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def ready(network):
    draft = services.begin(person=network.person, by=network.gp, sender_team=network.gp_team)
    return save(network, draft, team=network.cmht)


def test_two_send_and_one_is_told_what_happened_meanwhile(network, ready):
    def by(user):
        return lambda: services.send(referral=ready, by=user, seen_version=ready.version)

    results = at_once(by(network.gp), by(network.nurse))
    lost = [one for one in results if isinstance(one, ChangedMeanwhile)]
    won = [one for one in results if isinstance(one, Referral)]
    assert len(lost) == len(won) == 1
    assert "referral.send" in [event.kind for event in lost[0].events]
    assert Referral.objects.get().state == State.SENT
    assert Responsibility.objects.count() == 1
    assert CaseEvent.objects.filter(kind="referral.send").count() == 1


def test_one_writes_while_the_other_sends(network, ready):
    def write():
        return save(network, ready, reason_words="Changed at the last moment")

    def send():
        return services.send(referral=ready, by=network.nurse, seen_version=ready.version)

    written, sent = at_once(write, send)
    refused = [one for one in (written, sent) if isinstance(one, Refusal)]
    assert len(refused) == 1  # what was sent is what was read
    row = Referral.objects.get()
    if isinstance(sent, Refusal):
        assert (row.state, row.reason_words) == (State.DRAFT, "Changed at the last moment")
    else:
        assert (row.state, row.reason_words) == (State.SENT, "I want somebody who stays.")


def test_the_last_place_for_a_file_goes_to_one(network, ready, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def attach(words, by=network.gp):
        return services.attach(
            referral=ready,
            by=by,
            upload=io.BytesIO(words.encode()),
            name="a.txt",
            about="A letter",
        )

    for number in range(sniffing.MOST_FILES - 1):
        attach(f"letter {number}")
    results = at_once(lambda: attach("his"), lambda: attach("hers", network.nurse))
    assert sum(isinstance(one, Refusal) for one in results) == 1
    assert Attachment.objects.count() == sniffing.MOST_FILES
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == sniffing.MOST_FILES
