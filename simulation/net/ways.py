"""Where tokens of a net can get to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.net.parts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulation.net.parts import Net, Node

INSTANT = frozenset({Kind.DECISION, Kind.PARALLEL, Kind.INCLUSIVE, Kind.THROW})


def ways_out(node: Node) -> list[int]:
    """Return the numbers of the nodes that tokens go to, without ways of no share."""
    rows = [*node.by_value.values(), *([node.shares] if node.shares is not None else [])]
    if node.trigger is not None or not rows:
        return [edge.target for edge in node.outs]
    return [
        edge.target
        for way, edge in enumerate(node.outs)
        if any(row[way] > 0 for row in rows) or way == node.default
    ]


def within_scope(net: Net, index: int) -> list[int]:
    """Return where a token may go on in its scope: behind a node, or from its border."""
    node = net.nodes[index]
    found = [border for border in node.borders if _may_happen(net.nodes[border])]
    return found + ways_out(node)


def reached(net: Net, starts: Iterable[int], *, inside: bool = True) -> set[int]:
    """Return the nodes that tokens get to from these, subprocesses included."""
    seen: set[int] = set()
    todo = list(starts)
    while todo:
        index = todo.pop()
        if index in seen:
            continue
        seen.add(index)
        todo += within_scope(net, index)
        if inside:
            todo += _opened(net, index)
    return seen


def entered(net: Net) -> list[int]:
    """Return the nodes that cases enter: from arrivals, or by messages of the model."""
    by_message = [starter.edge.target for starter in net.started_by.values()]
    first = [edge.target for edge in net.entries.values()]
    return [*first, *by_message, *_listening(net, [*first, *by_message])]


def _opened(net: Net, index: int) -> list[int]:
    """Return what begins in the scope that a node opens, and what undoes the node."""
    node = net.nodes[index]
    undo = [node.undone_by] if node.undone_by >= 0 else []
    if node.inner < 0:
        return undo
    plan = net.scopes[node.inner]
    return [*undo, *(edge.target for edge in plan.starts), *plan.listeners]


def _listening(net: Net, entries: Iterable[int]) -> list[int]:
    scopes = {net.nodes[index].scope for index in entries}
    return [index for scope in scopes if net.scopes for index in net.scopes[scope].listeners]


def _may_happen(node: Node) -> bool:
    return node.shares is None or node.shares[0] > 0
