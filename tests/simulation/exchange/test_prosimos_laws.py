"""Distributions of Prosimos, each dialect against the law of scipy that it means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulation.errors import ScenarioInvalid
from simulation.exchange.entries import Entry
from simulation.exchange.moments import moments_of
from simulation.exchange.notes import Fate, Notes
from simulation.exchange.prosimos_laws import read_law

LARGE = 1e9
NEARLY_EXPONNORM = stats.expon(3600, 400)  # its normal part has an sd of 0.1 s


def read(name, *values, is_bare=False):
    params = list(values) if is_bare else [{"value": value} for value in values]
    notes = Notes()
    written = {"distribution_name": name, "distribution_params": params}
    return read_law(Entry("file.json", (), written), notes), notes.entries[-1].fate


def truncated(frozen, low, high):
    within = frozen.cdf(high) - frozen.cdf(low)
    points = frozen.ppf(frozen.cdf(low) + within * (np.arange(20_000) + 0.5) / 20_000)
    return points.mean(), points.std()


@pytest.mark.parametrize(
    ("name", "values", "law"),
    [
        ("fix", (600,), {"constant": 600}),
        ("fix", (600, 0, 1), {"constant": 600}),
        ("expon", (600, 0, LARGE), {"exponential": {"mean": 600}}),
        ("norm", (600, 60, 0, LARGE), {"normal": {"mean": 600, "sd": 60}}),
        ("uniform", (60, 120), {"uniform": {"min": 60, "max": 120}}),
        ("lognorm", (600, 3600, 0, LARGE), {"lognormal": {"mean": 600, "sd": 60}}),
        ("gamma", (600, 3600, 0, LARGE), {"gamma": {"mean": 600, "sd": 60}}),
    ],
)
def test_current_dialect_is_kept(name, values, law):
    assert read(name, *values) == (law, Fate.KEPT)


@pytest.mark.parametrize(
    ("name", "values", "law"),
    [
        ("expon", (0, 600), {"exponential": {"mean": 600}}),
        ("norm", (600, 60), {"normal": {"mean": 600, "sd": 60}}),
        ("uniform", (60, 60), {"uniform": {"min": 60, "max": 120}}),
        ("uniform", (240, 0), {"constant": 240}),
        ("gamma", (4, 0, 150), {"gamma": {"mean": 600, "sd": 300}}),
        ("triang", (0.25, 100, 400), {"triangular": {"min": 100, "mode": 200, "max": 500}}),
        ("weibull_min", (2, 0, 150), {"weibull": {"shape": 2, "scale": 150}}),
    ],
)
def test_dialect_of_2021_has_the_parameters_of_scipy(name, values, law):
    assert read(name, *values, is_bare=True)[0] == law


def test_lognormal_of_scipy_has_the_mean_of_the_variable():
    law, _ = read("lognorm", 0.5, 0, 600, is_bare=True)

    frozen = stats.lognorm(0.5, 0, 600)
    assert law["lognormal"]["mean"] == pytest.approx(frozen.mean())
    assert law["lognormal"]["sd"] == pytest.approx(frozen.std())


@pytest.mark.parametrize(
    ("name", "values", "frozen", "low", "high"),
    [
        ("expon", (600, 0, 1200), stats.expon(scale=600), 0, 1200),
        ("expon", (600, 100, 3000), stats.expon(100, 500), 100, 3000),
        ("norm", (600, 300, 300, 900), stats.norm(600, 300), 300, 900),
        ("lognorm", (600, 360_000, 60, 1800), stats.lognorm(0.8326, 0, 424.26), 60, 1800),
        ("exponnorm", (4000, 3600, 0.1, 3600, 7200), NEARLY_EXPONNORM, 3600, 7200),
        ("gamma", (2, 30, 300, 0, 4000), stats.gamma(2, 30, 300), 0, 4000),
    ],
)
def test_bounds_are_kept_by_quantiles(name, values, frozen, low, high):
    law, fate = read(name, *values)

    mean, sd = truncated(frozen, low, high)
    assert fate is Fate.TRANSLATED
    assert moments_of(law)[0] == pytest.approx(mean, rel=0.003)
    assert moments_of(law)[1] == pytest.approx(sd, rel=0.02)


def test_default_of_scipy_dialect_is_uniform():
    assert read("default", 10, 30)[0] == {"uniform": {"min": 10, "max": 30}}


def test_histogram_is_drawn_as_its_midpoints():
    written = {
        "distribution_name": "histogram_sampling",
        "histogram_data": {"cdf": [0.25, 0.25, 1], "bin_midpoints": [10, 20, 30]},
    }

    law = read_law(Entry("file.json", (), written), Notes())

    parts = [{"weight": 0.25, "constant": 10}, {"weight": 0.75, "constant": 30}]
    assert law == {"mixture": parts}


def test_exponential_whose_scale_is_one_is_guessed_to_hold_its_mean():
    law, _ = read("expon", 1800, 1, is_bare=True)

    assert law == {"exponential": {"mean": 1800}}


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("fix", (-1,), "must not be negative"),
        ("fix", (), "needs 1 or more"),
        ("cauchy", (1, 1), "unknown distribution 'cauchy'"),
        ("norm", (1,), "has 1 distribution_params"),
        ("norm", (600, 10, 700_000, 800_000), "draws nothing between its bounds"),
        ("lognorm", (-1, 1, 0, 5), "not negative"),
        ("uniform", (20, 10), "draws nothing"),
        ("fix", ("soon",), "must be a number"),
    ],
)
def test_wrong_distribution_is_refused(name, values, words):
    with pytest.raises(ScenarioInvalid, match=words):
        read(name, *values)
