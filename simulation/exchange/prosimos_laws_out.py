"""Distributions of a scenario as Prosimos writes them today: seven kinds, in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.exchange.moments import moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.scenario.distribution import Basic

NO_LIMIT = 3_153_600_000.0  # a hundred years: Prosimos redraws what is above its max


_SAME: dict[str, tuple[str, Callable[[Any], tuple[float, ...]]]] = {
    "exponential": ("expon", lambda p: (p.mean,)),
    "uniform": ("uniform", lambda p: (p.min, p.max)),
    "normal": ("norm", lambda p: (p.mean, p.sd)),
    "lognormal": ("lognorm", lambda p: (p.mean, p.sd**2)),
    "gamma": ("gamma", lambda p: (p.mean, p.sd**2)),
    "erlang": ("gamma", lambda p: (p.mean, p.mean**2 / p.phases)),
}


def prosimos_law(spec: Basic[float]) -> tuple[dict[str, Any], str | None]:
    """Return a distribution of Prosimos, and what was done to it; None: it is the same."""
    kind, params = spec.chosen()
    if kind == "constant":
        return _law("fix", params), None
    if kind not in _SAME or (kind == "normal" and params.sd <= 0):
        return _like(spec, kind)
    name, values = _SAME[kind]
    limits = () if kind == "uniform" else (0.0, NO_LIMIT)
    return _law(name, *values(params), *limits), None


def _like(spec: Basic[float], kind: str) -> tuple[dict[str, Any], str]:
    """Return a gamma distribution with the mean and spread of one that Prosimos does not know."""
    mean, sd = moments(spec)
    if sd <= 1e-5 * mean or mean <= 0:
        return _law("fix", mean), f"{kind}: its mean"
    words = f"{kind}: a gamma distribution with the same mean and spread"
    return _law("gamma", mean, sd**2, 0.0, NO_LIMIT), words


def _law(name: str, *values: float) -> dict[str, Any]:
    params = [{"value": round(float(value), 9)} for value in values]
    return {"distribution_name": name, "distribution_params": params}
