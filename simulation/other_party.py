"""Waits that nobody of the house can end: for a message, a signal, an answer; and for a time.

Behind an event-based gateway the case waits once, and what happens first tells for how long: where
one of the events is that of another party, the whole wait is for that party, even if a timer ends
it in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.domain.process_graph import EventKind, NodeType
from simulation.net import US, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.net import Net, Node
    from simulation.recorder import Ints
    from simulation.run_record import SimulatedRun


def waits_for_others(run: SimulatedRun) -> tuple[Ints, Ints]:
    """Return the visits that waited for another party, and for how long, in µs."""
    rows = np.flatnonzero(_of_others(run.net)[run.node] & (run.completed >= 0))
    return rows, run.completed[rows] - run.scheduled[rows]


def event_waits_s(run: SimulatedRun) -> dict[str, dict[str, float]]:
    """Return visits and mean wait of each event that was waited for after the warm-up."""
    figures = {}
    is_other = _of_others(run.net).tolist()
    over = run.completed >= run.net.warm_up
    for index, node in enumerate(run.net.nodes):
        rows = np.flatnonzero(over & (run.node == index)) if _is_awaited(node) else ()
        if len(rows):
            wait_s = float((run.completed[rows] - run.scheduled[rows]).mean()) / US
            figures[node.element_id] = {
                "visits": float(len(rows)),
                "wait": wait_s,
                "wait_other_party": wait_s if is_other[index] else 0.0,
            }
    return figures


def _of_others(net: Net) -> NDArray[np.bool_]:
    """Tell by node whether it waits for another party."""
    found = np.array([_is_for_other(node) for node in net.nodes], dtype=np.bool_)
    for node in net.nodes:
        if node.kind is Kind.RACE:
            rivals = [edge.target for edge in node.outs]
            found[rivals] = found[rivals].any()
    return found


def _is_for_other(node: Node) -> bool:
    is_timer = node.trigger is not None and node.trigger.kind is EventKind.TIMER
    return _is_awaited(node) and not is_timer


def _is_awaited(node: Node) -> bool:
    types = {NodeType.INTERMEDIATE_CATCH_EVENT, NodeType.RECEIVE_TASK}
    return node.bpmn_type in types and node.pool < 0
