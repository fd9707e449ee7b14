"""Every field of a scenario stands in what is exported, or the report tells that it does not."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from engine.bpmn.graph import read_graph
from simulation.errors import ScenarioInvalid
from simulation.exchange.bpsim_export import export_bpsim
from simulation.exchange.notes import Fate, Notes
from simulation.exchange.prosimos_export import export_prosimos
from simulation.scenario.load import build
from tests.simulation.exchange.foreign import imported, model
from tests.simulation.exchange.rich import WITH_BORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

XML = model(process=WITH_BORDER).encode()
GRAPH = read_graph(XML, source="model.bpmn")
RICH: dict[str, Any] = {
    "scenario": 1,
    "name": "Claim",
    "model": "model.bpmn",
    "timezone": "Europe/Berlin",
    "currency": "EUR",
    "run": {
        "start": "2026-03-02T09:00:00",
        "until": "8h",
        "drain": False,
        "warm_up": "1h",
        "replications": 3,
        "seed": 9,
    },
    "arrivals": {
        "start": {
            "interval": {"exponential": {"mean": "20min"}},
            "calendar": "office",
            "group": {"constant": 2},
            "attributes": {
                "kind": {"choice": {"VIP": 0.25, "other": 0.75}},
                "amount": {"lognormal": {"mean": 300, "sd": 100}},
                "is_new": {"constant": True},
            },
        }
    },
    "calendars": {
        "office": {
            "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]},
            "holidays": "CN",
            "exceptions": {"2026-03-05": ["10:00-12:00"]},
        },
        "late": {"weekly": {"sat": ["10:00-12:00"]}},
    },
    "resources": {
        "clerk": {
            "members": {
                "ann": {"skills": ["x"], "calendar": "late", "cost_per_hour": 11, "units": 2},
                "bo": {"skills": ["y"]},
            },
            "calendar": "office",
            "cost_per_hour": 36,
            "overtime_per_hour": 50,
            "cost_per_use": 2,
            "failures": {"up": {"exponential": {"mean": "100h"}}, "down": {"constant": "2h"}},
        },
        "cashier": {"units": 3, "cost_per_hour": 72},
        "helper": {"units": 2},
    },
    "demands": {
        "check": {"all": [{"role": "clerk"}, {"role": "helper", "units": 2}], "choose": "cheapest"},
        "refuse": {"role": "clerk", "skill": "x"},
        "pay": {"any": [{"role": "cashier"}, {"role": "helper"}]},
    },
    "durations": {
        "check": {
            "work": {"lognormal": {"mean": "15min", "sd": "5min"}},
            "by_resource": {"ann": {"constant": "12min"}},
            "outside_calendar": "finish",
        },
        "refuse": {"constant": "5min"},
        "pay": {"uniform": {"min": "1min", "max": "3min"}},
    },
    "branches": {
        "covered": {
            "by": "kind",
            "table": {"VIP": {"yes": 1, "no": 0}},
            "else": {"yes": 0.6, "no": 0.4},
        }
    },
    "events": {
        "post": {"exponential": {"mean": "1h"}},
        "late": {"share": 0.25, "after": {"constant": "20min"}},
    },
    "queues": {"clerk": {"order": ["priority", "arrival"], "preemptive": False, "capacity": 10}},
    "priorities": {"check": "1 if kind == 'VIP' else 5", "refuse": 4},
    "patience": {"pay": {"constant": "1h"}},
    "batches": {"refuse": {"size": 3, "max_wait": "10min", "by": "kind"}},
    "costs": {"check": {"fixed": 3, "per_hour": 18}},
    "targets": {"OP-CT": {"max": "60min"}},
    "guards": ["OP-WT"],
}
OTHER = {
    "finish": ["suspend"], "cheapest": ["fastest"], "EUR": ["CNY"],
    "Europe/Berlin": ["Asia/Shanghai"], "09:00-12:00": ["08:00-12:00"],
    "13:00-17:00": ["14:00-17:00"], "10:00-12:00": ["10:30-12:00"],
    "2026-03-02T09:00:00": ["2026-03-02T10:00:00"], "OP-WT": ["OP-CT"], "late": ["office"],
    "office": ["late"], "x": ["y"], "y": ["x"],
}  # fmt: skip
Exported = tuple[str, Notes]


def to_prosimos(raw: Any) -> Exported:
    files = export_prosimos(build(raw, graph=GRAPH, source="claim.yaml"))
    return json.dumps(files.parameters) + files.model, files.notes


def to_bpsim(raw: Any) -> Exported:
    return export_bpsim(build(raw, graph=GRAPH, source="claim.yaml"), XML)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key)


def others(value: Any) -> list[Any]:
    """Return values that may stand for another one."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value * 0.5]
    if time := re.fullmatch(r"(\d+)(min|h)", value):
        return [f"{int(time[1]) + 1}{time[2]}"]
    return OTHER.get(value, [f"{value}x", "late", "helper", "cashier", "due"])


def is_silent(export: Callable[[Any], Exported], path: tuple[Any, ...], base: str) -> bool:
    """Whether a field may be changed, and nothing that is exported does."""
    changed = deepcopy(RICH)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    tried = False
    for value in others(place[path[-1]]):
        place[path[-1]] = value
        try:
            text, _ = export(changed)
        except ScenarioInvalid:
            continue
        tried = True
        if text != base:
            return False
    return tried


@pytest.mark.parametrize("export", [to_prosimos, to_bpsim])
def test_no_field_of_a_scenario_is_silent(export):
    base, notes = export(RICH)
    told = [note.field for note in notes.entries if note.fate is not Fate.KEPT]
    told = [field for field in told if field not in ("resources", "model")]  # of all of them

    silent = []
    for path in leaves(RICH):
        name = ".".join(map(str, path))
        if not any(name == field or name.startswith(f"{field}.") for field in told) and is_silent(
            export, path, base
        ):
            silent.append(name)

    assert silent == ["model"]  # the file itself


def test_share_of_a_border_event_comes_back_from_bpsim(tmp_path):
    text, _ = to_bpsim(RICH)

    again = imported(tmp_path, text).scenario

    assert again.raw["events"]["late"] == {"share": 0.25, "after": {"constant": "20min"}}
