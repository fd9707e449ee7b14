"""Paired comparison against R-26 and scipy; verdicts and Holm by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpis.catalogue import Direction
from kpis.stats.comparison import Verdict, holm, paired, verdict

NAN = float("nan")
# Student's sleep data, R `t.test(sleep)`
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_paired_gives_the_published_result_of_the_sleep_study():
    result = paired(DRUG_2, DRUG_1)

    assert result.difference == pytest.approx(-1.58)
    assert result.p_value == pytest.approx(0.002833, abs=5e-7)
    # R: 95 percent confidence interval -2.4598858 -0.7001142
    assert (result.low, result.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)


@given(st.integers(0, 1000), st.integers(2, 40))
def test_paired_agrees_with_scipy(seed, n):
    as_is, to_be = np.random.default_rng(seed).normal(size=(2, n))

    result = paired(as_is, to_be, confidence=0.99)

    expected = stats.ttest_rel(to_be, as_is)
    low, high = expected.confidence_interval(0.99)
    assert result.p_value == pytest.approx(expected.pvalue)
    assert (result.low, result.high) == pytest.approx((low, high))


def test_paired_is_certain_when_all_pairs_differ_alike():
    assert paired([1, 2, 3], [2, 3, 4]).p_value == 0
    assert paired([1, 2, 3], [1, 2, 3]).p_value == 1


def test_paired_leaves_out_replications_without_a_value():
    assert paired([1, 2, NAN, 4], [2, 4, 5, NAN]).n == 2


def test_paired_is_none_when_fewer_than_two_pairs_remain():
    assert paired([1, NAN], [2, 3]) is None


def test_paired_refuses_samples_of_different_length():
    with pytest.raises(ValueError, match="pairs of replications"):
        paired([1, 2], [1, 2, 3])


def test_paired_refuses_a_confidence_in_percent():
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        paired(DRUG_1, DRUG_2, confidence=95)


def test_holm_gives_the_step_down_values():
    # R: p.adjust(c(.01, .04, .03, .005), "holm") = .03 .06 .06 .02
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_does_not_count_what_could_not_be_tested():
    assert holm([0.02, NAN, 0.5]) == pytest.approx([0.04, NAN, 0.5], nan_ok=True)


def test_holm_refuses_what_is_not_a_p_value():
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.2, 1.2])


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_lies_between_the_p_values_and_bonferroni(p_values):
    adjusted = holm(p_values)

    assert np.all(adjusted >= np.array(p_values))
    assert np.all(adjusted <= np.minimum(len(p_values) * np.array(p_values), 1) + 1e-12)


@pytest.mark.parametrize(
    ("direction", "difference", "p_value", "expected"),
    [
        (Direction.LOWER, -3.0, 0.01, Verdict.BETTER),
        (Direction.LOWER, 3.0, 0.01, Verdict.WORSE),
        (Direction.HIGHER, 3.0, 0.01, Verdict.BETTER),
        (Direction.HIGHER, -3.0, 0.01, Verdict.WORSE),
        (Direction.LOWER, -3.0, 0.06, Verdict.UNCLEAR),
        (Direction.LOWER, -3.0, NAN, Verdict.UNCLEAR),
        (Direction.LOWER, 0.0, 0.0, Verdict.UNCLEAR),
        (Direction.BAND, -3.0, 0.0, Verdict.UNCLEAR),
    ],
)
def test_verdict_follows_direction_and_certainty(direction, difference, p_value, expected):
    assert verdict(direction, difference, p_value) is expected


def test_verdict_asks_for_the_confidence_it_is_given():
    assert verdict(Direction.LOWER, -3.0, 0.03, confidence=0.99) is Verdict.UNCLEAR
