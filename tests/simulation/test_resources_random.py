"""Random scenarios with everything special at once keep the laws that hold for every run."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulation.checks import check
from simulation.holds import holds
from simulation.waiting import waits_by_cause
from tests.simulation.builders import a_run, a_scenario
from tests.simulation.graphs import graph

STEPS = ("one", "two", "three")
PROCESS = graph(
    "start > one > gw =a> two > end",
    "gw =b> three > end",
    lanes={"one": "clerk", "two": "doctor", "three": "clerk"},
)
DAYS = {
    "split": {"weekly": {"mon-sun": ["08:00-08:20", "08:30-12:00"]}},
    "late": {"weekly": {"mon-sun": ["08:10-16:00"]}},
}
CALENDAR = st.sampled_from([None, "split", "late"])
MINUTES = st.sampled_from([0, 1, 2, 3, 5, 8]).map(lambda n: f"{n}min")
DRAWN = MINUTES.map(lambda text: {"constant": text})
NEED = st.fixed_dictionaries({"role": st.sampled_from(["clerk", "doctor"]), "units": st.just(1)})
RULE = st.sampled_from(["longest_idle", "cheapest", "fastest"])


def optional(**fields):
    """Return mappings in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


DEMAND = st.one_of(
    st.fixed_dictionaries({"role": st.just("clerk"), "choose": RULE}),
    st.fixed_dictionaries({"any": st.just(["clerk", "doctor"])}),
    st.fixed_dictionaries({"all": st.just(["doctor", "clerk"]), "choose": RULE}),
    st.fixed_dictionaries({"role": st.just("doctor"), "skill": st.just("law")}),
    st.just({"role": "clerk", "units": 2}),
)
WORK = st.fixed_dictionaries(
    {"work": DRAWN, "outside_calendar": st.sampled_from(["suspend", "finish", "abort"])},
)
FAILURES = st.just({"up": {"constant": "17min"}, "down": {"constant": "6min"}})
QUEUE = optional(
    order=st.sampled_from([["priority", "arrival"], ["priority", "shortest"]]),
    preemptive=st.booleans(),
    capacity=st.integers(0, 3),
    when_full=st.sampled_from(["leave", "block"]),
)
SCENARIO = st.fixed_dictionaries(
    {
        "clerk": optional(calendar=CALENDAR, failures=FAILURES),
        "doctor": optional(calendar=CALENDAR, failures=FAILURES),
        "members": st.fixed_dictionaries({"li": CALENDAR, "wu": CALENDAR}),
        "demands": st.dictionaries(st.sampled_from(STEPS), DEMAND),
        "durations": st.fixed_dictionaries(dict.fromkeys(STEPS, WORK)),
        "queues": st.dictionaries(st.sampled_from(["clerk", "doctor"]), QUEUE),
        "patience": st.dictionaries(st.sampled_from(STEPS), DRAWN),
        "batches": st.dictionaries(
            st.sampled_from(STEPS),
            st.fixed_dictionaries({"size": st.integers(1, 3), "max_wait": st.just("4min")}),
        ),
        "priorities": st.dictionaries(st.sampled_from(STEPS), st.integers(0, 2)),
        "interval": st.sampled_from(["1min", "2min", "4min"]),
    }
)


def scenario_of(drawn):
    members = {
        "li": {"skills": ["law"], "calendar": drawn["members"]["li"]},
        "wu": {"calendar": drawn["members"]["wu"]},
    }
    return a_scenario(
        PROCESS,
        run={"until": "30min"},
        arrivals={"start": {"interval": {"constant": drawn["interval"]}}},
        calendars=DAYS,
        resources={
            "clerk": {"units": 2, "cost_per_hour": 30, "cost_per_use": 1, **drawn["clerk"]},
            "doctor": {"members": members, "overtime_per_hour": 90, **drawn["doctor"]},
        },
        durations={"work": None, **drawn["durations"]},
        branches={"gw": {"a": 0.5, "b": 0.5}},
        **{
            name: drawn[name] for name in ("demands", "queues", "patience", "batches", "priorities")
        },
    )


@given(SCENARIO)
def test_every_law_holds_whatever_is_special(drawn):
    run = a_run(scenario_of(drawn))

    assert all(check(run).values())
    assert (run.ended >= 0).all()
    over = (run.completed >= 0) | (run.cancelled >= 0)
    assert over.all()
    run.event_log()


@given(SCENARIO)
def test_causes_of_waiting_add_up(drawn):
    run = a_run(scenario_of(drawn))
    split = waits_by_cause(run, holds(run))

    begun = (run.started >= 0) & (run.unit >= 0)
    assert all((waits >= 0).all() for waits in split.values())
    np.testing.assert_array_equal(sum(split.values())[begun], (run.started - run.scheduled)[begun])


@given(SCENARIO)
def test_work_of_completed_visits_is_what_the_units_did(drawn):
    """Lost attempts come on top where work is aborted."""
    run = a_run(scenario_of(drawn))
    held = holds(run)
    done = np.bincount(held.row, weights=held.work, minlength=len(run.case))
    aborts = {
        name for name, work in drawn["durations"].items() if work["outside_calendar"] == "abort"
    }
    alone = np.array(
        [node.element_id not in {*aborts, *drawn["demands"]} for node in run.net.nodes]
    )

    simple = (run.completed >= 0) & alone[run.node]
    np.testing.assert_array_equal(done[simple], run.work[simple])
