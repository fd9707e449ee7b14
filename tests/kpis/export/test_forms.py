"""XES, CSV and OCEL, read again as other tools read them."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import chain
from xml.etree import ElementTree as ET

import pytest

from engine.domain.history import EventType, HistoryEvent
from kpis.export import events_csv, files
from kpis.export.files import ExportFormat
from kpis.export.told import Teller
from tests.kpis.export.histories import MONDAY, a_history, told

XES = "{http://www.xes-standard.org/}"
TYPES = {"string", "date", "int", "float", "boolean", "id", "list"}


def attributes(element):
    return {
        child.get("key"): child.get("value")
        for child in element
        if child.tag.removeprefix(XES) in TYPES
    }


@pytest.fixture
def xes(tmp_path):
    files.write(told("V1", "V2", language="en"), tmp_path / "log.xes", ExportFormat.XES)
    return ET.parse(tmp_path / "log.xes").getroot()


@pytest.fixture
def ocel(tmp_path):
    files.write(told("V1", "V2", language="en"), tmp_path / "log.json", ExportFormat.OCEL)
    return json.loads((tmp_path / "log.json").read_bytes())


def test_xes_has_a_trace_a_case_and_an_event_a_transition(xes):
    traces = xes.findall(f"{XES}trace")

    assert [attributes(trace)["concept:name"] for trace in traces] == ["V1", "V2"]
    events = [attributes(event) for event in traces[0].findall(f"{XES}event")]
    assert len(events) == len(a_history()) - 2
    assert events[4] == {
        "concept:name": "Register",
        "concept:instance": "t1",
        "lifecycle:transition": "complete",
        "org:resource": "P1",
        "org:role": "desk",
        "element_id": "register",
        "element_type": "userTask",
        "event": "completed",
        "time:timestamp": "2026-03-02T08:06:00+00:00",
        "seq": "6",
    }


def test_xes_declares_what_it_uses(xes):
    """IEEE 1849-2016, 5: extensions of the prefixes, globals in every event, order of parts."""
    prefixes = {extension.get("prefix") for extension in xes.findall(f"{XES}extension")}
    wanted = [set(attributes(found)) for found in xes.findall(f"{XES}global")]
    used = {
        key.partition(":")[0]
        for event in xes.iter(f"{XES}event")
        for key in attributes(event)
        if ":" in key
    }
    order = list(dict.fromkeys(child.tag.removeprefix(XES) for child in xes))

    assert used <= prefixes
    assert all(wanted[1] <= set(attributes(event)) for event in xes.iter(f"{XES}event"))
    assert order == ["extension", "global", "classifier", "string", "trace"]


def test_trace_tells_beginning_and_end_of_its_case(xes):
    trace = attributes(xes.find(f"{XES}trace"))

    assert (trace["outcome"], trace["started"]) == ("cancelled", "2026-03-02T08:01:00+00:00")
    assert trace["ended"] == "2026-03-02T08:10:00+00:00"


def test_xes_holds_no_character_that_xml_forbids(tmp_path):
    awkward = '\x00\x0b\ud800"<&>\n\ufffe好'
    event = HistoryEvent("p", awkward, 1, EventType.CASE_STARTED, MONDAY)

    files.write(Teller().cases([event]), tmp_path / "log.xes", ExportFormat.XES)

    trace = ET.parse(tmp_path / "log.xes").getroot().find(f"{XES}trace")
    assert attributes(trace)["concept:name"] == '\ufffd\ufffd\ufffd"<&>\n\ufffd好'


def test_csv_is_read_again_as_it_was(tmp_path):
    events = [*a_history("=cmd|' /C calc'!A0"), *a_history("V2")]
    path = tmp_path / "log.csv"

    counts = files.write(Teller().cases(events), path, ExportFormat.CSV)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(events_csv.read(file))
    assert counts == (2, len(events)) == (2, len(rows))
    assert rows[0]["case_id"] == "=cmd|' /C calc'!A0"
    assert [row["event"] for row in rows] == [str(event.type) for event in events]
    assert "\n'=cmd" in path.read_text("utf-8")


def test_ocel_relates_only_to_objects_that_are_there(ocel):
    """OCEL 2.0, 4: referential integrity, and only declared types and attributes."""
    ids = {found["id"] for found in ocel["objects"]}
    related = {
        relation["objectId"]
        for item in chain(ocel["events"], ocel["objects"])
        for relation in item["relationships"]
    }

    assert related <= ids
    assert len(ids) == len(ocel["objects"])
    assert len({event["id"] for event in ocel["events"]}) == len(ocel["events"]) == 20
    for items, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {t["name"]: {a["name"] for a in t["attributes"]} for t in ocel[types]}
        for item in ocel[items]:
            assert {a["name"] for a in item["attributes"]} <= declared[item["type"]]


def test_ocel_has_cases_tasks_people_and_groups(ocel):
    kinds = [found["type"] for found in ocel["objects"]]

    assert {kind: kinds.count(kind) for kind in kinds} == {
        "case": 2, "task": 4, "person": 3, "group": 2,
    }  # fmt: skip
    task = next(found for found in ocel["objects"] if found["id"] == "task:V1/t1")
    assert {a["name"]: a["value"] for a in task["attributes"]} == {
        "element_id": "register", "activity": "Register", "state": "completed",
    }  # fmt: skip
    assert task["relationships"] == [
        {"objectId": "case:V1", "qualifier": "part of"},
        {"objectId": "group:desk", "qualifier": "work of"},
    ]


def test_completion_of_an_activity_is_an_event_of_its_name(ocel):
    types = [event["type"] for event in ocel["events"][:6]]

    assert types[0] == "case_started"
    assert types[1:] == [
        *("Register [schedule]", "Register [offered]", "Register [assign]"),
        *("Register [start]", "Register"),
    ]


@pytest.mark.parametrize("form", list(ExportFormat))
def test_packed_file_is_the_same_and_tells_no_details(tmp_path, form):
    plain, packed = tmp_path / "log", tmp_path / "log.gz"

    for path in (plain, packed):
        files.write(told(), path, form)

    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert b"canary" not in plain.read_bytes()
    assert b"alice" not in plain.read_bytes()


def test_failed_export_leaves_the_old_file(tmp_path):
    def broken():
        yield from told()
        raise ZeroDivisionError

    path = tmp_path / "log.xes"
    path.write_text("old")

    with pytest.raises(ZeroDivisionError):
        files.write(broken(), path, ExportFormat.XES)

    assert [found.read_text() for found in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.XES.gz", "xes"), ("a.csv", "csv"), ("a.json", "ocel"), ("a.jsonocel", "ocel")],
)
def test_name_of_a_file_tells_its_form(tmp_path, name, form):
    assert files.format_of(tmp_path / name) == form


def test_other_names_tell_no_form(tmp_path):
    assert files.format_of(tmp_path / "a.txt") is None


def with_data(*values):
    """Return a case for each value, which came with it."""
    cases = told(*(f"V{i}" for i, _ in enumerate(values)))
    return [replace(c, attributes={"x": v}) for c, v in zip(cases, values, strict=True)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [((1, 2), "integer"), ((1, 2.5), "float"), ((2.5, "a"), "string"), ((True,), "boolean")],
)
def test_ocel_declares_a_type_that_all_values_have(tmp_path, values, kind):
    files.write(with_data(*values), tmp_path / "log.json", ExportFormat.OCEL)

    ocel = json.loads((tmp_path / "log.json").read_bytes())

    (case,) = [found for found in ocel["objectTypes"] if found["name"] == "case"]
    assert {"name": "x", "type": kind} in case["attributes"]


def test_csv_leaves_empty_what_a_case_did_not_come_with(tmp_path):
    cases = with_data("=1+1", "b")
    cases[1] = replace(cases[1], attributes={})

    files.write(cases, tmp_path / "log.csv", ExportFormat.CSV, attributes=("x", "start"))

    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(events_csv.read(file))
    assert (rows[0]["x"], rows[-1]["x"]) == ("=1+1", "")
    assert "attribute_start" in rows[0]  # readers would take "start" for a time
