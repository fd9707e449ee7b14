"""Comparisons: paired on common random numbers, with verdicts, bottlenecks and a gate."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.comparison import compare
from simulation.errors import ExperimentCancelled
from simulation.executor import RunOptions
from simulation.experiment import run
from simulation.net import compile_net
from simulation.streams import Streams
from tests.simulation.builders import a_run, a_scenario
from tests.simulation.graphs import graph

RANDOM = {
    "arrivals": {"start": {"interval": {"constant": None, "exponential": {"mean": "12min"}}}},
    "durations": {"work": {"constant": None, "exponential": {"mean": "10min"}}},
}
FASTER = {"durations": {"work": {"constant": None, "exponential": {"mean": "8min"}}}}


@pytest.fixture(scope="module")
def as_is():
    return a_scenario(**RANDOM)


@pytest.fixture(scope="module")
def to_be():
    return a_scenario(**RANDOM | FASTER)


@pytest.fixture(scope="module")
def report(as_is, to_be):
    return compare([as_is, to_be], replications=30)


def test_both_scenarios_see_the_same_arrivals_and_durations(as_is, to_be):
    before, after = a_run(as_is), a_run(to_be)

    assert before.arrivals.times.tolist() == after.arrivals.times.tolist()
    np.testing.assert_allclose(before.work * 0.8, after.work, atol=1)


def test_inserted_activity_leaves_all_other_numbers_in_step(as_is):
    process = graph("start > check > work > end", lanes={"check": "clerk", "work": "clerk"})
    extended = a_scenario(
        process,
        arrivals=RANDOM["arrivals"],
        durations={**RANDOM["durations"], "check": {"exponential": {"mean": "1min"}}},
    )
    before, after = a_run(as_is), a_run(extended)

    work = [node.element_id for node in after.net.nodes].index("work")
    assert before.work.tolist() == after.work[after.node == work].tolist()


def test_second_start_event_leaves_the_first_in_step(as_is):
    process = graph("start > work > end", "start_phone > work", lanes={"work": "clerk"})
    more = {"start_phone": {"interval": {"exponential": {"mean": "7min"}}}}
    wider = a_scenario(process, **{**RANDOM, "arrivals": {**RANDOM["arrivals"], **more}})

    alone = draw(compile_net(as_is), Streams(3, 0))
    both = draw(compile_net(wider), Streams(3, 0))

    first = [start == "start" for start in both.starts]
    assert both.times[first].tolist() == alone.times.tolist()


def test_common_random_numbers_narrow_the_interval(as_is, to_be):
    paired = compare([as_is, to_be], replications=30).alternatives[0].kpis[0].paired
    independent = run(as_is, replications=30, seed=77).kpi_frame["OP-CT"].to_numpy()
    other = run(to_be, replications=30, seed=78).kpi_frame["OP-CT"].to_numpy()

    unpaired = 2.05 * np.sqrt((independent.var(ddof=1) + other.var(ddof=1)) / 30)

    assert paired.half_width < 0.75 * unpaired


def test_scenario_against_itself_is_unclear_everywhere(as_is):
    report = compare([as_is, as_is], replications=5)

    assert {kpi.verdict for kpi in report.alternatives[0].kpis} == {"unclear"}
    assert report.is_passed


def test_faster_work_is_better(report):
    verdicts = {kpi.code: kpi.verdict for kpi in report.alternatives[0].kpis}

    assert verdicts["OP-CT"] == verdicts["OP-WT"] == verdicts["OP-TT"] == "better"
    assert verdicts["OP-UT"] == "unclear"  # best inside a band


def test_difference_is_alternative_minus_baseline(report):
    kpi = report.document()["alternatives"][0]["kpis"]["OP-CT"]

    expected = kpi["alternative"]["mean"] - kpi["baseline"]["mean"]
    assert kpi["difference"] == pytest.approx(expected)
    assert kpi["difference"] < 0
    assert 0 <= kpi["p_value"] < 0.05


def test_waits_are_compared_where_both_have_the_activity(report):
    waits = report.document()["alternatives"][0]["activities"]

    assert waits.keys() == {"work"}
    assert waits["work"]["wait"]["difference"] < 0


def test_gate_fails_when_a_guarded_kpi_gets_worse(as_is, to_be):
    guarded = as_is.patched({"guards": ["OP-CT90"]})

    alternative = compare([to_be, guarded], replications=30).alternatives[0]

    assert not alternative.is_passed
    assert [(r.code, r.reason) for r in alternative.gate] == [("OP-CT90", "worse")]


def test_gate_fails_when_a_target_is_missed(as_is, to_be):
    demanding = to_be.patched({"targets": {"OP-CT": {"max": "1min"}, "OP-FE": {"min": "99%"}}})

    document = compare([as_is, demanding], replications=4).document()

    assert document["gate"] == "fail"
    reasons = document["alternatives"][0]["gate"]["reasons"]
    assert {(r["kpi"], r["reason"]) for r in reasons} == {("OP-CT", "missed"), ("OP-FE", "missed")}


def test_gate_passes_when_nothing_guarded_gets_worse(report):
    assert report.document()["gate"] == "pass"


def test_bytes_are_the_same_for_the_same_seed(as_is, to_be, report):
    again = compare([as_is, to_be], replications=30)

    assert json.dumps(again.document()) == json.dumps(report.document(), allow_nan=False)


def test_cancelled_comparison_has_no_result(as_is, to_be):
    polls = iter([False, True])

    with pytest.raises(ExperimentCancelled):
        compare([as_is, to_be], replications=5, options=RunOptions(cancelled=lambda: next(polls)))


def test_progress_covers_scenarios_and_added_units(as_is, to_be):
    seen = []
    compare([as_is, to_be], replications=3, options=RunOptions(lambda *done: seen.append(done)))

    assert seen[-1] == (12, 12)  # two scenarios, one pool each, three replications


@pytest.mark.parametrize(("count", "replications"), [(1, 5), (0, 5), (2, 1)])
def test_comparison_needs_two_scenarios_and_two_replications(as_is, count, replications):
    with pytest.raises(ValueError, match="two scenarios and two replications"):
        compare([as_is] * count, replications=replications)


def test_several_alternatives_are_adjusted_together(as_is, to_be):
    alone = compare([as_is, to_be], replications=5).alternatives[0].kpis[0].p_value
    together = compare([as_is, to_be, to_be], replications=5).alternatives

    assert len(together) == 2
    assert together[0].kpis[0].p_value >= alone


def test_several_alternatives_get_intervals_that_hold_together(as_is):
    hires = [as_is.patched({"resources": {"clerk": {"units": units}}}) for units in (2, 3, 4)]

    alone = compare([as_is, hires[0]], replications=8).alternatives[0].kpis
    together = compare([as_is, *hires], replications=8).alternatives[0].kpis

    assert {change.family_half_width for change in alone} == {None}
    widths = [(c.family_half_width, c.paired.half_width) for c in together if c.paired]
    assert all(family >= single for family, single in widths)
    assert any(family > 1.05 * single > 0 for family, single in widths)


def test_share_of_wins_and_of_met_targets_have_intervals(as_is):
    to_be = as_is.patched(
        {"resources": {"clerk": {"units": 3}}, "targets": {"OP-CT": {"max": "1min"}}}
    )

    (alternative,) = compare([as_is, to_be], replications=6).alternatives

    cycle_time = {change.code: change for change in alternative.kpis}["OP-CT"].document()
    assert cycle_time["wins"]["share"] == 1
    assert cycle_time["wins"]["low"] < 1
    assert cycle_time["on_target"]["share"] == 0
    assert {c.code: c for c in alternative.kpis}["OP-WT"].on_target is None


def test_abandonment_is_compared_only_where_somebody_gives_up_or_a_goal_asks(as_is, to_be):
    def codes(changed):
        (alternative,) = compare([as_is, to_be.patched(changed)], replications=5).alternatives
        return {change.code for change in alternative.kpis}

    assert "OP-ABD" not in codes({})
    assert "OP-ABD" in codes({"patience": {"work": {"constant": "1s"}}})
    assert "OP-ABD" in codes({"guards": ["OP-ABD"]})


def test_gate_is_closed_when_a_guarded_kpi_is_lost_with_all_cases(as_is):
    hopeless = as_is.patched(
        {
            "guards": ["OP-CT90"],
            "patience": {"work": {"constant": "1s"}},
            "calendars": {"late": {"weekly": {"mon-sun": ["13:00-17:00"]}}},
            "resources": {"clerk": {"calendar": "late"}},
        }
    )

    (alternative,) = compare([as_is, hopeless], replications=3).document()["alternatives"]

    assert alternative["gate"]["result"] == "fail"
    assert "no value any more" in json.dumps(alternative["gate"])
