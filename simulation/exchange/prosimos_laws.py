"""Distributions of Prosimos files, in the three dialects they are written in.

- 2021: bare numbers, the parameters of scipy: ``[loc, scale]``, ``[s, loc, scale]``.
- scipy: the same with ``min`` and ``max`` behind them, each as ``{"value": …}``; what is outside
  of them is redrawn. ``default`` is uniform.
- current: ``[mean, variance, min, max]``, ``[mean, min, max]`` for ``expon``, ``[min, max]`` for
  ``uniform``; the number of values and their form tell the dialects apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scipy import stats

from simulation.exchange import laws

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.exchange.entries import Entry
    from simulation.exchange.laws import Law
    from simulation.exchange.notes import Notes

_ENDLESS = math.inf
_SHAPES = {
    "norm": 0, "normal": 0, "expon": 0, "exponential": 0, "uniform": 0, "lognorm": 1,
    "log_normal": 1, "lognormal": 1, "gamma": 1, "triang": 1, "triangular": 1, "exponnorm": 1,
    "weibull_min": 1, "rayleigh": 0, "logistic": 0, "fisk": 1, "beta": 2, "invgauss": 1,
}  # fmt: skip
_NAMES = {
    "normal": "norm", "exponential": "expon", "lognormal": "lognorm", "log_normal": "lognorm",
    "triangular": "triang",
}  # fmt: skip
_MOST_PARTS = 100


@dataclass(frozen=True)
class _Written:
    """A distribution as it is written."""

    entry: Entry
    name: str
    values: list[float]
    is_bare: bool  # numbers instead of {"value": …}


def read_law(entry: Entry, notes: Notes) -> Law:
    """Return a distribution in seconds and note what became of it. Raises ScenarioInvalid."""
    name = entry.need("distribution_name").text().lower()
    if name == "histogram_sampling":
        return _sampled(entry, notes)
    params = entry.need("distribution_params").list()
    is_bare = not params or not isinstance(params[0].value, dict)
    values = [p.number() if is_bare else p.need("value").number() for p in params]
    found = _Written(entry, name, values, is_bare)
    try:
        law, words = _law(found, notes)
    except (ValueError, OverflowError, ZeroDivisionError, FloatingPointError) as error:
        raise entry.refused(str(error)) from None
    told = f"{name} {values}"
    if words is None:
        notes.kept(entry.field, told)
    else:
        notes.translated(entry.field, f"{told}: {words}")
    return law


def _law(found: _Written, notes: Notes) -> tuple[Law, str | None]:
    if found.name in {"fix", "fixed"}:
        return laws.constant(_not_negative(_at(found, 0))), None
    if found.name == "default":
        return _uniform(_at(found, 0), _at(found, 1), 0.0, _ENDLESS), "a uniform distribution"
    if found.name not in _SHAPES:
        raise ValueError(f"has an unknown distribution {found.name!r}")
    name = _NAMES.get(found.name, found.name)
    if (current := _CURRENT.get(name)) is not None and _is_current(found, name):
        return current(found)
    return _scipy(found, name, notes)


def _is_current(found: _Written, name: str) -> bool:
    return not found.is_bare and len(found.values) == {"expon": 3, "uniform": 2}.get(name, 4)


def _at(found: _Written, place: int) -> float:
    if place >= len(found.values):
        raise ValueError(f"needs {place + 1} or more distribution_params")
    return found.values[place]


def _not_negative(value: float) -> float:
    if value < 0:
        raise ValueError("must not be negative")
    return value


def _current_expon(found: _Written) -> tuple[Law, str | None]:
    mean, low, high = found.values
    scale = mean - low if mean >= low else mean
    if scale <= 0:
        return laws.constant(_not_negative(mean)), None
    law = laws.exponential(mean) if low == 0 else None
    return laws.bounded(law, stats.expon(loc=low, scale=scale), low, high)


def _current_uniform(found: _Written) -> tuple[Law, str | None]:
    low, high = found.values
    return _uniform(low, high, 0.0, _ENDLESS), None


def _current_normal(found: _Written) -> tuple[Law, str | None]:
    mean, sd, low, high = found.values
    return _normal(mean, sd, low, high)


def _normal(mean: float, sd: float, low: float, high: float) -> tuple[Law, str | None]:
    if sd < 0:
        raise ValueError("needs a standard deviation that is not negative")
    if sd == 0:
        return laws.constant(_not_negative(mean)), None
    law = laws.spread("normal", mean, sd) if mean >= 0 else None
    return laws.bounded(law, laws.frozen_normal(mean, sd), low, high)


def _current_moments(
    kind: str, freeze: Callable[[float, float], Any]
) -> Callable[[_Written], tuple[Law, str | None]]:
    """Return the reader of a law that is written by its mean and variance."""

    def read(found: _Written) -> tuple[Law, str | None]:
        mean, variance, low, high = found.values
        if mean < 0 or variance < 0:
            raise ValueError("needs a mean and a variance that are not negative")
        law = laws.spread(kind, mean, math.sqrt(variance))
        if "constant" in law:
            return law, None
        return laws.bounded(law, freeze(mean, math.sqrt(variance)), low, high)

    return read


_CURRENT: dict[str, Callable[[_Written], tuple[Law, str | None]]] = {
    "expon": _current_expon,
    "uniform": _current_uniform,
    "norm": _current_normal,
    "lognorm": _current_moments("lognormal", laws.frozen_lognormal),
    "gamma": _current_moments("gamma", laws.frozen_gamma),
}


def _scipy(found: _Written, name: str, notes: Notes) -> tuple[Law, str | None]:
    """Read the parameters of scipy, with or without bounds behind them."""
    shapes = _SHAPES[found.name]
    count = len(found.values) - shapes - 2
    if count not in (0, 2):
        words = f"{shapes + 2} (of scipy), or with min and max {shapes + 4}"
        raise ValueError(f"has {len(found.values)} distribution_params; {found.name} has {words}")
    *shape, loc, scale = found.values[: shapes + 2]
    low, high = found.values[shapes + 2 :] or (0.0, _ENDLESS)
    if name == "expon" and found.is_bare and scale == 1 and loc > 1:
        notes.guessed(found.entry.field, "a first value above 1 and a second of 1: the mean")
        return laws.exponential(loc), "an exponential distribution with this mean"
    if name == "uniform":
        return _uniform(loc, loc + scale, low, high), None
    if name == "triang" and shape[0] > 1:  # as BIMP files were once converted
        return laws.triangular(loc, shape[0], loc + scale), "its first value is taken as the mode"
    if scale <= 0:
        return laws.constant(_not_negative(loc)), "without spread it is a constant"
    return laws.bounded(
        _natural(name, shape, loc, scale), getattr(stats, name)(*shape, loc, scale), low, high
    )


def _natural(name: str, shape: list[float], loc: float, scale: float) -> Law | None:
    """Return the law by its natural parameters; None: a scenario does not know it."""
    if name == "norm":
        return laws.spread("normal", loc, scale) if loc >= 0 else None
    if name == "triang" and loc >= 0 and 0 <= shape[0] <= 1:
        return laws.triangular(loc, loc + shape[0] * scale, loc + scale)
    if name == "expon" and loc == 0:
        return laws.exponential(scale)
    return _shaped(name, shape[0], scale) if shape and shape[0] > 0 and loc == 0 else None


def _shaped(name: str, shape: float, scale: float) -> Law | None:
    """Return a law that has one shape and no shift."""
    if name == "lognorm":
        mean = scale * math.exp(shape**2 / 2)
        return laws.spread("lognormal", mean, mean * math.sqrt(math.expm1(shape**2)))
    if name == "gamma":
        return laws.spread("gamma", shape * scale, math.sqrt(shape) * scale)
    return {"weibull": {"shape": shape, "scale": scale}} if name == "weibull_min" else None


def _uniform(first: float, last: float, low: float, high: float) -> Law:
    begin, end = max(first, low, 0.0), min(last, high)
    if begin > end:
        raise ValueError("draws nothing within its bounds")
    return laws.uniform(begin, end)


def _sampled(entry: Entry, notes: Notes) -> Law:
    """Read a histogram, which Prosimos draws as the midpoints of its bins."""
    data = entry.need("histogram_data")
    cdf = [item.number() for item in data.need("cdf").list()]
    points = [item.amount() for item in data.need("bin_midpoints").list()]
    weights = [high - low for low, high in zip([0.0, *cdf], cdf, strict=False)]
    if len(cdf) != len(points) or not points:
        raise data.refused("needs as many values in cdf as bin_midpoints")
    if min(weights) < -1e-9 or abs(cdf[-1] - 1) > 0.01:
        raise data.need("cdf").refused("must rise up to 1")
    parts = [(w, p) for w, p in zip(weights, points, strict=True) if w > 1e-12]
    if len(parts) > _MOST_PARTS:
        words = f"has {len(parts)} bins; at most {_MOST_PARTS} are taken"
        raise data.refused(words)
    notes.kept(entry.field, f"{len(parts)} values with their probabilities")
    if len(parts) == 1:
        return laws.constant(parts[0][1])
    return {"mixture": [{"weight": round(w, 9), "constant": p} for w, p in parts]}
