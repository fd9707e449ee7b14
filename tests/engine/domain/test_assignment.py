from __future__ import annotations

import pytest

from engine.domain.assignment import candidate_group, unknown_lanes
from engine.domain.process_graph import FlowNode, Lane, NodeType, ProcessGraph


@pytest.mark.parametrize(("lane", "group"), [("desk", "reception"), ("ward", "ward"), (None, None)])
def test_task_is_offered_to_the_group_of_its_lane(lane, group):
    node = FlowNode("register", NodeType.USER_TASK, lane=lane)

    assert candidate_group(node, {"desk": "reception"}) == group


def test_unknown_lanes_are_those_the_process_has_not():
    graph = ProcessGraph("p", "P", {}, {}, {"desk": Lane("desk", "Desk")})

    assert unknown_lanes({"desk": "a", "dekc": "b"}, graph) == ["dekc"]
