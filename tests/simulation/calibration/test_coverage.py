"""Nominal 95 % intervals hold the truth in 93 to 97 of 100 samples, or are longer by design.

Shares and rates are counted out exactly; the rest is drawn, some hundred small samples each.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from simulation import distributions as d
from simulation.calibration import fitting
from simulation.calibration.alignment import Aligner
from simulation.calibration.estimates import mean_of, rate_of, share_of
from simulation.calibration.families import AGAIN, histogram
from simulation.calibration.fitting import spread_of
from simulation.calibration.intensity import Intensity
from simulation.calibration.pooling import pooled
from simulation.calibration.ways import choices, weights, worth
from tests.simulation.graphs import graph

NOMINAL = (0.93, 0.97)
SAMPLES = 300
FEWER = 200  # where each takes long


def held(truth, low, high):
    """Return the share of intervals that hold the truth."""
    return float(np.mean((np.asarray(low) <= truth) & (truth <= np.asarray(high))))


@pytest.mark.parametrize(
    "truth", [d.Exponential(600), d.LogNormal(600, 400), d.Gamma(600, 3)], ids=repr
)
def test_means_of_durations(truth):
    random = np.random.default_rng(1)
    found = [mean_of(truth.quantile(random.uniform(size=100))) for _ in range(600)]

    assert NOMINAL[0] <= held(600, *zip(*((e.low, e.high) for e in found), strict=True))
    assert held(600, *zip(*((e.low, e.high) for e in found), strict=True)) <= NOMINAL[1]


@pytest.mark.parametrize(
    ("family", "truth", "sd"),
    [("lognormal", d.LogNormal(600, 400), 400), ("histogram", d.Gamma(600, 4), 300)],
)
def test_spreads_of_durations(family, truth, sd, monkeypatch):
    monkeypatch.setattr(fitting, "_ks", lambda *_: 0.0)  # not what is looked at, and slow
    random = np.random.default_rng(2)
    found = []
    for _ in range(FEWER):
        values = np.sort(truth.quantile(random.uniform(size=100)))
        found.append(spread_of(AGAIN.get(family, histogram)(values), values))

    assert NOMINAL[0] <= held(sd, [e.low for e in found], [e.high for e in found]) <= NOMINAL[1]


@pytest.mark.parametrize("n", [30, 100, 400])
def test_shares_of_ways_are_held_on_average_and_never_much_less(n):
    taken = np.arange(n + 1)
    found = [share_of(k / n, n) for k in taken.tolist()]
    low, high = (np.array([getattr(e, end) for e in found]) for end in ("low", "high"))

    truths = np.linspace(0.05, 0.95, 181)
    covered = [stats.binom.pmf(taken, n, p)[(low <= p) & (p <= high)].sum() for p in truths]

    assert NOMINAL[0] <= np.mean(covered) <= NOMINAL[1]
    assert min(covered) > 0.9


@pytest.mark.parametrize("mean", [0.5, 2, 7.3, 40, 300])
def test_rates_of_poisson_counts_are_never_held_less_often(mean):
    counts = np.arange(int(mean + 12 * mean**0.5 + 12)).astype(float)
    _, low, high = rate_of(counts, np.ones(len(counts)))

    covered = stats.poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum()

    assert covered >= 0.95
    assert mean < 30 or covered < 0.97


def days_of(rate, weeks, random, *, varying=0.0):
    """Return arrivals from 8 to 16 on weekdays, on days that differ by a gamma variable."""
    times = []
    for day in (day for day in range(7 * weeks) if day % 7 < 5):
        factor = random.gamma(1 / varying, varying) if varying else 1.0
        count = random.poisson(8 * rate * factor)
        times.append(day * 86_400 + random.uniform(8, 16, count) * 3600)
    return np.concatenate(times)


@pytest.mark.parametrize("varying", [0.0, 0.3])
def test_arrivals_of_a_week_a_day_and_an_hour(varying):
    """Conservative: Garwood's intervals are, and the edges of a log may cut a day."""
    random = np.random.default_rng(3)
    dates, found = np.full(7, 6.0), []
    for _ in range(SAMPLES):
        times = days_of(2, 6, random, varying=varying)
        table = np.bincount((times // 3600 % 168).astype(int), minlength=168).reshape(7, 24) / 6
        found.append(Intensity.of(times, table, dates, is_renewal=False, confidence=0.95))

    weeks = [f.per_week for f in found]
    days = [f.by_day[day] for f in found for day in range(5)]
    assert held(80, [e.low for e in weeks], [e.high for e in weeks]) >= 0.93
    assert held(16, [e.low for e in days], [e.high for e in days]) >= 0.93
    assert held(2, [f.low[1, 10] for f in found], [f.high[1, 10] for f in found]) >= 0.93
    assert np.mean([e.high - e.low for e in weeks]) < (20 if varying == 0 else 45)


@pytest.mark.parametrize(
    ("means", "n"),
    [((480, 480, 840), 10), ((600, 600, 600), 30), ((400, 500, 600, 1200), 60)],
    ids=str,
)
def test_means_of_people_whatever_they_are_drawn_towards(means, n):
    """Conservative: alike people are held more often; each person counts, however unlike."""
    random = np.random.default_rng(4)
    hits = np.zeros(len(means))
    for _ in range(FEWER):
        found = pooled([random.gamma(2, mean / 2, n) for mean in means], 0.95)
        hits += (found.low <= means) & (means <= found.high)

    assert hits.min() >= 0.93 * FEWER


def test_shares_where_several_ways_lead_to_the_same_activities():
    process = graph(
        "start > a > gw_solved =yes> gw_again =closed> end",
        "gw_solved =no> b > gw_again =opened> b",
    )
    aligner, random = Aligner(process, frozenset("ab")), np.random.default_rng(5)
    ways = [aligner.align(("a", *"b" * times)) for times in range(5)]
    found = []
    for _ in range(FEWER):
        visits = (random.uniform(size=400) >= 0.45) + random.geometric(0.9, 400) - 1
        visits = visits[visits < len(ways)]  # all but one in ten thousand
        variants = Counter(ways[times] for times in visits.tolist())
        likely = weights(variants)
        yes = sum(
            cases * weight
            for ways_, cases in variants.items()
            for way, weight in zip(ways_, likely[ways_], strict=True)
            if ("gw_solved", ("yes",)) in choices(way)
        )
        trials = len(visits) * worth(variants, likely)["gw_solved", "yes"]
        found.append(share_of(yes / len(visits), trials))

    assert 0.92 <= held(0.45, [e.low for e in found], [e.high for e in found]) <= 0.98
