"""Replicating to a precision: stops when the interval is narrow enough, and says when it is not."""

import math

import pytest

from kpis.stats.intervals import mean_interval
from simulation.comparison import compare
from simulation.errors import ScenarioInvalid
from simulation.experiment import run
from simulation.precision import is_reached, replications_to_try
from simulation.replication import Figure, Replication
from simulation.scenario.run import Precision
from tests.simulation.builders import a_scenario

RANDOM = {"constant": None, "exponential": {"mean": "20min"}}


def sample(*values):
    return [Replication(i, {Figure("kpi", "OP-CT", ""): v}) for i, v in enumerate(values)]


def precise(**rule):
    return a_scenario(durations={"work": RANDOM}, run={"replications": rule})


def test_narrow_interval_needs_no_further_replications():
    rule = Precision(min=2, max=100, half_width=0.5)

    assert replications_to_try([sample(10, 10.1, 9.9)], rule) is None
    assert is_reached(sample(10, 10.1, 9.9), rule)


def test_next_number_is_what_the_spread_so_far_asks_for():
    values = [9.0, 10.0, 11.0, 10.0, 12.0, 8.0]
    half_width = mean_interval(values).half_width / 10

    found = replications_to_try(
        [sample(*values)], Precision(max=1_000, half_width=half_width / 1.2)
    )

    assert found == math.ceil(6 * 1.2**2)


def test_number_is_at_most_doubled_and_never_beyond_the_most():
    values = sample(1, 100, 1, 100)

    assert replications_to_try([values], Precision(max=1_000, half_width=0.01)) == 8
    assert replications_to_try([values], Precision(min=2, max=5, half_width=0.01)) == 5
    assert replications_to_try([values], Precision(min=2, max=4, half_width=0.01)) is None


def test_every_scenario_must_be_known_well_enough():
    rule = Precision(max=100, half_width=0.1)

    assert replications_to_try([sample(10, 10.1, 9.9), sample(1, 100, 50)], rule) == 6


def test_replication_without_a_value_is_not_counted_as_known():
    assert not is_reached(sample(10, 10, math.nan), Precision(max=100, half_width=0.5))


def test_run_adds_replications_until_it_is_precise():
    experiment = run(precise(min=5, max=500, half_width="15%"))

    cycle_time = experiment.estimate("kpi", "OP-CT")
    assert 5 < len(experiment.replications) < 500
    assert cycle_time["half_width"] <= 0.15 * cycle_time["mean"]
    assert not [w for w in experiment.warnings if w.code == "not_precise"]


def test_run_says_that_it_is_not_precise_when_the_most_are_reached():
    experiment = run(precise(min=3, max=6, half_width="0.1%"))

    assert len(experiment.replications) == 6
    (warned,) = [w for w in experiment.warnings if w.code == "not_precise"]
    assert "6 replications do not bring the half-width of OP-CT down to 0.001" in warned.text


def test_number_that_is_asked_for_overrules_the_precision():
    assert len(run(precise(min=3, max=60, half_width="1%"), replications=4).replications) == 4


def test_comparison_has_the_same_replications_of_every_scenario_and_hire():
    as_is = precise(min=4, max=40, half_width="10%")

    report = compare([as_is, as_is.patched({"resources": {"clerk": {"units": 2}}})])

    counts = {len(experiment.replications) for experiment in report.experiments}
    counts |= {row.add_one.n for rows in report.bottlenecks for row in rows}
    assert len(counts) == 1


@pytest.mark.parametrize(
    "rule", [{"max": 1, "half_width": "5%"}, {"min": 9, "max": 5, "half_width": 0.1}]
)
def test_rule_that_makes_no_sense_is_refused(rule):

    with pytest.raises(ScenarioInvalid, match=r"run\.replications"):
        precise(**rule)
