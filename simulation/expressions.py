"""Conditions and priorities over case data, with errors that name the element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expressions import EvaluationFailed, Expression
from simulation.errors import SimulationFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulation.arrivals import Arrivals
    from simulation.net import Node


def choose(node: Node, values: dict[str, object]) -> int:
    """Return the number of the way out that the conditions choose: the first one."""
    return next(true_ways(node, values))


def true_ways(node: Node, values: dict[str, object]) -> Iterator[int]:
    """Yield the ways out whose condition holds, in their order; if none does, the default flow."""
    default, holds = None, False
    for way, condition in enumerate(node.conditions):
        if condition is None:
            default = way
            continue
        try:
            is_true = condition.is_true(values)
        except EvaluationFailed as error:
            raise SimulationFailed(node.element_id, str(error)) from error
        if is_true:
            holds = True
            yield way
    if holds:
        return
    if default is None:
        raise SimulationFailed(node.element_id, f"no condition holds for {values}")
    yield default


def priorities(node: Node, arrivals: Arrivals) -> list[float]:
    """Return the priority of each case at a node; smaller goes first."""
    given = node.priority
    if not isinstance(given, Expression):
        return [given] * len(arrivals)
    return [_priority(node, given, arrivals.values(case)) for case in range(len(arrivals))]


def priority_of(node: Node, values: Callable[[int], dict[str, object]]) -> Callable[[int], float]:
    """Return what tells the priority of a case at a node; smaller goes first."""
    given = node.priority
    if not isinstance(given, Expression):
        return lambda _: given
    return lambda case: _priority(node, given, values(case))


def _priority(node: Node, expression: Expression, values: dict[str, object]) -> float:
    try:
        result = expression.evaluate(values)
    except EvaluationFailed as error:
        raise SimulationFailed(node.element_id, str(error)) from error
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise SimulationFailed(node.element_id, f"the priority is no number but {result!r}")
    return float(result)
