"""MSER-5 by its definition, and on series whose warm-up is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.stats.warm_up import mser5


@given(st.integers(0, 500), st.integers(10, 200))
def test_mser5_minimises_the_standard_error_of_what_is_left(seed, n):
    series = np.random.default_rng(seed).exponential(size=n)
    batches = series[: n // 5 * 5].reshape(-1, 5).mean(axis=1)
    spread = [
        ((batches[d:] - batches[d:].mean()) ** 2).sum() / (len(batches) - d) ** 2
        for d in range(len(batches) // 2 + 1)
    ]

    assert spread[mser5(series).count // 5] == pytest.approx(min(spread))


def test_mser5_cuts_a_start_that_lies_far_off():
    noise = np.random.default_rng(1).normal(size=1_000)
    noise[:200] += np.linspace(30, 0, 200)

    found = mser5(noise)

    assert found.is_found
    assert 150 <= found.count <= 250


def test_mser5_does_not_depend_on_the_level_of_the_series():
    series = np.random.default_rng(1).normal(size=300)

    assert mser5(series + 1e9) == mser5(series)


def test_mser5_says_so_when_the_series_never_becomes_steady():
    assert not mser5(np.arange(100.0)).is_found


def test_mser5_finds_nothing_in_a_series_of_less_than_two_batches():
    assert (mser5([1, 2, 3, 4, 5, 6]).count, mser5([]).is_found) == (0, False)


def test_mser5_refuses_a_gap():
    with pytest.raises(ValueError, match="finite"):
        mser5([1.0, np.nan])
