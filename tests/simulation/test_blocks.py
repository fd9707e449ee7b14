"""Columns that are made block by block hold what a whole column would."""

from __future__ import annotations

from simulation.blocks import SIZE, Column


def column(blocks):
    """Return a column of squares of so many blocks, and a record of what was made."""
    made = []

    def make(low, high):
        made.append(low // SIZE)
        return [case * case for case in range(low, high)]

    return Column(blocks * SIZE - 1, make), made


def test_values_are_those_of_their_cases():
    squares, _ = column(3)

    cases = (0, SIZE - 1, SIZE, 3 * SIZE - 2)
    assert [squares[case] for case in cases] == [case * case for case in cases]
    assert len(squares) == 3 * SIZE - 1


def test_block_is_made_once_while_its_cases_are_about():
    squares, made = column(3)

    for case in (5, SIZE, 6, SIZE + 1, 7):
        squares[case]

    assert made == [0, 1]


def test_blocks_of_cases_long_gone_are_dropped():
    squares, made = column(40)

    for number in range(40):
        squares[number * SIZE]
    squares[1]

    assert made == [*range(40), 0]


def test_all_blocks_are_kept_when_cases_are_asked_for_far_and_near():
    squares, made = column(40)

    for _ in range(9):
        for number in range(40):
            squares[number * SIZE]

    assert len(made) < 4 * 40
