"""One mistake at a time in every field of a full scenario: refused by name, never a traceback."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from simulation.errors import ScenarioInvalid
from simulation.experiment import ensure_runs
from simulation.scenario.load import build
from tests.simulation.graphs import graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.errors import Problem

Path = tuple[str | int, ...]
PROCESS = graph(
    "start > register > gw =yes> lab > gw_merge > consult > timer > end",
    "gw =no> gw_merge",
    lanes={"register": "clerk", "lab": "nurse", "consult": "doctor"},
)
HOUR, MINUTE = {"constant": "1h"}, {"exponential": {"mean": "1min"}}
FULL: dict[str, Any] = {
    "scenario": 1,
    "name": {"en": "Full", "zh": "全部"},
    "model": "full.bpmn",
    "timezone": "Asia/Shanghai",
    "currency": "CNY",
    "run": {
        "start": "2026-03-02T08:00",
        "until": "4h",
        "drain": True,
        "warm_up": "1h",
        "replications": {"min": 3, "max": 9, "half_width": "5%", "kpi": "OP-CT"},
        "seed": 1,
    },
    "arrivals": {
        "start": {
            "interval": MINUTE,
            "calendar": "day",
            "group": {"constant": 1},
            "attributes": {
                "kind": {"choice": {"low": "60%", "high": "40%"}},
                "amount": {"lognormal": {"mean": 300, "sd": 500}},
                "vip": {"constant": False},
            },
        }
    },
    "durations": {
        "register": {"triangular": {"min": "1min", "mode": "2min", "max": "5min"}},
        "lab": {"mixture": [{"weight": 1, "constant": "1min"}, {"weight": 2, "constant": "2min"}]},
        "consult": {
            "work": {"erlang": {"mean": "8min", "phases": 3}},
            "by_resource": {"alice": {"gamma": {"mean": "8min", "sd": "2min"}}},
            "outside_calendar": "abort",
        },
    },
    "branches": {
        "gw": {"by": "kind", "table": {"low": {"yes": "10%", "no": "90%"}}, "else": {"yes": 1}}
    },
    "resources": {
        "clerk": {"units": 2, "calendar": "day", "cost_per_hour": 40, "overtime_per_hour": 60},
        "nurse": {"units": 2, "cost_per_use": 1, "failures": {"up": HOUR, "down": MINUTE}},
        "doctor": {
            "members": {
                "alice": {"skills": ["internal"], "calendar": "day", "cost_per_hour": 9},
                "bob": {"units": 2},
            }
        },
    },
    "demands": {
        "register": {"role": "clerk", "units": 2, "choose": "longest_idle"},
        "lab": {"any": ["nurse", "clerk"]},
        "consult": {
            "all": [{"role": "doctor", "units": 1, "skill": "internal"}, {"role": "nurse"}],
            "choose": {"other_than": "register"},
        },
    },
    "calendars": {
        "day": {
            "weekly": {"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": ["08:00-12:00"]},
            "holidays": "CN",
            "exceptions": {"2026-05-09": ["08:00-12:00"]},
        }
    },
    "queues": {
        "nurse": {
            "order": ["priority", "arrival"],
            "preemptive": True,
            "capacity": 3,
            "when_full": "block",
        }
    },
    "priorities": {"lab": "1 if kind == 'high' else 5", "consult": 2},
    "patience": {"register": HOUR},
    "batches": {"lab": {"size": 3, "max_wait": "20min", "by": "kind"}},
    "events": {"timer": {"share": "10%", "after": HOUR}},
    "costs": {"consult": {"fixed": 5, "per_hour": 1.5}},
    "targets": {"OP-CT": {"min": "1min", "max": "60min"}, "OP-FE": {"max": "10%"}},
    "guards": ["OP-CT90"],
}
WRONG: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "x",
    "-5min",
    "120%",
    [],
    [[]],
    {},
    {"x": {}},
    "\x00",
]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value, inner ones too."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


def changed(path: Path, value: object) -> dict[str, Any]:
    """Return the scenario with one value in the place of another."""
    raw = copy.deepcopy(FULL)
    holder: Any = raw
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return raw


def renamed(path: Path) -> dict[str, Any]:
    """Return the scenario with one letter more in the name of a field."""
    raw = copy.deepcopy(FULL)
    holder: Any = raw
    for key in path[:-1]:
        holder = holder[key]
    holder[f"{path[-1]}x"] = holder.pop(path[-1])
    return raw


def problems(raw: dict[str, Any]) -> tuple[Problem, ...]:
    """Return what is refused; nothing else than a refusal may come out."""
    try:
        build(raw, graph=PROCESS)
    except ScenarioInvalid as refused:
        return refused.problems
    return ()


def is_about(problem: Problem, path: Path) -> bool:
    """Whether a problem is about a field, what is in it, what holds it, or names it."""
    parts = [str(part) for part in path]
    named = problem.field.replace("[", ".").replace("]", "").split(".")
    within = all(a == b for a, b in zip(named, parts, strict=False))
    return within or any(part in str(problem) for part in parts[1:] or parts)


def test_full_scenario_is_sound():
    build(FULL, graph=PROCESS)


@pytest.mark.parametrize("section", [name for name in FULL if name != "extends"])
def test_wrong_value_is_refused_by_the_name_of_its_field(section):
    paths = [(section,), *places({section: FULL[section]})]
    refused = 0
    for path in dict.fromkeys(paths):
        for value in WRONG:
            found = problems(changed(path, value))
            refused += bool(found)
            assert not found or any(is_about(problem, path) for problem in found), (path, value)
    assert refused >= len(WRONG) // 3


def test_name_that_is_misspelt_is_refused_nearly_everywhere():
    paths = [path for path in places(FULL) if isinstance(path[-1], str)]
    accepted = [path for path in paths if not problems(renamed(path))]

    # what people name themselves may be called anything, if nothing else uses the name
    free = {"amount", "vip", "alice", "bob", "low", "high", "2026-05-09"}
    assert [path for path in accepted if path[-1] not in free] == []


@pytest.mark.parametrize("section", ["run", "arrivals", "calendars"])
def test_value_that_is_accepted_runs_or_is_refused_in_words(section):
    simulated: dict[str, Any] = {
        "demands": {},
        "queues": {},
        "patience": {},
        "batches": {},
        "events": {},
    }
    accepted = 0
    for path in places({section: FULL[section]}):
        for value in WRONG:
            raw = changed(path, value) | simulated | {"branches": {"gw": {"yes": 0.5, "no": 0.5}}}
            raw["resources"] = {role: {"units": 1} for role in FULL["resources"]}
            raw["durations"] = dict.fromkeys(FULL["durations"], MINUTE)
            with suppress(ScenarioInvalid):
                scenario = build(raw, graph=PROCESS)
                accepted += 1
                ensure_runs(scenario)
    assert accepted
