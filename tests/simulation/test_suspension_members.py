"""Who is suspended when, rows 13 on: members, teams, pre-emption, failures, patience, batches.

The table is in docs/reference/suspension.md. Times are minutes after the start of the run,
08:00; a row is (scheduled, started, completed).
"""

from __future__ import annotations

from simulation.net import US
from tests.engine.bpmn.builders import boundary, end, user
from tests.simulation.builders import a_run, a_scenario, slots, trace
from tests.simulation.flow.cases import of, told
from tests.simulation.graphs import graph

ONE = graph("start > work > end", lanes={"work": "clerk"})
TWO = graph("start > work > end", "start_vip > vip > end", lanes={"work": "clerk", "vip": "clerk"})
SPLIT_DAY = {"weekly": {"mon-sun": ["08:00-10:00", "11:00-17:00"]}}


def at(*minutes):
    """Return arrivals at given minutes, one case each."""
    per_slot = [0] * (max(minutes) // 10 + 1)
    for minute in minutes:
        per_slot[minute // 10] += 1
    return slots(*per_slot, minutes=10)["start"] | {"interval": None}


def run(*minutes, work="10min", process=ONE, vip=None, **patch):
    """Run one case per given minute (5, 15, 25, …) through one step."""
    step = {"constant": work} if isinstance(work, str) else work
    arrivals = {"start": at(*minutes)} | ({"start_vip": at(*vip)} if vip else {})
    steps = {"work": step} | ({"vip": {"constant": "10min"}} if vip else {})
    scenario = a_scenario(
        process,
        arrivals=arrivals,
        durations=steps | patch.pop("extra", {}),
        calendars={"day": SPLIT_DAY, **patch.pop("calendars", {})},
        **patch,
    )
    return a_run(scenario)


def with_rule(minutes, rule):
    return {"constant": None, "work": {"constant": minutes}, "outside_calendar": rule}


def test_aborted_work_begins_afresh():
    simulated = run(
        95, 105, work=with_rule("40min", "abort"), resources={"clerk": {"calendar": "day"}}
    )

    assert trace(simulated) == [(95, 95, 220), (105, 220, 260)]
    assert (simulated.stints["work"] / US / 60).tolist() == [25, 40, 40]


def test_those_who_stay_take_those_who_wait():
    members = {"ann": {"calendar": "day"}, "ben": {}}
    simulated = run(95, 105, work="40min", resources={"clerk": {"units": None, "members": members}})

    assert trace(simulated) == [(95, 95, 195), (105, 105, 145)]
    assert [simulated.net.staff.names[unit] for unit in simulated.unit] == ["ann", "ben"]


TEAM = {
    "resources": {"clerk": {"calendar": "day"}, "nurse": {"calendar": "late"}},
    "demands": {"work": {"all": ["clerk", "nurse"]}},
    "calendars": {"late": {"weekly": {"mon-sun": ["08:30-10:30", "10:50-17:00"]}}},
}


def test_team_works_while_all_are_there():
    simulated = run(5, 95, work="40min", **TEAM)

    # together from 8:30 to 10:00, and from 11:00
    assert trace(simulated) == [(5, 30, 70), (95, 95, 195)]
    assert len(simulated.stints["unit"]) == 4


def test_team_that_finishes_stays():
    simulated = run(5, 95, work=with_rule("40min", "finish"), **TEAM)

    assert trace(simulated) == [(5, 30, 70), (95, 95, 135)]


def test_case_waits_for_the_same_member():
    process = graph("start > work > again > end", lanes={"work": "clerk", "again": "clerk"})
    members = {"ann": {"calendar": "day"}, "ben": {}}
    simulated = run(
        115,
        125,
        work="50min",
        process=process,
        extra={"again": {"constant": "10min"}},
        resources={"clerk": {"units": None, "members": members}},
        demands={"again": {"role": "clerk", "choose": "same_as: work"}},
    )

    assert trace(simulated) == [(115, 115, 225), (125, 125, 175)]
    assert trace(simulated, "again") == [(225, 225, 235), (175, 175, 185)]


URGENT = {
    "process": TWO,
    "queues": {"clerk": {"preemptive": True}},
    "priorities": {"vip": 1, "work": 5},
}


def test_urgent_case_interrupts():
    simulated = run(5, vip=(15,), work="40min", **URGENT)

    assert trace(simulated, "vip") == [(15, 15, 25)]
    assert trace(simulated) == [(5, 5, 55)]
    assert sorted(simulated.stints["work"] / US / 60) == [10, 10, 30]


def test_equal_priority_interrupts_nothing():
    simulated = run(5, vip=(15,), work="40min", **(URGENT | {"priorities": {"vip": 5, "work": 5}}))

    assert trace(simulated, "vip") == [(15, 45, 55)]
    assert trace(simulated) == [(5, 5, 45)]


def test_urgent_case_of_the_night_goes_first():
    simulated = run(
        95, vip=(155,), work="40min", resources={"clerk": {"calendar": "day"}}, **URGENT
    )

    assert trace(simulated, "vip") == [(155, 180, 190)]
    assert trace(simulated) == [(95, 95, 205)]


FAILS = {"failures": {"up": {"constant": "30min"}, "down": {"constant": "20min"}}}


def test_failure_suspends_the_work():
    simulated = run(25, 75, work="10min", resources={"clerk": FAILS})  # down 30-50 and 80-100

    assert trace(simulated) == [(25, 25, 55), (75, 75, 105)]


def test_case_waits_for_the_repair():
    simulated = run(35, 45, work="10min", resources={"clerk": FAILS})

    assert trace(simulated) == [(35, 50, 60), (45, 60, 70)]


def test_patience_runs_while_the_doors_are_shut():
    simulated = run(
        125,
        155,
        resources={"clerk": {"calendar": "day"}},
        patience={"work": {"constant": "30min"}},
    )

    assert (simulated.cancelled / US / 60).tolist() == [155, -1 / US / 60]
    assert simulated.abandoned.tolist() == [True, False]
    assert trace(simulated)[1] == (155, 180, 190)


def test_batch_waits_for_the_opening_as_one():
    simulated = run(
        125,
        135,
        175,
        resources={"clerk": {"calendar": "day"}},
        batches={"work": {"size": 2, "max_wait": "20min"}},
    )

    assert trace(simulated) == [(125, 180, 190), (135, 180, 190), (175, 195, 205)]
    assert (simulated.formed / US / 60).tolist() == [135, 135, 195]
    assert (simulated.work / US / 60).tolist() == [5, 5, 10]


def test_withdrawn_work_frees_its_unit():
    """Two clerks hold suspended work over the break; one is taken away from it at 10:20."""
    model = user("work") + boundary("late", "work", "PT85M") + end("other")
    scenario = of(
        model,
        "start > work > end\nlate > other",
        run={"cases": 2},
        arrivals={"start": {"interval": {"constant": "55min"}}},
        resources={"clerk": {"units": 1, "calendar": "day"}},
        calendars={"day": SPLIT_DAY},
        durations={"work": {"constant": "70min"}},
    )

    # the first is withdrawn at 55 + 85 = 140 while its work rests; the second begins at 180
    assert told(a_run(scenario)) == ["late 55-140", "work 55-140 cancelled"]
    assert trace(a_run(scenario))[1][:2] == (110, 180)
