"""Every shipped diagram can be shown to a customer: complete, orthogonal, nothing overlaps."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from engine.domain.process_graph import ACTIVITIES, SCOPES
from tests.processes.diagram import read_diagram, stretches
from tests.processes.library import MODELS

if TYPE_CHECKING:
    from tests.processes.diagram import Diagram, Rectangle
    from tests.processes.library import ShippedModel


@pytest.fixture(params=MODELS, ids=str)
def model(request: pytest.FixtureRequest) -> ShippedModel:
    shipped: ShippedModel = request.param
    return shipped


@pytest.fixture
def diagram(model: ShippedModel) -> Diagram:
    return read_diagram(model.xml)


def node_shapes(model: ShippedModel, diagram: Diagram) -> dict[str, Rectangle]:
    return {node_id: diagram.shapes[node_id] for node_id in drawn_nodes(model)}


def drawn_nodes(model: ShippedModel) -> set[str]:
    return {node.id for node in model.graph.nodes.values() if not node.is_generated}


def around(model: ShippedModel, node_id: str) -> set[str]:
    """The subprocesses that hold a node."""
    parent = model.graph.nodes[node_id].parent
    return set() if parent is None else {parent} | around(model, parent)


def belong_together(model: ShippedModel, one: str, other: str) -> bool:
    """Whether one holds the other, or is an event at its border."""
    nodes = model.graph.nodes
    return (
        one in around(model, other)
        or other in around(model, one)
        or nodes[one].attached_to == other
        or nodes[other].attached_to == one
    )


def test_diagram_shows_every_element(model, diagram):
    assert drawn_nodes(model) | set(model.graph.lanes) <= set(diagram.shapes)
    assert {f.id for f in model.graph.flows.values() if not f.is_generated} == set(diagram.lines)


def test_diagram_draws_what_a_subprocess_holds_inside_it(model, diagram):
    for node_id in drawn_nodes(model):
        for scope in around(model, node_id):
            assert diagram.shapes[scope].contains(diagram.shapes[node_id]), node_id


def test_events_at_a_border_lie_on_it(model, diagram):
    for node in model.graph.nodes.values():
        if node.attached_to is not None:
            x, y = diagram.shapes[node.id].middle
            assert diagram.shapes[node.attached_to].touches((x, y)), node.id


def test_diagram_draws_each_node_within_its_lane(model, diagram):
    for node_id in drawn_nodes(model):
        node = model.graph.nodes[node_id]
        assert node.lane is not None
        assert diagram.shapes[node.lane].contains(diagram.shapes[node.id]), node.id


def test_lanes_fill_the_pool_without_gaps(model, diagram):
    lanes = [diagram.shapes[lane_id] for lane_id in model.graph.lanes]

    assert [lane.bottom for lane in lanes[:-1]] == [lane.y for lane in lanes[1:]]
    assert len({(lane.x, lane.right) for lane in lanes}) == 1


def test_tasks_have_the_usual_size(model, diagram):
    tasks = [diagram.shapes[node.id] for node in model.graph.of_type(*(ACTIVITIES - SCOPES))]

    assert {(task.width, task.height) for task in tasks} == {(100, 80)}


def test_shapes_do_not_overlap(model, diagram):
    for one, other in combinations(node_shapes(model, diagram).items(), 2):
        together = belong_together(model, one[0], other[0])
        assert together or not one[1].overlaps(other[1]), (one[0], other[0])


def test_lines_are_orthogonal(diagram):
    for flow_id, line in diagram.lines.items():
        for part in stretches(line):
            assert 0 in (part.width, part.height), flow_id


def test_lines_join_the_borders_of_their_shapes(model, diagram):
    for flow_id, line in diagram.lines.items():
        flow = model.graph.flows[flow_id]
        assert diagram.shapes[flow.source].touches(line[0]), flow.id
        assert diagram.shapes[flow.target].touches(line[-1]), flow.id


def test_lines_do_not_run_through_shapes(model, diagram):
    for flow_id, line in diagram.lines.items():
        holders = around(model, model.graph.flows[flow_id].source)
        for node_id, shape in node_shapes(model, diagram).items():
            if node_id in holders:
                continue
            assert not any(shape.overlaps(part) for part in stretches(line)), (flow_id, node_id)


def test_lines_do_not_cross(diagram):
    for (one, line), (other, second) in combinations(diagram.lines.items(), 2):
        for part in stretches(line):
            assert not any(part.overlaps(rival) for rival in stretches(second)), (one, other)


def test_labels_keep_clear_of_shapes_and_of_each_other(model, diagram):
    scopes = {scope.id for scope in model.graph.of_type(*SCOPES)}
    drawn = [shape for id_, shape in node_shapes(model, diagram).items() if id_ not in scopes]
    for label_id, label in diagram.labels.items():
        assert not any(label.overlaps(shape) for shape in drawn), label_id
    for one, other in combinations(diagram.labels.items(), 2):
        assert not one[1].overlaps(other[1]), (one[0], other[0])


def test_folder_shows_a_small_picture_of_the_diagram(model):
    picture = model.path.with_suffix(".png")

    assert 5_000 < picture.stat().st_size < 200_000
    assert picture.name in (model.folder.folder / "README.md").read_text(encoding="utf-8")
