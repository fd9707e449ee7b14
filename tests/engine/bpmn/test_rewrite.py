"""What BPMN lets one leave out is made explicit, and the graph means the same."""

from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.domain.process_graph import NodeType
from engine.errors import Severity
from tests.engine.bpmn.builders import element, end, model, parallel, start, user, xor
from tests.engine.bpmn.drawings import sub, with_roots


def graph_of(xml: bytes):
    assert not [f for f in lint(xml, source="x") if f.severity is Severity.ERROR]
    return read_graph(xml, source="x")


def ways(graph) -> dict[str, list[str]]:
    return {n: [flow.target for flow in graph.outgoing(n)] for n in graph.nodes}


def test_explicit_graph_is_left_alone():
    graph = graph_of(model(start() + user("a") + end(), "start > a > end"))

    assert not [n for n in [*graph.nodes.values(), *graph.flows.values()] if n.is_generated]


def test_way_that_just_stops_gets_an_end_event():
    graph = graph_of(model(start() + user("a"), "start > a"))

    assert ways(graph) == {"start": ["a"], "a": ["a/end"], "a/end": []}
    assert graph.nodes["a/end"].type is NodeType.END_EVENT
    assert graph.nodes["a/end"].is_generated


def test_process_without_start_event_begins_at_every_node_that_nothing_leads_to():
    graph = graph_of(model(user("a", "b") + parallel("j") + end(), "a > j > end\nb > j"))

    assert ways(graph)["visit/start"] == ["visit/start/split"]
    assert ways(graph)["visit/start/split"] == ["a", "b"]
    assert graph.nodes["visit/start/split"].type is NodeType.PARALLEL_GATEWAY


def test_several_flows_out_of_a_task_are_all_taken():
    graph = graph_of(model(start() + user("a", "b") + end(), "start > a > b > end\na > end"))

    assert ways(graph)["a"] == ["a/split"]
    assert ways(graph)["a/split"] == ["b", "end"]
    assert graph.nodes["a/split"].type is NodeType.PARALLEL_GATEWAY


def test_conditional_flows_out_of_a_task_are_decided_behind_it():
    a = element("userTask", "a", default="a_end")
    nodes = start() + a + user("b", "c") + end()
    graph = graph_of(
        model(nodes, "start > a\na > b : x > 1\na > c : x > 2\na > end\nb > end\nc > end")
    )

    split = graph.nodes["a/split"]
    assert (split.type, split.default_flow) == (NodeType.INCLUSIVE_GATEWAY, "a_end")
    assert [flow.condition for flow in graph.outgoing("a/split")] == ["x > 1", "x > 2", None]
    assert graph.nodes["a"].default_flow is None


def test_flow_without_condition_beside_conditional_ones_is_always_taken():
    graph = graph_of(
        model(start() + user("a", "b") + end(), "start > a\na > b : x > 1\na > end\nb > end")
    )

    assert [flow.condition for flow in graph.outgoing("a/split")] == ["x > 1", "true"]


def test_empty_subprocess_is_passed_like_a_task():
    graph = graph_of(model(start() + sub("a", "") + end(), "start > a > end"))

    assert graph.nodes["a"].type is NodeType.TASK


def test_subprocess_is_made_explicit_within_itself():
    graph = graph_of(model(start() + sub("a", user("b")) + end(), "start > a > end"))

    inside = [node.id for node in graph.children("a")]
    assert inside == ["b", "a/start", "b/end"]
    assert ways(graph)["a/start"] == ["b"]


def test_nodes_of_a_subprocess_are_in_its_lane():
    lanes = '<laneSet id="l"><lane id="ward"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    inner = sub("c", user("d"))
    graph = graph_of(
        model(lanes + start() + sub("a", user("b") + inner, "b > c") + end(), "start > a > end")
    )

    assert {graph.nodes[n].lane for n in ("a", "b", "c", "d", "d/end")} == {"ward"}


def test_call_of_a_global_task_is_done_in_place():
    roots = element("globalUserTask", "ask", name="Ask")
    called = element("callActivity", "a", calledElement="ask")
    graph = graph_of(with_roots(roots, start() + called + end(), "start > a > end"))

    assert (graph.nodes["a"].type, graph.nodes["a"].called) == (NodeType.USER_TASK, None)


def test_gateway_that_splits_needs_no_other():
    graph = graph_of(
        model(
            start() + xor("g", default="g_b") + user("a", "b") + end(),
            "start > g > a : x\ng > b\na > end\nb > end".replace("g > a : x", "g\ng > a : x"),
        )
    )

    assert "g/split" not in graph.nodes
