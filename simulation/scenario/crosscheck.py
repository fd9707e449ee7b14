"""Checks of a scenario against its process: ids, roles, calendars, what can be simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.label import label
from engine.domain.process_graph import (
    FlowNode,
    NodeType,
    ProcessGraph,
)
from engine.domain.simulated import not_simulated
from engine.expressions import InvalidExpression, compile_expression
from simulation.scenario.flow import AUTOMATIC, flow_findings, performed
from simulation.scenario.references import (
    Found,
    arrivals_at,
    decisions,
    drawn_names,
    references,
    unknown,
)
from simulation.scenario.staffing_checks import staffing_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.scenario.branch import Branch
    from simulation.scenario.document import Document
    from simulation.scenario.yaml_lines import Key


def crosscheck(document: Document, graph: ProcessGraph) -> list[Found]:
    """Return what is wrong between a document and its process."""
    return [
        *((("model", node_id), None, words) for node_id, words in not_simulated(graph)),
        *references(document, graph),
        *_roles(document, graph),
        *staffing_problems(document, graph, lambda node: role_of(node, document, graph)),
        *_durations(document, graph),
        *flow_findings(document, graph),
        *_branches(document, graph),
        *_expressions(document, graph),
    ]


def role_of(node: FlowNode, document: Document, graph: ProcessGraph) -> str | None:
    """Return the resource that performs an activity; None: nobody, or nobody is known.

    A demand decides; else the resource that is called like the lane's id or name.
    """
    demand = document.demands.get(node.id)
    if demand is not None:
        return demand.role
    if node.lane is None:
        return None
    name = graph.lanes[node.lane].name
    names = (node.lane, name, label(name, "en"), label(name, "zh"))
    return next((name for name in names if name in document.resources), None)


def shares_of(gateway: FlowNode, document: Document, graph: ProcessGraph) -> dict[str, float]:
    """Return the share of each flow (by id) that leaves a decision; none: conditions decide."""
    branch = document.branches.get(gateway.id)
    given = (branch.shares if branch is not None else None) or {}
    ids = flow_ids(gateway, graph)
    return {ids[name]: share for name, share in given.items() if name in ids}


def table_of(
    gateway: FlowNode, document: Document, graph: ProcessGraph
) -> tuple[str, dict[str, dict[str, float]], dict[str, float] | None] | None:
    """Return the attribute, the shares of each flow by its value, and those of other values."""
    branch = document.branches.get(gateway.id)
    if branch is None or branch.by is None:
        return None
    ids = flow_ids(gateway, graph)
    rows = {
        value: {ids[name]: share for name, share in shares.items()}
        for value, shares in branch.table.items()
    }
    rest = branch.otherwise
    return branch.by, rows, None if rest is None else {ids[n]: share for n, share in rest.items()}


def flow_ids(gateway: FlowNode, graph: ProcessGraph) -> dict[str, str]:
    """Return the flows of a gateway by every name they go by: id, name, or where they lead."""
    names: dict[str, str] = {}
    flows = graph.outgoing(gateway.id)
    for flow in flows:
        for name in (flow.id, flow.name, label(flow.name, "en"), label(flow.name, "zh")):
            if name:
                names.setdefault(name, flow.id)
    for flow in flows:
        names.setdefault(flow.target, flow.id)
    return names


def _roles(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for node in performed(graph):
        known = role_of(node, document, graph) is not None or node.id in document.demands
        if not known and node.type not in AUTOMATIC:
            lane = f"its lane {node.lane} is no resource" if node.lane else "it has no lane"
            words = f"nobody performs it: {lane}; name a resource, or none"
            yield ("demands", node.id), None, words


def _durations(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for node in performed(graph):
        if node.id not in document.durations and node.type not in AUTOMATIC:
            yield ("durations", node.id), None, "is required: how long does this activity take?"


def _branches(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for gateway in decisions(graph):
        branch = document.branches.get(gateway.id)
        if branch is None or branch.is_condition:
            yield from _conditions_given(gateway, graph)
            continue
        for path, shares in _written_shares(branch):
            yield from _shares(gateway, ("branches", gateway.id, *path), shares, graph)


def _written_shares(branch: Branch) -> Iterator[tuple[Key, Mapping[str, float]]]:
    if branch.shares is not None:
        yield (), branch.shares
    for value, shares in branch.table.items():
        yield ("table", value), shares
    if branch.otherwise is not None:
        yield ("else",), branch.otherwise


def _shares(
    gateway: FlowNode, path: Key, shares: Mapping[str, float], graph: ProcessGraph
) -> Iterator[Found]:
    ids = flow_ids(gateway, graph)
    for name in shares:
        yield from unknown((*path, name), name, ids, what="flows")
    if len({ids[name] for name in shares if name in ids}) < len(shares):
        yield path, None, "names a flow twice"
    total = sum(shares.values())
    if gateway.type is NodeType.INCLUSIVE_GATEWAY:
        if total == 0:
            yield path, shares, "needs a share above 0%: nobody would go on"
    elif abs(total - 1) > 1e-6:
        yield path, shares, f"needs shares that add up to 100%, these make {100 * total:.6g}%"


def _conditions_given(gateway: FlowNode, graph: ProcessGraph) -> Iterator[Found]:
    for flow in graph.outgoing(gateway.id):
        if flow.condition is None and flow.id != gateway.default_flow:
            words = "is required: the model has no conditions here; give the share of each flow"
            yield ("branches", gateway.id), None, words
            return


def _expressions(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    """Every name in an expression is case data that each arrival draws."""
    texts = [
        (("priorities", name), priority)
        for name, priority in document.priorities.items()
        if isinstance(priority, str)
    ]
    texts += [
        (("branches", gateway.id), flow.condition)
        for gateway in decisions(graph)
        if gateway.id not in document.branches or document.branches[gateway.id].is_condition
        for flow in graph.outgoing(gateway.id)
        if flow.condition is not None
    ]
    for path, text in texts:
        arrivals = arrivals_at(str(path[1]), document, graph)
        try:
            names = compile_expression(text).names
        except InvalidExpression as error:
            yield path, text, f"is not an expression: {error}"
            continue
        for start, arrival in arrivals.items():
            for name in sorted(names - drawn_names(arrival)):
                words = f"needs case data {name!r}: add it to arrivals.{start}.attributes"
                yield path, text, words
