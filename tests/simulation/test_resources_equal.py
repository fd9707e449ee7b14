"""The allocator of special roles does what the short path does where both can."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.streams import Streams
from tests.simulation.test_against_reference import BLOCK, POOL, scenario_of

COLUMNS = ("case", "node", "visit", "scheduled", "started", "completed", "work")


def trace(net):
    """Return every visit, whoever did it, and when the cases ended."""
    streams = Streams(1, 0)
    run = simulate(net, draw(net, streams), streams)
    rows = zip(*(getattr(run, column).tolist() for column in COLUMNS), strict=True)
    return sorted(rows), run.ended.tolist()


@given(BLOCK, st.fixed_dictionaries({"a": POOL, "b": POOL}), st.integers(1, 4))
def test_alike_units_are_served_the_same_in_both_ways(block, pools, interval_min):
    scenario = scenario_of(block, pools, interval_min)
    plain = compile_net(scenario)
    works = [node for node in plain.nodes if node.pool >= 0]
    chosen = {n.element_id: {"role": n.role, "choose": "longest_idle"} for n in works}

    special = compile_net(scenario.patched({"demands": chosen}))

    assert not works or special.staff.groups
    assert trace(special) == trace(plain)
