"""The indices against published vectors, and what must hold for every run of contacts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.continuity import formulas
from casework.continuity.formulas import Counts

# Letters are workers in time order. The first four are the fictitious patients 1, 4, 5 and 20 of
# BJGP 2023;73(731):279-282 (PMC10229170). Then UPC, COC, SECON, HI, MMCI.
PUBLISHED = [
    ("A", None, None, None, "1.0000", None),
    ("AAB", "0.6667", "0.3333", "0.5000", "0.5556", "0.5238"),
    ("ABC", "0.3333", "0.0000", "0.0000", "0.3333", "0.0476"),
    ("AABBCCCC", "0.5000", "0.2857", "0.7143", "0.3750", "0.7183"),
    ("ABABABABABAB", "0.5000", "0.4545", "0.0000", "0.5000", "0.9099"),
    ("", None, None, None, None, None),
    ("AB", "0.5000", "0.0000", "0.0000", "0.5000", "0.0909"),
    ("AA", "1.0000", "1.0000", "1.0000", "1.0000", "1.0000"),
]

runs = st.text(alphabet="ABCDEF", max_size=40)


def indices(workers: str) -> dict[str, float | None]:
    c = Counts.of(workers)
    return {
        "upc": formulas.upc(c.n, c.most),
        "coc": formulas.coc(c.n, c.squares),
        "secon": formulas.secon(c.n, c.same),
        "hi": formulas.hi(c.n, c.squares),
        "mmci": formulas.mmci(c.n, c.workers),
        "mci": formulas.mci(c.n, c.workers),
    }


@pytest.mark.parametrize(("workers", "upc", "coc", "secon", "hi", "mmci"), PUBLISHED)
def test_published_vectors(workers, upc, coc, secon, hi, mmci):
    found = {
        name: None if value is None else f"{value:.4f}" for name, value in indices(workers).items()
    }
    assert (found["upc"], found["coc"], found["secon"]) == (upc, coc, secon)
    assert (found["hi"], found["mmci"]) == (hi, mmci)


def test_many_contacts_hide_many_workers_from_mmci():
    """36 contacts shared by 12 workers come out above the published cut-off of 0.5."""
    assert f"{formulas.mmci(36, 12):.4f}" == "0.6866"


def test_shares_and_covered_days_have_no_value_without_a_whole():
    assert formulas.share(0, 0) is None
    assert formulas.share(3, 6) == 0.5
    assert formulas.pdc(0, 0) is None
    assert f"{formulas.pdc(25, 30):.4f}" == "0.8333"


@given(runs)
def test_every_index_is_between_none_and_one(workers):
    for name, value in indices(workers).items():
        if value is None:
            assert len(workers) < (1 if name == "hi" else 2)
        else:
            assert -1e-12 <= value <= 1 + 1e-12
            assert len(workers) >= (1 if name == "hi" else 2)


@given(runs.filter(lambda run: len(run) >= 2), st.randoms())
def test_order_matters_to_secon_alone(workers, random):
    shuffled = list(workers)
    random.shuffle(shuffled)
    before, after = indices(workers), indices("".join(shuffled))
    for name in ("upc", "coc", "hi", "mmci", "mci"):
        assert before[name] == after[name]


@given(runs)
def test_names_of_workers_do_not_matter(workers):
    renamed = workers.translate(str.maketrans("ABCDEF", "UVWXYZ"))
    assert indices(workers) == indices(renamed)


@given(runs)
def test_backwards_is_as_continuous_as_forwards(workers):
    assert indices(workers) == indices(workers[::-1])


@given(st.integers(2, 60))
def test_one_worker_is_whole_and_all_different_is_least(n):
    one, different = Counts.of("A" * n), Counts.of(list(range(n)))
    assert formulas.upc(n, one.most) == formulas.coc(n, one.squares) == 1
    assert formulas.secon(n, one.same) == formulas.mmci(n, one.workers) == 1
    assert formulas.upc(n, different.most) == 1 / n
    assert formulas.coc(n, different.squares) == formulas.secon(n, different.same) == 0


@given(runs.filter(lambda run: len(run) >= 2))
def test_upc_is_never_below_an_even_share(workers):
    c = Counts.of(workers)
    assert formulas.upc(c.n, c.most) >= 1 / c.workers - 1e-12
    assert formulas.hi(c.n, c.squares) >= 1 / c.workers - 1e-12


@given(runs.filter(lambda run: len(run) >= 2))
def test_another_meeting_with_the_usual_worker_never_lowers_upc(workers):
    usual = max(sorted(set(workers)), key=workers.count)
    assert indices(workers + usual)["upc"] >= indices(workers)["upc"]
