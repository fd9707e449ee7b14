"""ProcessGraph + scenario → net."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn.paths import upstream_places
from engine.domain.process_graph import SCOPES, EventKind, FlowNode, NodeType
from engine.domain.wall_time import moment_at
from engine.expressions import compile_expression
from simulation.net.layout import Layout
from simulation.net.parts import NO_TIME, US, Comes, Kind, Net, Node, Throws
from simulation.net.pools import pool_plan
from simulation.net.repeats import repeat_of
from simulation.net.timing import THROWN, wait_of
from simulation.scenario.crosscheck import role_of, shares_of, table_of
from simulation.scenario.distribution import build
from simulation.scenario.references import activities

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph
    from engine.expressions import Expression
    from simulation.scenario.document import Document
    from simulation.scenario.load import Scenario
    from simulation.scenario.work import Repetition

_FRAMED = frozenset({Kind.CATCH, Kind.RACE, Kind.SCOPE, Kind.INCLUSIVE})
_GATES = {
    NodeType.EXCLUSIVE_GATEWAY: Kind.DECISION,
    NodeType.PARALLEL_GATEWAY: Kind.PARALLEL,
    NodeType.INCLUSIVE_GATEWAY: Kind.INCLUSIVE,
    NodeType.EVENT_BASED_GATEWAY: Kind.RACE,
}
_THROWING = {
    NodeType.INTERMEDIATE_THROW_EVENT: Kind.THROW,
    NodeType.END_EVENT: Kind.END,
}
_EVENTS = {
    NodeType.INTERMEDIATE_CATCH_EVENT: Kind.CATCH,
    NodeType.BOUNDARY_EVENT: Kind.BORDER,
    NodeType.START_EVENT: Kind.LISTENER,
}


def compile_net(scenario: Scenario) -> Net:
    """Compile a scenario; the document was checked when it was loaded."""
    return _Compiler(scenario.document, scenario.graph).net()


def _throws_more(node: Node) -> bool:
    return node.throws is not None and node.throws.kind is not EventKind.TERMINATE


class _Compiler:
    """Turns each node that keeps a token or sends it several ways into a node of the net."""

    def __init__(self, document: Document, graph: ProcessGraph) -> None:
        self.document, self.graph = document, graph
        self.roles = tuple(document.resources)
        full = {role for role, queue in document.queues.items() if queue.capacity is not None}
        left = {n.id for n in activities(graph) if role_of(n, document, graph) in full}
        again = {start for start, a in document.arrivals.items() if a.population is not None}
        self.layout = Layout(graph, left=left | document.patience.keys(), again=again)

    def net(self) -> Net:
        run, layout = self.document.run, self.layout
        epoch = moment_at(run.start, self.document.timezone)
        starts = [id_ for id_ in self.document.arrivals if id_ in self.graph.nodes]
        return Net(
            process_key=self.graph.key,
            document=self.document,
            epoch=epoch,
            until=None if run.until is None else round(run.until * US),
            warm_up=round(run.warm_up * US),
            nodes=tuple(self._placed(node) for node in layout.kept),
            pools=tuple(pool_plan(self.document, role) for role in self.roles),
            entries={id_: layout.edge(self.graph.outgoing(id_)[0]) for id_ in starts},
            scopes=layout.scopes(),
            started_by=layout.started_by(),
        )

    def _placed(self, flow_node: FlowNode) -> Node:
        """Return a node with what it is in, what is at its border, and how often it is done."""
        node, layout = self._node(flow_node), self.layout
        borders = self.graph.boundary_events(flow_node.id)
        undo = next((event.compensated_by for event in borders if event.compensated_by), None)
        undo = undo or self._own_undoing(flow_node)
        numbers = tuple(layout.index[event.id] for event in borders if event.id in layout.index)
        loop = flow_node.loop
        repeat = None if loop is None else repeat_of(loop, self._repetition(flow_node))
        is_watched = flow_node.parent in layout.watched
        is_own = bool(numbers) or repeat is not None or undo is not None
        return replace(
            node,
            scope=layout.number[flow_node.parent],
            is_managed=is_watched or is_own or node.kind in _FRAMED or _throws_more(node),
            borders=numbers,
            repeat=repeat,
            undone_by=-1 if undo is None else layout.index[undo],
        )

    def _own_undoing(self, node: FlowNode) -> str | None:
        """Return the event subprocess that says how its subprocess is undone."""
        inner = self.graph.children(node.id) if node.type in SCOPES else ()
        for handler in (one for one in inner if one.is_event_sub_process):
            events = [child.event for child in self.graph.children(handler.id) if child.event]
            if events and events[0].kind is EventKind.COMPENSATION:
                return handler.id
        return None

    def _node(self, node: FlowNode) -> Node:
        if node.type in _GATES:
            return self._gate(node, _GATES[node.type])
        if flat := self._of_flat(node):
            return flat
        if node.type in _EVENTS:
            return self._event(node, _EVENTS[node.type])
        if node.type in _THROWING:
            return replace(self._with_ways(node, _THROWING[node.type]), throws=self._throws(node))
        if node.type in SCOPES or (node.called is not None and self.layout.holds(node.called.key)):
            return self._scope(node)
        return self._activity(node)

    def _gate(self, node: FlowNode, kind: Kind) -> Node:
        if kind is Kind.DECISION:
            return self._decision(node)
        return self._inclusive(node) if kind is Kind.INCLUSIVE else self._with_ways(node, kind)

    def _with_ways(self, node: FlowNode, kind: Kind, role: str | None = None) -> Node:
        out = self.graph.outgoing(node.id)
        return Node(
            node.id,
            kind,
            node.type,
            role,
            outs=tuple(self.layout.edge(flow) for flow in out),
            flows=tuple(flow.id for flow in out),
            ways_in=max(1, len(self.graph.incoming(node.id))),
        )

    def _of_flat(self, node: FlowNode) -> Node | None:
        """Return the node into or out of a subprocess that needs no frame."""
        if node.id in self.layout.flat:
            return self._entering(node)
        is_way_out = node.type is NodeType.END_EVENT and node.parent in self.layout.flat
        return self._leaving(node) if is_way_out else None

    def _entering(self, node: FlowNode) -> Node:
        """A subprocess without a frame: into its first node."""
        inner = self.graph.children(node.id)
        start = next(child for child in inner if child.type is NodeType.START_EVENT)
        edge = self.layout.edge(self.graph.outgoing(start.id)[0])
        return replace(self._with_ways(node, Kind.ENTER, node.lane), outs=(edge,))

    def _leaving(self, node: FlowNode) -> Node:
        """An end event in it: out again, behind the subprocess."""
        holder = self.graph.nodes[node.parent or ""]
        behind = self._with_ways(holder, Kind.LEAVE)
        entered = self.layout.index[holder.id]
        return replace(behind, element_id=node.id, bpmn_type=node.type, entered_at=entered)

    def _event(self, node: FlowNode, kind: Kind) -> Node:
        trigger, duration, shares = wait_of(node, self.document)
        made = replace(
            self._with_ways(node, kind, node.lane),
            trigger=trigger,
            duration=duration,
            shares=shares,
        )
        if kind is Kind.LISTENER:
            handler = self.layout.index[node.parent or ""]
            return replace(made, outs=(replace(made.outs[0], target=handler, port=0),))
        is_plain = trigger.comes is Comes.TIME and trigger.in_calendar is None and shares is None
        return replace(made, kind=Kind.DELAY) if kind is Kind.CATCH and is_plain else made

    def _scope(self, node: FlowNode) -> Node:
        if node.called is not None:
            inner = self.layout.called_scope(node.called.key)
        else:
            inner = self.layout.number[node.id]
        return replace(self._with_ways(node, Kind.SCOPE, node.lane), inner=inner)

    def _activity(self, node: FlowNode) -> Node:
        work = self.document.durations.get(node.id)
        if node.type is NodeType.RECEIVE_TASK and node.event is not None and work is None:
            return self._event(node, Kind.CATCH)
        role = role_of(node, self.document, self.graph)
        if node.called is not None and node.id not in self.document.demands:
            role = None  # a process that is not here takes its time, and nobody of ours
        priority = self.document.priorities.get(node.id, 0)
        made = self._with_ways(node, Kind.DELAY if role is None else Kind.WORK)
        return replace(
            made,
            role=role if role is not None else node.lane,
            pool=-1 if role is None else self.roles.index(role),
            duration=build(work.work, floor=0.0) if work else NO_TIME,
            works_on=work is not None and work.outside_calendar == "finish",
            priority=compile_expression(priority) if isinstance(priority, str) else float(priority),
            throws=self._throws(node) if node.type is NodeType.SEND_TASK else None,
        )

    def _decision(self, node: FlowNode) -> Node:
        made = self._with_ways(node, Kind.DECISION)
        if share_of := shares_of(node, self.document, self.graph):
            return replace(made, shares=tuple(share_of.get(flow, 0.0) for flow in made.flows))
        if table := table_of(node, self.document, self.graph):
            by, rows, otherwise = table
            by_value = {
                value: tuple(share_of.get(flow, 0.0) for flow in made.flows)
                for value, share_of in rows.items()
            }
            rest = None
            if otherwise is not None:
                rest = tuple(otherwise.get(flow, 0.0) for flow in made.flows)
            return replace(made, by=by, by_value=by_value, shares=rest)
        return replace(made, conditions=self._conditions(node))

    def _inclusive(self, node: FlowNode) -> Node:
        made = replace(self._decision(node), kind=Kind.INCLUSIVE)
        upstream = upstream_places(self.graph, node.id)
        index = self.layout.index
        before = tuple(
            frozenset(index[place] for place in upstream[flow.id] if place in index)
            for flow in self.graph.incoming(node.id)
        )
        default = -1
        if node.default_flow in made.flows:
            default = made.flows.index(node.default_flow)
        return replace(made, before=before, default=default)

    def _conditions(self, node: FlowNode) -> tuple[Expression | None, ...]:
        return tuple(
            None
            if flow.id == node.default_flow or flow.condition is None
            else compile_expression(flow.condition)
            for flow in self.graph.outgoing(node.id)
        )

    def _throws(self, node: FlowNode) -> Throws | None:
        event = node.event
        if event is None:
            return None
        name = event.code if event.kind in THROWN else event.name
        activity = -1
        if event.kind is EventKind.COMPENSATION and event.activity is not None:
            activity = self.layout.index[event.activity]
        return Throws(event.kind, name, activity, event.waits)

    def _repetition(self, node: FlowNode) -> Repetition | None:
        return self.document.repetitions.get(node.id)
