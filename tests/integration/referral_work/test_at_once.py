"""Two actors at one form at the same moment: one wins, the other sees what happened meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from casework.cases.models import CaseEvent
from referrals.models import Referral
from referrals.table import State
from tests.factories.referrals import START, Network


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment():
    with time_machine.travel(START, tick=False):
        net = Network()
    referral = net.referral_in(State.RECEIVED)
    events = CaseEvent.objects.filter(about=referral.pk).count()
    together = threading.Barrier(2)
    answers: dict[str, Any] = {}

    def act(user: Any, event: str, data: dict[str, str]) -> None:
        client = Client()
        client.force_login(user)
        try:
            together.wait()
            answers[event] = client.post(
                reverse("referrals:act", args=[referral.pk, event]),
                {"version": referral.version, **data},
            )
        finally:
            connection.close()

    both = [
        threading.Thread(
            target=act, args=(net.member, "assess", {"meeting_words": "Monday at ten"})
        ),
        threading.Thread(
            target=act,
            args=(
                net.lead,
                "ask",
                {"question": "Which benefits?", "whom": "sender"},
            ),
        ),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    codes = {event: answer.status_code for event, answer in answers.items()}
    assert sorted(codes.values()) == [200, 302]
    loser = next(event for event, code in codes.items() if code == 200)
    text = answers[loser].content.decode()
    assert "This referral changed while you were writing" in text
    assert {"assess": "Monday at ten", "ask": "Which benefits?"}[loser] in text
    assert CaseEvent.objects.filter(about=referral.pk).count() == events + 1
    row = Referral.objects.get(pk=referral.pk)
    won = {"assess": State.AWAITING_INFORMATION, "ask": State.ASSESSING}[loser]
    assert row.state == won and row.version == referral.version + 1
