"""Subprocesses that need no frame: one token goes in, and comes out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter
    from simulation.net import Node


def entering(flow: Flow, index: int, _node: Node) -> Enter:
    """Note when the token went in."""
    inside = flow.inside.setdefault(index, {})
    ways, next_visit = flow.ways[index], flow.visits().next

    def enter(case: int, now: int) -> None:
        inside.setdefault(case, []).append((next_visit(case), now))
        ways[0](case, now)

    return enter


def leaving(flow: Flow, index: int, node: Node) -> Enter:
    """Record the visit, unless the case was inside when the run began; go on behind it."""
    entered = node.entered_at
    inside = flow.inside.setdefault(entered, {})
    ways, record = flow.ways[index], flow.rows.add

    def enter(case: int, now: int) -> None:
        visits = inside.get(case)
        if visits:
            visit, since = visits.pop(0)
            record((case, entered, visit, -1, since, since, now, now - since))
            if not visits:
                del inside[case]
        ways[0](case, now)

    return enter


def abandon(flow: Flow, case: int, now: int) -> None:
    """Record the visits of a case that ends where it is."""
    for index, cases in flow.inside.items():
        for visit, since in cases.pop(case, ()):
            flow.rows.cancel((case, index, visit, -1, since, since, now, now - since))


def record_unfinished(flow: Flow) -> None:
    """Record the visits that are open when the run is cut."""
    for index, cases in flow.inside.items():
        for case, visits in cases.items():
            for visit, since in visits:
                flow.rows.add((case, index, visit, -1, since, since, -1, -1))
