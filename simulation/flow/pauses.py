"""Time that passes while nobody works and nobody queues, where nothing interrupts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import NORMAL

from simulation.resources import Token

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter
    from simulation.net import Node


def pause(flow: Flow, index: int, node: Node) -> Enter:
    """Let time pass; the end is known at once, and so is the row."""
    schedule, record, ways = flow.schedule, flow.rows.add, flow.ways[index]
    block, later = flow.draws.durations(node).block, flow.draws.duration
    next_visit = flow.visits().next
    low, high, first = 0, 0, [0]

    def done(token: Token) -> None:
        ways[0](token.case, token.ends)

    callbacks = (done,)

    def enter(case: int, now: int) -> None:
        nonlocal low, high, first
        visit = next_visit(case)
        if visit:
            wait = later(node, case, visit)
        else:
            if not low <= case < high:
                low, high, first = block(case)
            wait = first[case - low]
        record((case, index, visit, -1, now, now, now + wait, wait))
        token = Token()
        token.case = case
        token.ends = now + wait
        token.callbacks = callbacks
        schedule(token, NORMAL, wait)

    return enter
