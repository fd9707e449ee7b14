"""Imported files of BPSim and ``qbp:`` against queueing theory: nobody else is asked.

Each file is written as the tools write it, units and all; what it means is computed by hand.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.scenario.load import build
from simulation.streams import Streams
from tests.simulation.exchange.foreign import imported, model
from tests.simulation.truth import MINUTE, REPLICATIONS, assert_exact, means, sojourns, waits

pytestmark = pytest.mark.slow

DESK = """<process id="desk"><startEvent id="start"/><task id="work"/><endEvent id="end"/>
  <sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
  <sequenceFlow id="f2" sourceRef="work" targetRef="end"/></process>"""
TWO = """<process id="two"><startEvent id="start"/><exclusiveGateway id="which"/>
  <task id="urgent"/><task id="usual"/><endEvent id="end"/>
  <sequenceFlow id="f1" sourceRef="start" targetRef="which"/>
  <sequenceFlow id="yes" sourceRef="which" targetRef="urgent"/>
  <sequenceFlow id="no" sourceRef="which" targetRef="usual"/>
  <sequenceFlow id="f2" sourceRef="urgent" targetRef="end"/>
  <sequenceFlow id="f3" sourceRef="usual" targetRef="end"/></process>"""


def runs(folder, text, *, cases, seed):
    """Import a file and yield its replications."""
    found = imported(folder, text).scenario
    raw = {**found.raw, "run": {**found.raw["run"], "cases": cases}}
    net = compile_net(build(raw, graph=found.graph, source="again.yaml"))
    for number in range(REPLICATIONS):
        streams = Streams(seed, number)
        yield simulate(net, draw(net, streams), streams)


def params(ref, group, **values):
    inside = "".join(f"<b:{name}>{value}</b:{name}>" for name, value in values.items())
    opening = f'<b:ElementParameters elementRef="{ref}">'
    return f"{opening}<b:{group}>{inside}</b:{group}></b:ElementParameters>"


def bpsim(process, *elements, version, settings):
    """Return a file of BPSim of a version of its namespace."""
    data = (
        f'<b:BPSimData xmlns:b="http://www.bpsim.org/schemas/{version}"><b:Scenario id="s">'
        f"<b:ScenarioParameters {settings}/>{''.join(elements)}</b:Scenario></b:BPSimData>"
    )
    inside = f"<extensionElements>{data}</extensionElements>"
    clerk = '<resource id="r" name="Clerk"/>'
    return model(f'{clerk}<relationship type="BPSimData">{inside}</relationship>', process)


def exponential(mean, **more):
    unit = "".join(f' {name}="{value}"' for name, value in more.items())
    return f'<b:NegativeExponentialDistribution mean="{mean}"{unit}/>'


def by_clerk(task):
    selection = "<b:ExpressionParameter value=\"bpsim:getResource('Clerk',1)\"/>"
    return params(task, "ResourceParameters", Selection=selection)


def clerks(number):
    return params("r", "ResourceParameters", Quantity=f'<b:NumericParameter value="{number}"/>')


def together(*parts):
    """Return the parameters of one element as one."""
    return "".join(parts).replace("</b:ElementParameters>" + parts[1].partition(">")[0] + ">", "")


def test_mm1_of_bpsim_1_in_minutes_and_hours(tmp_path):
    """One in 10 min, 6 min of work: W = 6 · 0.6 / 0.4 = 9 min."""
    text = bpsim(
        DESK,
        params("start", "ControlParameters", InterTriggerTimer=exponential(10)),
        together(
            params("work", "TimeParameters", ProcessingTime=exponential("0.1", timeUnit="hour")),
            by_clerk("work"),
        ),
        clerks(1),
        version="1.0",
        settings='baseTimeUnit="min"',
    )

    assert_exact(means(runs(tmp_path, text, cases=15_000, seed=4), sojourns), 6 + 9)


def test_mm3_of_bpsim_2_in_seconds(tmp_path):
    """Three clerks at a load of 2: the chance to wait is 4/9 (Erlang C), W = 4/9 · 6 min / 1."""
    text = bpsim(
        DESK,
        params("start", "ControlParameters", InterTriggerTimer=exponential(180)),
        together(
            params("work", "TimeParameters", ProcessingTime=exponential(6, timeUnit="min")),
            by_clerk("work"),
        ),
        clerks(3),
        version="2.0",
        settings='baseTimeUnit="s"',
    )

    assert_exact(means(runs(tmp_path, text, cases=15_000, seed=5), sojourns), 6 + 4 / 9 * 6)


def test_two_priorities_of_bpsim(tmp_path):
    """Cobham 1954: W1 = R / (1 - ρ1), W2 = R / ((1 - ρ1)(1 - ρ)), R the rest of the work."""
    text = bpsim(
        TWO,
        params("start", "ControlParameters", InterTriggerTimer=exponential(12)),
        params("yes", "ControlParameters", Probability='<b:FloatingParameter value="0.5"/>'),
        params("no", "ControlParameters", Probability='<b:FloatingParameter value="0.5"/>'),
        *(
            together(
                params(task, "TimeParameters", ProcessingTime=exponential(6)),
                by_clerk(task),
                params(
                    task,
                    "PriorityParameters",
                    Priority=f'<b:NumericParameter value="{priority}"/>',
                ),
            )
            for task, priority in (("urgent", 1), ("usual", 2))
        ),
        clerks(1),
        version="2.0",
        settings='baseTimeUnit="min"',
    )
    simulated = list(runs(tmp_path, text, cases=15_000, seed=6))
    rest_min = 1 / 12 * 2 * 6**2 / 2

    for task, wait_min in (("urgent", rest_min / 0.75), ("usual", rest_min / 0.75 / 0.5)):
        assert_exact(means(simulated, partial(times, task=task)), 6 + wait_min)


def times(run, task):
    """Return how long a task took from its coming to its end, in minutes."""
    rows = run.node == [node.element_id for node in run.net.nodes].index(task)
    return (run.completed[rows] - run.scheduled[rows]) / MINUTE


def qbp(arrivals, work, units):
    """Return a file as BIMP writes it: one task, one resource, always there."""
    table = (
        '<qbp:timetable id="T" default="true" name="24/7"><qbp:rules><qbp:rule fromTime="00:00:00"'
        ' toTime="23:59:59" fromWeekDay="MONDAY" toWeekDay="SUNDAY"/></qbp:rules></qbp:timetable>'
    )
    return model(
        '<qbp:processSimulationInfo id="q" processInstances="10" currency="EUR"'
        ' startDateTime="2026-03-02T00:00:00Z">'
        f"<qbp:arrivalRateDistribution {arrivals}><qbp:timeUnit>hours</qbp:timeUnit>"
        f"</qbp:arrivalRateDistribution><qbp:timetables>{table}</qbp:timetables>"
        f'<qbp:resources><qbp:resource id="R" name="Clerk" totalAmount="{units}" costPerHour="9"'
        ' timetableId="T"/></qbp:resources><qbp:elements><qbp:element id="e" elementId="work"'
        f' fixedCost="0" simulateAsTask="false">{work}<qbp:resourceIds><qbp:resourceId>R'
        "</qbp:resourceId></qbp:resourceIds></qbp:element></qbp:elements>"
        "</qbp:processSimulationInfo>",
        DESK,
    )


def test_mm2_of_qbp_is_in_seconds_whatever_the_unit(tmp_path):
    """Two clerks, ρ = 0.6: W = 6 min · ρ² / (1 - ρ²)."""
    work = (
        '<qbp:durationDistribution type="EXPONENTIAL" mean="NaN" arg1="360" arg2="NaN">'
        "<qbp:timeUnit>minutes</qbp:timeUnit></qbp:durationDistribution>"
    )
    text = qbp('type="EXPONENTIAL" mean="0" arg1="300" arg2="0"', work, 2)

    truth = 6 * 0.36 / 0.64
    assert_exact(means(runs(tmp_path, text, cases=15_000, seed=7), sojourns), 6 + truth)


def test_mg1_of_a_qbp_histogram(tmp_path):
    """Pollaczek–Khinchine: 2 min in a quarter of the cases, else uniform from 6 to 10 min."""
    bins = "".join(
        f'<qbp:histogramData probability="{p}"><qbp:distribution {law}/></qbp:histogramData>'
        for p, law in (
            (25, 'type="FIXED" mean="120"'),
            (75, 'type="UNIFORM" arg1="360" arg2="600"'),
        )
    )
    work = (
        '<qbp:durationDistribution type="HISTOGRAM"><qbp:histogramDataBins>'
        f"{bins}</qbp:histogramDataBins></qbp:durationDistribution>"
    )
    text = qbp('type="EXPONENTIAL" mean="0" arg1="780" arg2="0"', work, 1)
    mean_min = 0.25 * 2 + 0.75 * 8
    square = 0.25 * 2**2 + 0.75 * (8**2 + 4**2 / 12)

    truth = square / 13 / 2 / (1 - mean_min / 13)
    assert_exact(means(runs(tmp_path, text, cases=15_000, seed=8), waits), truth)


@pytest.mark.parametrize(
    ("law", "mean_s", "sd_s"),
    [
        ('type="NORMAL" mean="600" arg1="60" arg2="0"', 600, 60),
        ('type="GAMMA" mean="600" arg1="14400" arg2="0"', 600, 120),
        ('type="LOGNORMAL" mean="600" arg1="14400" arg2="0"', 600, 120),
        ('type="UNIFORM" mean="0" arg1="60" arg2="120"', 90, 60 / math.sqrt(12)),
        (  # (a² + b² + c² - ab - ac - bc) / 18
            'type="TRIANGULAR" mean="120" arg1="60" arg2="600"',
            260,
            math.sqrt((60**2 + 600**2 + 120**2 - 36_000 - 7_200 - 72_000) / 18),
        ),
        ('type="EXPONENTIAL" mean="0" arg1="600" arg2="0"', 600, 600),
        ('type="EXPONENTIAL" mean="600" arg1="0" arg2="0"', 600, 600),
        ('type="FIXED" mean="600" arg1="0" arg2="0"', 600, 0),
    ],
)
def test_laws_of_qbp_have_the_moments_of_its_schema(tmp_path, law, mean_s, sd_s):
    text = qbp('type="FIXED" mean="3600"', f"<qbp:durationDistribution {law}/>", 9)
    net = compile_net(imported(tmp_path, text).scenario)
    (work,) = [node for node in net.nodes if node.element_id == "work"]

    drawn = work.duration.quantile((np.arange(200_000) + 0.5) / 200_000)

    assert (drawn.mean(), drawn.std()) == (
        pytest.approx(mean_s, rel=1e-3),
        pytest.approx(sd_s, rel=0.01),
    )
