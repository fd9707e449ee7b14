"""Where the bottleneck is: the four views and the one that decides."""

from __future__ import annotations

import numpy as np
import pytest

from kpis.stats.comparison import paired
from simulation.active_period import active_period_shares
from simulation.bottleneck import BottleneckRow, bottleneck_of, with_one_more
from simulation.comparison import compare
from simulation.holds import holds
from tests.simulation.builders import a_run, a_scenario, slots
from tests.simulation.graphs import graph

TWO_STEPS = graph("start > quick > slow > end", lanes={"quick": "clerk", "slow": "expert"})
LINE = {
    "arrivals": {"start": {"interval": {"constant": None, "exponential": {"mean": "12min"}}}},
    "resources": {"expert": {"units": 1, "cost_per_hour": 90}},
    "durations": {
        "work": None,
        "quick": {"exponential": {"mean": "5min"}},
        "slow": {"exponential": {"mean": "10min"}},
    },
}


@pytest.fixture(scope="module")
def table():
    scenario = a_scenario(TWO_STEPS, **LINE)
    return compare([scenario, scenario], replications=20).bottlenecks[0]


def test_pool_whose_next_unit_helps_most_comes_first(table):
    assert [row.role for row in table] == ["expert", "clerk"]
    assert bottleneck_of(table) == "expert"


def test_add_one_tells_by_how_much_the_cycle_time_falls(table):
    add_one = table[0].document()["add_one"]

    assert add_one["difference"] < 0
    assert add_one["half_width"] < abs(add_one["difference"])


def test_shares_of_waiting_add_up_to_one(table):
    assert sum(row.share_of_waiting["mean"] for row in table) == pytest.approx(1)


def test_table_names_units_and_cost_so_that_a_hire_can_be_weighed(table):
    row = table[0].document()

    assert (row["units"], row["cost_per_hour"]) == (1, 90)


def test_nobody_is_the_bottleneck_when_nobody_waits():
    scenario = a_scenario()

    assert bottleneck_of(compare([scenario, scenario], replications=3).bottlenecks[0]) is None


def test_one_more_unit_is_one_more_unit():
    assert with_one_more(a_scenario(), "clerk").document.resources["clerk"].units == 2


def test_active_period_is_the_share_of_the_longest_full_spell():
    # two cases at 08:30: the clerk is busy 08:30-08:50 of four hours
    run = a_run(a_scenario(arrivals=slots(2)))
    shares = active_period_shares(run, holds(run))

    assert shares == {"clerk": pytest.approx(20 / 240)}


def test_longest_spell_wins_where_two_pools_are_full():
    process = graph(
        "start > and_split > quick > and_join > end",
        "and_split > slow > and_join",
        lanes={"quick": "clerk", "slow": "expert"},
    )
    durations = {"work": None, "quick": {"constant": "10min"}, "slow": {"constant": "30min"}}
    scenario = a_scenario(
        process, arrivals=slots(1), durations=durations, resources=LINE["resources"]
    )

    run = a_run(scenario)
    shares = active_period_shares(run, holds(run))

    assert shares == {"clerk": 0, "expert": pytest.approx(30 / 240)}


def test_moved_bottleneck_is_reported():
    helped = a_scenario(TWO_STEPS, **LINE).patched({"resources": {"expert": {"units": 3}}})

    report = compare([a_scenario(TWO_STEPS, **LINE), helped], replications=30).document()

    moved = report["alternatives"][0]["bottleneck_moved"]
    assert moved == {"from": "expert", "to": "clerk", "moved": True}
    assert np.isfinite(report["scenarios"][0]["bottleneck"][0]["utilisation"]["mean"])


def test_hire_is_weighed_by_what_it_costs():
    unknown: dict[str, float | None] = {"mean": None, "half_width": None}
    brings = paired([10.0, 20.0], [7.0, 18.0])

    paid, free = (
        BottleneckRow("clerk", 1, cost, unknown, unknown, unknown, brings) for cost in (5.0, 0.0)
    )

    assert paid.per_cost == pytest.approx(-0.5)
    assert free.per_cost is None
