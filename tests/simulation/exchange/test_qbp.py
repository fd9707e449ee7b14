"""``qbp:`` of BIMP and Apromore inside a BPMN file."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from simulation.exchange.notes import Fate
from tests.simulation.exchange.foreign import imported, model

ALL_WEEK = 'fromTime="00:00" toTime="24:00" fromWeekDay="MONDAY" toWeekDay="SUNDAY"'
OFFICE = 'fromTime="09:00:00.000+00:00" toTime="17:00" fromWeekDay="MONDAY" toWeekDay="FRIDAY"'
INFO = 'id="q" processInstances="500" startDateTime="2026-03-02T09:00:00.000Z" currency="CNY"'
ARRIVALS = 'type="EXPONENTIAL" mean="0" arg1="1200" arg2="0"'
CHECK = 'type="LOGNORMAL" mean="900" arg1="90000" arg2="0"'


def element(task, law, *, more="", resources="R1"):
    ids = "".join(f"<qbp:resourceId>{r}</qbp:resourceId>" for r in resources.split())
    return (
        f'<qbp:element id="e_{task}" elementId="{task}" {more}><qbp:durationDistribution {law}>'
        f"<qbp:timeUnit>minutes</qbp:timeUnit></qbp:durationDistribution>"
        f"<qbp:resourceIds>{ids}</qbp:resourceIds></qbp:element>"
    )


def table(name, rule, *, default="false"):
    rules = f"<qbp:rules><qbp:rule {rule}/></qbp:rules>"
    return f'<qbp:timetable id="{name}" name="{name}" default="{default}">{rules}</qbp:timetable>'


def qbp(elements="", *, info=INFO, more="", tables="", flows=(("yes", "0.7"), ("no", "0.3"))):
    tables = tables or table("T", OFFICE, default="true")
    shares = "".join(
        f'<qbp:sequenceFlow elementId="{flow}" executionProbability="{share}"/>'
        for flow, share in flows
    )
    return model(
        f"<qbp:processSimulationInfo {info}>"
        f"<qbp:arrivalRateDistribution {ARRIVALS}/>"
        f"<qbp:timetables>{tables}</qbp:timetables>"
        '<qbp:resources><qbp:resource id="R1" name="Clerk" totalAmount="3" costPerHour="20"'
        ' timetableId="T"/></qbp:resources>'
        f"<qbp:elements>{elements or element('check', CHECK)}</qbp:elements>"
        f"<qbp:sequenceFlows>{shares}</qbp:sequenceFlows>{more}"
        "</qbp:processSimulationInfo>"
    )


def test_simulation_data_of_bimp_are_imported_whole(tmp_path):
    found = imported(tmp_path, qbp(element("check", CHECK, more='fixedCost="3"')))

    raw = found.scenario.raw
    assert found.kind == "qbp"
    assert (raw["run"]["start"], raw["run"]["cases"]) == ("2026-03-02T09:00:00", 500)
    assert raw["currency"] == "CNY"
    assert raw["arrivals"]["start"] == {
        "interval": {"exponential": {"mean": "20min"}},
        "calendar": "T",
        "outside_calendar": "opening",
    }
    assert raw["resources"] == {"Clerk": {"units": 3, "calendar": "T", "cost_per_hour": 20}}
    assert raw["branches"]["covered"] == {"yes": 0.7, "no": 0.3}
    assert raw["costs"] == {"check": {"fixed": 3}}


@pytest.mark.parametrize(
    ("law", "written"),
    [
        ('type="FIXED" mean="600"', {"constant": "10min"}),
        ('type="EXPONENTIAL" mean="0" arg1="600"', {"exponential": {"mean": "10min"}}),
        ('type="NORMAL" mean="600" arg1="60"', {"normal": {"mean": "10min", "sd": "1min"}}),
        (CHECK, {"lognormal": {"mean": "15min", "sd": "5min"}}),
        ('type="GAMMA" mean="900" arg1="90000"', {"gamma": {"mean": "15min", "sd": "5min"}}),
        ('type="UNIFORM" arg1="60" arg2="120"', {"uniform": {"min": "1min", "max": "2min"}}),
        (
            'type="TRIANGULAR" mean="120" arg1="60" arg2="600"',
            {"triangular": {"min": "1min", "mode": "2min", "max": "10min"}},
        ),
    ],
)
def test_values_are_seconds_whatever_the_unit_says(tmp_path, law, written):
    raw = imported(tmp_path, qbp(element("check", law))).scenario.raw

    assert raw["durations"]["check"] == written


def test_histogram_is_a_mixture(tmp_path):
    bins = "".join(
        f'<qbp:histogramData probability="{p}"><qbp:distribution {law}/></qbp:histogramData>'
        for p, law in ((25, 'type="FIXED" mean="60"'), (75, 'type="UNIFORM" arg1="60" arg2="120"'))
    )
    inside = (
        '<qbp:durationDistribution type="HISTOGRAM"><qbp:histogramDataBins>'
        f"{bins}</qbp:histogramDataBins></qbp:durationDistribution>"
    )
    text = qbp(f'<qbp:element elementId="check">{inside}</qbp:element>')

    raw = imported(tmp_path, text).scenario.raw

    assert raw["durations"]["check"] == {
        "mixture": [
            {"weight": 25, "constant": "1min"},
            {"weight": 75, "uniform": {"min": "1min", "max": "2min"}},
        ]
    }


def test_event_takes_its_duration_and_thresholds_are_told(tmp_path):
    text = qbp(
        element("check", CHECK, more='costThreshold="5"')
        + element("post", 'type="FIXED" mean="60"', resources="")
    )

    found = imported(tmp_path, text)

    assert found.scenario.raw["events"]["post"] == {"constant": "1min"}
    assert any("costThreshold" in note.field for note in found.notes.of(Fate.LOST))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (qbp(element("check", CHECK) * 2), "second entry for 'check'"),
        (qbp(element("check", CHECK, resources="R9")), "'R9', which is no resource"),
        (qbp(element("check", CHECK, resources="R1 R1")), "second resource; qbp knows one"),
        (qbp(element("check", 'type="MAGIC" mean="1"')), "must be one of FIXED"),
        (qbp(element("check", 'type="FIXED" mean="soon"')), "must be a number"),
        (qbp(element("check", 'type="NORMAL" mean="600"')), "arg1: is required"),
        (qbp(element("check", 'type="UNIFORM" arg1="5" arg2="1"')), "not above arg2"),
        (qbp(flows=(("yes", "0.7"), ("no", "0.1"))), "add up to 1, these make 0.8"),
        (qbp(flows=(("yes", "0.7"), ("yes", "0.3"))), "second entry for the flow"),
        (qbp(flows=(("yes", "1.7"), ("no", "0.3"))), "above 1"),
        (qbp(info='processInstances="0"'), "from 1 to"),
        (qbp(info='processInstances="5" startDateTime="now"'), "must be a date and time"),
        (qbp(tables=table("S", OFFICE)), "no timetable of the file"),
        (qbp(tables=table("T", OFFICE) * 2), "second timetable"),
        (qbp(tables=table("T", OFFICE.replace("MON", "MOON"))), "must be a weekday"),
    ],
)
def test_wrong_simulation_data_are_refused_in_words(tmp_path, text, words):
    with pytest.raises(ScenarioInvalid, match=words):
        imported(tmp_path, text)
