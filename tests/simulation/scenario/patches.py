"""Patches on the scenario of the tests, one per section that is got wrong."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.simulation.builders import a_scenario


def arrival(**fields):
    return {"arrivals": {"start": {"interval": None, **fields}}}


def rate(**fields):
    return arrival(rate={"slot": "1h", "from": "08:00", "per_slot": [5], **fields})


def booked(**fields):
    return arrival(appointments={"slot": "1h", "from": "08:00", "per_slot": [5], **fields})


def duration(**dist):
    return {"durations": {"work": {"constant": None, **dist}}}


def calendar(**fields):
    return {"calendars": {"day": {"weekly": {"mon": ["08:00-12:00"]}, **fields}}}


def precision(**fields):
    given = {"min": 10, "max": 400, "half_width": "2%", "kpi": "OP-CT", **fields}
    return {"run": {"replications": given}}


def members(**who):
    return {"resources": {"clerk": {"units": None, "members": who}}}


def queue(**fields):
    return {"queues": {"clerk": fields}}


def batch(**fields):
    return {"batches": {"work": {"size": 3, **fields}}}


def demand(**fields):
    return {"demands": {"work": fields}}


FIXED = {"appointments": {"slot": "1h", "from": "08:00", "per_slot": 5}}
MOMENTS = {"moments": ["2026-03-02T08:05"]}
ONE_HOUR = {"constant": "1h"}
TRIANGLE = {"min": "1min", "mode": "2min", "max": "5min"}


def assert_refused(patch, field, words):
    """A scenario with a patch is refused by the name of the field, in these words."""
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(**patch)
    problems = [p for p in refusal.value.problems if p.field == field]
    assert problems, str(refusal.value)
    assert words in str(problems[0])
    assert problems[0].source == "test.yaml"
