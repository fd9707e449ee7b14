from __future__ import annotations

from engine.domain.process_graph import NodeType
from simulation.calibration import alignment
from simulation.calibration.alignment import Aligner
from tests.simulation.graphs import graph

PROCESS = graph(
    "start > a > and_split > b > and_join > gw =more> d > end",
    "and_split > c > and_join",
    "gw =back> a",
    "gw =stop> end_early",
)
VISIBLE = frozenset("abcd")


def aligned(trace, *, is_open=False, process=PROCESS, visible=VISIBLE):
    ways = Aligner(process, visible).align(tuple(trace), is_open=is_open)
    return ways[0] if ways else None


def decisions(found):
    return [flow for step in found.steps for flow in step.move.chosen]


def test_a_trace_that_fits_has_no_deviation_and_its_decisions():
    found = aligned("abcd")

    assert (found.deviations, decisions(found)) == (0, ["more"])
    assert found.start_event == "start"


def test_parallel_activities_may_come_in_any_order():
    assert aligned("acbd").deviations == 0


def test_a_loop_is_gone_round():
    assert decisions(aligned("abcacbd")) == ["back", "more"]


def test_a_way_without_activities_is_found():
    assert decisions(aligned("abc")) == ["stop"]


def test_what_is_missing_is_a_deviation_in_the_model():
    found = aligned("abd")

    skipped = [s.move.node_id for s in found.steps if s.move.is_visible and s.event is None]
    assert (found.deviations, skipped) == (1, ["c"])


def test_what_is_too_much_is_a_deviation_in_the_log():
    found = aligned("abbcd")

    assert found.deviations == 1
    assert len({step.event for step in found.steps if step.event is not None}) == 4


def test_an_open_case_may_stop_anywhere():
    assert aligned("ab").deviations == 1
    assert aligned("ab", is_open=True).deviations == 0


def test_a_trace_that_is_far_off_is_given_up(monkeypatch):
    monkeypatch.setattr(alignment, "_EXPANSIONS", 50)

    assert aligned("dcba" * 15) is None


def test_an_inclusive_gateway_takes_one_or_more_ways():
    process = graph("start > or_split > b > or_join > end", "or_split > c > or_join")
    for name in ("or_split", "or_join"):
        node = process.nodes[name]
        process.nodes[name] = type(node)(name, NodeType.INCLUSIVE_GATEWAY)

    for trace, flows in (("b", 1), ("cb", 2)):
        found = aligned(trace, process=process, visible=frozenset("bc"))
        assert (found.deviations, len(decisions(found))) == (0, flows)


def test_several_ways_to_the_same_activities_are_all_found():
    process = graph(
        "start > a > gw_solved =yes> gw_again =closed> end",
        "gw_solved =no> b > gw_again =opened> b",
    )

    ways = Aligner(process, frozenset("ab")).align(("a", "b"))

    assert [decisions(way) for way in ways] == [["no", "closed"], ["yes", "opened", "closed"]]
