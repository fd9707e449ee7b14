"""The published JSON Schema: it allows what is read, in every form, and not what is refused."""

from __future__ import annotations

import json

import pytest

from simulation.scenario.load import merged
from simulation.scenario.schema import json_schema
from simulation.scenario.yaml_lines import read
from tests.simulation.builders import BASE, FOLDER
from tests.simulation.scenario.json_schema import allows

SCHEMA = json_schema()
ONE_HOUR = {"constant": "1h"}
WRITTEN = [
    {},
    {"name": {"en": "Visit", "zh": "门诊"}},
    {"run": {"warm_up": "mser5", "replications": {"max": 400, "half_width": "2%"}}},
    {"durations": {"work": {"constant": None, "work": ONE_HOUR, "by_resource": {"li": ONE_HOUR}}}},
    {"branches": {"gw": {"yes": "45%", "no": 0.55}}},
    {"branches": {"gw": "condition"}},
    {"branches": {"gw": {"by": "kind", "table": {"a": {"yes": 1}}, "else": {"no": 1}}}},
    {"demands": {"work": "none"}},
    {"demands": {"work": {"role": "clerk", "units": 2, "choose": "cheapest"}}},
    {"demands": {"work": {"all": ["clerk", {"role": "nurse"}], "choose": {"same_as": "x"}}}},
    {"events": {"timer": "10%"}},
    {"events": {"timer": ONE_HOUR}},
    {"events": {"timer": {"share": 0.1, "after": ONE_HOUR}}},
    {"repetitions": {"work": 3}},
    {"repetitions": {"work": "30%"}},
    {"repetitions": {"work": {"uniform": {"min": 1, "max": 5}}}},
    {"priorities": {"work": "1 if vip else 5"}},
    {"arrivals": {"start": {"interval": None, "replay": "log.csv"}}},
    {"arrivals": {"start": {"interval": None, "replay": {"file": "log.csv", "column": "at"}}}},
    {"calendars": {"day": {"weekly": {"mon": ["08:00-12:00"]}, "holidays": "CN"}}},
]
REFUSED = [
    {"colour": "red"},
    {"run": None},
    {"run": {"drain": "yes"}},
    {"durations": {"work": {"gaussian": {"mean": "1h"}}}},
    {"durations": {"work": {"constant": 5}}},
    {"branches": {"gw": 7}},
    {"demands": {"work": {"units": 2}}},
    {"demands": {"work": 7}},
    {"resources": {"clerk": {"units": 0}}},
    {"queues": {"clerk": {"order": ["fifo"]}}},
    {"currency": "Yuan"},
    {"run": {"replications": {"most": 4}}},
    {"calendars": {"day": {"holidays": "DE"}}},
]


def test_schema_names_the_fields_of_the_document():
    required = ["scenario", "name", "model", "timezone", "run", "arrivals"]

    assert SCHEMA["required"] == required
    assert SCHEMA["additionalProperties"] is False
    assert "from" in SCHEMA["$defs"]["Rate"]["properties"]


def test_parts_of_the_schema_have_names_that_people_read():
    assert {"SpecOfDuration", "MeanSdOfNumber", "Demand"} <= SCHEMA["$defs"].keys()
    assert [name for name in SCHEMA["$defs"] if not name.isalnum()] == []


def test_every_reference_of_the_schema_leads_somewhere():
    references = json.dumps(SCHEMA).split('"#/$defs/')[1:]

    assert {text.partition('"')[0] for text in references} <= SCHEMA["$defs"].keys()


@pytest.mark.parametrize("patch", WRITTEN)
def test_schema_allows_every_form_of_a_field(patch):
    assert allows(SCHEMA, merged(BASE, patch))


@pytest.mark.parametrize("patch", REFUSED)
def test_schema_refuses_what_is_no_scenario(patch):
    assert not allows(SCHEMA, merged(BASE, patch))


def test_schema_allows_the_shipped_scenario():
    values, _ = read(FOLDER / "as_is.yaml", source="as_is.yaml")

    assert allows(SCHEMA, values)
