"""Processes whose every parameter is known, simulated: what calibration must get back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.log_reader.work_log import WorkLog, coded, from_event_log
from simulation.calibration.learn import learn
from simulation.calibration.scenario import scenario_of
from simulation.scenario.load import Scenario, build, merged
from tests.simulation.builders import a_run, shipped
from tests.simulation.graphs import graph

if TYPE_CHECKING:
    from simulation.calibration.learnt import Learnt

SURE = 0.999  # of the intervals in tests of whole logs: one in a thousand may miss by chance

LOAN = graph(
    "start > intake > and_split > check > and_join > gw_ok =ok> approve > end_good",
    "and_split > credit > and_join",
    "gw_ok =again> fix > intake",
    "gw_ok =no> refuse > end_bad",
)
PLANTED: dict[str, Any] = {
    "scenario": 1,
    "name": "Loan",
    "model": "loan.bpmn",
    "timezone": "UTC",
    "currency": "EUR",
    "run": {"start": "2026-03-02T00:00", "until": "12w", "replications": 1, "seed": 1},
    "arrivals": {
        "start": {
            "rate": {
                "slot": "1h",
                "from": "08:00",
                "weekly": {"mon": [6, 6, 6, 4, 2, 4, 4, 3], "tue-fri": [3, 3, 3, 2, 1, 2, 2, 1]},
            },
            "attributes": {"kind": {"choice": {"easy": 0.6, "hard": 0.4}}},
        }
    },
    "resources": {
        "clerk": {
            "members": {"ann": {"calendar": "early"}, "bob": {"calendar": "late"}, "cyd": {}},
            "calendar": "office",
        },
        "expert": {"units": 2, "calendar": "office"},
    },
    "calendars": {
        "office": {"weekly": {"mon-fri": ["08:00-12:00", "13:00-17:00"]}},
        "early": {"weekly": {"mon-fri": ["08:00-12:00"]}},
        "late": {"weekly": {"mon-fri": ["13:00-17:00"]}},
    },
    "durations": {
        "intake": {
            "work": {"lognormal": {"mean": "8min", "sd": "5min"}},
            "by_resource": {"cyd": {"lognormal": {"mean": "14min", "sd": "8.75min"}}},
        },
        "check": {"exponential": {"mean": "12min"}},
        "credit": {"gamma": {"mean": "15min", "sd": "6min"}},
        "approve": {"constant": "5min"},
        "fix": {"uniform": {"min": "2min", "max": "10min"}},
        "refuse": {"constant": "4min"},
    },
    "demands": {
        "intake": "clerk",
        "check": "clerk",
        "fix": "clerk",
        "refuse": "clerk",
        "credit": "expert",
        "approve": "expert",
    },
    "branches": {
        "gw_ok": {
            "by": "kind",
            "table": {
                "easy": {"ok": 0.85, "again": 0.1, "no": 0.05},
                "hard": {"ok": 0.4, "again": 0.2, "no": 0.4},
            },
        }
    },
}


ALIKE = merged(
    PLANTED,
    {
        "resources": {"clerk": {"members": None, "units": 3}},
        "durations": {"intake": {"by_resource": None}},
        "calendars": {"early": None, "late": None},
        "branches": {"gw_ok": {"by": None, "table": None, "ok": 0.7, "again": 0.1, "no": 0.2}},
    },
)  # the same with people who are alike, which is simulated several times as fast


@cache
def alike() -> Scenario:
    """Return the scenario with people who are alike."""
    return build(ALIKE, graph=LOAN)


@cache
def planted() -> Scenario:
    """Return the scenario whose parameters are known."""
    return build(PLANTED, graph=LOAN)


@cache
def planted_log(seed: int = 5) -> WorkLog:
    """Return a log of it, with the attribute that decides."""
    return log_of(planted(), seed=seed)


@cache
def learnt() -> Learnt:
    """Return what is learnt of that log, with intervals that hardly ever miss."""
    return learn(planted_log(), LOAN, source="loan.csv", model="loan.bpmn", confidence=SURE)


@cache
def visits() -> WorkLog:
    """Return a day of patient visits."""
    return log_of(shipped("as_is"))


@cache
def learnt_visits() -> Learnt:
    """Return what is learnt of that day."""
    return learn(visits(), shipped("as_is").graph, source="visit", model="as_is.bpmn")


def log_of(scenario: Scenario, *, seed: int = 1) -> WorkLog:
    """Simulate a scenario once and return the log as another product would tell it."""
    run = a_run(scenario, seed=seed)
    values = {
        name: tuple(None if v is None else str(v) for v in column)
        for name, column in run.arrivals.attributes.items()
    }
    zone = str(scenario.document.timezone)
    return replace(from_event_log(run.event_log()), zone=zone, attributes=values)


def again(found: Learnt) -> Scenario:
    """Return the learnt scenario, as the simulator takes it."""
    return build(scenario_of(found), graph=found.graph)


def without(log: WorkLog, *columns: str) -> WorkLog:
    """Return a log that does not tell some times or texts."""
    nothing = np.full(len(log), np.nan)
    texts = coded([""] * len(log))
    return replace(log, **{c: nothing if c.endswith("_s") else texts for c in columns})
