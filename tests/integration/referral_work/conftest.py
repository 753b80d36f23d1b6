"""The small network of the referral factories, as it was when the first referral was written."""

from __future__ import annotations

import pytest
import time_machine

from tests.factories.referrals import START, Network


@pytest.fixture
def net(db):
    with time_machine.travel(START, tick=False):
        return Network()
