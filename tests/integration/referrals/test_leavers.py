"""Somebody leaves, and nothing that they held is left without a holder."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from casework.cases.leaver_moves import Passing, leaver_moves
from casework.common.errors import Refusal
from referrals import services
from referrals.models import Question, Referral, Responsibility
from referrals.table import State
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
NAMES = ("referrals.named", "referrals.people", "referrals.questions", "referrals.handovers")
LATER = START + dt.timedelta(days=7)


@pytest.fixture
def net() -> Network:
    with time_machine.travel(START, tick=False):
        return Network()


def held(worker) -> dict[str, list]:
    return {name: list(leaver_moves[name].held(worker, LATER.date())) for name in NAMES}


def test_a_named_worker_passes_the_person_on(net) -> None:
    referral = net.referral_in(State.IN_SERVICE)
    leaver = net.key_worker.worker
    with time_machine.travel(LATER, tick=False):
        waiting = held(leaver)
        assert [len(waiting[name]) for name in NAMES] == [1, 0, 0, 0]  # the person follows
        passing = Passing(leaver, net.colleague.worker, LATER.date(), net.lead)
        with pytest.raises(Refusal):
            leaver_moves["referrals.named"].move(
                referral.pk, Passing(leaver, net.colleague.worker, LATER.date(), net.shift_lead)
            )
        for name in NAMES:
            for one in held(leaver)[name]:
                leaver_moves[name].move(one.key, passing)
        assert not any(held(leaver).values())
    row = Referral.objects.get(pk=referral.pk)
    assert (row.named_worker, row.state) == (net.colleague.worker, State.IN_SERVICE)
    holder = Responsibility.objects.get(person=net.person)
    assert (holder.team, holder.worker) == (net.cmht, net.colleague.worker)


def test_a_holder_who_leaves_and_a_question_that_waits(net) -> None:
    net.referral_in(State.AWAITING_INFORMATION)
    with time_machine.travel(LATER, tick=False):
        question = held(net.housing_worker.worker)["referrals.questions"][0]
        passing = Passing(net.housing_worker.worker, net.gp.worker, LATER.date(), net.lead)
        leaver_moves["referrals.questions"].move(question.key, passing)
        assert Question.objects.get().asked_worker == net.gp.worker
        services.answer(referral=Referral.objects.get(), by=net.gp, answer="None")
    assert held(net.nurse.worker)["referrals.people"][0].person_id == net.person.pk
