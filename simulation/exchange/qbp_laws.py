"""Distributions of ``qbp:``: in seconds, whatever ``timeUnit`` says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulation.exchange import laws

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.exchange.entries import Entry
    from simulation.exchange.laws import Law
    from simulation.exchange.notes import Draft
    from simulation.exchange.tags import Tag


def read_qbp_law(tag: Tag, draft: Draft) -> Law:
    """Return a distribution in seconds. Raises ScenarioInvalid."""
    kind = tag.need("type").text().upper()
    if kind == "HISTOGRAM":
        return _histogram(tag, draft)
    if kind not in _KINDS:
        raise tag.need("type").refused(f"must be one of {', '.join((*_KINDS, 'HISTOGRAM'))}")
    try:
        law = _KINDS[kind](tag)
    except ValueError as error:
        raise tag.refused(str(error)) from None
    unit = tag.child("timeUnit")
    shown = f"; the unit {unit.text()!r} is only how BIMP shows it" if unit is not None else ""
    draft.notes.kept(tag.field, f"{kind} in seconds{shown}")
    for name in ("mean", "arg1", "arg2"):
        if name not in tag.reads[tag.element] and _says_something(tag.get(name)):
            draft.notes.lost(f"{tag.field}.{name}", f"{kind} does not use it")
    return law


def _says_something(entry: Entry | None) -> bool:
    """Whether a parameter is more than the 0 or NaN that BIMP and Apromore fill in."""
    try:
        value = 0.0 if entry is None else float(entry.text())
    except ValueError:
        return True
    return not math.isnan(value) and value != 0


def _exponential(tag: Tag) -> Law:
    """The mean stands in arg1; some files have it in mean."""
    name = "arg1" if _says_something(tag.get("arg1")) else "mean"
    return laws.exponential(tag.need(name).amount() if tag.get(name) is not None else 0.0)


def _normal(tag: Tag) -> Law:
    mean, sd = tag.need("mean").amount(), tag.need("arg1").amount()
    return laws.spread("normal", mean, sd)


def _moments(kind: str) -> Callable[[Tag], Law]:
    def read(tag: Tag) -> Law:
        mean, variance = tag.need("mean").amount(), tag.need("arg1").amount()
        return laws.spread(kind, mean, math.sqrt(variance))

    return read


def _uniform(tag: Tag) -> Law:
    low, high = tag.need("arg1").amount(), tag.need("arg2").amount()
    if low > high:
        raise ValueError("needs arg1 (the least) not above arg2 (the most)")
    return laws.uniform(low, high)


def _triangular(tag: Tag) -> Law:
    low, mode, high = (tag.need(name).amount() for name in ("arg1", "mean", "arg2"))
    if not low <= mode <= high:
        raise ValueError("needs arg1 <= mean <= arg2")
    return laws.triangular(low, mode, high)


_KINDS: dict[str, Callable[[Tag], Law]] = {
    "FIXED": lambda tag: laws.constant(tag.need("mean").amount()),
    "EXPONENTIAL": _exponential,
    "NORMAL": _normal,
    "LOGNORMAL": _moments("lognormal"),
    "GAMMA": _moments("gamma"),
    "UNIFORM": _uniform,
    "TRIANGULAR": _triangular,
}


def _histogram(tag: Tag, draft: Draft) -> Law:
    parts = []
    for part in tag.below("histogramDataBins", "histogramData"):
        law = part.child("distribution")
        if law is None:
            raise part.refused("needs a distribution")
        found = read_qbp_law(law, draft)
        if "mixture" in found:
            raise part.refused("is a histogram in a histogram")
        parts.append({"weight": part.need("probability").amount(), **found})
    if not parts or sum(part["weight"] for part in parts) <= 0:
        raise tag.refused("needs bins with probabilities")
    draft.notes.kept(tag.field, f"a mixture of {len(parts)}")
    return {"mixture": parts}
