"""Simultaneous comparison with one baseline: against Dunnett's table, scipy and its coverage."""

import numpy as np
import pytest
from scipy import stats

from kpis.stats.comparison import PairedDifference, paired
from kpis.stats.many_to_one import many_to_one


def _independent(k, n, *, seed=1):
    """Differences to a baseline that correlate by one half, as with independent systems."""
    return np.random.default_rng(seed).normal(size=(k + 1, n))


def _found(baseline, alternatives) -> list[PairedDifference]:
    found = many_to_one(baseline, alternatives)
    assert found is not None
    return found


def test_many_to_one_is_the_paired_comparison_when_there_is_one_alternative():
    values = _independent(1, 12)

    (found,) = _found(values[0], values[1:])

    expected = paired(values[0], values[1])
    assert found.difference == pytest.approx(expected.difference)
    assert found.half_width == pytest.approx(expected.half_width, rel=0.02)
    assert found.p_value == pytest.approx(expected.p_value, abs=0.01)


@pytest.mark.parametrize(("k", "published"), [(2, 2.21), (3, 2.35), (5, 2.51)])
def test_many_to_one_uses_the_published_two_sided_points(k, published):
    """Dunnett (Biometrics 20, 1964, 482), table II, 5 %, many degrees of freedom."""
    n = 4_000
    values = _independent(k, n)

    found = _found(values[0], values[1:])[0]

    error = (values[1] - values[0]).std(ddof=1) / np.sqrt(n)
    assert found.half_width / error == pytest.approx(published, abs=0.02)


def test_many_to_one_is_narrower_than_bonferroni_when_differences_correlate():
    rng = np.random.default_rng(3)
    baseline = rng.normal(size=20)
    alternatives = rng.normal(scale=0.1, size=(6, 20))

    found = _found(baseline, alternatives)

    bonferroni = paired(baseline, alternatives[0], confidence=1 - 0.05 / 6)
    assert found[0].half_width < 0.85 * bonferroni.half_width


def test_many_to_one_holds_for_the_whole_family_as_often_as_it_says():
    held = 0
    for seed in range(150):
        values = _independent(4, 10, seed=seed)
        held += all(d.low <= 0 <= d.high for d in _found(values[0], values[1:]))

    assert stats.binomtest(held, 150, 0.95).pvalue > 0.001


def test_many_to_one_has_a_p_value_below_the_level_exactly_when_zero_is_left_out():
    for seed in range(50):
        values = _independent(3, 8, seed=seed) + np.array([[0.0], [1.0], [2.0], [0.0]])
        for found in _found(values[0], values[1:]):
            assert (found.p_value < 0.05) == (not found.low <= 0 <= found.high)


def test_many_to_one_is_certain_of_what_never_varies():
    same, more = _found([1, 2, 3], [[1, 2, 3], [2, 3, 4]])

    assert (same.p_value, more.p_value) == (1, 0)
    assert (more.low, more.high) == (1, 1)


def test_many_to_one_leaves_out_a_replication_that_lacks_a_value():
    found = _found([1, 2, 3, 4], [[2, 2, 5, np.nan], [1, 2, 4, 4]])

    assert [d.n for d in found] == [3, 3]


def test_many_to_one_is_none_when_fewer_than_two_replications_remain():
    assert many_to_one([1, np.nan], [[2, 3]]) is None


def test_many_to_one_refuses_samples_of_different_length():
    with pytest.raises(ValueError, match="a row per alternative"):
        many_to_one([1, 2], [[1, 2, 3]])


def test_many_to_one_refuses_a_confidence_in_percent():
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        many_to_one([1, 2], [[1, 2]], confidence=95)
