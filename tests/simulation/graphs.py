"""Process graphs for tests, written as a reader would draw them on one line per path."""

from __future__ import annotations

from engine.domain.process_graph import (
    EventDefinition,
    EventKind,
    FlowNode,
    Lane,
    NodeType,
    ProcessGraph,
    SequenceFlow,
    TimerDefinition,
    TimerKind,
)

_PREFIXES = {
    "start": NodeType.START_EVENT,
    "end": NodeType.END_EVENT,
    "gw": NodeType.EXCLUSIVE_GATEWAY,
    "and": NodeType.PARALLEL_GATEWAY,
    "result": NodeType.INTERMEDIATE_CATCH_EVENT,
    "timer": NodeType.INTERMEDIATE_CATCH_EVENT,
}


def graph(*paths: str, lanes: dict[str, str] | None = None) -> ProcessGraph:
    """Build a graph of paths such as "start > register > gw =yes> consult > end".

    The first word of an id says its type (start, end, gw, and, timer, result), all else is a
    user task; ``=name>`` names a flow; ``lanes`` maps node ids to lane ids.
    """
    lanes = lanes or {}
    nodes: dict[str, FlowNode] = {}
    flows: dict[str, SequenceFlow] = {}
    for path in paths:
        words = path.split()
        for word in words[::2]:
            nodes.setdefault(word, _node(word, lanes.get(word)))
        for source, arrow, target in zip(words[::2], words[1::2], words[2::2], strict=False):
            name = arrow.strip("=>")
            id_ = name or f"{source}_{target}"
            flows[id_] = SequenceFlow(id_, source, target, name)
    known = {lane: Lane(lane, lane) for lane in lanes.values()}
    return ProcessGraph("test", "Test", nodes, flows, known)


def _node(id_: str, lane: str | None) -> FlowNode:
    type_ = _PREFIXES.get(id_.split("_", maxsplit=1)[0], NodeType.USER_TASK)
    event = None
    if type_ is NodeType.INTERMEDIATE_CATCH_EVENT:
        timer = TimerDefinition(TimerKind.DURATION, "PT35M")
        event = EventDefinition(EventKind.TIMER, timer=timer)
    return FlowNode(id_, type_, id_, lane=lane, event=event)
