import pytest

from engine.bpmn.graph import read_graph
from engine.domain.process_graph import FlowNode, Lane, NodeType, TimerDefinition, TimerKind
from engine.errors import InvalidModel
from tests.engine.bpmn.builders import (
    boundary,
    definitions,
    element,
    end,
    flows,
    model,
    process,
    start,
    user,
    wait,
    xor,
)

LANES = """<laneSet id="lanes">
<lane id="clinic" name="Clinic"><flowNodeRef>start</flowNodeRef><flowNodeRef>a</flowNodeRef>
<childLaneSet id="inner"><lane id="nurse" name="护士 / Nurse"><flowNodeRef>a</flowNodeRef></lane>
</childLaneSet>
</lane></laneSet>"""


def test_graph_has_nodes_and_flows_in_the_order_of_the_file():
    xml = model(start() + user("b", "a") + end(), "a > end\nstart > b\nb > a")

    graph = read_graph(xml, source="x")

    assert list(graph.nodes) == ["start", "b", "a", "end"]
    assert list(graph.flows) == ["a_end", "start_b", "b_a"]


def test_node_carries_what_the_model_says():
    task = element("userTask", "a", "<documentation> Ask. </documentation>", name="A",
                   **{"camunda:formKey": "register"})  # fmt: skip
    graph = read_graph(model(start() + task + end(), "start > a > end"), source="x")

    assert graph.nodes["a"] == FlowNode(
        "a", NodeType.USER_TASK, "A", form_key="register", documentation="Ask.", line=4
    )


def test_innermost_lane_holds_the_node():
    xml = definitions(process(LANES + start() + user("a") + end() + flows("start > a > end")))

    graph = read_graph(xml, source="x")

    assert graph.lanes["nurse"] == Lane("nurse", "护士 / Nurse")
    assert [node.lane for node in graph.nodes.values()] == ["clinic", "nurse", None]


def test_condition_is_read_as_it_is_written():
    xml = model(
        start() + xor("g", default="g_b") + user("a", "b") + end(),
        "start > g\ng > a : ${x > 1}\ng > b\na > end\nb > end",
    )

    graph = read_graph(xml, source="x")

    assert [flow.condition for flow in graph.outgoing("g")] == ["${x > 1}", None]
    assert graph.nodes["g"].default_flow == "g_b"


def test_timers_boundary_and_terminate_are_read():
    xml = model(
        start() + user("a") + wait("w", " PT1H ") + end(terminate=True)
        + boundary("late", "a", "R3/PT1H", cancels="false"),
        "start > a > w > end\nlate > end",
    )  # fmt: skip
    nodes = read_graph(xml, source="x").nodes

    assert nodes["w"].timer == TimerDefinition(TimerKind.DURATION, "PT1H")
    assert nodes["late"].timer == TimerDefinition(TimerKind.CYCLE, "R3/PT1H")
    assert (nodes["late"].attached_to, nodes["late"].is_interrupting) == ("a", False)
    assert nodes["end"].is_terminate


def test_prefixes_of_namespaces_do_not_matter():
    xml = model(start() + user("a") + end(), "start > a > end").decode()
    prefixed = xml.replace("<", "<b:").replace("<b:/", "</b:").replace("xmlns=", "xmlns:b=")

    assert read_graph(prefixed.encode(), source="x") == read_graph(xml.encode(), source="x")


def test_graph_can_be_read_where_it_cannot_be_executed():
    xml = model(
        start() + xor("g") + user("a", "b") + end(), "start > g > a > end\ng > b > end"
    )  # no conditions: a scenario gives the shares

    assert len(read_graph(xml, source="x").outgoing("g")) == 2


def test_every_error_of_structure_is_reported_at_once():
    xml = model(
        start() + element("complexGateway", "s") + user("a") + end(), "start > s > a > nowhere"
    )

    with pytest.raises(InvalidModel) as refusal:
        read_graph(xml, source="x")

    rules = [finding.rule for finding in refusal.value.findings]
    assert rules == ["unsupported-element", "dangling-reference"]
