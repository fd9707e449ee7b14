"""Wrong BPSim: every refusal says what is wrong."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.simulation.exchange.foreign import imported
from tests.simulation.exchange.test_bpsim import (
    EVERY_20,
    RESOURCE,
    bpsim,
    clerk,
    number,
    params,
    scenario,
    selected,
    value,
)


def ical(**changes):
    lines = {"DTSTART": "20260302T090000", "DTEND": "20260302T170000", "RRULE": "FREQ=DAILY"}
    text = "\n".join(f"{k}:{v}" for k, v in (lines | changes).items() if v)
    event = f"BEGIN:VEVENT\n{text}\nEND:VEVENT"
    return f'<bpsim:Calendar id="C">{event}</bpsim:Calendar>'


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([params("check", "TimeParameters", ProcessingTime=number("x"))], "must be a number"),
        ([params("check", "TimeParameters", ProcessingTime=number(-1))], "must not be negative"),
        (
            [params("check", "TimeParameters", ProcessingTime=number(1, timeUnit="moon"))],
            "must be one of ms, s",
        ),
        (
            [params("check", "TimeParameters", ProcessingTime=value("BooleanParameter", value=1))],
            "BooleanParameter, which is no time",
        ),
        ([selected("bpsim:getResource('Nobody',1)")], "names the resource 'Nobody'"),
        ([selected("whoever")], "must name a resource"),
        ([EVERY_20, EVERY_20], "second entry for 'start'"),
        ([EVERY_20, clerk(number("1.5"))], "whole number"),
        ([params("start", "ControlParameters", InterTriggerTimer=number(1, validFor="D"))], "cal"),
        ([EVERY_20, ical(RRULE="FREQ=YEARLY")], "repeat DAILY or WEEKLY"),
        ([EVERY_20, ical(RRULE="FREQ=WEEKLY;BYDAY=XX")], "does not know the day"),
        ([EVERY_20, ical(RRULE="FREQ=WEEKLY;INTERVAL=2")], "every second time"),
        ([EVERY_20, ical(DTEND="20260301T170000")], "ends before it begins"),
        ([EVERY_20, ical(DTSTART="soon")], "needs DTSTART"),
        ([EVERY_20, ical(DTEND="", DURATION="8 hours")], "must be a duration"),
        ([EVERY_20, '<bpsim:Calendar id="C">nothing</bpsim:Calendar>'], "no VEVENT"),
    ],
)
def test_wrong_parameters_are_refused_in_words(tmp_path, parts, words):
    with pytest.raises(ScenarioInvalid, match=words):
        imported(tmp_path, bpsim(scenario(*parts), before=RESOURCE))
