from itertools import combinations, pairwise

import pytest
from hypothesis import given
from lxml import etree

from engine.bpmn.graph import read_graph
from engine.bpmn.layered import arranged
from engine.bpmn.layout import laid_out
from tests.engine.bpmn.blocks import BLOCKS, Drawing
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
    xor,
)
from tests.engine.bpmn.drawings import sub
from tests.engine.bpmn.test_miwg import REFERENCES
from tests.engine.bpmn.test_mutations import RICH
from tests.processes.diagram import read_diagram

DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
LANES = (
    '<laneSet id="l"><lane id="desk"><flowNodeRef>start</flowNodeRef></lane><lane id="ward">'
    "<flowNodeRef>a</flowNodeRef><flowNodeRef>end</flowNodeRef></lane></laneSet>"
)


def drawing_of(xml: bytes):
    return read_diagram(laid_out(xml))


def undrawn(xml: bytes) -> bytes:
    root = etree.fromstring(xml)
    for diagram in root.findall(DIAGRAM):
        root.remove(diagram)
    result: bytes = etree.tostring(root)
    return result


def overlapping(diagram, nodes) -> list[tuple[str, str]]:
    pairs = combinations([node for node in nodes if node.attached_to is None], 2)
    return [
        (a.id, b.id)
        for a, b in pairs
        if a.parent == b.parent and diagram.shapes[a.id].overlaps(diagram.shapes[b.id])
    ]


def assert_complete(xml: bytes) -> None:
    graph = read_graph(xml, source="x")
    diagram = drawing_of(xml)
    drawn = [node for node in graph.nodes.values() if not node.is_generated]
    assert {node.id for node in drawn} <= diagram.shapes.keys()
    assert overlapping(diagram, drawn) == []
    for flow in graph.flows.values():
        if not flow.is_generated:
            points = diagram.lines[flow.id]
            assert len(points) >= 2
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))


def test_file_with_a_diagram_stays_as_it_is():
    drawn = laid_out(model(start() + user("a") + end(), "start > a > end"))

    assert laid_out(drawn) is drawn


def test_diagram_is_added_behind_all_lines_of_the_file():
    xml = model(start() + user("a") + end(), "start > a > end")

    assert read_graph(laid_out(xml), source="x") == read_graph(xml, source="x")


@given(BLOCKS)
def test_every_element_is_drawn_and_no_node_lies_on_another(block):
    assert_complete(Drawing().xml(block))


def test_file_with_every_kind_of_element_is_drawn():
    assert_complete(RICH)


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.stem)
def test_file_of_another_tool_is_drawn_anew(path):
    assert_complete(undrawn(path.read_bytes()))


def test_lines_begin_and_end_at_the_border_of_what_they_join():
    xml = model(
        start() + xor("g", default="g_a") + user("a", "b") + end() + boundary("late", "a", "PT1H"),
        "start > g > a > end\ng > b : x\nb > g\nlate > b",
    )
    diagram = drawing_of(xml)

    for flow in read_graph(xml, source="x").flows.values():
        points = diagram.lines[flow.id]
        assert diagram.shapes[flow.source].touches(points[0])
        assert diagram.shapes[flow.target].touches(points[-1])


def test_flow_back_does_not_run_through_a_node():
    xml = model(
        start() + xor("g", default="g_end") + user("a", "b") + end(),
        "start > a > b > g > end\ng > a : x",
    )
    diagram = drawing_of(xml)

    lowest = max(shape.bottom for shape in diagram.shapes.values())
    assert max(y for _, y in diagram.lines["g_a"]) > lowest


def test_boundary_event_sits_on_the_lower_border():
    xml = model(
        start() + user("a") + end() + boundary("late", "a", "PT1H"), "start > a > end\nlate > end"
    )
    shapes = drawing_of(xml).shapes

    assert shapes["late"].y + shapes["late"].height / 2 == shapes["a"].bottom


def test_nodes_stand_in_their_lanes():
    xml = definitions(process(LANES + start() + user("a") + end() + flows("start > a > end")))
    shapes = drawing_of(xml).shapes

    assert shapes["desk"].contains(shapes["start"])
    assert shapes["ward"].contains(shapes["a"])
    assert shapes["ward"].contains(shapes["end"])
    assert not shapes["ward"].overlaps(shapes["desk"])


def test_subprocess_frames_what_it_holds():
    inner = sub("c", start("s2") + user("d"), "s2 > d")
    xml = model(start() + sub("a", start("s") + inner, "s > c") + end(), "start > a > end")
    shapes = drawing_of(xml).shapes

    assert shapes["a"].contains(shapes["c"])
    assert shapes["c"].contains(shapes["d"])


def test_pools_stand_one_below_the_other_with_messages_between():
    pools = element("participant", "p1", processRef="one") + element("participant", "p2")
    talk = element("messageFlow", "m", sourceRef="a", targetRef="p2")
    body = process(start() + user("a") + end() + flows("start > a > end"), key="one")
    diagram = drawing_of(definitions(element("collaboration", "all", pools + talk) + body))

    assert diagram.shapes["p1"].contains(diagram.shapes["a"])
    assert diagram.shapes["p1"].bottom < diagram.shapes["p2"].y
    assert diagram.shapes["p2"].touches(diagram.lines["m"][-1])


def test_flow_over_several_columns_keeps_a_place_in_each():
    grid = arranged(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")], {})

    assert grid.places == {"a": (0, 0), "b": (1, 0), "c": (2, 0)}
    assert grid.passes["a", "c"] == [(1, 1)]


def test_cycle_is_drawn_forward_from_where_it_is_entered():
    grid = arranged(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "b")], {})

    assert [grid.places[node][0] for node in "abc"] == [0, 1, 2]
