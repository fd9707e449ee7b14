"""Joins: a parallel gateway waits for a token at every way in (BPMN 2.0, clause 13.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    Enter = Callable[[int, int], None]  # case, now


def way_in(
    port: int, ways_in: int, arrived: list[int], spare: Counter[tuple[int, int]], fire: Enter
) -> Enter:
    """Return what takes a token in at one of the ways into a join.

    ``arrived`` has a bit for each way of each case; a second token at the same way is spare
    until the join has fired.
    """
    bit, everyone = 1 << port, (1 << ways_in) - 1

    def enter(case: int, now: int) -> None:
        before = arrived[case]
        if before & bit:
            spare[case, port] += 1
        elif before | bit == everyone:
            arrived[case] = _taken_from(spare, case, ways_in) if spare else 0
            fire(case, now)
        else:
            arrived[case] = before | bit

    return enter


def _taken_from(spare: Counter[tuple[int, int]], case: int, ways_in: int) -> int:
    """Take one spare token of each way that has some; return their bits."""
    bits = 0
    for port in range(ways_in):
        if spare[case, port]:
            spare[case, port] -= 1
            bits |= 1 << port
    return bits
