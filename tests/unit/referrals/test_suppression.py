"""Small numbers are hidden, and cannot be worked out again."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.paths.figures import median_and_ninetieth, tabulate
from referrals.paths.suppression import SMALL, TOTAL, Cell, hidden, with_totals


def tables(rows: int, columns: int, most: int = 12) -> st.SearchStrategy:
    cells = [Cell(f"r{r}", f"c{c}") for r in range(rows) for c in range(columns)]
    numbers = st.lists(st.integers(0, most), min_size=len(cells), max_size=len(cells))
    return numbers.map(
        lambda counts: with_totals(
            [f"r{r}" for r in range(rows)],
            [f"c{c}" for c in range(columns)],
            dict(zip(cells, counts, strict=True)),
        )
    )


def lines(full):
    """Each row and each column of a table: its cells, and the total that they add up to."""
    for row in {cell.row for cell in full}:
        yield [c for c in full if c.row == row and c.column != TOTAL], Cell(row, TOTAL)
    for column in {cell.column for cell in full}:
        yield [c for c in full if c.column == column and c.row != TOTAL], Cell(TOTAL, column)


def add_up(full) -> bool:
    return all(sum(full[c] for c in cells) == full[total] for cells, total in lines(full))


def can_be_worked_out(full, chosen) -> set[Cell]:
    """Hidden cells with one solution only, by elimination over the sums that everybody knows."""
    unknown = sorted(chosen, key=str)
    matrix = []
    for cells, total in lines(full):
        row = [Fraction(0)] * len(unknown)
        for cell in cells:
            if cell in chosen:
                row[unknown.index(cell)] += 1
        if total in chosen:
            row[unknown.index(total)] -= 1
        matrix.append(row)
    pivot_of: dict[int, int] = {}
    done = 0
    for column in range(len(unknown)):
        found = next((r for r in range(done, len(matrix)) if matrix[r][column]), None)
        if found is None:
            continue
        matrix[done], matrix[found] = matrix[found], matrix[done]
        matrix[done] = [value / matrix[done][column] for value in matrix[done]]
        for other in range(len(matrix)):
            if other != done and matrix[other][column]:
                times = matrix[other][column]
                matrix[other] = [
                    a - times * b for a, b in zip(matrix[other], matrix[done], strict=True)
                ]
        pivot_of[column] = done
        done += 1
    return {
        unknown[column]
        for column, row in pivot_of.items()
        if sum(1 for value in matrix[row] if value) == 1
    }


@given(st.one_of(tables(1, 1), tables(1, 4), tables(3, 2), tables(3, 4), tables(5, 5)))
def test_no_hidden_number_can_be_worked_out(full):
    assert add_up(full)
    chosen = hidden(full)
    assert all(cell in chosen for cell, count in full.items() if 0 < count < SMALL)
    assert all(full[cell] > 0 for cell in chosen)
    assert can_be_worked_out(full, chosen) == set()


@settings(max_examples=15)
@given(tables(2, 2, most=7))
def test_another_table_of_whole_numbers_would_look_the_same(full):
    chosen = sorted(hidden(full), key=str)
    differs: set[Cell] = set()
    for changes in product((-1, 0, 1), repeat=len(chosen)):
        other = {**full}
        for cell, change in zip(chosen, changes, strict=True):
            other[cell] += change
        if min(other.values()) >= 0 and add_up(other):
            differs |= {cell for cell in chosen if other[cell] != full[cell]}
    assert differs == set(chosen)


@given(tables(3, 3, most=40))
def test_nothing_is_hidden_without_need(full):
    if all(count == 0 or count >= SMALL for count in full.values()):
        assert hidden(full) == set()


def test_a_lone_small_number_hides_its_totals():
    full = with_totals(["Northbank"], ["cmht"], {Cell("Northbank", "cmht"): 3})
    assert hidden(full) == set(full)


def test_the_check_finds_a_number_that_a_total_gives_away():
    full = with_totals(
        ["a", "b"], ["x", "y"], {Cell("a", "x"): 3, Cell("a", "y"): 20, Cell("b", "x"): 20}
    )
    assert can_be_worked_out(full, {Cell("a", "x")}) == {Cell("a", "x")}


def test_counts_by_place_and_kind():
    facts = [("Northbank", "cmht", n) for n in range(10)] + [("", "gp", 5)] * 9
    found = tabulate(facts, median_and_ninetieth)
    assert found.rows == ("Northbank", "")
    assert found.shown("Northbank", "cmht") == 10
    assert found.details[Cell("Northbank", "cmht")] == (4, 8)
    small = tabulate([*facts, ("Mill Quarter", "gp", 1)], median_and_ninetieth)
    assert small.shown("Mill Quarter", "gp") is None
    assert Cell("Mill Quarter", "gp") not in small.details
    assert tabulate([]).rows == ()


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_half_and_nine_of_ten(days):
    half, most = median_and_ninetieth(days)
    assert sum(day <= half for day in days) * 2 >= len(days)
    assert sum(day < half for day in days) * 2 < len(days)
    assert sum(day <= most for day in days) * 10 >= len(days) * 9
    assert half <= most and {half, most} <= set(days)
