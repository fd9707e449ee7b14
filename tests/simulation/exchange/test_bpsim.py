"""BPSim 1.0 and 2.0 in the relationship of a BPMN file."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from simulation.exchange.notes import Fate
from tests.simulation.exchange.foreign import imported, model

OFFICE = """<bpsim:Calendar id="C" name="Office">BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260302T090000
DTEND:20260302T170000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,
 TH,FR
END:VEVENT
END:VCALENDAR</bpsim:Calendar>"""
STUB = '<bpsim:NormalDistribution mean="0.0" standardDeviation="0.0"/>'


def value(kind, **attributes):
    written = "".join(f' {key}="{text}"' for key, text in attributes.items())
    return f"<bpsim:{kind}{written}/>"


def number(amount, **more):
    return value("FloatingParameter", value=amount, **more)


def params(ref, group, **values):
    inside = "".join(f"<bpsim:{name}>{v}</bpsim:{name}>" for name, v in values.items())
    group = f"<bpsim:{group}>{inside}</bpsim:{group}>"
    return f'<bpsim:ElementParameters elementRef="{ref}">{group}</bpsim:ElementParameters>'


def scenario(*parts, settings='baseTimeUnit="min"', more=""):
    head = f"<bpsim:ScenarioParameters {settings}>{more}</bpsim:ScenarioParameters>"
    return f'<bpsim:Scenario id="s" name="S">{head}{"".join(parts)}</bpsim:Scenario>'


def bpsim(*scenarios, before=""):
    data = f"<bpsim:BPSimData>{''.join(scenarios)}</bpsim:BPSimData>"
    inside = f"<extensionElements>{data}</extensionElements>"
    return model(f'{before}<relationship type="BPSimData">{inside}</relationship>')


def clerk(*values):
    return params("R1", "ResourceParameters", Quantity="".join(values))


def selected(text):
    return params("check", "ResourceParameters", Selection=value("ExpressionParameter", value=text))


RESOURCE = '<resource id="R1" name="Clerk"/><resource id="R2" name="Cashier"/>'
EVERY_20 = params("start", "ControlParameters", InterTriggerTimer=number(20))


def work(inside, **settings):
    return bpsim(scenario(params("check", "TimeParameters", ProcessingTime=inside), **settings))


@pytest.mark.parametrize(
    ("written", "law"),
    [
        (number(10), {"constant": "10min"}),
        (value("NumericParameter", value=10, timeUnit="s"), {"constant": "10s"}),
        (value("DurationParameter", value="PT90S"), {"constant": "1.5min"}),
        (value("NegativeExponentialDistribution", mean=5), {"exponential": {"mean": "5min"}}),
        (
            value("NormalDistribution", mean=5, standardDeviation=1),
            {"normal": {"mean": "5min", "sd": "1min"}},
        ),
        (
            value("LogNormalDistribution", mean=5, standardDeviation=1, timeUnit="hour"),
            {"lognormal": {"mean": "5h", "sd": "1h"}},
        ),
        (
            value("TriangularDistribution", min=1, mode=2, max=3),
            {"triangular": {"min": "1min", "mode": "2min", "max": "3min"}},
        ),
        (value("UniformDistribution", min=1, max=3), {"uniform": {"min": "1min", "max": "3min"}}),
        (value("ErlangDistribution", k=3, mean=6), {"erlang": {"mean": "6min", "phases": 3}}),
        (
            value("GammaDistribution", shape=4, scale=2),
            {"gamma": {"mean": "8min", "sd": "4min"}},
        ),
        (
            value("WeibullDistribution", shape=2, scale=3),
            {"weibull": {"shape": 2, "scale": "3min"}},
        ),
        (
            value("TruncatedNormalDistribution", mean=60, standardDeviation=1, min=0, max=120),
            {"normal": {"mean": "1h", "sd": "1min"}},
        ),
    ],
)
def test_processing_time_is_read_in_its_unit(tmp_path, written, law):
    assert imported(tmp_path, work(written)).scenario.raw["durations"]["check"] == law


def test_discrete_laws_are_mixtures_of_their_values(tmp_path):
    poisson = imported(tmp_path, work(value("PoissonDistribution", mean=3)))

    parts = poisson.scenario.raw["durations"]["check"]["mixture"]
    mean = sum(part["weight"] * i for i, part in enumerate(parts))
    assert mean == pytest.approx(3, abs=1e-4)
    assert parts[2] == {"weight": pytest.approx(0.224042, abs=1e-6), "constant": "2min"}


def test_phases_of_the_work_are_added_up(tmp_path):
    times = {"SetUpTime": number(1), "ProcessingTime": number(5), "WaitTime": number(2)}

    found = imported(tmp_path, bpsim(scenario(params("check", "TimeParameters", **times))))

    assert found.scenario.raw["durations"]["check"] == {"constant": "8min"}
    assert any("hold the resource here" in n.words for n in found.notes.of(Fate.TRANSLATED))


def test_base_unit_is_minutes_by_default_and_said(tmp_path):
    found = imported(tmp_path, work(number(10), settings=""))

    assert found.scenario.raw["durations"]["check"] == {"constant": "10min"}
    assert "baseTimeUnit" in " ".join(note.field for note in found.notes.of(Fate.GUESSED))


def test_settings_become_the_run(tmp_path):
    more = (
        '<bpsim:Start><bpsim:DateTimeParameter value="2026-03-02T08:00:00"/></bpsim:Start>'
        '<bpsim:Duration><bpsim:DurationParameter value="P5D"/></bpsim:Duration>'
        '<bpsim:Warmup><bpsim:DurationParameter value="PT2H"/></bpsim:Warmup>'
    )
    settings = 'baseTimeUnit="s" replication="7" seed="3" baseCurrencyUnit="usd"'

    raw = imported(tmp_path, bpsim(scenario(EVERY_20, settings=settings, more=more))).scenario.raw

    assert raw["run"] == {
        "start": "2026-03-02T08:00:00", "until": "120h", "warm_up": "2h",
        "replications": 7, "seed": 3,
    }  # fmt: skip
    assert raw["currency"] == "USD"
    assert raw["arrivals"]["start"]["interval"] == {"constant": "20s"}


def test_calendar_holds_for_arrivals_and_shifts(tmp_path):
    timer = value("NegativeExponentialDistribution", mean=20, validFor="C")
    text = bpsim(
        scenario(
            params("start", "ControlParameters", InterTriggerTimer=timer),
            clerk(value("NumericParameter", value=2, validFor="C"), number(1)),
            selected("bpsim:getResource('Clerk',1)"),
            OFFICE,
        ),
        before=RESOURCE,
    )

    raw = imported(tmp_path, text).scenario.raw

    assert raw["calendars"] == {"Office": {"weekly": {"mon-fri": ["09:00-17:00"]}}}
    assert raw["arrivals"]["start"]["calendar"] == "Office"
    assert raw["resources"]["Clerk"] == {
        "members": {"shift 1": {"units": 2, "calendar": "Office"}, "shift 2": {"units": 1}}
    }


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("bpsim:getResource('Clerk',1)", "Clerk"),
        ('bpsim:getResource("R1", 2)', {"role": "Clerk", "units": 2}),
        (
            "bpsim:orResource(bpsim:getResource('Clerk',1),bpsim:getResource('Cashier',1))",
            {"any": [{"role": "Clerk"}, {"role": "Cashier"}]},
        ),
        (
            "bpsim:andResource(bpsim:getResource('Clerk',1),bpsim:getResource('Cashier',1))",
            {"all": [{"role": "Clerk"}, {"role": "Cashier"}]},
        ),
    ],
)
def test_selection_becomes_a_demand(tmp_path, text, demand):
    written = text.replace('"', "&quot;")
    file = bpsim(scenario(clerk(number(2)), selected(written)), before=RESOURCE)

    raw = imported(tmp_path, file).scenario.raw

    assert raw["demands"]["check"] == demand


def test_costs_are_per_base_unit(tmp_path):
    text = bpsim(
        scenario(
            params("R1", "CostParameters", UnitCost=number("0.5"), FixedCost=number(2)),
            params("check", "CostParameters", FixedCost=number(3)),
            selected("getResource('Clerk')").replace("check", "pay"),
        ),
        before=RESOURCE,
    )

    raw = imported(tmp_path, text).scenario.raw

    assert raw["resources"]["Clerk"] == {"units": 1, "cost_per_hour": 30, "cost_per_use": 2}
    assert raw["costs"]["check"] == {"fixed": 3}


@pytest.mark.parametrize("share", ["0.7", "70.0"])
def test_probability_is_a_share_or_jbpms_percent(tmp_path, share):
    text = bpsim(scenario(params("yes", "ControlParameters", Probability=number(share)), EVERY_20))

    branch = imported(tmp_path, text).scenario.raw["branches"]["covered"]

    assert branch == {"yes": 0.7, "no": 0.3}


def test_properties_of_the_start_are_case_data(tmp_path):
    points = "".join(
        f'<bpsim:UserDistributionDataPoint probability="{p}"><bpsim:StringParameter value="{v}"/>'
        "</bpsim:UserDistributionDataPoint>"
        for p, v in ((0.2, "VIP"), (0.8, "other"))
    )
    kind = f'<bpsim:Property name="kind"><bpsim:UserDistribution>{points}</bpsim:UserDistribution>'
    amount = value("UniformDistribution", min=1, max=5)
    inside = f'{kind}</bpsim:Property><bpsim:Property name="an amount">{amount}</bpsim:Property>'
    data = f"<bpsim:PropertyParameters>{inside}</bpsim:PropertyParameters>"
    start = EVERY_20.replace("</bpsim:ElementParameters>", data + "</bpsim:ElementParameters>")

    raw = imported(tmp_path, bpsim(scenario(start))).scenario.raw

    assert raw["arrivals"]["start"]["attributes"] == {
        "kind": {"choice": {"VIP": 0.2, "other": 0.8}},
        "an_amount": {"uniform": {"min": 1, "max": 5}},
    }


def test_scenario_inherits_what_it_does_not_say_itself(tmp_path):
    base = scenario(EVERY_20, params("check", "TimeParameters", ProcessingTime=number(5)))
    heir = scenario(params("check", "TimeParameters", ProcessingTime=number(9)))
    heir = heir.replace('id="s"', 'id="t" inherits="s"')

    raw = imported(tmp_path, bpsim(heir, base)).scenario.raw

    assert raw["durations"]["check"] == {"constant": "9min"}
    assert raw["arrivals"]["start"]["interval"] == {"constant": "20min"}


def test_stub_of_jbpm_is_skipped_for_a_real_scenario(tmp_path):
    stub = scenario(params("check", "TimeParameters", ProcessingTime=STUB), settings="")

    found = imported(tmp_path, bpsim(stub.replace('"s"', '"stub"'), scenario(EVERY_20)))

    assert found.scenario.raw["arrivals"]["start"]["interval"] == {"constant": "20min"}
    assert any("empty stub" in note.words for note in found.notes.of(Fate.LOST))


def test_file_with_nothing_but_stubs_is_refused(tmp_path):
    text = bpsim(
        scenario(
            params("check", "TimeParameters", ProcessingTime=STUB),
            params("check2", "CostParameters", UnitCost=number("0.0")),
            params("yes", "ControlParameters", Probability=number("100.0")),
            settings="",
        )
    )

    with pytest.raises(ScenarioInvalid, match="only the empty stub that jBPM writes"):
        imported(tmp_path, text)


def test_namespace_of_version_one_is_read_too(tmp_path):
    text = bpsim(scenario(EVERY_20)).replace("schemas/2.0", "schemas/1.0")

    assert imported(tmp_path, text).kind == "BPSim"
