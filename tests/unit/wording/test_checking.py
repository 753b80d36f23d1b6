"""What must be pointed out, what must be left alone, and that nothing else ever changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.wording.checking import Term, look, pattern
from casework.wording.starter import terms

TERMS = terms()


def codes(text: str) -> set[str]:
    return {one.term.code for one in look(text, TERMS)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pt DNA'd x2, non-compliant with plan", {"did-not-attend", "non-compliant"}),
        ("attention seeking behaviour, superficial cuts", {"attention-seeking", "superficial"}),
        ("She denies SI and claims she is safe", {"denies", "claims"}),
        ("known PD, splitting the team", {"pd", "splitting"}),
        ("very angry and volatile", {"angry", "volatile"}),
        ("ATTENTION-SEEKING.", {"attention-seeking"}),
        ("refused x3", {"refused"}),
        ("Non compliant. Noncompliant.", {"non-compliant"}),
        ("Robin can’t be helped", {"untreatable"}),
        ("The urge to manipulate staff; manipulative", {"manipulative"}),
        ("Well known to services", {"known-to"}),
        ("failed DBT, treatment-resistant", {"failed-treatment", "treatment-resistant"}),
        ("She committed suicide", {"commit-suicide"}),
    ],
)
def test_is_pointed_out(text: str, expected: set[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "She told me: 'I am not attention-seeking'",
        "He said “they call me manipulative, I'm not” and cried",
        'Her sister wrote "she is so needy"',
        "> she is just attention-seeking\nI asked who had said so.",
        "Offered dialectical behaviour therapy",
        "cognitive behavioural therapy",
        "Diagnosis on record: 6D10 Personality disorder",
        "borderline high blood pressure",
        "PD = Parkinson's, seen by neurology",
        "Clean dressing applied",
        "discharged from A&E at 02:10",
        "Admitted to hospital",
        "admitted to ward 3",
        "splitting the tablet in half",
        "a resistant strain",
        "aggressive physiotherapy",
        "GP complains process leaflet given",
        "she made a complaint",
        "Patient did not attend",
        "Was angry because the housing office had lost the form again.",
        "Got upset and was angry when told that the worker had left.",
        "Her PIP claim was refused by the DWP.",
        "He is entitled to support with the rent.",
        "We found it difficult to hear each other on the phone.",
        "She managed to cook on Tuesday.",
        "",
    ],
)
def test_is_left_alone(text: str) -> None:
    assert codes(text) == set()


def test_context_asked_for_where_a_sentence_has_none() -> None:
    text = "Angry again today. Later he was calm, after we had walked."
    (found,) = look(text, TERMS)
    assert (found.words, found.term.behaviour) == ("Angry", True)


def test_an_apostrophe_is_no_quotation() -> None:
    assert codes("The team's view: he's manipulative and won't engage") == {
        "manipulative",
        "not-engaging",
    }


def test_of_words_that_overlap_the_longest_speak() -> None:
    (found,) = look("An inappropriate referral", TERMS)
    assert found.term.code == "inappropriate-referral"


def test_every_term_fires_on_each_of_its_phrases_and_says_why() -> None:
    for term in TERMS:
        assert term.suggestion and term.reason and term.phrases
        for phrase in term.phrases:
            typed = phrase.replace("~", "ing")
            assert any(match.search(typed) for match in map(pattern, term.phrases)), phrase
    assert len({term.code for term in TERMS}) == len(TERMS) >= 70


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    last = 0
    for one in look(text, TERMS):
        assert last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.words
        last = one.end


@given(st.sampled_from(["“%s”", '"%s"', "'%s'", "‘%s’"]), st.sampled_from(TERMS))
def test_what_is_quoted_is_never_pointed_out(marks: str, term: Term) -> None:
    words = term.phrases[0].replace("~", "ing")
    assert look(f"Robin said: {marks % words}. And so on", TERMS) == []
    assert look(f"Robin said: {words}. And so on", [term]) or term.behaviour
