"""Small numbers in a table with totals, hidden so that no subtraction brings them back. Pure.

A cell of 1 to 4 is hidden. A second cell is hidden wherever a total less the other cells would
give the first one away. Cells and totals are the edges of a graph between rows and columns (the
totals are one more row and one more column); a hidden number can be worked out exactly when its
edge is on no circle of hidden edges. So each hidden edge is put on a circle, along the smallest
numbers; none of those that are hidden is 0, so that each could as well be one more or one less.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

Node = tuple[str, Hashable]  # a row or a column of the table

SMALL = 5
TOTAL = "\0total"  # no name of a place or a kind


class Cell(NamedTuple):
    """A place in the table; `TOTAL` stands for the row or the column of totals."""

    row: Hashable
    column: Hashable


def with_totals(
    rows: Sequence[Hashable], columns: Sequence[Hashable], counts: Mapping[Cell, int]
) -> dict[Cell, int]:
    """Every cell of the table and its totals."""
    full = {
        Cell(row, column): counts.get(Cell(row, column), 0) for row in rows for column in columns
    }
    for row in rows:
        full[Cell(row, TOTAL)] = sum(full[Cell(row, column)] for column in columns)
    for column in (*columns, TOTAL):
        full[Cell(TOTAL, column)] = sum(full[Cell(row, column)] for row in rows)
    return full


def hidden(full: Mapping[Cell, int], small: int = SMALL) -> set[Cell]:
    """Which cells and totals of a table (`with_totals`) are not to be shown."""
    chosen = {cell for cell, count in full.items() if 0 < count < small}
    while loose := _loose(chosen):
        chosen |= _circle(min(loose, key=lambda cell: _order(full, cell)), chosen, full)
    return chosen


def _order(full: Mapping[Cell, int], cell: Cell) -> tuple[int, str, str]:
    return full[cell], str(cell.row), str(cell.column)


def _neighbours(cells: set[Cell]) -> dict[Node, list[tuple[Cell, Node]]]:
    near: dict[Node, list[tuple[Cell, Node]]] = {}
    for cell in sorted(cells, key=lambda one: (str(one.row), str(one.column))):
        row: Node = ("row", cell.row)
        column: Node = ("column", cell.column)
        near.setdefault(row, []).append((cell, column))
        near.setdefault(column, []).append((cell, row))
    return near


def _loose(cells: set[Cell]) -> set[Cell]:
    """Hidden cells on no circle: those could be worked out."""
    return {cell for cell in cells if not _joined(cell, cells - {cell})}


def _joined(cell: Cell, cells: set[Cell]) -> bool:
    """Do other cells lead from this one's row to its column?"""
    start: Node = ("row", cell.row)
    near, seen, todo = _neighbours(cells), {start}, [start]
    while todo:
        here = todo.pop()
        if here == ("column", cell.column):
            return True
        for _edge, there in near.get(here, ()):
            if there not in seen:
                seen.add(there)
                todo.append(there)
    return False


def _circle(cell: Cell, chosen: set[Cell], full: Mapping[Cell, int]) -> set[Cell]:
    """The cheapest further cells that put this one on a circle: small numbers, never 0. There
    always are some, through the totals."""
    usable = {one for one, count in full.items() if count > 0 and one != cell}
    near = _neighbours(usable)
    start: Node = ("row", cell.row)
    end: Node = ("column", cell.column)
    queue: list[tuple[int, int, Node, frozenset[Cell]]] = [(0, 0, start, frozenset())]
    done: set[Node] = set()
    step = 0
    while queue:
        cost, _step, here, path = heapq.heappop(queue)
        if here == end:
            return set(path)
        if here in done:
            continue
        done.add(here)
        for edge, there in near.get(here, ()):
            if there not in done:
                step += 1
                price = 0 if edge in chosen else full[edge]
                heapq.heappush(queue, (cost + price, step, there, path | {edge}))
    raise LookupError("a number above 0 has totals above 0")  # cannot be
