"""Distributions against scipy.stats: the same quantiles, the same means."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from simulation import distributions as d
from simulation.scenario.distribution import DurationSpec, NumberSpec, build

U = np.linspace(0.0005, 0.9995, 999)
_LOGNORMAL_SIGMA = math.sqrt(math.log(1 + (4 / 8) ** 2))
_BETA = stats.beta(*d.Beta(2, 10, 5, 1.5).shapes, loc=2, scale=8)
_HISTOGRAM = stats.rv_histogram((np.array([1.0, 3.0]), np.array([0.0, 2.0, 4.0])), density=False)
CASES = [
    pytest.param(d.Exponential(4), stats.expon(scale=4), id="exponential"),
    pytest.param(d.Normal(-8, 9), stats.norm(-8, 9), id="normal"),
    pytest.param(
        d.Normal(1, 2, floor=0), stats.truncnorm(-0.5, np.inf, loc=1, scale=2), id="redrawn normal"
    ),
    pytest.param(
        d.LogNormal(8, 4),
        stats.lognorm(_LOGNORMAL_SIGMA, scale=8 / math.sqrt(1.25)),
        id="lognormal",
    ),
    pytest.param(d.Triangular(1, 2, 5), stats.triang(0.25, loc=1, scale=4), id="triangular"),
    pytest.param(d.Triangular(1, 1, 5), stats.triang(0, loc=1, scale=4), id="triangular at min"),
    pytest.param(d.Triangular(1, 5, 5), stats.triang(1, loc=1, scale=4), id="triangular at max"),
    pytest.param(d.Uniform(2, 7), stats.uniform(2, 5), id="uniform"),
    pytest.param(d.Gamma.by_sd(6, 3), stats.gamma(4, scale=1.5), id="gamma"),
    pytest.param(d.Gamma(12, 3), stats.erlang(3, scale=4), id="erlang"),
    pytest.param(d.Weibull(1.7, 3), stats.weibull_min(1.7, scale=3), id="weibull"),
    pytest.param(d.Beta(2, 10, 5, 1.5), _BETA, id="beta"),
    pytest.param(d.Histogram((0, 2, 4), (1, 3)), _HISTOGRAM, id="histogram"),
]


@pytest.mark.parametrize(("ours", "theirs"), CASES)
def test_quantile_agrees_with_scipy(ours, theirs):
    np.testing.assert_allclose(ours.quantile(U), theirs.ppf(U), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), CASES)
def test_mean_agrees_with_scipy(ours, theirs):
    assert ours.mean == pytest.approx(theirs.mean(), rel=1e-9)


@pytest.mark.parametrize(
    ("ours", "sd"), [(d.LogNormal(8, 4), 4), (d.Gamma.by_sd(6, 3), 3), (d.Beta(2, 10, 5, 1.5), 1.5)]
)
def test_sd_is_that_of_the_variable_itself(ours, sd):
    u = (np.arange(200_000) + 0.5) / 200_000

    assert ours.quantile(u).std() == pytest.approx(sd, rel=2e-3)


def test_constant_is_always_the_same():
    assert set(d.Constant(3.0).quantile(U)) == {3.0}


def test_empirical_gives_each_value_equally_often():
    values, counts = np.unique(d.Empirical((5, 1, 3)).quantile(U), return_counts=True)

    assert values.tolist() == [1, 3, 5]
    assert counts.tolist() == [333, 333, 333]


def test_mixture_mean_and_shares_follow_the_weights():
    mixture = d.Mixture((1, 3), (d.Constant(10), d.Uniform(0, 1)))

    values = mixture.quantile(U)

    assert mixture.mean == pytest.approx(2.875)
    assert (values == 10).mean() == pytest.approx(0.25, abs=0.002)


def test_mixture_component_is_drawn_in_full():
    uniform = d.Mixture((1, 1), (d.Constant(5), d.Uniform(0, 1))).quantile(U)
    below = np.sort(uniform[uniform < 5])

    np.testing.assert_allclose(below, np.linspace(below[0], below[-1], below.size), atol=1e-9)
    assert below[0] < 0.01
    assert below[-1] > 0.99


def test_redrawn_normal_is_never_negative():
    assert d.Normal(1, 5, floor=0).quantile(np.array([1e-15, 0.5])).min() >= 0


@pytest.mark.parametrize(("ours", "_"), CASES)
def test_extreme_uniforms_give_finite_values(ours, _):
    extremes = np.array([2.0**-53, 1 - 2.0**-53])

    assert np.isfinite(ours.quantile(extremes)).all()


@pytest.mark.parametrize(("ours", "_"), CASES)
def test_one_value_alone_is_the_value_in_a_column(ours, _):
    column = ours.quantile(U)

    assert [ours.quantile(U[i : i + 1])[0] for i in range(0, 999, 37)] == column[::37].tolist()


LENGTHS = ("0s", "0.000001s", "0.1s", "1min", "5000w")
NUMBERS = (-1e15, -5, -1e-300, 0, 1e-9, 1e3, 1e15)


def written(values):
    """Yield every kind of distribution with every combination of some extreme parameters."""
    for a, b in itertools.product(values, repeat=2):
        for kind in ("normal", "lognormal", "gamma"):
            yield {kind: {"mean": a, "sd": b}}
        yield {"histogram": {"edges": [a, b], "weights": [1e15]}}
        for c in values:
            yield {"triangular": {"min": a, "mode": b, "max": c}}
            yield from ({"beta": {"min": a, "max": c, "mean": b, "sd": e}} for e in values)
    for a in values:
        yield {"exponential": {"mean": a}}
        yield from ({"erlang": {"mean": a, "phases": phases}} for phases in (1, 1000))
        yield from ({"weibull": {"shape": s, "scale": a}} for s in (1e-3, 0.01, 1, 1e6))


def refused(spec, raw):
    try:
        spec.model_validate(raw)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    ("spec", "values", "floor"), [(DurationSpec, LENGTHS, 0.0), (NumberSpec, NUMBERS, None)]
)
def test_distribution_that_may_be_written_can_be_drawn(spec, values, floor):
    u = np.array([2.0**-53, 1e-9, 0.01, 0.5, 0.99, 1 - 2.0**-53])
    allowed = [raw for raw in written(values) if not refused(spec, raw)]
    for raw in allowed:
        drawn = build(spec.model_validate(raw), floor=floor)
        quantiles = drawn.quantile(u)
        assert np.isfinite(quantiles).all(), raw
        assert floor is None or (quantiles >= floor).all(), raw
        assert math.isfinite(drawn.mean), raw
    assert len(allowed) > 50
