"""Reports of earlier versions on learnt scenarios: what they did not tell is told as unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Values = Mapping[str, Any]

_NOTHING = {"mean": 0.0, "low": 0.0, "high": 0.0}
_NO_SPLITS = {"splits": 0, "median": None, "low": None, "high": None}


def learnt_of(values: Values) -> Values:
    """Return what was learnt, with every field that this version reads."""
    if "confidence" in values:
        return values
    times = {
        kind: [{"sd_s": _NOTHING, **one} for one in values[kind]]
        for kind in ("durations", "events", "delays")
    }
    decisions = [{"by_value": {}, **decision} for decision in values["decisions"]]
    arrivals = [_arrivals(model) for model in values["arrivals"]]
    return {**values, **times, "decisions": decisions, "arrivals": arrivals}


def verdict_of(values: Values) -> Values:
    """Return the verdict, with every field that this version reads."""
    if "is_certain" in values:
        return values
    return {
        **values,
        "is_certain": True,
        "doubts": [],
        "days": None,
        "measures": [{"floor_splits": _NO_SPLITS, **one} for one in values["measures"]],
        "remarks": [{"text": text} for text in values["remarks"]],
    }


def _arrivals(model: Values) -> Values:
    table, week = model["by_weekday_and_hour"], model["per_week"]
    totals = [sum(row) for row in table]
    return {
        **model,
        "per_week_interval": {"low": week, "high": week},
        "by_weekday": [{"mean": total, "low": total, "high": total} for total in totals],
        "low_by_weekday_and_hour": table,
        "high_by_weekday_and_hour": table,
    }
