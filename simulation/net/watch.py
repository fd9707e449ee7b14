"""Which scopes of a model are watched: those in which tokens may be withdrawn, or sought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import SCOPES, EventKind, FlowNode, NodeType, ProcessGraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ENDS_MORE = frozenset({EventKind.ERROR, EventKind.CANCEL, EventKind.COMPENSATION})
_SPLITS = frozenset({NodeType.PARALLEL_GATEWAY, NodeType.INCLUSIVE_GATEWAY})


def watched_scopes(
    graph: ProcessGraph, opened: Collection[str | None], left: Collection[str] = ()
) -> set[str | None]:
    """Return the scopes, by the ``parent`` of their nodes, whose frames are not just cases.

    ``opened`` are the processes that are called or started by a message, ``left`` the
    activities at which a case may leave the queue, and end.
    """
    watched: set[str | None] = {node.id for node in graph.nodes.values() if node.type in SCOPES}
    processes = {node.parent for node in graph.nodes.values()} - watched
    return watched | {p for p in processes if p in opened or _is_watched(graph, p, left)}


def flat_scopes(graph: ProcessGraph, watched: Collection[str | None]) -> set[str]:
    """Return the subprocesses that need no frame: one token goes in, and comes out again."""
    flat: set[str] = set()
    for node in graph.nodes.values():  # those outside come before those inside
        around = node.parent not in watched or node.parent in flat
        if node.type is NodeType.SUB_PROCESS and around and _is_flat(node, graph):
            flat.add(node.id)
    return flat


def _is_flat(node: FlowNode, graph: ProcessGraph) -> bool:
    if node.is_event_sub_process or node.loop is not None or node.is_for_compensation:
        return False
    own = graph.children(node.id)
    starts = [child for child in own if child.type is NodeType.START_EVENT]
    if graph.boundary_events(node.id) or len(starts) != 1:
        return False
    return not any(_parts(child, graph) for child in own)


def _parts(node: FlowNode, graph: ProcessGraph) -> bool:
    """Whether tokens may become more or fewer at a node, or what it throws matters outside."""
    if node.type in _SPLITS:
        return len(graph.outgoing(node.id)) > 1 or len(graph.incoming(node.id)) > 1
    if node.type is NodeType.END_EVENT:
        return node.event is not None and not node.is_terminate
    beside = node.type is NodeType.BOUNDARY_EVENT and not node.is_interrupting
    undoes = node.compensated_by is not None or node.is_for_compensation
    return node.is_event_sub_process or beside or undoes


def inside(graph: ProcessGraph, parent: str | None) -> Iterator[FlowNode]:
    """Yield the nodes of a scope, of those in it, and of the processes that are called there."""
    seen: set[str | None] = set()
    todo = [parent]
    while todo:
        scope = todo.pop()
        if scope in seen:
            continue
        seen.add(scope)
        for node in graph.children(scope):
            yield node
            if node.type in SCOPES:
                todo.append(node.id)
            if node.called is not None:
                todo.append(None if node.called.key == graph.key else node.called.key)


def _is_watched(graph: ProcessGraph, process: str | None, left: Collection[str]) -> bool:
    own = graph.children(process)
    if any(node.is_event_sub_process for node in own):
        return True
    if any(_ends_more(node) for node in inside(graph, process)):
        return True
    if any(_is_meeting(node, graph) for node in own):
        return True
    ends_all = any(node.is_terminate for node in own)
    ends_all |= any(node.id in left for node in inside(graph, process))
    return ends_all and any(_splits(node, graph) for node in own)


def _ends_more(node: FlowNode) -> bool:
    throws = node.type in {NodeType.END_EVENT, NodeType.INTERMEDIATE_THROW_EVENT}
    return throws and node.event is not None and node.event.kind in _ENDS_MORE


def _is_meeting(node: FlowNode, graph: ProcessGraph) -> bool:
    return node.type is NodeType.INCLUSIVE_GATEWAY and len(graph.incoming(node.id)) > 1


def _splits(node: FlowNode, graph: ProcessGraph) -> bool:
    if node.type is NodeType.BOUNDARY_EVENT:
        return not node.is_interrupting
    return node.type in _SPLITS and len(graph.outgoing(node.id)) > 1
