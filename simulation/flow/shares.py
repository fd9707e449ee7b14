"""Which ways an inclusive gateway goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expressions import EvaluationFailed
from simulation.errors import SimulationFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.flow.context import Flow
    from simulation.net import Node


def ways_of(flow: Flow, node: Node) -> Callable[[int, int], list[int]]:
    """Return what chooses the ways out of an inclusive gateway for a visit of a case."""
    if node.shares is None:
        values = flow.cases.values
        return lambda case, _visit: true_ways(node, values(case))
    several = flow.draws.several
    return lambda case, visit: several(node, case, visit)


def true_ways(node: Node, values: dict[str, object]) -> list[int]:
    """Return the ways whose condition holds, else the default flow."""
    found, default = [], None
    for way, condition in enumerate(node.conditions):
        if condition is None:
            default = way
            continue
        try:
            if condition.is_true(values):
                found.append(way)
        except EvaluationFailed as error:
            raise SimulationFailed(node.element_id, str(error)) from error
    if not found and default is None:
        raise SimulationFailed(node.element_id, f"no condition holds for {values}")
    return found or [default or 0]
