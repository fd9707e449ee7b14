"""Decisions whose shares depend on an attribute of the case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulation.draws import ensure_no_endless_loop
from simulation.errors import SimulationFailed

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter
    from simulation.net import Node


def by_attribute(flow: Flow, index: int, node: Node) -> Enter:
    """Choose a way out by the shares of the case's value of an attribute."""
    by, choice = node.by or "", flow.draws.choice
    ways, taken, next_visit = flow.ways[index], flow.taken[index], flow.visits().next
    values, case_of = flow.cases.values, flow.frames.case_of
    rows = {value: replace(node, shares=shares) for value, shares in node.by_value.items()}

    def enter(frame: int, now: int) -> None:
        case = case_of[frame]
        visit = next_visit(case)
        ensure_no_endless_loop(node, visit)
        value = text_of(values(case).get(by))
        row = rows.get(value, node)
        if row.shares is None:
            words = f"its table has no row for {by} = {value}, and no else"
            raise SimulationFailed(node.element_id, words)
        way = choice(row, case, visit)
        taken[way] += 1
        ways[way](frame, now)

    return enter


def text_of(value: object) -> str:
    """Return a value as a scenario writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
