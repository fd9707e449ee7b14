"""Values of BPSim parameters: constants and distributions, in the unit that each names."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from engine.domain.duration import Duration, InvalidDuration
from simulation.exchange import laws

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.exchange.laws import Law
    from simulation.exchange.tags import Tag

UNITS_S = {
    "ms": 0.001, "s": 1.0, "min": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 604_800.0,
    "month": 30 * 86_400.0, "year": 365 * 86_400.0,
}  # fmt: skip
_PLAIN = {"NumericParameter", "FloatingParameter"}
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_POINTS = 100
Read = tuple["Law", str | None]


def unit_s(tag: Tag, attribute: str, default: float) -> float:
    """Return the seconds of a time unit. Raises ScenarioInvalid."""
    unit = tag.get(attribute)
    if unit is None:
        return default
    if unit.text() not in UNITS_S:
        raise unit.refused(f"must be one of {', '.join(UNITS_S)}")
    return UNITS_S[unit.text()]


def duration_s(text: str) -> float:
    """Return the seconds of an ISO 8601 duration. Raises ValueError."""
    try:
        return (Duration.parse(text).after(_EPOCH) - _EPOCH).total_seconds()
    except (InvalidDuration, OverflowError) as error:
        raise ValueError(f"must be a duration such as PT8H: {error}") from None


def read_value(value: Tag, base_s: float) -> Read:
    """Return a value as a law in seconds, and what was done to it. Raises ScenarioInvalid."""
    try:
        return _read(value, unit_s(value, "timeUnit", base_s))
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise value.refused(str(error)) from None


def _read(value: Tag, unit: float) -> Read:
    if value.name in _PLAIN:
        return laws.constant(value.need("value").amount() * unit), None
    if value.name == "DurationParameter":
        seconds = duration_s(value.need("value").text())
        if seconds < 0:
            raise ValueError("must not be negative")
        return laws.constant(seconds), None
    if value.name == "UserDistribution":
        return _points(value, unit), between_points(value)
    if value.name not in _LAWS:
        raise ValueError(f"has {value.name}, which is no time")
    return _LAWS[value.name](value, unit)


def read_number(value: Tag) -> Law:
    """Return a value as a law of plain numbers. Raises ScenarioInvalid."""
    if value.get("timeUnit") is not None:
        raise value.refused("has a timeUnit, but is no time")
    return read_value(value, 1.0)[0]


def _of(tag: Tag, *names: str) -> list[float]:
    return [tag.need(name).number() for name in names]


def _moments(kind: str) -> Callable[[Tag, float], Read]:
    def read(tag: Tag, unit: float) -> Read:
        mean, sd = _of(tag, "mean", "standardDeviation")
        if mean < 0 or sd < 0:
            raise ValueError("needs a mean and a standardDeviation that are not negative")
        return laws.spread(kind, mean * unit, sd * unit), None

    return read


def _truncated(tag: Tag, unit: float) -> Read:
    mean, sd, low, high = (v * unit for v in _of(tag, "mean", "standardDeviation", "min", "max"))
    if sd <= 0:
        return laws.constant(max(mean, 0.0)), "without spread it is a constant"
    law = laws.spread("normal", mean, sd) if mean >= 0 else None
    return laws.bounded(law, laws.frozen_normal(mean, sd), low, high)


def _uniform(tag: Tag, unit: float) -> Read:
    low, high = _of(tag, "min", "max")
    if not 0 <= low <= high:
        raise ValueError("needs 0 <= min <= max")
    return laws.uniform(low * unit, high * unit), None


def _triangular(tag: Tag, unit: float) -> Read:
    low, mode, high = _of(tag, "min", "mode", "max")
    if not 0 <= low <= mode <= high:
        raise ValueError("needs 0 <= min <= mode <= max")
    return laws.triangular(low * unit, mode * unit, high * unit), None


def _exponential(tag: Tag, unit: float) -> Read:
    return laws.exponential(tag.need("mean").amount() * unit), None


def _erlang(tag: Tag, unit: float) -> Read:
    mean, phases = tag.need("mean").amount() * unit, tag.need("k").count()
    if not mean:
        return laws.constant(0.0), None
    if phases > 1000:
        raise ValueError("needs a k of at most 1000")
    return {"erlang": {"mean": mean, "phases": phases}}, "the mean is that of the whole"


def _shape_scale(tag: Tag) -> tuple[float, float]:
    shape, scale = _of(tag, "shape", "scale")
    if shape <= 0 or scale <= 0:
        raise ValueError("needs a shape and a scale above 0")
    return shape, scale


def _gamma(tag: Tag, unit: float) -> Read:
    shape, scale = _shape_scale(tag)
    return laws.spread("gamma", shape * scale * unit, math.sqrt(shape) * scale * unit), None


def _weibull(tag: Tag, unit: float) -> Read:
    shape, scale = _shape_scale(tag)
    return {"weibull": {"shape": shape, "scale": scale * unit}}, None


def _beta(tag: Tag, unit: float) -> Read:
    shape, scale = _shape_scale(tag)
    mean = shape / (shape + scale)
    sd = math.sqrt(mean * (1 - mean) / (shape + scale + 1))
    law = {"min": 0.0, "max": unit, "mean": mean * unit, "sd": sd * unit}
    return {"beta": law}, "its second parameter is written as scale; values from 0 to 1"


def _poisson(tag: Tag, unit: float) -> Read:
    return _discrete(stats.poisson(tag.need("mean").amount()), unit)


def _binomial(tag: Tag, unit: float) -> Read:
    probability = tag.need("probability").amount()
    if probability > 1:
        raise ValueError("needs a probability of at most 1")
    return _discrete(stats.binom(tag.need("trials").count(), probability), unit)


def _discrete(frozen: Any, unit: float) -> Read:
    """Return the likely values of a law of whole numbers, each with its weight."""
    low, high = int(frozen.ppf(1e-6)), int(frozen.ppf(1 - 1e-6))
    step = max(1, math.ceil((high - low + 1) / _MOST_POINTS))
    parts: list[dict[str, float]] = []
    for first in range(low, high + 1, step):
        values = np.arange(first, min(first + step, high + 1))
        weights = frozen.pmf(values)
        if (total := float(weights.sum())) > 1e-9:
            mean = float(np.average(values, weights=weights))
            parts.append({"weight": round(total, 9), "constant": mean * unit})
    return _mixed(parts), "each of its likely values with its weight"


def _mixed(parts: list[dict[str, Any]]) -> Law:
    if len(parts) == 1:
        return {key: value for key, value in parts[0].items() if key != "weight"}
    return {"mixture": parts}


def between_points(tag: Tag) -> str | None:
    """Return what is lost of a user distribution that is not discrete."""
    is_discrete = tag.get("discrete")
    if is_discrete is None or is_discrete.truth():
        return None
    return "its points alone are drawn: nothing between them"


def _points(tag: Tag, unit: float) -> Law:
    parts = []
    for point in tag.children("UserDistributionDataPoint"):
        values = [child for child in point.children() if child.name != "ResultRequest"]
        if len(values) != 1:
            raise point.refused("needs one value")
        found = _read(values[0], unit_s(values[0], "timeUnit", unit))[0]
        if "mixture" in found:
            raise point.refused("is a distribution of several points in another one")
        parts.append({"weight": point.need("probability").amount(), **found})
    if not 1 <= len(parts) <= _MOST_POINTS or sum(part["weight"] for part in parts) <= 0:
        raise ValueError(f"needs 1 to {_MOST_POINTS} points with probabilities")
    return _mixed(parts)


_LAWS: dict[str, Callable[[Tag, float], Read]] = {
    "NormalDistribution": _moments("normal"),
    "LogNormalDistribution": _moments("lognormal"),
    "TruncatedNormalDistribution": _truncated,
    "NegativeExponentialDistribution": _exponential,
    "UniformDistribution": _uniform,
    "TriangularDistribution": _triangular,
    "ErlangDistribution": _erlang,
    "GammaDistribution": _gamma,
    "WeibullDistribution": _weibull,
    "BetaDistribution": _beta,
    "PoissonDistribution": _poisson,
    "BinomialDistribution": _binomial,
}
