"""Voice x role x state: nobody changes another's words."""

import pytest

from careplans.kinds import KINDS, Kind, Voice
from careplans.table import FINAL, LIVE, State
from careplans.voices import Role, Way, may_answer, may_comment, may_rate, may_report, way

W, P, N = Way.WRITE, Way.PROPOSE, Way.NONE
EXPECTED = {
    # voice: person, together, worker, carer, reader
    Voice.PERSON: (W, W, P, N, N),
    Voice.OURS: (P, W, P, P, N),
    Voice.TEAM: (P, W, W, N, N),
}
ROLES = (Role.PERSON, Role.TOGETHER, Role.WORKER, Role.CARER, Role.READER)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("voice", Voice)
def test_the_whole_matrix(voice, state):
    for role, expected in zip(ROLES, EXPECTED[voice], strict=True):
        assert way(role, voice, state) == (N if state in FINAL else expected)


@pytest.mark.parametrize("proposed_by", ROLES)
@pytest.mark.parametrize("voice", Voice)
def test_nobody_accepts_their_own_proposal_alone(voice, proposed_by):
    for state in LIVE:
        if proposed_by != Role.TOGETHER and way(proposed_by, voice, state) == P:
            assert not may_answer(proposed_by, voice, proposed_by, state)


def test_nobody_but_the_person_answers_for_the_persons_words():
    for role in ROLES:
        expected = role in (Role.PERSON, Role.TOGETHER)
        assert may_answer(role, Voice.PERSON, Role.WORKER, State.DRAFT) is expected
        assert may_rate(role, State.DRAFT) is expected


def test_what_a_carer_proposes_the_person_answers_alone_unless_it_asks_the_team():
    for state in LIVE:
        alone = {role: may_answer(role, Voice.OURS, Role.CARER, state) for role in ROLES}
        assert alone == {role: role == Role.TOGETHER for role in ROLES}
        own = {
            role: may_answer(role, Voice.OURS, Role.CARER, state, asks_team=False) for role in ROLES
        }
        assert own == {role: role in (Role.PERSON, Role.TOGETHER) for role in ROLES}


def test_what_is_over_is_only_read():
    for state in FINAL:
        for role in ROLES:
            assert not may_comment(role, state)
            assert not may_rate(role, state)
            assert not may_report(role, state)
            assert not may_answer(role, Voice.OURS, Role.WORKER, state)


def test_every_kind_of_line_has_one_voice_and_words():
    assert set(KINDS) == set(Kind)
    assert all("words" in one.fields for one in KINDS.values())
