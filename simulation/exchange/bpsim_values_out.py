"""Distributions of a scenario as BPSim writes them, in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from simulation.exchange.laws import frozen_normal
from simulation.exchange.moments import moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.scenario.distribution import Basic

_MOST_POINTS = 100
_SELDOM = 1e-4
_LONGEST_S = 3_153_600_000.0
Attributes = dict[str, float]


def bpsim_value(spec: Basic[float], *, valid_for: str = "") -> tuple[str, str | None]:
    """Return the element of a value, and what was done to it; None: it is the same."""
    kind, params = spec.chosen()
    if kind in _LAWS:
        name, read = _LAWS[kind]
        return _element(name, read(params), valid_for), None
    if kind == "normal":
        return _normal(params, valid_for), None
    if kind in {"histogram", "mixture", "empirical"}:
        points = _points(kind, params)
        if 1 <= len(points) <= _MOST_POINTS:
            inside = "".join(points)
            attribute = f" validFor={quoteattr(valid_for)}" if valid_for else ""
            opening = f'<bpsim:UserDistribution discrete="true"{attribute}>'
            return f"{opening}{inside}</bpsim:UserDistribution>", None
    mean, sd = moments(spec)
    words = f"{kind}: a lognormal distribution with the same mean and spread"
    if sd <= 1e-5 * mean:
        return constant(mean, valid_for=valid_for), f"{kind}: its mean"
    values = {"mean": mean, "standardDeviation": sd}
    return _element("LogNormalDistribution", values, valid_for), words


def constant(value: float, *, valid_for: str = "") -> str:
    """Return a fixed value."""
    return _element("FloatingParameter", {"value": value}, valid_for)


def _element(name: str, values: Attributes, valid_for: str) -> str:
    texts = {key: f"{value:.9g}" for key, value in values.items()}
    texts |= {"validFor": valid_for} if valid_for else {}
    attributes = "".join(f" {key}={quoteattr(text)}" for key, text in texts.items())
    return f"<bpsim:{name}{attributes}/>"


def _normal(params: Any, valid_for: str) -> str:
    values = {"mean": params.mean, "standardDeviation": params.sd}
    if params.sd > 0 and frozen_normal(params.mean, params.sd).cdf(0) > _SELDOM:
        values |= {"min": 0.0, "max": _LONGEST_S}
        return _element("TruncatedNormalDistribution", values, valid_for)
    return _element("NormalDistribution", values, valid_for)


def _points(kind: str, params: Any) -> list[str]:
    """Return the data points of a user distribution."""
    if kind == "empirical":
        return [_point(1.0, constant(value)) for value in params.values or ()]
    if kind == "histogram":
        total = sum(params.weights)
        bins = zip(params.edges, params.edges[1:], params.weights, strict=False)
        return [
            _point(weight / total, _element("UniformDistribution", {"min": a, "max": b}, ""))
            for a, b, weight in bins
            if weight > 0
        ]
    total = sum(part.weight for part in params)
    return [_point(part.weight / total, bpsim_value(part)[0]) for part in params if part.weight]


def _point(weight: float, value: str) -> str:
    name = "UserDistributionDataPoint"
    return f'<bpsim:{name} probability="{weight:.9g}">{value}</bpsim:{name}>'


_LAWS: dict[str, tuple[str, Callable[[Any], Attributes]]] = {
    "constant": ("FloatingParameter", lambda p: {"value": p}),
    "exponential": ("NegativeExponentialDistribution", lambda p: {"mean": p.mean}),
    "lognormal": ("LogNormalDistribution", lambda p: {"mean": p.mean, "standardDeviation": p.sd}),
    "triangular": (
        "TriangularDistribution",
        lambda p: {"min": p.min, "mode": p.mode, "max": p.max},
    ),
    "uniform": ("UniformDistribution", lambda p: {"min": p.min, "max": p.max}),
    "gamma": (
        "GammaDistribution",
        lambda p: {"shape": (p.mean / p.sd) ** 2, "scale": p.sd**2 / p.mean},
    ),
    "erlang": ("ErlangDistribution", lambda p: {"k": p.phases, "mean": p.mean}),
    "weibull": ("WeibullDistribution", lambda p: {"shape": p.shape, "scale": p.scale}),
}
