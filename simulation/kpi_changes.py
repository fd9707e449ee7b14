"""Every KPI of every alternative against the baseline, with what can be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.catalogue import CATALOGUE, Direction
from kpis.stats.comparison import PairedDifference, Verdict, holm, paired, verdict
from kpis.stats.intervals import Interval, proportion_interval
from kpis.stats.many_to_one import many_to_one
from simulation.experiment import CONFIDENCE, Experiment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class KpiChange:
    """One KPI of an alternative against the baseline."""

    code: str
    baseline: dict[str, float | None]
    alternative: dict[str, float | None]
    paired: PairedDifference | None
    p_value: float  # adjusted for all KPIs and alternatives (Holm); NaN: no test
    verdict: Verdict
    family_half_width: float | None  # holds for all alternatives of this KPI at once (Dunnett)
    wins: Interval | None  # share of replications in which the alternative is better
    on_target: Interval | None  # share in which it meets its target; None: it has none

    def document(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {
            "unit": CATALOGUE[self.code].unit.value,
            "direction": CATALOGUE[self.code].direction.value,
            "baseline": self.baseline,
            "alternative": self.alternative,
            **difference_document(self.paired),
            "family_half_width": self.family_half_width,
            "p_value": None if np.isnan(self.p_value) else self.p_value,
            "verdict": self.verdict.value,
            "wins": _share(self.wins),
            "on_target": _share(self.on_target),
        }


def kpi_changes(
    baseline: Experiment, others: Sequence[Experiment]
) -> tuple[tuple[KpiChange, ...], ...]:
    """Compare every KPI of the alternatives with the baseline; a row per alternative.

    Where nobody gives up and no goal speaks of it, abandonment is not compared.
    """
    codes = [code for code in CATALOGUE if _is_compared(code, (baseline, *others))]
    differences = {
        (i, code): paired(
            baseline.sample("kpi", code), other.sample("kpi", code), confidence=CONFIDENCE
        )
        for i, other in enumerate(others)
        for code in codes
    }
    adjusted = holm([d.p_value if d else np.nan for d in differences.values()])
    p_values = dict(zip(differences, adjusted.tolist(), strict=True))
    families = {code: _family(code, baseline, others) for code in codes}
    return tuple(
        tuple(
            KpiChange(
                code,
                baseline.estimate("kpi", code),
                other.estimate("kpi", code),
                differences[i, code],
                p_values[i, code],
                _verdict(code, differences[i, code], p_values[i, code]),
                families[code][i],
                _wins(code, baseline.sample("kpi", code), other.sample("kpi", code)),
                _on_target(code, other),
            )
            for code in codes
        )
        for i, other in enumerate(others)
    )


def difference_document(change: PairedDifference | None) -> dict[str, float | None]:
    """Return a difference and half its interval as JSON values."""
    if change is None:
        return {"difference": None, "half_width": None}
    return {"difference": change.difference, "half_width": change.half_width}


def _is_compared(code: str, experiments: Sequence[Experiment]) -> bool:
    documents = [experiment.scenario.document for experiment in experiments]
    return (
        code != "OP-ABD"
        or any(code in document.guards or code in document.targets for document in documents)
        or any(np.nan_to_num(one.sample("kpi", code)).any() for one in experiments)
    )


def _verdict(code: str, difference: PairedDifference | None, p_value: float) -> Verdict:
    if difference is None:
        return Verdict.UNCLEAR
    direction = CATALOGUE[code].direction
    return verdict(direction, difference.difference, p_value, confidence=CONFIDENCE)


def _family(code: str, baseline: Experiment, others: Sequence[Experiment]) -> list[float | None]:
    """Return the half-widths that hold for all alternatives at once; one needs none."""
    if len(others) < 2:
        return [None]
    samples = np.array([other.sample("kpi", code) for other in others])
    found = many_to_one(baseline.sample("kpi", code), samples, confidence=CONFIDENCE)
    return [None] * len(others) if found is None else [one.half_width for one in found]


def _wins(code: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Interval | None:
    """Return in which share of the replications the alternative is better."""
    direction = CATALOGUE[code].direction
    differences = (after - before)[~np.isnan(after - before)]
    if direction is Direction.BAND:
        return None
    better = differences < 0 if direction is Direction.LOWER else differences > 0
    return proportion_interval(int(better.sum()), differences.size, confidence=CONFIDENCE)


def _on_target(code: str, experiment: Experiment) -> Interval | None:
    target = experiment.scenario.document.targets.get(code)
    if target is None:
        return None
    values = experiment.sample("kpi", code)
    values = values[~np.isnan(values)]
    meets = np.ones(values.size, dtype=np.bool_)
    if target.max is not None:
        meets &= values <= target.max
    if target.min is not None:
        meets &= values >= target.min
    return proportion_interval(int(meets.sum()), values.size, confidence=CONFIDENCE)


def _share(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"share": interval.estimate, "low": interval.low, "high": interval.high}
