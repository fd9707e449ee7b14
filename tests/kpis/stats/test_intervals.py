"""Intervals against scipy, published values and their own promises."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpis.stats.intervals import (
    Interval,
    grouped_quantile_interval,
    mean_interval,
    proportion_interval,
    quantile_interval,
    ratio_interval,
)

values = st.floats(-1e6, 1e6)
# additional hours of sleep under the second drug, Student 1908
SLEEP = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_mean_interval_agrees_with_scipy():
    interval = mean_interval(SLEEP)

    expected = stats.ttest_1samp(SLEEP, 0).confidence_interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))
    assert (interval.estimate, interval.n) == (pytest.approx(2.33), 10)


def test_mean_interval_has_a_half_width():
    assert Interval(5, 3, 7, n=9).half_width == 2


@pytest.mark.parametrize("sample", [[], [4.2]])
def test_mean_interval_is_none_when_spread_cannot_be_known(sample):
    assert mean_interval(sample) is None


@pytest.mark.parametrize("sample", [[1.0, float("nan")], [[1.0, 2.0]], [1.0, float("inf")]])
def test_mean_interval_refuses_what_is_not_a_flat_sample(sample):
    with pytest.raises(ValueError, match="flat sample of finite values"):
        mean_interval(sample)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_intervals_refuse_a_confidence_outside_0_and_1(confidence):
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        mean_interval(SLEEP, confidence=confidence)


@given(st.lists(values, min_size=2, max_size=30), st.integers(2, 5))
def test_mean_interval_shrinks_when_the_sample_is_repeated(sample, times):
    once, repeated = mean_interval(sample), mean_interval(sample * times)

    assert repeated.half_width <= once.half_width + 1e-6
    assert repeated.estimate == pytest.approx(once.estimate, abs=1e-6)


def test_mean_interval_covers_the_mean_as_often_as_it_says():
    samples = np.random.default_rng(1).normal(10, 3, size=(2000, 12))

    intervals = [mean_interval(sample) for sample in samples]

    covered = np.mean([interval.low <= 10 <= interval.high for interval in intervals])
    assert covered == pytest.approx(0.95, abs=0.015)  # 3 standard errors


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10), (1, 7), (81, 263), (999, 1000)])
def test_proportion_interval_agrees_with_scipy(successes, n):
    interval = proportion_interval(successes, n)

    expected = stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_proportion_interval_gives_the_published_example():
    # Newcombe, Statistics in Medicine 17 (1998), 857: 81 of 263, score method
    interval = proportion_interval(81, 263)

    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


@given(st.integers(0, 500), st.integers(1, 500))
def test_proportion_interval_stays_between_0_and_1_and_holds_the_share(successes, more):
    interval = proportion_interval(successes, successes + more - 1 or 1)

    assert 0 <= interval.low <= interval.estimate + 1e-12
    assert interval.estimate - 1e-12 <= interval.high <= 1


def test_proportion_interval_is_none_without_trials():
    assert proportion_interval(0, 0) is None


def test_proportion_interval_refuses_more_successes_than_trials():
    with pytest.raises(ValueError, match="successes <= n; got 3 of 2"):
        proportion_interval(3, 2)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("n", [40, 100, 333])
def test_quantile_interval_agrees_with_scipy(share, n):
    sample = np.random.default_rng(n).lognormal(size=n)
    interval = quantile_interval(sample, share)

    expected: Any = stats.quantile_test(sample, p=share).confidence_interval(0.95)
    assert (interval.low, interval.high) == (expected.low, expected.high)


@pytest.mark.parametrize(("n", "is_known"), [(0, False), (35, False), (36, True)])
def test_quantile_interval_of_the_90th_percentile_takes_36_values(n, is_known):
    assert (quantile_interval(np.arange(n), 0.9) is not None) == is_known


@pytest.mark.parametrize("share", [0, 1, 90])
def test_quantile_interval_refuses_a_share_outside_0_and_1(share):
    with pytest.raises(ValueError, match="share between 0 and 1"):
        quantile_interval(SLEEP, share)


def test_quantile_interval_covers_at_least_as_often_as_it_says():
    samples = np.random.default_rng(2).exponential(size=(1000, 60))
    truth = -np.log(0.1)

    intervals = [quantile_interval(sample, 0.9) for sample in samples]

    covered = np.mean([interval.low <= truth <= interval.high for interval in intervals])
    assert covered >= 0.95 - 0.02


def test_ratio_interval_of_a_mean_is_the_student_interval():
    jackknifed, student = ratio_interval(SLEEP, np.ones(10)), mean_interval(SLEEP)

    assert jackknifed.low == pytest.approx(student.low)
    assert jackknifed.high == pytest.approx(student.high)


def test_ratio_interval_by_hand():
    interval = ratio_interval([1, 2, 3], [2, 3, 5])

    # leaving one pair out gives 5/8, 4/7, 3/5; t(2) = 4.3027
    replicates = np.array([5 / 8, 4 / 7, 3 / 5])
    error = np.sqrt(2 / 3 * np.sum((replicates - replicates.mean()) ** 2))
    assert interval.estimate == 0.6
    assert interval.half_width == pytest.approx(4.302653 * error, rel=1e-6)


def test_ratio_interval_covers_the_ratio_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    below = rng.exponential(20, size=(1000, 30)) + 5
    above = below * rng.uniform(0.2, 0.4, size=below.shape)

    intervals = [ratio_interval(*pair) for pair in zip(above, below, strict=True)]

    covered = np.mean([interval.low <= 0.3 <= interval.high for interval in intervals])
    assert covered == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(
    ("above", "below"), [([], []), ([1], [2]), ([1, 1], [1, 0]), ([1, 1, 1], [1, -1, 0])]
)
def test_ratio_interval_is_none_when_a_ratio_does_not_exist(above, below):
    assert ratio_interval(above, below) is None


def test_ratio_interval_refuses_what_are_not_pairs():
    with pytest.raises(ValueError, match="need pairs; got 2 and 1"):
        ratio_interval([1, 2], [3])


def test_grouped_quantile_interval_by_hand():
    # without a group the medians are 5, 3.5 and 2; the median of all is 3
    interval = grouped_quantile_interval([1, 2, 3, 5, 7], [0, 0, 1, 2, 2], 0.5)

    replicates = np.array([5.0, 3.5, 2.0])
    error = np.sqrt(2 / 3 * np.sum((replicates - replicates.mean()) ** 2))
    assert (interval.estimate, interval.n) == (3, 3)
    assert interval.half_width == pytest.approx(4.302653 * error, rel=1e-6)


@given(st.lists(values, min_size=2, max_size=40), st.floats(0.01, 0.99))
def test_grouped_quantile_interval_holds_the_usual_quantile(sample, share):
    interval = grouped_quantile_interval(sample, np.arange(len(sample)) % 2, share)

    assert interval.estimate == pytest.approx(np.quantile(sample, share), abs=1e-6)


def test_grouped_quantile_interval_covers_where_order_statistics_do_not():
    rng = np.random.default_rng(4)
    groups = np.repeat(range(12), 25)
    samples = [rng.normal(np.repeat(rng.normal(0, 3, 12), 25), 1) for _ in range(400)]
    truth = stats.norm.ppf(0.5, 0, np.sqrt(10))

    by_group = [grouped_quantile_interval(sample, groups, 0.5) for sample in samples]
    by_value = [quantile_interval(sample, 0.5) for sample in samples]

    def coverage(intervals):
        return np.mean([interval.low <= truth <= interval.high for interval in intervals])

    assert coverage(by_group) == pytest.approx(0.95, abs=0.035)
    assert coverage(by_value) < 0.5


def test_grouped_quantile_interval_is_none_for_a_single_group():
    assert grouped_quantile_interval([1, 2, 3], [7, 7, 7], 0.5) is None


def test_grouped_quantile_interval_refuses_a_value_without_a_group():
    with pytest.raises(ValueError, match="a group per value; got 2 and 1"):
        grouped_quantile_interval([1, 2], [1], 0.5)
