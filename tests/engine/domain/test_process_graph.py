import pytest

from engine.domain.process_graph import FlowNode, NodeType, ProcessGraph, SequenceFlow

NODES = {
    node.id: node
    for node in (
        FlowNode("start", NodeType.START_EVENT),
        FlowNode("a", NodeType.USER_TASK),
        FlowNode("late", NodeType.BOUNDARY_EVENT, attached_to="a"),
        FlowNode("end", NodeType.END_EVENT),
    )
}
FLOWS = {
    flow.id: flow
    for flow in (
        SequenceFlow("f3", "late", "end"),
        SequenceFlow("f1", "start", "a"),
        SequenceFlow("f2", "a", "end"),
    )
}
GRAPH = ProcessGraph("visit", "Visit", NODES, FLOWS, {})


def test_flows_of_a_node_come_in_the_order_of_the_file():
    assert [flow.id for flow in GRAPH.incoming("end")] == ["f3", "f2"]
    assert [flow.id for flow in GRAPH.outgoing("a")] == ["f2"]
    assert GRAPH.outgoing("end") == ()


def test_nodes_are_found_by_type():
    found = GRAPH.of_type(NodeType.USER_TASK, NodeType.END_EVENT)

    assert [node.id for node in found] == ["a", "end"]


def test_boundary_events_are_found_by_their_activity():
    assert GRAPH.boundary_events("a") == (NODES["late"],)
    assert GRAPH.boundary_events("start") == ()


def test_flow_between_unknown_nodes_is_a_bug_of_the_caller():
    with pytest.raises(KeyError):
        ProcessGraph("p", "P", NODES, {"x": SequenceFlow("x", "a", "nowhere")}, {})
