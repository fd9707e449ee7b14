"""The assumptions of a scenario, each as something that can be made larger or smaller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from simulation.scenario.load import merged
from simulation.scenario.values import duration_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulation.scenario.load import Scenario

Raw = dict[str, Any]
_SCALED = frozenset({"constant", "mean", "sd", "min", "mode", "max", "scale", "values", "edges"})


@dataclass(frozen=True)
class Factor:
    """One assumption; ``patch`` says what it is when it is so many times as large."""

    field: str  # as errors name it, such as durations.consult
    patch: Callable[[Mapping[str, Any], float], Raw]


def factors(scenario: Scenario) -> list[Factor]:
    """Return the assumptions that can be scaled: arrivals, durations, delays and branches.

    Replayed arrivals and values from a file are facts, not assumptions; they are left out.
    """
    raw = scenario.raw
    return [
        *_arrivals(raw),
        *_of_section("durations", raw),
        *_of_section("events", raw),
        *_branches(raw),
    ]


def scaled(scenario: Scenario, changes: Mapping[Factor, float]) -> Scenario:
    """Return the scenario with some factors so many times as large. Raises ScenarioInvalid."""
    raw: Raw = dict(scenario.raw)
    patch: Raw = {}
    for factor, times in changes.items():
        change = factor.patch(raw, times)
        raw, patch = merged(raw, change), merged(patch, change)
    return scenario.patched(patch)


def _arrivals(raw: Mapping[str, Any]) -> Iterator[Factor]:
    for start, arrival in raw.get("arrivals", {}).items():
        if "interval" in arrival and _is_scalable(arrival["interval"]):
            yield Factor(f"arrivals.{start}", _at(start, _more_often))
        elif "rate" in arrival:
            yield Factor(f"arrivals.{start}", _at(start, _more_per_slot))


def _at(start: str, change: Callable[[Raw, float], Raw]) -> Callable[..., Raw]:
    def patch(raw: Mapping[str, Any], times: float) -> Raw:
        return {"arrivals": {start: change(raw["arrivals"][start], times)}}

    return patch


def _more_often(arrival: Raw, times: float) -> Raw:
    return {"interval": _times(arrival["interval"], 1 / times)}


def _more_per_slot(arrival: Raw, times: float) -> Raw:
    rate = arrival["rate"]
    return {"rate": {**rate, "per_slot": _all_times(rate["per_slot"], times)}}


def _all_times(numbers: object, times: float) -> object:
    """Scale a list of numbers, or a list for each day of the week."""
    if isinstance(numbers, dict):
        return {day: _all_times(of_day, times) for day, of_day in numbers.items()}
    if isinstance(numbers, list):
        return [number * times for number in numbers]
    return cast("float", numbers) * times


def _of_section(section: str, raw: Mapping[str, Any]) -> Iterator[Factor]:
    for name, written in raw.get(section, {}).items():
        if _is_scalable(written):
            yield Factor(f"{section}.{name}", _in_section(section, name))


def _in_section(section: str, name: str) -> Callable[..., Raw]:
    def patch(raw: Mapping[str, Any], times: float) -> Raw:
        return {section: {name: _times(raw[section][name], times)}}

    return patch


def _is_scalable(written: object) -> bool:
    if isinstance(written, dict):
        return "file" not in written and all(_is_scalable(part) for part in written.values())
    return not isinstance(written, str) or not written.endswith("%")


def _times(written: Any, times: float, key: str = "") -> Any:
    """Scale the durations within a distribution; shapes, phases and weights stay."""
    if isinstance(written, dict):
        return {name: _times(part, times, name) for name, part in written.items()}
    if isinstance(written, list):
        return [_times(part, times, key) for part in written]
    return f"{duration_s(written) * times:.9f}s" if key in _SCALED else written


def _branches(raw: Mapping[str, Any]) -> Iterator[Factor]:
    """Scale the odds of a way out; with two ways, those of the first say it all."""
    for gateway, shares in raw.get("branches", {}).items():
        if not isinstance(shares, dict) or {"by", "table"} & shares.keys():
            continue
        names = list(shares)
        for name in names[:1] if len(names) == 2 else names:
            if 0 < share_of(shares[name]) < 1:
                yield Factor(f"branches.{gateway}.{name}", _of_branch(gateway, name))


def _of_branch(gateway: str, name: str) -> Callable[..., Raw]:
    def patch(raw: Mapping[str, Any], times: float) -> Raw:
        shares = {way: share_of(share) for way, share in raw["branches"][gateway].items()}
        odds = times * shares[name] / (1 - shares[name])
        share = odds / (1 + odds)
        rest = (1 - share) / (1 - shares[name])
        changed = {way: share if way == name else old * rest for way, old in shares.items()}
        return {"branches": {gateway: changed}}

    return patch


def share_of(written: object) -> float:
    """Return a share that was written as 45% or 0.45."""
    if isinstance(written, str):
        return float(written.strip().removesuffix("%")) / 100
    return float(cast("float", written))
