"""A simulated run in every form, read again: everything that happened stands in each of them.

The run has names in Chinese, members, a timer, cases that give up, and data that decide. XES is
held against IEEE 1849-2016, OCEL against version 2.0 of its standard; both were read by another
tool as well when they were made.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.domain.history import EventType
from kpis.event_log import EventLog
from kpis.log_reader.read import read_log
from kpis.measure import measure_values
from kpis.parquet_log import visit_numbers
from simulation.experiment import run
from simulation.net import compile_net
from simulation.replication import run_once
from simulation.result_files import write_results
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph

XES = "{http://www.xes-standard.org/}"
VISIT = graph(
    "start > 登记 > gw =urgent> 就诊 > timer_wait > 复诊 > end",
    "gw =usual> end",
    lanes={"登记": "窗口", "就诊": "医生", "复诊": "医生"},
)
CHANGES = {
    "run": {"until": "6h"},
    "arrivals": {
        "start": {
            "interval": {"exponential": {"mean": "6min"}, "constant": None},
            "attributes": {
                "severity": {"choice": {"急": 0.4, "low": 0.6}},
                "amount": {"lognormal": {"mean": 300, "sd": 100}},
                "insured": {"constant": True},
                "outcome": {"constant": "n/a"},
            },
        }
    },
    "resources": {
        "clerk": None,
        "窗口": {"units": 1},
        "医生": {"members": {"李医生": {}, "王医生": {}}},
    },
    "durations": {
        "work": None,
        "登记": {"exponential": {"mean": "5min"}},
        "就诊": {"lognormal": {"mean": "12min", "sd": "6min"}},
        "复诊": {"constant": "3min"},
    },
    "branches": {
        "gw": {"by": "severity", "table": {"急": {"urgent": 1, "usual": 0}},
               "else": {"urgent": 0.5, "usual": 0.5}}
    },
    "patience": {"登记": {"constant": "8min"}},
}  # fmt: skip
FORMS = ("parquet", "csv", "xes", "ocel")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return the folder with all files, and the run that is in them."""
    experiment = run(a_scenario(VISIT, **CHANGES), replications=2)
    folder = tmp_path_factory.mktemp("results")
    write_results(experiment, folder, logs=FORMS)
    simulated = run_once(
        experiment.scenario, compile_net(experiment.scenario), seed=experiment.seed, replication=0
    )
    assert simulated.abandoned.any()
    assert not simulated.abandoned.all()
    return folder, simulated


def values(element):
    """Return the attributes of a XES element by key; each key stands there once."""
    pairs = [(child.get("key"), child) for child in element if child.get("key")]
    assert len(dict(pairs)) == len(pairs)
    return {key: TYPES[child.tag.removeprefix(XES)](child.get("value")) for key, child in pairs}


def moment(text):
    at = datetime.fromisoformat(text)
    assert at.tzinfo is not None
    return at


TYPES = {
    "string": str, "date": moment, "int": int, "float": float,
    "boolean": {"true": True, "false": False}.__getitem__,
}  # fmt: skip


def test_xes_has_every_event_and_the_data_of_each_case(results):
    folder, simulated = results
    traces = ET.parse(folder / "log.xes").getroot().findall(f"{XES}trace")
    cases = [values(trace) for trace in traces]
    events = [values(e) for trace in traces for e in trace.findall(f"{XES}event")]
    history = [e for e in simulated.history() if e.element_id is not None]

    assert len(cases) == len(simulated.arrivals)
    for i, case in enumerate(cases):
        came = simulated.arrivals.values(i)
        assert case["severity"] == came["severity"]
        assert case["amount"] == came["amount"]
        assert case["insured"] is True
        assert case["attribute_outcome"] == "n/a"
        assert case["outcome"] == ("abandoned" if simulated.abandoned[i] else "completed")
    told = [(e["element_id"], e["event"], e["time:timestamp"], e.get("org:resource"), e["org:role"])
            for e in events if e["element_type"] == "userTask"]  # fmt: skip
    assert told == [
        (e.element_id, str(e.type), e.at, e.actor, e.lane)
        for e in history
        if e.element_type == "userTask"
    ]
    assert {"schedule", "start", "complete", "withdraw"} == {
        e["lifecycle:transition"] for e in events
    }


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_our_reader_finds_the_same_visits_people_and_data(results, form):
    folder, simulated = results
    log, quality = read_log(folder / f"log.{form}", now=datetime(2030, 1, 1, tzinfo=UTC))
    done = simulated.event_log().activities.dropna(subset=["completed_s"])
    epoch_s = simulated.net.epoch.timestamp()

    assert quality.adds_up
    spent = np.sort(log.ended_s - log.started_s)
    assert spent == pytest.approx(np.sort(done.completed_s - done.started_s), abs=2e-6)
    assert sorted(log.ended_s - epoch_s) == pytest.approx(sorted(done.completed_s), abs=1e-3)
    assert set(log.resource.names) == set(done.performer)
    known = {case_id: i for i, case_id in enumerate(simulated.case_ids)}
    severity = [
        simulated.arrivals.attributes["severity"][known[case_id]] for case_id in log.case_ids
    ]
    assert list(log.attributes["severity"]) == severity
    amounts = [simulated.arrivals.attributes["amount"][known[c]] for c in log.case_ids]
    assert [float(text) for text in log.attributes["amount"]] == amounts


def test_log_file_gives_the_same_kpis(results, tmp_path):
    _, simulated = results
    log = simulated.event_log()
    log.to_csv(tmp_path / "log.csv")

    again = measure_values(EventLog.read_csv(tmp_path / "log.csv"))

    first = measure_values(log)
    assert again.keys() == first.keys()
    assert list(again.values()) == pytest.approx(list(first.values()), rel=1e-6, nan_ok=True)


def test_history_gives_the_same_kpis_per_case(results):
    """What XES, CSV and OCEL tell is the history: KPIs can be measured from it."""
    _, simulated = results
    log = simulated.event_log()

    again = measure_values(EventLog.from_events(simulated.history(), epoch=log.epoch))

    first = measure_values(log)
    for code in ("OP-CT", "OP-WT", "OP-ABD"):
        assert again[code] == pytest.approx(first[code], rel=1e-6)


def test_ocel_declares_the_types_of_the_data_of_cases(results):
    folder, simulated = results
    ocel = json.loads((folder / "log.ocel.json").read_bytes())

    assert list(ocel) == ["events", "objects", "eventTypes", "objectTypes"]
    declared = {
        kind["name"]: {a["name"]: a["type"] for a in kind["attributes"]}
        for kind in ocel["objectTypes"]
    }
    assert declared["case"] == {
        "process": "string", "outcome": "string", "severity": "string", "amount": "float",
        "insured": "boolean", "attribute_outcome": "string",
    }  # fmt: skip
    types = {"string": str, "float": float, "boolean": bool}
    for found in ocel["objects"]:
        for attribute in found["attributes"]:
            assert type(attribute["value"]) is types[declared[found["type"]][attribute["name"]]]
            assert moment(attribute["time"])
    people = {found["id"] for found in ocel["objects"] if found["type"] == "person"}
    assert {"person:李医生", "person:王医生"} <= people
    assert len(ocel["events"]) == len(list(simulated.history()))


def test_parquet_has_activities_delays_and_the_data_of_cases(results):
    folder, simulated = results
    rows = pq.read_table(folder / "log.parquet").to_pandas()
    rows = rows[rows.replication == 0]
    log = simulated.event_log()

    assert (rows.kind == "activity").sum() == len(log.activities)
    delays = rows[rows.kind == "delay"]
    waited = (delays.completed - delays.scheduled).dt.total_seconds()
    assert waited.tolist() == pytest.approx([2100.0] * len(log.delays))  # PT35M
    assert set(delays.visit) == {0}
    left = rows.cancelled.notna()
    assert left.sum() == log.activities.cancelled_s.notna().sum() > 0
    known = {case_id: i for i, case_id in enumerate(simulated.case_ids)}
    for name in ("severity", "amount"):
        column = simulated.arrivals.attributes[name]
        assert rows[f"case:{name}"].tolist() == [column[known[c]] for c in rows.case_id]
    assert rows["case:insured"].dtype == bool
    assert str(rows.scheduled.dt.tz) == "UTC"


def test_delays_of_a_case_are_numbered():
    case, element = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 0, 0, 0])

    assert visit_numbers(case, element).tolist() == [0, 0, 1, 0, 1]


def test_log_without_a_case_is_written_in_every_form(tmp_path):
    nobody = {"interval": {"constant": "9h"}, "attributes": {"severity": {"constant": "low"}}}
    experiment = run(a_scenario(arrivals={"start": nobody}), replications=1)

    write_results(experiment, tmp_path, logs=FORMS)

    assert ET.parse(tmp_path / "log.xes").getroot().find(f"{XES}trace") is None
    ocel = json.loads((tmp_path / "log.ocel.json").read_bytes())
    assert (ocel["events"], ocel["objects"], ocel["eventTypes"]) == ([], [], [])
    assert [kind["name"] for kind in ocel["objectTypes"]] == ["case", "task", "person", "group"]
    assert pq.read_table(tmp_path / "log.parquet").num_rows == 0
    header = (tmp_path / "log.csv").read_text("utf-8-sig")
    assert header.endswith("role,person,severity\n")


def test_abandoned_cases_are_told_as_such(results):
    folder, simulated = results
    ended = [e for e in simulated.history() if e.type is EventType.CASE_CANCELLED]
    ocel = json.loads((folder / "log.ocel.json").read_bytes())

    outcomes = [
        a["value"] for o in ocel["objects"] for a in o["attributes"] if a["name"] == "outcome"
    ]

    assert outcomes.count("abandoned") == len(ended) == simulated.abandoned.sum()
