from __future__ import annotations

import pytest

from engine.domain import assignment
from engine.domain.assignment import InvalidAssignment, candidate_group, unknown_lanes
from engine.domain.identity import User, UserId
from engine.domain.process_graph import FlowNode, Lane, NodeType, ProcessGraph
from engine.domain.user_task import Candidates

ALICE = User(UserId("alice"), "Alice", frozenset({"desk"}))


@pytest.mark.parametrize(("lane", "group"), [("desk", "reception"), ("ward", "ward"), (None, None)])
def test_group_of_a_lane_is_the_mapped_one_or_its_namesake(lane, group):
    node = FlowNode("register", NodeType.USER_TASK, lane=lane)

    assert candidate_group(node, {"desk": "reception"}) == group


def test_mapped_lanes_that_are_not_in_the_process_are_named():
    graph = ProcessGraph("p", "P", {}, {}, {"desk": Lane("desk", "Desk")})

    assert unknown_lanes({"desk": "a", "dask": "b"}, graph) == ["dask"]


@pytest.mark.parametrize("value", ["alice, bob", ["alice", "bob"], " alice ,bob, "])
def test_names_are_a_list_or_a_text_with_commas(value):
    assert assignment.names(value) == {"alice", "bob"}


@pytest.mark.parametrize("value", [None, "", []])
def test_no_names_are_nobody(value):
    assert assignment.names(value) == frozenset()


@pytest.mark.parametrize("value", [7, {"a": 1}, ["alice", 7]])
def test_names_of_another_kind_are_refused(value):
    with pytest.raises(InvalidAssignment, match="names are a text or a list of texts"):
        assignment.names(value)


@pytest.mark.parametrize(
    ("value", "number"), [(None, 50), ("", 50), ("80", 80), (0, 0), (100, 100)]
)
def test_priority_is_a_number_up_to_a_hundred(value, number):
    assert assignment.priority(value) == number


@pytest.mark.parametrize("value", ["high", -1, 101, 1.5])
def test_priority_outside_is_refused(value):
    with pytest.raises(InvalidAssignment, match="0 to 100"):
        assignment.priority(value)


def test_named_candidates_take_the_place_of_the_lane():
    found = assignment.candidates(users=["bob"], groups=[], lane_group="desk", excluded=["alice"])

    assert found == Candidates(frozenset(), frozenset({"bob"}), frozenset({"alice"}))


@pytest.mark.parametrize(
    ("candidates", "may"),
    [
        (Candidates(), True),
        (Candidates(groups=frozenset({"desk"})), True),
        (Candidates(groups=frozenset({"ward"})), False),
        (Candidates(groups=frozenset({"ward"}), users=frozenset({"alice"})), True),
        (Candidates(excluded=frozenset({"alice"})), False),
        (Candidates(groups=frozenset({"desk"}), excluded=frozenset({"alice"})), False),
    ],
)
def test_candidates_include_members_and_named_ones_but_nobody_excluded(candidates, may):
    assert candidates.include(ALICE) is may
