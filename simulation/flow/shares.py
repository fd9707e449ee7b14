"""Which ways an inclusive gateway goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.expressions import true_ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.flow.context import Flow
    from simulation.net import Node


def ways_of(flow: Flow, node: Node) -> Callable[[int, int], list[int]]:
    """Return what chooses the ways out of an inclusive gateway for a visit of a case."""
    if node.shares is None:
        values = flow.cases.values
        return lambda case, _visit: list(true_ways(node, values(case)))
    several = flow.draws.several
    return lambda case, visit: several(node, case, visit)
