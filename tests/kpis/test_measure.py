"""The facade: values, intervals, sample sizes and what is said without enough data."""

import math

import numpy as np
import pytest

from kpis.catalogue import CATALOGUE
from kpis.measure import MIN_DAYS, measure, measure_elements, measure_values
from kpis.staffing import RoleStaffing, Staffing
from kpis.stats.intervals import (
    grouped_quantile_interval,
    mean_interval,
    proportion_interval,
    quantile_interval,
    ratio_interval,
)
from tests.kpis.builders import NAN, a_log, activity, case

DAY = 86_400
DESK = Staffing.of([RoleStaffing("desk", 2, 36)])


def a_day(cycle_times_s, *, window=(0, 1000), start_s=0):
    """Cases of one activity: a tenth of the cycle waiting, half of it work."""
    cases, activities = [], []
    for number, cycle_s in enumerate(cycle_times_s):
        name, wait_s = f"{start_s}-{number}", cycle_s / 10
        cases.append(case(name, start_s, start_s + cycle_s))
        begin_s = start_s + wait_s
        times_s = (start_s, begin_s, begin_s + cycle_s / 2)
        activities.append(activity(name, "register", *times_s))
    return cases, activities


def a_day_log(cycle_times_s):
    return a_log(*a_day(cycle_times_s), window=(0, 1000))


def test_measure_gives_every_kpi_of_the_catalogue_in_its_order():
    measured = measure(a_day_log([100] * 5), staffing=DESK)

    assert list(measured) == list(CATALOGUE)
    assert all(measurement.has_enough for measurement in measured.values())
    assert [m.unit for m in measured.values()] == [kpi.unit for kpi in CATALOGUE.values()]


def test_measure_by_hand():
    measured = measure(a_day_log([100, 200, 300, 400, 500]), staffing=DESK)

    values = {code: measurement.value for code, measurement in measured.items()}
    assert values == pytest.approx(
        {"OP-CT": 300, "OP-CT90": 460, "OP-WT": 30, "OP-TT": 150, "OP-FE": 0.5, "OP-STEP": 1}
        | {"OP-ABD": 0}
        | {"OP-TH": 18, "OP-WIP": 1.5, "OP-UT": 0.375, "OP-QL": 0.15, "CO-CPC": 1.5}
    )


def test_measure_values_are_the_values_of_measure():
    log = a_day_log([100, 200, 300, 400, 500])

    measured = measure(log, staffing=DESK)

    assert measure_values(log, DESK) == {code: m.value for code, m in measured.items()}


def test_measure_breaks_down_by_element_and_role():
    measured = measure(a_day_log([100, 200, 300]), staffing=DESK)

    assert measured["OP-WT"].by == {"register": pytest.approx(20)}
    assert measured["OP-TT"].by == {"register": pytest.approx(100)}
    assert measured["OP-STEP"].by == {"register": 1}
    assert measured["OP-UT"].by == {"desk": pytest.approx(300 / 2000)}
    assert measured["OP-QL"].by == {"desk": pytest.approx(60 / 1000)}
    assert measured["CO-CPC"].by == {"register": pytest.approx(1.0)}


def days_log(*days):
    """A log of days in a row, each with cases of these cycle times."""
    cases, activities = [], []
    for day, cycle_times_s in enumerate(days):
        more = a_day(cycle_times_s, start_s=day * DAY)
        cases += more[0]
        activities += more[1]
    return a_log(cases, activities, window=(0, len(days) * DAY))


def test_mean_of_one_case_a_day_has_the_student_interval():
    times_s = np.array([100, 250, 300, 420, 500])

    measured = measure(days_log(*times_s[:, None]), staffing=DESK)

    for code, scale in {"OP-CT": 1, "OP-WT": 0.1, "OP-TT": 0.5, "CO-CPC": 0.005}.items():
        expected = mean_interval(times_s * scale)
        assert measured[code].half_width == pytest.approx(expected.half_width)
    assert measured["OP-STEP"].half_width == 0


def test_mean_of_many_cases_a_day_has_an_interval_over_days():
    days = [[100 + 50 * day] * 20 for day in range(6)]

    cycle_time = measure(days_log(*days))["OP-CT"]

    assert (cycle_time.n, cycle_time.interval.n) == (120, 6)
    expected = mean_interval([day[0] for day in days])
    assert cycle_time.half_width == pytest.approx(expected.half_width)


def test_flow_efficiency_has_the_jackknife_interval_over_days():
    rows = [activity(f"c{n}", "x", n * DAY, n * DAY, n * DAY + work_s)
            for n, work_s in enumerate([10, 20, 60])]  # fmt: skip
    cases = [case(f"c{n}", n * DAY, n * DAY + cycle_s) for n, cycle_s in enumerate([50, 70, 90])]

    interval = measure(a_log(cases, rows, window=(0, 3 * DAY)))["OP-FE"].interval

    assert interval == ratio_interval([10, 20, 60], [50, 70, 90])


def test_percentile_of_full_days_has_an_interval_over_days():
    days = [np.arange(20) * (day + 1.0) for day in range(4)]
    values, groups = np.concatenate(days), np.repeat(range(4), 20)

    interval = measure(days_log(*days))["OP-CT90"].interval

    assert interval == grouped_quantile_interval(values, groups, 0.9)


def test_percentile_of_single_cases_is_no_surer_than_order_statistics():
    times_s = np.full(60, 100.0) + (np.arange(60) == 59)

    interval = measure(days_log(*times_s[:, None]))["OP-CT90"].interval

    assert interval.high == quantile_interval(times_s, 0.9).high


def test_percentile_is_never_thought_to_be_negative():
    interval = measure(days_log([1] * 20, [1] * 20, [900] * 20))["OP-CT90"].interval

    assert interval.low == 0


@pytest.mark.parametrize("code", ["OP-CT", "OP-CT90", "OP-FE", "OP-STEP"])
def test_few_days_have_no_interval_however_many_their_cases(code):
    few, enough = days_log(*[range(100)] * (MIN_DAYS - 1)), days_log(*[range(100)] * MIN_DAYS)

    assert measure(few)[code].value is not None
    assert measure(few)[code].interval is None
    assert measure(enough)[code].interval is not None


def test_intervals_cover_the_mean_as_often_as_they_say_when_days_differ():
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(200):
        level = rng.normal(1000, 200, size=(12, 1))  # queues make the cases of a day alike
        interval = measure(days_log(*rng.normal(level, 50, size=(12, 15))))["OP-CT"].interval
        covered.append(interval.low <= 1000 <= interval.high)

    assert np.mean(covered) == pytest.approx(0.95, abs=0.045)  # 3 standard errors


@pytest.mark.parametrize("code", ["OP-TH", "OP-WIP", "OP-UT", "OP-QL"])
def test_measure_gives_no_interval_for_time_averages_of_one_log(code):
    measurement = measure(a_day_log([100] * 50), staffing=DESK)[code]

    assert measurement.value is not None
    assert (measurement.interval, measurement.half_width) == (None, None)


def test_no_cases_are_no_data():
    measured = measure(a_log([]), staffing=DESK)

    assert {(m.value, m.n, m.remark) for m in measured.values()} == {(None, 0, "no data")}
    assert all(
        math.isnan(value) for code, value in measure_values(a_log([])).items() if "C" in code
    )


def test_share_of_abandoned_cases_has_the_wider_of_two_intervals():
    cases = [case(f"c{n}", n * DAY, n * DAY + 9, "abandoned" if n == 3 else None) for n in range(8)]

    share = measure(a_log(cases, window=(0, 8 * DAY)))["OP-ABD"]
    nobody = measure(days_log(*[[100]] * 8))["OP-ABD"]

    assert (share.value, share.n) == (1 / 8, 8)
    assert share.interval.low == pytest.approx(0)
    assert nobody.interval.high == pytest.approx(proportion_interval(0, 8).high)


def test_case_that_was_abandoned_is_paid_by_those_that_were_completed():
    rows = [activity(f"c{n}", "register", n * DAY, n * DAY, n * DAY + 100) for n in range(4)]
    cases = [case(f"c{n}", n * DAY, n * DAY + 100, "abandoned" if n == 3 else None)
             for n in range(4)]  # fmt: skip

    cost = measure(a_log(cases, rows, window=(0, 4 * DAY)), staffing=DESK)["CO-CPC"]

    assert cost.value == pytest.approx(4 / 3)
    assert cost.n == 3
    assert cost.by == {"register": pytest.approx(4 / 3)}
    assert cost.interval == ratio_interval([1] * 4, [1, 1, 1, 0])


def test_four_cases_are_not_enough_data():
    measurement = measure(a_day_log([100] * 4))["OP-CT"]

    assert (measurement.value, measurement.has_enough) == (100, False)
    assert measurement.remark == "not enough data (n = 4)"


def test_five_cases_need_no_remark():
    assert measure(a_day_log([100] * 5))["OP-CT"].remark is None


@pytest.mark.parametrize("code", ["OP-UT", "CO-CPC"])
def test_missing_staffing_plan_is_said(code):
    measurement = measure(a_day_log([100] * 5))[code]

    assert (measurement.value, measurement.remark) == (None, "no staffing plan")


def test_standstill_is_a_throughput_of_zero_and_no_cycle_time():
    measured = measure(a_log([case(f"c{n}", 0) for n in range(6)]))

    assert (measured["OP-TH"].value, measured["OP-TH"].n) == (0, 6)
    assert measured["OP-CT"].remark == "no data"


def test_measure_gives_only_the_codes_that_are_asked_for():
    assert list(measure(a_day_log([100]), codes=["OP-WIP", "OP-CT"])) == ["OP-CT", "OP-WIP"]


def test_measure_refuses_a_code_that_is_not_in_the_catalogue():
    with pytest.raises(ValueError, match="no such KPI: OP-XX"):
        measure(a_day_log([100]), codes=["OP-CT", "OP-XX"])


def test_elements_are_measured_per_visit_with_intervals_over_days():
    waits_s = [0, 10, 20, 30, 90]
    rows = [activity("c", "register", at_s, at_s + wait_s, at_s + wait_s + 40)
            for at_s, wait_s in zip(range(0, 5 * DAY, DAY), waits_s, strict=True)]  # fmt: skip
    rows.append(activity("c", "consult", 100, NAN, NAN, performer=None))

    elements = measure_elements(a_log([case("c", 0)], rows, window=(0, 5 * DAY)))

    register = elements["register"]
    assert (register.visits, register.waiting.value, register.work.value) == (5, 30, 40)
    assert register.waiting.half_width == pytest.approx(mean_interval(waits_s).half_width)
    assert elements["consult"].waiting.remark == "no data"
