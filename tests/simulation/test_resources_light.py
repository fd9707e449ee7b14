"""Light work does what the allocator of special roles does, row by row, whoever it is.

A rule of choice makes a role one for the allocator; "longest idle" is what it does anyway. Times
are whole minutes, so that many things happen at the same moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.recorder import COLUMNS
from simulation.scenario.load import merged
from simulation.streams import Streams
from tests.engine.bpmn.blocks import FLAGS
from tests.engine.bpmn.builders import boundary, element, timer, user
from tests.simulation import agreement
from tests.simulation.agreement import BLOCKS, drawn
from tests.simulation.flow.cases import ERROR, minutes, of
from tests.simulation.test_against_reference import BLOCK, POOL, scenario_of

if TYPE_CHECKING:
    from simulation.net import Net
    from simulation.scenario.load import Scenario

FEW = {"run": {"cases": 3}}
FINISH = {"work": minutes(7), "outside_calendar": "finish"}
PATIENCE = st.sampled_from([0, 1, 4, 60])


def told(net: Net) -> list[list[Any]]:
    """Return all that a run leaves behind."""
    streams = Streams(1, 0)
    run = simulate(net, draw(net, streams), streams)
    rows = list(zip(*(getattr(run, c).tolist() for c in (*COLUMNS, "cancelled")), strict=True))
    stints = sorted(zip(*(c.tolist() for c in run.stints.values()), strict=True))
    if not net.document.run.drain:  # instances of one visit are cut in any order
        rows.sort()
    return [rows, stints, run.ended.tolist(), run.abandoned.tolist()]


def is_the_same(scenario: Scenario) -> bool:
    """Run a scenario in both ways; say whether there was light work."""
    light = compile_net(scenario)
    works = [node for node in light.nodes if node.pool >= 0]
    demands = {n.element_id: {"role": light.pools[n.pool].role} for n in works}
    chosen = {name: {**demand, "choose": "longest_idle"} for name, demand in demands.items()}
    special = compile_net(scenario.patched({"demands": chosen}))

    assert not any(node.pool in special.staff.light for node in works)
    if not any(node.pool in light.staff.light for node in works):
        return False
    assert told(light) == told(special)
    return True


SIDE = element("boundaryEvent", "more", timer("PT6M"), attachedToRef="work", cancelActivity="false")
FAILS = element("boundaryEvent", "fails", ERROR, attachedToRef="work")
SHIFTS = {"day": {"weekly": {"mon-sun": ["08:00-08:16", "08:20-24:00"]}}}


@pytest.mark.parametrize(
    ("borders", "ways", "patch"),
    [
        (boundary("late", "work", "PT12M"), "late > end", {}),
        (boundary("late", "work", "PT12M"), "late > work", FEW),  # once more
        (boundary("late", "work", "R2/PT7M", cancels="false") + user("call"), "late > call", {}),
        (FAILS, "fails > end", {"events": {"fails": "40%"}}),
        (SIDE + boundary("late", "work", "PT12M"), "more > end\nlate > end", {}),
        (boundary("late", "work", "PT12M"), "late > end", {"patience": {"work": minutes(9)}}),
        (
            boundary("late", "work", "PT12M"),
            "late > work",
            {**FEW, "patience": {"work": minutes(9)}},
        ),
        ("", "", {"patience": {"work": minutes(9)}}),
        (
            boundary("late", "work", "PT12M"),
            "late > end",
            {"durations": {"work": {"constant": None, **FINISH}}},
        ),
        (
            boundary("late", "work", "PT12M"),
            "late > end",
            {"events": {"late": {"share": "50%", "after": minutes(4)}}},
        ),
        (
            boundary("late", "work", "PT12M"),
            "late > end",
            {"resources": {"clerk": {"units": None, "members": {"alice": {}, "bob": {}}}}},
        ),
        (boundary("late", "work", "PT12M"), "late > end", {"priorities": {"after": -1}}),
    ],
)
def test_activities_with_events_are_done_as_by_the_allocator(borders, ways, patch):
    given = {
        "run": {"start": "2026-03-02T08:00", "cases": 12},
        "arrivals": {"start": {"interval": minutes(4)}},
        "calendars": SHIFTS,
        "resources": {"clerk": {"units": 1, "calendar": "day"}},
        "durations": {"work": minutes(7), "after": minutes(2)},
    }
    nodes = user("work", "after") + borders
    scenario = of(nodes, f"start > work > after > end\n{ways}", **merged(given, patch))

    assert is_the_same(scenario)


@given(
    BLOCK,
    st.fixed_dictionaries({"a": POOL, "b": POOL}),
    st.integers(1, 3),
    PATIENCE,
    st.booleans(),
    st.booleans(),
)
def test_light_roles_are_served_as_by_the_allocator(block, pools, every_min, patience, named, cut):
    scenario = scenario_of(block, pools, every_min)
    works = [node.element_id for node in compile_net(scenario).nodes if node.pool >= 0]
    patch: dict[str, Any] = {
        "run": {"drain": not cut},
        "patience": {name: minutes(patience) for name in works},
    }
    if named:
        patch["resources"] = {
            role: {"units": None, "members": {f"{role}{i}": {} for i in range(units)}}
            for role, (units, _) in pools.items()
        }

    is_the_same(scenario.patched(patch))


@given(BLOCKS, st.sampled_from([1, 2]), st.booleans())
def test_light_roles_are_withdrawn_as_by_the_allocator(block, units, cut):
    xml, drawing = drawn(block)
    scenario = agreement.scenario_of(xml, drawing, dict.fromkeys(FLAGS, True))
    tasks = scenario.document.durations
    end_min = {"until": "30min", "cases": None, "drain": False} if cut else {"cases": 6}
    shifts = {"day": {"weekly": {"mon-sun": ["08:00-08:10", "08:14-24:00"]}}}
    patch = {
        "run": end_min,
        "arrivals": {"start": {"interval": {"uniform": None, "constant": "2min"}}},
        "durations": {
            task: {"uniform": None, **minutes(3 + i % 3)} for i, task in enumerate(tasks)
        },
        "resources": {"clerk": {"units": units, "calendar": "day"}},
        "calendars": shifts,
    }

    is_the_same(scenario.patched(patch))
