"""Who does what: members, skills, teams, choice rules, orders of those who wait."""

from __future__ import annotations

import pytest

from tests.simulation.builders import a_run, a_scenario, slots, trace
from tests.simulation.graphs import graph

TWO_STEPS = graph("start > work > check > end", lanes={"work": "clerk", "check": "clerk"})
TWO_STARTS = graph(
    "start > work > end", "start_b > other > end", lanes={"work": "clerk", "other": "clerk"}
)
QUICK = {"constant": "10min"}


def run(*per_slot, process=None, **patch):
    """Run cases that come in the middle of hours from 08:00."""
    graphs = () if process is None else (process,)
    return a_run(a_scenario(*graphs, arrivals=patch.pop("arrivals", slots(*per_slot)), **patch))


def members(**given):
    return {"clerk": {"units": None, "members": given}}


def names(simulated, element="work"):
    """Return who worked at an element, by order of the cases."""
    index = [node.element_id for node in simulated.net.nodes].index(element)
    return [simulated.net.staff.names[unit] for unit in simulated.unit[simulated.node == index]]


def test_who_has_been_idle_for_longest_comes_first():
    simulated = run(1, 1, 1, resources=members(ann={}, ben={}))

    assert names(simulated) == ["ann", "ben", "ann"]


def test_cheapest_is_asked_first():
    staff = members(ann={"cost_per_hour": 50}, ben={"cost_per_hour": 30})
    simulated = run(2, resources=staff, demands={"work": {"role": "clerk", "choose": "cheapest"}})

    assert names(simulated) == ["ben", "ann"]


def test_fastest_is_asked_first_and_needs_its_own_time():
    work = {"constant": None, "work": QUICK, "by_resource": {"ben": {"constant": "5min"}}}
    simulated = run(
        2,
        resources=members(ann={}, ben={}),
        durations={"work": work},
        demands={"work": {"role": "clerk", "choose": "fastest"}},
    )

    assert names(simulated) == ["ben", "ann"]
    assert [end - start for _, start, end in trace(simulated)] == [5, 10]


def test_other_than_keeps_four_eyes():
    simulated = run(
        2,
        process=TWO_STEPS,
        resources=members(ann={}, ben={}),
        durations={"work": QUICK, "check": QUICK},
        demands={"check": {"role": "clerk", "choose": "other_than: work"}},
    )

    assert names(simulated) == ["ann", "ben"]
    assert names(simulated, "check") == ["ben", "ann"]


def test_same_as_is_about_the_first_of_a_team():
    simulated = run(
        1,
        process=TWO_STEPS,
        resources=members(ann={}, ben={}),
        durations={"work": QUICK, "check": QUICK},
        demands={"check": {"role": "clerk", "units": 2, "choose": "same_as: work"}},
    )

    assert names(simulated, "check") == names(simulated, "work")
    assert trace(simulated, "check") == [(40, 40, 50)]


def test_only_who_has_the_skill_does_it():
    staff = members(ann={}, ben={"skills": ["law"]})
    simulated = run(2, resources=staff, demands={"work": {"role": "clerk", "skill": "law"}})

    assert names(simulated) == ["ben", "ben"]
    assert trace(simulated) == [(30, 30, 40), (30, 40, 50)]


def test_those_behind_go_on_when_the_first_needs_somebody_else():
    simulated = run(
        process=TWO_STARTS,
        arrivals={"start": at(25), "start_b": at(5, 15)},
        resources=members(ann={}, ben={"skills": ["law"]}),
        durations={"work": {"constant": "60min"}, "other": {"constant": "60min"}},
        demands={"other": {"role": "clerk", "skill": "law"}},
    )

    assert trace(simulated, "other") == [(5, 5, 65), (15, 65, 125)]
    assert trace(simulated) == [(25, 25, 85)]


def test_any_of_several_roles_will_do():
    simulated = run(
        2,
        resources={"clerk": {"units": 1}, "helper": {"units": 1}},
        demands={"work": {"any": ["clerk", "helper"]}},
    )

    assert names(simulated) == ["clerk 1", "helper 1"]
    assert simulated.event_log().activities["role"].tolist() == ["clerk", "helper"]


def test_team_is_taken_all_at_once_without_deadlock():
    process = graph(
        "start > and_split > work > and_join > end",
        "and_split > check > and_join",
        lanes={"work": "clerk", "check": "clerk"},
    )
    simulated = run(
        3,
        process=process,
        resources={"clerk": {"units": 1}, "helper": {"units": 1}},
        durations={"work": QUICK, "check": QUICK},
        demands={"work": {"all": ["clerk", "helper"]}, "check": {"all": ["helper", "clerk"]}},
    )

    assert simulated.ended.max() / 60e6 == 90


def test_slots_are_filled_so_that_all_fit():
    """Ann could do either part; the second one only she can do."""
    staff = members(ann={"skills": ["law", "tax"]}, ben={"skills": ["tax"]})
    needs = [{"role": "clerk", "skill": "tax"}, {"role": "clerk", "skill": "law"}]
    simulated = run(1, resources=staff, demands={"work": {"all": needs}})

    assert trace(simulated) == [(30, 30, 40)]
    assert sorted(simulated.stints["unit"]) == [0, 1]


def test_person_named_in_two_roles_is_one_person():
    process = graph(
        "start > and_split > work > and_join > end",
        "and_split > check > and_join",
        lanes={"work": "clerk", "check": "expert"},
    )
    simulated = run(
        1,
        process=process,
        resources={**members(ann={}), "expert": {"members": {"ann": {}}}},
        durations={"work": QUICK, "check": QUICK},
    )

    assert trace(simulated, "work") + trace(simulated, "check") == [(30, 30, 40), (30, 40, 50)]
    assert simulated.event_log().activities["role"].tolist() == ["clerk", "expert"]


@pytest.mark.parametrize(("order", "first"), [("shortest", 5), ("due", 20)])
def test_order_of_a_queue_decides_who_is_next(order, first):
    """While one case is served, one of 20 min waits, due at once, and one of 5 min, due in 2 h."""
    simulated = run(
        process=TWO_STARTS,
        arrivals={
            "start": at(5, 15) | {"attributes": {"due": {"constant": 0}}},
            "start_b": at(15) | {"attributes": {"due": {"constant": 2}}},
        },
        durations={"work": {"constant": "20min"}, "other": {"constant": "5min"}},
        queues={"clerk": {"order": [order, "arrival"]}},
    )

    begun = sorted((*trace(simulated), *trace(simulated, "other")), key=lambda row: row[1])
    assert begun[1][2] - begun[1][1] == first


def at(*minutes):
    """Return arrivals at given minutes (5, 15, 25, …), one case each."""
    per_slot = [minutes.count(minute) for minute in range(5, max(minutes) + 1, 10)]
    return slots(*per_slot, minutes=10)["start"] | {"interval": None}
