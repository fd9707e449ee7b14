from __future__ import annotations

import numpy as np
import pytest

from simulation import distributions as d
from simulation.calibration.fitting import fit, scaled

KNOWN: dict[str, d.Distribution] = {
    "exponential": d.Exponential(1800),
    "lognormal": d.LogNormal(480, 300),
    "gamma": d.Gamma(100, 3.0),
    "weibull": d.Weibull(3.5, 100),
    "uniform": d.Uniform(10, 50),
    "triangular": d.Triangular(60, 120, 300),
    "normal": d.Normal(1000, 100),
    "constant": d.Constant(300),
}


def sample(distribution, size=800, seed=4):
    return distribution.quantile(np.random.default_rng(seed).uniform(size=size))


@pytest.mark.parametrize("family", KNOWN)
def test_each_family_is_known_again(family):
    found = fit(sample(KNOWN[family]))

    assert found.family == family
    assert found.distribution.mean == pytest.approx(KNOWN[family].mean, rel=0.06)


def test_a_good_fit_has_a_p_value_that_is_not_small():
    found = fit(sample(KNOWN["gamma"]))

    assert found.p_value > 0.05
    assert found.mean_low_s < KNOWN["gamma"].mean < found.mean_high_s


def test_two_humps_become_a_histogram_with_their_mean():
    values = np.concatenate([sample(d.LogNormal(10, 1)), sample(d.LogNormal(500, 40))])

    found = fit(values)

    assert found.family == "histogram"
    assert found.distribution.mean == pytest.approx(values.mean(), rel=1e-6)
    assert found.distance_share < 0.05


def test_values_with_a_lump_are_kept_as_they_are():
    values = np.concatenate([np.zeros(300), sample(d.Exponential(600), 700)])

    found = fit(values)

    assert found.family == "empirical"
    assert found.distribution.mean == pytest.approx(values.mean(), rel=0.06)


def test_a_few_values_come_with_a_warning():
    assert fit(np.array([60.0, 70.0, 95.0])).is_thin


def test_one_odd_value_among_equal_ones_leaves_a_constant():
    values = np.append(np.full(99, 300.0), 3900.0)

    assert fit(values).spec == {"constant": "5min"}


def test_a_written_distribution_is_scaled_in_every_duration():
    spec = {"histogram": {"edges": ["10s", "2min"], "weights": [0.5]}}

    assert scaled(spec, 2) == {"histogram": {"edges": ["20s", "4min"], "weights": [0.5]}}
