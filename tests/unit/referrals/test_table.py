"""The declared table itself, and that the machine is made from it."""

from __future__ import annotations

from django.core.management import call_command

from referrals import services
from referrals.documentation import markdown, mermaid
from referrals.models import Referral
from referrals.table import EVENTS, OPEN, ROWS, STATES, TERMINAL, Role, State, moves, targets

FHIR_TASK = {
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "ready",
    "cancelled",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
    "entered-in-error",
}


def test_every_state_says_what_it_is() -> None:
    assert set(STATES) == set(State)
    assert set(OPEN) | set(TERMINAL) | {State.DRAFT} == set(State)
    for state, info in STATES.items():
        assert str(info.meaning) and str(info.next_actor)
        assert info.fhir_status in FHIR_TASK
        assert (info.next_role is None) == (state in TERMINAL)


def test_the_machine_has_the_rows_of_the_table_and_no_others() -> None:
    declared = {(row.event, source, target) for row, source, target in moves()}
    built = set()
    for transition in Referral._meta.get_field("state").get_all_transitions(Referral):
        ways = (
            transition.target.allowed_states
            if hasattr(transition.target, "allowed_states")
            else [transition.target]
        )
        built |= {(transition.method.__name__, transition.source, way) for way in ways}
    assert built == declared


def test_every_event_has_a_verb_and_no_field_hides_it() -> None:
    fields = {field.name for field in Referral._meta.get_fields()}
    for event in EVENTS:
        assert callable(getattr(services, event))
        assert event not in fields


def test_terminal_states_are_left_only_by_reopening_or_as_a_mistake() -> None:
    for row, source, _target in moves():
        if source in TERMINAL:
            assert row.event in {"reopen", "mark_in_error"}
    assert not [row for row in ROWS if State.ENTERED_IN_ERROR in row.sources]


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached = {State.DRAFT}
    while True:
        more = {target for _row, source, target in moves() if source in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(State)
    for state in (State.DRAFT, *OPEN):
        assert any(target != state for _row, source, target in moves() if source == state)


def test_only_first_contact_leads_into_the_work() -> None:
    into = {row.event for row, source, target in moves() if target == State.IN_SERVICE != source}
    assert into == {"first_contact"}
    assert all(
        set(row.who) == {Role.CONTACT, Role.LINK_PARTNER}
        for row in ROWS
        if row.event == "first_contact"
    )


def test_a_refusal_has_a_plain_sentence_for_every_guard() -> None:
    for row in ROWS:
        assert str(row.label) and str(row.done)
        for guard in row.guards:
            sentence = str(guard.sentence)
            assert sentence[0].isupper() and sentence.endswith("."), guard.code
            assert "patient" not in sentence.lower()


def test_targets_of_the_two_ways_of_reopening() -> None:
    assert targets("reopen", State.CLOSED) == [State.ACCEPTED, State.RECEIVED]
    assert targets("reopen", State.DECLINED) == [State.RECEIVED]
    assert targets("reopen", State.ENTERED_IN_ERROR) == []


def test_documentation_is_printed_from_the_table(capsys) -> None:
    call_command("referral_states")
    printed = capsys.readouterr().out
    assert markdown() in printed and mermaid() in printed
    for event in EVENTS:
        assert f"`{event}`" in printed
    for row, source, target in moves():
        if row.event not in ("mark_in_error", "end_early"):
            arrow = f"{source.value} --> {target.value}: "
            assert any(
                line.strip().startswith(arrow) and row.event in line
                for line in printed.splitlines()
            )
