"""Events that throw, on their way or at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind
from simulation.flow.frames import Thrown
from simulation.flow.scopes import end
from simulation.flow.undo import cancelling, compensating

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter
    from simulation.net import Node

_SENT = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})


def throwing(flow: Flow, index: int, node: Node) -> Enter:
    """Throw; go on, unless what was thrown ended the scope."""
    if node.throws is not None and node.throws.kind is EventKind.COMPENSATION:
        return compensating(flow, index, node)
    throw, ways, turn = thrower(flow, node), flow.ways[index], flow.frames.turn

    def enter(frame: int, now: int) -> None:
        before = turn[frame]
        throw(frame, now)
        if turn[frame] == before:
            ways[0](frame, now)

    return enter


def thrower(flow: Flow, node: Node) -> Enter:
    """Return what throws from a frame."""
    throws, scope = node.throws, flow.frames.scope
    assert throws is not None
    if throws.kind in _SENT:
        return flow.mail.send_of(throws)
    thrown = Thrown(throws.kind, throws.name)
    return lambda frame, now: scope(frame).thrown(thrown, now)


def terminating(flow: Flow) -> Enter:
    """End every token of the scope."""
    scope = flow.frames.scope
    return lambda frame, now: scope(frame).terminate(now)


def ending(flow: Flow, index: int, node: Node) -> Enter:
    """Return an end event of a scope that is watched."""
    if node.throws is None:
        return end(flow.frames)
    if node.throws.kind is EventKind.TERMINATE:
        return terminating(flow)
    if node.throws.kind is EventKind.CANCEL:
        return cancelling(flow, index)
    return throwing(flow, index, node)
