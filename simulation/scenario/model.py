"""The processes that a scenario is about, as one graph.

The first is the one whose start events have arrivals, or the first executable one. Beside it
stand those that also have arrivals, that are called (from the same file or a BPMN file beside
it), or that a message or signal of the model starts. Their nodes have the id of their process
as parent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn.graph import read_graph
from engine.bpmn.processes import process_ids
from engine.bpmn.read import read_file
from engine.domain.process_graph import EventKind, FlowNode, NodeType, ProcessGraph, SequenceFlow
from engine.errors import Finding, InvalidModel
from simulation.scenario.flow import sent_by_model

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_MOST_FILES = 200  # beside the model, looked through for a process that is called
_NAMELESS = frozenset({NodeType.START_EVENT, NodeType.END_EVENT, NodeType.PARALLEL_GATEWAY})


def read_model(
    xml: bytes, *, source: str, folder: Path | None, starts: Collection[str]
) -> ProcessGraph:
    """Read the processes that matter into one graph. Raises InvalidModel."""
    graph = read_graph(xml, source=source)
    ids = [summary.id for summary in process_ids(xml, source=source)]
    if len(ids) < 2 and not graph.of_type(NodeType.CALL_ACTIVITY):
        return graph
    here = {graph.key: graph}
    here |= {id_: read_graph(xml, source=source, process=id_) for id_ in ids if id_ != graph.key}
    with_arrivals = [g for g in here.values() if set(starts) & g.nodes.keys()]
    first = graph if graph in with_arrivals or not with_arrivals else with_arrivals[0]
    return joined([first, *_others(first, here, with_arrivals, folder)], source=source)


def joined(graphs: list[ProcessGraph], *, source: str) -> ProcessGraph:
    """Return the graphs as one. Raises InvalidModel if they share ids that a scenario may name."""
    first, *rest = graphs
    nodes, flows, lanes = dict(first.nodes), dict(first.flows), dict(first.lanes)
    for graph in rest:
        own = _renamed(graph, nodes.keys() | flows.keys(), source)
        nodes |= {
            id_: node if node.parent is not None else replace(node, parent=graph.key)
            for id_, node in own.nodes.items()
        }
        flows |= own.flows
        lanes |= graph.lanes
    return replace(first, nodes=nodes, flows=flows, lanes=lanes)


def _others(
    first: ProcessGraph,
    here: dict[str, ProcessGraph],
    with_arrivals: list[ProcessGraph],
    folder: Path | None,
) -> list[ProcessGraph]:
    """Return the processes that take part beside the first one, in the order they are met."""
    found: dict[str, ProcessGraph] = {first.key: first}
    todo = [first, *with_arrivals]
    while todo:
        graph = todo.pop(0)
        found.setdefault(graph.key, graph)
        near = [*_called(graph, here, folder), *_started(graph, here)]
        todo += [other for other in near if other.key not in found and other not in todo]
    return [graph for key, graph in found.items() if key != first.key]


def _called(
    graph: ProcessGraph, here: dict[str, ProcessGraph], folder: Path | None
) -> Iterator[ProcessGraph]:
    for node in graph.of_type(NodeType.CALL_ACTIVITY):
        if node.called is None:
            continue
        known = here.get(node.called.key) or _beside(node.called.key, folder)
        if known is not None:
            here.setdefault(known.key, known)
            yield known


def _started(graph: ProcessGraph, here: dict[str, ProcessGraph]) -> Iterator[ProcessGraph]:
    sent = sent_by_model(graph)
    for other in here.values():
        for start in other.of_type(NodeType.START_EVENT):
            if start.parent is None and start.event is not None and _key(start) in sent:
                yield other


def _key(node: FlowNode) -> tuple[EventKind, str | None]:
    assert node.event is not None
    return node.event.kind, node.event.name


def _beside(key: str, folder: Path | None) -> ProcessGraph | None:
    """Return a process of another BPMN file in the folder of the model."""
    if folder is None:
        return None
    for path in sorted(folder.glob("*.bpmn"))[:_MOST_FILES]:
        try:
            xml = read_file(path)
            if key in {summary.id for summary in process_ids(xml, source=path.name)}:
                return read_graph(xml, source=path.name, process=key)
        except (OSError, InvalidModel):
            continue  # what is wrong with a file that is not meant is not our business
    return None


def _renamed(graph: ProcessGraph, taken: Collection[str], source: str) -> ProcessGraph:
    """Return a graph whose ids are its own: those nobody names get the process before them."""
    new = {id_: f"{graph.key}:{id_}" for id_ in (*graph.nodes, *graph.flows) if id_ in taken}
    for id_ in new:
        node = graph.nodes.get(id_)
        if node is not None and node.type not in _NAMELESS:
            words = f"{id_} is also an element of {graph.key}: give one of them another id"
            raise InvalidModel(source, [Finding("same-id", words, element_id=id_, line=node.line)])
    if not new:
        return graph
    nodes = {new.get(id_, id_): _node(node, new) for id_, node in graph.nodes.items()}
    flows = {new.get(id_, id_): _flow(flow, new) for id_, flow in graph.flows.items()}
    return replace(graph, nodes=nodes, flows=flows)


def _node(node: FlowNode, new: dict[str, str]) -> FlowNode:
    default = node.default_flow
    return replace(
        node,
        id=new.get(node.id, node.id),
        default_flow=None if default is None else new.get(default, default),
    )


def _flow(flow: SequenceFlow, new: dict[str, str]) -> SequenceFlow:
    return replace(
        flow,
        id=new.get(flow.id, flow.id),
        source=new.get(flow.source, flow.source),
        target=new.get(flow.target, flow.target),
    )
